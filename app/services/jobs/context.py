"""What the work of a job sees of its job: payload, cursor, progress, and whether to stop."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, select

from app.core.clock import Clock
from app.core.errors import Cancelled, CaptelyError
from app.core.text import tr
from app.models.jobs import Job
from app.models.store import Store
from app.services.jobs.items import ItemQueue
from app.services.jobs.lease import Lease, lease_lost
from app.services.jobs.progress import Meter

WISH_SECONDS = 0.5

T = TypeVar("T")


class Wish(StrEnum):
    """What a running job is asked to do at its next check; close means that the program ends."""

    PAUSE = "pause"
    CANCEL = "cancel"
    CLOSE = "close"


class Paused(CaptelyError):
    """The job stops here and can be resumed; the message says why, if not by the user's wish.

    cause is the error for which the job waits, told to whoever runs it.
    """

    code = "PAUSED"
    exit_code = 130

    def __init__(
        self, message: str, hint: str = "", detail: str = "", *, cause: CaptelyError | None = None
    ) -> None:
        super().__init__(message, hint, detail)
        self.cause = cause


class JobContext:
    """One run of a job, handed to the handler of its kind.

    cursor is what `save` last stored, None when the work begins. halt is set as soon as this run
    is to stop, whether to be paused or cancelled, and ends waits; cancel is set beside it when the
    job is to be cancelled. May be used from several threads of the handler.
    """

    def __init__(
        self,
        job: Row[Any],
        store: Store,
        lease: Lease,
        meter: Meter,
        items: ItemQueue,
        clock: Clock,
        halt: threading.Event,
    ) -> None:
        self.job_id: int = job.id
        self.payload: Mapping[str, Any] = job.payload
        self.cursor: Mapping[str, Any] | None = job.cursor
        self.halt = halt
        self.cancel = threading.Event()
        self.clock = clock
        self.items = items
        self.lease = lease
        self.meter = meter
        self.closing = False
        self._store = store
        self._counted = meter.done
        self._counts_with_cursor = False
        self._discarding = False
        self._look_again = clock.monotonic()

    def each(self, items: Iterable[T], *, total: int | None = None) -> Iterator[T]:
        """Go through `items`, telling progress and stopping between two of them when asked to.

        The count goes on from where the last saved cursor stood; total is that of the whole job.
        Raises what `check` raises.
        """
        done = self._counted
        self.progress(done, total, self.meter.message)
        for item in items:
            self.check()
            yield item
            done += 1
            self.progress(done, total, self.meter.message)

    def progress(self, done: int, total: int | None, message: str = "") -> None:
        """Tell that `done` of `total` steps are behind; published ten times a second at most."""
        self.meter.move(done, total, message)

    def save(
        self,
        connection: Connection,
        cursor: Mapping[str, Any],
        *,
        done: int | None = None,
        ambiguous: int | None = None,
    ) -> None:
        """Move the cursor in the caller's writing session, so that it commits with the work.

        done is the count that belongs to the cursor. ambiguous sets the number of calls of
        unknown fate for a job that keeps its own list of calls instead of `items`.
        Raises LeaseLost, upon which the caller's transaction must roll back.
        """
        values: dict[str, Any] = {"cursor": dict(cursor)}
        if done is not None:
            values |= {"done": done}
            self._counted = done
            self._counts_with_cursor = True
        if ambiguous is not None:
            values |= {"ambiguous": ambiguous}
        self.lease.prove(connection, values)
        self.cursor = dict(cursor)

    def check(self) -> None:
        """Raise Cancelled, Paused or LeaseLost when this run should stop here; else return.

        Cheap enough for every row: the database is asked twice a second at most.
        """
        if self.lease.lost.is_set():
            raise lease_lost()
        if self._discarding:
            return
        now = self.clock.monotonic()
        if now >= self._look_again:
            self._look_again = now + WISH_SECONDS
            self._read_wish()
        halted = self.halt.is_set()
        # Looked at last, for `ask` sets it first: else it might come in between, and a job that was
        # to be cancelled would only pause.
        if self.cancel.is_set():
            raise Cancelled(tr("The job was cancelled."))
        if halted:
            raise Paused("")

    def wait(self, seconds: float) -> None:
        """Let `seconds` of the clock pass, such as a server's Retry-After, unless asked to stop.

        Raises what `check` raises.
        """
        until = self.clock.monotonic() + seconds
        self.check()
        while (left := until - self.clock.monotonic()) > 0:
            self.clock.wait(min(left, WISH_SECONDS), self.halt)
            self.check()

    def ask(self, wish: Wish) -> None:
        """Ask this run to stop at its next check."""
        if wish is Wish.CANCEL:
            self.cancel.set()
        self.closing = self.closing or wish is Wish.CLOSE
        self.halt.set()

    def begin_discarding(self) -> None:
        """From now on the job's work is being undone, which nobody may stop half-way."""
        self._discarding = True

    def standing(self) -> dict[str, Any]:
        """How far the job is, as other processes show it and as a resumed run counts on."""
        # Steps after the saved cursor will be done again, so they must not be counted twice.
        done = self._counted if self._counts_with_cursor else self.meter.done
        return {"done": done, "total": self.meter.total, "message": self.meter.message}

    def _read_wish(self) -> None:
        wanted = select(Job.wish, Job.lease_owner).where(Job.id == self.job_id)
        with self._store.reading() as connection:
            row = connection.execute(wanted).one()
        if row.lease_owner != self.lease.owner:
            self.lease.lost.set()
            raise lease_lost()
        if row.wish is not None:
            self.ask(Wish(row.wish))
