"""A look at a mapping before it is used: samples as they will be sent, and values with counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Connection, Text, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from app.core.fields import CUSTOM_PREFIX, Field, FieldKind
from app.models.contacts import Contact, ContactTag, Tag
from app.models.json_sql import ids_select, is_sqlite
from app.models.visibility import alive
from app.services.connectors import RemoteField
from app.services.exporting.fields import LocalContact, read_contacts
from app.services.exporting.mapping import FieldMapping, Rule
from app.services.exporting.planning import Renderer
from app.services.exporting.values import Unfit

SAMPLES = 5
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Sample:
    """What one rule sends for one contact; text is None where nothing is, fault says why not."""

    contact: int
    name: str
    text: str | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The samples of each rule by its remote field."""

    samples: Mapping[str, tuple[Sample, ...]]

    def of(self, remote: str) -> tuple[Sample, ...]:
        """The samples of one rule."""
        return self.samples.get(remote, ())


@dataclass(frozen=True, slots=True)
class ValueCount:
    """A value of one of our fields and how many contacts have it."""

    value: str
    count: int


def preview(
    connection: Connection,
    mapping: FieldMapping,
    key_field: str,
    remote: Mapping[str, RemoteField],
    ids: Sequence[int],
) -> Preview:
    """What each rule sends for the first of `ids`."""
    contacts = list(read_contacts(connection, list(ids[:SAMPLES])).values())
    # A field that is no longer there gets no sample; the editor says that it cannot work.
    rules = tuple(rule for rule in mapping.rules if rule.remote in remote)
    renderer = Renderer(FieldMapping(mapping.connector, rules), key_field, remote)
    return Preview(
        {
            rule.remote: tuple(_sample(renderer, rule, contact, key_field) for contact in contacts)
            for rule in rules
        }
    )


def _sample(renderer: Renderer, rule: Rule, contact: LocalContact, key_field: str) -> Sample:
    name = str(contact.values.get("full_name") or contact.values.get("email") or contact.id)
    if rule.remote == key_field:
        return Sample(contact.id, name, renderer.render(contact).key or None)
    try:
        return Sample(contact.id, name, renderer.text(rule, contact))
    except Unfit as unfit:
        return Sample(contact.id, name, None, str(unfit))


def count_values(
    connection: Connection, field: Field, ids: Sequence[int] | None = None
) -> list[ValueCount]:
    """The values of a field and how many of `ids`, or of everybody, have each; commonest first."""
    found: Counter[str] = Counter()
    for chunk in [None] if ids is None else _chunks(ids):
        for value, count in _grouped(connection, field, chunk):
            for text in _texts(field, value):
                found[text] += count
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return [ValueCount(value, count) for value, count in ranked]


def _grouped(
    connection: Connection, field: Field, ids: Sequence[int] | None
) -> list[tuple[Any, int]]:
    value = (Tag.name if field.kind is FieldKind.TAGS else _column(connection, field)).label(
        "value"
    )
    wanted = select(value, func.count()).select_from(Contact)
    if field.kind is FieldKind.TAGS:
        wanted = wanted.join(ContactTag, ContactTag.contact == Contact.id)
        wanted = wanted.join(Tag, Tag.id == ContactTag.tag).where(Tag.deleted_op.is_(None))
    if ids is not None:
        wanted = wanted.where(Contact.id.in_(ids_select(connection, ids)))
    # By its label: a parameter inside an expression would make two different ones of it.
    rows = connection.execute(wanted.where(alive(connection)).group_by("value"))
    return [(row[0], int(row[1])) for row in rows if row[0] is not None]


def _column(connection: Connection, field: Field) -> ColumnElement[Any]:
    if not field.is_custom:
        column: ColumnElement[Any] = getattr(Contact, field.key)
        return column
    name, document = field.key.removeprefix(CUSTOM_PREFIX), cast(Contact.custom, Text)
    if is_sqlite(connection):
        return func.json_extract(document, f"$.{json.dumps(name, ensure_ascii=False)}")
    return cast(document, JSON).op("->>")(name)


def _texts(field: Field, value: Any) -> list[str]:  # noqa: ANN401
    if field.kind is FieldKind.MULTI and isinstance(value, str) and value.startswith("["):
        return [str(each) for each in json.loads(value)]
    if field.kind is FieldKind.BOOL:
        return ["true" if value in (1, True, "true") else "false"]
    return [str(value)] if value != "" else []


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
