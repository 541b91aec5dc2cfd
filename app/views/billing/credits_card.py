"""The card of the credits: available, held and spent this month, over one bar."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.core.dates import day_words
from app.core.money import shown
from app.core.text import marked, tr
from app.services.billing.account import Account
from app.views.billing.figure_link import FigureLink
from app.views.common.boxes import Card, Meter, column, row
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.painting import paint_box
from app.views.common.pills import Notice
from app.views.common.theme import theme
from app.views.common.tokens import Tone

PARTS = (
    ("available", marked("Available"), "accent.solid"),
    ("held", marked("Held"), "chart.3"),
    ("spent", marked("Spent this month"), "chart.6"),
)


class CreditsCard(Card):
    """opened carries available, held or spent."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__(gap=12)
        self.figures = {key: FigureLink(Role.DISPLAY) for key, _words, _token in PARTS}
        self.meter = Meter(tr("Credits"))
        self.period = Para("", Role.SMALL)
        self.held = Para("", Role.SMALL)
        self.doubt = Notice(Tone.WARNING)
        line = row(gap=32)
        for key, words, token in PARTS:
            caption = row(_Swatch(token), Label(tr(words), Role.CAPTION, "secondary"), None, gap=8)
            line.addLayout(column(caption, self.figures[key], gap=2))
            self.figures[key].clicked.connect(lambda _on, chosen=key: self.opened.emit(chosen))
        line.addStretch(1)
        self.body.addWidget(Label(tr("Credits"), Role.SUBTITLE))
        self.body.addLayout(line)
        for part in (self.meter, self.period, self.held, self.doubt):
            self.body.addWidget(part)
        self.body.addStretch(1)

    def show_account(self, account: Account) -> None:
        """Show the sums."""
        sums = account.overview.sums
        amounts = {"available": sums.available, "held": sums.held, "spent": account.spent}
        for key, words, _token in PARTS:
            figure = shown(amounts[key])
            said = tr("{name}: {credits} credits", name=tr(words), credits=figure)
            self.figures[key].show_figure(figure, said)
        self.meter.show_parts([(token, float(amounts[key])) for key, _words, token in PARTS])
        parts = [f"{tr(words)} {shown(amounts[key])}" for key, words, _token in PARTS]
        self.meter.setAccessibleName(", ".join(parts))
        self.period.setText(_period(account))
        self.held.setText(_held(account))
        integrity = account.overview.integrity
        self.doubt.say("" if integrity.ok else integrity.message)


def _period(account: Account) -> str:
    month = account.overview.moment.month
    return tr(
        "{total} credits from {first} to {last}. New ones come on {next}.",
        total=shown(account.total),
        first=day_words(month.start, year=False),
        last=day_words(month.end - timedelta(microseconds=1)),
        next=day_words(month.end),
    )


def _held(account: Account) -> str:
    sums = account.overview.sums
    words = tr("What a call does not use comes back. Misses are never charged.")
    if sums.frozen:
        frozen = tr(
            "{credits} credits wait until the ledger is checked.", credits=shown(sums.frozen)
        )
        words = f"{frozen} {words}"
    if sums.debt:
        debt = tr("{credits} credits are owed for a refunded pack.", credits=shown(sums.debt))
        words = f"{debt} {words}"
    return words


class _Swatch(QWidget):
    """The colour of a part of the bar."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token
        self.setFixedSize(QSize(8, 16))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint a small square."""
        square = QRectF(0, (self.height() - 8) / 2, 8, 8)
        paint_box(QPainter(self), square, 2, theme().colour(self._token))
