"""Decides anew what a list changes in contacts that somebody edited while it was being loaded."""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.core.text import fold
from app.models.contacts import Contact
from app.models.recorder import Recorder
from app.services.importing.merging import OnDuplicate, Person, merged, person
from app.services.importing.options import ImportOptions
from app.services.importing.planned import ImportPlan


def revise(
    recorder: Recorder,
    plan: ImportPlan,
    rows: sqlite3.Connection,
    moved: list[int],
    state: Mapping[str, Any],
) -> None:
    """Merge the rows of the contacts in `moved` into what these hold now.

    A contact that was deleted meanwhile stays as it is: whoever deleted it has seen it last.
    """
    policy = ImportOptions.from_dict(plan.options).rule
    gone = set(recorder.connection.execute(_deleted(moved)).scalars())
    for contact in moved:
        if contact in gone:
            continue
        given = _rows_of(rows, plan, contact)
        fields = _fields(given)
        present = recorder.read("contact", [contact], fields)[contact]
        tags = set(present.pop("tags"))
        before = {field: value for field, value in present.items() if value not in (None, [])}
        after = before
        for one in given:
            named = [state["tags"].get(fold(name)) for name in one.get("tags", ())]
            tags |= {tag for tag in named if tag is not None and policy is not OnDuplicate.SKIP}
            after = merged(after, {f: v for f, v in one.items() if f != "tags"}, policy)
        if policy is not OnDuplicate.SKIP:
            tags |= set(state["everyone"])
        changes = {field: after.get(field) for field in fields if field != "tags"}
        recorder.update("contact", {contact: {**changes, "tags": sorted(tags)}})


def _deleted(contacts: list[int]) -> Any:  # noqa: ANN401
    return select(Contact.id).where(Contact.id.in_(contacts), Contact.deleted_op.is_not(None))


def _rows_of(rows: sqlite3.Connection, plan: ImportPlan, contact: int) -> list[Person]:
    columns = plan.layout.values
    found = rows.execute(
        f"SELECT {', '.join(f'r.{c}' for c in columns)} FROM fate f JOIN row r ON r.n = f.n "
        "WHERE f.contact = ? ORDER BY f.n",
        (contact,),
    )
    return [person(columns, values) for values in found]


def _fields(given: list[Person]) -> list[str]:
    """Every field that merging may read or change."""
    names = {"first_name", "last_name", "full_name", "email", "labelled:email", "tags"}
    return sorted(names.union(*given))
