"""The steps of a row for many rows at once, column by column.

They only ever accept: a row in which some text needs a closer look, a warning or a refusal is
noted as odd, and the steps of `steps.py` decide about it. So both give the same for every text,
and the usual row costs a few look-ups.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from app.core.errors import InvalidInput
from app.core.fields import Field, FieldKind
from app.services.importing import emails, phones, values
from app.services.importing.steps import Step
from app.services.importing.values import Reader

_SHORT, _MANY = 100, 20_000
"""Up to which length texts are remembered with what they became, and how many of them: 3 MB."""

_ODD = object()

Column = Sequence[Any] | None
"""The values of one field, None when no row has one."""


def without(column: Sequence[Any], places: Collection[int]) -> list[Any]:
    """The column without what stands at `places`."""
    kept = bytearray(b"\1") * len(column)
    for place in places:
        kept[place] = 0
    return list(compress(column, kept))


@dataclass(slots=True)
class Block:
    """Some rows side by side; columns are their cells, countries those of their phone numbers.

    found has the column of each slot. odd are the places of rows that need a closer look; what
    found says of them means nothing.
    """

    rows: Sequence[Sequence[str]]
    columns: Sequence[Sequence[str]]
    countries: Sequence[str]
    found: list[list[Any] | None]
    odd: set[int] = field(default_factory=set)

    def put(self, place: int, values: Sequence[Any]) -> None:
        """Set what a row gives, in the order of the slots."""
        for slot, value in enumerate(values):
            column = self.found[slot]
            if column is None and value is not None:
                column = self.found[slot] = [None] * len(self.rows)
            if column is not None:
                column[place] = value

    def without(self, places: Collection[int]) -> list[Column]:
        """What was found of the other rows."""
        if not places:
            return list(self.found)
        return [column and without(column, places) for column in self.found]


ColumnStep = Callable[[Block], None]
"""Fills the slots of one field."""


class Known(dict[str, Any]):
    """What texts became: most names, towns and titles of a list come again."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        self._read = read

    def __missing__(self, text: str) -> Any:  # noqa: ANN401
        found = self._read(text)
        if len(text) < _SHORT:
            if len(self) >= _MANY:
                self.clear()
            self[text] = found
        return found


def texts(index: int, slot: int, tidied: Callable[[str], str]) -> ColumnStep:
    """A column of plain texts, of which none is odd."""
    known = Known(lambda text: tidied(text) or None)

    def step(block: Block) -> None:
        column = block.columns[index]
        if values.are_tidy(column):
            block.found[slot] = [text or None for text in column]
        else:
            block.found[slot] = [known[text] for text in column]

    return step


def one_value(field: Field, index: int, slot: int, read: Reader) -> ColumnStep:
    """A column whose texts each say the same wherever they stand."""

    def accepted(text: str) -> Any:  # noqa: ANN401
        if not text or text.isspace() or values.is_blank(field, text):
            return None
        try:
            value = read(text, "")
        except InvalidInput:
            return _ODD
        return value if value not in ([], "") else None

    known = Known(accepted)

    def step(block: Block) -> None:
        found = [known[text] for text in block.columns[index]]
        if _ODD in found:
            block.odd.update(place for place, value in enumerate(found) if value is _ODD)
        block.found[slot] = found

    return step


def one_email(index: int, slot: int) -> ColumnStep:
    """A column with one address in each cell."""
    plain = emails.plain

    def step(block: Block) -> None:
        column = block.columns[index]
        found = [address if plain(address) else None for address in map(str.lower, column)]
        block.found[slot] = found
        block.odd.update(_unread(column, found))

    return step


def one_phone(index: int, slot: int) -> ColumnStep:
    """A column with one number in each cell."""

    def step(block: Block) -> None:
        column = block.columns[index]
        found = phones.quick_of(column, block.countries)
        block.found[slot] = found
        block.odd.update(_unread(column, found))

    return step


def _unread(column: Sequence[str], found: Sequence[str | None]) -> list[int]:
    """The places where a text is no blank and nothing was found."""
    return [
        place
        for place, value in enumerate(found)
        if value is None and (text := column[place]) and not text.isspace()
    ]


def row_by_row(own: Step, slots: Sequence[int]) -> ColumnStep:
    """A field of several columns or one whose texts depend on their row: its step, on each row."""

    def step(block: Block) -> None:
        width = len(block.found)
        made: list[list[Any]] = []
        for place, (cells, country) in enumerate(zip(block.rows, block.countries, strict=True)):
            found, warnings = [None] * width, list[str]()
            try:
                own(cells, found, country, warnings)
            except InvalidInput:
                block.odd.add(place)
            if warnings:
                block.odd.add(place)
            made.append(found)
        for slot in slots:
            column = [found[slot] for found in made]
            block.found[slot] = column if column.count(None) < len(column) else None

    return step


def is_alike(field: Field) -> bool:
    """Whether a text of this field says the same in every row, whatever the row's country."""
    return field.kind is not FieldKind.PHONE
