"""Makes rows ready to be inserted: ids, operation, times, derived keys, and what lies elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import DefaultClause, Table

from app.core.fields import CUSTOM_PREFIX
from app.core.identity import derived
from app.models.base import JsonText
from app.models.journalled import LABELLED_PREFIX, TAGS, check_field, plain, settled


@dataclass(frozen=True, slots=True)
class Created:
    """Rows with the same columns each, and the tags and labelled e-mails beside them."""

    rows: list[dict[str, Any]]
    tags: list[tuple[int, int]]
    labelled: list[int]


def prepared(
    table: Table, rows: Sequence[Mapping[str, Any]], ids: range, *, op: int, at_us: int
) -> Created:
    """`rows` as the table takes them, with `ids` in order.

    Raises ValueError for a field that the journal does not keep.
    """
    made = Created([], [], [])
    defaults = _defaults(table, {field for row in rows for field in row})
    for row_id, row in zip(ids, rows, strict=True):
        values = _columns(table, row)
        made.tags.extend((row_id, tag) for tag in settled(TAGS, row.get(TAGS)))
        if values.get("labelled"):
            made.labelled.append(row_id)
        if table.name == "contact":
            values |= {**derived(values), "created": at_us, "updated": at_us}
        made.rows.append(
            {**defaults, **_without_none(values, defaults), "id": row_id, "created_op": op}
        )
    return made


def _defaults(table: Table, fields: Iterable[str]) -> dict[str, Any]:
    """A value for every column that some row names, so that one INSERT serves all rows."""
    named = {field.partition(":")[0] for field in fields} - {TAGS}
    return {name: _default(table, name) for name in sorted(named)}


def _default(table: Table, name: str) -> Any:  # noqa: ANN401
    column = table.c[name]
    if column.nullable or not isinstance(column.server_default, DefaultClause):
        return None
    return column.type.python_type(str(column.server_default.arg))


def _columns(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row's columns; custom:<name> and labelled:<field> are gathered in theirs."""
    values: dict[str, Any] = {}
    for field, value in row.items():
        prefix, _, key = field.partition(":")
        whole = field in table.c and isinstance(table.c[field].type, JsonText)
        if not whole:
            check_field(table, field)
        if key and f"{prefix}:" in (CUSTOM_PREFIX, LABELLED_PREFIX):
            if (kept := settled(field, value)) is not None:
                values.setdefault(prefix, {})[key] = kept
        elif field != TAGS:
            values[field] = (value or None) if whole else plain(value)
    return values


def _without_none(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in values.items()
        if value is not None or defaults.get(name) is None
    }
