"""What was changed, when, by whom and where each value came from, read from the journal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from app.core.changes import Span
from app.core.clock import from_us, to_us
from app.core.errors import NotFound
from app.core.text import fold, tr
from app.models.contacts import Contact
from app.models.importing import ImportBatch, ImportOrigin
from app.models.journal import Change, Operation, OpRange
from app.models.journalled import TAGS, image, read_fields, table_named
from app.models.spans import Touched
from app.models.store import Store
from app.services.entries import REDO, UNDO, Entry, entries, entry
from app.services.past import CONTACT_COLUMNS, documents, filled, states_at

_CHUNK = 5_000
LOOKED_THROUGH = 20_000


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one contact in one operation; values as in the journal."""

    operation: int
    kind: str
    label: str
    actor: str
    origin: str
    at: datetime
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One operation as it touched one contact.

    act is created, changed, deleted or restored; changes holds (field, before, after).
    """

    operation: int
    seq: int
    kind: str
    act: str
    label: str
    actor: str
    origin: str
    at: datetime
    undone: bool
    changes: tuple[tuple[str, Any, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from: the operation that gave it, and the file and row of an import.

    sha256 is that of the file, by which it is known again whatever it is called. before is the
    value that was replaced, as in the journal; None where there was none.
    """

    kind: str
    label: str
    at: datetime
    actor: str
    operation: int
    origin: str = ""
    file: str | None = None
    row: int | None = None
    before: Any = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One sealed operation after the reader's cursor, which becomes its seq."""

    seq: int
    entry: Entry
    tables: Mapping[str, Span] = field(default_factory=dict)


class History:
    """Reads the journal; changes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def operations(self, limit: int = 50, offset: int = 0, actor: str | None = None) -> list[Entry]:
        """Sealed operations, newest first, of one actor if named."""
        wanted = entries().limit(limit).offset(offset)
        if actor is not None:
            wanted = wanted.where(Operation.actor == actor)
        with self._store.reading() as connection:
            return [entry(row) for row in connection.execute(wanted)]

    def find(
        self,
        words: str = "",
        *,
        kinds: Collection[str] = (),
        actor: str | None = None,
        limit: int = 50,
    ) -> list[Entry]:
        """Like `operations`, of these kinds, whose label or person has all the words.

        kinds are whole ("import") or the first part of some ("contact"). Words are looked for
        among the newest LOOKED_THROUGH, since labels are made when they are read.
        """
        wanted = entries()
        if kinds:
            of_kind = [or_(Operation.kind == k, Operation.kind.startswith(f"{k}.")) for k in kinds]
            wanted = wanted.where(or_(*of_kind))
        if actor is not None:
            wanted = wanted.where(Operation.actor == actor)
        sought = fold(words).split()
        wanted = wanted.limit(LOOKED_THROUGH if sought else limit)
        with self._store.reading() as connection:
            stream = connection.execution_options(yield_per=_CHUNK)
            with stream.execute(wanted) as rows:
                found = (one for one in map(entry, rows) if _has(one, sought))
                return list(islice(found, limit))

    def actors(self) -> list[str]:
        """Everybody who ever changed something, by name."""
        wanted = select(Operation.actor).where(Operation.state == "done").distinct()
        with self._store.reading() as connection:
            return sorted(connection.execute(wanted).scalars())

    def contact(self, contact: int) -> list[FieldChange]:
        """Every change of the contact's fields, newest first; empty for an unknown contact."""
        return [
            FieldChange(
                step.operation,
                step.kind,
                step.label,
                step.actor,
                step.origin,
                step.at,
                name,
                before,
                after,
            )
            for step in self.timeline(contact, limit=None)
            for name, before, after in step.changes
        ]

    def timeline(
        self, contact: int, limit: int | None = None, *, before: int | None = None
    ) -> list[TimelineEntry]:
        """What happened to the contact, newest first: created, changed, deleted, restored.

        At most `limit` entries, of those before the one whose seq is `before`.
        """
        with self._store.reading() as connection:
            steps = [
                *_changes_of(connection, contact, _cut(limit, before)),
                *_marks_of(connection, contact, _cut(limit, before)),
            ]
        return sorted(steps, key=lambda step: step.seq, reverse=True)[:limit]

    def provenance(self, contact: int) -> dict[str, Source]:
        """For each field that has a value, where that value came from.

        Raises NotFound when there is no such contact.
        """
        with self._store.reading() as connection:
            present = _present(connection, contact)
            given = _given(connection, contact)
            birth = _birth(connection, contact, present.pop("created_op"))
        return {name: given.get(name, birth) for name in filled(present)}

    def as_of(self, contacts: Collection[int], moment: datetime) -> dict[int, dict[str, Any]]:
        """The contacts' fields as they were at `moment`, without those that did not exist then.

        Blank fields are left out; custom fields are custom:<name>, tags are ids.
        """
        ids, found = sorted(set(contacts)), dict[int, dict[str, Any]]()
        with self._store.reading() as connection:
            for start in range(0, len(ids), _CHUNK):
                found |= states_at(connection, ids[start : start + _CHUNK], to_us(moment))
        return found

    def feed(self, cursor: int, limit: int = 500) -> list[FeedItem]:
        """Operations sealed after `cursor` (a seq, 0 at first), oldest first.

        Nothing is ever sealed behind a cursor that was given out: seq follows commit order.
        """
        wanted = entries().order_by(None).order_by(Operation.seq).where(Operation.seq > cursor)
        with self._store.reading() as connection:
            rows = connection.execute(wanted.limit(limit)).all()
            spans = _spans(connection, [row.id for row in rows])
        return [FeedItem(row.seq, entry(row), spans.get(row.id, {})) for row in rows]


def _has(found: Entry, sought: Collection[str]) -> bool:
    words = fold(f"{found.label} {found.actor}")
    return all(word in words for word in sought)


Cut = Callable[[Select[Any]], Select[Any]]


def _cut(limit: int | None, before: int | None) -> Cut:
    """Narrows a query of operations to one page."""

    def cut(query: Select[Any]) -> Select[Any]:
        older = query if before is None else query.where(Operation.seq < before)
        return older.limit(limit)

    return cut


def _changes_of(connection: Connection, contact: int, cut: Cut) -> list[TimelineEntry]:
    changes = (
        entries()
        .add_columns(Change.before, Change.after)
        .join(Change, Change.op == Operation.id)
        .where(Change.tbl == "contact", Change.row == contact)
    )
    steps: list[TimelineEntry] = []
    for row in connection.execute(cut(changes)):
        before, after = image(row.before), image(row.after)
        fields = tuple((name, before[name], after[name]) for name in before)
        steps.append(_step(entry(row), "changed", fields))
    return steps


def _marks_of(connection: Connection, contact: int, cut: Cut) -> list[TimelineEntry]:
    acts = {"create": "created", "kill": "deleted", "revive": "restored"}
    marks = (
        entries()
        .add_columns(OpRange.act)
        .join(OpRange, OpRange.op == Operation.id)
        .where(OpRange.tbl == "contact", OpRange.lo <= contact, OpRange.hi >= contact)
    )
    return [_step(entry(row), acts[row.act], ()) for row in connection.execute(cut(marks))]


def _step(done: Entry, act: str, changes: tuple[tuple[str, Any, Any], ...]) -> TimelineEntry:
    return TimelineEntry(
        done.id,
        done.seq,
        done.kind,
        act,
        done.label,
        done.actor,
        done.origin,
        done.at,
        done.undone,
        changes,
    )


def _present(connection: Connection, contact: int) -> dict[str, Any]:
    """Every field of the contact by its journal name, and created_op."""
    columns = (Contact.created_op, Contact.custom, Contact.labelled)
    found = connection.execute(select(*columns).where(Contact.id == contact)).first()
    if found is None:
        raise NotFound(tr("There is no contact {id}.", id=contact))
    fields = [*CONTACT_COLUMNS, TAGS]
    present = read_fields(connection, table_named("contact"), [contact], fields)[contact]
    return present | documents(found.custom, found.labelled) | {"created_op": found.created_op}


def _given(connection: Connection, contact: int) -> dict[str, Source]:
    """The operation that gave each changed field its present value.

    An undo gives nothing itself: the value is from before the operation that it took back, and
    with a redo the operation stands again.
    """
    changes = (
        entries()
        .add_columns(Change.mask, Change.before)
        .join(Change, Change.op == Operation.id)
        .where(Change.tbl == "contact", Change.row == contact)
    )
    rows = connection.execute(changes).all()
    files = _files(connection, [row.id for row in rows])
    lines = _lines(connection, contact, files)
    found: dict[str, Source] = {}
    taken_back: set[int] = set()
    for row in rows:
        if row.id in taken_back:
            continue
        if row.kind in (UNDO, REDO):
            taken_back.add(row.undoes)
            continue
        file, sha256 = files.get(row.id, (None, None))
        source = _source(entry(row), file, sha256, lines.get(row.id))
        before = image(row.before)
        for name in row.mask.split(","):
            if name not in found:
                found[name] = replace(source, before=before.get(name))
    return found


def _source(
    done: Entry, file: str | None = None, sha256: str | None = None, row: int | None = None
) -> Source:
    given = Source(done.kind, done.label, done.at, done.actor, done.id, done.origin, file, row)
    return replace(given, sha256=sha256)


def _files(connection: Connection, operations: Collection[int]) -> dict[int, tuple[str, str]]:
    """The name and the hash of the lists that operations imported."""
    columns = (ImportBatch.op, ImportBatch.file_name, ImportBatch.file_sha256)
    named = select(*columns).where(ImportBatch.op.in_(operations))
    return {op: (name, sha) for op, name, sha in connection.execute(named) if op is not None}


def _birth(connection: Connection, contact: int, operation: int) -> Source:
    done = connection.execute(entries().where(Operation.id == operation)).first()
    if done is None:
        # Made together with the workspace, such as sample data of an older version.
        return Source("", tr("Made with the workspace"), from_us(0), "", operation)
    files = _files(connection, [operation])
    line = _lines(connection, contact, files).get(operation)
    file, sha256 = files.get(operation, (None, None))
    return _source(entry(done), file, sha256, line)


def _lines(connection: Connection, contact: int, operations: Collection[int]) -> dict[int, int]:
    """The row of the file by which each import made or changed a contact."""
    line = ImportOrigin.row + contact - ImportOrigin.lo
    rows = (
        select(ImportBatch.op, line)
        .join(ImportBatch, ImportBatch.id == ImportOrigin.batch)
        .where(
            ImportOrigin.lo <= contact,
            ImportOrigin.hi >= contact,
            ImportBatch.op.in_(operations),
        )
    )
    return {op: row for op, row in connection.execute(rows) if op is not None}


def _spans(connection: Connection, operations: Collection[int]) -> dict[int, dict[str, Span]]:
    touched: dict[int, dict[str, Touched]] = {}
    for op, tbl, lo, hi in _touches(connection, operations):
        touched.setdefault(op, {}).setdefault(tbl, Touched()).add([(lo, hi)])
    return {
        op: {tbl: rows.span() for tbl, rows in tables.items()} for op, tables in touched.items()
    }


def _touches(
    connection: Connection, operations: Iterable[int]
) -> Iterator[tuple[int, str, int, int]]:
    ids = list(operations)
    ranges = select(OpRange.op, OpRange.tbl, OpRange.lo, OpRange.hi).where(OpRange.op.in_(ids))
    changes = select(Change.op, Change.tbl, Change.row, Change.row).where(Change.op.in_(ids))
    for op, tbl, lo, hi in connection.execute(ranges.order_by(OpRange.op, OpRange.tbl, OpRange.lo)):
        yield op, tbl, lo, hi
    for op, tbl, lo, hi in connection.execute(changes.order_by(Change.op, Change.tbl, Change.row)):
        yield op, tbl, lo, hi
