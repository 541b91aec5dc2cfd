"""Rows of a list and contacts of the workspace as persons, and what has become of each so far."""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from app.services.importing import candidates
from app.services.importing.merging import (
    OnDuplicate,
    PerField,
    Person,
    emails,
    keys,
    merged,
    person,
)
from app.services.importing.staging import Layout, canonical

LAST = 1 << 62
RECENT = 5_000


@dataclass(frozen=True, slots=True)
class Matching:
    """What one matching works with: the plan's layout, the rule, and unfinished imports' ranges."""

    layout: Layout
    policy: OnDuplicate | PerField
    hidden: tuple[tuple[int, int], ...] = ()


class People:
    """Reads rows and contacts of one matching as persons, and keeps what has become of them."""

    def __init__(self, db: sqlite3.Connection, matching: Matching) -> None:
        self.db = db
        self.policy = matching.policy
        self.layout = matching.layout
        self.alive = candidates.alive_sql(matching.hidden)
        self.any_contacts = candidates.any_in(db, "crm.contact")
        self.fields = (*matching.layout.natives, "custom", "labelled")
        self._rows: dict[int, Person] = {}
        self._states: dict[int, tuple[int, Person]] = {}
        self._row = f"SELECT {', '.join(matching.layout.values)} FROM row WHERE n = ?"
        self._contact = f"SELECT {', '.join(self.fields)} FROM crm.contact WHERE id = ?"

    def row(self, n: int) -> Person:
        """What row `n` says; not to be changed."""
        if (known := self._rows.get(n)) is None:
            known = person(self.layout.values, self.db.execute(self._row, (n,)).fetchone())
            _remember(self._rows, n, known)
        return known

    def base(self, who: int) -> Person:
        """The person before this import."""
        if who < 0:
            return self.row(-who)
        known = person(self.fields, self.db.execute(self._contact, (who,)).fetchone())
        if self.layout.tags is not None:
            known |= self.tags(who)
        return known

    def tags(self, contact: int) -> Person:
        """The names of a contact's tags, as a part of a person."""
        found = self.db.execute(
            "SELECT t.name FROM crm.contact_tag c JOIN crm.tag t ON t.id = c.tag "
            "WHERE c.contact = ? ORDER BY t.name",
            (contact,),
        )
        names = [name for (name,) in found]
        return {"tags": names} if names else {}

    def before(self, who: int, n: int) -> Person:
        """The person as left by every row before `n`."""
        if self.policy is OnDuplicate.SKIP:
            return self.base(who)
        since, state = self._kept(who) or (0, self.base(who))
        for later in self.rows(who, after=since, before=n):
            state = merged(state, self.row(later), self.policy)
        return state

    def _kept(self, who: int) -> tuple[int, Person] | None:
        if who not in self._states:
            kept = self.db.execute("SELECT n, state FROM person WHERE id = ?", (who,)).fetchone()
            return (kept[0], json.loads(kept[1])) if kept else None
        return self._states[who]

    def rows(self, who: int, *, after: int = 0, before: int = LAST) -> list[int]:
        """The rows between two others that have settled with a contact by now, in file order.

        None for a newcomer, whose rows are merged one after the other as they are resolved.
        """
        if who < 0:
            return []
        found = self.db.execute(
            "SELECT n FROM fate WHERE contact = ? AND n > ? AND n < ? ORDER BY n",
            (who, after, before),
        )
        return [n for (n,) in found]

    def learn(self, who: int, n: int, state: Person) -> None:
        """From row `n` on the person answers to every address and key of `state`."""
        addresses = emails(state)
        self.db.executemany(
            "INSERT OR IGNORE INTO known_email VALUES (?, ?)", [(e, who) for e in addresses]
        )
        self.db.executemany(
            "INSERT INTO known VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT DO UPDATE SET bare = ?4, n = min(n, ?3)",
            [(key, who, n, not addresses) for key in keys(state)],
        )

    def keep(self, who: int, n: int, state: Person) -> None:
        """Remember the person as left by row `n`."""
        _remember(self._states, who, (n, state))
        self.db.execute(
            "INSERT OR REPLACE INTO person VALUES (?, ?, ?)", (who, n, canonical(state))
        )


def _remember(recent: dict[int, Any], key: int, value: object) -> None:
    """Keep what is soon asked for again, and not much of it."""
    if len(recent) >= RECENT:
        recent.clear()
    recent[key] = value
