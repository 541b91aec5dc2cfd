"""What the journal knows of contacts that come back: who they are, and how many there ever were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from sqlalchemy import Connection, case, func, or_, select

from app.models.journal import Operation, OpRange
from app.services.sample import sample_spans

_SIZE = OpRange.hi - OpRange.lo + 1


def returned_by(connection: Connection, op: int) -> Sequence[tuple[int, int]]:
    """The spans of contacts that an open operation has taken out of the trash so far."""
    wanted = select(OpRange.lo, OpRange.hi).where(
        OpRange.op == op, OpRange.tbl == "contact", OpRange.act == "revive"
    )
    return [(lo, hi) for lo, hi in connection.execute(wanted)]


def most_contacts(connection: Connection) -> int:
    """The most contacts that were ever there at once, those of the sample not counted."""
    signed = case((OpRange.act == "kill", -_SIZE), else_=_SIZE)
    sealed = (
        select(Operation.seq, func.sum(signed))
        .join(Operation, Operation.id == OpRange.op)
        .where(OpRange.tbl == "contact", Operation.state == "done")
        .group_by(Operation.seq)
    )
    moved = Counter({int(seq or 0): int(n) for seq, n in connection.execute(sealed)})
    moved.subtract(_of_sample(connection))
    return max(accumulate(moved[seq] for seq in sorted(moved)), default=0)


def _of_sample(connection: Connection) -> Counter[int]:
    """The part of each operation, by its journal's number, that moved contacts of the sample."""
    spans, moved = sample_spans(connection), Counter[int]()
    if not spans:
        return moved
    touching = or_(*((OpRange.lo <= hi) & (OpRange.hi >= lo) for lo, hi in spans))
    wanted = (
        select(Operation.seq, OpRange.lo, OpRange.hi, OpRange.act)
        .join(Operation, Operation.id == OpRange.op)
        .where(OpRange.tbl == "contact", Operation.state == "done", touching)
    )
    for seq, first, last, act in connection.execute(wanted).tuples():
        inside = sum(max(0, min(last, hi) - max(first, lo) + 1) for lo, hi in spans)
        moved[int(seq or 0)] += -inside if act == "kill" else inside
    return moved
