"""Spend caps: what a run, a day, a month or a provider may cost, edited where they stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.core.errors import CaptelyError, InvalidInput
from app.core.limits import SpendCaps
from app.core.money import shown, typed
from app.core.providers import provider_name
from app.core.text import marked, tr
from app.services.credits import LedgerFilter
from app.views.billing.figure_link import FigureLink
from app.views.common.boxes import Card, Meter, Rule, column, row
from app.views.common.fonts import Role
from app.views.common.inputs import mark_invalid
from app.views.common.labels import Label, Para
from app.views.common.pills import sentences
from app.views.common.theme import theme

if TYPE_CHECKING:
    from app.services.billing.account import Account
    from app.views.common.desk import Desk

FIELD, LEFT = 96, 168
WHOLE = (
    ("run", marked("Each run"), marked("A run stops, to be resumed, before it costs more.")),
    ("day", marked("Each day"), marked("Until midnight in the workspace's time zone.")),
    ("month", marked("Each month"), marked("Beside what the plan itself allows.")),
)


class CapsView(QWidget):
    """rows_wished carries a LedgerFilter and the words of what its rows make up."""

    rows_wished = Signal(object, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._account: Account | None = None
        self.rows: dict[str, CapRow] = {}
        self._whole = Card(gap=12)
        self._providers = Card(gap=12)
        self._whole.body.addWidget(Label(tr("Spend caps"), Role.SUBTITLE))
        words = tr(
            "Your own limits, on every plan. Whatever would cost more than a cap is not asked; "
            "leave a field empty for no cap."
        )
        self._whole.body.addWidget(Para(words))
        self._providers.body.addWidget(Label(tr("Each month, by provider"), Role.SUBTITLE))
        reached = tr("At its cap a provider is left out, and the others are asked instead.")
        self._providers.body.addWidget(Para(reached))
        for key, name, help_ in WHOLE:
            self._add(self._whole, key, tr(name), tr(help_))
        parts = (self._whole, self._providers, None)
        self.setLayout(column(*parts, gap=16, margins=(0, 0, 16, 24)))

    def show_account(self, account: Account) -> None:
        """Show the caps with what is used of them."""
        self._account = account
        for name in account.overview.limits.providers:
            if name not in self.rows:
                self._add(self._providers, name, provider_name(name), "")
        for key, row_ in self.rows.items():
            row_.show_cap(_cap_of(account.overview.caps, key), _used(account, key))

    def change(self, key: str, text: str) -> None:
        """Keep another cap; an error stands below its field."""
        try:
            cap = parsed(text)
        except CaptelyError as error:
            self.rows[key].refuse(error)
            return
        self.rows[key].refuse(None)
        self._store(key, cap)

    def _store(self, key: str, cap: int | None) -> None:
        """Keep a cap beside the others as they then are; the toast offers the one before."""
        credits_ = self._desk.app.credits

        def work() -> int | None:
            caps = credits_.caps()
            before = _cap_of(caps, key)
            if before != cap:
                credits_.set_caps(_with_cap(caps, key, cap))
            return before

        self._desk.calls.edit(self, work, lambda before: self._stored(key, before, cap))

    def _stored(self, key: str, before: int | None, cap: int | None) -> None:
        if before != cap:
            self._desk.plan.load()
            words = tr("Spend cap changed: {name}", name=self.rows[key].name)
            self._desk.say(words, tr("Undo"), partial(self._store, key, before))

    def _add(self, card: Card, key: str, name: str, help_: str) -> None:
        row_ = self.rows[key] = CapRow(name, help_)
        row_.changed.connect(lambda text, of=key: self.change(of, text))
        row_.figure.clicked.connect(lambda _on, of=key: self._open(of))
        card.body.addWidget(Rule())
        card.body.addWidget(row_)

    def _open(self, key: str) -> None:
        if self._account is None:
            return
        moment = self._account.overview.moment
        wanted = {
            "day": LedgerFilter(days=(moment.day, moment.day), used=True),
            "month": LedgerFilter(month=moment.month.label, used=True),
        }.get(key, LedgerFilter(provider=key, month=moment.month.label, used=True))
        self.rows_wished.emit(wanted, self.rows[key].name)


@dataclass(frozen=True, slots=True)
class _Spent:
    """What is spent or held of a cap, in milli-credits; when says over which time."""

    amount: int
    when: str


class CapRow(QWidget):
    """changed carries what was typed."""

    changed = Signal(str)

    def __init__(self, name: str, help_: str) -> None:
        super().__init__()
        self.name = name
        self.field = QLineEdit()
        self.field.setAccessibleName(tr("Cap in credits: {name}", name=name))
        self.field.setPlaceholderText(tr("No cap"))
        self.field.editingFinished.connect(lambda: self.changed.emit(self.field.text()))
        self.figure = FigureLink(right=True)
        self.rest = Label("", Role.FIGURE, "secondary")
        self.meter = Meter(name)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.error = Para("", Role.SMALL, "danger", align=Qt.AlignmentFlag.AlignRight)
        self.error.hide()
        self._help = Para(help_, Role.SMALL)
        self._help.setVisible(bool(help_))
        words = column(Label(name, Role.STRONG), self._help, gap=2)
        used = column(row(None, self.figure, self.rest, gap=4), self.meter, gap=4)
        unit = Label(tr("credits"), Role.BODY, "secondary")
        line = row(words, used, self.field, unit, gap=16)
        line.setStretchFactor(words, 3)
        line.setStretchFactor(used, 2)
        self.setLayout(column(line, self.error, gap=4))
        self.restyle()

    def restyle(self) -> None:
        """Take the width of the present text size."""
        self.field.setFixedWidth(theme().px(FIELD))
        self.meter.setMinimumWidth(theme().px(LEFT))

    def show_cap(self, cap: int | None, spent: _Spent | None) -> None:
        """Show a cap, and what is used of it where that is one figure."""
        if not self.field.hasFocus() and self.error.isHidden():
            self.field.setText("" if cap is None else shown(cap))
        known = spent is not None
        for part in (self.figure, self.rest):
            part.setVisible(known)
        self.meter.setVisible(known and bool(cap))
        if spent is None:
            return
        figure = shown(spent.amount)
        self.figure.show_figure(figure, f"{self.name}: {figure} {spent.when}")
        self.rest.setText(spent.when)
        if cap:
            late = spent.amount >= cap * 0.8
            self.meter.show_parts([("chart.3" if late else "accent.solid", spent.amount)], cap)

    def refuse(self, error: CaptelyError | None) -> None:
        """Say why it was not kept; what was typed stays."""
        self.error.setText(sentences(error) if error else "")
        self.error.setVisible(error is not None)
        mark_invalid(self.field, invalid=error is not None)


def parsed(text: str) -> int | None:
    """The cap that was typed, in milli-credits; None for an empty field.

    Raises InvalidInput for what is no number of credits.
    """
    if not text.strip():
        return None
    cap = typed(text)
    if cap < 0:
        raise InvalidInput(tr("A cap cannot be below zero."), tr("Write 0 to spend nothing."))
    return cap


def _cap_of(caps: SpendCaps, key: str) -> int | None:
    whole = {"run": caps.run, "day": caps.day, "month": caps.month}
    return whole[key] if key in whole else caps.providers.get(key)


def _with_cap(caps: SpendCaps, key: str, cap: int | None) -> SpendCaps:
    if key == "run":
        return replace(caps, run=cap)
    if key == "day":
        return replace(caps, day=cap)
    if key == "month":
        return replace(caps, month=cap)
    others = {name: amount for name, amount in caps.providers.items() if name != key}
    return replace(caps, providers=others if cap is None else {**others, key: cap})


def _used(account: Account, key: str) -> _Spent | None:
    """A run's cap is for each run, so there is no one figure of it."""
    overview = account.overview
    if key == "run":
        return None
    if key == "day":
        return _Spent(overview.spent_today, tr("used today"))
    by_provider = {each.provider: each.spent_month for each in overview.providers}
    amount = overview.spent_month if key == "month" else by_provider.get(key, 0)
    return _Spent(amount, tr("used this month"))
