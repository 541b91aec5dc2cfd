"""Usage: what the calls of providers came to by day, provider, outcome and run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.errors import CaptelyError
from app.core.money import shown
from app.core.providers import provider_name
from app.core.text import marked, tr, trn
from app.services.credits import LedgerFilter
from app.services.credits.analysis import Analysis, By, Days, DayShare, Share
from app.views.billing.day_chart import DayChart
from app.views.billing.meter_list import Line, MeterList
from app.views.billing.sides import Sides
from app.views.billing.usage_words import (
    FEWEST,
    calls_words,
    outcome_colour,
    outcome_words,
    share_words,
)
from app.views.common.boxes import Card, Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.inputs import Segments
from app.views.common.labels import Label, Para
from app.views.common.latest import Latest
from app.views.common.pills import Empty, Notice

if TYPE_CHECKING:
    from app.services.billing.account import Account
    from app.views.common.desk import Desk

SPANS = (
    ("this_month", marked("This month")),
    ("last_month", marked("Last month")),
    ("quarter", marked("90 days")),
)
MOST_RUNS = 8


@dataclass(frozen=True, slots=True)
class Usage:
    """What one reading found for some days."""

    days: tuple[str, str]
    daily: Sequence[DayShare]
    providers: Sequence[Share]
    outcomes: Sequence[Share]
    runs: Sequence[Share]

    @property
    def calls(self) -> int:
        """How many calls there were."""
        return sum(share.calls for share in self.providers)


class UsageView(QWidget):
    """rows_wished carries a LedgerFilter and the words of what its rows make up."""

    rows_wished = Signal(object, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._account: Account | None = None
        self._reading = Latest(desk.calls, self)
        self.usage: Usage | None = None
        self.key = SPANS[0][0]
        self.span = Segments(tr("Time"), [(key, tr(words)) for key, words in SPANS])
        self.said = Label("", Role.FIGURE, "secondary")
        self.notice = Notice()
        self.chart = DayChart()
        self.too_few = Para("")
        self.chart.hide()
        self.lists = {by: MeterList(tr(words)) for by, words in _TITLES.items()}
        self.more = Para("", Role.SMALL)
        self.empty = Empty(
            "chart-column",
            tr("Nothing was asked of a provider then"),
            tr("Each call appears here with its outcome and its price, once you enrich contacts."),
        )
        self.longer = self.empty.add(Btn(tr("Show the last 90 days"), Kind.OUTLINE))
        self.stack = QStackedWidget()
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        head = row(self.span, self.said, None, gap=16, margins=(0, 0, 16, 0))
        chart = Card(Label(tr("Credits a day"), Role.SUBTITLE), self.chart, self.too_few, gap=12)
        cards = {
            by: Card(Label(tr(words), Role.SUBTITLE), self.lists[by], None, gap=12)
            for by, words in _TITLES.items()
        }
        cards[By.JOB].body.addWidget(self.more)
        sides = Sides(cards[By.PROVIDER], cards[By.OUTCOME], even=True)
        inner = column(chart, sides, cards[By.JOB], None, gap=16, margins=(0, 0, 16, 24))
        self.stack.addWidget(Scrolled(box(inner), tr("Usage"), over=True))
        self.stack.addWidget(self.empty)
        whole = column(head, self.notice, self.stack, gap=12)
        whole.setStretchFactor(self.stack, 1)
        self.setLayout(whole)
        self.span.choose(self.key)

    def _wire(self) -> None:
        self.span.picked.connect(self.show_span)
        self.chart.picked.connect(self._open_day)
        self.longer.clicked.connect(lambda: self.show_span("quarter"))
        for by, shown_ in self.lists.items():
            shown_.opened.connect(lambda key, of=by: self._open(of, key))

    def show_account(self, account: Account) -> None:
        """Take the months, and read again."""
        self._account = account
        if self.isVisible():
            self.load()

    def show_span(self, key: object) -> None:
        """Show other days."""
        self.key = str(key)
        self.span.choose(self.key)
        self.load()

    @property
    def days(self) -> Days:
        """The days in view."""
        return self._account.spans[self.key].days if self._account else None

    def load(self) -> None:
        """Read the calls of the days in view."""
        days = self.days
        if days is None:
            return
        app = self._desk.app
        self._reading.read(
            lambda: read_usage(app.accounts.analysis, days), self._show, self.notice.say_error
        )

    def export_to(self, file: Path) -> None:
        """Write the calls of the days in view to a CSV file."""
        analysis, days = self._desk.app.accounts.analysis, self.days
        self._desk.calls.read(
            self,
            lambda: analysis.write(file, days),
            lambda n: self._exported(n, file),
            self._failed,
        )

    def _exported(self, count: int, file: Path) -> None:
        words = trn(
            "{n} row written to {file}", "{n} rows written to {file}", count, file=file.name
        )
        self._desk.say(words)

    def _failed(self, error: CaptelyError) -> None:
        self.notice.say_error(error)

    def _show(self, usage: Usage) -> None:
        self.usage = usage
        self.notice.say("")
        self.stack.setCurrentIndex(0 if usage.calls else 1)
        self.longer.setVisible(self.key != "quarter")
        found = sum(share.found for share in usage.providers)
        spent = sum(share.credits for share in usage.providers)
        self.said.setText(
            tr(
                "n = {calls}, {found} found, {credits} credits",
                calls=calls_words(usage.calls),
                found=found,
                credits=shown(spent),
            )
        )
        enough = usage.calls >= FEWEST
        self.chart.setVisible(enough)
        self.chart.show_shares(usage.daily, usage.days)
        self.too_few.setVisible(not enough)
        self.too_few.setText(
            tr(
                "Too few to draw: n = {calls}. A chart needs {least}.",
                calls=calls_words(usage.calls),
                least=FEWEST,
            )
        )
        self._show_lists(usage, enough=enough)

    def _show_lists(self, usage: Usage, *, enough: bool) -> None:
        self._fill(By.PROVIDER, usage.providers, lambda s: provider_name(s.key), enough=enough)
        self._fill(By.OUTCOME, usage.outcomes, lambda s: outcome_words(s.key), enough=enough)
        runs, beyond = usage.runs[:MOST_RUNS], usage.runs[MOST_RUNS:]
        self._fill(By.JOB, runs, _run_name, enough=enough)
        rest = shown(sum(share.credits for share in beyond))
        self.more.setVisible(bool(beyond))
        self.more.setText(
            trn(
                "{n} more run with {credits} credits; the CSV file has every one.",
                "{n} more runs with {credits} credits; the CSV file has every one.",
                len(beyond),
                credits=rest,
            )
        )

    def _fill(
        self, by: By, shares: Sequence[Share], name: Callable[[Share], str], *, enough: bool
    ) -> None:
        """Bars from zero, all to the same scale: calls for outcomes, else credits."""
        counts = by is By.OUTCOME
        most = max((share.calls if counts else share.credits for share in shares), default=0)
        lines = []
        for share in shares:
            amount = share.calls if counts else share.credits
            lines.append(
                Line(
                    share.key,
                    name(share),
                    str(amount) if counts else shown(amount),
                    tr("calls") if counts else tr("credits"),
                    amount / most if most and enough else None,
                    outcome_colour(share.key) if counts else "chart.1",
                    note=tr("{credits} credits", credits=shown(share.credits))
                    if counts
                    else share_words(share),
                )
            )
        self.lists[by].show_lines(lines)

    def _open_day(self, day: str) -> None:
        self.rows_wished.emit(LedgerFilter(days=(day, day), used=True), day)

    def _open(self, by: By, key: str) -> None:
        days = self.days
        if by is By.PROVIDER:
            wanted, of = LedgerFilter(provider=key, days=days, used=True), provider_name(key)
        elif by is By.JOB:
            wanted, of = LedgerFilter(job=int(key), days=days, used=True), tr("Run {n}", n=key)
        elif key:
            # What found nothing was charged nothing: its calls are seen by what they held.
            wanted, of = LedgerFilter(outcome=key, days=days, kind="hold"), outcome_words(key)
        else:
            wanted, of = LedgerFilter(held=True, days=days), outcome_words(key)
        self.rows_wished.emit(wanted, of)


_TITLES = {
    By.PROVIDER: marked("Providers"),
    By.OUTCOME: marked("Outcomes"),
    By.JOB: marked("Runs"),
}


def read_usage(analysis: Analysis, days: tuple[str, str]) -> Usage:
    """Everything the page shows of these days; runs in the read pool."""
    return Usage(
        days=days,
        daily=analysis.by_day_and_provider(days),
        providers=analysis.by(By.PROVIDER, days),
        outcomes=analysis.by(By.OUTCOME, days),
        runs=analysis.by(By.JOB, days),
    )


def _run_name(share: Share) -> str:
    run = tr("Run {n}", n=share.key)
    return f"{run}, {share.name}" if share.name else run
