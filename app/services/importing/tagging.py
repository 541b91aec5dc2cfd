"""Turns the tags of a plan from names into ids once the run has made the missing ones.

A contact has one change in an operation, so the tags join the other changes of its fields. The
result is the table `retagged`, whose rows stand in for those of `diff`.
"""
# ruff: noqa: S608 - a condition of ours

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.text import fold
from app.services.importing import staging
from app.services.importing.merging import OnDuplicate
from app.services.importing.parking import PARKED
from app.services.importing.planned import ImportPlan
from app.services.importing.staging import canonical

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Tagging:
    """The plan, the contacts' file, the ids of tags by folded name, and what everybody gets."""

    plan: Path
    crm: Path
    ids: Mapping[str, int]
    everyone: tuple[int, ...]


def are_given(plan: ImportPlan, state: Mapping[str, Any]) -> bool:
    """Whether contacts may get tags; skip leaves those alone that were there before.

    state is the cursor of the job, whose `everyone` are the tags of all contacts.
    """
    skips = plan.options["on_duplicate"] == OnDuplicate.SKIP.value
    # A column of tags in which nobody has any still needs the table that `_row_tags` looks into.
    return plan.layout.tags is not None or bool(state["everyone"] and not skips)


def names_in(plan: Path) -> list[str]:
    """Every tag that a row gives, each once however it is capitalised; not those of parked rows."""
    query = (
        "SELECT j.value FROM row r CROSS JOIN json_each(r.tags) j WHERE r.tags IS NOT NULL "
        f"AND r.n NOT IN (SELECT n FROM fate WHERE {PARKED}) GROUP BY j.value ORDER BY min(r.n)"
    )
    with staging.reading(plan) as db:
        names: dict[str, str] = {}
        for (name,) in db.execute(query):
            names.setdefault(fold(name), name)
        return list(names.values())


def retag(report: Callable[[int], None], tagging: Tagging) -> None:
    """Write the tables `tag_id` and `retagged` into the plan; doing it again is harmless."""
    with staging.opened(tagging.plan) as db:
        address = f"{tagging.crm.absolute().as_uri()}?mode=ro"
        db.execute("ATTACH DATABASE ? AS crm", (address,))
        db.execute("BEGIN")
        staging.script(
            db,
            """
            DROP TABLE IF EXISTS tag_id;
            DROP TABLE IF EXISTS retagged;
            CREATE TABLE tag_id (name TEXT PRIMARY KEY, tag INTEGER) WITHOUT ROWID;
            CREATE TABLE retagged (row INTEGER PRIMARY KEY, version INTEGER, mask TEXT,
                before TEXT, after TEXT)
            """,
        )
        _name_ids(db, tagging)
        batch: list[tuple[Any, ...]] = []
        concerned = db.execute(_concerned(tagging))
        for done, (contact, version, before, after) in enumerate(concerned):
            batch += _retagged(db, tagging, contact, version, _open(before), _open(after))
            if len(batch) >= BATCH:
                _write(db, batch)
                report(done)
        _write(db, batch)
        db.execute("COMMIT")


def _name_ids(db: sqlite3.Connection, tagging: Tagging) -> None:
    # The same tag may be written in several ways, each of which has its row here.
    written = db.execute(
        "SELECT DISTINCT j.value FROM row r CROSS JOIN json_each(r.tags) j WHERE r.tags IS NOT NULL"
    ).fetchall()
    pairs = [(name, tagging.ids[fold(name)]) for (name,) in written if fold(name) in tagging.ids]
    db.executemany("INSERT INTO tag_id VALUES (?, ?)", pairs)


def _concerned(tagging: Tagging) -> str:
    """Contacts whose tags may change; everybody in the list if there are tags for everybody."""
    if not tagging.everyone:
        return (
            "SELECT row, version, before, after FROM diff WHERE ',' || mask || ',' LIKE '%,tags,%'"
        )
    return (
        "SELECT f.contact, c.version, d.before, d.after FROM "
        "(SELECT DISTINCT contact FROM fate WHERE contact IS NOT NULL) f "
        "CROSS JOIN crm.contact c ON c.id = f.contact LEFT JOIN diff d ON d.row = f.contact"
    )


def _retagged(
    db: sqlite3.Connection,
    tagging: Tagging,
    contact: int,
    version: int,
    before: dict[str, Any],
    after: dict[str, Any],
) -> Iterable[tuple[Any, ...]]:
    held = [
        tag
        for (tag,) in db.execute(
            "SELECT tag FROM crm.contact_tag WHERE contact = ? ORDER BY tag", (contact,)
        )
    ]
    named = [tagging.ids.get(fold(name)) for name in after.pop("tags", None) or ()]
    before.pop("tags", None)
    wanted = sorted({*held, *tagging.everyone, *(tag for tag in named if tag is not None)})
    if wanted != held:
        before["tags"], after["tags"] = held, wanted
    if after or named:
        mask = ",".join(sorted(after))
        yield contact, version, mask, canonical(before), canonical(after)


def _open(image: str | None) -> dict[str, Any]:
    return json.loads(image) if image else {}


def _write(db: sqlite3.Connection, batch: list[tuple[Any, ...]]) -> None:
    db.executemany("INSERT INTO retagged VALUES (?, ?, ?, ?, ?)", batch)
    batch.clear()
