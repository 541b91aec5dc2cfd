"""What becomes of calls whose process has gone: given back, read back, or left for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, select

from app.core.clock import to_us
from app.core.text import marked
from app.models.credits import EnrichmentAttempt
from app.services.credits.attempts import Attempt, attempt_of, mark_ambiguous, release
from app.services.credits.book import Book
from app.services.credits.names import OPEN, AttemptState

PATIENCE = timedelta(hours=72)
"""How long credits stay held for a call of which nobody ever learns anything."""

GIVEN_UP = marked("Nothing was heard of this call for 72 hours, so its credits came back.")


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done: attempts given back, to be read back at the provider, and unknown."""

    released: tuple[int, ...]
    read_back: tuple[Attempt, ...]
    ambiguous: tuple[int, ...]


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


def give_up(book: Book) -> list[int]:
    """Release what has been ambiguous for 72 hours since it was sent, with a note."""
    late = to_us(book.now - PATIENCE)
    wanted = select(EnrichmentAttempt.id).where(
        EnrichmentAttempt.state == AttemptState.AMBIGUOUS, EnrichmentAttempt.sent_at <= late
    )
    given_up = list(book.connection.execute(wanted.order_by(EnrichmentAttempt.id)).scalars())
    for attempt in given_up:
        release(book, attempt, outcome="unknown", note=GIVEN_UP)
    return given_up


def open_attempts(connection: Connection, *, job: int | None = None) -> list[Attempt]:
    """Attempts for which credits are held, oldest first; of one job or of all."""
    wanted = select(*EnrichmentAttempt.__table__.c).where(EnrichmentAttempt.state.in_(OPEN))
    if job is not None:
        wanted = wanted.where(EnrichmentAttempt.job == job)
    rows = connection.execute(wanted.order_by(EnrichmentAttempt.id)).all()
    return [attempt_of(row) for row in rows]
