"""Decides for each row of a list who it is: a new person, a contact, or somebody already listed.

The result is what importing the rows one after the other would give, with these grounds in order:
e-mail (further addresses included), phone or mobile with an equal name, name with company. Of
several people on the best ground the contact with the lowest id wins, else the earliest row.

candidates.py settles nearly all rows at once; this module resolves the others in file order. Its
knowledge lies in tables of the plan file, so memory does not grow with the list:

    fate         n, the contact or the first row it belongs to, and the ground; no entry: created
    known_email  an address and the person it belongs to since an earlier candidate row
    known        the same for keys of name with phone or company, valid after row n
    person       what is known of a person so far, up to row n

A person is a positive number, the id of a contact, or a negative one, the first row of a newcomer.
"""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterator

from app.core.identity import DERIVED
from app.services.importing import candidates, differences, repeats
from app.services.importing.merging import (
    Level,
    OnDuplicate,
    Person,
    emails,
    keys,
    level,
    merged,
    split_keys,
)
from app.services.importing.people import Matching, People

CHUNK = 2_000

Report = Callable[[int, int], None]


def match(db: sqlite3.Connection, matching: Matching, report: Report) -> None:
    """Fill the plan's tables fate, person and diff.

    db is the plan file with the workspace's contacts attached as `crm`. report is called with the
    candidates resolved and their number; an exception it raises ends the matching.
    """
    candidates.prepare(db, (*matching.layout.values, *DERIVED, "search_text"))
    repeats.prepare(db)
    if matching.policy is OnDuplicate.CREATE:
        return
    candidates.index(db)
    candidates.by_email(db, matching.hidden)
    repeats.gather(db)
    people = People(db, matching)
    differences.of_settled(db, people)
    candidates.by_keys(db)
    repeats.settle(db, people)
    Resolver(db, people).run(report)
    differences.of_resolved(db, people)


class Resolver:
    """Resolves the candidates in file order."""

    def __init__(self, db: sqlite3.Connection, people: People) -> None:
        self.db = db
        self.people = people
        alive = people.alive
        self._by_email = (
            "SELECT min(id) FROM ("
            f"SELECT c.id FROM crm.contact c WHERE c.email = ?1 AND {alive} UNION ALL "
            "SELECT c.id FROM crm.contact_key k JOIN crm.contact c ON c.id = k.contact "
            f"WHERE k.email = ?1 AND {alive})"
        )
        parts = [
            f"SELECT c.id FROM crm.contact c WHERE c.{column} IN ({among}) AND {alive}{{0}}"
            for column, among in zip(candidates.KEYS, ("?1, ?2", "?1, ?2", "?3"), strict=True)
        ]
        self._by_key = " UNION ".join(parts).format("")
        self._by_key_without_email = " UNION ".join(parts).format(" AND c.email IS NULL")

    def run(self, report: Report) -> None:
        """Give every candidate its fate."""
        for done, n in enumerate(self._in_order(), 1):
            self._resolve(n)
            if done % 500 == 0:
                report(done, self._left(n) + done)

    def _left(self, n: int) -> int:
        return int(
            self.db.execute("SELECT count(*) FROM candidate WHERE n > ?", (n,)).fetchone()[0]
        )

    def _in_order(self) -> Iterator[int]:
        """Candidates by row; those promoted meanwhile come in their place."""
        self._promoted: list[int] = []
        last = 0
        while True:
            found = self.db.execute(
                "SELECT n FROM candidate WHERE n > ? ORDER BY n LIMIT ?", (last, CHUNK)
            ).fetchall()
            if not found:
                return
            end = found[-1][0]
            self._promoted = []
            queue = [n for (n,) in found]
            heapq.heapify(queue)
            while queue:
                yield heapq.heappop(queue)
                while self._promoted:
                    if (promoted := self._promoted.pop()) < end:
                        heapq.heappush(queue, promoted)
            last = end

    def _resolve(self, n: int) -> None:
        given = self.people.row(n)
        who, ground = self._find(n, given)
        if who is None or ground is None:
            self._learn(-n, n, given, keys(given))
            return
        contact, first = (who, None) if who > 0 else (None, -who)
        self.db.execute("INSERT INTO fate VALUES (?, ?, ?, ?)", (n, contact, first, ground.value))
        if self.people.policy is not OnDuplicate.SKIP:
            self._merge(who, n, given)

    def _merge(self, who: int, n: int, given: Person) -> None:
        before = self.people.before(who, n)
        state = merged(before, given, self.people.policy)
        self.people.keep(who, n, state)
        self._learn(who, n, state, keys(given) | keys(before))
        # Rows settled by their address may lie further down: what they add, they add to this.
        for later in self.people.rows(who, after=n):
            before, given = state, self.people.row(later)
            state = merged(before, given, self.people.policy)
            self._learn(who, later, state, keys(given) | keys(before))

    def _find(self, n: int, given: Person) -> tuple[int | None, Level | None]:
        addresses = sorted(emails(given))
        owners = {who for email in addresses for who in self._owners(email)}
        if owners:
            return min(owners, key=_precedence), Level.EMAIL
        best: dict[Level, list[int]] = {}
        for who in self._sharing(n, given, bare_only=bool(addresses)):
            ground = level(given, self.people.before(who, n))
            if ground is not None:
                best.setdefault(ground, []).append(who)
        for ground in Level:
            if ground in best:
                return min(best[ground], key=_precedence), ground
        return None, None

    def _owners(self, email: str) -> Iterator[int]:
        """The first contact and the newcomer who have this address."""
        if self.people.any_contacts:
            first = self.db.execute(self._by_email, (email,)).fetchone()[0]
            if first is not None:
                yield first
        for (who,) in self.db.execute("SELECT person FROM known_email WHERE email = ?", (email,)):
            yield who

    def _sharing(self, n: int, given: Person, *, bare_only: bool) -> set[int]:
        """People with one of the row's keys; those with an address only if the row has none."""
        numbers, company = split_keys(given)
        one, two = [*numbers, None, None][:2]
        found: set[int] = set()
        if self.people.any_contacts:
            query = self._by_key_without_email if bare_only else self._by_key
            found |= _ids(self.db.execute(query, (one, two, company)))
        learnt = "SELECT person FROM known WHERE key IN (?, ?, ?) AND n < ? AND bare >= ?"
        found |= _ids(self.db.execute(learnt, (one, two, company, n, bare_only)))
        return found

    def _learn(self, who: int, n: int, state: Person, expected: set[int]) -> None:
        """From row `n` on the person answers to every address and key of `state`.

        expected are the keys whose sharers are candidates already.
        """
        addresses = emails(state)
        self.people.learn(who, n, state)
        for key in keys(state) - expected:
            self._promote(key, n, bare_only=bool(addresses))

    def _promote(self, key: int, n: int, *, bare_only: bool) -> None:
        for later in candidates.concerned(self.db, key, n, bare_only=bare_only):
            for row in repeats.reopen(self.db, later) or [later]:
                if row <= n:
                    # Nothing before this moment concerned it: it is resolved as in its turn.
                    self._resolve(row)
                elif candidates.promote(self.db, row):
                    self._promoted.append(row)


def _precedence(who: int) -> tuple[bool, int]:
    return (who < 0, abs(who))


def _ids(rows: sqlite3.Cursor) -> set[int]:
    return {row[0] for row in rows}
