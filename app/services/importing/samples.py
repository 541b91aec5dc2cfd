"""A closer look at a list before it is planned: what is certain about it and what to check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from app.core.fields import FieldKind
from app.core.text import fold
from app.services.importing import content
from app.services.importing.shape import FileShape, OpenQuote, RawRow
from app.services.importing.tables import read_rows
from app.services.importing.totals import is_totals

SECONDS = 1.5
_AT_LEAST = 5_000
_FEW_CHOICES = 12
_STRANGE = ("\ufffd", "Ã©", "Ã¨", "Ã¼", "Ã¶", "Ã¤", "â€")
"""What accents look like that were read in a wrong encoding."""


@dataclass(frozen=True, slots=True)
class Look:
    """What reading the whole list, or as much as time allows, has shown.

    rows is exact if whole. odd_rows have another number of values than the header; accents counts
    letters beyond ASCII and strange those that a wrong encoding leaves behind. open_quote is the
    line of a quote that is never closed, closed_quotes the first of those lines that are rejected
    for it, totals the line of a last row that only adds up the others.
    """

    rows: int
    whole: bool
    odd_rows: int = 0
    accents: int = 0
    strange: int = 0
    open_quote: int | None = None
    closed_quote: int | None = None
    totals: int | None = None


def look(shape: FileShape, *, seconds: float = SECONDS) -> Look:
    """Read the list through, for at most about `seconds`; raises as reading does."""
    reading, until, count, last = _Reading(shape.quote), monotonic() + seconds, 0, None
    open_quote: int | None = None
    ended = True
    try:
        for count, last in enumerate(read_rows(shape), 1):
            reading.add(last)
            if count % 500 == 0 and count >= _AT_LEAST and monotonic() > until:
                ended = False
                break
    except OpenQuote as error:
        ended, open_quote = False, error.line
    return Look(
        count,
        whole=ended,
        odd_rows=reading.odd,
        accents=reading.accents,
        strange=reading.strange,
        open_quote=open_quote,
        closed_quote=reading.closed_quote,
        totals=last.line if ended and last is not None and is_totals(last.cells) else None,
    )


class _Reading:
    """Counts what is worth telling while rows go by."""

    def __init__(self, quote: str) -> None:
        self._quote = quote
        self.odd = self.accents = self.strange = 0
        self.closed_quote: int | None = None

    def add(self, row: RawRow) -> None:
        """Take one row into account."""
        text = "".join(row.cells)
        if row.problem is not None:
            self.odd += 1
            if self.closed_quote is None and self._quote and self._quote in text:
                self.closed_quote = row.line
        if not text.isascii():
            self.accents += sum(1 for c in text if c > "\x7f" and c.isalpha())
            self.strange += sum(map(text.count, _STRANGE))


def second_header(shape: FileShape) -> bool:
    """Whether the record above the column names seems to be a part of them.

    A title stands alone; a second line of names stands over more than one column.
    """
    filled = [cell for cell in shape.above if cell.strip()]
    return (
        len(filled) > 1
        and len(shape.above) <= len(shape.columns)
        and not any(map(content.is_email, filled))
    )


def field_kind(values: Sequence[str]) -> tuple[FieldKind, tuple[str, ...]]:
    """The type that a new field for these values should have, and its choices if it has any."""
    filled = [value.strip() for value in values if value.strip()]
    if not filled:
        return FieldKind.TEXT, ()
    words = {fold(value) for value in filled}
    if words <= {"yes", "no", "ja", "nein", "oui", "non", "si", "true", "false", "x", "0", "1"}:
        return FieldKind.BOOL, ()
    for kind, test in (
        (FieldKind.EMAIL, content.is_email),
        (FieldKind.DATE, content.is_date),
        (FieldKind.PHONE, content.is_phone),
        (FieldKind.NUMBER, content.is_number),
        (FieldKind.URL, content.is_url),
    ):
        if content.share(filled, test) >= 0.9:
            return kind, ()
    distinct = {fold(value): value for value in filled}
    few = len(distinct) <= min(_FEW_CHOICES, len(filled) // 3)
    if few and all(len(v) <= 40 and not any(c in v for c in ',;"|') for v in distinct.values()):
        return FieldKind.CHOICE, tuple(distinct.values())
    return FieldKind.TEXT, ()
