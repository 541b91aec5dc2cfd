"""Reads a list and writes its rows into the plan file, normalised and with the keys of matching.

This is the hot loop of an import. It runs in worker processes, each of which reads the whole file
and takes every second chunk of it: reading is cheap, normalising is not, and nothing has to be
sent from one process to another.
"""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core.identity import derived_values
from app.services.importing import staging
from app.services.importing.fixes import Fixes
from app.services.importing.mending import Mending, kept
from app.services.importing.normalise import RowNormaliser, Target
from app.services.importing.shape import FileShape, Row
from app.services.importing.staging import Layout, canonical
from app.services.importing.tables import read_chunks

CHUNK = 4_000

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Filling:
    """What a worker needs to know to fill the plan: the list, its mapping and the plan file."""

    plan: Path
    shape: FileShape
    targets: tuple[Target, ...]
    default_country: str
    statuses: dict[str, str]
    fixes: Fixes = field(default_factory=Fixes)
    notes: bool = False

    def normaliser(self) -> RowNormaliser:
        """The compiled rules of this import."""
        return RowNormaliser(
            self.targets, default_country=self.default_country, statuses=self.statuses
        )


@dataclass(slots=True)
class _Chunk:
    """The rows of one chunk, sorted by table."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    emails: list[tuple[str, int]] = field(default_factory=list)
    bare: list[tuple[int, int]] = field(default_factory=list)
    rejects: list[tuple[int, int, str, str]] = field(default_factory=list)
    warnings: list[tuple[int, int, str]] = field(default_factory=list)


def fill(
    report: Report,
    filling: Filling,
    part: int = 0,
    parts: int = 1,
    turn: AbstractContextManager[Any] | None = None,
) -> int:
    """Append chunk `part` of every `parts` chunks to the plan; returns the rows in the list.

    turn is held while a chunk is written. report is called with the rows read so far; what it
    raises ends the filling. Raises what reading raises, StorageError when the disk is full.
    """
    read, mending = _Reader(filling.normaliser()), Mending(filling)
    n = 0
    with staging.opened(filling.plan) as db:
        for number, records in enumerate(kept(read_chunks(filling.shape, CHUNK), filling.fixes)):
            if number % parts == part:
                chunk = read.chunk(records if mending.idle else mending.mend(records), n + 1)
                with turn or nullcontext():
                    _append(db, read.layout, chunk)
                    if not mending.idle:
                        mending.note(db, n + 1, chunk.rejects, chunk.warnings)
                report(n + len(records))
            n += len(records)
    return n


class _Reader:
    """Turns records into the rows of the plan's tables."""

    def __init__(self, normaliser: RowNormaliser) -> None:
        self.layout = Layout(tuple(normaliser.fields))
        self._normalise = normaliser.row
        self._pack = staging.packer(self.layout)
        self._further = [i for i, name, _ in self.layout.labelled if name == "email"]

    def chunk(self, records: Iterable[Row], first: int) -> _Chunk:
        """The records as rows, numbered from `first` on."""
        chunk, normalise, pack = _Chunk(), self._normalise, self._pack
        add = chunk.rows.append
        for n, (line, cells, problem) in enumerate(records, first):
            if problem is None:
                values, problem, warnings = normalise(cells)
            if problem is not None:
                chunk.rejects.append((n, line, problem, canonical(cells)))
                continue
            if warnings:
                chunk.warnings += [(n, line, warning) for warning in warnings]
            packed = pack(values)
            keys = derived_values(*packed[:7])
            if packed[3] is None:
                chunk.bare += [(key, n) for key in {*keys[2:]} if key is not None]
            for i in self._further:
                if values[i] is not None:
                    chunk.emails.append((values[i], n))
            add((n, line, *keys, *packed))
        return chunk


def _append(db: sqlite3.Connection, layout: Layout, chunk: _Chunk) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.executemany(f"INSERT INTO row VALUES ({staging.marks(layout.columns)})", chunk.rows)
    db.executemany("INSERT INTO row_email VALUES (?, ?)", chunk.emails)
    db.executemany("INSERT INTO bare_key VALUES (?, ?)", chunk.bare)
    db.executemany("INSERT INTO reject VALUES (?, ?, ?, ?)", chunk.rejects)
    db.executemany("INSERT INTO warning VALUES (?, ?, ?)", chunk.warnings)
    db.execute("COMMIT")
