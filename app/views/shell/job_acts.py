"""Pauses, resumes and cancels jobs for whoever shows them; a second click is harmless."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.core.errors import CaptelyError
from app.core.text import marked, tr, trn
from app.services.jobs import JobState, JobView
from app.views.common.desk import Desk
from app.views.common.jobs_read import JobsRead
from app.views.common.places import Place

WAITING = (JobState.PAUSED, JobState.INTERRUPTED, JobState.FAILED)
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
IMPORT, EXPORT = "import", "export"
_GIVE_UP = {IMPORT: marked("Roll back")}


def give_up_words(view: JobView) -> str:
    """What cancelling a job is called: an import leaves nothing behind, parked rows are dropped."""
    if view.dropped:
        return tr("Discard rows")
    return tr(_GIVE_UP.get(view.kind, marked("Cancel")))


def last_words(view: JobView) -> str:
    """What the button says before parked rows are dropped, which nobody can take back."""
    return trn("Discard {n} row for good", "Discard {n} rows for good", view.parked)


class JobActs(QObject):
    """taken carries the job as it stands after something was asked of it."""

    taken = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._asked: set[int] = set()

    def is_asked(self, job: int) -> bool:
        """Whether something is being asked of it this moment."""
        return job in self._asked

    def pause(self, job: int) -> None:
        """Stop it after its present step."""
        self._ask(job, lambda: self._desk.app.jobs.pause(job), self.taken.emit)

    def resume(self, job: int) -> None:
        """Go on with it; what comes of it is told even if nobody shows it any more."""
        self._ask(job, lambda: self._desk.app.runner.start_job(job), partial(self._follow, job))

    def cancel(self, job: int, dropped: str = "") -> None:
        """Give it up, which undoes what its kind undoes; `dropped` says what is lost by it."""

        def asked(future: Future[JobView]) -> None:
            self._follow(job, future)
            if dropped:
                self._desk.say(dropped)

        self._ask(job, lambda: self._desk.app.runner.cancel_job(job), asked)

    def open_result(self, view: JobView) -> None:
        """Show what came of it: the contacts of an import, the run of an export."""
        result = view.result or {}
        if view.kind == IMPORT and result.get("batch"):
            self._desk.go(Place.CONTACTS, f"import:{result['batch']}")
        elif view.kind == EXPORT and result.get("run"):
            self._desk.go(Place.EXPORTS, int(result["run"]))

    def open_rejects(self, view: JobView) -> None:
        """Show the rejected rows in the program for tables."""
        path = Path(str((view.result or {}).get("rejects_file") or ""))
        if not path.is_file():
            self._desk.say(tr("The file of rejected rows is no longer there."))
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _ask(self, job: int, work: Callable[[], object], done: Callable[..., None]) -> None:
        if job in self._asked:
            return
        self._asked.add(job)

        def answered(answer: object) -> None:
            self._asked.discard(job)
            done(answer)

        def refused(error: CaptelyError) -> None:
            self._asked.discard(job)
            self._look_again(job, error)

        self._desk.calls.edit(self, work, answered, refused)

    def _follow(self, job: int, future: Future[JobView]) -> None:
        refused = partial(self._look_again, job)
        self._desk.calls.follow(future, self, self.taken.emit, refused)

    def _look_again(self, job: int, error: CaptelyError) -> None:
        """It may have ended by itself meanwhile; then there is nothing to complain about."""
        jobs = self._desk.app.jobs

        reading = JobsRead(self._desk, self)

        def seen(views: Sequence[JobView]) -> None:
            reading.deleteLater()
            self.taken.emit(views[0])
            if views[0].state not in (JobState.DONE, JobState.CANCELLED):
                self._desk.say_error(error)

        reading.read(lambda: [jobs.view(job)], seen)
