"""Operations as the user reads them, and which of them undo and redo would take next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.engine import Row

from app.core.clock import from_us
from app.core.errors import InvalidInput
from app.core.text import grouped, tr
from app.models.journal import Operation, OpRange

UNDO = "undo"
REDO = "redo"

_CHILD = Operation.__table__.alias()
_UNDONE = (
    select(_CHILD.c.id)
    .where(_CHILD.c.undoes == Operation.__table__.c.id, _CHILD.c.state == "done")
    .exists()
    .label("undone")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation of the history.

    label is filled and translated; rows is how many rows it changed, created or deleted; undoes
    is the operation it took back; undone is True once a later one has taken this one back.
    """

    id: int
    seq: int
    kind: str
    label: str
    actor: str
    device: str
    origin: str
    at: datetime
    rows: int
    undoable: bool
    undone: bool
    undoes: int | None = None
    job: int | None = None


def entries() -> Select[Any]:
    """A query of sealed operations, newest first; each row goes to `entry`."""
    return (
        select(*Operation.__table__.c, _UNDONE)
        .where(Operation.state == "done")
        .order_by(Operation.seq.desc())
    )


def entry(row: Row[Any]) -> Entry:
    """What the user reads of one row of `entries`."""
    return Entry(
        id=row.id,
        seq=row.seq,
        kind=row.kind,
        label=label_of(row.kind, row.label_key, row.params, row.rows),
        actor=row.actor,
        device=row.device,
        origin=row.origin,
        at=from_us(row.at_us),
        rows=row.rows,
        undoable=row.undoable and row.rows > 0 and row.kind != UNDO,
        undone=row.undone,
        undoes=row.undoes,
        job=row.job_id,
    )


def label_of(kind: str, key: str, params: Mapping[str, Any], rows: int) -> str:
    """The words for an operation; {n} is its number of rows unless the params say otherwise."""
    values = {"n": rows, **params}
    shown = {
        name: grouped(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in values.items()
    }
    try:
        said = tr(key, **shown)
    except (KeyError, IndexError, ValueError):
        # A newer version wrote a label that this one cannot fill; better bare than no history.
        said = key
    if kind == UNDO:
        return tr("Undo: {what}", what=said)
    return tr("Redo: {what}", what=said) if kind == REDO else said


def top_to_undo(connection: Connection, actor: str) -> Row[Any] | None:
    """The actor's newest operation that stands and may be taken back."""
    standing = entries().where(
        Operation.actor == actor, Operation.undoable, Operation.kind != UNDO, ~_UNDONE.element
    )
    return connection.execute(standing.limit(1)).first()


def top_to_redo(connection: Connection, actor: str) -> Row[Any] | None:
    """The actor's newest undo that stands, unless the actor has done something new after it."""
    # What was only noted, such as a licence, does not stand between.
    fresh = select(func.coalesce(func.max(Operation.seq), 0)).where(
        Operation.actor == actor, Operation.kind.not_in((UNDO, REDO)), Operation.rows > 0
    )
    taken_back = entries().where(
        Operation.actor == actor,
        Operation.kind == UNDO,
        ~_UNDONE.element,
        Operation.seq > fresh.scalar_subquery(),
    )
    return connection.execute(taken_back.limit(1)).first()


def hold(connection: Connection, target: Row[Any]) -> Row[Any]:
    """Keep others from taking `target` back as well until this writing session ends.

    Raises InvalidInput when one of them was faster.
    """
    held = select(Operation.id).where(Operation.id == target.id).with_for_update()
    connection.execute(held)
    if connection.execute(select(_UNDONE).where(Operation.id == target.id)).scalar_one():
        raise overtaken()
    return target


def overtaken() -> InvalidInput:
    """Somebody else was faster."""
    return InvalidInput(tr("Somebody else has just undone this."), tr("Look at the history."))


def brings_back(connection: Connection, operation: int) -> bool:
    """Whether taking an operation back takes contacts out of the trash."""
    killed = select(OpRange.op).where(
        OpRange.op == operation, OpRange.tbl == "contact", OpRange.act == "kill"
    )
    return connection.execute(killed.limit(1)).first() is not None


def latest_of(connection: Connection, operation: int) -> Row[Any] | None:
    """The last link of undo, redo, undo ... that began with `operation`; None if unknown."""
    found = connection.execute(entries().where(Operation.id == operation)).first()
    while found is not None and found.undone:
        found = connection.execute(entries().where(Operation.undoes == found.id)).first()
    return found
