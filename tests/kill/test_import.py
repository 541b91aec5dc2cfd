"""An import that is killed at any moment and resumed ends as if nothing had happened."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.models.contacts import Contact
from app.models.indexes import missing_indexes
from app.models.journal import Operation, SearchDirty
from app.models.visibility import alive
from app.services.audit import Audit
from app.services.importing import ImportOptions, indexer, pacing, planning, running
from app.services.jobs import JobState
from app.services.rows import read_texts
from tests.kill.harness import Kill, Nursery
from tests.services.importing.desk import Desk, five, open_desk

ROWS = 120
EXPECTED = (ROWS - 5, 10, 5, 6, 2)


def import_list(folder: str, job: int, apart: bool) -> list[int]:
    """In a child: open the workspace as at a start, then run the job; the five numbers."""
    pacing.FIRST_CHUNK = pacing.LEAST_CHUNK = pacing.MOST_CHUNK = 16
    pacing.SESSION_SECONDS = 0
    running.LOAD_WITHOUT_INDEXES = 50
    if apart:
        # Readers, the comparing and the indexer that follows are processes of their own.
        planning.SMALL_BYTES = 0
        indexer.WORTH_FOLLOWING = indexer.STEP = 10
    with open_desk(Path(folder)) as desk:
        desk.jobs.recover()
        return list(five(dict(desk.jobs.run(job).result or {})))


def listed() -> str:
    lines = [f"P{n},Q{n},p{n}@example.com,,Acme {n % 7},vip" for n in range(ROWS + 10)]
    again = [f"P{n},,p{n}@example.com,+3361234567{n},," for n in range(6)]
    return "\n".join(
        ["First name,Last name,Email,Phone,Company,Tags", *lines, *again, "X,,no,,,", ",,,,Y,"]
    )


def prepared(folder: Path, *, contacts: int) -> int:
    """A workspace with some of the list's people and the job to import it."""
    with open_desk(folder) as desk:
        if contacts:
            desk.add(*({"first_name": f"P{n}", "email": f"p{n}@example.com"} for n in range(10)))
            known = {"last_name": "Q", "company": "Acme", "phone": "+33612345678", "status": "new"}
            desk.add(
                *(
                    {"first_name": f"P{n}", "email": f"p{n}@example.com", **known}
                    for n in range(10, 15)
                )
            )
            with desk.operations.recording("contact.edit", "Tag") as recorder:
                [vip] = recorder.create("tag", [{"name": "vip", "name_key": "vip"}])
                for contact in range(11, 16):
                    recorder.tag([contact], vip)
        return desk.importing.start(desk.list(listed()), ImportOptions(tags=("vip",)))


def look(folder: Path) -> tuple[dict[str, Any], JobState]:
    """What is visible, and how the job stands; the journal must always be whole."""
    with open_desk(folder) as desk:
        assert Audit(desk.store).verify().ok
        return desk.everything(), desk.jobs.view(1).state


def check_the_end(folder: Path, expected: dict[str, Any]) -> None:
    """Everything is there once, and nothing is left behind."""
    seen, state = look(folder)
    assert state is JobState.DONE
    assert seen == expected
    with open_desk(folder) as desk:
        assert list(desk.workspace.plans.iterdir()) == []
        with desk.store.reading() as connection:
            assert missing_indexes(connection) == []
            kinds = select(Operation.state).where(Operation.kind == "import")
            assert connection.execute(kinds).scalars().all() == ["done"]
            assert connection.execute(select(func.count(SearchDirty.id))).scalar_one() == 0
            ids = list(connection.execute(select(Contact.id).where(alive(connection))).scalars())
            with closing(sqlite3.connect(desk.workspace.search)) as search:
                texts = dict(search.execute("SELECT contact, text FROM doc"))
            assert texts == read_texts(connection, ids)


def kill_and_resume(
    nursery: Nursery, made: Path, folder: Path, kills: list[Kill], *, apart: bool = False
) -> int:
    """Import a copy of the workspace, with one kill after the other; how many struck."""
    shutil.copytree(made, folder)
    (before, _), struck = look(folder), 0
    for kill in kills:
        fate = nursery.run(import_list, str(folder), 1, apart, kill=kill)
        if not fate.killed:
            break
        struck += 1
        seen, state = look(folder)
        if state is JobState.DONE:
            return struck
        if seen != before:
            # Killed behind the last transaction: all of it is visible, not some.
            assert len(seen["contact"]) > len(before["contact"])
    else:
        nursery.run(import_list, str(folder), 1, apart)
    return struck


@pytest.mark.parametrize("contacts", [0, 15])
@pytest.mark.parametrize("wanted", [14, pytest.param(150, marks=pytest.mark.full)])
def test_a_killed_import_resumes_to_the_same_contacts(
    nursery: Nursery, tmp_path: Path, contacts: int, wanted: int
) -> None:
    made, whole = tmp_path / "made", tmp_path / "whole"
    prepared(made, contacts=contacts)
    shutil.copytree(made, whole)
    fate = nursery.run(import_list, str(whole), 1, False)
    expected = look(whole)[0]
    assert tuple(fate.value) == (EXPECTED if contacts else (ROWS + 10, 0, 0, 6, 2))
    chance, struck, run = random.Random(contacts), 0, 0
    while struck < wanted:
        run += 1
        folder = tmp_path / f"run-{run}"
        kills = [
            Kill(at="statement", nth=chance.randint(1, fate.points["statement"])),
            Kill(at="commit", nth=chance.randint(1, fate.points["commit"])),
        ]
        struck += kill_and_resume(nursery, made, folder, kills)
        check_the_end(folder, expected)
        shutil.rmtree(folder)


def test_a_kill_while_other_processes_read_the_list_begins_anew(
    nursery: Nursery, tmp_path: Path
) -> None:
    made, whole = tmp_path / "made", tmp_path / "whole"
    prepared(made, contacts=15)
    shutil.copytree(made, whole)
    seconds = nursery.run(import_list, str(whole), 1, True).seconds
    kills = [Kill(seconds=seconds * part) for part in (0.3, 0.5, 0.7)]

    kill_and_resume(nursery, made, tmp_path / "run", kills, apart=True)

    check_the_end(tmp_path / "run", look(whole)[0])


def test_a_killed_import_can_be_cancelled_and_leaves_nothing(
    nursery: Nursery, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    prepared(folder, contacts=15)
    before, _ = look(folder)
    kill = Kill(at="app.services.importing.running:Running._finish")

    assert nursery.run(import_list, str(folder), 1, False, kill=kill).killed
    with open_desk(folder) as desk:
        desk.jobs.recover()
        assert desk.jobs.cancel(1).state is JobState.CANCELLED
        assert _stored(desk) == 15
        assert list(desk.workspace.plans.iterdir()) == []

    assert look(folder)[0] == before


def _stored(desk: Desk) -> int:
    with desk.store.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM contact").scalar_one())
