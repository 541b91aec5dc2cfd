"""Takes rows out of an operation that is still open, as if it had never made them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select

from app.models.base import Base, BigInt
from app.models.contacts import ContactKey, ContactTag
from app.models.journal import OpRange, SearchDirty
from app.models.json_sql import rows_as_table, runs, within, without


def uncreate(connection: Connection, op: int, ids: Collection[int]) -> None:
    """Remove contacts that the open operation `op` has created; nobody has seen them."""
    holes = sorted(set(ids))
    table = Base.metadata.tables["contact"]
    for beside in (ContactTag, ContactKey):
        for part in within(connection, beside.__table__.c.contact, runs(holes)):
            connection.execute(delete(beside).where(part))
    for part in within(connection, table.c.id, runs(holes)):
        connection.execute(delete(table).where(part))
    _cut_ranges(connection, op, holes)
    # An indexer that follows the import may have read them already.
    dirty = rows_as_table(connection, {"lo": BigInt, "hi": BigInt}, runs(holes))
    rows = select(dirty.c.lo, dirty.c.hi)
    connection.execute(insert(SearchDirty).from_select(["lo", "hi"], rows))


def _cut_ranges(connection: Connection, op: int, holes: list[int]) -> None:
    """An undo and the chain must know of the rows that are left, and of no others."""
    own = (OpRange.op == op, OpRange.tbl == "contact", OpRange.act == "create")
    for lo, hi in connection.execute(select(OpRange.lo, OpRange.hi).where(*own)).all():
        inside = [hole for hole in holes if lo <= hole <= hi]
        if not inside:
            continue
        connection.execute(delete(OpRange).where(*own, OpRange.lo == lo))
        left = [
            {"op": op, "tbl": "contact", "lo": start, "hi": end, "act": "create"}
            for start, end in without(lo, hi, inside)
        ]
        if left:
            connection.execute(insert(OpRange), left)
