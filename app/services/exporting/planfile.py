"""The plan file of an export: each contact's fate and the exact requests, in a SQLite file.

What the dry run shows and the run executes is this one file. It holds personal data and is
removed when the run is done or discarded.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from app.core.errors import InvalidInput, StorageError
from app.core.text import tr
from app.models.base import canonical
from app.services.connectors import Outgoing

FORM = 2

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE person (key TEXT PRIMARY KEY, contact INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE item (
    contact INTEGER PRIMARY KEY, fate TEXT NOT NULL, reason TEXT NOT NULL, field TEXT NOT NULL,
    key TEXT NOT NULL, version INTEGER NOT NULL, batch INTEGER, remote_id TEXT NOT NULL,
    sha256 TEXT NOT NULL, body TEXT NOT NULL, known INTEGER NOT NULL,
    by_id INTEGER NOT NULL, before TEXT NOT NULL
);
CREATE INDEX ix_item_batch ON item (batch, contact);
CREATE INDEX ix_item_fate ON item (fate, contact);
"""
_COLUMNS = (
    "contact, fate, reason, field, key, version, batch, remote_id, sha256, body, known, by_id, "
    "before"
)

_INSERT = f"INSERT INTO item VALUES ({','.join('?' * 13)})"  # noqa: S608 - thirteen marks


class Fate(StrEnum):
    """What the run will do with a contact."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    INVALID = "invalid"


SENT = (Fate.CREATE, Fate.UPDATE)


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One contact in the plan.

    reason and field say why it is skipped or invalid. values are what will be sent, batch is the
    number of its request, before holds their values that ours replace. known is True when our own
    ledger told that it is unchanged, by_id when it is recognised by its record id because its key
    was changed here.
    """

    contact: int
    fate: Fate
    key: str = ""
    version: int = 0
    reason: str = ""
    field: str = ""
    batch: int | None = None
    remote_id: str = ""
    sha256: str = ""
    values: Mapping[str, str] | None = None
    known: bool = False
    by_id: bool = False
    before: Mapping[str, str] | None = None

    @property
    def outgoing(self) -> Outgoing:
        """The contact as the connector sends it."""
        return Outgoing(
            self.contact, self.key, self.values or {}, self.remote_id if self.by_id else ""
        )

    def as_dict(self) -> dict[str, Any]:
        """The contact in the plan's JSON."""
        whole = {
            "contact": self.contact,
            "fate": self.fate.value,
            "email": self.key,
            "reason": self.reason,
            "field": self.field,
            "remote_id": self.remote_id,
            "values": None if self.values is None else dict(self.values),
            "before": dict(self.before) if self.before else None,
        }
        return {name: value for name, value in whole.items() if value not in (None, "")}


class PlanFile:
    """One plan file, open for writing while it is planned and for reading afterwards."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def create(cls, path: Path) -> PlanFile:
        """A new, empty plan file; raises StorageError when it cannot be written."""
        with _words(path):
            # A plan that was cut short is planned again, so it need not survive a power cut.
            connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(_SCHEMA)
        return cls(path, connection)

    @classmethod
    def open(cls, path: Path) -> PlanFile:
        """A finished plan; raises InvalidInput when it is gone or not one."""
        address = f"{path.absolute().as_uri()}?mode=ro"
        try:
            connection = sqlite3.connect(
                address, uri=True, isolation_level=None, check_same_thread=False
            )
        except sqlite3.OperationalError as error:
            # A page of the dry run may be asked for while a newer one takes its place.
            raise InvalidInput(
                tr("The export's plan is no longer there."), tr("Plan the export again.")
            ) from error
        file = cls(path, connection)
        with _words(path):
            form = file.meta().get("form")
        if form != FORM:
            file.close()
            raise _damaged(path)
        return file

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def remove(self) -> None:
        """Close the file and delete it."""
        self.close()
        remove(self.path)

    def first_with(self, key: str, contact: int) -> int:
        """The first contact of the plan with this key, which is `contact` if it is new."""
        with _words(self.path):
            self._connection.execute("INSERT OR IGNORE INTO person VALUES (?, ?)", (key, contact))
            found = self._connection.execute("SELECT contact FROM person WHERE key = ?", (key,))
            return int(found.fetchone()[0])

    def add(self, items: Iterable[PlanItem]) -> None:
        """Write contacts."""
        rows = [
            (
                item.contact,
                item.fate.value,
                item.reason,
                item.field,
                item.key,
                item.version,
                item.batch,
                item.remote_id,
                item.sha256,
                "" if item.values is None else canonical(dict(item.values)),
                int(item.known),
                int(item.by_id),
                canonical(dict(item.before)) if item.before else "",
            )
            for item in items
        ]
        with _words(self.path):
            self._connection.execute("BEGIN")
            self._connection.executemany(_INSERT, rows)
            self._connection.execute("COMMIT")

    def seal(self, meta: Mapping[str, Any]) -> str:
        """Write what the plan is for, and the digest over everything; returns the digest."""
        with _words(self.path):
            rows = [(name, canonical(value)) for name, value in {**meta, "form": FORM}.items()]
            self._connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)
            digest = self.computed_digest()
            self._connection.execute("INSERT INTO meta VALUES ('digest', ?)", (canonical(digest),))
        return digest

    def meta(self) -> dict[str, Any]:
        """What the plan is for."""
        rows = self._connection.execute("SELECT name, value FROM meta")
        return {name: json.loads(value) for name, value in rows}

    def computed_digest(self) -> str:
        """SHA-256 over the plan as it is now, to be compared with the sealed one."""
        digest = sha256()
        for table in ("meta", "item"):
            order = "name" if table == "meta" else "contact"
            wanted = "name <> 'digest'" if table == "meta" else "1"
            for row in self._connection.execute(
                f"SELECT * FROM {table} WHERE {wanted} ORDER BY {order}"  # noqa: S608 - our own words
            ):
                digest.update(canonical(list(row)).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def counts(self) -> dict[str, int]:
        """Contacts by fate; every fate is there."""
        found = dict(self._connection.execute("SELECT fate, count(*) FROM item GROUP BY fate"))
        return {fate.value: found.get(fate.value, 0) for fate in Fate}

    def batches(self) -> int:
        """How many requests the run will make if none must be repeated."""
        return int(self._one("SELECT coalesce(max(batch) + 1, 0) FROM item"))

    def batch(self, number: int) -> list[PlanItem]:
        """The contacts of one request, in its order."""
        return self._items("WHERE batch = ? ORDER BY contact", (number,))

    def items(
        self, fates: Sequence[Fate] = tuple(Fate), *, limit: int = -1, offset: int = 0
    ) -> list[PlanItem]:
        """A page of the contacts with one of these fates."""
        marks = ",".join("?" * len(fates))
        named = tuple(fate.value for fate in fates)
        where = f"WHERE fate IN ({marks}) ORDER BY contact LIMIT ? OFFSET ?"
        return self._items(where, (*named, limit, offset))

    def item(self, contact: int) -> PlanItem | None:
        """One contact of the plan."""
        return next(iter(self._items("WHERE contact = ?", (contact,))), None)

    def place_in_batch(self, item: PlanItem) -> tuple[int, int]:
        """The how manieth contact of its request one is, and of how many."""
        wanted = "SELECT count(*), coalesce(sum(contact <= ?), 0) FROM item WHERE batch = ?"
        count, place = self._connection.execute(wanted, (item.contact, item.batch)).fetchone()
        return int(place), int(count)

    def contacts(self, fates: Sequence[Fate] = tuple(Fate)) -> set[int]:
        """The ids of every contact with one of these fates."""
        marks = ",".join("?" * len(fates))
        wanted = f"SELECT contact FROM item WHERE fate IN ({marks})"  # noqa: S608 - only marks
        return {row[0] for row in self._connection.execute(wanted, [f.value for f in fates])}

    def chunks(self, fates: Sequence[Fate], size: int) -> Iterator[list[PlanItem]]:
        """All contacts with one of these fates, `size` at a time."""
        after = 0
        marks = ",".join("?" * len(fates))
        named = tuple(fate.value for fate in fates)
        where = f"WHERE contact > ? AND fate IN ({marks}) ORDER BY contact LIMIT ?"
        while found := self._items(where, (after, *named, size)):
            yield found
            after = found[-1].contact

    def write_json(self, stream: IO[str], body: Mapping[str, Any], requests: Iterator[str]) -> None:
        """Stream the plan: what it is for, every request as it will be sent, every contact."""
        stream.write(canonical(dict(body))[:-1])
        stream.write(',"requests":[')
        for place, request in enumerate(requests):
            stream.write(f"{',' if place else ''}{request}")
        stream.write('],"contacts":[')
        first = True
        for items in self.chunks(tuple(Fate), 1_000):
            for item in items:
                stream.write(f"{'' if first else ','}{canonical(item.as_dict())}")
                first = False
        stream.write("]}")

    def _items(self, where: str, values: tuple[Any, ...]) -> list[PlanItem]:
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM item {where}", values)  # noqa: S608
        return [_item(row) for row in rows]

    def _one(self, statement: str) -> Any:  # noqa: ANN401
        return self._connection.execute(statement).fetchone()[0]


def remove(path: Path) -> None:
    """Delete a plan file, whole or cut short; quiet when it is gone."""
    for ending in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _item(row: tuple[Any, ...]) -> PlanItem:
    contact, fate, reason, field, key, version, batch, remote_id, digest, body, *rest = row
    known, by_id, before = rest
    return PlanItem(
        contact=contact,
        fate=Fate(fate),
        key=key,
        version=version,
        reason=reason,
        field=field,
        batch=batch,
        remote_id=remote_id,
        sha256=digest,
        values=json.loads(body) if body else None,
        known=bool(known),
        by_id=bool(by_id),
        before=json.loads(before) if before else None,
    )


@contextmanager
def _words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "no such table" not in str(error):
            raise StorageError(
                tr("The export's plan file cannot be written or read."),
                tr("Check the free space of the workspace's disk, then plan again."),
                f"{path.name}: {error}",
            ) from error
        raise _damaged(path) from error


def _damaged(path: Path) -> InvalidInput:
    return InvalidInput(
        tr("This is not a plan of an export that can be run."),
        tr("Plan the export again."),
        path.name,
    )
