"""Durable jobs: made, run under a lease, paused, resumed, cancelled, found again after a kill."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.core.actor import Actor
from app.core.clock import Clock, SystemClock, to_us
from app.core.errors import InvalidInput, StorageError
from app.core.events import Bus
from app.core.text import tr
from app.models.jobs import Job
from app.models.store import Store, reserve
from app.services.jobs.context import JobContext, Wish
from app.services.jobs.items import Item, ItemQueue, ItemState, items_of, lose_sight
from app.services.jobs.lanes import Lane
from app.services.jobs.lease import change_state, interrupt_if_dead, no_such_job, now_us, take
from app.services.jobs.progress import Meter
from app.services.jobs.running import Discard, Handler, Kind, Lost, Run
from app.services.jobs.view import (
    RUNNABLE,
    SELECT,
    JobChanged,
    JobState,
    JobView,
    activity,
    view_of,
)

PAUSABLE = (JobState.QUEUED, JobState.INTERRUPTED, JobState.PAUSED)


class Jobs:
    """The jobs of one workspace, and those of them that this process is running.

    lease_clock counts leases; it is the machine's own unless a test holds it.
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        clock: Clock,
        actor: Actor,
        *,
        lease_clock: Clock | None = None,
    ) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._actor = actor
        self._lease_clock = lease_clock or SystemClock()
        self._kinds: dict[str, Kind] = {}
        self._expected: dict[str, Callable[[], object]] = {}
        self._running: dict[int, JobContext] = {}
        self._stopping = False
        self._lock = threading.Lock()
        self._announcing = threading.RLock()

    def register(
        self,
        kind: str,
        handler: Handler,
        *,
        discard: Discard | None = None,
        lane: Lane = Lane.BULK,
        reads_back: bool = False,
        lost: Lost = lose_sight,
    ) -> None:
        """Say how jobs of `kind` are run.

        handler does the work from context.cursor on and returns the result of its verb. discard
        undoes what a cancelled job has done so far, whether it was running, paused or killed; it
        may find that nothing was begun. reads_back says that the handler can find out the fate of
        an ambiguous call, and so may ask again. lost marks what the job of a process that has
        gone had asked and not heard as ambiguous, in the transaction given; by itself its items.
        """
        self._kinds[kind] = Kind(handler, discard, lane, reads_back, lost)

    def expect(self, kind: str, prepare: Callable[[], object]) -> None:
        """Have `prepare` called, which registers `kind`, when the first job of it is asked for."""
        self._expected[kind] = prepare

    def create(
        self, kind: str, label: str, payload: Mapping[str, Any], *, total: int | None = None
    ) -> int:
        """Make a job that waits to be run; returns its id.

        label is shown to the user. payload is all that the work needs to begin anew, without
        secrets.
        """
        self._kind(kind)
        with self._store.writing("create job") as connection:
            job_id = self.add(connection, kind, label, payload, total=total)
        self.announce(job_id)
        return job_id

    def add(
        self,
        connection: Connection,
        kind: str,
        label: str,
        payload: Mapping[str, Any],
        *,
        total: int | None = None,
        state: JobState = JobState.QUEUED,
        message: str = "",
    ) -> int:
        """Make a job in the caller's writing session, to be announced after it; its id."""
        job_id = reserve(connection, "job", 1)
        connection.execute(
            insert(Job).values(
                id=job_id,
                kind=kind,
                state=state,
                actor=self._actor.name,
                label=label,
                payload=dict(payload),
                total=total,
                message=message,
                created=to_us(self._clock.now()),
            )
        )
        return job_id

    def view(self, job_id: int) -> JobView:
        """The job as it stands; raises NotFound."""
        with self._store.reading() as connection:
            row = connection.execute(SELECT.where(Job.id == job_id)).one_or_none()
            if row is None:
                raise no_such_job(job_id)
            return view_of(row, now_us(connection, self._lease_clock))

    def views(self, *, active: bool | None = None, limit: int = 100) -> list[JobView]:
        """The newest jobs first: those not ended (True), ended (False) or all (None)."""
        wanted = SELECT.where(*activity(active=active)).order_by(Job.id.desc()).limit(limit)
        with self._store.reading() as connection:
            now = now_us(connection, self._lease_clock)
            return [view_of(row, now) for row in connection.execute(wanted)]

    def ambiguous(self, job_id: int) -> list[Item]:
        """The job's calls whose fate is unknown, oldest first; raises NotFound."""
        self.view(job_id)
        with self._store.reading() as connection:
            return items_of(connection, job_id, ItemState.AMBIGUOUS)

    def lane(self, job_id: int) -> Lane:
        """The lane in which the job is to be run; raises NotFound, InvalidInput."""
        return self._kind(self.view(job_id).kind).lane

    def run(self, job_id: int, *, pause: threading.Event | None = None) -> JobView:
        """Run the job to its end in this thread, from where it stopped if it did.

        Returns the job done, or paused when it was asked to pause. Setting `pause` pauses it at
        its next step. Raises Cancelled, or the CaptelyError that the work failed with or waits for,
        once that is stored; Busy when another process is running it, InvalidInput when it has
        ended.
        """
        return self._work(job_id, Run.handle, pause or threading.Event())

    def resume(self, job_id: int, *, pause: threading.Event | None = None) -> JobView:
        """Run a paused, interrupted, failed or waiting job to its end, as `run` does."""
        return self.run(job_id, pause=pause)

    def enqueue(self, job_id: int) -> JobView:
        """Mark a job that can be run as waiting for its lane; raises as `run` does."""
        with self._store.writing("enqueue job") as connection:
            self._interrupt_if_dead(connection, job_id)
            values = {"state": JobState.QUEUED, "message": "", "ended": None}
            change_state(connection, job_id, RUNNABLE, values)
        return self.announce(job_id)

    def run_queued(self, job_id: int) -> JobView:
        """Run the job if it still waits; else return it as it is.

        Between its queueing and its turn it may have been paused, cancelled, or resumed elsewhere.
        """
        view = self.view(job_id)
        return self.run(job_id) if view.state is JobState.QUEUED else view

    def pause(self, job_id: int) -> JobView:
        """Ask the job to stop after its present step, wherever it runs; it can be resumed.

        Returns the job as it stands now. Raises NotFound, InvalidInput when it has ended.
        """
        if not self._wish(job_id, Wish.PAUSE):
            with self._store.writing("pause job") as connection:
                change_state(connection, job_id, PAUSABLE, {"state": JobState.PAUSED})
        return self.announce(job_id)

    def cancel(self, job_id: int) -> JobView:
        """Cancel the job, undoing what its kind undoes.

        A running job is asked to, wherever it runs; another is cancelled here, in this thread,
        before this returns. Raises NotFound, InvalidInput when it has ended.
        """
        if self.ask_to_cancel(job_id):
            return self.view(job_id)
        return self._work(job_id, Run.discard, threading.Event())

    def ask_to_cancel(self, job_id: int) -> bool:
        """Ask a running job to cancel itself, wherever it runs; False when it is not running.

        Raises NotFound.
        """
        self.view(job_id)
        asked = self._wish(job_id, Wish.CANCEL)
        if asked:
            self.announce(job_id)
        return asked

    def recover(self) -> list[JobView]:
        """Mark the jobs whose process has gone as interrupted; returns them.

        To be called at start. What such a job had asked and not heard becomes ambiguous.
        """
        running = select(Job.id).where(Job.state == JobState.RUNNING)
        with self._store.reading() as connection:
            ids = connection.execute(running).scalars().all()
        return [self.announce(job_id) for job_id in ids if self._recovered(job_id)]

    def stop(self) -> None:
        """Ask every job of this process to stop at its next check, since the program ends.

        They become interrupted, to be resumed or cancelled at the next start.
        """
        with self._lock:
            self._stopping = True
            running = list(self._running.values())
        for context in running:
            context.ask(Wish.CLOSE)

    def _work(self, job_id: int, part: Callable[[Run], None], halt: threading.Event) -> JobView:
        run = self._begin(job_id, halt)
        self.announce(job_id)
        try:
            run.work(part)
        finally:
            with self._lock:
                self._running.pop(job_id, None)
            # A database that went away must not hide how the run ended.
            with contextlib.suppress(StorageError):
                self.announce(job_id)
        if run.refusal is not None:
            raise run.refusal
        return self.view(job_id)

    def _begin(self, job_id: int, halt: threading.Event) -> Run:
        kind = self._kind(self.view(job_id).kind)
        now = to_us(self._clock.now())
        wanted = select(
            Job.id, Job.kind, Job.label, Job.payload, Job.cursor, Job.done, Job.total
        ).where(Job.id == job_id)
        with self._store.writing("begin job") as connection:
            self._interrupt_if_dead(connection, job_id)
            lease = take(connection, self._store, self._lease_clock, job_id, now)
            row = connection.execute(wanted).one()
        meter = Meter(self._bus, self._clock, (row.id, row.kind, row.label), row.done, row.total)
        items = ItemQueue(self._store, self._clock, lease, reads_back=kind.reads_back)
        context = JobContext(row, self._store, lease, meter, items, self._clock, halt)
        with self._lock:
            self._running[job_id] = context
            if self._stopping:
                # Its turn came while the lanes were being closed.
                context.ask(Wish.CLOSE)
        return Run(self._store, kind, context)

    def _kind(self, name: str) -> Kind:
        kind = self._found(name)
        if kind is None:
            raise InvalidInput(
                tr("This version of Captely cannot run work of the kind “{kind}”.", kind=name),
                tr("Open the workspace with the version that began it, or a newer one."),
            )
        return kind

    def _found(self, name: str | None) -> Kind | None:
        if name not in self._kinds and name in self._expected:
            self._expected[name]()
        return self._kinds.get(name or "")

    def _wish(self, job_id: int, wish: Wish) -> bool:
        """Ask a running job for something; False when it is not running."""
        # Cancelling outdoes pausing, whichever was asked first.
        wanted = wish if wish is Wish.CANCEL else func.coalesce(Job.wish, wish)
        running = update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING)
        with self._store.writing("ask job") as connection:
            self._interrupt_if_dead(connection, job_id)
            asked = connection.execute(running.values(wish=wanted)).rowcount == 1
        with self._lock:
            context = self._running.get(job_id)
        if asked and context is not None:
            context.ask(wish)
        return asked

    def _recovered(self, job_id: int) -> bool:
        with self._store.writing("recover job") as connection:
            return self._interrupt_if_dead(connection, job_id)

    def _interrupt_if_dead(self, connection: Connection, job_id: int) -> bool:
        dead = interrupt_if_dead(connection, self._lease_clock, job_id)
        if dead:
            kind = self._found(
                connection.execute(select(Job.kind).where(Job.id == job_id)).scalar()
            )
            (kind.lost if kind else lose_sight)(connection, job_id)
        return dead

    def announce(self, job_id: int) -> JobView:
        """Tell everybody how a job stands that was made, or came into another state."""
        # Read and told in one go: of two threads the later would else tell what was before, and a
        # window would go on showing a job that has ended.
        with self._announcing:
            view = self.view(job_id)
            self._bus.publish(JobChanged(view))
        return view
