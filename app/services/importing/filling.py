"""Reads a list and writes its rows into the plan file, normalised and with the keys of matching.

This is the hot loop of an import. It runs in worker processes, each of which takes every second
chunk of the file, so that nothing has to be sent from one process to another. Chunks are worked on
column by column; only rows with something unusual in them are looked at one by one.
"""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core.identity import DERIVING, derived_columns
from app.services.importing import staging
from app.services.importing.columns import Block, Column, without
from app.services.importing.fixes import Fixes
from app.services.importing.mending import Mending, kept
from app.services.importing.normalise import RowNormaliser, Target
from app.services.importing.shape import FileShape, Records, Share
from app.services.importing.staging import Layout, canonical
from app.services.importing.tables import read_chunks
from app.services.search_text import SEARCH_COLUMNS, Texts

CHUNK = 4_000
_ALL = Share()
_EMAIL = DERIVING.index("email")

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Filling:
    """What a worker needs to know to fill the plan: the list, its mapping and the plan file.

    texts has it make the search text of each row too, keeps has it keep the cells of each row, for
    a list of those that may have to be parked.
    """

    plan: Path
    shape: FileShape
    targets: tuple[Target, ...]
    default_country: str
    statuses: dict[str, str]
    fixes: Fixes = field(default_factory=Fixes)
    notes: bool = False
    texts: bool = False
    keeps: bool = False

    def normaliser(self) -> RowNormaliser:
        """The compiled rules of this import."""
        return RowNormaliser(
            self.targets, default_country=self.default_country, statuses=self.statuses
        )


@dataclass(slots=True)
class _Chunk:
    """The rows of one chunk, sorted by table; columns are those of `rows`, without empty ones."""

    columns: Sequence[str] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    emails: list[tuple[str, int]] = field(default_factory=list)
    bare: list[tuple[int, int]] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)
    runs: list[tuple[int, int]] = field(default_factory=list)
    rejects: list[tuple[int, int, str, str]] = field(default_factory=list)
    warnings: list[tuple[int, int, str]] = field(default_factory=list)
    originals: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows side by side: their numbers, their lines and their cells."""

    numbers: Sequence[int]
    lines: Sequence[int]
    cells: Sequence[Sequence[str]]

    def without(self, places: Collection[int]) -> _Rows:
        if not places:
            return self
        return _Rows(
            without(self.numbers, places), without(self.lines, places), without(self.cells, places)
        )


def fill(
    report: Report,
    filling: Filling,
    share: Share = _ALL,
    turn: AbstractContextManager[Any] | None = None,
) -> None:
    """Append a share of the list's rows to the plan.

    turn is held while a chunk is written. report is called with the rows read so far; what it
    raises ends the filling. Raises what reading raises, StorageError when the disk is full.
    """
    read, mending = _Reader(filling), Mending(filling)
    with staging.opened(filling.plan) as db:
        for records in kept(read_chunks(filling.shape, CHUNK, share), filling.fixes):
            chunk = read.chunk(records if mending.idle else mending.mend(records))
            with turn or nullcontext():
                _append(db, chunk)
                if not mending.idle:
                    mending.note(db, records.first, chunk.rejects, chunk.warnings)
            report(records.first - 1 + len(records))


class _Reader:
    """Turns records into the rows of the plan's tables."""

    def __init__(self, filling: Filling) -> None:
        self._normaliser = filling.normaliser()
        self.layout = Layout(tuple(self._normaliser.fields))
        self._further = [i for i, name, _ in self.layout.labelled if name == "email"]
        self._texts = Texts() if filling.texts else None
        self._kept = len(filling.shape.columns) if filling.keeps else 0

    def chunk(self, records: Records) -> _Chunk:
        """The records as rows of the plan."""
        chunk = _Chunk()
        rows = _Rows(
            range(records.first, records.first + len(records)), records.lines, records.cells
        )
        chunk.runs += _line_runs(rows)
        for place, problem in records.problems.items():
            self._reject(chunk, rows, place, problem)
        rows = rows.without(records.problems)
        block = self._normaliser.block(rows.cells)
        rejected = self._look_closely(chunk, rows, block)
        rows = rows.without(rejected)
        if rows.cells:
            self._add(chunk, rows, block.without(rejected))
        if self._kept:
            # Without what mending adds behind the list's own cells; it is added again.
            cells = (canonical(row[: self._kept]) for row in rows.cells)
            chunk.originals = list(zip(rows.numbers, cells, strict=True))
        return chunk

    def _look_closely(self, chunk: _Chunk, rows: _Rows, block: Block) -> set[int]:
        """Read the odd rows one by one; the places of those that are rejected."""
        rejected = set()
        for place in sorted(block.odd):
            values, problem, warnings = self._normaliser.row(rows.cells[place])
            if problem is None:
                n, line = rows.numbers[place], rows.lines[place]
                chunk.warnings += [(n, line, warning) for warning in warnings]
                block.put(place, values)
            else:
                self._reject(chunk, rows, place, problem)
                rejected.add(place)
        return rejected

    def _reject(self, chunk: _Chunk, rows: _Rows, place: int, problem: str) -> None:
        cells = canonical(rows.cells[place])
        chunk.rejects.append((rows.numbers[place], rows.lines[place], problem, cells))

    def _add(self, chunk: _Chunk, rows: _Rows, found: Sequence[Column]) -> None:
        nothing = (None,) * len(rows.numbers)
        packed = staging.packed(self.layout, found, len(rows.numbers))
        columns = [nothing if column is None else column for column in packed]
        keys = derived_columns(*columns[: len(DERIVING)])
        every = zip(self.layout.columns, (rows.numbers, rows.lines, *keys, *columns), strict=True)
        given = {name: column for name, column in every if _has_any(column)}
        chunk.columns, chunk.rows = list(given), list(zip(*given.values(), strict=True))
        for place in [i for i, email in enumerate(columns[_EMAIL]) if email is None]:
            own = {column[place] for column in keys[2:]} - {None}
            chunk.bare += [(key, rows.numbers[place]) for key in own]
        for i in self._further:
            pairs = zip(found[i] or (), rows.numbers, strict=False)
            chunk.emails += [(email, n) for email, n in pairs if email is not None]
        if self._texts is not None:
            named = dict(zip(self.layout.values, packed, strict=True))
            texts = self._texts.of([named.get(name) for name in SEARCH_COLUMNS])
            chunk.texts = list(zip(rows.numbers, texts, strict=True))


def _has_any(column: Sequence[Any]) -> bool:
    return column[0] is not None or column.count(None) < len(column)


def _line_runs(rows: _Rows) -> Iterator[tuple[int, int]]:
    """The first row, and each whose line does not follow that of the one before."""
    expected = -1
    for n, line in zip(rows.numbers, rows.lines, strict=True):
        if line != expected:
            yield n, line
        expected = line + 1


def _append(db: sqlite3.Connection, chunk: _Chunk) -> None:
    db.execute("BEGIN IMMEDIATE")
    if chunk.rows:
        names, marks = ", ".join(chunk.columns), staging.marks(chunk.columns)
        db.executemany(f"INSERT INTO row ({names}) VALUES ({marks})", chunk.rows)
    db.executemany("INSERT INTO row_email VALUES (?, ?)", chunk.emails)
    db.executemany("INSERT INTO bare_key VALUES (?, ?)", chunk.bare)
    db.executemany("INSERT INTO reject VALUES (?, ?, ?, ?)", chunk.rejects)
    db.executemany("INSERT INTO warning VALUES (?, ?, ?)", chunk.warnings)
    db.executemany("INSERT INTO search_text VALUES (?, ?)", chunk.texts)
    db.executemany("INSERT INTO original VALUES (?, ?)", chunk.originals)
    db.executemany("INSERT INTO line_run VALUES (?, ?)", chunk.runs)
    db.execute("COMMIT")
