"""Dates as people write them; day or month first is decided by the whole column, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Literal

from app.core.clock import to_us
from app.core.text import fold

Order = Literal["dmy", "mdy", "ymd"]

_TIME = (
    r"(?:[T\s,]+(?:(?:at|um|a|à)\s+)?(?P<h>\d{1,2})[:h.](?P<min>\d{2})"
    r"(?::(?P<s>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST = re.compile(rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_TIME}", re.I)
_COMPACT = re.compile(rf"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d){_TIME}", re.I)
_NUMERIC = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<sep>[-/.]) ?(?P<b>\d{{1,2}})(?P=sep) ?(?P<y>\d{{4}}|\d\d){_TIME}", re.I
)
_DAY_WORD = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?[\s-]*(?:de\s+)?"
    rf"(?P<word>[^\W\d]{{3,}})\.?,?[\s-]*(?:de\s+)?(?P<y>\d{{4}}){_TIME}", re.I,
)  # fmt: skip
_WORD_DAY = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(?P<word>[^\W\d]{{3,}})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+"
    rf"(?P<y>\d{{4}}){_TIME}", re.I,
)  # fmt: skip

# English, French, German, Spanish, Italian, Portuguese and Dutch, without accents.
_MONTHS = (
    "jan january janvier januar janner enero gennaio janeiro januari janv ene gen",
    "february fevrier februar febrero febbraio fevereiro februari feb fev fevr",
    "march mars marz maerz marzo marco maart mrz mrt mar",
    "april avril abril aprile apr avr abr",
    "may mai mayo maggio maio mei mag",
    "june jun juin juni junio giugno junho giu",
    "july jul juillet juli julio luglio julho juil lug",
    "august aout agosto augustus aug aou ago",
    "september septembre septiembre settembre setembro sep sept set",
    "october octobre oktober octubre ottobre outubro oct okt ott out",
    "november novembre noviembre novembro nov",
    "december decembre dezember diciembre dicembre dezembro dec dez dic",
)


@lru_cache(maxsize=1)
def _month_words() -> dict[str, int]:
    found: dict[str, int] = {}
    for number, words in enumerate(_MONTHS, 1):
        for word in words.split():
            found[word] = number
    return found


@dataclass(frozen=True, slots=True)
class DateEvidence:
    """What the dates of one column say about the order of day and month.

    order is None when nothing decides it (decided is False) or when no value needs it. The
    counts: values, of which day_over_12 can only be day first, month_over_12 only month first,
    ambiguous could be both, unreadable are no dates. example is an ambiguous value.
    """

    order: Order | None
    decided: bool
    values: int = 0
    day_over_12: int = 0
    month_over_12: int = 0
    ambiguous: int = 0
    unreadable: int = 0
    example: str = ""


class DateCollector:
    """Gathers the evidence of one column, value by value."""

    def __init__(self) -> None:
        self.values = self.day_first = self.month_first = self.ambiguous = self.unreadable = 0
        self.example = ""

    def add(self, text: str) -> None:
        """Take one cell into account; blanks say nothing."""
        text = text.strip()
        if not text:
            return
        self.values += 1
        match = _NUMERIC.fullmatch(text)
        if match is None:
            self.unreadable += _unordered(text) is None
            return
        a, b = int(match["a"]), int(match["b"])
        if match["sep"] == "." and b <= 12:
            # Points between the numbers are written where the day comes first.
            self.day_first += a > 12
        elif a > 12 >= b:
            self.day_first += 1
        elif b > 12 >= a:
            self.month_first += 1
        elif a > 12 or a != b:
            self.unreadable += a > 12
            if a <= 12:
                self.ambiguous += 1
                self.example = self.example or text

    def evidence(self) -> DateEvidence:
        """The verdict on everything added so far; contradicting values decide nothing."""
        order: Order | None = None
        if self.day_first and not self.month_first:
            order = "dmy"
        elif self.month_first and not self.day_first:
            order = "mdy"
        return DateEvidence(
            order, order is not None or not self.ambiguous, self.values, self.day_first,
            self.month_first, self.ambiguous, self.unreadable, self.example,
        )  # fmt: skip


def evidence(values: Iterable[str]) -> DateEvidence:
    """The evidence of a whole column."""
    collector = DateCollector()
    for value in values:
        collector.add(value)
    return collector.evidence()


class Ambiguous(ValueError):
    """Day and month could be either way round, and nothing has said which."""


def date_reader(order: Order | None) -> Callable[[str], datetime]:
    """A function from text to a moment in UTC; a date alone is its first instant.

    The function raises Ambiguous when only the unknown order could tell, and ValueError for what
    is no date.
    """

    def read(text: str) -> datetime:
        match = _NUMERIC.fullmatch(text)
        if match is None:
            found = _unordered(text)
            if found is None:
                raise ValueError(text)
            return found
        day, month = _ordered(match, order)
        return _moment(match, _full_year(match["y"]), month, day)

    return read


def read_us(text: str, order: Order | None) -> int:
    """Microseconds since 1970 UTC of a written date; raises as `date_reader` says."""
    return to_us(date_reader(order)(text))


def _ordered(match: re.Match[str], order: Order | None) -> tuple[int, int]:
    a, b = int(match["a"]), int(match["b"])
    if match["sep"] == "." and order != "mdy":
        return a, b
    if order == "ymd":
        raise ValueError(match[0])
    if order == "dmy" or (order is None and (a > 12 or a == b)):
        return a, b
    if order == "mdy" or b > 12:
        return b, a
    raise Ambiguous(match[0])


def _unordered(text: str) -> datetime | None:
    """A date in a form that says itself which number is what."""
    match = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    try:
        if match:
            return _moment(match, int(match["y"]), int(match["m"]), int(match["d"]))
        match = _DAY_WORD.fullmatch(text) or _WORD_DAY.fullmatch(text)
        month = _month(match["word"]) if match else None
        return _moment(match, int(match["y"]), month, int(match["d"])) if match and month else None
    except ValueError:
        return None


def _month(word: str) -> int | None:
    return _month_words().get(fold(word))


def _full_year(written: str) -> int:
    if len(written) == 4:
        return int(written)
    return int(written) + (2000 if int(written) < 69 else 1900)


def _moment(match: re.Match[str], year: int, month: int, day: int) -> datetime:
    if match["h"] is None:
        return datetime.combine(date(year, month, day), time(), UTC)
    hour = int(match["h"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(match[0])
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    clock = f"{hour:02}:{match['min']}:{match['s'] or '00'}"
    zone = match["zone"] or "Z"
    offset = "+00:00" if zone.isalpha() else zone
    written = f"{year:04}-{month:02}-{day:02}T{clock}{offset}"
    return datetime.fromisoformat(written).astimezone(UTC)
