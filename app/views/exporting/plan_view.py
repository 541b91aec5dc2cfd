"""The dry run of an export: each contact's fate and reason, and the exact request for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr, trn
from app.services.exporting import ExportPlan, Fate, PlanItem
from app.views.common.boxes import Card, column, row
from app.views.common.buttons import Btn, Kind, TabBtn
from app.views.common.cells import Cell, Column, Look, cell
from app.views.common.desk import Desk
from app.views.common.figures import Figures
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.page_header import PageHeader
from app.views.common.pills import Empty, Notice
from app.views.common.relay import Relay
from app.views.common.table import Table
from app.views.common.table_model import PagedModel
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import contacts, number
from app.views.exporting.scope import Scope

PARTS = (
    ("create", tr("Create"), "chart.1"),
    ("update", tr("Update"), "chart.2"),
    ("unchanged", tr("Unchanged"), "chart.6"),
    ("skipped", tr("Skipped"), "chart.3"),
    ("invalid", tr("Invalid"), "chart.5"),
)
_FATES = {
    Fate.CREATE: ("Create", Tone.INFO),
    Fate.UPDATE: ("Update", Tone.SUCCESS),
    Fate.UNCHANGED: ("Unchanged", Tone.NEUTRAL),
    Fate.SKIPPED: ("Skipped", Tone.WARNING),
    Fate.INVALID: ("Invalid", Tone.DANGER),
}
COLUMNS = (
    Column("name", tr("Contact"), 152, weight=2),
    Column("fate", tr("Fate"), 120, weight=0),
    Column("why", tr("Why"), 152, weight=3),
)


@dataclass(frozen=True, slots=True)
class Planned:
    """One contact of the plan with its name."""

    item: PlanItem
    name: str


class PlanView(QWidget):
    """started(job) once the run was confirmed; mapping_wished and closed lead away."""

    started = Signal(int)
    mapping_wished = Signal()
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._scope = Scope()
        self._name, self._label = "", ""
        self._turn = 0
        self._relay = Relay(self)
        self._confirmed = False
        self.plan: ExportPlan | None = None
        self.back = Btn(tr("Back"), Kind.GHOST)
        self.mapping = Btn(tr("Mapping"), Kind.OUTLINE, "list-checks")
        self.again = Btn(tr("Compute again"), Kind.OUTLINE, "refresh-cw")
        self.send = Btn(tr("Send"), Kind.PRIMARY, "send")
        self.header = PageHeader("", self.back, self.mapping, self.again, self.send)
        self.notice = Notice()
        self.figures = Figures(tr("Dry run"), PARTS)
        self.tabs: dict[Fate | None, TabBtn] = {None: TabBtn(tr("All"))}
        self.tabs |= {fate: TabBtn(tr(words)) for fate, (words, _tone) in _FATES.items()}
        self.model: PagedModel[Planned] = PagedModel(desk.calls, COLUMNS, shape, self)
        self.table = Table(tr("Contacts of the dry run"), COLUMNS)
        self.table.setModel(self.model)
        self._list = QStackedWidget()
        self._list.addWidget(self.table)
        self._list.addWidget(
            Empty("users", tr("No contacts"), tr("Nobody has this fate in the dry run."))
        )
        self.request = QPlainTextEdit()
        self._request_title = Label(tr("Exact request"), Role.SUBTITLE)
        self._facts = Para("", tone="secondary")
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        self.request.setReadOnly(True)
        self.request.setProperty("code", "true")
        self.request.setFont(theme().font(Role.CODE))
        self.request.setAccessibleName(tr("Exact request"))
        self.request.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.request.setMinimumWidth(theme().px(240))
        tabs = row(*self.tabs.values(), None, gap=2, margins=(8, 8, 8, 8))
        left = Card(gap=0, padding=1)
        left.body.addLayout(tabs)
        left.body.addWidget(self._list, 1)
        final = Para(
            tr("What was sent cannot be undone there; your contacts here stay as they are."),
            Role.SMALL,
            "muted",
        )
        right = Card(self._request_title, self.request, self._facts, final, gap=12)
        main = row(left, right, gap=16)
        main.setStretchFactor(left, 3)
        main.setStretchFactor(right, 2)
        layout = column(self.header, self.notice, self.figures, gap=16, margins=(24, 16, 24, 24))
        layout.addLayout(main, 1)
        self.setLayout(layout)

    def _wire(self) -> None:
        self.back.clicked.connect(self._leave)
        self.mapping.clicked.connect(self.mapping_wished.emit)
        self.again.clicked.connect(self.compute)
        self.send.clicked.connect(self._send)
        self.table.chosen.connect(self._show_request)
        self.model.dataChanged.connect(self._rows_arrived)
        for fate, tab in self.tabs.items():
            tab.clicked.connect(lambda _on, chosen=fate: self.show_fate(chosen))

    def begin(self, name: str, label: str, scope: Scope) -> None:
        """Plan an export of some contacts to one destination."""
        self._name, self._label, self._scope = name, label, scope
        self.header.title.setText(label)
        self._confirmed = False
        self.compute()

    def compute(self) -> None:
        """Make the plan, or make it again."""
        self.drop()
        self._turn += 1
        turn, app, name, query = self._turn, self._desk.app, self._name, self._scope.query
        self._relay = relay = Relay(self)
        relay.told.connect(self._show_progress)
        self.header.show_count(tr("{scope}, dry run", scope=self._scope.words))
        self.notice.say(tr("Comparing with {label}", label=self._label), Tone.NEUTRAL)
        self.notice.offer(tr("Cancel"), relay.cancel.set)
        self._allow()
        self._desk.calls.network(
            self,
            lambda: app.exporting.plan(
                name, app.search.ids(query).ids, progress=relay, cancel=relay.cancel
            ),
            lambda plan: self._planned(turn, plan),
            lambda error: self._failed(turn, error),
        )

    def drop(self) -> None:
        """Forget the plan; its file holds personal data."""
        self._relay.cancel.set()
        plan, self.plan = self.plan, None
        self.model.show(0, None)
        self.request.setPlainText("")
        if plan is not None:
            exporting = self._desk.app.exporting
            self._desk.calls.edit(self, lambda: exporting.discard(plan), lambda _none: None)

    def show_fate(self, fate: Fate | None) -> None:
        """Show the contacts with one fate, or all."""
        plan, app = self.plan, self._desk.app
        if plan is None:
            return
        self.tabs[fate].setChecked(True)
        fates = (fate,) if fate is not None else tuple(Fate)
        total = sum(plan.counts[each.value] for each in fates)

        def fetch(first: int, last: int) -> Sequence[Planned]:
            items = app.exporting.items_of(plan, fates, limit=last - first, offset=first)
            names = {r.id: r.name for r in app.search.rows([item.contact for item in items])}
            return [Planned(item, names.get(item.contact, "")) for item in items]

        self.model.show(0, None)
        self.model.show(total, fetch)
        self._list.setCurrentIndex(0 if total else 1)
        if total:
            self.table.select(0)

    def _planned(self, turn: int, plan: ExportPlan) -> None:
        if turn != self._turn:
            exporting = self._desk.app.exporting
            self._desk.calls.edit(self, lambda: exporting.discard(plan), lambda _none: None)
            return
        self.plan = plan
        self.notice.offer("")
        self.notice.say("\n".join(plan.warnings), Tone.WARNING)
        self.figures.show_numbers(plan.counts)
        self.tabs[None].set_count(sum(plan.counts[fate.value] for fate in Fate))
        for fate in Fate:
            self.tabs[fate].set_count(plan.counts[fate.value])
            self.tabs[fate].setVisible(plan.counts[fate.value] > 0)
        self._facts.setText(
            tr(
                "To {account}. {writes} writes, {reads} reads.",
                account=plan.account.label,
                writes=number(plan.requests),
                reads=number(plan.reads),
            )
        )
        if plan.before is not None and not self._confirmed:
            self._ask_about_account(plan)
        self._allow()
        self.show_fate(None)

    def _ask_about_account(self, plan: ExportPlan) -> None:
        self.notice.say(
            tr(
                "This goes to {account}, but the last export went to {before}.",
                account=plan.account.label,
                before=plan.before,
            ),
            Tone.WARNING,
        )
        self.notice.offer(tr("This account is right"), self._confirm)

    def _confirm(self) -> None:
        self._confirmed = True
        self.notice.offer("")
        self.notice.say("")
        self._allow()

    def _show_progress(self, words: str) -> None:
        if self.plan is None:
            waiting = tr("Comparing with {label}", label=self._label)
            self.notice.say(f"{waiting} · {words}", Tone.NEUTRAL)

    def _failed(self, turn: int, error: CaptelyError) -> None:
        if turn == self._turn:
            self.notice.offer("")
            self.notice.say_error(error)
            self._allow()

    def _allow(self) -> None:
        plan = self.plan
        ready = plan is not None and plan.to_send > 0
        asked = plan is not None and plan.before is not None and not self._confirmed
        self.send.setEnabled(ready and not asked)
        n = plan.to_send if plan is not None else 0
        words = trn("Send {n} contact", "Send {n} contacts", n) if n else tr("Nothing to send")
        self.send.setText(words if plan is not None else tr("Send"))
        self.send.updateGeometry()
        self.again.setEnabled(True)

    def _show_request(self, row_: int) -> None:
        planned, plan = self.model.row(row_), self.plan
        if planned is None or plan is None:
            self.request.setPlainText("")
            return
        exporting, contact = self._desk.app.exporting, planned.item.contact
        self._desk.calls.read(
            self,
            lambda: exporting.request_of(plan, contact),
            lambda request: self._show_body(planned, request.body if request else None),
        )

    def _rows_arrived(self) -> None:
        """The chosen row may have been chosen before it was read."""
        if not self.request.toPlainText():
            self._show_request(self.table.currentIndex().row())

    def _show_body(self, planned: Planned, body: str | None) -> None:
        if body is None:
            self.request.setPlainText(tr("Nothing is sent for this contact."))
        else:
            self.request.setPlainText(json.dumps(json.loads(body), indent=2, ensure_ascii=False))
        name = planned.name or planned.item.key
        self._request_title.setText(tr("Exact request"))
        self._request_title.setToolTip(name)

    def _send(self) -> None:
        plan, exporting = self.plan, self._desk.app.exporting
        if plan is None:
            return
        self.send.setEnabled(False)
        confirmed = self._confirmed
        self._desk.calls.edit(
            self,
            lambda: exporting.start(plan, confirm_account=confirmed),
            self._sent,
            lambda error: self._failed(self._turn, error),
        )

    def _sent(self, job: int) -> None:
        # The job owns the plan's file from now on.
        self.plan = None
        self.model.show(0, None)
        self.started.emit(job)

    def _leave(self) -> None:
        self.drop()
        self.closed.emit()


def shape(planned: Planned, key: str) -> Cell:
    """One planned contact as a cell."""
    item = planned.item
    if key == "name":
        return cell(planned.name or item.key or contacts(1), Look.STRONG)
    if key == "fate":
        words, tone = _FATES[item.fate]
        return Cell(tr(words), Look.PILL, tone)
    why = _why(item)
    return Cell(why, Look.PROBLEM if item.fate is Fate.INVALID else Look.TEXT, tip=why)


def _why(item: PlanItem) -> str:
    if item.reason:
        return f"{item.field}: {item.reason}" if item.field else item.reason
    if item.fate is Fate.CREATE:
        return tr("Not there yet")
    if item.fate is Fate.UNCHANGED:
        return tr("Has the same values")
    return tr("Has other values")
