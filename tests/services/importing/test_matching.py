"""Who a row is: the same answer as importing the rows one after the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from app.core.identity import DERIVED, derived
from app.models.contacts import Contact, ContactKey, ContactTag, Tag
from app.services.importing import candidates, repeats, staging
from app.services.importing.matching import match
from app.services.importing.merging import (
    Level,
    OnDuplicate,
    Person,
    columns_of,
    difference,
    emails,
    level,
    merged,
)
from app.services.importing.people import Matching
from app.services.importing.staging import Layout, as_json

FIELDS = (
    "first_name", "last_name", "full_name", "email", "phone", "mobile", "company", "city",
    "email.2", "tags",
)  # fmt: skip

DIALECT = dialect()

Fates = dict[int, tuple[str, int]]


def row(
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    company: str | None = None,
    **more: Any,
) -> Person:
    """A row or a contact, blanks left out."""
    given = {"full_name": name, "email": email, "phone": phone, "company": company, **more}
    return {field: value for field, value in given.items() if value is not None}


@contextmanager
def plan_of(rows: Sequence[Person], contacts: Sequence[Person], folder: Path) -> Iterator[Any]:
    """A plan file with `rows`, and a workspace with `contacts` of ids 1, 2, ... attached."""
    layout = Layout(FIELDS)
    path = folder / "plan.db"
    staging.create(path, layout)
    with staging.opened(path) as db:
        db.execute("ATTACH ':memory:' AS crm")
        for statement in _schema():
            db.execute(statement)
        for n, given in enumerate(rows, 1):
            _stage(db, layout, n, given)
        for contact, given in enumerate(contacts, 1):
            _add(db, contact, given)
        yield db, layout


@cache
def _schema() -> tuple[str, ...]:
    """The workspace's tables and indexes that matching reads, for the schema `crm`."""
    tables = (Contact.__table__, ContactKey.__table__, ContactTag.__table__, Tag.__table__)
    statements = []
    for table in tables:
        statements.append(str(CreateTable(table).compile(dialect=DIALECT)))
        statements += [str(CreateIndex(i).compile(dialect=DIALECT)) for i in table.indexes]
    return tuple(
        s.strip().replace("CREATE TABLE ", "CREATE TABLE crm.").replace("INDEX ix", "INDEX crm.ix")
        for s in statements
    )


def _stage(db: sqlite3.Connection, layout: Layout, n: int, given: Person) -> None:
    columns = _columns(given)
    columns |= {"n": n, "line": n + 1}
    values = [columns.get(column) for column in layout.columns]
    db.execute(f"INSERT INTO row VALUES ({staging.marks(values)})", values)
    further = given.get("labelled:email", ())
    db.executemany("INSERT INTO row_email VALUES (?, ?)", [(e, n) for _, e in further])
    if "email" not in given:
        keys = {columns[key] for key in DERIVED[2:] if columns[key] is not None}
        db.executemany("INSERT INTO bare_key VALUES (?, ?)", [(key, n) for key in keys])


def _columns(given: Person) -> dict[str, Any]:
    columns = columns_of(given)
    for name in ("custom", "labelled", "tags"):
        columns[name] = as_json(columns.get(name))
    return columns | derived(columns)


def _add(db: sqlite3.Connection, contact: int, given: Person) -> None:
    columns = _columns(given) | {"id": contact, "created": 0, "updated": 0, "created_op": 1}
    del columns["tags"]
    names = ", ".join(columns)
    marks = staging.marks(list(columns))
    db.execute(f"INSERT INTO crm.contact ({names}) VALUES ({marks})", list(columns.values()))
    for email in emails(given) - {given.get("email")}:
        db.execute("INSERT INTO crm.contact_key VALUES (?, ?)", (contact, email))


def outcome(db: sqlite3.Connection, rows: int) -> Fates:
    """Each row's fate: created, contact with its id, or duplicate with the first row."""
    fates: Fates = {n: ("created", n) for n in range(1, rows + 1)}
    for n, contact, first in db.execute("SELECT n, contact, first FROM fate"):
        fates[n] = ("contact", contact) if contact else ("duplicate", first)
    return fates


def one_after_the_other(
    rows: Sequence[Person], contacts: Sequence[Person], policy: OnDuplicate
) -> tuple[Fates, dict[int, Person]]:
    """The definition: each row is imported as if it stood alone, before the next one is read."""
    people = dict(enumerate(contacts, 1))
    fates: Fates = {}
    for n, given in enumerate(rows, 1):
        grounds = {who: level(given, person) for who, person in people.items()}
        best = next((g for g in Level if g in grounds.values()), None)
        if best is None or policy is OnDuplicate.CREATE:
            people[-n], fates[n] = given, ("created", n)
            continue
        same = [who for who, ground in grounds.items() if ground is best]
        who = min(same, key=lambda one: (one < 0, abs(one)))
        fates[n] = ("contact", who) if who > 0 else ("duplicate", -who)
        people[who] = merged(people[who], given, policy)
    return fates, people


def matched(
    rows: Sequence[Person],
    contacts: Sequence[Person],
    folder: Path,
    policy: OnDuplicate = OnDuplicate.FILL,
) -> Fates:
    with plan_of(rows, contacts, folder) as (db, layout):
        match(db, Matching(layout, policy), lambda done, total: None)
        return outcome(db, len(rows))


names = st.sampled_from([None, "Ada", "Bob"])
persons = st.builds(
    row,
    name=names,
    email=st.sampled_from([None, None, "a@x", "b@x", "c@x"]),
    phone=st.sampled_from([None, "1", "2"]),
    company=st.sampled_from([None, "Acme"]),
    mobile=st.sampled_from([None, None, "1"]),
    city=st.sampled_from([None, "Rome", "Lyon"]),
    **{"labelled:email": st.sampled_from([None, None, None, [["2", "b@x"]], [["2", "d@x"]]])},
)


@hypothesis.settings(max_examples=400)
@hypothesis.given(
    rows=st.lists(persons, max_size=7),
    contacts=st.lists(persons, max_size=3),
    policy=st.sampled_from(list(OnDuplicate)),
    many=st.sampled_from([1, candidates.MANY]),
)
def test_fates_and_values_are_those_of_importing_the_rows_one_after_the_other(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[Person],
    contacts: list[Person],
    policy: OnDuplicate,
    many: int,
) -> None:
    folder = tmp_path_factory.mktemp("plan")
    fates, people = one_after_the_other(rows, contacts, policy)
    with plan_of(rows, contacts, folder) as (db, layout), pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "MANY", many)
        match(db, Matching(layout, policy), lambda done, total: None)
        assert outcome(db, len(rows)) == fates
        changed = {
            contact: difference(before, people[contact])[0]
            for contact, before in enumerate(contacts, 1)
            if before != people[contact]
        }
        assert dict(db.execute("SELECT row, mask FROM diff").fetchall()) == changed
        for n, full_name, city in db.execute("SELECT n, full_name, city FROM merged"):
            assert (full_name, city) == (people[-n].get("full_name"), people[-n].get("city"))
        newcomers = {n: given for n, given in enumerate(rows, 1) if fates[n] == ("created", n)}
        grown = {n for n, given in newcomers.items() if people[-n] != given}
        assert grown <= {n for (n,) in db.execute("SELECT n FROM merged")}


def test_rows_that_share_an_address_follow_a_name_that_somebody_without_one_gets_later(
    tmp_path: Path,
) -> None:
    """The third row makes the first person an "A A B", whom only rows behind it can mean."""
    nameless = row(last_name="A B", phone="1")
    grown = row(first_name="A", last_name="B", phone="1")
    repeated = row(first_name="A", last_name="A B", phone="1", email="a@x")
    for rows in (
        [nameless, repeated, grown, repeated],
        [nameless, grown, repeated, repeated],
        [nameless, repeated, grown, repeated, row(email="b@x"), row(email="b@x", city="Rome")],
    ):
        fates, _ = one_after_the_other(rows, [], OnDuplicate.FILL)
        assert matched(rows, [], tmp_path) == fates


def test_that_repeated_addresses_are_looked_up_among_the_contacts_by_an_index(
    tmp_path: Path,
) -> None:
    """One walk through all contacts for each repeated row would take a long list minutes."""
    ada = row(name="Ada", email="a@x", **{"labelled:email": [["2", "b@x"]]})
    with plan_of([ada, ada], [ada], tmp_path) as (db, layout):
        match(db, Matching(layout, OnDuplicate.FILL), lambda done, total: None)
        for query in repeats._concerning_others(db):
            steps = [step for *_, step in db.execute(f"EXPLAIN QUERY PLAN {query}")]
            assert not [step for step in steps if step in ("SCAN c", "SCAN k")], query
