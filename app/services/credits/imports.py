"""How many imports of a month count, and which lists bring rows back for nothing.

Counted from the journal, whose chain tells when an import was taken out of it; the batch beside it
says what list it was. Not counted are the sample, what failed or was wholly undone, and rejected or
parked rows that come back: by the name that their file was given, and each left-over row once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, literal, or_, select

from app.core.clock import to_us
from app.core.periods import Months, Period
from app.models.contacts import Contact
from app.models.importing import ImportBatch
from app.models.journal import Operation
from app.services.entries import UNDO, latest_of
from app.services.sample import SOURCE

IMPORT = "import"
"""The kind of an operation that is an import."""
_LEFT_OVER = re.compile(r".+-(rejected|parked)-(\d+)\.csv")
"""How a file of rejected or parked rows is called; the number is the import's job."""
_AHEAD = timedelta(days=366)
"""So far ahead of the clock an import was made by one that is set back now, farther by one that
once stood in a wrong year: the former is of this month, the latter of none."""
_DAY = 86_400_000_000
"""An import lasts less; a batch that tells another time than the journal was altered."""


@dataclass(frozen=True, slots=True)
class Counted:
    """An import that counts; moved is the journal's number of its last undo or redo, or its own.

    moved is None while it is under way, and for one of which somebody came out of the trash.
    """

    op: int
    moved: int | None


def month_of(months: Months, known: datetime, clock: datetime) -> Period:
    """The month of which imports count: of the latest moment that is known, if that can be."""
    return months.at(known if known - clock <= _AHEAD else clock)


def imports_in(connection: Connection, month: Period) -> list[Counted]:
    """The imports of a month that count, oldest first; those ahead of it among them.

    So a clock that is set back brings no month again, whether or not anything else has kept the
    time, and one that stood in a wrong year shuts nobody out until then.
    """
    free = set(_free(connection))
    return [
        Counted(row.op, moved)
        for row in _imports(connection, month)
        if row.op not in free and (moved := _standing(connection, row)) is not False
    ]


def comes_back(connection: Connection, file_name: str, rows: int | None, taken: int = 0) -> bool:
    """Whether a list has rows that an earlier import left over, and that did not come back yet.

    rows is None if not counted; taken are those of them that would create or change a contact.
    """
    named = _LEFT_OVER.fullmatch(file_name)
    if named is None:
        return False
    left = _left_over(connection, named)
    back = sum(_taken(batch.counts) for batch in _batches(connection, named))
    return max(rows or 0, 1) <= left and back + taken <= left


def undone_imports(
    connection: Connection, month: Period, spans: Sequence[tuple[int, int]]
) -> list[Counted]:
    """Imports of a month that lie under an undo and of whom somebody is in the spans of ids.

    moved is the journal's number of that undo.
    """
    free, found = set(_free(connection)), list[Counted]()
    for row in _imports(connection, month):
        last = latest_of(connection, row.op)
        if row.op in free or row.lo is None or last is None or last.kind != UNDO:
            continue
        if any(lo <= row.hi and hi >= row.lo for lo, hi in spans):
            found.append(Counted(row.op, int(last.seq)))
    return found


def _imports(connection: Connection, month: Period) -> list[Row[Any]]:
    begun = ImportBatch.at_us
    known = begun.between(Operation.at_us - _DAY, Operation.at_us)
    at = case((known, begun), else_=Operation.at_us)
    wanted = (
        select(Operation.id.label("op"), Operation.rows, Operation.seq, ImportBatch.lo,
               ImportBatch.hi, ImportBatch.options)
        .outerjoin(ImportBatch, ImportBatch.op == Operation.id)
        .where(
            Operation.kind == IMPORT,
            or_(Operation.state == "done", and_(Operation.state == "open", ImportBatch.op > 0)),
            at >= to_us(month.start),
            at < to_us(month.end + _AHEAD),
        )
        .order_by(Operation.id)
    )  # fmt: skip
    found = list(connection.execute(wanted).all())
    found += connection.execute(_torn_out(month)).all()
    return [row for row in found if not row.options or row.options.get("source") != SOURCE]


def _torn_out(month: Period) -> Select[Any]:
    """Imports whose operation somebody took out of the journal: they were made all the same."""
    known = select(Operation.id).where(Operation.id == ImportBatch.op)
    return select(
        ImportBatch.op, literal(0).label("rows"), literal(0).label("seq"), ImportBatch.lo,
        ImportBatch.hi, ImportBatch.options,
    ).where(
        ~known.exists(),
        ImportBatch.at_us >= to_us(month.start),
        ImportBatch.at_us < to_us(month.end + _AHEAD),
    )  # fmt: skip


def _standing(connection: Connection, row: Row[Any]) -> int | bool | None:
    """The number of the last operation that moved it; False once it is wholly undone.

    Somebody of it who was taken out of the trash makes it stand again, nobody knows since when.
    """
    last = latest_of(connection, row.op)
    if last is None:
        return None
    undone = last.kind == UNDO and last.rows >= row.rows
    if undone:
        return None if _is_anybody_there(connection, row) else False
    return int(last.seq)


def _is_anybody_there(connection: Connection, row: Row[Any]) -> bool:
    if row.lo is None:
        return False
    there = select(Contact.id).where(Contact.id.between(row.lo, row.hi))
    there = there.where(Contact.deleted_op.is_(None))
    return connection.execute(there.limit(1)).first() is not None


def _free(connection: Connection) -> Iterator[int]:
    """The imports that only brought left-over rows back, each row once."""
    back = Counter[str]()
    for batch in _named_left_over(connection):
        named = _LEFT_OVER.fullmatch(batch.file_name)
        if named is None:
            continue
        left = _left_over(connection, named) if batch.job != int(named[2]) else 0
        key, taken = named[1] + named[2], _taken(batch.counts)
        if int(batch.counts["rows"]) <= left and back[key] + taken <= left:
            yield batch.op
        back[key] += taken


def _named_left_over(connection: Connection) -> list[Row[Any]]:
    wanted = (
        select(ImportBatch.op, ImportBatch.job, ImportBatch.file_name, ImportBatch.counts)
        .join(Operation, Operation.id == ImportBatch.op)
        .where(
            Operation.state != "rolled_back",
            ImportBatch.file_name.like("%-rejected-%") | ImportBatch.file_name.like("%-parked-%"),
        )
    )
    return list(connection.execute(wanted.order_by(ImportBatch.id)).all())


def _batches(connection: Connection, named: re.Match[str]) -> list[Row[Any]]:
    """The imports of left-over rows of the same import."""
    return [
        batch
        for batch in _named_left_over(connection)
        if (other := _LEFT_OVER.fullmatch(batch.file_name)) and other.groups() == named.groups()
    ]


def _left_over(connection: Connection, named: re.Match[str]) -> int:
    """How many rows the import left over by whose job a file is named."""
    first = select(ImportBatch.counts).where(ImportBatch.job == int(named[2]))
    counts = connection.execute(first.order_by(func.coalesce(ImportBatch.op, 0))).scalar()
    return 0 if counts is None else int(counts.get(named[1], 0))


def _taken(counts: Mapping[str, Any]) -> int:
    return int(counts.get("created", 0)) + int(counts.get("updated", 0))
