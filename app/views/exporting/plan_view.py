"""The dry run of an export: each contact's fate and reason, and the exact request for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QStackedWidget, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr, trn
from app.services.exporting import Backfill, ExportPlan, Fate, Forecast
from app.views.common.actions import Action
from app.views.common.boxes import Card, Rule, Scrolled, box, column, row
from app.views.common.buttons import Btn, IconBtn, Kind, TabBtn
from app.views.common.desk import Desk
from app.views.common.facts import Facts
from app.views.common.figures import Figures
from app.views.common.fonts import Role
from app.views.common.labels import Para
from app.views.common.page_header import PageHeader
from app.views.common.pills import Empty, Notice
from app.views.common.relay import Relay
from app.views.common.table import Table
from app.views.common.table_model import PagedModel
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.exporting import actions as acts
from app.views.exporting.chosen_request import ChosenRequest
from app.views.exporting.mapping_card import BackfillBar, MappingCard
from app.views.exporting.plan_rows import PARTS, TABS, Planned, Shaper, columns, titles_of
from app.views.exporting.plan_words import facts_of, nothing_to_do, other_account
from app.views.exporting.request_panel import RequestPanel
from app.views.exporting.scope import Scope
from app.views.exporting.scope_picker import ScopePicker

_ROOMY, _REQUEST, _NARROW = 1_000, 336, 272


@dataclass(frozen=True, slots=True)
class _Made:
    """A plan with what is told beside it."""

    plan: ExportPlan
    forecast: Forecast
    backfill: Backfill
    title: str


class PlanView(QWidget):
    """started(job) once the run was confirmed; mapping_wished and closed lead away."""

    started = Signal(int)
    mapping_wished = Signal()
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._name, self._label = "", ""
        self._turn = 0
        self._whole = Scope()
        self._relay = Relay(self)
        self._confirmed = False
        self.plan: ExportPlan | None = None
        self.back = Btn(tr("Back"), Kind.GHOST)
        self.mapping = IconBtn("list-checks", tr("Edit the mapping"))
        self.save_plan = IconBtn("download", tr("Save the plan as JSON"))
        self.again = Btn(tr("Compute again"), Kind.OUTLINE, "refresh-cw")
        self.send = Btn(tr("Send"), Kind.PRIMARY, "send")
        parts = (self.mapping, self.save_plan, self.back, self.again, self.send)
        self.header = PageHeader("", *parts)
        self.notice = Notice()
        self.backfill = BackfillBar()
        self.scope = ScopePicker(desk, says_withheld=False)
        parts_ = [(key, tr(words), ink) for key, words, ink in PARTS]
        self.figures = Figures(tr("Dry run"), parts_, choosable=True)
        self.tabs = {fates: TabBtn(tr(words)) for words, fates in TABS}
        self._group = QButtonGroup(self)
        for tab in self.tabs.values():
            self._group.addButton(tab)
        self._shaper = Shaper()
        self.model: PagedModel[Planned] = PagedModel(desk.calls, columns(), self._shaper, self)
        self.table = Table(tr("Contacts of the dry run"), columns())
        self.table.setModel(self.model)
        self._list = QStackedWidget()
        self._list.addWidget(self.table)
        self._list.addWidget(
            Empty("users", tr("No contacts"), tr("Nobody has this fate in the dry run."))
        )
        self.request = RequestPanel(desk)
        self._chosen = ChosenRequest(desk, self.request, self.table, self.model, self._shaper)
        self.facts = Facts()
        self.card = MappingCard()
        self._lay_out()
        self._wire()
        self.restyle()

    def _lay_out(self) -> None:
        tabs = row(*self.tabs.values(), None, gap=2, margins=(8, 8, 8, 8))
        middle = Card(gap=0, padding=1)
        middle.body.addLayout(tabs)
        middle.body.addWidget(Rule())
        middle.body.addWidget(self._list, 1)
        lists = row(self.card, middle, gap=16)
        lists.setStretchFactor(middle, 1)
        left = column(self.scope, self.figures, gap=16)
        left.addLayout(lists, 1)
        final = Para(
            tr("{label} has no undo for this; your contacts here stay as they are.", label=""),
            Role.SMALL,
            "muted",
        )
        self._final = final
        beside = column(self.request, Rule(), self.facts, final, gap=12, margins=(0, 0, 16, 0))
        beside.setStretchFactor(self.request, 1)
        self._right = Card(Scrolled(box(beside), tr("Exact request"), over=True))
        # The scroll bar of a low window stands in the padding at the right.
        self._right.body.setContentsMargins(16, 16, 0, 16)
        main = row(left, self._right, gap=16)
        main.setStretchFactor(left, 1)
        whole = column(self.header, self.notice, self.backfill, gap=16, margins=(24, 16, 24, 24))
        whole.addLayout(main, 1)
        self.setLayout(whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the mapping out where there is no room for it."""
        super().resizeEvent(event)
        self.restyle()

    def restyle(self) -> None:
        """Take the widths of the present text size."""
        roomy = self.width() >= theme().px(_ROOMY)
        self._right.setFixedWidth(theme().px(_REQUEST if roomy else _NARROW))
        self.card.setVisible(roomy)
        self.mapping.setVisible(not roomy)

    def _wire(self) -> None:
        self.back.clicked.connect(self.leave)
        self.mapping.clicked.connect(self.mapping_wished.emit)
        self.card.edit_wished.connect(self.mapping_wished.emit)
        self.save_plan.clicked.connect(self._ask_where)
        self.again.clicked.connect(self.compute)
        self.send.clicked.connect(self.send_plan)
        self.scope.changed.connect(self._other_scope)
        self.table.chosen.connect(self._chosen.show)
        self.model.dataChanged.connect(self._chosen.retry)
        self.request.up.clicked.connect(lambda: self.step(-1))
        self.request.down.clicked.connect(lambda: self.step(1))
        self.backfill.only_wished.connect(lambda only: self._narrow(Scope(only=only)))
        self.backfill.left_out.connect(self._leave_out)
        self.backfill.all_wished.connect(lambda: self._narrow(self._whole))
        for fates, tab in self.tabs.items():
            tab.clicked.connect(lambda _on, chosen=fates: self.show_fates(chosen))
        self.figures.picked.connect(lambda key: self.show_fate(Fate(key)))
        carried: tuple[tuple[Action, Callable[[], None]], ...] = (
            (acts.SEND, self.send_plan),
            (acts.COMPUTE, self.compute),
            (acts.EDIT_MAPPING, self.mapping_wished.emit),
            (acts.SAVE_PLAN, self._ask_where),
            (acts.COPY_REQUEST, self.request.copy_text),
            (acts.NEXT_REQUEST, lambda: self.step(1)),
            (acts.PREVIOUS_REQUEST, lambda: self.step(-1)),
        )
        for action, act in carried:
            self._desk.actions.provide(action, act, self, when=self.isVisible)

    def begin(self, name: str, label: str, scope: Scope) -> None:
        """Plan an export of some contacts to one destination."""
        self._name, self._label, self._whole = name, label, scope
        self.header.title.setText(label)
        final = tr(
            "{label} has no undo for this; your contacts here stay as they are.", label=label
        )
        self._final.setText(final)
        self._confirmed = False
        self.scope.show_scope(scope)
        self.compute()

    def _other_scope(self) -> None:
        self._whole = self.scope.scope
        self.compute()

    def _leave_out(self, without: frozenset[int]) -> None:
        self._narrow(replace(self._whole, count=None, without=without))

    def _narrow(self, scope: Scope) -> None:
        self.scope.scope = scope
        self.compute()

    def compute(self) -> None:
        """Make the plan, or make it again."""
        self.drop()
        self._turn += 1
        turn, app, name, scope = self._turn, self._desk.app, self._name, self.scope.scope
        self._relay = relay = Relay(self)
        relay.told.connect(self._show_progress)
        self.header.show_count(tr("{scope}, dry run", scope=scope.words))
        self.notice.say(tr("Comparing with {label}", label=self._label), Tone.NEUTRAL)
        self.notice.offer(tr("Cancel"), relay.cancel.set)
        self.backfill.hide()
        self._allow()

        def make() -> _Made:
            exporting = app.exporting
            ids = scope.ids(app)
            plan = exporting.plan(name, ids, progress=relay, cancel=relay.cancel)
            book = exporting.mappings.book(name)
            return _Made(plan, exporting.forecast(plan), exporting.backfill(plan), book.used)

        self._desk.calls.network(
            self, make, lambda made: self._planned(turn, made), lambda e: self._failed(turn, e)
        )

    def drop(self) -> None:
        """Forget the plan; its file holds personal data."""
        self._relay.cancel.set()
        plan, self.plan = self.plan, None
        self.model.show(0, None)
        self._chosen.use(None)
        if plan is not None:
            self._discard(plan)

    def _discard(self, plan: ExportPlan) -> None:
        exporting = self._desk.app.exporting
        self._desk.calls.edit(self, lambda: exporting.discard(plan), lambda _none: None)

    def show_fate(self, fate: Fate) -> None:
        """Show the contacts with one fate."""
        self.show_fates((fate,))

    def show_fates(self, fates: tuple[Fate, ...]) -> None:
        """Show the contacts with these fates."""
        plan, app = self.plan, self._desk.app
        if plan is None:
            return
        self._mark_chosen(fates)
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

    def step(self, by: int) -> None:
        """Go to the next contact, or to one before."""
        place = self.table.currentIndex().row() + by
        if 0 <= place < self.model.rowCount():
            self.table.select(place)

    def _planned(self, turn: int, made: _Made) -> None:
        plan = made.plan
        if turn != self._turn:
            self._discard(plan)
            return
        self.plan = plan
        self._shaper.use(plan)
        self._chosen.use(plan, self._label)
        self.card.show_mapping(tr(made.title), plan.mapping)
        self._show_backfill(made.backfill)
        self.notice.offer("")
        self.notice.say("\n".join(plan.warnings), Tone.WARNING)
        self._show_counts(plan.counts)
        self.facts.show_facts(facts_of(plan, made.forecast))
        if not plan.to_send:
            tone = Tone.WARNING if plan.counts[Fate.INVALID.value] else Tone.SUCCESS
            self.notice.say(nothing_to_do(plan), tone)
        elif plan.before is not None and not self._confirmed:
            self._ask_about_account(plan)
        self._allow()
        self.show_fates(tuple(Fate))

    def _show_counts(self, counts: Mapping[str, int]) -> None:
        self.figures.show_numbers(counts)
        for fates, tab in self.tabs.items():
            tab.set_count(sum(counts[fate.value] for fate in fates))

    def _mark_chosen(self, fates: tuple[Fate, ...]) -> None:
        """One tab, or one figure, is what is shown."""
        self._group.setExclusive(False)
        for own, tab in self.tabs.items():
            tab.setChecked(own == fates)
        self._group.setExclusive(fates in self.tabs)
        self.figures.choose(fates[0].value if len(fates) == 1 else "")

    def _show_backfill(self, found: Backfill) -> None:
        titles = titles_of(self.plan.mapping) if self.plan is not None else {}
        narrowed = self.scope.scope.only is not None or bool(self.scope.scope.without)
        named = [titles.get(field, field) for field in found.fields]
        self.backfill.show_found(found, named, narrowed=narrowed)

    def _ask_about_account(self, plan: ExportPlan) -> None:
        self.notice.say(other_account(plan), Tone.WARNING)
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
            # The numbers of a plan before this one would be taken for those of now.
            if self.plan is None:
                self._show_counts(dict.fromkeys((fate.value for fate in Fate), 0))
                self.facts.show_facts([])
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
        self.save_plan.setEnabled(plan is not None)

    def _ask_where(self) -> None:
        if self.plan is not None:
            title, name = acts.SAVE_PLAN.title, f"{self._name}-plan.json"
            chosen, _filter = QFileDialog.getSaveFileName(self, title, name, "JSON (*.json)")
            if chosen:
                self.save_to(Path(chosen))

    def save_to(self, file: Path) -> None:
        """Write the whole plan: fates, reasons and every request."""
        plan, exporting = self.plan, self._desk.app.exporting
        if plan is not None:
            self._desk.calls.read(
                self,
                lambda: exporting.save_plan(plan, file),
                lambda _none: self._desk.say(tr("Wrote the plan to {file}", file=file)),
                self.notice.say_error,
            )

    def send_plan(self) -> None:
        """Run the plan that is shown."""
        plan, exporting, turn = self.plan, self._desk.app.exporting, self._turn
        if plan is None or not self.send.isEnabled():
            return
        # The job owns the plan's file from now on: what is computed next must not discard it.
        self.plan = None
        for button in (self.send, self.save_plan):
            button.setEnabled(False)
        confirmed = self._confirmed
        self._desk.calls.edit(
            self,
            lambda: exporting.start(plan, confirm_account=confirmed),
            self._sent,
            lambda error: self._not_sent(turn, plan, error),
        )

    def _sent(self, job: int) -> None:
        self._turn += 1
        self.drop()
        self.started.emit(job)

    def _not_sent(self, turn: int, plan: ExportPlan, error: CaptelyError) -> None:
        if turn == self._turn:
            self.plan = plan
            self._failed(turn, error)
            return
        self._discard(plan)
        self._desk.say_error(error)

    def leave(self) -> None:
        """Forget the plan and go back."""
        self.drop()
        self.closed.emit()
