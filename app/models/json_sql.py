"""Many rows in one statement: JSON parameters as tables, and members of JSON as columns.

One statement per chunk, never a driver's loop over rows: such a loop hands Python's lock to the
window between any two rows, and an edit of many contacts then crawls while the table repaints.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Select,
    Subquery,
    Text,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from app.models.base import BigInt, JsonText, canonical

CHUNK = 5_000
"""Rows handed over at a time: a parameter of two megabytes at most."""
LONG_RUN = 256
"""From this length on a run of rows is a condition of its own; shorter ones go as ids."""


def is_sqlite(connection: Connection) -> bool:
    """False on PostgreSQL."""
    return connection.dialect.name == "sqlite"


def rows_as_table(
    connection: Connection,
    columns: Mapping[str, TypeEngine[Any]],
    rows: Iterable[Sequence[Any]],
) -> Subquery:
    """`rows` as a table that a statement can join, with the named and typed `columns`.

    A JSON object among the values arrives as its canonical text.
    """
    document = canonical(list(rows))
    items: list[ColumnElement[Any]]
    if is_sqlite(connection):
        value = func.json_each(literal(document, Text)).table_valued("value").c.value
        items = [
            func.json_extract(value, f"$[{place}]", type_=kind).label(name)
            for place, (name, kind) in enumerate(columns.items())
        ]
    else:
        each = func.json_array_elements(cast(literal(document, Text), JSON))
        value = each.table_valued(column("value", JSON)).c.value
        items = [
            cast(value.op("->>")(place), kind).label(name)
            for place, (name, kind) in enumerate(columns.items())
        ]
    return select(*items).subquery()


def ids_select(connection: Connection, ids: Collection[int]) -> Select[int]:
    """A SELECT of `ids`, for `column.in_(...)`, with one parameter however many they are."""
    table = rows_as_table(connection, {"id": BigInt}, ([row] for row in ids))
    return select(table.c.id)


def within(
    connection: Connection, column: ColumnElement[int], spans: Iterable[tuple[int, int]]
) -> Iterator[ColumnElement[bool]]:
    """Conditions that together hold for the rows of inclusive `spans`, each to be asked alone.

    A join with the spans as a table would leave its order to the planner, which cannot know how
    many they are and may walk a million changes for each of ten thousand spans.
    """
    short: list[int] = []
    for lo, hi in spans:
        if hi - lo >= LONG_RUN:
            yield column.between(lo, hi)
        else:
            short.extend(range(lo, hi + 1))
    for start in range(0, len(short), CHUNK):
        yield column.in_(ids_select(connection, short[start : start + CHUNK]))


def member(
    connection: Connection, document: ColumnElement[Any], target: Column[Any]
) -> ColumnElement[Any]:
    """The value that the JSON object `document` holds for the column `target`, in its type."""
    if is_sqlite(connection):
        return func.json_extract(document, f"$.{target.name}")
    parsed = cast(document, JSON)
    if isinstance(target.type, JsonText):
        return cast(parsed.op("->")(target.name), Text)
    kind = BigInteger() if target.type is BigInt else target.type
    return cast(parsed.op("->>")(target.name), kind)


def same_member(
    connection: Connection,
    one: tuple[ColumnElement[Any], str],
    other: tuple[ColumnElement[Any], str],
) -> ColumnElement[bool]:
    """True where two JSON objects, as (document, key), hold the same: in value and in kind.

    A member that is null is as good as none. The documents are canonical text.
    """
    if is_sqlite(connection):
        # The value alone would not tell true from 1, nor 1 from 1.0.
        (first, at), (second, there) = ((doc, f'$."{key}"') for doc, key in (one, other))
        kind, other_kind = func.json_type(first, at), func.json_type(second, there)
        return func.nullif(kind, "null").is_not_distinct_from(func.nullif(other_kind, "null")) & (
            func.json_extract(first, at).is_not_distinct_from(func.json_extract(second, there))
        )
    texts = [
        func.nullif(cast(cast(doc, JSON).op("->")(key), Text), "null") for doc, key in (one, other)
    ]
    return texts[0].is_not_distinct_from(texts[1])


def runs(ids: Iterable[int], gap: int = 0) -> list[tuple[int, int]]:
    """Sorted `ids` as inclusive ranges; at most `gap` missing ids are bridged."""
    return joined(((row, row) for row in ids), gap)


def joined(ranges: Iterable[tuple[int, int]], gap: int = 0) -> list[tuple[int, int]]:
    """Sorted inclusive ranges, with those at most `gap` ids apart made one."""
    found: list[tuple[int, int]] = []
    for lo, hi in ranges:
        if found and lo - found[-1][1] <= gap + 1:
            found[-1] = (found[-1][0], max(hi, found[-1][1]))
        else:
            found.append((lo, hi))
    return found


def without(lo: int, hi: int, holes: Iterable[int]) -> list[tuple[int, int]]:
    """The inclusive range lo..hi with the sorted `holes` cut out."""
    left: list[tuple[int, int]] = []
    for hole in holes:
        if hole > lo:
            left.append((lo, hole - 1))
        lo = hole + 1
    if lo <= hi:
        left.append((lo, hi))
    return left
