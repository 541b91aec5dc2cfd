"""Removes what an unsealed operation has written, in short steps that a kill may interrupt."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.engine import Row

from app.models.applying import apply_stage
from app.models.base import Base
from app.models.contacts import ContactKey, ContactTag
from app.models.journal import Change, Operation, OpRange, SearchDirty
from app.models.journalled import table_named
from app.models.json_sql import CHUNK
from app.models.staging import STAGE, clear_stage, stage_select, staged_masks

STEP = CHUNK
"""Rows removed in one writing session, so that a user's own edit waits less than 250 ms."""


def roll_back_step(connection: Connection, op: int, at_us: int) -> bool:
    """Take back one part of the open operation `op`; False when nothing is left of it."""
    return (
        _unchange(connection, op, at_us)
        or _unmark(connection, op)
        or _uncreate(connection, op)
        or _finish(connection, op)
    )


def _unchange(connection: Connection, op: int, at_us: int) -> bool:
    first = (
        select(Change.tbl, Change.row)
        .where(Change.op == op)
        .order_by(Change.tbl, Change.row)
        .limit(STEP)
        .subquery()
    )
    span = select(first.c.tbl, func.max(first.c.row)).group_by(first.c.tbl).limit(1)
    found = connection.execute(span).first()
    if found is None:
        return False
    table, last = found
    part = (Change.op == op, Change.tbl == table, Change.row <= last)
    clear_stage(connection)
    stage_select(
        connection, select(Change.row, Change.mask, Change.after, Change.before).where(*part)
    )
    apply_stage(connection, table_named(table), staged_masks(connection), at_us)
    if table == "contact":
        rows = select(STAGE.c.row, STAGE.c.row)
        connection.execute(insert(SearchDirty).from_select(["lo", "hi"], rows))
    connection.execute(delete(Change).where(*part))
    return True


def _range(connection: Connection, op: int, *acts: str) -> Row[str, int, int, str] | None:
    """A range of the operation, contacts first: they point at the tags made with them."""
    ranges = select(OpRange.tbl, OpRange.lo, OpRange.hi, OpRange.act).where(
        OpRange.op == op, OpRange.act.in_(acts)
    )
    return connection.execute(
        ranges.order_by(OpRange.tbl != "contact", OpRange.tbl, OpRange.lo).limit(1)
    ).first()


def _unmark(connection: Connection, op: int) -> bool:
    found = _range(connection, op, "kill", "revive")
    if found is None:
        return False
    table = table_named(found.tbl)
    # Whatever had put a revived row into the trash before, this operation has to stand for it now.
    before = None if found.act == "kill" else op
    rows = update(table).where(table.c.id.between(found.lo, found.hi))
    connection.execute(rows.values(deleted_op=before, version=table.c.version + 1))
    _forget(connection, op, found)
    return True


def _uncreate(connection: Connection, op: int) -> bool:
    found = _range(connection, op, "create")
    if found is None:
        return False
    lo = max(found.lo, found.hi - STEP + 1)
    if found.tbl == "contact":
        for beside in (ContactTag, ContactKey):
            connection.execute(delete(beside).where(beside.contact.between(lo, found.hi)))
    table = Base.metadata.tables[found.tbl]
    gone = delete(table).where(table.c.id.between(lo, found.hi))
    if found.tbl == "tag":
        # Somebody else carries it by now: a tag may be used as soon as it is there.
        gone = gone.where(table.c.id.not_in(select(ContactTag.tag)))
    connection.execute(gone)
    if lo == found.lo:
        _forget(connection, op, found)
    else:
        _dirty(connection, found.tbl, lo, found.hi)
        connection.execute(
            update(OpRange)
            .where(OpRange.op == op, OpRange.tbl == found.tbl, OpRange.lo == found.lo)
            .values(hi=lo - 1)
        )
    return True


def _forget(connection: Connection, op: int, found: Row[str, int, int, str]) -> None:
    _dirty(connection, found.tbl, found.lo, found.hi)
    connection.execute(
        delete(OpRange).where(OpRange.op == op, OpRange.tbl == found.tbl, OpRange.lo == found.lo)
    )


def _dirty(connection: Connection, table: str, lo: int, hi: int) -> None:
    if table == "contact":
        connection.execute(insert(SearchDirty).values(lo=lo, hi=hi))


def _finish(connection: Connection, op: int) -> bool:
    connection.execute(update(Operation).where(Operation.id == op).values(state="rolled_back"))
    return False
