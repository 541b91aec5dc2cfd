"""Decides anew what a list changes in contacts that somebody edited while it was being loaded."""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from app.core.text import fold
from app.models.contacts import Contact
from app.models.json_sql import ids_select
from app.models.recorder import Recorder
from app.services.importing.merging import OnDuplicate, PerField, Person, merged, person
from app.services.importing.options import ImportOptions
from app.services.importing.planned import ImportPlan

BATCH = 500


def revise(
    recorder: Recorder,
    plan: ImportPlan,
    rows: sqlite3.Connection,
    contacts: Sequence[int],
    state: Mapping[str, Any],
    joined: Mapping[int, Sequence[int]] | None = None,
) -> set[int]:
    """Merge the rows of `contacts` into what these hold now; those whose fields changed by it.

    joined has further rows by contact, each the first of somebody the plan took for new. A
    contact that was deleted meanwhile stays as it is: whoever deleted it has seen it last.
    """
    changed: set[int] = set()
    for start in range(0, len(contacts), BATCH):
        part = contacts[start : start + BATCH]
        gone = _deleted(recorder.connection, part)
        given = {
            contact: _rows_of(rows, plan, contact, (joined or {}).get(contact, ()))
            for contact in part
            if contact not in gone
        }
        changed |= _merge(recorder, given, state, ImportOptions.from_dict(plan.options).rule)
    return changed


def _merge(
    recorder: Recorder,
    given: Mapping[int, Sequence[Person]],
    state: Mapping[str, Any],
    policy: OnDuplicate | PerField,
) -> set[int]:
    fields = {contact: _fields(told) for contact, told in given.items()}
    wanted = sorted({name for names in fields.values() for name in names})
    everyone = set() if policy is OnDuplicate.SKIP else set(state["everyone"])
    changes: dict[int, dict[str, Any]] = {}
    changed: set[int] = set()
    for contact, present in recorder.read("contact", given, wanted).items():
        held = set(present.pop("tags"))
        before = {name: value for name, value in present.items() if value not in (None, [])}
        after, tags = before, set(held)
        for told in given[contact]:
            named = [state["tags"].get(fold(name)) for name in told.get("tags", ())]
            tags |= {tag for tag in named if tag is not None and policy is not OnDuplicate.SKIP}
            after = merged(after, {f: v for f, v in told.items() if f != "tags"}, policy)
        if after != before or tags != held:
            changed.add(contact)
        changes[contact] = {name: after.get(name) for name in fields[contact] if name != "tags"}
        changes[contact]["tags"] = sorted(tags | everyone)
    recorder.update("contact", changes)
    return changed


def _deleted(connection: Connection, contacts: Sequence[int]) -> set[int]:
    within = Contact.id.in_(ids_select(connection, contacts))
    dead = select(Contact.id).where(within, Contact.deleted_op.is_not(None))
    return set(connection.execute(dead).scalars())


def _rows_of(
    rows: sqlite3.Connection, plan: ImportPlan, contact: int, joined: Iterable[int]
) -> list[Person]:
    columns = plan.layout.values
    firsts = ", ".join(str(int(n)) for n in joined) or "NULL"
    found = rows.execute(
        f"SELECT {', '.join(columns)} FROM row WHERE n IN ({firsts}) OR n IN "
        f"(SELECT n FROM fate WHERE contact = ? OR first IN ({firsts})) ORDER BY n",
        (contact,),
    )
    return [person(columns, values) for values in found]


def _fields(given: Sequence[Person]) -> list[str]:
    """Every field that merging may read or change."""
    names = {"first_name", "last_name", "full_name", "email", "labelled:email", "tags"}
    return sorted(names.union(*given))
