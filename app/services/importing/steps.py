"""The compiled steps of a row: each fills the slots of one field from its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.core.fields import Field
from app.core.text import tr
from app.services.importing import emails, phones
from app.services.importing.values import (
    Reader,
    Unreadable,
    is_blank,
    lost_precision,
    no_phone,
    short,
    unique_names,
)

Step = Callable[[Sequence[str], list[Any], str, list[str]], None]
"""From cells, the slots to fill, the row's country and the list of warnings to add to."""

Columns = Sequence[tuple[int, Reader]]


def email_step(indexes: Sequence[int], slot: int, more: Sequence[int]) -> Step:
    """The first address goes to `slot`, further ones to `more`; a bad one rejects the row.

    Several people type two addresses into one cell, so each cell is read as a list of them.
    """

    def step(cells: Sequence[str], found: list[Any], _: str, warnings: list[str]) -> None:
        read = [one for i in indexes if cells[i] for one in emails.addresses(cells[i])]
        _spread(list(dict.fromkeys(read)), found, slot, more, warnings)

    return step


def phone_step(
    field: Field, indexes: Sequence[int], slot: int, more: Sequence[int], home: str = ""
) -> Step:
    """The first number goes to `slot`, further ones to `more`; a bad one stays as typed.

    home is the country of whoever wrote the list.
    """
    most = 1 + len(more)

    def step(cells: Sequence[str], found: list[Any], country: str, warnings: list[str]) -> None:
        read: list[str] = []
        for i in indexes:
            text = cells[i]
            if text.strip() and not is_blank(field, text):
                read += _numbers(field, text, (country, home), warnings, most=most)
        _spread(list(dict.fromkeys(read)), found, slot, more, warnings)

    return step


def _numbers(
    field: Field, text: str, countries: tuple[str, str], warnings: list[str], *, most: int
) -> list[str]:
    """The numbers of one cell; the cell as typed when it cannot be read or holds too many."""
    country = countries[0]
    try:
        found = phones.numbers(text, *countries)
        if len(found) <= most:
            return found
        warning = no_phone(field, text, country)
    except phones.LostPrecision:
        warning = lost_precision(field, text)
    except ValueError:
        warning = no_phone(field, text, country)
    warnings.append(warning.message)
    return [str(warning.kept)]


def _spread(
    read: Sequence[str], found: list[Any], slot: int, more: Sequence[int], warnings: list[str]
) -> None:
    """Put values into the first slot and those behind it; nothing is left out unsaid."""
    slots = (slot, *more)
    for at, value in zip(slots, read, strict=False):
        found[at] = value
    warnings.extend(
        tr("{value} was left out: there is no room for it.", value=short(value))
        for value in read[len(slots) :]
    )


def value_step(field: Field, columns: Columns, slot: int) -> Step:
    """The first column that is not blank; another value in a later one is named in a warning."""

    def step(cells: Sequence[str], found: list[Any], country: str, warnings: list[str]) -> None:
        for i, read in columns:
            text = cells[i]
            if not text or text.isspace() or is_blank(field, text):
                continue
            value = _read(read, text, country, warnings)
            if found[slot] is None:
                found[slot] = value
            elif value not in (None, found[slot]):
                warnings.append(
                    tr(
                        "{field} has a second value, left out: {value}",
                        field=field.title, value=short(text),
                    )
                )  # fmt: skip

    return step


def joined_step(columns: Columns, slot: int) -> Step:
    """All columns together: notes line after line, tags as one list."""

    def step(cells: Sequence[str], found: list[Any], country: str, warnings: list[str]) -> None:
        read = [
            _read(reader, cells[i], country, warnings) for i, reader in columns if cells[i].strip()
        ]
        parts = [part for part in read if part]
        if parts and isinstance(parts[0], list):
            found[slot] = unique_names([name for part in parts for name in part])
        elif parts:
            found[slot] = "\n".join(dict.fromkeys(parts))

    return step


def _read(read: Reader, text: str, country: str, warnings: list[str]) -> Any:  # noqa: ANN401
    try:
        value = read(text, country)
    except Unreadable as doubt:
        warnings.append(doubt.message)
        return doubt.kept
    return value if value not in ([], "") else None
