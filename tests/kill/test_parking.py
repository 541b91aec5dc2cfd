"""Parking killed at any moment loses no row and takes no place twice; nor do two at once."""

from __future__ import annotations

import csv
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import Busy, ContactLimit, ImportLimit, InvalidInput
from app.services.audit import Audit
from app.services.importing import ImportOptions, pacing
from app.services.importing.parking import Parking
from app.services.jobs import JobState
from tests.kill.harness import Kill, Nursery
from tests.services.importing.desk import Desk, open_desk

PEOPLE = 40
STEPS = (12, 12, 20, 100)
"""The limit of contacts at each step: some come in, nobody does, some more, all the others."""


def carry_on(folder: str, limit: int) -> dict[str, int]:
    """In a child: open the workspace as at a start and run the imports that have not ended.

    There are two where a kill came behind the last transaction of one: all of it is done but to
    note so, and the rows that it parked wait already.
    """
    pacing.FIRST_CHUNK = pacing.LEAST_CHUNK = pacing.MOST_CHUNK = 8
    pacing.SESSION_SECONDS = 0
    with open_desk(Path(folder)) as desk:
        desk.plan(contacts=limit, imports=1)
        desk.jobs.recover()
        done = {"created": 0, "parked": 0}
        for job in sorted(desk.jobs.views(active=True), key=lambda view: view.id):
            try:
                result = dict(desk.jobs.run(job.id).result or {})
            except ContactLimit:
                return {"created": 0, "parked": job.parked}
            done = {"created": result["created"], "parked": result["parked"]}
        return done


def import_at_once(folder: str, name: str, limit: int) -> int:
    """In a child: import a list beside another child; how many of it came in."""
    with open_desk(Path(folder)) as desk:
        desk.plan(contacts=limit)
        parking = Parking(allowed=True)
        job = desk.importing.start(Path(folder) / name, ImportOptions(parking=parking))
        return int((desk.jobs.run(job).result or {})["created"])


def import_the_last(folder: str, name: str) -> int:
    """In a child: import beside another child when the month has one import left."""
    with open_desk(Path(folder)) as desk:
        desk.plan(imports=1)
        try:
            job = desk.importing.start(Path(folder) / name)
            return int((desk.jobs.run(job).result or {})["created"])
        except ImportLimit:
            return 0


def resume_at_once(folder: str, job: int) -> int:
    """In a child: fetch parked rows beside another child; -1 where that one was faster."""
    with open_desk(Path(folder)) as desk:
        try:
            return int((desk.jobs.resume(job).result or {})["created"])
        except (Busy, InvalidInput):
            # It is running there, or has ended already.
            return -1


def listed(people: int, prefix: str = "p") -> str:
    rows = [f"{prefix}{n},{prefix}{n}@example.com,vip" for n in range(people)]
    return "\n".join(["First name,Email,Tags", *rows, f"again,{prefix}{people - 1}@example.com,"])


def prepared(folder: Path) -> None:
    with open_desk(folder) as desk:
        desk.importing.start(
            desk.list(listed(PEOPLE)), ImportOptions(tags=("fair",), parking=Parking(allowed=True))
        )


def look(folder: Path, limit: int) -> set[str]:
    """Who is a contact; everybody is that, or parked, or in a list whose import has not ended."""
    with open_desk(folder) as desk:
        desk.jobs.recover()
        assert Audit(desk.store).verify().ok
        counted = Counter(str(email) for (email,) in desk.people("email"))
        assert set(counted.values()) <= {1}
        assert len(counted) <= limit
        active = desk.jobs.views(active=True)
        parked = [job for job in active if job.parked]
        assert len(active) <= 2, active
        if not active or parked:
            waiting = _parked(desk) if active else set()
            assert counted.keys() | waiting == {f"p{n}@example.com" for n in range(PEOPLE)}
            if len(active) == 1 and not active[0].begun:
                assert not counted.keys() & waiting
        return set(counted)


def _parked(desk: Desk) -> set[str]:
    found: set[str] = set()
    for path in desk.workspace.parked.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found |= {row["Email"] for row in csv.DictReader(file)}
    return found


@pytest.mark.parametrize("wanted", [8, pytest.param(200, marks=pytest.mark.full)])
def test_a_kill_at_any_moment_loses_no_row(nursery: Nursery, tmp_path: Path, wanted: int) -> None:
    made, whole = tmp_path / "made", tmp_path / "whole"
    prepared(made)
    shutil.copytree(made, whole)
    fates = [nursery.run(carry_on, str(whole), limit) for limit in STEPS]
    assert [fate.value["created"] for fate in fates] == [12, 0, 8, 20]
    assert [fate.value["parked"] for fate in fates] == [29, 29, 21, 0]
    chance, struck, run = random.Random(7), 0, 0
    while struck < wanted:
        run += 1
        folder = tmp_path / f"run-{run}"
        shutil.copytree(made, folder)
        for limit, fate in zip(STEPS, fates, strict=True):
            at = chance.choice(["statement", "commit"])
            kill = Kill(at=at, nth=chance.randint(1, fate.points[at]))
            struck += nursery.run(carry_on, str(folder), limit, kill=kill).killed
            if len(look(folder, limit)) < min(limit, PEOPLE):
                nursery.run(carry_on, str(folder), limit)
            assert len(look(folder, limit)) == min(limit, PEOPLE)
        _check_the_end(folder)
        shutil.rmtree(folder)


def _check_the_end(folder: Path) -> None:
    with open_desk(folder) as desk:
        desk.jobs.recover()
        for job in desk.jobs.views(active=True):
            # Killed behind its last transaction: only its end was not noted yet.
            desk.jobs.run(job.id)
        assert desk.jobs.views(active=True) == []
        assert list(desk.workspace.parked.iterdir()) == []
        assert list(desk.workspace.plans.iterdir()) == []
        assert all(tags == {"fair", "vip"} for tags in desk.tags().values())
        assert {name for (name,) in desk.people("first_name")} == {f"p{n}" for n in range(PEOPLE)}


def test_two_imports_at_the_last_places_share_them(nursery: Nursery, tmp_path: Path) -> None:
    for turn in range(4):
        folder = tmp_path / str(turn)
        folder.mkdir()
        with open_desk(folder) as desk:
            desk.add(*({"first_name": f"X{n}"} for n in range(90)))
            for name in ("a", "b"):
                desk.list(listed(8, name), f"{name}.csv")
        children = [nursery.start(import_at_once, str(folder), f"{n}.csv", 100) for n in "ab"]
        created = [child.wait().value for child in children]
        assert sum(created) == 10
        with open_desk(folder) as desk:
            assert len(desk.people("email")) == 100
            rows = sum(view.parked for view in desk.jobs.views(active=True))
            # Each list names its last person twice, who is parked with both rows.
            assert rows in (7, 8)


def test_two_imports_cannot_both_be_the_months_last(nursery: Nursery, tmp_path: Path) -> None:
    for turn in range(4):
        folder = tmp_path / str(turn)
        folder.mkdir()
        with open_desk(folder) as desk:
            for name in ("a", "b"):
                desk.list(listed(8, name), f"{name}.csv")
        children = [nursery.start(import_the_last, str(folder), f"{n}.csv") for n in "ab"]
        assert sorted(child.wait().value for child in children) == [0, 8]
        with open_desk(folder) as desk:
            assert len(desk.people("email")) == 8


def test_parked_rows_resumed_twice_at_once_come_in_once(nursery: Nursery, tmp_path: Path) -> None:
    for turn in range(4):
        folder = tmp_path / str(turn)
        prepared(folder)
        nursery.run(carry_on, str(folder), 12)
        with open_desk(folder) as desk:
            [job] = desk.jobs.views(active=True)
        assert job.state is JobState.PAUSED
        children = [nursery.start(resume_at_once, str(folder), job.id) for _ in range(2)]
        created: list[Any] = sorted(child.wait().value for child in children)
        assert created == [-1, PEOPLE - 12]
        with open_desk(folder) as desk:
            assert len(desk.people("email")) == PEOPLE
