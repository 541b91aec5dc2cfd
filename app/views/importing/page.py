"""The import page: four steps from a dropped file to a finished, undoable import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QStackedWidget

from app.core.changes import Changes
from app.core.errors import Cancelled, CaptelyError
from app.core.fields import Field
from app.core.settings import DEFAULT_COUNTRY, ON_DUPLICATE
from app.core.text import tr, trn
from app.services.importing.mapping import Preview
from app.services.importing.planned import ImportPlan
from app.services.jobs import JobProgress, JobView, Lane
from app.views.common.boxes import column
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk, Page
from app.views.common.page_header import PageHeader, Steps
from app.views.common.places import Place
from app.views.common.relay import Relay
from app.views.importing.actions import IMPORT
from app.views.importing.draft import Draft
from app.views.importing.file_step import FileStep
from app.views.importing.mapping_step import MappingStep
from app.views.importing.review_step import ReviewStep
from app.views.importing.run_step import RunStep

FILE, MAPPING, REVIEW, RUN = range(4)


class ImportPage(Page):
    """Holds the draft of one import and walks through its steps."""

    place = Place.IMPORT

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.draft: Draft | None = None
        self.plan: ImportPlan | None = None
        self.job: int | None = None
        self._custom: tuple[Field, ...] = ()
        self._turn = 0
        self._relay = Relay(self)
        self.steps = Steps([tr("File"), tr("Mapping"), tr("Review"), tr("Import")])
        self.back = Btn(tr("Back"), Kind.GHOST)
        self.next = Btn(tr("Next: map columns"), Kind.PRIMARY)
        self.header = PageHeader(tr("Import"), self.back, self.next)
        self.file = FileStep()
        self.mapping = MappingStep()
        self.review = ReviewStep(desk.calls)
        self.run = RunStep()
        self.stack = QStackedWidget()
        for step in (self.file, self.mapping, self.review, self.run):
            self.stack.addWidget(step)
        layout = column(self.header, self.stack, gap=16, margins=(24, 16, 24, 24))
        self.header.layout().insertWidget(2, self.steps)  # type: ignore[union-attr]
        self.setLayout(layout)
        self._wire()
        self._show_step(FILE)

    def _wire(self) -> None:
        self.back.clicked.connect(self._back)
        self.next.clicked.connect(self._forward)
        self.file.chosen.connect(self.choose)
        self.file.reread.connect(self._reread)
        self.mapping.changed.connect(self._mapping_changed)
        self.review.policy_picked.connect(self._policy_picked)
        self.run.cancel_wished.connect(self._cancel)
        self.run.again_wished.connect(self._make_plan)
        self.run.open_wished.connect(self._open_imported)
        self.run.undo_wished.connect(self._undo)
        self.run.more_wished.connect(self.start_over)
        self.desk.bridge.job_progress.connect(self._progress)
        self.desk.bridge.changed.connect(self._changed)
        self.desk.actions.provide(IMPORT, self.file.take_focus, self)

    def visit(self, argument: object = None) -> None:
        """Show the page; the argument is a file to begin with."""
        if isinstance(argument, Path) and self.job is None:
            self.choose(argument)
        elif isinstance(argument, Path):
            self.desk.say(tr("An import is running. Drop the file again once it is done."))

    def start_over(self) -> None:
        """Ask for a file."""
        self._drop_plan()
        self.draft = None
        self.file.start_over()
        self._show_step(FILE)

    def choose(self, path: Path) -> None:
        """Read a file and show its preview."""
        settings = self.desk.app.settings
        self._drop_plan()
        self.draft = Draft(
            path,
            on_duplicate=str(settings.get(ON_DUPLICATE)),
            default_country=str(settings.get(DEFAULT_COUNTRY)),
        )
        self._read()

    def _read(self) -> None:
        draft = self.draft
        if draft is None:
            return
        self._turn += 1
        turn, app, options = self._turn, self.desk.app, draft.options
        self._show_step(FILE)
        self.next.setEnabled(False)
        self.desk.calls.read(
            self,
            lambda: (app.importing.preview(draft.path, options), app.custom_fields.fields()),
            lambda seen: self._read_done(turn, *seen),
            lambda error: self._unreadable(turn, error),
        )

    def _read_done(self, turn: int, preview: Preview, custom: tuple[Field, ...]) -> None:
        if turn != self._turn or self.draft is None:
            return
        self.draft.preview, self._custom = preview, custom
        self.file.show_preview(preview)
        self._show_step(FILE)

    def _unreadable(self, turn: int, error: CaptelyError) -> None:
        if turn == self._turn:
            self.file.notice.say_error(error)
            self._allow()

    def _reread(self, option: str, value: Any) -> None:
        if self.draft is not None:
            self.draft.reread(**{option: value})
            self._read()

    def _back(self) -> None:
        step = self.stack.currentIndex()
        if step == FILE:
            self.start_over()
            self.desk.go(Place.CONTACTS)
        elif step == RUN:
            self.start_over()
        else:
            self._drop_plan()
            self._turn += 1
            self._show_step(step - 1)

    def _forward(self) -> None:
        step = self.stack.currentIndex()
        if step == FILE and self.draft is not None:
            self.mapping.show_draft(self.draft, self._custom)
            self._show_step(MAPPING)
        elif step == MAPPING:
            self._make_plan()
        elif step == REVIEW:
            self._start()

    def _mapping_changed(self) -> None:
        self.mapping.notice.say("")
        self._allow()

    def _policy_picked(self, policy: str) -> None:
        if self.draft is not None:
            self.draft.on_duplicate = policy
            self._make_plan()

    def _make_plan(self) -> None:
        draft = self.draft
        if draft is None:
            return
        self._drop_plan()
        self._turn += 1
        turn, importing, options = self._turn, self.desk.app.importing, draft.options
        self._relay.cancel.set()
        self._relay = relay = Relay(self)
        relay.told.connect(self.review.show_progress)
        self.review.show_waiting(draft)
        self._show_step(REVIEW)
        self.desk.calls.call(
            Lane.BULK,
            self,
            lambda: importing.plan(draft.path, options, progress=relay, cancel=relay.cancel),
            lambda plan: self._planned(turn, plan),
            lambda error: self._not_planned(turn, error),
        )

    def _planned(self, turn: int, plan: ImportPlan) -> None:
        if turn != self._turn:
            self.desk.app.importing.forget(plan)
            return
        self.plan = plan
        self.review.show_plan(plan)
        self._show_step(REVIEW)

    def _not_planned(self, turn: int, error: CaptelyError) -> None:
        if turn == self._turn and not isinstance(error, Cancelled):
            # The mapping is what can be changed about it.
            self._show_step(MAPPING)
            self.mapping.notice.say_error(error)

    def _start(self) -> None:
        plan, draft = self.plan, self.draft
        if plan is None or draft is None:
            return
        self.plan = None
        self.run.start(draft.path.name)
        self._show_step(RUN)
        importing = self.desk.app.importing
        self.desk.calls.edit(self, lambda: importing.start_plan(plan), self._started, self._failed)

    def _started(self, job: int) -> None:
        self.job = job
        runner = self.desk.app.runner
        self.desk.calls.edit(
            self,
            lambda: runner.start_job(job),
            lambda future: self.desk.calls.follow(future, self, self._finished, self._failed),
            self._failed,
        )

    def _progress(self, progress: JobProgress) -> None:
        if progress.job_id == self.job:
            self.run.show_progress(progress)

    def _finished(self, view: JobView) -> None:
        self.job = None
        self.run.finish(view.result or {})
        self._allow()

    def _failed(self, error: CaptelyError) -> None:
        self.job = None
        self.run.fail(error)
        self._allow()

    def _cancel(self) -> None:
        jobs, job = self.desk.app.jobs, self.job
        if job is not None:
            self.desk.calls.edit(self, lambda: jobs.cancel(job), lambda _view: None)

    def _open_imported(self) -> None:
        batch = self.run.result.get("batch")
        self.desk.go(Place.CONTACTS, f"import:{batch}" if batch else "")

    def _undo(self) -> None:
        operation = self.run.result.get("operation")
        if operation is not None:
            self.desk.undo(int(operation))

    def _changed(self, changes: Changes) -> None:
        """Notice when the finished import is taken back, from here or from anywhere."""
        operation = self.run.result.get("operation")
        if operation is None or not changes.touches("contact"):
            return
        history = self.desk.app.history
        self.desk.calls.read(
            self,
            lambda: any(e.undoes == operation for e in history.operations(5)),
            lambda undone: self.run.show_undone() if undone else None,
        )

    def _drop_plan(self) -> None:
        self._relay.cancel.set()
        plan, self.plan = self.plan, None
        if plan is not None:
            importing = self.desk.app.importing
            self.desk.calls.call(
                Lane.BULK, self, lambda: importing.forget(plan), lambda _none: None
            )

    def _show_step(self, step: int) -> None:
        self.stack.setCurrentIndex(step)
        self.steps.show_step(step)
        self._allow()

    def _allow(self) -> None:
        """Enable what makes sense in the present step, with the right words."""
        step, draft = self.stack.currentIndex(), self.draft
        has_preview = draft is not None and draft.preview is not None
        self.back.setText(tr("Cancel") if step == FILE else tr("Back"))
        self.back.setVisible((step == FILE and draft is not None) or step in (MAPPING, REVIEW))
        self.back.setEnabled(True)
        self.next.setVisible(step in (MAPPING, REVIEW) or (step == FILE and has_preview))
        self.next.setEnabled(self._can_go_on(step, has_preview=has_preview))
        self.next.setText(self._next_words(step))
        if step == RUN and self.job is None and not self.run.result:
            self.back.setVisible(True)
        for button in (self.back, self.next):
            button.updateGeometry()

    def _can_go_on(self, step: int, *, has_preview: bool) -> bool:
        if step == FILE:
            return has_preview
        if step == MAPPING:
            return any(self.mapping.mapped().values()) and not self.mapping.options.unanswered
        return step == REVIEW and self.plan is not None and _written(self.plan) > 0

    def _next_words(self, step: int) -> str:
        if step == FILE:
            return tr("Next: map columns")
        if step == MAPPING:
            return tr("Next: review")
        n = _written(self.plan) if self.plan is not None else 0
        return trn("Import {n} contact", "Import {n} contacts", n) if n else tr("Nothing to import")


def _written(plan: ImportPlan) -> int:
    return plan.counts.created + plan.counts.updated
