"""Which rows of a matched plan become contacts, as runs of rows that follow one another.

Within a run the row's number, its line in the list and the contact's id grow together, so that the
run of the plan and the provenance of a contact need one entry for each run instead of each row.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterator

Run = tuple[int, int, int, int]
"""The first row and the last, the line of the first, and how many newcomers stand before it."""


def note(db: sqlite3.Connection) -> None:
    """Fill the plan's table `newcomer` anew."""
    db.execute("DROP TABLE IF EXISTS newcomer")
    db.execute(
        "CREATE TABLE newcomer (lo INTEGER, hi INTEGER PRIMARY KEY, line INTEGER, before INTEGER)"
    )
    db.executemany("INSERT INTO newcomer VALUES (?, ?, ?, ?)", _runs(db))


def runs_within(schema: str = "") -> str:
    """The condition for runs `u` that have rows behind :after up to :upto; ends may lie outside."""
    # By both ends of the primary key, for a list may have hundreds of thousands of runs.
    last = f"SELECT coalesce(min(hi), :upto) FROM {schema}newcomer WHERE hi >= :upto"  # noqa: S608
    return f"u.hi > :after AND u.hi <= ({last}) AND u.lo <= :upto"


def _runs(db: sqlite3.Connection) -> Iterator[Run]:
    lo, shift, before = 1, 0, 0
    for n, line in _breaks(db):
        if line is not None and line - n == shift:
            continue
        if n > lo:
            yield lo, n - 1, lo + shift, before
            before += n - lo
        if line is None:
            lo = n + 1
        else:
            lo, shift = n, line - n


def _breaks(db: sqlite3.Connection) -> Iterator[tuple[int, int | None]]:
    """Where a run may end, in the order of rows: where lines leave rows behind, and at others."""
    (end,) = db.execute("SELECT (SELECT count(*) FROM row) + (SELECT count(*) FROM reject)")
    lines = db.execute("SELECT n, line FROM line_run ORDER BY n")
    met = db.execute("SELECT n, NULL FROM fate ORDER BY n")
    rejected = db.execute("SELECT n, NULL FROM reject ORDER BY n")
    # Of one row the line comes first, for later rows are counted from it.
    yield from heapq.merge(lines, met, rejected, key=lambda found: found[0])
    yield end[0] + 1, None
