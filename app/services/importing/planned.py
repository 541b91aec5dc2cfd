"""The finished plan of an import: what would become of each row, and why."""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.services.importing import staging
from app.services.importing.merging import person
from app.services.importing.parking import PARKED, Wall
from app.services.importing.shape import unique_names
from app.services.importing.staging import Layout, canonical

if TYPE_CHECKING:
    from typing import IO

FATES = ("created", "updated", "unchanged", "duplicate", "parked", "rejected")
FEW_LINES = 10

VIEW = """
CREATE VIEW IF NOT EXISTS fates AS
SELECT r.n, r.line, f.contact, f.first, f.reason,
    CASE WHEN f.n IS NULL THEN 'created'
        WHEN f.first IS NOT NULL THEN 'duplicate'
        WHEN f.contact IS NULL THEN 'parked'
        WHEN EXISTS (SELECT 1 FROM fate e WHERE e.contact = f.contact AND e.n < f.n)
            THEN 'duplicate'
        WHEN EXISTS (SELECT 1 FROM diff d WHERE d.row = f.contact) THEN 'updated'
        ELSE 'unchanged' END AS fate
FROM row r LEFT JOIN fate f ON f.n = r.n
UNION ALL SELECT n, line, NULL, NULL, error, 'rejected' FROM reject
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """The five numbers; rows is their sum, and parked are the rows beside it that wait."""

    rows: int
    created: int
    updated: int
    unchanged: int
    duplicates: int
    rejected: int
    parked: int = 0

    @property
    def all(self) -> int:
        """Every row of the list."""
        return self.rows + self.parked

    @property
    def taken(self) -> int:
        """The rows that create or change somebody."""
        return self.created + self.updated

    def as_dict(self) -> dict[str, int]:
        """The numbers under their names in the command line's JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the list and its fate.

    line is where it stands in the file, contact the contact it belongs to, first the line of the
    earlier row it repeats. values is what the row gives, changes what the contact's fields were
    and become; the row of a rejected record has its cells as they stand.
    """

    n: int
    line: int
    fate: str
    reason: str
    contact: int | None
    first: int | None
    values: Mapping[str, Any]
    changes: Mapping[str, tuple[Any, Any]]
    cells: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The row in the plan's JSON."""
        told = {name: getattr(self, name) for name in ("n", "line", "fate", "reason")}
        for name in ("contact", "first", "values", "changes", "cells"):
            if value := getattr(self, name):
                told[name] = value
        return told


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A plan file and what it says in sum.

    path is the plan file and source the list. mapping has every column of the list by its name,
    with an empty field for the ignored ones. digest covers the list's content, the options and
    every decision. warnings have message, count and the first lines each. wall is there if the list
    has more new people than there is room for.
    """

    path: Path
    source: Path
    counts: Counts
    digest: str
    sha256: str
    mapping: Mapping[str, str]
    encoding: str | None
    delimiter: str | None
    header_row: int
    fields: tuple[str, ...]
    options: Mapping[str, Any]
    fingerprint: str
    columns: tuple[str, ...]
    tags: tuple[str, ...]
    warnings: tuple[Mapping[str, Any], ...]
    sequence: int
    targets: tuple[tuple[Any, ...], ...] = ()
    wall: Wall | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """A distinct name for each column of the list."""
        return unique_names(self.columns)

    @property
    def layout(self) -> Layout:
        """The columns of the plan's rows."""
        return Layout(self.fields)

    def result(self) -> dict[str, Any]:
        """What the verb prints, so far as the plan knows it."""
        return {
            "batch": None,
            **self.counts.as_dict(),
            "rejects_file": None,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header_row": self.header_row,
            "mapping": dict(self.mapping),
            "tags": list(self.tags),
            "warnings": [dict(warning) for warning in self.warnings],
            "job": None,
            "operation": None,
            "parking": self.wall and self.wall.as_dict(),
        }

    def rows(self, fate: str | None = None, offset: int = 0, limit: int = 100) -> list[PlannedRow]:
        """Some rows in file order, of one fate or of all."""
        where = "WHERE fate = ?" if fate else ""
        page = f"SELECT * FROM fates {where} ORDER BY n LIMIT ? OFFSET ?"
        with staging.reading(self.path) as db:
            found = db.execute(page, (*([fate] if fate else []), limit, offset)).fetchall()
            return [self._row(db, *row) for row in found]

    def write_json(self, stream: IO[str]) -> None:
        """Write the whole plan as canonical JSON, row by row; memory stays small."""
        head = {
            "counts": self.counts.as_dict(),
            "digest": self.digest,
            "file": self.source.name,
            "file_sha256": self.sha256,
            "mapping": dict(self.mapping),
            "options": dict(self.options),
        }
        stream.write(canonical(head)[:-1] + ',"rows":[')
        separator = ""
        with staging.reading(self.path) as db:
            for row in db.execute("SELECT * FROM fates ORDER BY n"):
                stream.write(separator + canonical(self._row(db, *row).as_dict()))
                separator = ","
        stream.write(f'],"warnings":{canonical(list(self.warnings))}}}')

    def _row(
        self,
        db: sqlite3.Connection,
        n: int,
        line: int,
        contact: int | None,
        first: int | None,
        reason: str | None,
        fate: str,
    ) -> PlannedRow:
        values: Mapping[str, Any] = {}
        changes: Mapping[str, tuple[Any, Any]] = {}
        cells: tuple[str, ...] = ()
        if fate == "rejected":
            cells = tuple(_one(db, "SELECT cells FROM reject WHERE n = ?", n))
        else:
            columns = self.layout.values
            found = db.execute(f"SELECT {', '.join(columns)} FROM row WHERE n = ?", (n,))
            values = person(columns, found.fetchone())
        if fate == "updated":
            changes = _changes(db, contact)
        if first is not None:
            first = db.execute("SELECT line FROM row WHERE n = ?", (first,)).fetchone()[0]
        return PlannedRow(n, line, fate, reason or "", contact, first, values, changes, cells)


def _one(db: sqlite3.Connection, query: str, key: int | None) -> Any:  # noqa: ANN401
    return staging.opened_json(db.execute(query, (key,)).fetchone()[0])


def _changes(db: sqlite3.Connection, contact: int | None) -> dict[str, tuple[Any, Any]]:
    before = _one(db, "SELECT before FROM diff WHERE row = ?", contact)
    after = _one(db, "SELECT after FROM diff WHERE row = ?", contact)
    return {field: (before[field], after[field]) for field in before}


def count(db: sqlite3.Connection) -> Counts:
    """The five numbers of a matched plan."""

    def number(query: str) -> int:
        return int(db.execute(query).fetchone()[0])

    rejected = number("SELECT count(*) FROM reject")
    kept = number("SELECT count(*) FROM row")
    met = number("SELECT count(*) FROM fate")
    people = number("SELECT count(DISTINCT contact) FROM fate WHERE contact IS NOT NULL")
    updated = number("SELECT count(*) FROM diff")
    parked = number(f"SELECT count(*) FROM fate WHERE {PARKED}")
    return Counts(
        rows=kept + rejected - parked,
        created=kept - met,
        updated=updated,
        unchanged=people - updated,
        duplicates=met - people - parked,
        rejected=rejected,
        parked=parked,
    )


def digest(db: sqlite3.Connection, inputs: Mapping[str, Any]) -> str:
    """SHA-256 over what the plan was made from and every decision in it, as hexadecimal.

    Rows that are created unchanged follow from the list's own hash and its mapping.
    """
    hashed = hashlib.sha256(canonical(inputs).encode("utf-8", "surrogatepass"))
    for query in (
        "SELECT n, contact, first FROM fate ORDER BY n",
        "SELECT row, version, mask, before, after FROM diff ORDER BY row",
        "SELECT * FROM merged ORDER BY n",
        "SELECT n, error FROM reject ORDER BY n",
    ):
        hashed.update(query.encode())
        for rows in _batches(db, query):
            hashed.update(repr(rows).encode("utf-8", "surrogatepass"))
    return hashed.hexdigest()


def _batches(db: sqlite3.Connection, query: str) -> Iterator[list[Any]]:
    cursor = db.execute(query)
    while rows := cursor.fetchmany(5_000):
        yield rows


def warnings(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """The warnings by kind, the most frequent first, with the first lines of each.

    A sentence that quotes a value does so behind a colon: one kind however many values.
    """
    kind = "substr(message, 1, instr(message || ': ', ': ') - 1)"
    found = db.execute(
        f"SELECT {kind}, count(*), min(n), min(message) FROM warning "
        "GROUP BY 1 ORDER BY 2 DESC, 3 LIMIT 50"
    ).fetchall()
    lines = f"SELECT line FROM warning WHERE {kind} = ? ORDER BY n LIMIT ?"
    return [
        {
            "message": message if number == 1 else sort,
            "count": number,
            "lines": [line for (line,) in db.execute(lines, (sort, FEW_LINES))],
        }
        for sort, number, _, message in found
    ]
