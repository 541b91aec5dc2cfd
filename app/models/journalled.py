"""What the journal sees of a row: its fields, read as values that compare and fit in JSON.

Most fields are columns. A contact has three more kinds: custom:<name> is one key of the JSON
column custom, labelled:<field> one key of labelled, and tags the sorted ids in contact_tag.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, Text, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from app.core.fields import CUSTOM_PREFIX, FIELDS
from app.core.identity import DERIVED_FROM, derived
from app.models.base import Base, JsonText
from app.models.contacts import ContactTag
from app.models.json_sql import ids_select

LABELLED_PREFIX = "labelled:"
TAGS = "tags"
DERIVED = tuple(derived({}))

_KEPT = frozenset({"id", "created_op", "deleted_op", "version", "created", "updated", *DERIVED})
_UNSEARCHED = frozenset({field.key for field in FIELDS if not field.searched} | {"score_at"})


def table_named(name: str) -> Table:
    """The table called `name`."""
    return Base.metadata.tables[name]


def is_column(field: str) -> bool:
    """False for custom:<name>, labelled:<field> and tags."""
    return ":" not in field and field != TAGS


def columns_of(mask: str) -> list[str]:
    """The plain columns in a change's mask."""
    return [field for field in mask.split(",") if is_column(field)]


def is_searched(mask: str) -> bool:
    """True when a change of these fields may change what free words find."""
    return not _UNSEARCHED.issuperset(mask.split(","))


def needs_keys(mask: str) -> bool:
    """True when the columns derived from a contact's fields follow from one of these."""
    return not DERIVED_FROM.isdisjoint(mask.split(","))


def check_field(table: Table, field: str) -> None:
    """Raises ValueError for a field that is not the journal's to change."""
    contact = table.name == "contact"
    known = contact if not is_column(field) else field in table.c and field not in _KEPT
    if not known or "," in field or (contact and field in ("custom", "labelled")):
        raise ValueError(f"{table.name} has no journalled field {field!r}")


def plain(value: Any) -> Any:  # noqa: ANN401
    """`value` as the journal keeps it: blank is None, every sequence a list."""
    if value == "":
        return None
    if isinstance(value, list | tuple):
        return [plain_item(item) for item in value]
    return value


def plain_item(value: Any) -> Any:  # noqa: ANN401
    """A member of a list value: its text stays as it is, blank too."""
    return list(value) if isinstance(value, tuple) else value


def same(one: Any, other: Any) -> bool:  # noqa: ANN401
    """Equal in value and in kind: JSON tells True from 1, and 1 from 1.0."""
    return type(one) is type(other) and one == other


def settled(field: str, value: Any) -> Any:  # noqa: ANN401
    """`value` as `field` holds it: tags sorted and never None, empty lists of others None."""
    if field == TAGS:
        return sorted(set(value or ()))
    return (plain(value) or None) if isinstance(value, list | tuple) else plain(value)


def read_fields(
    connection: Connection,
    table: Table,
    ids: Collection[int],
    fields: Iterable[str],
    *,
    lock: bool = False,
) -> dict[int, dict[str, Any]]:
    """The present values of `fields` of those rows of `ids` that exist, dead ones too.

    lock keeps others from changing the rows before the writing session ends; on SQLite a writing
    session has the whole database anyway.
    """
    wanted = list(fields)
    columns = [field for field in wanted if is_column(field)]
    documents = _documents(wanted)
    names = ["id", *columns, *documents]
    rows = select(*(table.c[name] for name in names)).where(
        table.c.id.in_(ids_select(connection, ids))
    )
    if lock and connection.dialect.name != "sqlite":
        rows = rows.order_by(table.c.id).with_for_update()
    found: dict[int, dict[str, Any]] = {}
    for row, *values in connection.execute(rows):
        present: dict[str, Any] = dict(zip(columns, values, strict=False))
        for (name, keys), held in zip(documents.items(), values[len(columns) :], strict=True):
            present.update({f"{name}:{key}": (held or {}).get(key) for key in keys})
        found[row] = present
    if TAGS in wanted:
        _add_tags(connection, found)
    return found


def _documents(fields: Iterable[str]) -> dict[str, list[str]]:
    """The JSON columns that must be read for `fields`, with the keys wanted of each."""
    wanted: dict[str, list[str]] = {}
    for field in fields:
        for prefix in (CUSTOM_PREFIX, LABELLED_PREFIX):
            if field.startswith(prefix):
                wanted.setdefault(prefix[:-1], []).append(field[len(prefix) :])
    return wanted


def _add_tags(connection: Connection, found: Mapping[int, dict[str, Any]]) -> None:
    for present in found.values():
        present[TAGS] = []
    carried = (
        select(ContactTag.contact, ContactTag.tag)
        .where(ContactTag.contact.in_(ids_select(connection, found)))
        .order_by(ContactTag.contact, ContactTag.tag)
    )
    for contact, tag in connection.execute(carried):
        found[contact][TAGS].append(tag)


def compared(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as it compares with a member of a change's image; JSON columns as their text."""
    return type_coerce(column, Text) if isinstance(column.type, JsonText) else column


def image(document: str | None) -> dict[str, Any]:
    """A change's before or after; empty when erasure has removed it."""
    return json.loads(document) if document else {}
