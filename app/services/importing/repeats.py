"""Settles at once the newcomers whose rows share their address with each other and nothing else.

Most people whom a list names twice are such: nobody else has their address, and no record without
an address has one of their keys. Should a person without address later answer to a key of theirs,
their rows are resolved one by one after all, see matching.py.
"""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from app.services.importing import candidates, staging
from app.services.importing.merging import Level, OnDuplicate, Person, keys, merged, person
from app.services.importing.people import People
from app.services.importing.staging import canonical

BATCH = 2_000


def prepare(db: sqlite3.Connection) -> None:
    """Make the table of such rows, empty, with the first row of each."""
    staging.script(
        db,
        "DROP TABLE IF EXISTS alike; "
        "CREATE TABLE alike (n INTEGER PRIMARY KEY, first INTEGER, email TEXT)",
    )


def gather(db: sqlite3.Connection) -> None:
    """Take the rows of every address that stands in the list more than once."""
    db.execute(
        "INSERT INTO alike SELECT r.n, min(r.n) OVER (PARTITION BY r.email), r.email "
        "FROM repeated d CROSS JOIN row r ON r.email = d.email AND r.email IS NOT NULL"
    )


def settle(db: sqlite3.Connection, people: People) -> None:
    """Give the rows their fate; those that are more than alike become candidates."""
    _leave_out(db, _concerning_others(db))
    fates: list[tuple[Any, ...]] = []
    states: list[tuple[int, int, str]] = []
    concerning: list[int] = []
    for first, rows in _groups(db, people):
        state = _together(db, people, rows)
        if state is None:
            concerning.append(first)
            continue
        fates += [(n, None, first, Level.EMAIL.value) for n, _ in rows[1:]]
        if state != rows[0][1]:
            states.append((-first, rows[-1][0], canonical(state)))
        if len(fates) >= BATCH:
            _write(db, fates, states)
    _write(db, fates, states)
    _leave_out(db, [f"SELECT {first}" for first in concerning])


def reopen(db: sqlite3.Connection, n: int) -> list[int]:
    """All rows of the person of row `n`, without their fate; none when the row is not settled here.

    They are no candidates yet.
    """
    found = db.execute("SELECT first FROM alike WHERE n = ?", (n,)).fetchone()
    if found is None:
        return []
    db.execute("CREATE INDEX IF NOT EXISTS alike_by_first ON alike (first)")
    rows = [row for (row,) in db.execute("SELECT n FROM alike WHERE first = ? ORDER BY n", found)]
    db.executemany("DELETE FROM fate WHERE n = ?", [(row,) for row in rows])
    db.execute("DELETE FROM person WHERE id = ?", (-found[0],))
    db.execute("DELETE FROM alike WHERE first = ?", found)
    return rows


def _concerning_others(db: sqlite3.Connection) -> list[str]:
    """The first rows of people who are met by a contact, a key, or a row's further address."""
    parts = ["SELECT first FROM alike WHERE n IN (SELECT n FROM candidate)"]
    if candidates.any_in(db, "row_email"):
        parts += [
            "SELECT first FROM alike WHERE n IN (SELECT n FROM row_email)",
            "SELECT first FROM alike WHERE email IN (SELECT email FROM row_email)",
        ]
    # The condition of the index as well: without it each row would read all contacts.
    for table, indexed in (("crm.contact", "AND c.deleted_op IS NULL"), ("crm.contact_key", "")):
        if candidates.any_in(db, table):
            there = f"SELECT 1 FROM {table} c WHERE c.email = a.email {indexed}"
            parts.append(f"SELECT first FROM alike a WHERE EXISTS ({there})")
    return parts


def _leave_out(db: sqlite3.Connection, firsts: list[str]) -> None:
    """Make the rows of some people candidates; `firsts` are queries of their first rows."""
    if not firsts:
        return
    staging.script(
        db,
        "CREATE TEMP TABLE others (first INTEGER PRIMARY KEY);"
        + "".join(f"INSERT OR IGNORE INTO others {query};" for query in firsts)
        + "INSERT OR IGNORE INTO candidate SELECT n FROM alike WHERE first IN others;"
        "DELETE FROM alike WHERE first IN others; DROP TABLE others",
    )


def _groups(
    db: sqlite3.Connection, people: People
) -> Iterator[tuple[int, list[tuple[int, Person]]]]:
    """The first row of each person, and all their rows in file order."""
    columns = people.layout.values
    found = db.execute(
        f"SELECT a.first, a.n, {', '.join(f'r.{column}' for column in columns)} "
        "FROM alike a CROSS JOIN row r ON r.n = a.n ORDER BY a.first, a.n"
    )
    for first, rows in groupby(found, key=lambda row: row[0]):
        yield first, [(n, person(columns, values)) for _, n, *values in rows]


def _together(
    db: sqlite3.Connection, people: People, rows: list[tuple[int, Person]]
) -> Person | None:
    """What the rows make of the person; None if that is somebody another row may be, too."""
    state = rows[0][1]
    if people.policy is OnDuplicate.SKIP:
        return state
    for _, given in rows[1:]:
        before, state = state, merged(state, given, people.policy)
        new = keys(state) - keys(given) - keys(before) if state != before else ()
        if any(candidates.is_bare(db, key) for key in new):
            return None
    return state


def _write(
    db: sqlite3.Connection, fates: list[tuple[Any, ...]], states: list[tuple[int, int, str]]
) -> None:
    db.executemany("INSERT INTO fate VALUES (?, ?, ?, ?)", fates)
    db.executemany("INSERT INTO person VALUES (?, ?, ?)", states)
    fates.clear()
    states.clear()
