"""Carries staged changes into the tables: one UPDATE per set of fields, never one per row."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress, groupby
from operator import itemgetter, ne
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Select,
    Table,
    Text,
    cast,
    column,
    delete,
    func,
    insert,
    select,
    type_coerce,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from app.core.fields import CUSTOM_PREFIX
from app.core.identity import DERIVED, DERIVING, derived_columns
from app.models.base import BigInt
from app.models.contacts import Contact, ContactKey, ContactTag
from app.models.journalled import (
    LABELLED_PREFIX,
    TAGS,
    columns_of,
    image,
    needs_keys,
)
from app.models.json_sql import CHUNK, is_sqlite, member, rows_as_table
from app.models.staging import STAGE

LABELLED_EMAIL = f"{LABELLED_PREFIX}email"

_CONTACT: Table = Contact.metadata.tables["contact"]
_DOCUMENTS = {"custom": CUSTOM_PREFIX, "labelled": LABELLED_PREFIX}
"""The JSON columns, and what the fields that are their keys begin with."""

Columns = dict[str, Sequence[Any]]
"""The values of some rows by the name of their column."""


def apply_stage(connection: Connection, table: Table, masks: Collection[str], at_us: int) -> None:
    """Make every staged change of `table`: columns, JSON keys, tags, derived keys, version."""
    keyed = [mask for mask in masks if table is _CONTACT and needs_keys(mask)]
    gathered = [mask for mask in masks if ":" in mask and mask not in keyed]
    for mask in set(masks).difference(keyed, gathered):
        _write_columns(connection, table, mask, at_us)
    for computed in filter(None, (keyed, gathered)):
        _write_computed(connection, computed, at_us)
    if concerned := [mask for mask in masks if LABELLED_EMAIL in mask.split(",")]:
        write_labelled_keys(connection, select(STAGE.c.row).where(STAGE.c.mask.in_(concerned)))
    if concerned := [mask for mask in masks if TAGS in mask.split(",")]:
        _write_tags(connection, concerned)


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


def _write_computed(connection: Connection, masks: Sequence[str], at_us: int) -> None:
    """Write columns with the keys that follow from them, and JSON columns that keep other keys.

    Each row is written once: each time costs as much as the change itself.
    """
    derived = (*DERIVING, *DERIVED) if any(map(needs_keys, masks)) else ()
    documents = [name for name in _DOCUMENTS if any(_keys_of(name, mask) for mask in masks)]
    changes: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for mask, rows, after, held in _staged(connection, masks, [*derived, *documents]):
        new: Columns = {name: [one[name] for one in after] for name in columns_of(mask)}
        for name in documents:
            if fields := _keys_of(name, mask):
                new[name] = _merged(held[name], after, fields)
        keys = _derived(new, held) if needs_keys(mask) else {}
        for moved, places in _moved(keys, held, len(rows)):
            columns = [rows, *new.values(), *(keys[name] for name in moved)]
            if len(places) < len(rows):
                columns = [[one[place] for place in places] for one in columns]
            changes.setdefault((*new, *moved), []).extend(zip(*columns, strict=True))
    for names, values in changes.items():
        _write(connection, names, values, at_us)


def _staged(
    connection: Connection, masks: Collection[str], names: Collection[str]
) -> Iterator[tuple[str, Sequence[int], Sequence[Mapping[str, Any]], Columns]]:
    """For each mask its rows, what they become, and the contacts' columns `names` as they are."""
    columns = (_CONTACT.c[name] for name in names)
    texts = (type_coerce(one, Text) if one.name in _DOCUMENTS else one for one in columns)
    staged = (
        select(STAGE.c.mask, STAGE.c.row, STAGE.c.after, *texts)
        .join(_CONTACT, _CONTACT.c.id == STAGE.c.row)
        .where(STAGE.c.mask.in_(masks))
        .order_by(STAGE.c.mask, STAGE.c.row)
    )
    for mask, found in groupby(connection.execute(staged).all(), itemgetter(0)):
        _, rows, after, *held = zip(*found, strict=True)
        yield mask, rows, _parsed(after), dict(zip(names, held, strict=True))


def _parsed(documents: Iterable[str | None]) -> list[dict[str, Any]]:
    """JSON objects, read as one: calling the reader for each takes longer than the reading."""
    parsed: list[dict[str, Any]] = json.loads(f"[{','.join(one or '{}' for one in documents)}]")
    return parsed


def _keys_of(document: str, mask: str) -> list[tuple[str, str]]:
    """The fields of `mask` that are kept in that JSON column, with their keys there."""
    prefix = _DOCUMENTS[document]
    fields = mask.split(",")
    return [(field, field[len(prefix) :]) for field in fields if field.startswith(prefix)]


def _merged(
    held: Iterable[str | None],
    after: Iterable[Mapping[str, Any]],
    fields: Iterable[tuple[str, str]],
) -> list[dict[str, Any] | None]:
    """The documents with changed keys, whose other keys stay as they are."""
    documents = _parsed(held)
    for document, new in zip(documents, after, strict=True):
        for field, key in fields:
            if (value := new[field]) is None:
                document.pop(key, None)
            else:
                document[key] = value
    return [document or None for document in documents]


def _derived(new: Columns, held: Columns) -> Columns:
    sources = (new.get(name, held[name]) for name in DERIVING)
    return dict(zip(DERIVED, derived_columns(*sources), strict=True))


def _moved(
    keys: Columns, held: Columns, size: int
) -> Iterator[tuple[tuple[str, ...], Sequence[int]]]:
    """Sets of keys that differ from those held, with the places of the rows that have that set.

    Only they are written, for each key has an index.
    """
    differing = zip(*(map(ne, column, held[name]) for name, column in keys.items()), strict=True)
    places: dict[tuple[bool, ...], list[int]] = {}
    for place, pattern in enumerate(differing if keys else [()] * size):
        places.setdefault(pattern, []).append(place)
    for pattern, those in places.items():
        yield tuple(compress(keys, pattern)), those


def _write(
    connection: Connection,
    names: Iterable[str],
    rows: Iterable[Sequence[Any]],
    at_us: int,
) -> None:
    """Set the columns `names` of contacts from rows of (id, value, ...)."""
    types = {name: Text() if name in _DOCUMENTS else _CONTACT.c[name].type for name in names}
    held = rows_as_table(connection, {"id": BigInt, **types}, rows)
    values: dict[str, Any] = {name: held.c[name] for name in types}
    values |= {"version": _CONTACT.c.version + 1, "updated": at_us}
    connection.execute(update(_CONTACT).where(_CONTACT.c.id == held.c.id).values(values))


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


def write_labelled_keys(connection: Connection, ids: Select[int]) -> None:
    """Make contact_key agree with the labelled e-mails of the contacts that `ids` selects."""
    connection.execute(delete(ContactKey).where(ContactKey.contact.in_(ids)))
    add_labelled_keys(connection, _CONTACT.c.id.in_(ids))


def add_labelled_keys(connection: Connection, which: ColumnElement[bool]) -> None:
    """Give the contacts for which `which` holds, and that have none, keys of labelled e-mails."""
    labelled = type_coerce(_CONTACT.c.labelled, Text)
    address: ColumnElement[Any]
    if is_sqlite(connection):
        each = func.json_each(labelled, "$.email").table_valued("value", joins_implicitly=True)
        address = func.json_extract(each.c.value, "$[1]")
    else:
        listed = func.json_array_elements(cast(labelled, JSON).op("->")("email"))
        each = listed.table_valued(column("value", JSON), joins_implicitly=True)
        address = each.c.value.op("->>")(1)
    keys = select(_CONTACT.c.id, address).distinct()
    keys = keys.where(which, labelled.is_not(None), address != "")
    connection.execute(insert(ContactKey).from_select(["contact", "email"], keys))
