"""The lease by which one process, and only one, runs a job.

It is taken by one conditional UPDATE, renewed by a heartbeat and by every saved step, and proved
again inside each of the job's transactions: a process that slept through its lease cannot write.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, case, cast, func, select, update

from app.core.clock import Clock, to_us
from app.core.errors import Busy, CaptelyError, InvalidInput, NotFound
from app.core.text import tr
from app.models.jobs import Job
from app.models.store import Store
from app.services.jobs.owner import hold, is_dead, let_go, new_owner
from app.services.jobs.view import RUNNABLE, JobState

LEASE_SECONDS = 60.0
BEAT_SECONDS = 15.0

log = logging.getLogger("captely.jobs")


class LeaseLost(Busy):
    """Another process has taken the job over, so this one must not write any more."""


class Lease:
    """One run's hold on a job.

    clock is the machine's own, never the product's adjustable one: whether a process lives does
    not depend on what time a script pretends it is.
    """

    def __init__(self, store: Store, clock: Clock, job_id: int, owner: str) -> None:
        self._store = store
        self._clock = clock
        self.job_id = job_id
        self.owner = owner
        self.lost = threading.Event()

    def prove(self, connection: Connection, values: Mapping[str, Any] | None = None) -> None:
        """Renew the lease and set the job's `values` in the caller's transaction.

        Raises LeaseLost when it is no longer ours; the caller's transaction must then roll back.
        """
        until = now_us(connection, self._clock) + int(LEASE_SECONDS * 1_000_000)
        self._set(connection, {**(values or {}), "lease_until": until})

    def give_back(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """End the hold and set the job's last `values`; raises LeaseLost as `prove` does."""
        self._set(connection, {**values, "lease_owner": None, "lease_until": None})

    @contextmanager
    def beating(self, values: Callable[[], Mapping[str, Any]]) -> Iterator[None]:
        """Renew in the background, storing `values()` each time, so that a long step keeps it."""
        ended = threading.Event()
        name = f"captely-lease-{self.job_id}"
        thread = threading.Thread(target=self._beat, args=(ended, values), name=name, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            let_go(self.owner)

    def _beat(self, ended: threading.Event, values: Callable[[], Mapping[str, Any]]) -> None:
        while not self._clock.wait(BEAT_SECONDS, ended):
            try:
                # As bulk work: a long step of this very job would otherwise give way to it.
                with self._store.writing("lease", bulk=True) as connection:
                    self.prove(connection, values())
            except LeaseLost:
                return
            except CaptelyError as error:
                # A database that is busy or away for a moment: the lease outlives three beats.
                log.info("The lease of job %s was not renewed: %s", self.job_id, error)

    def _set(self, connection: Connection, values: Mapping[str, Any]) -> None:
        ours = and_(Job.id == self.job_id, Job.lease_owner == self.owner)
        if connection.execute(update(Job).where(ours).values(**values)).rowcount != 1:
            self.lost.set()
            raise lease_lost()


def take(connection: Connection, store: Store, clock: Clock, job_id: int, at_us: int) -> Lease:
    """The lease of a job that waits, was paused, interrupted or failed, now marked as running.

    at_us is the product's time, when the job starts. Raises NotFound, Busy when another process
    has the lease, InvalidInput when the job has ended.
    """
    lease = Lease(store, clock, job_id, new_owner())
    values = {
        "state": JobState.RUNNING,
        "message": "",
        "wish": None,
        "started": func.coalesce(Job.started, at_us),
        "ended": None,
        # Without a cursor the work begins again, and so does its count.
        "done": case((Job.cursor.is_(None), 0), else_=Job.done),
        "lease_owner": lease.owner,
        "lease_until": now_us(connection, clock) + int(LEASE_SECONDS * 1_000_000),
    }
    change_state(connection, job_id, RUNNABLE, values)
    # Known before the commit: a second thread that reads the row must not think its process dead.
    hold(lease.owner)
    return lease


def change_state(
    connection: Connection, job_id: int, states: Collection[JobState], values: Mapping[str, Any]
) -> None:
    """Set `values` on a job that is in one of `states`, or say why it cannot be done.

    Raises NotFound, Busy when it is running, InvalidInput when it has ended.
    """
    fits = and_(Job.id == job_id, Job.state.in_(states))
    if connection.execute(update(Job).where(fits).values(**values)).rowcount == 1:
        return
    state = connection.execute(select(Job.state).where(Job.id == job_id)).scalar_one_or_none()
    if state is None:
        raise no_such_job(job_id)
    if state == JobState.RUNNING:
        raise Busy(
            tr("Job {id} is already running.", id=job_id),
            tr("Wait for its end, or pause or cancel it first."),
        )
    raise InvalidInput(
        tr("Job {id} has already ended.", id=job_id),
        tr("Start the work anew if you want it again."),
    )


def interrupt_if_dead(connection: Connection, clock: Clock, job_id: int) -> bool:
    """Mark a running job as interrupted if its process has gone; True if it was."""
    held = select(Job.lease_owner, Job.lease_until).where(
        Job.id == job_id, Job.state == JobState.RUNNING
    )
    row = connection.execute(held).one_or_none()
    if row is None or not is_dead(row.lease_owner, row.lease_until, now_us(connection, clock)):
        return False
    still_so = and_(
        Job.id == job_id,
        Job.state == JobState.RUNNING,
        Job.lease_owner.is_not_distinct_from(row.lease_owner),
        Job.lease_until.is_not_distinct_from(row.lease_until),
    )
    values = {"state": JobState.INTERRUPTED, "lease_owner": None, "lease_until": None}
    return connection.execute(update(Job).where(still_so).values(**values)).rowcount == 1


def now_us(connection: Connection, clock: Clock) -> int:
    """The moment by which leases are counted, in microseconds UTC.

    On a shared PostgreSQL that is the server's: the clocks of two seats may be minutes apart.
    """
    if connection.dialect.name != "postgresql":
        return to_us(clock.now())
    seconds = func.extract("epoch", func.clock_timestamp())
    return int(connection.execute(select(cast(seconds * 1_000_000, BigInteger))).scalar_one())


def lease_lost() -> LeaseLost:
    """The sentence for a process that finds its job in other hands."""
    return LeaseLost(
        tr("Another Captely has taken this job over."),
        tr("Watch it there; nothing was done twice."),
    )


def no_such_job(job_id: int) -> NotFound:
    """The sentence for a number that names no job."""
    return NotFound(tr("There is no job {id}.", id=job_id), tr("Look up the numbers under Jobs."))
