"""One export as it runs and afterwards: how far it is, who failed and why, and Retry."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.errors import CaptelyError, NotFound
from app.core.text import tr, trn
from app.services.exporting import ItemView, RunView, State
from app.services.jobs import JobProgress, JobView
from app.views.common.boxes import Card, Meter, column, row
from app.views.common.buttons import Btn, Kind, TabBtn
from app.views.common.cells import Cell, Column, Look, cell
from app.views.common.desk import Desk
from app.views.common.figures import Figures
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.page_header import PageHeader
from app.views.common.pills import Empty, Notice
from app.views.common.table import Table
from app.views.common.table_model import PagedModel
from app.views.common.tokens import Tone
from app.views.shell.job_strip import progress_words

PARTS = (
    ("ok", tr("Delivered"), "chart.2"),
    ("unchanged", tr("Unchanged"), "chart.6"),
    ("skipped", tr("Skipped"), "chart.3"),
    ("failed", tr("Failed"), "chart.5"),
    ("ambiguous", tr("Unclear"), "chart.4"),
)
_STATES = {
    State.PENDING: ("Waiting", Tone.NEUTRAL),
    State.SENT: ("No answer yet", Tone.WARNING),
    State.OK: ("Delivered", Tone.SUCCESS),
    State.UNCHANGED: ("Unchanged", Tone.NEUTRAL),
    State.FAILED: ("Failed", Tone.DANGER),
    State.AMBIGUOUS: ("Unclear", Tone.WARNING),
}
COLUMNS = (
    Column("email", tr("Contact"), 200, weight=2),
    Column("state", tr("State"), 136, weight=0),
    Column("why", tr("Why, and what next"), 240, weight=4),
)
_TABS: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("Failed", (State.FAILED, State.AMBIGUOUS)),
    ("Delivered", (State.OK,)),
    ("All", tuple(State)),
)
SHOWN = 5_000


class RunDetail(QWidget):
    """closed when the user goes back; retry_wished(run) plans the failed ones again."""

    closed = Signal()
    retry_started = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.job: int | None = None
        self.run: int | None = None
        self.back = Btn(tr("Back"), Kind.GHOST)
        self.cancel = Btn(tr("Cancel export"), Kind.OUTLINE, "x")
        self.retry = Btn(tr("Retry failed"), Kind.PRIMARY, "rotate-ccw")
        self.header = PageHeader(tr("Export"), self.back, self.cancel, self.retry)
        self.notice = Notice()
        self.words = Label("", Role.FIGURE, "secondary")
        self._meter = Meter(tr("Progress of the export"))
        self._progress_card = Card(self._meter, self.words, gap=8)
        self.figures = Figures(tr("Outcome"), PARTS)
        self.tabs = [TabBtn(tr(words)) for words, _states in _TABS]
        self.model: PagedModel[ItemView] = PagedModel(desk.calls, COLUMNS, shape, self)
        self.table = Table(tr("Contacts of the export"), COLUMNS)
        self.table.setModel(self.model)
        self._list = QStackedWidget()
        self._list.addWidget(self.table)
        self._list.addWidget(
            Empty("circle-check", tr("Nobody here"), tr("No contact is in this state."))
        )
        card = Card(gap=0, padding=1)
        card.body.addLayout(row(*self.tabs, None, gap=4, margins=(8, 8, 8, 8)))
        card.body.addWidget(self._list, 1)
        parts = (self.header, self.notice, self._progress_card, self.figures, card)
        layout = column(*parts, gap=16, margins=(24, 16, 24, 24))
        layout.setStretchFactor(card, 1)
        self.setLayout(layout)
        self.back.clicked.connect(self.closed.emit)
        self.cancel.clicked.connect(self._cancel)
        self.retry.clicked.connect(self._retry)
        for number_, tab in enumerate(self.tabs):
            tab.clicked.connect(lambda _on, chosen=number_: self.show_tab(chosen))
        desk.bridge.job_progress.connect(self._progress)

    def follow(self, job: int, label: str) -> None:
        """Run a job and show how it goes."""
        self.job, self.run = job, None
        self.header.title.setText(tr("Export to {label}", label=label))
        self.header.show_count("")
        self.notice.say("")
        self.words.setText(tr("Starting"))
        self._meter.show_parts([], 1.0)
        self.figures.show_numbers({})
        self.model.show(0, None)
        self._list.setCurrentIndex(1)
        self._allow()
        runner = self._desk.app.runner
        self._desk.calls.edit(
            self,
            lambda: runner.start_job(job),
            lambda future: self._desk.calls.follow(future, self, self._finished, self._failed),
            self._failed,
        )

    def open_run(self, run: int) -> None:
        """Show a run of the past."""
        self.job, self.run = None, run
        self.notice.say("")
        exporting = self._desk.app.exporting
        self._desk.calls.read(
            self, lambda: exporting.runs.get(run), self._show, self.notice.say_error
        )

    def show_tab(self, number_: int) -> None:
        """Show the contacts of one tab."""
        run, exporting = self.run, self._desk.app.exporting
        if run is None:
            return
        self.tabs[number_].setChecked(True)
        states = _TABS[number_][1]

        def read() -> Sequence[ItemView]:
            return exporting.runs.items(run, states, limit=SHOWN)

        self._desk.calls.read(self, read, lambda items: self._show_items(run, items))

    def _show_items(self, run: int, items: Sequence[ItemView]) -> None:
        if run != self.run:
            return
        self.model.show(0, None)
        self.model.show(len(items), lambda lo, hi: items[lo:hi])
        self._list.setCurrentIndex(0 if items else 1)

    def _show(self, run: RunView) -> None:
        self.run = run.id
        self.header.title.setText(tr("Export {id}", id=run.id))
        self.header.show_count(run.account)
        self.figures.show_numbers({key: int(run.counts.get(key, 0)) for key, *_rest in PARTS})
        failed = int(run.counts.get("failed", 0)) + int(run.counts.get("ambiguous", 0))
        self.retry.setText(trn("Retry {n} contact", "Retry {n} contacts", failed))
        self.retry.updateGeometry()
        self.retry.setVisible(failed > 0 and self.job is None)
        self._allow()
        self.show_tab(0 if failed else 2)

    def _progress(self, progress: JobProgress) -> None:
        if progress.job_id == self.job:
            self.words.setText(progress_words(progress))
            self._meter.show_parts([("accent.solid", progress.done)], float(progress.total or 0))

    def _finished(self, view: JobView) -> None:
        self._look_up(view.id)

    def _failed(self, error: CaptelyError) -> None:
        self.notice.say_error(error)
        if self.job is not None:
            self._look_up(self.job)

    def _look_up(self, job: int) -> None:
        self.job = None
        exporting = self._desk.app.exporting

        def find() -> RunView:
            found = next((run for run in exporting.runs.list(limit=50) if run.job == job), None)
            if found is None:
                raise NotFound(tr("This export left no run."), tr("Look at the list of exports."))
            return found

        self._desk.calls.read(self, find, self._show, self.notice.say_error)

    def _cancel(self) -> None:
        jobs, job = self._desk.app.jobs, self.job
        if job is not None:
            self.words.setText(tr("Cancelling; requests under way are waited for"))
            self.cancel.setEnabled(False)
            self._desk.calls.edit(self, lambda: jobs.cancel(job), lambda _view: None)

    def _retry(self) -> None:
        run, exporting = self.run, self._desk.app.exporting
        if run is None:
            return
        self.retry.setEnabled(False)
        self.notice.say(tr("Looking at the failed contacts again"), Tone.NEUTRAL)
        self._desk.calls.network(
            self,
            lambda: exporting.start(exporting.plan_retry(run), confirm_account=True),
            self.retry_started.emit,
            self._not_retried,
        )

    def _not_retried(self, error: CaptelyError) -> None:
        self.retry.setEnabled(True)
        self.notice.say_error(error)

    def _allow(self) -> None:
        running = self.job is not None
        self.cancel.setVisible(running)
        self.cancel.setEnabled(True)
        self._progress_card.setVisible(running)
        self.figures.setVisible(not running)
        self.retry.setEnabled(True)
        if running:
            self.retry.hide()


def shape(item: ItemView, key: str) -> Cell:
    """One contact of a run as a cell."""
    if key == "email":
        return cell(item.email or tr("Contact {id}", id=item.contact), Look.STRONG)
    if key == "state":
        words, tone = _STATES[item.state]
        return Cell(tr(words), Look.PILL, tone)
    why = f"{item.message} {item.hint}".strip()
    tip = "\n".join(part for part in (why, item.detail, item.correlation_id) if part)
    look = Look.PROBLEM if item.state is State.FAILED else Look.TEXT
    return Cell(why or "—", look if why else Look.QUIET, tip=tip)
