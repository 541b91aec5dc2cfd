"""Numbers and times as they are written in a query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.core.clock import to_us
from app.core.errors import InvalidInput
from app.core.fields import BY_KEY
from app.core.text import tr

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_AGE = re.compile(r"(\d{1,5})(h|d|w|m|y)", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
# A number as people copy it: +33 (0)1 42-68, 01 42 68 53. It begins with a plus or a zero.
# What stands in quotes is taken as it is.
_PHONE = re.compile(
    r'"[^"]*"?|(?<!\S)(?:\+\d[\d().-]*|0\d[\d().-]*)(?: [\d()][\d().-]*)+(?!\S)', re.ASCII
)
_HOURS = {"h": 1, "d": 24, "w": 168, "m": 720, "y": 8760}


@dataclass(frozen=True, slots=True)
class Period:
    """Part of the calendar (UTC): year, month or day, its end excluded; or an age in hours."""

    start: date | None = None
    end: date | None = None
    hours: int | None = None
    day: str | None = None

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Beginning and end as moments; of an age, that long ago until now."""
        if self.hours is not None:
            return _earlier(now, self.hours), now
        if self.day is not None:
            start = datetime(now.year, now.month, now.day, tzinfo=UTC)
            start -= timedelta(days=self.day == "yesterday")
            return start, start + timedelta(days=1)
        if self.start is None or self.end is None:
            raise AssertionError("a period has a start and an end, or an age")
        return _midnight(self.start), _midnight(self.end)


@dataclass(frozen=True, slots=True)
class Moment:
    """A half-open stretch of time to compare with; None is without bound. Microseconds UTC."""

    since: int | None
    before: int | None


def stretch(op: str, period: Period, now: datetime) -> Moment:
    """The times that stand in the relation `op` (< <= > >= =) to `period`.

    Older than an age is before it: last_contacted<30d is more than 30 days ago.
    """
    start, end = (to_us(moment) for moment in period.bounds(now))
    if period.hours is not None:
        return Moment(None, start) if op in ("<", "<=") else Moment(start, None)
    return {
        "<": Moment(None, start),
        "<=": Moment(None, end),
        ">": Moment(end, None),
        ">=": Moment(start, None),
        "=": Moment(start, end),
    }[op]


def read_number(field: str, text: str) -> float:
    """The number that `text` is; raises InvalidInput otherwise."""
    if not _NUMBER.fullmatch(text):
        raise InvalidInput(
            tr("{field} is a number, and '{value}' is not.", field=field, value=text),
            tr("For example {field}>60", field=field),
        )
    return float(text)


def read_period(field: str, text: str) -> Period:
    """The day, month, year or age that `text` names; raises InvalidInput otherwise."""
    word = text.casefold()
    if word in ("today", "yesterday"):
        return Period(day=word)
    if age := _AGE.fullmatch(word):
        return Period(hours=int(age[1]) * _HOURS[age[2]])
    written = _DATE.fullmatch(word)
    if not written:
        raise _no_date(field, text)
    try:
        return _calendar(*(int(part) if part else None for part in written.groups()))
    except ValueError as error:
        raise _no_date(field, text) from error


def _calendar(year: int | None, month: int | None, day: int | None) -> Period:
    start = date(year or 0, month or 1, day or 1)
    if start.year == date.max.year:
        raise ValueError("the last year has no next one to end at")
    if day:
        return Period(start, start + timedelta(days=1))
    if month:
        return Period(start, date(start.year + start.month // 12, start.month % 12 + 1, 1))
    return Period(start, date(start.year + 1, 1, 1))


def _no_date(field: str, text: str) -> InvalidInput:
    named = field if field in BY_KEY else "created"
    return InvalidInput(
        tr("{field} is a date, and '{value}' is not.", field=field, value=text),
        tr("For example {named}<2026-01-31, {named}:2026-01 or {named}>30d", named=named),
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _earlier(now: datetime, hours: int) -> datetime:
    try:
        return now - timedelta(hours=hours)
    except OverflowError:
        return datetime(1, 1, 1, tzinfo=UTC)


def joined_numbers(text: str) -> str:
    """Telephone numbers in `text` as one word each, however they were spaced."""

    def joined(match: re.Match[str]) -> str:
        written = match[0]
        if written.startswith('"'):
            return written
        return re.sub(r"[^\d+]", "", written.replace("(0)", ""))

    return _PHONE.sub(joined, text)
