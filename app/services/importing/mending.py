"""Puts a list right while it is read into the plan, and notes the rows that want a look.

The notes are three tables of the plan file, made only where somebody will look at them:

    problem_row  n, line, how bad, the cells as they are now, and what the mended ones were
    problem      n, column, kind, how bad
    written      what the columns of choices and countries hold, with how often
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.fields import FieldKind
from app.core.text import fold
from app.services.importing import staging
from app.services.importing.fixes import Fixes, Replacement, Rule
from app.services.importing.inspecting import Inspector
from app.services.importing.names import split_name
from app.services.importing.repairs import REPAIRS, mended
from app.services.importing.shape import FileShape, Records, Row
from app.services.importing.staging import canonical
from app.services.importing.totals import is_totals

if TYPE_CHECKING:
    from app.services.importing.filling import Filling

MOST_WARNED = 100_000
"""How many rows with nothing but warnings each worker notes; rejected rows all are."""
MOST_WRITTEN = 500

TABLES = """
CREATE TABLE problem_row (n INTEGER PRIMARY KEY, line INTEGER, level INTEGER, note TEXT,
    cells TEXT, was TEXT);
CREATE INDEX problem_row_level ON problem_row (level);
CREATE TABLE problem (n INTEGER, col INTEGER, kind TEXT, level INTEGER,
    PRIMARY KEY (n, col, kind)) WITHOUT ROWID;
CREATE INDEX problem_kind ON problem (col, kind);
CREATE TABLE written (col INTEGER, value TEXT, count INTEGER)
"""

_CHOSEN = (FieldKind.CHOICE, FieldKind.MULTI)

Mend = Callable[[list[str]], None]


def prepare(plan: Path) -> None:
    """Make the tables of the notes in an empty plan file."""
    with staging.opened(plan) as db:
        staging.script(db, TABLES)


def kept(blocks: Iterable[Records], fixes: Fixes) -> Iterator[Records]:
    """The blocks without the lines that are to be left out, numbered anew without gaps.

    Each reader must see every block then, since it counts what was left out before.
    """
    dropped, gone = frozenset(fixes.dropped), 0
    for block in blocks:
        if not fixes.drops:
            yield block
            continue
        left_out = {
            place
            for place, (line, cells, _) in enumerate(block)
            if line in dropped or (fixes.drop_totals and is_totals(cells))
        }
        yield replace(block.without(left_out), first=block.first - gone)
        gone += len(left_out)


class Mending:
    """What one worker does to the rows of its chunks; was holds the old cells of mended rows."""

    def __init__(self, filling: Filling) -> None:
        self._fixes, self._notes = filling.fixes, filling.notes
        self._width = len(filling.shape.columns)
        self._inspector = Inspector(
            filling.targets, filling.default_country, filling.statuses, self._width
        )
        self._mends = _compiled(filling.fixes, filling.shape, self._inspector)
        self._edits = _edits(filling.fixes, filling.shape)
        names = {name: i for i, name in enumerate(filling.shape.names)}
        self._quotes = any(rule.repair == "quote" for rule in filling.fixes.rules)
        self._splits = [names[name] for name in filling.fixes.splits if name in names]
        self._constants = list(filling.fixes.constants.values())
        self._counted = [
            target.index
            for target in filling.targets
            if target.index < self._width
            and (target.field.key == "country" or target.field.kind in _CHOSEN)
        ]
        self._was: dict[int, dict[int, str]] = {}
        self._rows: list[Row] = []
        self._written: list[Counter[str]] = []
        self._warned = 0

    @property
    def idle(self) -> bool:
        """Nothing is to be mended and nothing noted."""
        return not self._fixes and not self._notes

    def mend(self, block: Records) -> Records:
        """The records put right, each with the cells that are added to it."""
        self._was.clear()
        records = list(block)
        if self._notes:
            self._written = [Counter(r[1][i] for r in records if not r[2]) for i in self._counted]
        self._rows = [
            record
            if record[2] and not self._is_read(record)
            else self._mended(record[0], record[1])
            for record in records
        ]
        return Records.of(block.first, self._rows)

    def _is_read(self, record: Row) -> bool:
        """Whether a line that reading rejected is to be read all the same.

        Whoever types a cell of a row with too few or too many of them wants it; what stands behind
        the last column is let go.
        """
        line, cells, _ = record
        if line in self._edits:
            return True
        return self._quotes and len(cells) == self._width and any('"' in cell for cell in cells)

    def _mended(self, line: int, cells: list[str]) -> Row:
        if len(cells) != self._width:
            cells = [*cells[: self._width], *[""] * (self._width - len(cells))]
        before = list(cells)
        if self._quotes:
            cells = [cell.replace('"', "") if cell[:1] == '"' else cell for cell in cells]
        for mend in self._mends:
            mend(cells)
        for index, value in self._edits.get(line, ()):
            cells[index] = value
        if cells != before:
            self._was[line] = {
                i: old for i, (old, new) in enumerate(zip(before, cells, strict=True)) if old != new
            }
        added = [part for i in self._splits for part in split_name(cells[i])]
        return line, cells + added + self._constants, None

    def note(
        self,
        db: sqlite3.Connection,
        first: int,
        rejects: Sequence[tuple[int, int, str, str]],
        warnings: Sequence[tuple[int, int, str]],
    ) -> None:
        """Write the notes about the last chunk, whose rows are numbered from `first` on."""
        db.execute("BEGIN IMMEDIATE")
        if self._fixes.extra:
            own = [(canonical(self._rows[n - first][1][: self._width]), n) for n, *_ in rejects]
            db.executemany("UPDATE reject SET cells = ? WHERE n = ?", own)
        if self._notes:
            self._note_rows(db, first, rejects, warnings)
            self._note_values(db)
        db.execute("COMMIT")

    def _note_rows(
        self,
        db: sqlite3.Connection,
        first: int,
        rejects: Sequence[tuple[int, int, str, str]],
        warnings: Sequence[tuple[int, int, str]],
    ) -> None:
        said = {n: sentence for n, _, sentence in reversed(warnings)}
        room = MOST_WARNED - self._warned
        said = dict(sorted(said.items())[:room])
        said |= dict.fromkeys(self._totals(first), "")
        self._warned += len(said)
        said |= {n: sentence for n, _, sentence, _ in rejects}
        rejected = {n for n, *_ in rejects}
        rows, problems = [], []
        for n, sentence in said.items():
            line, cells, broken = self._rows[n - first]
            cells = cells if broken else cells[: self._width]
            found = self._inspector.find(
                self._rows[n - first][1], rejected=n in rejected, readable=broken is None
            )
            level = max(one.level for one in found)
            rows.append((n, line, level, sentence, canonical(cells), self._old(line)))
            problems += [(n, min(one.column, self._width), one.problem, one.level) for one in found]
        for n, (line, cells, _) in enumerate(self._rows, first):
            if line in self._was and n not in said:
                rows.append((n, line, 0, "", canonical(cells[: self._width]), self._old(line)))
        db.executemany("INSERT OR REPLACE INTO problem_row VALUES (?, ?, ?, ?, ?, ?)", rows)
        db.executemany("INSERT OR IGNORE INTO problem VALUES (?, ?, ?, ?)", problems)

    def _totals(self, first: int) -> list[int]:
        return [n for n, (_, cells, broken) in enumerate(self._rows, first)
                if not broken and is_totals(cells[: self._width])]  # fmt: skip

    def _old(self, line: int) -> str | None:
        return canonical(self._was[line]) if line in self._was else None

    def _note_values(self, db: sqlite3.Connection) -> None:
        rows = [
            (column, value, count)
            for column, counted in zip(self._counted, self._written, strict=True)
            for value, count in counted.most_common(MOST_WRITTEN)
            if value.strip()
        ]
        db.executemany("INSERT INTO written VALUES (?, ?, ?)", rows)


def _edits(fixes: Fixes, shape: FileShape) -> dict[int, list[tuple[int, str]]]:
    index = {name: i for i, name in enumerate(shape.names)}
    found: dict[int, list[tuple[int, str]]] = {}
    for edit in fixes.edits:
        if edit.column in index:
            found.setdefault(edit.line, []).append((index[edit.column], edit.value))
    return found


def _compiled(fixes: Fixes, shape: FileShape, inspector: Inspector) -> list[Mend]:
    """The fixes of whole columns, in the order in which they are applied."""
    index = {name: i for i, name in enumerate(shape.names)}
    mends: list[Mend] = [
        _replacing(index[one.column], one) for one in fixes.replacements if one.column in index
    ]
    mends += [
        _mapping(index[column], pairs) for column, pairs in fixes.values.items() if column in index
    ]
    for rule in fixes.rules:
        if rule.column in index and rule.repair in REPAIRS:
            mends.append(_repairing(index[rule.column], rule, inspector))
    return mends


def _replacing(index: int, wanted: Replacement) -> Mend:
    put = replacer(wanted)

    def mend(cells: list[str]) -> None:
        cells[index] = put(cells[index])

    return mend


def replacer(wanted: Replacement) -> Callable[[str], str]:
    """A function that finds and replaces in one text."""
    flags = 0 if wanted.match_case else re.IGNORECASE
    pattern = re.compile(re.escape(wanted.find), flags)
    if wanted.whole:
        return lambda text: wanted.put if pattern.fullmatch(text.strip()) else text
    return lambda text: pattern.sub(lambda _: wanted.put, text)


def _mapping(index: int, pairs: Any) -> Mend:  # noqa: ANN401
    known = {fold(written): put for written, put in pairs.items()}

    def mend(cells: list[str]) -> None:
        put = known.get(fold(cells[index].strip()))
        if put is not None:
            cells[index] = put

    return mend


def _repairing(index: int, rule: Rule, inspector: Inspector) -> Mend:
    repair = REPAIRS[rule.repair]

    def mend(cells: list[str]) -> None:
        wrong = inspector.problem_in(cells, index)
        if wrong is not None and rule.problem in ("", wrong):
            put = mended(repair, cells[index], inspector.domain(cells))
            if put is not None:
                cells[index] = put

    return mend
