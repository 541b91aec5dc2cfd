"""The orders in which contacts can be listed: blank values last, equal ones as they came in."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, nulls_last, select

from app.core.errors import InvalidInput
from app.core.fields import BY_KEY, CUSTOM_PREFIX, Field, FieldKind
from app.core.text import tr
from app.models.contacts import Contact, ContactTag, Tag
from app.services.filters import custom_number, custom_text
from app.services.text_filters import World

NAME = "name"
_ALSO = {"full_name": NAME, "phone_number": "phone", "": NAME}
_INDEXED = {"company": Contact.company_key, "email": Contact.email}
_NUMBERS = (FieldKind.NUMBER, FieldKind.MONEY)
_PLAIN = (FieldKind.NUMBER, FieldKind.MOMENT)
_LAST = "\U0010ffff"
"""A text that no other comes after."""


def sort_key(sort: str, custom: Sequence[Field]) -> str:
    """The field that `sort` names; raises InvalidInput when contacts cannot be sorted by it."""
    wanted = sort.strip().casefold()
    wanted = _ALSO.get(wanted, wanted)
    known = {NAME, "id", *BY_KEY, *(field.key for field in custom)}
    if wanted not in known and f"{CUSTOM_PREFIX}{wanted}" in known:
        return f"{CUSTOM_PREFIX}{wanted}"
    if wanted in known:
        return wanted
    near = difflib.get_close_matches(wanted, known, n=1)
    message = tr("Contacts cannot be sorted by '{sort}'.", sort=sort)
    if near:
        message = tr("{problem} Did you mean '{near}'?", problem=message, near=near[0])
    raise InvalidInput(message, tr("Sort by a field such as name, company or created."))


def ordering(
    key: str, custom: Sequence[Field], world: World, *, descending: bool, by_index: bool = False
) -> list[ColumnElement[Any]]:
    """What to ORDER BY for the sort key `key`.

    by_index lets the database walk the index of names. Where a condition leaves few contacts,
    walking it with a look at each of a million contacts is far slower than sorting those few.
    """
    values = sort_values(key, custom, world, by_index=by_index)
    return directed(key, values, world, descending=descending)


def sort_values(
    key: str, custom: Sequence[Field], world: World, *, by_index: bool = False
) -> list[ColumnElement[Any]]:
    """The values of a contact that its place follows from, the first deciding."""
    if key == NAME:
        return [_sort_name(world, by_index=by_index), Contact.id.expression]
    # Ids are given in the order of creation.
    first = [] if key in ("id", "created") else [_value(key, custom, world)]
    return [*first, Contact.id.expression]


def directed(
    key: str, values: Sequence[ColumnElement[Any]], world: World, *, descending: bool
) -> list[ColumnElement[Any]]:
    """What to ORDER BY where `values` are those of `sort_values`, or columns that hold them."""
    if key in (NAME, "id", "created"):
        return [term.desc() if descending else term.asc() for term in values]
    value, contact = values
    if key in BY_KEY and BY_KEY[key].kind not in _PLAIN:
        folded = value if key in ("tags", "company") else func.lower(value)
        if world.is_sqlite:
            # Its sorter is half as fast where it is told where blanks go, or how to compare.
            value = func.coalesce(folded, "" if descending else _LAST)
            return [value.desc() if descending else value.asc(), contact.asc()]
        value = folded
    return [nulls_last(value.desc() if descending else value.asc()), contact.asc()]


def indexed_column(key: str, world: World) -> ColumnElement[Any] | None:
    """The column whose index holds the order of `key` but for its blanks, None without one."""
    column = _INDEXED.get(key) if world.is_sqlite else None
    return None if column is None else column.expression


def _sort_name(world: World, *, by_index: bool) -> ColumnElement[Any]:
    if by_index or not world.is_sqlite:
        return Contact.sort_name.expression
    return literal_column("+contact.sort_name")


def _value(key: str, custom: Sequence[Field], world: World) -> ColumnElement[Any]:
    if key.startswith(CUSTOM_PREFIX):
        kind = next(field.kind for field in custom if field.key == key)
        name = key[len(CUSTOM_PREFIX) :]
        return custom_number(name, world) if kind in _NUMBERS else custom_text(name, world)
    if key == "tags":
        return _first_tag()
    if key == "company":
        return Contact.company_key.expression
    column: ColumnElement[Any] = getattr(Contact, key).expression
    return column


def _first_tag() -> ColumnElement[Any]:
    """The first of a contact's tags in alphabetical order, NULL when it has none."""
    carried = select(func.min(Tag.name_key)).join(ContactTag, ContactTag.tag == Tag.id)
    own = carried.where(ContactTag.contact == Contact.id, Tag.deleted_op.is_(None))
    return own.correlate(Contact).scalar_subquery()
