"""What the window and the command line see of a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from app.core.clock import from_us
from app.core.events import Event
from app.core.text import trn
from app.models.jobs import Job
from app.services.jobs.owner import is_dead


class JobState(StrEnum):
    """How far a job is; interrupted means that its process ended before it did."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


RUNNABLE = (JobState.QUEUED, JobState.PAUSED, JobState.INTERRUPTED, JobState.FAILED)
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class JobView:
    """One job as it stands: done of total steps, and the result of its verb once it is done.

    ambiguous counts calls whose fate is unknown, parked the rows of a list that wait until the plan
    has room for them; begun says that some of the work was done. Times are aware and in UTC.
    """

    id: int
    kind: str
    state: JobState
    label: str
    actor: str
    done: int
    total: int | None
    ambiguous: int
    message: str
    result: Mapping[str, Any] | None
    created: datetime
    started: datetime | None
    ended: datetime | None
    parked: int = 0
    begun: bool = False

    @property
    def dropped(self) -> str:
        """The sentence for what is lost when the job is given up as it stands; mostly nothing."""
        waits = self.state in (JobState.PAUSED, JobState.INTERRUPTED)
        if not self.parked or self.begun or not waits:
            return ""
        return trn("{n} parked row is dropped.", "{n} parked rows are dropped.", self.parked)

    def as_dict(self) -> dict[str, Any]:
        """The job in the command line's JSON; times as ISO 8601."""
        return {
            "id": self.id,
            "kind": self.kind,
            "state": self.state.value,
            "label": self.label,
            "done": self.done,
            "total": self.total,
            "ambiguous": self.ambiguous,
            "message": self.message,
            "parked": self.parked,
            "created": _iso(self.created),
            "started": _iso(self.started),
            "ended": _iso(self.ended),
        }


@dataclass(frozen=True, slots=True)
class JobChanged(Event):
    """A job was made, or came into another state."""

    job: JobView


COLUMNS = (
    Job.id,
    Job.kind,
    Job.state,
    Job.label,
    Job.actor,
    Job.done,
    Job.total,
    Job.ambiguous,
    Job.message,
    Job.result,
    Job.created,
    Job.started,
    Job.ended,
    Job.lease_owner,
    Job.lease_until,
    Job.payload,
    Job.cursor.is_not(None).label("begun"),
)
SELECT = select(*COLUMNS)
"""Reads what `view_of` needs."""


def activity(*, active: bool | None) -> tuple[ColumnElement[bool], ...]:
    """The condition for jobs that have not ended (True), have ended (False), or all (None)."""
    if active is None:
        return ()
    return (Job.state.not_in(ENDED) if active else Job.state.in_(ENDED),)


def view_of(row: Row[Any], now_us: int) -> JobView:
    """The view of a row of `SELECT` at a moment of the lease's clock.

    A job whose process was killed still says running in its row; nobody should have to wait for
    `recover` to see the truth.
    """
    state = JobState(row.state)
    if state is JobState.RUNNING and is_dead(row.lease_owner, row.lease_until, now_us):
        state = JobState.INTERRUPTED
    return JobView(
        id=row.id,
        kind=row.kind,
        state=state,
        label=row.label,
        actor=row.actor,
        done=row.done,
        total=row.total,
        ambiguous=row.ambiguous,
        message=row.message,
        result=row.result,
        created=from_us(row.created),
        started=_moment(row.started),
        ended=_moment(row.ended),
        parked=(row.payload.get("parked") or {}).get("rows", 0),
        begun=bool(row.begun),
    )


def _moment(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
