"""Contacts as others see them: the row of a list, and the whole contact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    Text,
    bindparam,
    select,
    type_coerce,
)

from app.core.clock import from_us
from app.core.fields import CUSTOM_PREFIX, FIELDS, FieldKind
from app.core.identity import display_name
from app.core.text import fold
from app.models.contacts import Contact
from app.models.journalled import LABELLED_PREFIX, table_named
from app.models.json_sql import ids_select
from app.services.search_text import SEARCH_COLUMNS, document

_PLAIN = tuple(
    field.key for field in FIELDS if field.key not in ("tags", "full_name") and field.stored
)
_MOMENTS = frozenset(field.key for field in FIELDS if field.kind is FieldKind.MOMENT)


TEXT_COLUMNS = tuple(type_coerce(getattr(Contact, name), Text) for name in SEARCH_COLUMNS)
"""What `document` takes of a contact, the JSON columns as their text."""


@dataclass(frozen=True, slots=True)
class ContactRow:
    """What a list shows of a contact; blank fields are empty strings.

    more holds the further fields that were asked for, by key, None where blank.
    """

    id: int
    name: str
    email: str
    phone: str
    mobile: str
    company: str
    title: str
    status: str
    score: int | None
    tags: tuple[str, ...]
    city: str
    country: str
    owner: str
    source: str
    industry: str
    created: datetime
    updated: datetime
    last_contacted: datetime | None
    version: int
    more: Mapping[str, Any] = field(default_factory=dict)


IN_EVERY_ROW = frozenset(one.name for one in fields(ContactRow)) | {"tags"}
"""What a row always holds, by its name in the catalogue."""
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class ContactView:
    """Everything kept of one contact.

    values has every field of the catalogue, None where blank, times as aware UTC; custom holds
    the user's own fields by name, labelled the further values by field as (label, value).
    """

    id: int
    name: str
    values: Mapping[str, Any]
    tags: tuple[str, ...]
    custom: Mapping[str, Any]
    labelled: Mapping[str, tuple[tuple[str, str], ...]]
    version: int
    deleted: bool

    def value(self, key: str) -> Any:  # noqa: ANN401
        """What a field holds by its key, also "tags", "custom:budget" or a further "email.home"."""
        if key == "tags":
            return self.tags
        if key.startswith(CUSTOM_PREFIX):
            return self.custom.get(key.removeprefix(CUSTOM_PREFIX))
        name, dot, label = key.partition(".")
        if dot:
            pairs = self.labelled.get(name, ())
            return next((value for own, value in pairs if fold(own) == fold(label)), None)
        return self.values.get(key)

    def as_json(self) -> dict[str, Any]:
        """The contact as the command line prints it; times are ISO-8601 UTC."""
        values = {key: _json_value(value) for key, value in self.values.items()}
        return {
            "id": self.id,
            "name": self.name,
            **values,
            "tags": list(self.tags),
            "custom": dict(self.custom),
            "labelled": {
                key: [list(pair) for pair in pairs] for key, pairs in self.labelled.items()
            },
            "deleted": self.deleted,
            "version": self.version,
        }


# Statements of the search box are made once: building one costs as much as running it.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_C = table_named("contact").c
_ROWS = select(
    _C.id,
    _C.first_name,
    _C.last_name,
    _C.full_name,
    _C.email,
    _C.phone,
    _C.mobile,
    _C.company,
    _C.title,
    _C.status,
    _C.score,
    _C.city,
    _C.country,
    _C.owner,
    _C.source,
    _C.industry,
    _C.created,
    _C.updated,
    _C.last_contacted,
    _C.version,
).where(_C.id.in_(_IDS))
_CARRIED = table_named("contact_tag").c
_TAG = table_named("tag").c
_TAG_NAMES = (
    select(_CARRIED.contact, _TAG.name)
    .where(_TAG.id == _CARRIED.tag, _CARRIED.contact.in_(_IDS), _TAG.deleted_op.is_(None))
    .order_by(_CARRIED.contact, _TAG.name_key)
)
CHUNK = 1_000


def read_rows(
    connection: Connection, ids: Sequence[int], more: Sequence[str] = ()
) -> list[ContactRow]:
    """The rows of `ids` in their order; ids that are gone are left out.

    more are keys of further fields that the list shows; what every row has is passed over.
    """
    tags = tag_names(connection, ids)
    further = _further(connection, ids, tuple(key for key in more if key not in IN_EVERY_ROW))
    found: dict[int, ContactRow] = {}
    for chunk in _chunks(ids):
        for row in connection.execute(_ROWS, {"ids": chunk}):
            found[row[0]] = _contact_row(
                tuple(row), tags.get(row[0], ()), further.get(row[0], _NOTHING)
            )
    return [found[one] for one in ids if one in found]


def _further(
    connection: Connection, ids: Sequence[int], keys: tuple[str, ...]
) -> dict[int, Mapping[str, Any]]:
    """Further fields of contacts; those of the user's own come from one document."""
    if not keys:
        return {}
    plain = tuple(key for key in keys if key in _PLAIN)
    own = [key for key in keys if key.startswith(CUSTOM_PREFIX)]
    found: dict[int, Mapping[str, Any]] = {}
    for chunk in _chunks(ids):
        for one, custom, *values in connection.execute(_wider(plain), {"ids": chunk}):
            held = dict(zip(plain, values, strict=True))
            document = custom or {}
            held |= {key: document.get(key[len(CUSTOM_PREFIX) :]) for key in own}
            found[one] = held
    return found


@lru_cache(maxsize=32)
def _wider(keys: tuple[str, ...]) -> Select[Any]:
    return select(_C.id, _C.custom, *(_C[key] for key in keys)).where(_C.id.in_(_IDS))


def read_views(connection: Connection, ids: Sequence[int]) -> list[ContactView]:
    """The whole contacts of `ids` in their order; ids that never were are left out."""
    wanted = select(Contact).where(Contact.id.in_(ids_select(connection, ids)))
    tags = tag_names(connection, ids)
    found = {row.id: _view(row, tags.get(row.id, ())) for row in connection.execute(wanted)}
    return [found[one] for one in ids if one in found]


def read_texts(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The search texts of `ids`, made of what they hold now."""
    wanted = select(Contact.id, *TEXT_COLUMNS).where(Contact.id.in_(ids_select(connection, ids)))
    return {row[0]: document(row[1:]) for row in connection.execute(wanted)}


def tag_names(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The names of each contact's tags in alphabetical order, for those that have any."""
    return _grouped(
        (contact, name)
        for chunk in _chunks(ids)
        for contact, name in connection.execute(_TAG_NAMES, {"ids": chunk})
    )


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield list(ids[start : start + CHUNK])


def _grouped(pairs: Iterable[tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    names: dict[int, tuple[str, ...]] = {}
    for contact, name in pairs:
        names[contact] = (*names.get(contact, ()), name)
    return names


def _contact_row(
    row: tuple[Any, ...], tags: tuple[str, ...], more: Mapping[str, Any]
) -> ContactRow:
    (
        one, first, last, full, email, phone, mobile, company, title, status, score, city, country,
        owner, source, industry, created, updated, contacted, version,
    ) = row  # fmt: skip
    return ContactRow(
        one, display_name(first, last, full), email or "", phone or "", mobile or "",
        company or "", title or "", status, score, tags, city or "", country or "", owner or "",
        source or "", industry or "", from_us(created), from_us(updated),
        None if contacted is None else from_us(contacted), version, more,
    )  # fmt: skip


def _view(row: Any, tags: tuple[str, ...]) -> ContactView:  # noqa: ANN401
    name = display_name(row.first_name, row.last_name, row.full_name)
    values = {key: getattr(row, key) for key in _PLAIN}
    values["full_name"] = name or None
    for key in _MOMENTS:
        values[key] = None if values[key] is None else from_us(values[key])
    labelled = {
        key: tuple((label, value) for label, value in pairs)
        for key, pairs in (row.labelled or {}).items()
    }
    return ContactView(
        row.id,
        name,
        values,
        tags,
        row.custom or {},
        labelled,
        row.version,
        row.deleted_op is not None,
    )


def past_view(contact: int, held: Mapping[str, Any], tags: tuple[str, ...]) -> ContactView:
    """A contact of some fields as the journal holds them, as it was at an earlier time."""
    name = display_name(held.get("first_name"), held.get("last_name"), held.get("full_name"))
    values: dict[str, Any] = {key: held.get(key) for key in _PLAIN}
    values["full_name"] = name or None
    for key in _MOMENTS:
        values[key] = None if values.get(key) is None else from_us(values[key])
    return ContactView(
        contact,
        name,
        values,
        tags,
        _under(held, CUSTOM_PREFIX),
        {
            key: tuple((label, value) for label, value in pairs)
            for key, pairs in _under(held, LABELLED_PREFIX).items()
        },
        0,
        deleted=False,
    )


def _under(held: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {
        key.removeprefix(prefix): value for key, value in held.items() if key.startswith(prefix)
    }


def _json_value(value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, datetime):
        return value
    return value.isoformat().replace("+00:00", "Z")
