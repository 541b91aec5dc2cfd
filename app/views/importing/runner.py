"""Carries out a plan as a job: starts it, follows it, pauses, resumes and cancels it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.changes import Changes
from app.core.errors import Cancelled, CaptelyError
from app.core.text import tr
from app.services.importing.planned import ImportPlan
from app.services.jobs import JobProgress, JobState, JobView
from app.views.common.desk import Desk
from app.views.common.jobs_read import JobsRead
from app.views.common.latest import Latest
from app.views.common.places import Place
from app.views.importing.errands import ask_where, copy_rejects
from app.views.importing.run_step import RunStep


class ImportRun(QObject):
    """job is the number of the import that runs or is paused, None if there is none.

    ended is emitted when it runs no more; again, more and correct are what the user wants next.
    """

    ended = Signal()
    again_wished = Signal()
    more_wished = Signal()
    correct_wished = Signal(object)

    def __init__(self, desk: Desk, step: RunStep) -> None:
        super().__init__(step)
        self._desk, self._step = desk, step
        self.job: int | None = None
        self.name = ""
        self._cancelling = False
        self._following, self._asking = Latest(desk.calls, self), Latest(desk.calls, self)
        self._looking = JobsRead(desk, self)
        step.cancel_wished.connect(self._cancel)
        step.pause_wished.connect(self._pause)
        step.resume_wished.connect(self._go_on)
        step.open_wished.connect(self._open_imported)
        step.undo_wished.connect(self._undo)
        step.save_wished.connect(self._save_rejects)
        step.again_wished.connect(self.again_wished.emit)
        step.more_wished.connect(self.more_wished.emit)
        step.plan_wished.connect(lambda: desk.go(Place.PLAN))
        step.correct_wished.connect(lambda: self.correct_wished.emit(self._rejects()))
        desk.bridge.job_progress.connect(self._progress)
        desk.bridge.job_changed.connect(lambda event: self._job_changed(event.job))
        desk.bridge.changed.connect(self._changed)
        desk.reversal_refused.connect(self._offer_undo)

    def start(self, plan: ImportPlan, file_name: str) -> None:
        """Carry out a plan."""
        importing = self._desk.app.importing
        self._show(file_name)
        # Not None from now on: a second click must not begin it twice.
        self.job, self._cancelling = 0, False
        self._desk.calls.edit(self, lambda: importing.start_plan(plan), self._made, self._failed)

    def resume(self, job: int, label: str) -> None:
        """Go on with an import that was paused or stopped with the program."""
        self._show(label)
        self._begin(job)

    def follow(self, job: int, label: str) -> None:
        """Show an import that another window has started."""
        self._show(label)
        self.job, self._cancelling = job, False
        # It may have ended since.
        self._look(job, lambda: None)

    def _show(self, name: str) -> None:
        """Show another import: what is still to be heard of the one before is of no concern."""
        self._following.drop()
        self._asking.drop()
        self.name = name
        self._step.start(name)

    def _look(self, job: int, then: Callable[[], None]) -> None:
        jobs = self._desk.app.jobs

        def seen(views: Sequence[JobView]) -> None:
            self._job_changed(views[0])
            then()

        self._looking.read(lambda: [jobs.view(job)], seen)

    def _made(self, job: int) -> None:
        if self._cancelling:
            # It was given up before it had a number.
            self.job = job
            self._cancel()
        else:
            self._begin(job)

    def _begin(self, job: int) -> None:
        self.job, self._cancelling = job, False
        runner = self._desk.app.runner
        self._desk.calls.edit(
            self,
            lambda: runner.start_job(job),
            lambda future: self._following.follow(future, self._finished, self._failed),
            self._failed,
        )

    def _go_on(self) -> None:
        if self.job:
            self._begin(self.job)

    def _progress(self, progress: JobProgress) -> None:
        if progress.job_id == self.job:
            self._step.show_progress(progress)

    def _job_changed(self, view: JobView) -> None:
        """Follow what was done to the job elsewhere, such as in the strip of jobs."""
        if view.id != self.job:
            return
        if view.state in (JobState.RUNNING, JobState.PAUSED, JobState.QUEUED):
            self._step.show_state(view.state)
        elif view.state is JobState.DONE and not self._step.result:
            self._finished(view)
        elif view.state is JobState.CANCELLED:
            self._end(tr("Cancelled. Nothing was changed."))

    def _finished(self, view: JobView) -> None:
        if view.id != self.job:
            # Told by the bridge already.
            return
        if view.state is JobState.DONE:
            self.job = None
            self._step.finish(view.result or {})
            self.ended.emit()
        elif view.state is JobState.CANCELLED:
            self._end(tr("Cancelled. Nothing was changed."))
        else:
            self._step.show_state(view.state)

    def _failed(self, error: CaptelyError) -> None:
        if isinstance(error, Cancelled) or self._cancelling:
            self._end(tr("Cancelled. Nothing was changed."))
            return
        self.job = None
        self._step.fail(error)
        self.ended.emit()

    def _end(self, words: str) -> None:
        if self.job is not None:
            self.job = None
            self._step.end(words)
            self.ended.emit()

    def _cancel(self) -> None:
        jobs, job = self._desk.app.jobs, self.job
        self._cancelling = job is not None
        if job:
            self._desk.calls.edit(
                self, lambda: jobs.cancel(job), self._cancelled, partial(self._refused, job)
            )

    def _refused(self, job: int, error: CaptelyError) -> None:
        """A job that has just ended tells so by its result; else it can be asked again."""

        def tell() -> None:
            if self.job == job:
                self._desk.say_error(error)

        self._cancelling = False
        self._look(job, tell)

    def _cancelled(self, view: JobView) -> None:
        # A paused job is cancelled right there; a running one tells when it has stopped.
        if view.state is JobState.CANCELLED:
            self._end(tr("Cancelled. Nothing was changed."))

    def _pause(self) -> None:
        jobs, job = self._desk.app.jobs, self.job
        if job:
            self._desk.calls.edit(
                self, lambda: jobs.pause(job), lambda _view: None, partial(self._refused, job)
            )

    def _open_imported(self) -> None:
        batch = self._step.result.get("batch")
        self._desk.go(Place.CONTACTS, f"import:{batch}" if batch else "")

    def _undo(self) -> None:
        operation = self._step.result.get("operation")
        if operation is not None:
            self._step.undo.setEnabled(False)
            self._desk.undo(int(operation))

    def _offer_undo(self) -> None:
        self._step.undo.setEnabled(self._step.result.get("operation") is not None)

    def _rejects(self) -> Path:
        return Path(str(self._step.result.get("rejects_file")))

    def _save_rejects(self) -> None:
        source = self._rejects()
        path = ask_where(self._step, tr("Save rejected rows"), source.name, "CSV (*.csv)")
        if path is not None:
            self._desk.calls.edit(
                self,
                lambda: copy_rejects(source, path),
                lambda _none: self._desk.say(tr("Saved as {name}.", name=path.name)),
            )

    def _changed(self, changes: Changes) -> None:
        """Notice when the finished import is taken back, from here or from anywhere."""
        operation = self._step.result.get("operation")
        if operation is None or not changes.touches("contact"):
            return
        history = self._desk.app.history
        self._asking.read(
            lambda: any(e.undoes == operation and not e.undone for e in history.operations(5)),
            self._show_undone,
        )

    def _show_undone(self, undone: bool) -> None:  # noqa: FBT001 - an answer of a call
        if undone:
            self._step.show_undone()
