"""Numbers and amounts as people write them; point or comma is decided by the whole column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Decimal = Literal[".", ","]

_SPACES = re.compile(r"[\s\u00a0\u202f'’_]")
_CURRENCY = r"(?:[A-Z]{3}|[€$£¥₹]|kr\.?|zł|Kč)"
_AROUND = re.compile(rf"^([+-]?){_CURRENCY}|(?:{_CURRENCY}|%)$")
_PLAIN = re.compile(r"[+-]?\d+")
_THOUSANDS = {
    ",": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?"),
    ".": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?"),
}
_MARK = {
    ".": re.compile(r"[+-]?\d*\.\d+|[+-]?\d+\."),
    ",": re.compile(r"[+-]?\d*,\d+|[+-]?\d+,"),
}
_LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class NumberEvidence:
    """What the numbers of one column say about the decimal mark.

    decimal is None when nothing decides it; decided is False only if a value then stays unread.
    """

    decimal: Decimal | None
    decided: bool
    values: int = 0
    points: int = 0
    commas: int = 0
    ambiguous: int = 0
    example: str = ""


class Ambiguous(ValueError):
    """1,234 is a thousand or one and a bit, and nothing has said which."""


class NumberCollector:
    """Gathers the evidence of one column, value by value."""

    def __init__(self) -> None:
        self.values = self.points = self.commas = self.ambiguous = 0
        self.example = ""

    def add(self, text: str) -> None:
        """Take one cell into account; blanks say nothing."""
        digits = _bare(text)
        if not digits:
            return
        self.values += 1
        marks = {mark for mark in ".," if mark in digits}
        decimal = _decimal_of(digits) if marks else ""
        if decimal == ".":
            self.points += 1
        elif decimal == ",":
            self.commas += 1
        elif decimal is None:
            self.ambiguous += 1
            self.example = self.example or text.strip()

    def evidence(self) -> NumberEvidence:
        """The verdict on everything added so far; contradicting values decide nothing."""
        decimal: Decimal | None = None
        if self.points and not self.commas:
            decimal = "."
        elif self.commas and not self.points:
            decimal = ","
        decided = decimal is not None or not self.ambiguous
        return NumberEvidence(
            decimal, decided, self.values, self.points, self.commas, self.ambiguous, self.example
        )


def evidence(values: Iterable[str]) -> NumberEvidence:
    """The evidence of a whole column."""
    collector = NumberCollector()
    for value in values:
        collector.add(value)
    return collector.evidence()


def read_number(text: str, decimal: Decimal | None) -> int | float:
    """The number in `text`, with a currency or percent sign around it ignored.

    Raises Ambiguous when only the unknown decimal mark could tell, ValueError for no number.
    """
    digits = _bare(text)
    if digits.startswith("(") and digits.endswith(")"):
        digits = "-" + digits[1:-1]
    if _PLAIN.fullmatch(digits):
        return int(digits)
    mark = _decimal_of(digits) or decimal
    if mark is None:
        raise Ambiguous(text)
    if decimal is not None and mark != decimal:
        raise ValueError(text)
    other = "," if mark == "." else "."
    if not (_MARK[mark].fullmatch(digits) or _THOUSANDS[other].fullmatch(digits)):
        raise ValueError(text)
    value = float(digits.replace(other, "").replace(mark, "."))
    return int(value) if value.is_integer() and abs(value) < _LARGEST else value


def _bare(text: str) -> str:
    """The digits and marks, without spaces, currency and percent."""
    digits = _AROUND.sub(r"\1", _SPACES.sub("", text.replace("\u2212", "-")))
    return digits if any(c.isdigit() for c in digits) else ""


def _decimal_of(digits: str) -> Decimal | None:
    """The decimal mark that one number proves, None when it could be either or is no number."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        last_point = digits.rfind(".") > digits.rfind(",")
        return "." if last_point else ","
    if points > 1:
        return ","
    if commas > 1:
        return "."
    mark: Decimal = "." if points else ","
    whole, _, rest = digits.lstrip("+-").partition(mark)
    # "1,234" could be a thousand; "0,234", "1,5" and "1234,567" could not.
    if len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0"):
        return None
    return mark
