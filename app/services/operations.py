"""The only way a user's change is written: labelled, journalled, undoable operations."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.engine import Row

from app.core.actor import Actor
from app.core.changes import Changes
from app.core.clock import Clock, to_us
from app.core.errors import InvalidInput, NotFound
from app.core.events import Bus
from app.core.text import tr
from app.models.chain import seal
from app.models.journal import JournalHead, Operation
from app.models.recorder import Recorder
from app.models.rolling_back import roll_back_step
from app.models.store import Store, reserve
from app.models.undoing import Kept, Lasting, reversals, take_back
from app.services.entries import (
    REDO,
    UNDO,
    Entry,
    brings_back,
    entries,
    entry,
    hold,
    label_of,
    latest_of,
    overtaken,
    top_to_redo,
    top_to_undo,
)
from app.services.lasting import LASTING


class Returns(Protocol):
    """Asks the subscription plan whether contacts may come out of the trash; see ReturnDoor."""

    def foresee(self, connection: Connection, needed: int) -> None:
        """Raises LimitReached if so many could not."""

    def admit(self, connection: Connection, op: int) -> None:
        """Raises LimitReached if those may not whom the open operation `op` brought back."""


class Unlimited:
    """Lets everybody come back, where there is no plan to ask."""

    def foresee(self, connection: Connection, needed: int) -> None:
        """Nothing stands against it."""

    def admit(self, connection: Connection, op: int) -> None:
        """Nothing stands against it."""


Find = Callable[[Connection, int | None], Row[Any]]
Param = str | int | float | bool | list[int]


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo or redo did.

    operation is the new operation, of the one it took back; undone counts the rows it changed,
    kept tells what was left because it changed since or had lasting effects.
    """

    operation: int
    of: int
    undone: int
    label: str
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What an undo would do, before it is done: whole rows kept are counted by reason."""

    operation: int
    label: str
    rows: int
    kept: Mapping[str, int] = field(default_factory=dict)


class Operations:
    """Records, undoes and redoes operations of one actor in one workspace."""

    def __init__(self, store: Store, bus: Bus, clock: Clock, actor: Actor) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._actor = actor
        self._lasting: list[Lasting] = list(LASTING)
        self.returns: Callable[[], Returns] = Unlimited
        """Gives the door of contacts that come back; to be called before a session is open."""

    def keep_when_undoing(self, lasting: Lasting) -> None:
        """Let rows of a further kind survive the undo of their creation."""
        self._lasting.append(lasting)

    @contextmanager
    def recording(
        self,
        kind: str,
        label: str,
        *,
        params: Mapping[str, Param] | None = None,
        job: int | None = None,
        bulk: bool = False,
        actor: Actor | None = None,
        undoable: bool = True,
    ) -> Iterator[Recorder]:
        """A writing session that is one operation: sealed, committed and published at its end.

        label is English with {placeholders} of params ({n} is the number of rows); neither may
        hold anything of a person. When nothing was recorded no operation is left behind.
        Raises Busy and StorageError like Store.writing.
        """
        with self._store.writing(label, bulk=bulk) as connection:
            recorder = self._open(
                connection, kind, label, params or {}, job=job, actor=actor, undoable=undoable
            )
            yield recorder
            changes = self._close(recorder)
        if changes is not None:
            self._bus.publish(changes)

    def enter(
        self,
        kind: str,
        label: str,
        params: Mapping[str, Param] | None = None,
    ) -> None:
        """Put what changed no row into the journal, such as that a licence was refused.

        label and params as in `recording`; it cannot be undone. Raises as that does.
        """
        with self._store.writing(label) as connection:
            changes = self.enter_within(connection, kind, label, params or {})
        self._bus.publish(changes)

    def enter_within(
        self, connection: Connection, kind: str, label: str, params: Mapping[str, Param]
    ) -> Changes:
        """The same as part of a transaction; who ends that may publish the changes."""
        return self._seal(self._open(connection, kind, label, params, undoable=False))[0]

    def begin(
        self,
        kind: str,
        label: str,
        *,
        params: Mapping[str, Param] | None = None,
        job: int | None = None,
        actor: Actor | None = None,
    ) -> int:
        """Open an operation that goes on over many writing sessions, and return its id.

        What it creates stays invisible until it is sealed.
        """
        with self._store.writing(label) as connection:
            recorder = self._open(connection, kind, label, params or {}, job=job, actor=actor)
        return recorder.op

    @contextmanager
    def resume(
        self,
        op: int,
        *,
        sealing: bool = False,
        bulk: bool = True,
        yielding: bool = False,
        attach: Path | None = None,
    ) -> Iterator[Recorder]:
        """One more writing session of an open operation; with sealing, its last.

        attach names a plan file to be read meanwhile, as in Store.writing, and yielding gives way
        to others as there.
        Raises NotFound when `op` is not open, GaveWay when a yielding session gave way.
        """
        changes, store = None, self._store
        with store.writing("resume", bulk=bulk, yielding=yielding, attach=attach) as connection:
            recorder = Recorder(connection, op, _open_one(connection, op).at_us, resumed=True)
            yield recorder
            if sealing:
                changes = self._close(recorder)
        if changes is not None:
            self._bus.publish(changes)

    def seal(self, op: int) -> None:
        """End an open operation; what it created becomes visible."""
        with self.resume(op, sealing=True):
            pass

    def roll_back(self, op: int) -> None:
        """Remove what an open operation has written, in short steps.

        Doing it again after a kill goes on where it stopped; a rolled back operation stays so.
        Raises NotFound when `op` is neither open nor rolled back.
        """
        with self._store.reading() as connection:
            state = connection.execute(select(Operation.state).where(Operation.id == op)).scalar()
        if state == "rolled_back":
            return
        left = True
        while left:
            with self._store.writing("roll back", bulk=True) as connection:
                _open_one(connection, op)
                left = roll_back_step(connection, op, to_us(self._clock.now()))

    def undo(self, operation: int | None = None) -> Undone:
        """Take back the actor's last operation, or the one named, whoever made it.

        Raises NotFound when there is nothing to undo, InvalidInput when the named one cannot be,
        LimitReached when the plan does not hold who would come back.
        """
        return self._turn_back(UNDO, self._to_undo, operation)

    def redo(self, operation: int | None = None) -> Undone:
        """Do again what the actor undid last and nothing new has followed, or the one named.

        Raises NotFound when there is nothing to redo, InvalidInput when the named one stands,
        LimitReached as undo.
        """
        return self._turn_back(REDO, self._to_redo, operation)

    def is_untouched(self) -> bool:
        """True in a workspace in which nothing was ever done."""
        done = select(Operation.id).where(Operation.state == "done", Operation.rows > 0).limit(1)
        with self._store.reading() as connection:
            empty = connection.execute(select(JournalHead.seq)).scalar_one() == 0
            return empty or connection.execute(done).first() is None

    def undoable(self) -> Entry | None:
        """What undo would take back next."""
        return self._top(top_to_undo)

    def redoable(self) -> Entry | None:
        """What redo would do again next."""
        return self._top(top_to_redo)

    def preview_undo(self, operation: int | None = None) -> UndoPreview:
        """What an undo would do to whole rows and what it would keep, without doing it.

        Raises like undo.
        """
        with self._store.reading() as connection:
            target = self._to_undo(connection, operation)
            # Only the first table counts: what happens to the tags of an import follows from it.
            planned = next(reversals(connection, target, self._lasting), None)
            kept = Counter(one.reason for one in planned.kept) if planned else Counter[str]()
        return UndoPreview(target.id, entry(target).label, target.rows - kept.total(), dict(kept))

    def _top(self, choose: Callable[[Connection, str], Row[Any] | None]) -> Entry | None:
        with self._store.reading() as connection:
            found = choose(connection, self._actor.name)
        return None if found is None else entry(found)

    def _to_undo(self, connection: Connection, operation: int | None) -> Row[Any]:
        if operation is None:
            target = top_to_undo(connection, self._actor.name)
        else:
            target = latest_of(connection, operation)
        if target is None and operation is not None:
            raise _unknown(operation)
        if target is None:
            raise NotFound(tr("There is nothing to undo."))
        if target.kind == UNDO:
            raise InvalidInput(tr("This has already been undone."), tr("Use redo to do it again."))
        if not target.undoable:
            raise InvalidInput(
                tr("This cannot be undone: {what}", what=entry(target).label),
                tr("What was sent or paid stays as it is."),
            )
        return target

    def _to_redo(self, connection: Connection, operation: int | None) -> Row[Any]:
        if operation is None:
            target = top_to_redo(connection, self._actor.name)
            if target is None:
                raise NotFound(tr("There is nothing to redo."))
            return target
        target = latest_of(connection, operation)
        if target is None:
            raise _unknown(operation)
        if target.kind != UNDO:
            raise InvalidInput(
                tr("This stands as it is."), tr("Only what was undone can be redone.")
            )
        return target

    def _turn_back(self, kind: str, find: Find, operation: int | None) -> Undone:
        with self._store.reading() as connection:
            returning = brings_back(connection, find(connection, operation).id)
        returns = self.returns() if returning else None
        with self._store.writing(tr("Undo") if kind == UNDO else tr("Redo")) as connection:
            target = hold(connection, find(connection, operation))
            if returns is None and brings_back(connection, target.id):
                # Since the look somebody deleted contacts, which is now what was done last.
                raise overtaken()
            undone, changes = self._take_back(connection, target, kind, returns or Unlimited())
        self._bus.publish(changes)
        return undone

    def _take_back(
        self, connection: Connection, target: Row[Any], kind: str, returns: Returns
    ) -> tuple[Undone, Changes]:
        recorder = self._open(connection, kind, target.label_key, target.params, undoes=target.id)
        lasting = self._lasting if kind == UNDO else ()
        kept = take_back(recorder, target, lasting)
        returns.admit(connection, recorder.op)
        changes, rows = self._seal(recorder)
        undone = Undone(recorder.op, target.id, rows, changes.label, tuple(kept))
        return undone, changes

    def _open(
        self,
        connection: Connection,
        kind: str,
        label: str,
        params: Mapping[str, Param],
        *,
        job: int | None = None,
        actor: Actor | None = None,
        undoable: bool = True,
        undoes: int | None = None,
    ) -> Recorder:
        who = actor or self._actor
        op, now = reserve(connection, "operation", 1), to_us(self._clock.now())
        values = {
            "id": op,
            "uuid": str(uuid.uuid4()),
            "kind": kind,
            "label_key": label,
            "params": dict(params),
            "actor": who.name,
            "device": who.device,
            "origin": who.origin.value,
            "at_us": now,
            "undoes": undoes,
            "job_id": job,
            "undoable": undoable,
            "state": "open",
        }
        connection.execute(insert(Operation).values(values))
        return Recorder(connection, op, now)

    def _close(self, recorder: Recorder) -> Changes | None:
        """Seal the recorder's operation; one that recorded nothing is removed instead."""
        if recorder.is_empty():
            own = Operation.id == recorder.op
            recorder.connection.execute(delete(Operation).where(own))
            return None
        return self._seal(recorder)[0]

    def _seal(self, recorder: Recorder) -> tuple[Changes, int]:
        own = Operation.id == recorder.op
        # A long operation happens when it becomes visible, not when it was begun.
        sealed_at = update(Operation).where(own).values(at_us=to_us(self._clock.now()))
        recorder.connection.execute(sealed_at)
        sealed = seal(recorder.connection, recorder.op)
        row = recorder.connection.execute(entries().where(own)).one()
        label = label_of(row.kind, row.label_key, row.params, sealed.rows)
        return Changes(recorder.op, label, recorder.spans(), row.undoable), sealed.rows


def _unknown(operation: int) -> NotFound:
    return NotFound(
        tr("There is no change {id} in the history.", id=operation),
        tr("Find it with: captely history"),
    )


def _open_one(connection: Connection, op: int) -> Row[Any]:
    found = connection.execute(
        select(Operation.at_us).where(Operation.id == op, Operation.state == "open")
    ).first()
    if found is None:
        raise NotFound(tr("Operation {op} is not open.", op=op))
    return found
