"""What becomes of calls whose process has gone: given back, read back, or left for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from app.core.clock import from_us, to_us
from app.core.text import marked
from app.models.credits import EnrichmentAttempt
from app.models.jobs import Job
from app.services.credits.attempts import Attempt, attempt_of, mark_ambiguous, release
from app.services.credits.book import Book
from app.services.credits.names import OPEN, AttemptState
from app.services.jobs import JobState

PATIENCE = timedelta(hours=72)
"""How long credits stay held for a call of which nobody ever learns anything."""

LONGEST = timedelta(days=30)
"""How long a job that may still be resumed keeps what its provider could be asked for."""

GIVEN_UP = marked("Nothing was heard of this call for 72 hours, so its credits came back.")
LEFT = marked("Its job was left alone for 30 days, so the credits of this call came back.")
RECOVERED = marked("Recover the calls of job {job}: {released} given back, {unknown} unknown")
GAVE_UP = marked("Give the credits of {n} unanswered calls back")


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done: attempts given back, to be read back at the provider, and unknown."""

    released: tuple[int, ...]
    read_back: tuple[Attempt, ...]
    ambiguous: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """What was done for jobs that no process runs, by job, and the calls that were given up."""

    jobs: Mapping[int, Recovered]
    given_up: tuple[int, ...]


def recover(book: Book, job: int, can_look_up: Callable[[Attempt], bool]) -> Recovered:
    """Sort out the open attempts of a job that no process runs any more.

    What was only reserved goes back. What has the provider's number, or can be looked up by ours
    (`can_look_up`), is to be read back, which costs nothing, and then settled. Of the rest nobody
    knows; its credits stay held, and it is never sent again by itself.
    """
    released, read_back, ambiguous = [], [], []
    for attempt in open_attempts(book.connection, job=job):
        if attempt.state is AttemptState.RESERVED:
            release(book, attempt.id)
            released.append(attempt.id)
        elif attempt.request_id or can_look_up(attempt):
            read_back.append(attempt)
        else:
            if attempt.state is not AttemptState.AMBIGUOUS:
                mark_ambiguous(book, attempt.id)
            ambiguous.append(attempt.id)
    return Recovered(tuple(released), tuple(read_back), tuple(ambiguous))


def is_left(connection: Connection, now: datetime) -> bool:
    """True when `sweep` would do something."""
    wanted = select(EnrichmentAttempt.id).where(or_(_loose(), _late(now)))
    return connection.execute(wanted.limit(1)).first() is not None


def sweep(book: Book) -> Sweep:
    """Sort out the open calls of every job that no process runs, and give up the late ones.

    Again does nothing. A job that is resumed meanwhile waits for this transaction or is left
    alone: its row is held. Calls without a job are somebody else's to decide.
    """
    of_jobs = select(EnrichmentAttempt.job).where(_loose()).distinct()
    deserted = select(Job.id).where(Job.id.in_(of_jobs), Job.state != JobState.RUNNING)
    held = book.connection.execute(deserted.order_by(Job.id).with_for_update()).scalars().all()
    found = {job: recover(book, job, lambda _attempt: False) for job in held}
    return Sweep(found, tuple(give_up(book)))


def give_up(book: Book) -> list[int]:
    """Release what has been unknown for 72 hours since it was sent, with a note.

    So is what could be read back, after 72 hours if its job has ended, else after 30 days.
    """
    wanted = select(EnrichmentAttempt.id, EnrichmentAttempt.sent_at).where(_late(book.now))
    late = book.connection.execute(wanted.order_by(EnrichmentAttempt.id)).all()
    for row in late:
        long = book.now - from_us(row.sent_at) >= LONGEST
        release(book, row.id, outcome="unknown", note=LEFT if long else GIVEN_UP)
    return [row.id for row in late]


def open_attempts(connection: Connection, *, job: int | None = None) -> list[Attempt]:
    """Attempts for which credits are held, oldest first; of one job or of all."""
    wanted = select(*EnrichmentAttempt.__table__.c).where(EnrichmentAttempt.state.in_(OPEN))
    if job is not None:
        wanted = wanted.where(EnrichmentAttempt.job == job)
    rows = connection.execute(wanted.order_by(EnrichmentAttempt.id)).all()
    return [attempt_of(row) for row in rows]


def _loose() -> ColumnElement[bool]:
    """Reserved or sent by a job that no process runs, and of no use to the one that resumes it."""
    unsent = EnrichmentAttempt.state == AttemptState.RESERVED
    unheard = and_(
        EnrichmentAttempt.state == AttemptState.SENT,
        EnrichmentAttempt.provider_request_id.is_(None),
    )
    return and_(or_(unsent, unheard), _in_job(Job.state != JobState.RUNNING))


def _late(now: datetime) -> ColumnElement[bool]:
    """Open for so long that nobody will settle it any more."""
    attempt = EnrichmentAttempt
    ambiguous = attempt.state == AttemptState.AMBIGUOUS
    ended = _in_job(Job.state.in_((JobState.DONE, JobState.CANCELLED)))
    left = _in_job(Job.state != JobState.RUNNING)
    answerable = attempt.state.in_((AttemptState.SENT, AttemptState.PENDING))
    long, longest = (attempt.sent_at <= to_us(now - each) for each in (PATIENCE, LONGEST))
    return or_(and_(or_(ambiguous, and_(answerable, ended)), long), and_(answerable, left, longest))


def _in_job(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Job.id).where(Job.id == EnrichmentAttempt.job, condition).exists()
