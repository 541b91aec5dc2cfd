"""Finishes a filled plan file: matches its rows with the contacts and seals the decisions.

Runs in a worker process for a long list, hence without the database library.
"""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from app.core.plans import UNLIMITED
from app.services.importing import newcomers, planned, staging
from app.services.importing.matching import match
from app.services.importing.parking import Parking, park
from app.services.importing.people import Matching

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Deciding:
    """What is needed to decide: the plan, the contacts' file, and what the digest covers.

    places are how many contacts may be there, UNLIMITED for any number, and how many count already.
    """

    plan: Path
    crm: Path
    matching: Matching
    inputs: dict[str, Any]
    parking: Parking = field(default_factory=Parking)
    places: tuple[int, int] = (UNLIMITED, 0)


def decide(report: Report, deciding: Deciding) -> dict[str, Any]:
    """Match the rows, and return counts, digest, warnings, wall and the journal's sequence number.

    All of it is one view of the contacts: changes made meanwhile are seen by the run.
    """
    with staging.opened(deciding.plan) as db:
        _attach(db, deciding.crm)
        db.execute("BEGIN")
        sequence = db.execute("SELECT max(seq) FROM crm.journal_head").fetchone()[0] or 0
        match(db, replace(deciding.matching, hidden=_hidden(db)), report)
        wall = park(db, deciding.matching.layout, deciding.parking, deciding.places)
        newcomers.note(db)
        db.execute("DROP VIEW IF EXISTS fates")
        db.execute(planned.VIEW)
        decided = {
            "counts": planned.count(db).as_dict(),
            "digest": planned.digest(db, deciding.inputs),
            "warnings": planned.warnings(db),
            "sequence": sequence,
            "wall": wall and asdict(wall),
        }
        db.execute("COMMIT")
    return decided


def _hidden(db: sqlite3.Connection) -> tuple[tuple[int, int], ...]:
    """What imports under way have created so far, in the same view as the contacts themselves."""
    if not db.execute("SELECT 1 FROM crm.sqlite_master WHERE name = 'op_range'").fetchone():
        # A copy has only living contacts.
        return ()
    return tuple(
        db.execute(
            "SELECT r.lo, r.hi FROM crm.op_range r JOIN crm.operation o ON o.id = r.op "
            "WHERE o.state = 'open' AND r.tbl = 'contact' AND r.act = 'create'"
        )
    )


def decide_again(report: Report, deciding: Deciding) -> int:
    """Match once more against today's contacts; returns how many rows now have another fate."""
    with staging.opened(deciding.plan) as db:
        db.execute("DROP TABLE IF EXISTS old_fate")
        db.execute("DROP TABLE IF EXISTS old_diff")
        db.execute("CREATE TABLE old_fate AS SELECT n, contact, first FROM fate")
        db.execute("CREATE TABLE old_diff AS SELECT n, row, mask, before, after FROM diff")
    decide(report, deciding)
    with staging.opened(deciding.plan) as db, closing(db.cursor()) as cursor:
        return _moved(cursor)


def _moved(cursor: sqlite3.Cursor) -> int:
    fate, diff = "SELECT n, contact, first FROM", "SELECT n, row, mask, before, after FROM"
    parts = [
        f"SELECT n FROM ({columns} {one} EXCEPT {columns} {other})"
        for columns, name in ((fate, "fate"), (diff, "diff"))
        for one, other in ((f"old_{name}", name), (name, f"old_{name}"))
    ]
    query = f"SELECT count(*) FROM ({' UNION '.join(parts)})"
    return int(cursor.execute(query).fetchone()[0])


def _attach(db: sqlite3.Connection, crm: Path) -> None:
    address = f"{crm.absolute().as_uri()}?mode=ro"
    db.execute("ATTACH DATABASE ? AS crm", (address,))
