"""Carries staged changes into the tables: one UPDATE per set of fields, never one per row."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, Text, delete, insert, select, type_coerce, update
from sqlalchemy.types import TypeEngine

from app.core.fields import CUSTOM_PREFIX
from app.core.identity import DERIVED, DERIVING, derived_values
from app.models.base import BigInt
from app.models.contacts import Contact, ContactKey, ContactTag
from app.models.journalled import (
    LABELLED_PREFIX,
    TAGS,
    columns_of,
    image,
    needs_keys,
)
from app.models.json_sql import CHUNK, ids_select, member, rows_as_table
from app.models.staging import STAGE

LABELLED_EMAIL = f"{LABELLED_PREFIX}email"

_CONTACT: Table = Contact.metadata.tables["contact"]
_DOCUMENTS = (_CONTACT.c.custom, _CONTACT.c.labelled)


def apply_stage(connection: Connection, table: Table, masks: Collection[str], at_us: int) -> None:
    """Make every staged change of `table`: columns, JSON keys, tags, derived keys, version."""
    if table.name != "contact":
        for mask in masks:
            _write_columns(connection, table, mask, at_us)
        return
    keyed = [mask for mask in masks if needs_keys(mask)]
    documents = [mask for mask in masks if ":" in mask]
    # A row is written as seldom as can be: each time costs as much as the change itself.
    alone = [mask for mask in documents if not columns_of(mask)]
    for mask in set(masks).difference(keyed, alone):
        _write_columns(connection, table, mask, at_us)
    if keyed:
        _write_with_keys(connection, keyed, at_us)
    if alone:
        _write_documents(connection, alone, at_us)
    if beside := [mask for mask in documents if mask not in alone]:
        _write_documents(connection, beside)
    if concerned := [mask for mask in masks if LABELLED_EMAIL in mask.split(",")]:
        write_labelled_keys(connection, staged_ids(connection, concerned))
    if concerned := [mask for mask in masks if TAGS in mask.split(",")]:
        _write_tags(connection, concerned)


def staged_ids(connection: Connection, masks: Collection[str]) -> list[int]:
    """The rows staged under any of `masks`, sorted."""
    rows = select(STAGE.c.row).where(STAGE.c.mask.in_(masks)).order_by(STAGE.c.row)
    return list(connection.execute(rows).scalars())


def _write_columns(connection: Connection, table: Table, mask: str, at_us: int) -> None:
    values: dict[str, Any] = {
        name: member(connection, STAGE.c.after, table.c[name]) for name in columns_of(mask)
    }
    values["version"] = table.c.version + 1
    if "updated" in table.c:
        values["updated"] = at_us
    connection.execute(
        update(table).where(STAGE.c.mask == mask, table.c.id == STAGE.c.row).values(values)
    )


def _write_documents(
    connection: Connection, masks: Collection[str], at_us: int | None = None
) -> None:
    """Merge changed keys into the JSON columns, whose other keys stay as they are."""
    staged = (
        select(STAGE.c.row, STAGE.c.after, *(type_coerce(column, Text) for column in _DOCUMENTS))
        .join(_CONTACT, _CONTACT.c.id == STAGE.c.row)
        .where(STAGE.c.mask.in_(masks))
    )
    found = connection.execute(staged).all()
    changes, custom, labelled = (
        _parsed(row[place] for row in found) for place in range(1, 2 + len(_DOCUMENTS))
    )
    rows = [
        (row[0], _merged(own, after, CUSTOM_PREFIX), _merged(further, after, LABELLED_PREFIX))
        for row, after, own, further in zip(found, changes, custom, labelled, strict=True)
    ]
    _write(connection, {column.name: Text() for column in _DOCUMENTS}, rows, at_us)


def _parsed(documents: Iterable[str | None]) -> list[dict[str, Any]]:
    """JSON objects, read as one: calling the reader for each takes longer than the reading."""
    parsed: list[dict[str, Any]] = json.loads(f"[{','.join(one or '{}' for one in documents)}]")
    return parsed


def _merged(held: dict[str, Any], after: Mapping[str, Any], prefix: str) -> dict[str, Any] | None:
    for field, value in after.items():
        if field.startswith(prefix):
            held[field[len(prefix) :]] = value
    return {key: value for key, value in held.items() if value is not None} or None


def _write_tags(connection: Connection, masks: Collection[str]) -> None:
    concerned = select(STAGE.c.row).where(STAGE.c.mask.in_(masks))
    connection.execute(delete(ContactTag).where(ContactTag.contact.in_(concerned)))
    wanted = select(STAGE.c.row, STAGE.c.after).where(STAGE.c.mask.in_(masks))
    pairs = [(row, tag) for row, after in connection.execute(wanted) for tag in image(after)[TAGS]]
    insert_tags(connection, pairs)


def insert_tags(connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    """Give contacts tags that they do not carry yet: pairs of contact and tag."""
    for start in range(0, len(pairs), CHUNK):
        part = rows_as_table(
            connection, {"contact": BigInt, "tag": BigInt}, pairs[start : start + CHUNK]
        )
        carried = select(part.c.contact, part.c.tag)
        connection.execute(insert(ContactTag).from_select(["contact", "tag"], carried))


def write_labelled_keys(connection: Connection, ids: Collection[int]) -> None:
    """Make contact_key agree with the labelled e-mails of `ids`."""
    within = ids_select(connection, ids)
    connection.execute(delete(ContactKey).where(ContactKey.contact.in_(within)))
    held = select(_CONTACT.c.id, type_coerce(_CONTACT.c.labelled, Text)).where(
        _CONTACT.c.id.in_(within), _CONTACT.c.labelled.is_not(None)
    )
    found = connection.execute(held).all()
    documents = _parsed(labelled for _, labelled in found)
    keys = {
        (row, address)
        for (row, _), labelled in zip(found, documents, strict=True)
        for _, address in labelled.get("email", ())
        if address
    }
    if keys:
        table = rows_as_table(connection, {"contact": BigInt, "email": Text()}, sorted(keys))
        rows = select(table.c.contact, table.c.email)
        connection.execute(insert(ContactKey).from_select(["contact", "email"], rows))


def _write_with_keys(connection: Connection, masks: Collection[str], at_us: int) -> None:
    """Write columns together with the keys that follow from them.

    Of the keys only those that differ are written, for each has an index.
    """
    columns = (_CONTACT.c[name] for name in (*DERIVING, *DERIVED))
    staged = (
        select(STAGE.c.mask, STAGE.c.after, STAGE.c.row, *columns)
        .join(_CONTACT, _CONTACT.c.id == STAGE.c.row)
        .where(STAGE.c.mask.in_(masks))
        .order_by(STAGE.c.row)
    )
    found = connection.execute(staged).all()
    names = {mask: columns_of(mask) for mask in masks}
    changes: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for (mask, _, row, *held), after in zip(found, _parsed(one[1] for one in found), strict=True):
        sources = zip(DERIVING, held, strict=False)
        keys = derived_values(*(after.get(name, value) for name, value in sources))
        moved = [
            (name, key)
            for name, key, was in zip(DERIVED, keys, held[len(DERIVING) :], strict=True)
            if key != was
        ]
        fields = (*names[mask], *(name for name, _ in moved))
        values = (*(after[name] for name in names[mask]), *(key for _, key in moved))
        changes.setdefault(fields, []).append((row, *values))
    for fields, rows in changes.items():
        _write(connection, {name: _CONTACT.c[name].type for name in fields}, rows, at_us)


def _write(
    connection: Connection,
    columns: Mapping[str, TypeEngine[Any]],
    rows: Iterable[Sequence[Any]],
    at_us: int | None = None,
) -> None:
    """Set `columns` of contacts from rows of (id, value, ...); a change of its own has a time."""
    held = rows_as_table(connection, {"id": BigInt, **columns}, rows)
    values: dict[str, Any] = {name: held.c[name] for name in columns}
    if at_us is not None:
        values |= {"version": _CONTACT.c.version + 1, "updated": at_us}
    connection.execute(update(_CONTACT).where(_CONTACT.c.id == held.c.id).values(values))
