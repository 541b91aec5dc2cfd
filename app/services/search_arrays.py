"""Long lists of ids out of the database: all of them, or divided by status."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from sqlalchemy import Select, func, select

from app.models.contacts import Contact
from app.models.json_sql import ids_select
from app.services.search_digits import joined
from app.services.text_filters import World

ASKED_CHUNK = 20_000


def as_array(world: World, found: Select[int]) -> array[int]:
    """The ids that a statement selects, in its order."""
    if not world.is_sqlite:
        return array("q", world.connection.execute(found).scalars())
    # One text instead of a million rows: fetching row by row would hand Python's lock to the
    # window and back each time. The inner query has no LIMIT: with one SQLite puts every row at
    # its place in a tree instead of sorting them all at once, which takes half as long.
    inner = found.subquery()
    text, read = joined(inner.c.id, _last(world))
    return read(world.connection.execute(select(text).select_from(inner)).scalar() or "")


def by_status(world: World, ids: Sequence[int], statuses: Sequence[str]) -> dict[str, array[int]]:
    """Known ids divided by the status of their contacts, in their order.

    Of many the table is read once from one end to the other, which takes a tenth of looking each
    of them up; then the order of `ids` is laid over it.
    """
    groups = {status: array("q") for status in statuses}
    if not ids or not statuses:
        return groups
    if len(ids) <= ASKED_CHUNK or not world.is_sqlite:
        for contact, status in _statuses_of(world, ids):
            if status in groups:
                groups[status].append(contact)
        return groups
    marks = _marks(world, statuses, max(ids))
    parts = (array("q"), *groups.values())
    for contact in ids:
        parts[marks[contact]].append(contact)
    return groups


def _marks(world: World, statuses: Sequence[str], last: int) -> bytearray:
    """For each id the place of its status, counted from 1; 0 for any other."""
    text, read = joined(Contact.id, _last(world))
    texts = [text.filter(Contact.status == status) for status in statuses]
    marks = bytearray(last + 1)
    row = world.connection.execute(select(*texts).where(Contact.id <= last)).one()
    for place, ids in enumerate(row, 1):
        for contact in read(ids or ""):
            marks[contact] = place
    return marks


def _statuses_of(world: World, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    for start in range(0, len(ids), ASKED_CHUNK):
        chunk = ids[start : start + ASKED_CHUNK]
        rows = select(Contact.id, Contact.status).where(
            Contact.id.in_(ids_select(world.connection, chunk))
        )
        held = {row.id: row.status for row in world.connection.execute(rows)}
        yield from ((contact, held[contact]) for contact in chunk if contact in held)


def _last(world: World) -> int:
    return world.connection.execute(select(func.max(Contact.id))).scalar() or 0
