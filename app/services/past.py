"""Contacts as they were at an earlier time: the present with every later change taken off."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, or_, select

from app.core.fields import CUSTOM_PREFIX
from app.models.contacts import Contact
from app.models.journal import Change, Operation, OpRange
from app.models.journalled import LABELLED_PREFIX, TAGS, image, read_fields, table_named
from app.models.json_sql import ids_select

_OWN = frozenset({"id", "created_op", "deleted_op", "version", "created", "updated", "custom"})
_DERIVED = frozenset(
    {"sort_name", "company_key", "name_phone_key", "name_mobile_key", "name_company_key"}
)
CONTACT_COLUMNS = tuple(
    column.name
    for column in Contact.__table__.columns
    if column.name not in _OWN | _DERIVED | {"labelled"}
)
"""The fields of a contact that are columns."""


def states_at(connection: Connection, ids: list[int], moment: int) -> dict[int, dict[str, Any]]:
    """The fields of those sorted `ids` that existed at `moment` (microseconds), blanks left out."""
    existed = _existed(connection, ids, moment)
    fields = [*CONTACT_COLUMNS, TAGS]
    states = read_fields(connection, table_named("contact"), existed, fields)
    rows = select(Contact.id, Contact.custom, Contact.labelled).where(
        Contact.id.in_(ids_select(connection, existed)),
        or_(Contact.custom.is_not(None), Contact.labelled.is_not(None)),
    )
    for row, custom, labelled in connection.execute(rows):
        states[row] |= documents(custom, labelled)
    later = (
        select(Change.row, Change.before)
        .join(Operation, Operation.id == Change.op)
        .where(Change.tbl == "contact", Change.row.in_(ids_select(connection, existed)))
        .where(Operation.at_us > moment, Operation.state == "done")
        .order_by(Operation.seq.desc())
    )
    for row, before in connection.execute(later):
        states[row].update(image(before))
    return {row: filled(states[row]) for row in existed if row in states}


def documents(
    custom: Mapping[str, Any] | None, labelled: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The members of a contact's JSON columns by their names in the journal."""
    return {
        **{f"{CUSTOM_PREFIX}{name}": value for name, value in (custom or {}).items()},
        **{f"{LABELLED_PREFIX}{name}": value for name, value in (labelled or {}).items()},
    }


def filled(state: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that have a value; zero and False are values."""
    return {name: value for name, value in state.items() if value or value == 0}


def _existed(connection: Connection, ids: list[int], moment: int) -> list[int]:
    """Those of the sorted `ids` that were there and not in the trash at `moment`."""
    if not ids:
        return []
    marks = (
        select(OpRange.lo, OpRange.hi, OpRange.act)
        .join(Operation, Operation.id == OpRange.op)
        .where(OpRange.tbl == "contact", OpRange.lo <= ids[-1], OpRange.hi >= ids[0])
        .where(Operation.state == "done", Operation.at_us <= moment)
        .order_by(Operation.seq)
    )
    last: dict[int, str] = {}
    for lo, hi, act in connection.execute(marks):
        last |= dict.fromkeys(ids[bisect_left(ids, lo) : bisect_right(ids, hi)], act)
    return [row for row in ids if last.get(row, "kill") != "kill"]
