"""Writers that are killed at any statement leave whole operations behind and no half of one."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.models.contacts import Contact
from app.models.journal import Operation
from app.services.audit import Audit
from tests.kill.harness import Kill, Nursery
from tests.models.bed import Bed

EVERY = os.environ.get("CAPTELY_TEST_PROFILE") == "full"
KILLS = 400 if EVERY else 24


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
