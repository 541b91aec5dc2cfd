"""One run of a job: the work under its lease, and how every way of ending is stored."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.core.clock import to_us
from app.core.errors import Cancelled, CaptelyError
from app.core.text import tr
from app.models.store import Store
from app.services.jobs.context import JobContext, Paused
from app.services.jobs.items import lose_sight
from app.services.jobs.lanes import Lane
from app.services.jobs.lease import LeaseLost
from app.services.jobs.view import ENDED, JobState

log = logging.getLogger("captely.jobs")

Handler = Callable[[JobContext], Mapping[str, Any]]
Discard = Callable[[JobContext], None]
Lost = Callable[[Connection, int], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """How the jobs of one kind are run, as `Jobs.register` was told."""

    handler: Handler
    discard: Discard | None
    lane: Lane
    reads_back: bool
    lost: Lost = lose_sight


class Run:
    """One run of one job in this thread, from the taking of its lease to its end."""

    def __init__(self, store: Store, kind: Kind, context: JobContext) -> None:
        self._store = store
        self._kind = kind
        self._context = context
        self.refusal: CaptelyError | None = None
        """Why the job is paused, if not because somebody asked for it."""

    def work(self, part: Callable[[Run], None]) -> None:
        """Do `part` (handle or discard) under the lease.

        Raises what the work raised, once it is stored; anything unexpected as a CaptelyError.
        """
        with self._context.lease.beating(self._context.standing):
            try:
                part(self)
            except (Cancelled, LeaseLost):
                # Stored already, or no longer ours to store.
                raise
            except CaptelyError as error:
                self._end(JobState.FAILED, _sentence(error))
                raise
            except Exception as error:
                log.exception("Job %s failed unexpectedly", self._context.job_id)
                failure = _unexpected(error)
                self._end(JobState.FAILED, _sentence(failure))
                raise failure from error
            except BaseException:
                # A second Ctrl+C or an exit: leave it as a kill would, but at once.
                self._end(JobState.INTERRUPTED)
                raise

    def handle(self) -> None:
        """Let the handler do the work; raises Cancelled once that is stored."""
        try:
            result = self._kind.handler(self._context)
        except Paused as pause:
            closing = self._context.closing
            self._end(JobState.INTERRUPTED if closing else JobState.PAUSED, _sentence(pause))
            self.refusal = pause.cause
            return
        except Cancelled as asked:
            cancelled = asked
        else:
            self._end(JobState.DONE, result=result)
            return
        self.discard()
        raise cancelled

    def discard(self) -> None:
        """Undo what the job did, as far as its kind does that, and mark it as cancelled."""
        self._context.begin_discarding()
        if self._kind.discard is not None:
            self._kind.discard(self._context)
        self._end(JobState.CANCELLED)

    def _end(
        self, state: JobState, message: str = "", result: Mapping[str, Any] | None = None
    ) -> None:
        context = self._context
        values = context.standing() | {
            "state": state,
            "message": message,
            "result": None if result is None else dict(result),
            "ended": to_us(context.clock.now()) if state in ENDED else None,
        }
        with self._store.writing("end job", durable=True) as connection:
            context.lease.give_back(connection, values)
            self._kind.lost(connection, context.job_id)
        context.meter.end(state, message)


def _sentence(error: CaptelyError) -> str:
    return f"{error.message} {error.hint}".strip()


def _unexpected(error: Exception) -> CaptelyError:
    return CaptelyError(
        tr("The job stopped because of an unexpected error."),
        tr("Nothing it did so far is lost: resume it under Jobs. The log says more."),
        type(error).__name__,
    )
