"""Joins rows to people whom somebody else added while the list was being written.

A plan says who is new by the contacts of its moment. Until the last transaction another person,
verb or import may add or change a contact who is one of the newcomers; sealed as planned, that
person would be there twice. So the contacts touched since the plan are compared with its newcomers
once more: before the last transaction, where time does not matter, and within it for what came in
between. Whoever is met there gives the row a home, and what was created for it goes again.
"""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from app.core.text import trn
from app.models.contacts import Contact
from app.models.importing import ImportBatch
from app.models.journal import Change, JournalHead, Operation, OpRange
from app.models.journalled import needs_keys, read_fields, table_named
from app.models.json_sql import CHUNK, ids_select, within
from app.models.recorder import Recorder
from app.models.uncreating import uncreate
from app.models.visibility import alive
from app.services.importing.candidates import KEYS
from app.services.importing.merging import Level, OnDuplicate, Person, level, merged, person
from app.services.importing.options import ImportOptions
from app.services.importing.planned import FEW_LINES, Counts, ImportPlan
from app.services.importing.revising import revise

KNOWN_BY = (
    "first_name", "last_name", "full_name", "email", "labelled:email", "phone", "mobile", "company",
)  # fmt: skip

MEET_EMAIL = """
SELECT r.n, t.contact FROM touched_email t CROSS JOIN row r
    ON r.email = t.email AND r.email IS NOT NULL
UNION SELECT e.n, t.contact FROM touched_email t CROSS JOIN row_email e ON e.email = t.email
UNION SELECT b.n, k.contact FROM touched_key k CROSS JOIN bare_key b ON b.key = k.key
"""
MEET_BARE = f"""
SELECT r.n, k.contact FROM row r NOT INDEXED CROSS JOIN touched_key k
    ON k.key IN ({", ".join(f"r.{key}" for key in KEYS)}) WHERE k.bare
"""
"""A contact without address may be anybody with its name and number, so all rows are looked at."""


class Outrun(Exception):
    """Between the look and the last transaction somebody added one more of the newcomers."""


@dataclass(frozen=True, slots=True)
class Joins:
    """Newcomers of a plan who are contacts by now, as of the journal's `sequence`.

    contacts maps the newcomer's first row to the contact.
    """

    sequence: int
    contacts: Mapping[int, int] = field(default_factory=dict)

    def rows_of(self) -> dict[int, list[int]]:
        """The newcomers' rows by the contact they join."""
        found: dict[int, list[int]] = {}
        for n, contact in sorted(self.contacts.items()):
            found.setdefault(contact, []).append(n)
        return found


def look(
    connection: Connection, plan: ImportPlan, rows: sqlite3.Connection, since: int | None = None
) -> Joins:
    """Compare the contacts touched since the plan, or since a later moment, with its newcomers.

    rows is a connection to the plan file.
    """
    since = plan.sequence if since is None else since
    sequence = connection.execute(select(JournalHead.seq)).scalar_one()
    policy = OnDuplicate(plan.options["on_duplicate"])
    if sequence == since or policy is OnDuplicate.CREATE or not plan.counts.created:
        return Joins(sequence)
    return Joins(sequence, _matched(connection, plan, rows, _met(connection, rows, since)))


def join(
    recorder: Recorder,
    plan: ImportPlan,
    rows: sqlite3.Connection,
    joins: Joins,
    state: Mapping[str, Any],
) -> ImportPlan:
    """Give the rows to the contacts they belong to; the plan with the numbers as they are now.

    Raises Outrun when one of the contacts has gone again.
    """
    if not joins.contacts:
        return plan
    given = joins.rows_of()
    connection = recorder.connection
    those = Contact.id.in_(ids_select(connection, given))
    here = select(func.count(Contact.id)).where(those, alive(connection))
    if connection.execute(here).scalar_one() < len(given):
        raise Outrun
    uncreate(connection, recorder.op, _ids(rows, plan, joins, state["next"]))
    changed = revise(recorder, plan, rows, sorted(given), state, given)
    counts = _counted(plan.counts, rows, given, changed)
    _correct(recorder, state["batch"], counts)
    return replace(plan, counts=counts, warnings=(*plan.warnings, _warning(rows, joins)))


def require_all(
    connection: Connection, plan: ImportPlan, rows: sqlite3.Connection, joins: Joins
) -> None:
    """Hold the journal's head; raises Outrun when there is a newcomer that `joins` lacks."""
    connection.execute(select(JournalHead.seq).with_for_update())
    later = look(connection, plan, rows, joins.sequence)
    if later.contacts.keys() - joins.contacts.keys():
        raise Outrun


def _met(connection: Connection, rows: sqlite3.Connection, since: int) -> list[tuple[int, int]]:
    """Pairs of a row and a touched contact that share an address or a key."""
    rows.executescript(
        """
        DROP TABLE IF EXISTS temp.touched_email;
        DROP TABLE IF EXISTS temp.touched_key;
        CREATE TEMP TABLE touched_email (email TEXT, contact INTEGER);
        CREATE TEMP TABLE touched_key (key INTEGER, contact INTEGER, bare INTEGER);
        CREATE INDEX temp.touched_by_key ON touched_key (key);
        """
    )
    bare = False
    for contact in _touched(connection, since):
        emails = _addresses(contact)
        keys = {getattr(contact, key) for key in KEYS} - {None}
        bare = bare or not emails
        rows.executemany(
            "INSERT INTO touched_email VALUES (?, ?)", [(email, contact.id) for email in emails]
        )
        rows.executemany(
            "INSERT INTO touched_key VALUES (?, ?, ?)", [(k, contact.id, not emails) for k in keys]
        )
    return rows.execute(f"{MEET_EMAIL} UNION {MEET_BARE}" if bare else MEET_EMAIL).fetchall()


def _touched(connection: Connection, since: int) -> Iterator[Row[Any]]:
    """Living contacts that came, came back, or got another name, address or number."""
    later = select(Operation.id).where(Operation.seq > since)
    changes = (Change.tbl == "contact", Change.op.in_(later))
    masks = [
        mask
        for mask in connection.execute(select(Change.mask).distinct().where(*changes)).scalars()
        if needs_keys(mask) or "labelled:email" in mask.split(",")
    ]
    arrived = select(OpRange.lo, OpRange.hi).where(
        OpRange.tbl == "contact", OpRange.act.in_(("create", "revive")), OpRange.op.in_(later)
    )
    spans = [(lo, hi) for lo, hi in connection.execute(arrived)]
    changed = Contact.id.in_(select(Change.row).where(*changes, Change.mask.in_(masks)))
    columns = (Contact.id, Contact.email, Contact.labelled, *(getattr(Contact, k) for k in KEYS))
    living = alive(connection)
    for part in (changed, *within(connection, Contact.__table__.c.id, spans)):
        yield from connection.execute(select(*columns).where(part, living))


def _addresses(contact: Row[Any]) -> set[str]:
    further = {address for _, address in (contact.labelled or {}).get("email", ())}
    return further | {contact.email} if contact.email else further


def _matched(
    connection: Connection,
    plan: ImportPlan,
    rows: sqlite3.Connection,
    pairs: Iterable[tuple[int, int]],
) -> dict[int, int]:
    """The contact of each newcomer who is one, on the best ground; the older of two."""
    met: dict[int, set[int]] = {}
    for n, contact in pairs:
        if (newcomer := _newcomer(rows, n)) is not None:
            met.setdefault(newcomer, set()).add(contact)
    people = _people(connection, {contact for contacts in met.values() for contact in contacts})
    grounds = list(Level)
    found = {}
    for n, contacts in met.items():
        given = _given(rows, plan, n)
        known = [(level(given, people[one]), one) for one in contacts if one in people]
        on = sorted((grounds.index(ground), one) for ground, one in known if ground is not None)
        if on:
            found[n] = on[0][1]
    return found


def _newcomer(rows: sqlite3.Connection, n: int) -> int | None:
    """The first row of the new person that row `n` belongs to; None for another row."""
    fate = rows.execute("SELECT contact, first FROM fate WHERE n = ?", (n,)).fetchone()
    if fate is None:
        return n
    contact, first = fate
    return None if contact is not None or first is None else int(first)


def _given(rows: sqlite3.Connection, plan: ImportPlan, n: int) -> Person:
    """The newcomer as all the rows about this person make it."""
    policy = ImportOptions.from_dict(plan.options).rule
    columns = plan.layout.values
    told = rows.execute(
        f"SELECT {', '.join(columns)} FROM row WHERE n = ?1 "
        "OR n IN (SELECT n FROM fate WHERE first = ?1) ORDER BY n",
        (n,),
    )
    first, *others = [person(columns, values) for values in told]
    for other in others:
        first = merged(first, other, policy)
    return first


def _people(connection: Connection, contacts: Collection[int]) -> dict[int, Person]:
    wanted, found = sorted(contacts), dict[int, Person]()
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        held = read_fields(connection, table_named("contact"), part, KNOWN_BY)
        for contact, values in held.items():
            found[contact] = {name: value for name, value in values.items() if value}
    return found


def _ids(rows: sqlite3.Connection, plan: ImportPlan, joins: Joins, end: int) -> list[int]:
    """The ids that the newcomers' contacts were created with; `end` is the one after the last."""
    rows.executescript(
        "DROP TABLE IF EXISTS temp.joined; CREATE TEMP TABLE joined (n INTEGER PRIMARY KEY)"
    )
    rows.executemany("INSERT INTO joined VALUES (?)", [(n,) for n in joins.contacts])
    places = rows.execute(
        "SELECT place FROM (SELECT n, row_number() OVER (ORDER BY n) AS place FROM row "
        "WHERE n NOT IN (SELECT n FROM fate)) WHERE n IN (SELECT n FROM joined)"
    )
    before = end - plan.counts.created - 1
    return [before + place for (place,) in places]


def _counted(
    counts: Counts,
    rows: sqlite3.Connection,
    given: Mapping[int, Collection[int]],
    changed: Collection[int],
) -> Counts:
    """The five numbers with the joined rows where they belong now; their sum stays."""
    created, updated = counts.created, counts.updated
    unchanged, duplicates = counts.unchanged, counts.duplicates
    for contact, joined in given.items():
        created -= len(joined)
        planned = _any(rows, "SELECT 1 FROM fate WHERE contact = ? LIMIT 1", contact)
        duplicates += len(joined) - (not planned)
        if not planned:
            updated += contact in changed
            unchanged += contact not in changed
        elif contact in changed and not _any(rows, "SELECT 1 FROM diff WHERE row = ?", contact):
            updated, unchanged = updated + 1, unchanged - 1
    return replace(
        counts, created=created, updated=updated, unchanged=unchanged, duplicates=duplicates
    )


def _any(rows: sqlite3.Connection, query: str, key: int) -> bool:
    return rows.execute(query, (key,)).fetchone() is not None


def _correct(recorder: Recorder, batch: int, counts: Counts) -> None:
    """What the history and the batch say of the numbers."""
    params = {"created": counts.created, "updated": counts.updated}
    of_batch = update(ImportBatch).where(ImportBatch.id == batch)
    recorder.connection.execute(of_batch.values(counts=counts.as_dict()))
    own = update(Operation).where(Operation.id == recorder.op)
    recorder.connection.execute(own.values(params=params))


def _warning(rows: sqlite3.Connection, joins: Joins) -> Mapping[str, Any]:
    first = sorted(joins.contacts)[:FEW_LINES]
    lines = [rows.execute("SELECT line FROM row WHERE n = ?", (n,)).fetchone()[0] for n in first]
    words = trn(
        "Somebody added this person while the list was imported; the row was joined to them.",
        "Somebody added these people while the list was imported; the rows were joined to them.",
        len(joins.contacts),
    )
    return {"message": words, "count": len(joins.contacts), "lines": lines}
