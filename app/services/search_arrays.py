"""Long lists of ids out of the database: all of them, or divided by status."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from sqlalchemy import Select, func, select

from app.models.contacts import Contact
from app.models.json_sql import ids_select
from app.services.text_filters import World

PARSE_CHUNK = 1 << 18
ASKED_CHUNK = 20_000


def as_array(world: World, found: Select[int]) -> array[int]:
    """The ids that a statement selects, in its order."""
    if not world.is_sqlite:
        return array("q", world.connection.execute(found).scalars())
    # One text instead of a million rows: fetching row by row would hand Python's lock to the
    # window and back each time. The LIMIT keeps SQLite from dropping the order of the inner query.
    inner = found.limit(-1).subquery()
    joined: str | None = world.connection.execute(
        select(func.group_concat(inner.c.id)).select_from(inner)
    ).scalar()
    return parsed(joined or "")


def by_status(world: World, found: Select[int], statuses: Sequence[str]) -> dict[str, array[int]]:
    """The same divided by status, each part in the order of the statement."""
    wanted = found.add_columns(Contact.status)
    if not world.is_sqlite:
        groups = {status: array("q") for status in statuses}
        for contact, status in world.connection.execute(wanted):
            if status in groups:
                groups[status].append(contact)
        return groups
    inner = wanted.limit(-1).subquery()
    texts = [func.group_concat(inner.c.id).filter(inner.c.status == status) for status in statuses]
    row = world.connection.execute(select(*texts).select_from(inner)).one() if texts else ()
    return {status: parsed(text or "") for status, text in zip(statuses, row, strict=True)}


def divided(world: World, ids: array[int], statuses: Sequence[str]) -> dict[str, array[int]]:
    """Known ids divided by status, in their order."""
    groups = {status: array("q") for status in statuses}
    for start in range(0, len(ids), ASKED_CHUNK):
        chunk = ids[start : start + ASKED_CHUNK]
        rows = select(Contact.id, Contact.status).where(
            Contact.id.in_(ids_select(world.connection, chunk))
        )
        held = {row.id: row.status for row in world.connection.execute(rows)}
        for contact in chunk:
            if held.get(contact) in groups:
                groups[held[contact]].append(contact)
    return groups


def parsed(joined: str) -> array[int]:
    """Numbers with commas as an array, by pieces: a list of a million texts takes 60 MB."""
    ids = array("q")
    start = 0
    while start < len(joined):
        end = joined.find(",", start + PARSE_CHUNK)
        end = len(joined) if end < 0 else end
        ids.extend(map(int, joined[start:end].split(",")))
        start = end + 1
    return ids
