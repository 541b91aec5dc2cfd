"""The rows of a plan that want a look: what is wrong in which cell, and what would put it right."""
# ruff: noqa: S608 - statements are put together from names of our own only

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core.fields import FieldKind
from app.core.text import fold
from app.services.importing import staging, values
from app.services.importing.countries import country_code
from app.services.importing.fixes import Replacement, Rule
from app.services.importing.inspecting import ERROR, Inspector
from app.services.importing.mending import replacer
from app.services.importing.normalise import Target
from app.services.importing.repairs import (
    REPAIRS,
    Problem,
    Repair,
    mended,
    outcome,
    repair_for,
    title,
)

SHOWN = 20
CHOSEN = (FieldKind.CHOICE, FieldKind.MULTI)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one cell; column is -1 for the row as a whole.

    repair is what is offered for it and put what the cell would then hold, both None if nothing
    is: then `outcome` of the problem says what becomes of it.
    """

    column: int
    problem: Problem
    error: bool
    repair: Repair | None = None
    put: str | None = None

    @property
    def title(self) -> str:
        """What is wrong, in the user's language."""
        return title(self.problem)

    @property
    def outcome(self) -> str:
        """What becomes of it if nobody repairs it."""
        return outcome(self.problem)


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One row that wants a look, or was put right.

    cells are the row's as they are now, was the old ones of those that were changed, by column.
    sentence is why it is rejected, or its first warning.
    """

    n: int
    line: int
    cells: tuple[str, ...]
    flaws: tuple[Flaw, ...]
    was: Mapping[int, str]
    sentence: str

    @property
    def rejected(self) -> bool:
        """True for a row that will not be imported as it stands."""
        return any(flaw.error for flaw in self.flaws)

    def flaw(self, column: int) -> Flaw | None:
        """What is wrong with one cell."""
        return next((flaw for flaw in self.flaws if flaw.column == column), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which problem rows to list: level is "", "errors", "warnings" or "fixed"."""

    level: str = ""
    column: int | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """How many rows there are of each level, and of each kind of problem in each column."""

    errors: int = 0
    warnings: int = 0
    fixed: int = 0
    kinds: tuple[tuple[int, Problem, int], ...] = ()

    @property
    def columns(self) -> list[int]:
        """The columns that have problems, those with most of them first."""
        found = Counter[int]()
        for column, _, count in self.kinds:
            if column >= 0:
                found[column] += count
        return [column for column, _ in found.most_common()]

    @property
    def all(self) -> int:
        """Rows that still want a look."""
        return self.errors + self.warnings

    def count(self, wanted: Wanted) -> int | None:
        """The number of rows of a whole level; None where they have to be counted."""
        if wanted.column is not None or wanted.problem is not None:
            return None
        return {"": self.all, "errors": self.errors, "warnings": self.warnings}.get(
            wanted.level, self.fixed
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One cell as a rule or a replacement would change it."""

    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changing:
    """What a rule or a replacement would change: how many cells, and the first of them."""

    count: int
    first: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenValue:
    """A text that a column of choices, statuses or countries holds and nobody knows."""

    column: int
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Problems:
    """Reads the notes of one plan; all of it may run in the read pool."""

    plan: Path
    targets: tuple[Target, ...]
    names: tuple[str, ...]
    statuses: Mapping[str, str] = field(default_factory=dict)
    default_country: str = ""

    def overview(self) -> Overview:
        """The numbers behind the filters."""
        with staging.reading(self.plan) as db:
            levels = dict(db.execute("SELECT level, count(*) FROM problem_row GROUP BY level"))
            fixed = db.execute("SELECT count(*) FROM problem_row WHERE was IS NOT NULL")
            kinds = db.execute(
                "SELECT col, kind, count(*) FROM problem GROUP BY col, kind ORDER BY 3 DESC, 1, 2"
            )
            return Overview(
                errors=levels.get(2, 0),
                warnings=levels.get(1, 0),
                fixed=fixed.fetchone()[0],
                kinds=tuple((col, Problem(kind), count) for col, kind, count in kinds),
            )

    def count(self, wanted: Wanted) -> int:
        """How many rows `rows` lists."""
        where, filled = _where(wanted)
        with staging.reading(self.plan) as db:
            query = f"SELECT count(*) FROM problem_row r WHERE {where}"
            return int(db.execute(query, filled).fetchone()[0])

    def rows(self, wanted: Wanted, offset: int, limit: int) -> list[ProblemRow]:
        """Some rows in file order."""
        where, filled = _where(wanted)
        query = (
            f"SELECT n, line, note, cells, was FROM problem_row r WHERE {where} "
            "ORDER BY n LIMIT ? OFFSET ?"
        )
        inspector = self._inspector()
        with staging.reading(self.plan) as db:
            found = db.execute(query, (*filled, limit, offset)).fetchall()
            return [self._row(db, inspector, *row) for row in found]

    def by_rule(self, rule: Rule) -> Changing:
        """What a rule would change."""
        column, repair = self.names.index(rule.column), REPAIRS[rule.repair]
        inspector, found, count = self._inspector(), list[Change](), 0
        wanted = Wanted("", column, Problem(rule.problem) if rule.problem else None)
        where, filled = _where(wanted)
        query = f"SELECT line, cells FROM problem_row r WHERE {where} ORDER BY n"
        with staging.reading(self.plan) as db:
            for line, stored in db.execute(query, filled):
                cells = json.loads(stored)
                put = mended(repair, cells[column], inspector.domain(cells))
                if put is None:
                    continue
                count += 1
                if len(found) < SHOWN:
                    found.append(Change(line, cells[column], put))
        return Changing(count, tuple(found))

    def _inspector(self) -> Inspector:
        return Inspector(self.targets, self.default_country, self.statuses, len(self.names))

    def _row(
        self,
        db: sqlite3.Connection,
        inspector: Inspector,
        n: int,
        line: int,
        note: str,
        stored: str,
        was: str | None,
    ) -> ProblemRow:
        cells = json.loads(stored)
        kinds = db.execute("SELECT col, kind, level FROM problem WHERE n = ?", (n,))
        flaws = tuple(
            _flaw(inspector, cells, col, Problem(kind), level) for col, kind, level in kinds
        )
        old = {int(i): text for i, text in json.loads(was).items()} if was else {}
        return ProblemRow(n, line, tuple(cells), flaws, old, note)

    def unknown(self) -> list[WrittenValue]:
        """Texts of choices, statuses and countries that nobody knows, the most frequent first."""
        kinds = {t.index: t for t in self.targets}
        query = (
            "SELECT col, min(value), sum(count) FROM written GROUP BY col, value "
            "ORDER BY 3 DESC, 2 LIMIT 2000"
        )
        statuses = values.choices(self.statuses)
        with staging.reading(self.plan) as db:
            return [
                WrittenValue(column, text, count)
                for column, text, count in db.execute(query)
                if column in kinds and not _is_known(kinds[column], text, statuses)
            ]


def _flaw(
    inspector: Inspector, cells: Sequence[str], column: int, problem: Problem, level: int
) -> Flaw:
    repair = repair_for(problem)
    inside = 0 <= column < len(cells)
    put = mended(repair, cells[column], inspector.domain(cells)) if repair and inside else None
    return Flaw(column, problem, level == ERROR, repair if put is not None else None, put)


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    parts = [{"": "level > 0", "errors": "level = 2", "warnings": "level = 1"}.get(
        wanted.level, "was IS NOT NULL")]  # fmt: skip
    inner, found = [], list[Any]()
    if wanted.column is not None:
        inner.append("col = ?")
        found.append(wanted.column)
    if wanted.problem is not None:
        inner.append("kind = ?")
        found.append(wanted.problem.value)
    if inner:
        parts.append(f"n IN (SELECT n FROM problem WHERE {' AND '.join(inner)})")
    return " AND ".join(parts), found


def _is_known(target: Target, text: str, statuses: Mapping[str, str]) -> bool:
    if target.field.key == "country":
        return country_code(text) is not None
    known = statuses if target.field.key == "status" else values.choices(target.field.choices)
    parts = text.replace(";", ",").split(",") if target.field.kind is FieldKind.MULTI else [text]
    return all(fold(values.tidy(part)) in known for part in parts if part.strip())


def replacing(rows: Iterator[tuple[int, str]], wanted: Replacement) -> Changing:
    """What a replacement would change in (line, text) pairs of one column."""
    put, found, count = replacer(wanted), list[Change](), 0
    for line, text in rows:
        after = put(text)
        if after != text:
            count += 1
            if len(found) < SHOWN:
                found.append(Change(line, text, after))
    return Changing(count, tuple(found))
