"""Which rows exist for a reader: not in the trash, and not from a bulk import under way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, inspect, not_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.models.contacts import Contact
from app.models.journal import Operation, OpRange


def open_ranges(connection: Connection, table: str = "contact") -> list[tuple[int, int]]:
    """Rows of `table` that unsealed operations have created so far, ends included."""
    found = (
        select(OpRange.lo, OpRange.hi)
        .join(Operation, Operation.id == OpRange.op)
        .where(Operation.state == "open", OpRange.tbl == table, OpRange.act == "create")
    )
    return [(lo, hi) for lo, hi in connection.execute(found)]


def alive(connection: Connection, table: Any = Contact) -> ColumnElement[bool]:  # noqa: ANN401
    """The condition under which a row of `table` (a class or alias of one) exists for a reader.

    Reads the open operations first; normally there are none and only deleted_op is asked.
    """
    present: ColumnElement[bool] = table.deleted_op.is_(None)
    ranges = open_ranges(connection, _table_name(table))
    if not ranges:
        return present
    return and_(present, not_(or_(*(table.id.between(lo, hi) for lo, hi in ranges))))


def _table_name(table: Any) -> str:  # noqa: ANN401
    return str(inspect(table).mapper.local_table.name)
