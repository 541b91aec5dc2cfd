"""The temporary table of changes about to be made: row, mask, and both images as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.types import TypeEngine

from app.models.base import BigInt
from app.models.json_sql import CHUNK, is_sqlite, rows_as_table

_elsewhere = MetaData()

STAGE = Table(
    "staged_change",
    _elsewhere,
    Column("mask", Text, primary_key=True),
    Column("row", BigInt, primary_key=True),
    Column("before", Text),
    Column("after", Text),
)

Staged = tuple[int, str, str, str]
"""Row, mask, before, after."""


def clear_stage(connection: Connection) -> None:
    """Make the stage if this connection has none, and empty it."""
    end = "WITHOUT ROWID" if is_sqlite(connection) else "ON COMMIT DROP"
    connection.exec_driver_sql(
        "CREATE TEMP TABLE IF NOT EXISTS staged_change "
        '(mask TEXT NOT NULL, "row" BIGINT NOT NULL, before TEXT, after TEXT, '
        f'PRIMARY KEY (mask, "row")) {end}'
    )
    connection.execute(delete(STAGE))


def stage_rows(connection: Connection, rows: Iterable[Staged]) -> None:
    """Put `rows` on the stage, beside what is there."""
    columns: dict[str, TypeEngine[Any]] = {
        "row": BigInt,
        "mask": Text(),
        "before": Text(),
        "after": Text(),
    }
    table = rows_as_table(connection, columns, rows)
    stage_select(connection, select(table.c.row, table.c.mask, table.c.before, table.c.after))


def stage_select(connection: Connection, rows: SelectBase) -> int:
    """Put what `rows` selects (row, mask, before, after) on the stage; how many that was."""
    fill = insert(STAGE).from_select(["row", "mask", "before", "after"], rows)
    return connection.execute(fill).rowcount


def stage_next(connection: Connection, source: str, after: int) -> int | None:
    """Stage the next chunk of the table `source`, from row `after` on; the last row staged."""
    schema, _, name = source.rpartition(".")
    named = Table(
        name,
        MetaData(schema=schema or None),
        Column("row", BigInt),
        Column("mask", Text),
        Column("before", Text),
        Column("after", Text),
    )
    clear_stage(connection)
    chunk = (
        select(named.c.row, named.c.mask, named.c.before, named.c.after)
        .where(named.c.row > after)
        .order_by(named.c.row)
        .limit(CHUNK)
    )
    stage_select(connection, chunk)
    return connection.execute(select(func.max(STAGE.c.row))).scalar()


def staged_masks(connection: Connection) -> dict[str, int]:
    """The distinct masks on the stage, with the number of rows of each."""
    counted = select(STAGE.c.mask, func.count()).group_by(STAGE.c.mask)
    return dict(connection.execute(counted).all())


def staged_rows(connection: Connection, masks: Collection[str]) -> Sequence[int]:
    """The rows staged under any of `masks`, sorted."""
    rows = select(STAGE.c.row).where(STAGE.c.mask.in_(masks)).order_by(STAGE.c.row)
    return connection.execute(rows).scalars().all()
