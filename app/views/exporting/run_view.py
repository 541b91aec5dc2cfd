"""One export as it runs and afterwards: how far it is, who failed and why, and Retry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.errors import CaptelyError, NotFound, StalePlan
from app.core.text import tr, trn
from app.services.exporting import ItemView, RunView, State
from app.services.jobs import JobProgress, JobState, JobView
from app.views.common.actions import Action
from app.views.common.boxes import Card, Meter, Rule, column, row
from app.views.common.buttons import Btn, Kind, TabBtn
from app.views.common.desk import Desk
from app.views.common.figures import Figures
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.latest import Latest
from app.views.common.page_header import PageHeader
from app.views.common.pills import Empty, Notice
from app.views.common.table import Table
from app.views.common.table_model import PagedModel
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import short_time
from app.views.exporting import actions as acts
from app.views.exporting.item_panel import ItemPanel
from app.views.exporting.run_rows import PARTS, TABS, columns, countdown, outcome, shape
from app.views.shell.job_strip import progress_words

_ROOMY = 1_000
LOOK_MS = 500
"""How often it is looked whether the destination has asked us to wait."""
TROUBLE_STATES = 2
"""Tabs of at most so many states are hidden while they are empty."""
_RESUMABLE = (JobState.PAUSED, JobState.INTERRUPTED, JobState.FAILED, JobState.QUEUED)


@dataclass(frozen=True, slots=True)
class _Found:
    """A run with the contacts in each state, and the job to resume if it did not end."""

    run: RunView
    states: Mapping[State, int]
    waiting: int | None


class RunTable(Table):
    """Its rows have room for a reason of two lines, also where rows are compact."""

    least_row = 40


class RunDetail(QWidget):
    """closed when the user goes back; retry_started(job) plans the failed ones again.

    plan_wished leads to a new dry run, when the one that was sent is stale.
    """

    closed = Signal()
    retry_started = Signal(int)
    plan_wished = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._name, self._label = "", ""
        self._told = ""
        self._states: Mapping[State, int] = {}
        self._following, self._reading = Latest(desk.calls, self), Latest(desk.calls, self)
        self.job: int | None = None
        self.run: int | None = None
        self.waiting: int | None = None
        self.back = Btn(tr("Back"), Kind.GHOST)
        self.pause = Btn(tr("Pause"), Kind.OUTLINE, "pause")
        self.cancel = Btn(tr("Cancel export"), Kind.OUTLINE, "x")
        self.resume = Btn(tr("Resume"), Kind.PRIMARY, "play")
        self.retry = Btn(tr("Retry failed"), Kind.PRIMARY, "rotate-ccw")
        buttons = (self.back, self.pause, self.cancel, self.resume, self.retry)
        self.header = PageHeader(tr("Export"), *buttons)
        self.notice = Notice()
        self.words = Label("", Role.FIGURE, "secondary")
        self._meter = Meter(tr("Progress of the export"))
        self._progress_card = Card(self._meter, self.words, gap=8)
        self.figures = Figures(tr("Outcome"), [(key, tr(words), ink) for key, words, ink in PARTS])
        self.tabs = [TabBtn(tr(words)) for words, _states in TABS]
        self.model: PagedModel[ItemView] = PagedModel(desk.calls, columns(), shape, self)
        self.table = RunTable(tr("Contacts of the export"), columns())
        self.table.setModel(self.model)
        self.panel = ItemPanel(desk)
        self._list = QStackedWidget()
        self._list.addWidget(self.table)
        self._list.addWidget(
            Empty("circle-check", tr("Nobody here"), tr("No contact is in this state."))
        )
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        card = Card(gap=0, padding=1)
        card.body.addLayout(row(*self.tabs, None, gap=4, margins=(8, 8, 8, 8)))
        card.body.addWidget(Rule())
        card.body.addWidget(self._list, 1)
        main = row(card, self.panel, gap=16)
        main.setStretchFactor(card, 1)
        parts = (self.header, self.notice, self._progress_card, self.figures)
        layout = column(*parts, gap=16, margins=(24, 16, 24, 24))
        layout.addLayout(main, 1)
        self.setLayout(layout)

    def _wire(self) -> None:
        self.back.clicked.connect(self.closed.emit)
        self.pause.clicked.connect(self._pause)
        self.cancel.clicked.connect(self._cancel)
        self.resume.clicked.connect(self._resume)
        self.retry.clicked.connect(self._retry)
        self.table.chosen.connect(lambda place: self.panel.show_item(self.model.row(place)))
        self.model.dataChanged.connect(self._rows_arrived)
        for number_, tab in enumerate(self.tabs):
            tab.clicked.connect(lambda _on, chosen=number_: self.show_tab(chosen))
        self._desk.bridge.job_progress.connect(self._progress)
        self._look.timeout.connect(self._show_rest)
        carried: tuple[tuple[Action, Callable[[], None], Btn], ...] = (
            (acts.RETRY, self._retry, self.retry),
            (acts.PAUSE, self._pause, self.pause),
            (acts.CANCEL, self._cancel, self.cancel),
        )
        for action, act, button in carried:
            self._desk.actions.provide(action, act, self, when=partial(_can_click, button))

    def follow(self, job: int, name: str, label: str) -> None:
        """Run a job and show how it goes; name and label are the destination's."""
        self._name, self._label = name, label
        self._turn_to(job=job)
        self.header.title.setText(tr("Export to {label}", label=label))
        self.header.show_count("")
        self.notice.say("")
        self.notice.offer("")
        self._say(tr("Starting"))
        self._meter.show_parts([], 1.0)
        self.figures.show_numbers({})
        self.model.show(0, None)
        self.panel.show_item(None)
        self._list.setCurrentIndex(1)
        self._allow()
        runner = self._desk.app.runner
        self._desk.calls.edit(
            self,
            lambda: runner.start_job(job),
            partial(self._begun, job),
            partial(self._not_done, lambda: self.job == job, self._failed),
        )

    def open_run(self, run: int) -> None:
        """Show a run of the past."""
        self._turn_to(run=run)
        self.notice.say("")
        self.notice.offer("")
        self._read(lambda: self._desk.app.exporting.runs.get(run))

    def _turn_to(self, *, job: int | None = None, run: int | None = None) -> None:
        """Show another run: what is still to be heard of the one before is of no concern here."""
        self.job, self.run, self.waiting = job, run, None
        self._following.drop()
        self._reading.drop()

    def _begun(self, job: int, future: Future[JobView]) -> None:
        if self.job == job:
            self._following.follow(future, self._ended, self._failed)

    def _not_done(
        self,
        is_shown: Callable[[], bool],
        tell: Callable[[CaptelyError], None],
        error: CaptelyError,
    ) -> None:
        """Tell here of the run in view, and of another one that was left meanwhile in a toast."""
        (tell if is_shown() else self._desk.say_error)(error)

    def show_tab(self, number_: int) -> None:
        """Show the contacts of one tab."""
        run, exporting = self.run, self._desk.app.exporting
        if run is None:
            return
        self.tabs[number_].setChecked(True)
        states = TABS[number_][1]
        total = sum(self._states.get(state, 0) for state in states)

        def fetch(first: int, last: int) -> Sequence[ItemView]:
            return exporting.runs.items(run, states, limit=last - first, offset=first)

        self.panel.show_item(None)
        self.model.show(0, None)
        self.model.show(total, fetch)
        self._list.setCurrentIndex(0 if total else 1)
        if total:
            self.table.select(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the list its room where there is little."""
        super().resizeEvent(event)
        self.panel.fit(roomy=self.width() >= theme().px(_ROOMY))

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks, so nothing is looked at."""
        super().hideEvent(event)
        self._look.stop()

    def _read(self, find: Callable[[], RunView]) -> None:
        app = self._desk.app

        def read() -> _Found:
            run = find()
            waiting = (
                run.job if run.job is not None and _can_resume(app.jobs.view(run.job)) else None
            )
            return _Found(run, app.exporting.runs.states(run.id), waiting)

        self._reading.read(read, self._show, self._unread)

    def _unread(self, error: CaptelyError) -> None:
        self._allow()
        self.notice.say_error(error)

    def _show(self, found: _Found) -> None:
        run, self._states, self.waiting = found.run, found.states, found.waiting
        self.run, self._name = run.id, run.connector
        when = short_time(run.at, self._desk.app.clock.now())
        self.header.title.setText(tr("Export {id}", id=run.id))
        self.header.show_count(f"{run.account} · {when}")
        self.figures.show_numbers({key: int(run.counts.get(key, 0)) for key, *_rest in PARTS})
        for tab, (_words, states) in zip(self.tabs, TABS, strict=True):
            count = sum(found.states.get(state, 0) for state in states)
            tab.set_count(count)
            tab.setVisible(count > 0 or len(states) > TROUBLE_STATES)
        if not self.notice.text():
            self.notice.say(*outcome(run))
        self._allow()
        trouble = [bool(tab.count != "0") for tab in self.tabs[:2]]
        self.show_tab(trouble.index(True) if any(trouble) else len(TABS) - 1)

    def _rows_arrived(self) -> None:
        """The chosen row may have been chosen before it was read."""
        if self.panel.isHidden():
            self.panel.show_item(self.model.row(self.table.currentIndex().row()))

    def _progress(self, progress: JobProgress) -> None:
        if progress.job_id == self.job:
            self._say(progress_words(progress))
            self._meter.show_parts([("accent.solid", progress.done)], float(progress.total or 0))

    def _say(self, words: str) -> None:
        self._told = words
        self._show_rest()

    def _show_rest(self) -> None:
        """How far it is, and while the destination asked us to wait, until when."""
        left = self._desk.app.connections.rest_left(self._name) if self._name else 0.0
        if left >= 1 and self.job is not None:
            rest = tr(
                "{label} asked for a pause, resuming in {time}",
                label=self._label,
                time=countdown(left),
            )
            self.words.setText(f"{self._told} · {rest}" if self._told else rest)
        else:
            self.words.setText(self._told)

    def _ended(self, view: JobView) -> None:
        if view.state is JobState.CANCELLED:
            said = tr("Cancelled. What was sent stays there; nothing more will be.")
            self.notice.say(said, Tone.WARNING)
        elif _can_resume(view):
            said = tr("Paused. What was sent stays there; the rest waits.")
            self.notice.say(said, Tone.NEUTRAL)
        self._look_up(view.id)

    def _failed(self, error: CaptelyError) -> None:
        self.notice.say_error(error)
        if isinstance(error, StalePlan):
            self.notice.offer(tr("Compute again"), self.plan_wished.emit)
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

        self._read(find)

    def _pause(self) -> None:
        jobs, job = self._desk.app.jobs, self.job
        if job is not None:
            self._say(tr("Pausing; requests under way are waited for"))
            self.pause.setEnabled(False)
            self._ask(lambda: jobs.pause(job))

    def _resume(self) -> None:
        if self.waiting is not None:
            self.follow(self.waiting, self._name, self._label or self._name)

    def _cancel(self) -> None:
        jobs, job = self._desk.app.jobs, self.job
        if job is not None:
            self._say(tr("Cancelling; requests under way are waited for"))
            self.cancel.setEnabled(False)
            self._ask(lambda: jobs.cancel(job))

    def _ask(self, work: Callable[[], object]) -> None:
        """Ask something of the job; what is refused can be asked again."""

        def refused(error: CaptelyError) -> None:
            self._allow()
            self._desk.say_error(error)

        self._desk.calls.edit(self, work, lambda _view: None, refused)

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
            partial(self._not_done, lambda: self.run == run, self._not_retried),
        )

    def _not_retried(self, error: CaptelyError) -> None:
        self.retry.setEnabled(True)
        self.notice.say_error(error)

    def _allow(self) -> None:
        running = self.job is not None
        trouble = self._states.get(State.FAILED, 0) + self._states.get(State.AMBIGUOUS, 0)
        for button in (self.pause, self.cancel):
            button.setVisible(running)
            button.setEnabled(True)
        self.resume.setVisible(not running and self.waiting is not None)
        self.retry.setText(trn("Retry {n} contact", "Retry {n} contacts", trouble))
        self.retry.updateGeometry()
        self.retry.setEnabled(True)
        self.retry.setVisible(not running and self.waiting is None and trouble > 0)
        done = not running and self.waiting is None and not trouble
        self.back.setText(tr("Done") if done else tr("Back"))
        self.back.become(Kind.PRIMARY if done else Kind.GHOST)
        self._progress_card.setVisible(running)
        self.figures.setVisible(not running)
        if running:
            self._look.start()
        else:
            self._look.stop()


def _can_resume(view: JobView) -> bool:
    return view.state in _RESUMABLE


def _can_click(button: Btn) -> bool:
    return button.isVisible() and button.isEnabled()
