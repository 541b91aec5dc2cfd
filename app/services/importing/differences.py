"""Writes into the plan what changes: a contact's fields with before and after, a newcomer's row."""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import sqlite3
from typing import Any

from app.core.identity import DERIVED, derived
from app.services.importing import candidates, staging
from app.services.importing.merging import (
    NAMES,
    OnDuplicate,
    Person,
    columns_of,
    difference,
    keys,
    merged,
    person,
)
from app.services.importing.people import LAST, People
from app.services.importing.staging import as_json, canonical, marks
from app.services.search_text import SEARCH_COLUMNS, Texts

BATCH = 2_000


def of_settled(db: sqlite3.Connection, people: People) -> None:
    """Compare the rows that candidates.by_email settled with their contacts."""
    staging.script(
        db,
        """
        CREATE INDEX fate_contact ON fate (contact, n) WHERE contact IS NOT NULL;
        CREATE INDEX fate_first ON fate (first, n) WHERE first IS NOT NULL;
        INSERT INTO several SELECT contact FROM fate WHERE contact IS NOT NULL
            GROUP BY contact HAVING count(*) > 1;
        """,
    )
    if people.policy is OnDuplicate.SKIP or not candidates.any_in(db, "fate"):
        return
    learning = candidates.any_in(db, "bare_key")
    batch: list[tuple[Any, ...]] = []
    for n, contact, version, *values in db.execute(_pairs(people)):
        given, before = _persons(people, contact, values)
        after = merged(before, given, people.policy)
        if learning:
            _learn(people, contact, n, before, after)
        if after != before:
            batch.append(_change(contact, n, version, before, after))
        if len(batch) >= BATCH:
            _write(db, batch)
    _write(db, batch)
    if learning:
        _learn_of_several(db, people)


def of_resolved(db: sqlite3.Connection, people: People) -> None:
    """Compare the contacts that several rows or a candidate row concern; merge newcomers."""
    if people.policy is OnDuplicate.SKIP:
        return
    batch: list[dict[str, Any]] = []
    for who in _concerned(db):
        state = people.before(who, LAST)
        if who > 0:
            _contact(db, people, who, state)
            continue
        batch.append({"n": -who} | _columns(state))
        if len(batch) >= BATCH:
            _newcomers(db, people, batch)
    _newcomers(db, people, batch)


def _concerned(db: sqlite3.Connection) -> list[int]:
    # The list of persons is written to while this runs only by its own connection, never here.
    found = db.execute("SELECT id FROM person UNION SELECT contact FROM several")
    return [who for (who,) in found]


def _contact(db: sqlite3.Connection, people: People, contact: int, state: Person) -> None:
    before = people.base(contact)
    db.execute("DELETE FROM diff WHERE row = ?", (contact,))
    if state != before:
        version = db.execute("SELECT version FROM crm.contact WHERE id = ?", (contact,))
        first = people.rows(contact)[0]
        _write(db, [_change(contact, first, version.fetchone()[0], before, state)])


def _columns(state: Person) -> dict[str, Any]:
    columns = columns_of(state)
    for column in ("custom", "labelled", "tags"):
        columns[column] = as_json(columns.get(column))
    return columns | derived(columns)


def _newcomers(db: sqlite3.Connection, people: People, batch: list[dict[str, Any]]) -> None:
    """Write what the batch's newcomers have become, with the text that search keeps of each."""
    if not batch:
        return
    searched = ([columns.get(name) for columns in batch] for name in SEARCH_COLUMNS)
    texts = Texts().of([column if any(column) else None for column in searched])
    names = ("n", *people.layout.values, *DERIVED)
    db.executemany(
        f"INSERT INTO merged VALUES ({marks(names)}, ?)",
        [(*map(columns.get, names), text) for columns, text in zip(batch, texts, strict=True)],
    )
    batch.clear()


def _learn_of_several(db: sqlite3.Connection, people: People) -> None:
    for (contact,) in db.execute("SELECT contact FROM several").fetchall():
        state = people.base(contact)
        for n in people.rows(contact):
            before, state = state, merged(state, people.row(n), people.policy)
            _learn(people, contact, n, before, state)


def _learn(people: People, contact: int, n: int, before: Person, after: Person) -> None:
    """Rows without address may from now on be this contact by a key it did not have."""
    for key in keys(after) - keys(before):
        if candidates.is_bare(people.db, key):
            people.learn(contact, n, after)
            for later in candidates.concerned(people.db, key, n, bare_only=True):
                candidates.promote(people.db, later)


def _pairs(people: People) -> str:
    """Rows beside their contacts, those left out that plainly change nothing."""
    row = ", ".join(f"r.{column}" for column in people.layout.values)
    contact = ", ".join(f"c.{field}" for field in people.fields)
    changes = ["r.custom IS NOT NULL", "r.labelled IS NOT NULL", "r.tags IS NOT NULL"]
    for field in people.layout.natives:
        if field == "email":
            continue
        if people.policy is not OnDuplicate.FILL:
            changes.append(f"(r.{field} IS NOT NULL AND c.{field} IS NOT r.{field})")
        elif field == "full_name":
            nameless = " AND ".join(f"c.{name} IS NULL" for name in NAMES)
            changes.append(f"(r.full_name IS NOT NULL AND {nameless})")
        else:
            changes.append(f"(r.{field} IS NOT NULL AND c.{field} IS NULL)")
    return (
        f"SELECT f.n, f.contact, c.version, {row}, {contact} FROM fate f "
        "CROSS JOIN row r ON r.n = f.n CROSS JOIN crm.contact c ON c.id = f.contact "
        f"WHERE f.contact NOT IN (SELECT contact FROM several) AND ({' OR '.join(changes)})"
    )


def _persons(people: People, contact: int, values: list[Any]) -> tuple[Person, Person]:
    """The row and the contact of one line of `_pairs`."""
    columns = people.layout.values
    given = person(columns, values[: len(columns)])
    before = person(people.fields, values[len(columns) :])
    return given, before | people.tags(contact) if "tags" in given else before


def _change(contact: int, n: int, version: int, before: Person, after: Person) -> tuple[Any, ...]:
    mask, was, becomes = difference(before, after)
    return (contact, n, version, mask, canonical(was), canonical(becomes))


def _write(db: sqlite3.Connection, batch: list[tuple[Any, ...]]) -> None:
    db.executemany("INSERT INTO diff VALUES (?, ?, ?, ?, ?, ?)", batch)
    batch.clear()
