"""Walks the hash chain from its beginning and names the first entry that does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import Row

from app.models.chain import GENESIS, header, linked, payload_digest
from app.models.journal import Change, JournalHead, Operation, OpRange


class Fault(StrEnum):
    """How an entry fails."""

    MISSING = "missing"
    LINK = "link"
    HEADER = "header"
    CHANGES = "changes"
    ERASED = "erased"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """entries that hold, and the first that does not with its fault."""

    entries: int
    head: bytes
    first_bad: int | None = None
    fault: Fault | None = None


def check_chain(connection: Connection) -> ChainCheck:
    """Recompute every entry in order of seq; stops at the first that fails."""
    previous, seq = GENESIS, 0
    erased = _erased_without_entry(connection)
    sealed = select(*Operation.__table__.c).where(Operation.seq.is_not(None))
    for row in connection.execute(sealed.order_by(Operation.seq)).all():
        fault = _fault(connection, row, seq + 1, previous)
        if fault is None and row.id in erased:
            fault = Fault.ERASED
        if fault is not None:
            return ChainCheck(seq, previous, seq + 1, fault)
        previous, seq = row.hash, seq + 1
    head = connection.execute(select(JournalHead.seq, JournalHead.hash)).first()
    if head is None or (head.seq, head.hash) != (seq, previous):
        return ChainCheck(seq, previous, seq + 1, Fault.HEAD)
    return ChainCheck(seq, previous)


def _fault(connection: Connection, row: Row[Any], seq: int, previous: bytes) -> Fault | None:
    if row.seq != seq:
        return Fault.MISSING
    if row.prev != previous:
        return Fault.LINK
    digest, _ = payload_digest(connection, row.id)
    if digest != row.payload_digest:
        return Fault.CHANGES
    if row.state != "done" or linked(previous, header(row, seq, row.rows), digest) != row.hash:
        return Fault.HEADER
    return None


def _erased_without_entry(connection: Connection) -> set[int]:
    """Operations with values gone that no later operation has erased.

    A leaf that stands for its values is honest only where an erasure entry covers the row.
    """
    covered = select(OpRange.op).where(
        OpRange.tbl == Change.tbl,
        OpRange.act == "erase",
        OpRange.lo <= Change.row,
        OpRange.hi >= Change.row,
        OpRange.op > Change.op,
    )
    gone = select(Change.op).where(Change.before.is_(None), Change.after.is_(None))
    return set(connection.execute(gone.where(~covered.exists()).distinct()).scalars().all())
