"""Our side of an export: which fields a contact has, and their values for a set of contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from app.core.clock import from_us
from app.core.fields import FIELDS, Field, FieldKind, custom_field
from app.core.identity import display_name
from app.models.contacts import Contact, ContactTag, CustomField, Status, Tag
from app.models.visibility import alive

_MOMENTS = ("last_contacted", "created", "updated")
_DERIVED = frozenset({"full_name", "tags"})


@dataclass(frozen=True, slots=True)
class LocalContact:
    """One living contact with its values by field key; blank fields are absent.

    name_split is True when first and last name were taken from a full name typed as one.
    """

    id: int
    version: int
    values: Mapping[str, Any]
    name_split: bool = False


def local_fields(connection: Connection) -> tuple[Field, ...]:
    """The catalogue and the user's own fields, in this order."""
    wanted = (
        select(CustomField).where(CustomField.deleted_op.is_(None)).order_by(CustomField.position)
    )
    own = [
        custom_field(row.name, row.label, FieldKind(row.kind), tuple(row.choices or ()))
        for row in connection.execute(wanted)
    ]
    keys = select(Status.key).where(Status.deleted_op.is_(None)).order_by(Status.position)
    statuses = tuple(connection.execute(keys).scalars())
    return (*(_with_choices(field, statuses) for field in FIELDS), *own)


def read_contacts(connection: Connection, ids: Sequence[int]) -> dict[int, LocalContact]:
    """Those of `ids` that exist, by id."""
    wanted = select(Contact.__table__).where(Contact.id.in_(ids), alive(connection))
    tags = _tags(connection, ids)
    rows = connection.execute(wanted)
    return {row.id: _contact(row, tags.get(row.id, [])) for row in rows}


def _with_choices(field: Field, statuses: tuple[str, ...]) -> Field:
    if field.key != "status":
        return field
    return Field(field.key, field.label, field.kind, choices=statuses)


def _tags(connection: Connection, ids: Iterable[int]) -> dict[int, list[str]]:
    wanted = (
        select(ContactTag.contact, Tag.name)
        .join(Tag, Tag.id == ContactTag.tag)
        .where(ContactTag.contact.in_(ids), Tag.deleted_op.is_(None))
        .order_by(ContactTag.contact, Tag.name_key)
    )
    found: dict[int, list[str]] = {}
    for contact, name in connection.execute(wanted):
        found.setdefault(contact, []).append(name)
    return found


def _contact(row: Row[Any], tags: list[str]) -> LocalContact:
    stored = row._mapping  # noqa: SLF001 - SQLAlchemy's documented mapping of a row
    values = {field.key: stored[field.key] for field in FIELDS if field.key not in _DERIVED}
    for key in _MOMENTS:
        if values[key] is not None:
            values[key] = from_us(values[key])
    split = _split_name(values, row.full_name)
    values["full_name"] = display_name(row.first_name, row.last_name, row.full_name)
    values["tags"] = tags
    values |= {f"custom:{name}": value for name, value in (row.custom or {}).items()}
    present = {key: value for key, value in values.items() if value not in (None, "", [])}
    return LocalContact(row.id, row.version, present, split)


def _split_name(values: dict[str, Any], full_name: str | None) -> bool:
    """Give a name typed as one to destinations that only know two; says whether it did."""
    if values["first_name"] or values["last_name"] or not full_name or " " not in full_name.strip():
        return False
    first, _, last = full_name.strip().partition(" ")
    values["first_name"], values["last_name"] = first, last.strip()
    return True
