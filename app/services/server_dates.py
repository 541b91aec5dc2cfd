"""The moments that servers write into their answers, and who wants to know the true time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar


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
