"""Writers that are killed at any statement leave whole operations behind and no half of one.

Writers that are not killed, eight of them in two processes, lose nothing to one another.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.models.contacts import Contact, ContactTag
from app.models.journal import Operation
from app.models.journalled import read_fields
from app.models.recorder import Recorder
from app.services.audit import Audit
from app.services.operations import Operations
from tests.kill.harness import Kill, Nursery
from tests.models.bed import Bed

EVERY = os.environ.get("CAPTELY_TEST_PROFILE") == "full"
KILLS = 400 if EVERY else 24
SHARED = range(1, 7)
"""The contacts that all writers change."""


# The bodies below run in children.


def edit_and_undo(url: str, folder: str) -> None:
    """One edit of every kind of field, and its undo."""
    bed = Bed(url, Path(folder))
    bed.edit({n: {"city": "B", "custom:x": n, "tags": [1], "first_name": "Z"} for n in (1, 2, 3)})
    bed.operations.undo()
    bed.store.close()


def import_in_chunks(url: str, folder: str) -> None:
    """A long operation: three chunks of new contacts, then updates and the seal."""
    bed = Bed(url, Path(folder))
    op = bed.operations.begin("import", "Import {n} rows")
    for _ in range(3):
        with bed.operations.resume(op) as recorder:
            recorder.create("contact", [{"city": "N"}] * 4)
    with bed.operations.resume(op, sealing=True) as recorder:
        recorder.update("contact", {1: {"city": "U"}})
    bed.store.close()


def upgrade(url: str, folder: str) -> None:
    """Make a new workspace from nothing."""
    Bed(url, Path(folder)).store.close()


def moments(points: int, seed: int) -> list[int]:
    """Which statements to die at: all of them if they are few enough, else a sample."""
    every = list(range(1, points + 1))
    return every if len(every) <= KILLS else sorted(random.Random(seed).sample(every, KILLS))


@pytest.fixture
def bed(database_url: str, tmp_path: Path) -> Iterator[Bed]:
    """A workspace with three contacts, on SQLite, then on PostgreSQL."""
    bed = Bed(database_url, tmp_path)
    bed.tags("One")
    bed.add({"city": "A", "custom:x": 0}, {"city": "A"}, {"city": "A"})
    yield bed
    bed.store.close()


def test_an_edit_and_its_undo_are_each_done_or_not_done(
    nursery: Nursery, bed: Bed, database_url: str, tmp_path: Path
):
    before = bed.dump()
    whole = nursery.run(edit_and_undo, database_url, str(tmp_path))
    assert bed.dump() == before
    seen = {"before": 0, "edited": 0, "undone": 0}
    for nth in moments(whole.points["statement"], 1):
        count = Audit(bed.store).verify().entries
        nursery.run(edit_and_undo, database_url, str(tmp_path), kill=Kill(at="statement", nth=nth))

        verified = Audit(bed.store).verify()
        assert verified.ok, verified.message
        added = verified.entries - count
        if added == 1:
            assert bed.get(2, "city", "first_name", "custom") == ("B", "Z", {"x": 2})
            assert bed.operations.undo().kept == ()
        assert bed.dump() == before
        seen[("before", "edited", "undone")[added]] += 1
    assert seen["before"] > 0
    assert seen["edited"] > 0


def test_a_killed_import_is_invisible_and_can_be_rolled_back(
    nursery: Nursery, bed: Bed, database_url: str, tmp_path: Path
):
    before = bed.dump()
    whole = nursery.run(import_in_chunks, database_url, str(tmp_path))
    assert bed.operations.undo().undone == 13
    assert bed.dump() == before
    left_open = 0
    for nth in moments(whole.points["statement"], 2):
        fate = nursery.run(
            import_in_chunks, database_url, str(tmp_path), kill=Kill(at="statement", nth=nth)
        )

        with bed.store.reading() as connection:
            opened = select(Operation.id).where(Operation.state == "open")
            waiting = connection.execute(opened).scalars().all()
        for op in waiting:
            assert bed.get(1, "city") == "A", "an update was seen before the seal"
            bed.operations.roll_back(op)
            left_open += 1
        if not fate.killed or bed.dump() != before:
            assert not waiting
            bed.operations.undo()
        assert bed.dump() == before
        assert Audit(bed.store).verify().ok
    assert left_open > 0
    assert [row for (row,) in bed.rows(Contact.id) if row <= 3] == [1, 2, 3]


def test_a_workspace_killed_while_it_is_made_is_made_at_the_next_start(
    nursery: Nursery, tmp_path: Path
):
    first = tmp_path / "first"
    whole = nursery.run(upgrade, f"sqlite:///{first}.db", str(first))
    for nth in moments(whole.points["statement"], 3)[:: 1 if EVERY else 4]:
        url = f"sqlite:///{tmp_path / str(nth)}.db"
        assert nursery.run(upgrade, url, str(first), kill=Kill(at="statement", nth=nth)).killed

        bed = Bed(url, first)

        assert bed.add({"first_name": "Ada"}) == [1]
        assert len(bed.dump()["status"]) == 7
        bed.store.close()


@dataclass(slots=True)
class Writer:
    """One of eight people who change the same contacts at once; kept are the marks that must stay.

    A mark is a word appended to somebody's notes, which everybody appends to; the counts are of a
    custom field of one's own, beside those of the others in one column.
    """

    bed: Bed
    name: str
    tag: int
    chance: random.Random
    kept: dict[int, list[str]] = field(default_factory=lambda: {n: [] for n in SHARED})
    counts: dict[int, int] = field(default_factory=lambda: dict.fromkeys(SHARED, 0))
    tagged: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(SHARED, False))
    imported: int = 0
    operations: Operations = field(init=False)
    done: list[Callable[[bool], None]] = field(default_factory=list)

    def write(self, rounds: int) -> None:
        """As many changes, imports and undos."""
        self.operations = self.bed.of(self.name)
        acts = (self.append, self.append, self.count, self.count, self.retag, self.take_in)
        for turn in range(rounds):
            if self.done and self.chance.random() < 0.25:
                undone = self.operations.undo()
                self.done.pop()(bool(undone.kept))
            else:
                self.chance.choice(acts)(f"{self.name}.{turn};")

    def append(self, mark: str) -> None:
        """Append to the notes of two contacts what must be there in the end."""
        rows = self.chance.sample(SHARED, 2)
        with self.operations.recording("contact.edit", "Edit {n}") as recorder:
            self._append(recorder, rows, mark)
        self.done.append(lambda kept: self._forget(rows, mark, kept=kept))

    def _append(self, recorder: Recorder, rows: list[int], mark: str) -> None:
        held = recorder.read("contact", rows, ["notes"])
        recorder.update("contact", {n: {"notes": (held[n]["notes"] or "") + mark} for n in rows})
        for row in rows:
            self.kept[row].append(mark)

    def _forget(self, rows: list[int], mark: str, *, kept: bool) -> None:
        # What somebody has written behind a mark keeps it where it is; told apart at the end.
        for row in rows:
            self.kept[row].remove(mark)
            if kept:
                self.kept[row].append(f"?{mark}")

    def count(self, _mark: str) -> None:
        """Count up a field of one's own in a column that all share."""
        rows = self.chance.sample(SHARED, 3)
        key = f"custom:{self.name}"
        with self.operations.recording("contact.edit", "Edit {n}") as recorder:
            held = recorder.read("contact", rows, [key])
            recorder.update("contact", {n: {key: (held[n][key] or 0) + 1} for n in rows})
        self._counted(rows, 1)
        self.done.append(lambda _kept: self._counted(rows, -1))

    def _counted(self, rows: list[int], by: int) -> None:
        for row in rows:
            self.counts[row] += by

    def retag(self, _mark: str) -> None:
        """Give one's own tag to some, or take it from them."""
        rows = self.chance.sample(SHARED, 2)
        rows = [row for row in rows if self.tagged[row] == self.tagged[rows[0]]]
        had = self.tagged[rows[0]]
        with self.operations.recording("contact.tag", "Tag {n}") as recorder:
            (recorder.untag if had else recorder.tag)(rows, self.tag)
        self.tagged |= dict.fromkeys(rows, not had)
        self.done.append(lambda _kept: self.tagged.update(dict.fromkeys(rows, had)))

    def take_in(self, mark: str) -> None:
        """An import: new contacts in two chunks, then a change of one who was there."""
        rows = self.chance.sample(SHARED, 1)
        op = self.operations.begin("import", "Import {n} rows")
        for _ in range(2):
            with self.operations.resume(op) as recorder:
                recorder.create("contact", [{"city": self.name}] * 3)
        with self.operations.resume(op, sealing=True) as recorder:
            self._append(recorder, rows, mark)
        self.imported += 6
        self.done.append(lambda kept: self._taken_out(rows, mark, kept=kept))

    def _taken_out(self, rows: list[int], mark: str, *, kept: bool) -> None:
        self.imported -= 6
        self._forget(rows, mark, kept=kept)

    def told(self) -> dict[str, Any]:
        """What must be there in the end."""
        return {
            "name": self.name,
            "tag": self.tag,
            "kept": self.kept,
            "counts": self.counts,
            "tagged": self.tagged,
            "imported": self.imported,
        }


def write_with_others(url: str, folder: str, first: int, seed: int, rounds: int) -> list[Any]:
    """Four writers of one process at once, numbered from `first` on; what each has written."""
    bed = Bed(url, Path(folder))
    writers = [
        Writer(bed, f"w{n}", n, random.Random(seed * 100 + n)) for n in range(first, first + 4)
    ]
    with ThreadPoolExecutor(len(writers)) as pool:
        for future in [pool.submit(writer.write, rounds) for writer in writers]:
            future.result()
    bed.store.close()
    return [writer.told() for writer in writers]


@pytest.mark.parametrize("seed", range(1, 21 if EVERY else 2))
def test_eight_writers_in_two_processes_lose_no_update_undo_or_import(
    nursery: Nursery, bed: Bed, database_url: str, tmp_path: Path, seed: int
):
    bed.tags(*(f"Of {n}" for n in range(2, 9)))
    bed.add(*({"city": "A"} for _ in range(len(SHARED) - 3)))
    rounds = 40 if EVERY else 15
    rivals = [
        nursery.start(write_with_others, database_url, str(tmp_path), first, seed, rounds)
        for first in (1, 5)
    ]
    writers = [told for rival in rivals for told in rival.wait().value]

    verified = Audit(bed.store).verify()
    assert verified.ok, verified.message
    with bed.store.reading() as connection:
        now = read_fields(
            connection, Contact.__table__, SHARED, ["notes", *(f"custom:w{n}" for n in range(1, 9))]
        )
        tags = set(connection.execute(select(ContactTag.contact, ContactTag.tag)).all())
        cities = select(Contact.city, func.count()).where(Contact.deleted_op.is_(None))
        alive = dict(connection.execute(cities.group_by(Contact.city)).all())
    for row in SHARED:
        marks = [f"{mark};" for mark in (now[row]["notes"] or "").split(";") if mark]
        sure = [mark for told in writers for mark in told["kept"][str(row)] if mark[0] != "?"]
        open_ones = {mark[1:] for told in writers for mark in told["kept"][str(row)]} - set(sure)
        assert Counter(sure) <= Counter(marks), "an update was lost"
        assert set(marks) - set(sure) <= open_ones, "what was undone is there again"
        assert max(Counter(marks).values(), default=1) == 1, "an update was made twice"
    for told in writers:
        name = told["name"]
        counts = {str(row): now[row][f"custom:{name}"] or 0 for row in SHARED}
        assert counts == told["counts"], "a count was lost"
        carried = {str(row): (row, told["tag"]) in tags for row in SHARED}
        assert carried == told["tagged"], "a tag was lost"
        assert alive.get(name, 0) == told["imported"], "an import was lost"
