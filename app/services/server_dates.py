"""The moments that servers write into their answers: when to come back, and the true time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar

from app.core.clock import Clock


class Answer(Protocol):
    """Anything with headers, whose names are lower case."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers."""


A = TypeVar("A", bound=Answer)
V = TypeVar("V")


def moment_of(written: str) -> datetime | None:
    """The aware moment of an HTTP date or an ISO one; None when it is neither."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(written)
        except (ValueError, TypeError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def telling(judge: Callable[[A], V], dates: Callable[[datetime], None]) -> Callable[[A], V]:
    """A judge of answers that also tells `dates` when each was given."""

    def judged(answer: A) -> V:
        moment = moment_of(answer.headers.get("date", ""))
        if moment is not None:
            dates(moment)
        return judge(answer)

    return judged


def retry_after(answer: Answer, clock: Clock) -> float | None:
    """Seconds to wait by the Retry-After header: a number, an HTTP date or an ISO moment.

    A moment is measured from the answer's own Date where it has one, so that a computer whose
    clock is wrong does not wait for hours.
    """
    written = answer.headers.get("retry-after", "").strip()
    if not written:
        return None
    try:
        seconds = float(written)
    except ValueError:
        moment = moment_of(written)
        if moment is None:
            return None
        seconds = (
            moment - (moment_of(answer.headers.get("date", "")) or clock.now())
        ).total_seconds()
    return max(0.0, seconds) if seconds == seconds else None
