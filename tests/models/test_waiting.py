from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.models.contacts import Contact
from app.models.store import Store
from app.models.waiting import FRESH_SECONDS, GaveWay, Hands
from tests.models.bed import Bed

ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) "
    "SELECT count(*) FROM n"
)


@pytest.fixture
def file_bed(sqlite_url: str, tmp_path: Path) -> Iterator[Bed]:
    bed = Bed(sqlite_url, tmp_path / "workspace")
    yield bed
    bed.store.close()


def test_a_raised_hand_is_seen_until_it_is_lowered(tmp_path: Path):
    mine, theirs = Hands(tmp_path / "captely.db"), Hands(tmp_path / "captely.db")
    assert not theirs.are_up()

    mine.raise_one()
    assert theirs.are_up()
    mine.lower()

    assert not theirs.are_up()


def test_the_hand_of_a_writer_that_was_killed_goes_down_by_itself(tmp_path: Path):
    hands = Hands(tmp_path / "captely.db")
    hands.raise_one()
    (file,) = tmp_path.iterdir()
    past = time.time() - 2 * FRESH_SECONDS
    os.utime(file, (past, past))

    assert not hands.are_up()


def test_a_folder_that_cannot_be_written_has_no_hands_and_no_error(tmp_path: Path):
    hands = Hands(tmp_path / "nowhere" / "captely.db")
    hands.raise_one()

    assert not hands.are_up()
    hands.lower()


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same program", "another program"])
def test_long_writing_gives_way_to_a_person_in_the_midst_of_a_statement(
    file_bed: Bed, sqlite_url: str, *, elsewhere: bool
):
    file_bed.add({"city": "A"})
    theirs = Store(sqlite_url) if elsewhere else file_bed.store
    written = threading.Event()

    def edit() -> None:
        with theirs.writing("edit") as connection:
            connection.execute(text("UPDATE contact SET city = 'B'"))
        written.set()

    def write_at_length() -> None:
        with file_bed.store.writing("long", bulk=True, yielding=True) as connection:
            connection.execute(text("UPDATE contact SET title = 'half done'"))
            person.start()
            connection.execute(text(ENDLESS))

    person = threading.Thread(target=edit)
    with pytest.raises(GaveWay):
        write_at_length()

    assert written.wait(10)
    person.join()
    assert file_bed.get(1, "city", "title") == ("B", None)
    assert not file_bed.store.is_wanted()
    with file_bed.store.writing("again", bulk=True, yielding=True) as connection:
        connection.execute(text("UPDATE contact SET title = 'done'"))
    assert file_bed.get(1, "title") == "done"
    theirs.close()


def test_bulk_work_asks_nobody_to_give_way(file_bed: Bed, sqlite_url: str):
    """Else two imports of two programs would take each other's work back for ever."""
    other, begun = Store(sqlite_url), threading.Event()

    def wait_in_turn() -> None:
        begun.set()
        with other.writing("bulk", bulk=True):
            pass

    worker = threading.Thread(target=wait_in_turn)
    with file_bed.store.writing("long", bulk=True, yielding=True) as connection:
        worker.start()
        begun.wait(10)
        busy = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
        connection.execute(text(busy + "SELECT count(*) FROM n"))
        assert not file_bed.store.is_wanted()
    worker.join()
    other.close()


def test_an_error_of_its_own_is_told_though_somebody_waits(file_bed: Bed):
    Hands(Path(file_bed.store.url.database or "")).raise_one()
    with (
        pytest.raises(RuntimeError, match="of its own"),
        file_bed.store.writing("long", bulk=True, yielding=True),
    ):
        raise RuntimeError("of its own")


def test_the_log_is_copied_back_between_two_sessions(file_bed: Bed):
    file_bed.add(*({"notes": "x" * 500} for _ in range(400)))
    database = Path(file_bed.store.url.database or "")
    log = database.with_name(f"{database.name}-wal")
    before = database.stat().st_size
    assert log.stat().st_size > 200_000

    file_bed.store.shorten_log()
    assert database.stat().st_size >= before + 200_000
    long = log.stat().st_size
    file_bed.add({"city": "A"})

    # The next writer began the log anew.
    assert log.stat().st_size == long
    with file_bed.store.reading() as connection:
        assert len(connection.execute(select(Contact.id)).all()) == 401
