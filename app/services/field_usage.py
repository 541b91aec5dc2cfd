"""Who uses a custom field: contacts counted by field and by value, whatever the database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import JSON, Connection, Text, cast, column, func, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from app.models.contacts import Contact
from app.models.json_sql import is_sqlite
from app.models.visibility import alive

_DOCUMENT = type_coerce(Contact.custom, Text)


def field_counts(connection: Connection) -> dict[str, int]:
    """How many living contacts have a value in each custom field."""
    if is_sqlite(connection):
        name = func.json_each(_DOCUMENT).table_valued("key", joins_implicitly=True).c.key
    else:
        keys = func.json_object_keys(cast(_DOCUMENT, JSON))
        name = keys.table_valued(column("name", Text), joins_implicitly=True).c.name
    held = (
        select(name, func.count())
        .select_from(Contact)
        .where(Contact.custom.is_not(None), alive(connection))
        .group_by(name)
    )
    return {str(key): int(count) for key, count in connection.execute(held)}


def value_counts(connection: Connection, name: str) -> dict[str, int]:
    """How many living contacts have each value of one field; a list counts for each member."""
    value = _member(connection, name)
    held = (
        select(value, func.count())
        .where(Contact.custom.is_not(None), alive(connection), value.is_not(None))
        .group_by(value)
    )
    counts: Counter[str] = Counter()
    for stored, count in connection.execute(held):
        parsed = _parsed(stored)
        for one in parsed if isinstance(parsed, list) else [parsed]:
            counts[str(one)] += count
    return dict(counts)


def contacts_with(
    connection: Connection, name: str, values: Collection[str]
) -> Iterator[tuple[int, Any]]:
    """Contacts, those in the trash too, that have one of the values, each with what it holds."""
    value = _member(connection, name)
    held = select(Contact.id, value).where(Contact.custom.is_not(None), value.is_not(None))
    for contact, stored in connection.execute(held).all():
        parsed = _parsed(stored)
        own = parsed if isinstance(parsed, list) else [parsed]
        if not values or not set(values).isdisjoint(map(str, own)):
            yield contact, parsed


def _member(connection: Connection, name: str) -> ColumnElement[Any]:
    if is_sqlite(connection):
        return func.json_extract(_DOCUMENT, f'$."{name}"', type_=Text)
    return cast(_DOCUMENT, JSON).op("->>")(name)


def _parsed(stored: Any) -> Any:  # noqa: ANN401
    """A list is kept as its JSON text; anything else is what it is."""
    if isinstance(stored, str) and stored.startswith("["):
        try:
            return json.loads(stored)
        except ValueError:
            return stored
    return stored
