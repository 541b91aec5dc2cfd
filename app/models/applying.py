"""Carries staged changes into the tables: one UPDATE per set of fields, never one per row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, Text, delete, insert, select, update
from sqlalchemy.types import TypeEngine

from app.core.fields import CUSTOM_PREFIX
from app.core.identity import DERIVED_FROM, derived
from app.models.base import BigInt, canonical
from app.models.contacts import Contact, ContactKey, ContactTag
from app.models.journalled import (
    DERIVED,
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
_KEY_SOURCES = sorted(DERIVED_FROM)


def apply_stage(connection: Connection, table: Table, masks: Collection[str], at_us: int) -> None:
    """Make every staged change of `table`: columns, JSON keys, tags, derived keys, version."""
    for mask in masks:
        _write_columns(connection, table, mask, at_us)
    if table.name != "contact":
        return
    if concerned := [mask for mask in masks if ":" in mask]:
        _write_documents(connection, concerned)
    if concerned := [mask for mask in masks if LABELLED_EMAIL in mask.split(",")]:
        write_labelled_keys(connection, staged_ids(connection, concerned))
    if concerned := [mask for mask in masks if TAGS in mask.split(",")]:
        _write_tags(connection, concerned)
    if concerned := [mask for mask in masks if needs_keys(mask)]:
        _write_derived(connection, staged_ids(connection, concerned))


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


def _write_documents(connection: Connection, masks: Collection[str]) -> None:
    """Merge changed keys into the JSON columns, whose other keys stay as they are."""
    staged = (
        select(STAGE.c.row, STAGE.c.after, Contact.custom, Contact.labelled)
        .join(_CONTACT, Contact.id == STAGE.c.row)
        .where(STAGE.c.mask.in_(masks))
    )
    rows: list[tuple[int, str | None, str | None]] = []
    for row, document, custom, labelled in connection.execute(staged):
        after = image(document)
        rows.append(
            (row, _merged(custom, after, CUSTOM_PREFIX), _merged(labelled, after, LABELLED_PREFIX))
        )
    _write(connection, {"custom": Text(), "labelled": Text()}, rows)


def _merged(held: Mapping[str, Any] | None, after: Mapping[str, Any], prefix: str) -> str | None:
    document = dict(held or {})
    for field, value in after.items():
        if field.startswith(prefix):
            document[field[len(prefix) :]] = value
    kept = {key: value for key, value in document.items() if value is not None}
    return canonical(kept) if kept else None


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
    held = select(Contact.id, Contact.labelled).where(
        Contact.id.in_(within), Contact.labelled.is_not(None)
    )
    keys = {
        (row, address)
        for row, labelled in connection.execute(held)
        for _, address in labelled.get("email", ())
        if address
    }
    if keys:
        table = rows_as_table(connection, {"contact": BigInt, "email": Text()}, sorted(keys))
        rows = select(table.c.contact, table.c.email)
        connection.execute(insert(ContactKey).from_select(["contact", "email"], rows))


def _write_derived(connection: Connection, ids: Collection[int]) -> None:
    """Recompute the keys of `ids`; only those that differ are written, for each has an index."""
    columns = (*_KEY_SOURCES, *DERIVED)
    rows = select(Contact.id, *(_CONTACT.c[name] for name in columns)).where(
        Contact.id.in_(ids_select(connection, ids))
    )
    differing: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for row, *values in connection.execute(rows):
        held = dict(zip(columns, values, strict=True))
        keys = derived(held)
        moved = tuple(name for name in DERIVED if keys[name] != held[name])
        if moved:
            differing.setdefault(moved, []).append((row, *(keys[name] for name in moved)))
    for moved, changed in differing.items():
        _write(connection, {name: _CONTACT.c[name].type for name in moved}, changed)


def _write(
    connection: Connection, columns: Mapping[str, TypeEngine[Any]], rows: Iterable[Sequence[Any]]
) -> None:
    """Set `columns` of contacts from rows of (id, value, ...)."""
    held = rows_as_table(connection, {"id": BigInt, **columns}, rows)
    connection.execute(
        update(_CONTACT)
        .where(_CONTACT.c.id == held.c.id)
        .values({name: held.c[name] for name in columns})
    )
