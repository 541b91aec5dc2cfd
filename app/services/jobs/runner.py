"""The lanes of one process: threads in which work waits for its turn, away from the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from app.core.errors import Cancelled
from app.core.text import tr
from app.services.jobs.jobs import Jobs
from app.services.jobs.lanes import THREADS, Lane
from app.services.jobs.view import JobView

T = TypeVar("T")


class Runner:
    """Runs work and jobs in the lanes; every error reaches the future of its work."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._lock = threading.Lock()
        self._closed = False
        self._lanes = {
            lane: ThreadPoolExecutor(threads, thread_name_prefix=f"captely-{lane}")
            for lane, threads in THREADS.items()
        }

    def submit(self, lane: Lane, work: Callable[[], T]) -> Future[T]:
        """Run `work` in `lane` when its turn comes; raises Cancelled after `shutdown`."""
        with self._lock:
            if self._closed:
                raise Cancelled(tr("Captely is closing."))
            return self._lanes[lane].submit(work)

    def start_job(self, job_id: int) -> Future[JobView]:
        """Run a job in the lane of its kind, or go on with one that was paused or interrupted.

        The future holds the job as `Jobs.run` left it. Raises NotFound, Busy when it is running,
        InvalidInput when it has ended.
        """
        lane = self._jobs.lane(job_id)
        self._jobs.enqueue(job_id)
        return self.submit(lane, lambda: self._jobs.run_queued(job_id))

    def cancel_job(self, job_id: int) -> Future[JobView]:
        """Cancel a job; what it has done is undone in the lane of its kind, not in this thread.

        The future of a running job is there at once, with the job as it stands: the run itself
        ends at its next check. Raises NotFound.
        """
        if not self._jobs.ask_to_cancel(job_id):
            return self.submit(self._jobs.lane(job_id), lambda: self._jobs.cancel(job_id))
        asked: Future[JobView] = Future()
        asked.set_result(self._jobs.view(job_id))
        return asked

    def shutdown(self, *, wait: bool = True) -> None:
        """Take no more work and forget what waits; running jobs stop at their next check.

        A person's changes are not forgotten: those that wait are made. Calls to other systems in
        flight are waited for in any case, since a call that is given up is a call of unknown
        fate; wait says whether the other lanes are waited for too.
        """
        with self._lock:
            self._closed = True
        self._jobs.stop()
        for lane, pool in self._lanes.items():
            kept = lane is Lane.EDIT
            pool.shutdown(wait=wait or kept or lane is Lane.NETWORK, cancel_futures=not kept)
