"""The ledger browser: every movement of credits, filtered, read page by page in the background."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from app.core.errors import CaptelyError
from app.core.providers import provider_name
from app.core.text import marked, tr, trn
from app.services.credits import Category, LedgerFilter, LedgerRow
from app.views.billing.ledger_rows import COLUMNS, KINDS, cell_of
from app.views.billing.plan_words import category_words
from app.views.common.boxes import Card, column
from app.views.common.buttons import Btn
from app.views.common.cells import Cell
from app.views.common.flow import Flow
from app.views.common.fonts import Role
from app.views.common.inputs import Select
from app.views.common.labels import Para
from app.views.common.latest import Latest
from app.views.common.pills import Empty, Notice
from app.views.common.places import Place
from app.views.common.table import Table
from app.views.common.table_model import PAGE, PagedModel
from app.views.common.tokens import Tone

if TYPE_CHECKING:
    from app.services.billing.account import Account
    from app.views.common.desk import Desk

SPANS = (
    ("", marked("All time")),
    ("this_month", marked("This month")),
    ("last_month", marked("Last month")),
    ("quarter", marked("Last 90 days")),
)
Page = tuple[int, list[LedgerRow]]


class LedgerView(QWidget):
    """wanted is what is shown now; of says what a figure that was clicked is called."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._account: Account | None = None
        self._reading = Latest(desk.calls, self)
        self.wanted = LedgerFilter()
        self.of = ""
        self.kind = Select(tr("Movement"))
        self.provider = Select(tr("Provider"), [(None, tr("All providers"))])
        self.category = Select(tr("Kind of credits"))
        self.span = Select(tr("Time"), [(key, tr(words)) for key, words in SPANS])
        self.showing = Notice(Tone.INFO)
        self.count = Para("", Role.SMALL)
        self.model: PagedModel[LedgerRow] = PagedModel(desk.calls, COLUMNS, self._cell, self)
        self.table = Table(tr("Credit ledger"), COLUMNS)
        self.table.setModel(self.model)
        self.empty = Empty(
            "list",
            tr("No credits have moved yet"),
            tr("Every grant, hold, charge and return appears here."),
        )
        self.no_match = Empty("search", tr("No matches"), tr("No movement fits the filter."))
        self.clear_button = self.no_match.add(Btn(tr("Clear filter")))
        self.list = QStackedWidget()
        for view in (Card(self.table, padding=1), self.empty, self.no_match):
            self.list.addWidget(view)
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        filters = Flow(gap=8)
        for select in (self.kind, self.provider, self.category, self.span):
            select.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            filters.addWidget(select)
        self.kind.set_choices(
            [(None, tr("All movements")), *((key, tr(words)) for key, words in KINDS.items())]
        )
        self.category.set_choices(
            [(None, tr("All credits")), *((c.value, category_words(c.value)) for c in Category)]
        )
        whole = column(filters, self.showing, self.list, self.count, gap=12, margins=(0, 0, 16, 24))
        whole.setStretchFactor(self.list, 1)
        self.setLayout(whole)

    def _wire(self) -> None:
        for select in (self.kind, self.provider, self.category, self.span):
            select.picked.connect(lambda _value: self._picked())
        self.clear_button.clicked.connect(self.clear)
        self.table.opened.connect(self._open)

    @property
    def is_filtered(self) -> bool:
        """Whether not all of it is shown."""
        return self.wanted != LedgerFilter()

    def show_account(self, account: Account) -> None:
        """Take the providers that may have moved something, and read again."""
        self._account = account
        known = {each.provider for each in account.overview.providers}
        names = [*account.overview.limits.providers]
        names += sorted(known - set(names))
        choices = [(name, provider_name(name)) for name in names]
        self.provider.set_choices([(None, tr("All providers")), *choices])
        if self.isVisible():
            self.load()

    def show_rows(self, wanted: LedgerFilter, of: str) -> None:
        """Show the movements that make up a figure."""
        self.wanted, self.of = wanted, of
        self.kind.choose(wanted.kind)
        self.provider.choose(wanted.provider)
        self.category.choose(wanted.category)
        self.span.choose("")
        self.load()

    def clear(self) -> None:
        """Show every movement."""
        self.show_rows(LedgerFilter(), "")

    def load(self) -> None:
        """Read how many there are, with the first page of them."""
        wanted, credits_ = self.wanted, self._desk.app.credits
        self._reading.read(
            lambda: credits_.ledger(wanted, limit=PAGE),
            lambda page: self._show(wanted, page),
            self._failed,
        )

    def export_to(self, file: Path) -> None:
        """Write what is shown to a CSV file."""
        analysis, wanted = self._desk.app.accounts.analysis, self.wanted
        self._desk.calls.read(
            self,
            lambda: analysis.write_ledger(file, wanted),
            lambda n: self._exported(n, file),
            self._failed,
        )

    def _exported(self, count: int, file: Path) -> None:
        words = trn(
            "{n} movement written to {file}",
            "{n} movements written to {file}",
            count,
            file=file.name,
        )
        self._desk.say(words)

    def _picked(self) -> None:
        key = str(self.span.value() or "")
        span = self._account.spans[key] if self._account and key else None
        self.wanted = replace(
            self.wanted,
            kind=_text(self.kind.value()),
            provider=_text(self.provider.value()),
            category=_text(self.category.value()),
            since=span.since if span else None,
            until=span.until if span else None,
        )
        self.load()

    def _show(self, wanted: LedgerFilter, page: Page) -> None:
        count, rows = page
        credits_ = self._desk.app.credits

        def fetch(first: int, last: int) -> list[LedgerRow]:
            return credits_.ledger(wanted, limit=last - first, offset=first)[1]

        self.model.show(count, fetch, {0: rows})
        self.list.setCurrentIndex(0 if count else 2 if self.is_filtered else 1)
        self.count.setText(
            trn("{n} movement, newest first", "{n} movements, newest first", count) if count else ""
        )
        words = tr("These movements make up {figure}.", figure=self.of) if self.of else ""
        self.showing.say(words, Tone.INFO)
        self.showing.offer(tr("Show every movement") if self.of else "", self.clear)

    def _failed(self, error: CaptelyError) -> None:
        self.showing.say_error(error)
        self.showing.offer("")

    def _cell(self, row: LedgerRow, key: str) -> Cell:
        return cell_of(row, key, self._desk.app.clock.now())

    def _open(self, place: int) -> None:
        row = self.model.row(place)
        if row is not None and row.contact is not None:
            self._desk.go(Place.CONTACTS, row.contact)


def _text(value: object) -> str | None:
    return str(value) if value else None
