"""The runs of rows that become contacts, against counting them one by one."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from app.services.importing import newcomers
from app.services.importing.newcomers import runs_within

ROWS = st.lists(
    st.tuples(st.sampled_from(["new", "met", "rejected"]), st.integers(1, 3)), max_size=30
)


def noted(rows: list[tuple[str, int]], db: sqlite3.Connection) -> list[tuple[int, int]]:
    """Fill a plan with rows of some fate and height; the newcomers' numbers and lines."""
    for table in ("row", "fate", "reject", "line_run"):
        db.execute(f"CREATE TABLE {table} (n INTEGER PRIMARY KEY, line INTEGER)")
    line, expected, new = 2, 0, []
    for n, (fate, height) in enumerate(rows, 1):
        # Every fourth row begins a chunk, whether or not a line was left out there.
        if line != expected or n % 4 == 1:
            db.execute("INSERT INTO line_run VALUES (?, ?)", (n, line))
        db.execute(f"INSERT INTO {'reject' if fate == 'rejected' else 'row'} (n) VALUES (?)", (n,))
        if fate == "met":
            db.execute("INSERT INTO fate (n) VALUES (?)", (n,))
        if fate == "new":
            new.append((n, line))
        expected, line = line + 1, line + height
    newcomers.note(db)
    return new


@given(ROWS)
def test_every_newcomer_stands_in_one_run_with_its_line_and_its_place(rows: list[tuple[str, int]]):
    with closing(sqlite3.connect(":memory:")) as db:
        new = noted(rows, db)
        runs = db.execute("SELECT lo, hi, line, before FROM newcomer ORDER BY hi").fetchall()
        spread = [
            (n, line + n - lo, before + n - lo)
            for lo, hi, line, before in runs
            for n in range(lo, hi + 1)
        ]
        assert spread == [(n, line, place) for place, (n, line) in enumerate(new)]


@given(ROWS, st.integers(0, 30), st.integers(1, 30))
def test_a_chunk_finds_the_runs_it_cuts_and_no_others(
    rows: list[tuple[str, int]], after: int, size: int
):
    with closing(sqlite3.connect(":memory:")) as db:
        noted(rows, db)
        runs = db.execute("SELECT lo, hi FROM newcomer ORDER BY hi").fetchall()
        chunk = {"after": after, "upto": after + size}
        query = f"SELECT lo, hi FROM newcomer u WHERE {runs_within()} ORDER BY hi"
        assert db.execute(query, chunk).fetchall() == [
            (lo, hi) for lo, hi in runs if hi > after and lo <= after + size
        ]
