"""The page of plan and usage: plan and limits, the credit ledger, usage, and spend caps."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from app.core.text import tr
from app.services.billing.account import Account
from app.services.billing.left import may_try
from app.services.credits import LedgerFilter
from app.services.licence.files import SUFFIX
from app.views.billing import actions as acts
from app.views.billing.caps_view import CapsView
from app.views.billing.installing import Installing
from app.views.billing.ledger_view import LedgerView
from app.views.billing.overview import Overview
from app.views.billing.usage_view import UsageView
from app.views.common.boxes import Scrolled, column, row
from app.views.common.buttons import Btn, Kind, TabBtn
from app.views.common.desk import Desk, Page
from app.views.common.page_header import PageHeader
from app.views.common.pills import Notice
from app.views.common.places import TRIAL, Place

NAMES = ("overview", "ledger", "usage", "caps")
OVERVIEW, LEDGER, USAGE, CAPS = range(4)


class PlanPage(Page):
    """visit takes the name of a tab, the path of a licence to install, or TRIAL."""

    place = Place.PLAN

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.install = Btn(acts.IMPORT_LICENCE.title, Kind.PRIMARY, "upload")
        self.export = Btn(tr("Export CSV"), Kind.PRIMARY, "download")
        self.header = PageHeader(tr("Plan and usage"), self.export, self.install)
        self.notice = Notice()
        self.installing = Installing(desk, self.notice, self)
        self.overview, self.ledger = Overview(desk), LedgerView(desk)
        self.usage, self.caps = UsageView(desk), CapsView(desk)
        self.tabs = [
            TabBtn(words)
            for words in (tr("Plan and limits"), tr("Ledger"), tr("Usage"), tr("Spend caps"))
        ]
        self._stack = QStackedWidget()
        self._lay_out()
        self._wire()
        self._provide()
        self.show_tab(OVERVIEW)

    def _lay_out(self) -> None:
        overview = Scrolled(self.overview, tr("Plan and limits"), over=True)
        caps = Scrolled(self.caps, tr("Spend caps"), over=True)
        for view in (overview, self.ledger, self.usage, caps):
            self._stack.addWidget(view)
        # The scroll bar of the tabs stands in the margin of the page.
        top = column(self.header, self.notice, row(*self.tabs, None, gap=4), gap=16)
        top.setContentsMargins(0, 0, 16, 0)
        whole = column(top, self._stack, gap=16, margins=(24, 16, 8, 0))
        whole.setStretchFactor(self._stack, 1)
        self.setLayout(whole)

    def _wire(self) -> None:
        desk = self.desk
        for place, tab in enumerate(self.tabs):
            tab.clicked.connect(partial(self.show_tab, place))
        self.install.clicked.connect(self.ask_licence)
        self.export.clicked.connect(self.ask_export)
        self.overview.licence.copied.connect(self.installing.copy_id)
        self.overview.licence.file_wished.connect(self.ask_licence)
        self.overview.licence.pasted.connect(self.installing.from_clipboard)
        self.overview.plan.refresh.clicked.connect(self.installing.refresh)
        self.overview.plan.trial.clicked.connect(self.installing.ask_trial)
        for view in (self.overview, self.usage, self.caps):
            view.rows_wished.connect(self.show_rows)
        desk.plan.read.connect(self._show)

    def _provide(self) -> None:
        provide = self.desk.actions.provide
        shown = (acts.OVERVIEW, acts.LEDGER, acts.USAGE, acts.CAPS)
        for place, action in enumerate(shown):
            provide(action, partial(self.show_tab, place), self)
        provide(acts.IMPORT_LICENCE, self.ask_licence, self)
        provide(acts.PASTE_LICENCE, self.installing.from_clipboard, self)
        provide(acts.COPY_ID, self.installing.copy_id, self)
        provide(acts.TRIAL, self.installing.ask_trial, self)
        provide(acts.REFRESH, self.installing.refresh, self, when=self._has_address)
        provide(acts.EXPORT, self.ask_export, self)

    @property
    def tab(self) -> int:
        """The tab in view."""
        return self._stack.currentIndex()

    def visit(self, argument: object = None) -> None:
        """Read the account; show a tab, or install the licence that was dropped."""
        if isinstance(argument, tuple) and argument:
            argument = argument[0]
        if isinstance(argument, str) and argument in NAMES:
            self.show_tab(NAMES.index(argument))
        elif argument == TRIAL:
            self.show_tab(OVERVIEW)
            self.installing.ask_trial()
        elif isinstance(argument, Path):
            self.show_tab(OVERVIEW)
            self.installing.from_file(argument)
        if self.desk.plan.account is not None:
            self._show(self.desk.plan.account)
        self.desk.plan.load(self.notice.say_error)

    def show_tab(self, place: int, _on: object = None) -> None:
        """Show plan, ledger, usage or caps."""
        self.tabs[place].setChecked(True)
        self._stack.setCurrentIndex(place)
        self.export.setVisible(place in (LEDGER, USAGE))
        self.install.setVisible(place in (OVERVIEW, CAPS))
        if place == LEDGER:
            self.ledger.load()
        elif place == USAGE:
            self.usage.load()

    def show_rows(self, wanted: LedgerFilter, of: str) -> None:
        """Show the movements that make up a figure."""
        self.ledger.show_rows(wanted, of)
        self.show_tab(LEDGER)

    def ask_licence(self) -> None:
        """Let a licence file be chosen, and install it."""
        kinds = tr("Licences ({pattern})", pattern=f"*{SUFFIX}")
        name, _kind = QFileDialog.getOpenFileName(self.host, tr("Import a licence"), "", kinds)
        if name:
            self.show_tab(OVERVIEW)
            self.installing.from_file(Path(name))

    def ask_export(self) -> None:
        """Let a file be named, and write the ledger or the usage in view to it."""
        exports: QWidget = self.ledger if self.tab == LEDGER else self.usage
        proposed = "credit-ledger.csv" if exports is self.ledger else "credit-usage.csv"
        name, _kind = QFileDialog.getSaveFileName(
            self.host, tr("Export CSV"), proposed, "CSV (*.csv)"
        )
        if name:
            (self.ledger if exports is self.ledger else self.usage).export_to(Path(name))

    def _has_address(self) -> bool:
        account = self.desk.plan.account
        return account is not None and bool(account.address)

    def _show(self, account: Account) -> None:
        # Where a trial is offered, that is what to do here.
        calm = not may_try(account)
        self.install.become(Kind.PRIMARY if calm else Kind.OUTLINE)
        for view in (self.overview, self.ledger, self.usage, self.caps):
            view.show_account(account)
