from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import threading
import traceback
from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.core.errors import Busy, InvalidInput, StorageError
from app.core.paths import Workspace
from app.models import store as store_module
from app.models import store_errors
from app.models.contacts import Contact
from app.models.interrupts import Interrupt, Interrupted
from app.models.journal import Counter, Operation
from app.models.store import Store, next_id, reserve
from app.services.audit import Audit
from tests.models.bed import Bed

INCREMENTS = 25


@pytest.fixture
def file_bed(sqlite_url: str, tmp_path: Path) -> Iterator[Bed]:
    bed = Bed(sqlite_url, tmp_path / "workspace")
    yield bed
    bed.store.close()


def add_ones(url: str, folder: Path) -> None:
    """Four threads of this process, each reading a number and writing it back one higher."""
    bed = Bed(url, folder)
    threads = [threading.Thread(target=_add_ones, args=(bed, n)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bed.store.close()


def _add_ones(bed: Bed, number: int) -> None:
    operations = bed.of(f"writer {os.getpid()} {number}")
    for _ in range(INCREMENTS):
        with operations.recording("contact.edit", "Count") as recorder:
            held = recorder.read("contact", [1], ["score"])[1]["score"]
            recorder.update("contact", {1: {"score": held + 1}})
        with bed.store.writing("count") as connection:
            counted = select(Counter.next).where(Counter.name == "test").with_for_update()
            so_far = connection.execute(counted).scalar_one()
            change = update(Counter).where(Counter.name == "test").values(next=so_far + 1)
            connection.execute(change)
        with bed.store.writing("reserve") as connection:
            reserve(connection, "reserved", 3)


def test_no_increment_of_eight_writers_in_two_processes_is_lost(bed: Bed, database_url: str):
    bed.add({"score": 0})
    with bed.store.writing("prepare") as connection:
        connection.execute(insert(Counter).values(name="test", next=0))
    context = multiprocessing.get_context("spawn")
    folder = bed.workspace.folder
    processes = [context.Process(target=add_ones, args=(database_url, folder)) for _ in range(2)]

    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0, 0]
    writes = 8 * INCREMENTS
    assert bed.get(1, "score", "version") == (writes, writes + 1)
    with bed.store.reading() as connection:
        counted = select(Counter.next).where(Counter.name == "test")
        assert connection.execute(counted).scalar_one() == writes
        assert next_id(connection, "reserved") == 3 * writes + 1
    assert [seq for (seq,) in bed.rows(Operation.seq)] == list(range(1, writes + 2))
    verified = Audit(bed.store).verify()
    assert (verified.ok, verified.entries) == (True, writes + 1)


def test_ids_are_reserved_once_and_in_ranges(bed: Bed):
    with bed.store.writing("reserve") as connection:
        assert reserve(connection, "thing", 10) == 1
        assert reserve(connection, "thing", 1) == 11
        assert reserve(connection, "other", 1) == 1
    with bed.store.reading() as connection:
        assert next_id(connection, "thing") == 12
        assert next_id(connection, "nothing") == 1


def test_a_read_sees_one_moment_whatever_is_written_meanwhile(bed: Bed):
    bed.add({"city": "A"})
    with bed.store.reading() as connection:
        count = select(Contact.city)
        assert connection.execute(count).scalars().all() == ["A"]
        writer = threading.Thread(target=bed.edit, args=({1: {"city": "B"}},))
        writer.start()
        writer.join()
        assert connection.execute(count).scalars().all() == ["A"]
    assert bed.get(1, "city") == "B"


def test_a_reader_cannot_write(bed: Bed):
    bed.add({"city": "A"})
    with pytest.raises(StorageError), bed.store.reading() as connection:
        connection.execute(update(Contact).values(city="B"))
    assert bed.get(1, "city") == "A"


def test_a_writing_session_inside_another_is_refused_at_once(bed: Bed):
    with (
        bed.store.writing("outer"),
        pytest.raises(RuntimeError, match="'inner' inside writing 'outer'"),
        bed.store.writing("inner"),
    ):
        pass
    with bed.store.writing("after"):
        pass


def test_a_person_waits_for_one_chunk_of_bulk_work_and_no_more(bed: Bed):
    """Bulk chunks follow one another at once; an edit still gets the very next turn."""
    order: list[str] = []
    started, wanted = threading.Event(), threading.Event()

    def chunks() -> None:
        for n in range(200):
            with bed.store.writing("bulk", bulk=True):
                order.append("bulk")
                if n == 3:
                    started.set()
                    wanted.wait(10)
                if order.count("edit") == 3:
                    return

    worker = threading.Thread(target=chunks)
    worker.start()
    started.wait(10)
    for n in range(3):
        before = len(order)
        wanted.set()
        with bed.store.writing("edit"):
            order.append("edit")
        assert order[before:].count("bulk") <= 1, f"edit {n} had to wait for {order[before:]}"
    worker.join()
    assert order.count("edit") == 3


def _hold(url: str, held: Event, release: Event) -> None:
    store = Store(url)
    with store.writing("hold") as connection:
        connection.execute(text("DELETE FROM setting"))
        held.set()
        release.wait(60)
    store.close()


def test_a_database_held_by_another_process_is_said_to_be_busy(
    file_bed: Bed, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    context = multiprocessing.get_context("spawn")
    held, release = context.Event(), context.Event()
    process = context.Process(target=_hold, args=(sqlite_url, held, release))
    process.start()
    held.wait(60)
    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0.05)

    with pytest.raises(Busy, match="Somebody else is writing"):
        file_bed.add({"city": "A"})

    release.set()
    process.join()
    monkeypatch.undo()
    assert file_bed.add({"city": "A"}) == [1]


def test_a_writer_of_the_same_process_is_named_when_it_takes_too_long(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0.05)
    caught: list[BaseException] = []

    def other() -> None:
        try:
            bed.edit({1: {"city": "B"}})
        except Busy as error:
            caught.append(error)

    with bed.store.writing("Import contacts"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert str(caught[0]) == "The workspace is busy with other work: Import contacts."


def test_a_full_disk_is_said_and_changes_nothing(file_bed: Bed):
    file_bed.add({"city": "A"})
    before = file_bed.dump()
    with file_bed.store.writing("limit") as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    with pytest.raises(StorageError, match="disk is full; nothing was changed") as caught:
        file_bed.add(*({"notes": "x" * 1000} for _ in range(2000)))

    assert caught.value.hint == "Free some space and try again."
    assert file_bed.dump() == before
    with file_bed.store.writing("unlimit") as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    file_bed.add({"city": "B"})
    assert Audit(file_bed.store).verify().ok


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path):
    path = tmp_path / "captely.db"
    path.write_bytes(b"certainly no database at all " * 200)
    store = Store.on_file(path)

    with pytest.raises(StorageError, match="damaged"), store.reading() as connection:
        connection.execute(select(Counter))
    with pytest.raises(StorageError, match="damaged"), store.writing("x"):
        pass
    store.close()


def test_a_missing_folder_is_said_to_be_missing(tmp_path: Path):
    store = Store.on_file(tmp_path / "nowhere" / "captely.db")

    with pytest.raises(StorageError, match="cannot be opened"), store.reading():
        pass


def test_a_file_that_must_not_be_written_is_said_so(file_bed: Bed):
    with file_bed.store.writing("forbid") as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")

    with pytest.raises(StorageError, match="cannot be written to"):
        file_bed.add({"city": "A"})


def test_a_server_that_is_not_there_is_said_to_be_out_of_reach():
    store = Store("postgresql://nobody@127.0.0.1:1/none")

    with pytest.raises(StorageError, match="shared database cannot be reached"), store.reading():
        pass


def test_a_server_that_ends_the_connection_is_said_so(postgres_url: str, tmp_path: Path):
    bed = Bed(postgres_url, tmp_path)
    with (
        pytest.raises(StorageError, match="shared database cannot be reached"),
        bed.store.writing("x") as connection,
    ):
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert bed.add({"city": "A"}) == [1]
    bed.store.close()


@pytest.mark.parametrize("address", ["not an address", "://"])
def test_an_address_that_cannot_be_read_is_said_so(address: str):
    with pytest.raises(InvalidInput, match="address cannot be read"):
        Store(address)


def test_a_workspace_in_a_synced_folder_is_refused(tmp_path: Path):
    for name in ("Dropbox", "OneDrive - Acme", "Google Drive"):
        with pytest.raises(StorageError, match="cloud service"):
            Workspace(tmp_path / name / "captely").prepare()
        assert not (tmp_path / name).exists()


def test_errors_of_the_program_come_through_without_the_rows_contents(bed: Bed):
    bed.add({"first_name": "Secretname"})

    with pytest.raises(IntegrityError) as caught, bed.store.writing("x") as connection:
        connection.execute(
            insert(Contact).values(
                id=1, first_name="Secretname", created=1, updated=1, created_op=1
            )
        )

    said = "".join(traceback.format_exception(caught.value))
    assert "contact" in said
    assert '"Secretname"' not in said.replace('first_name="Secretname"', "")
    assert "Secretname," not in said


def test_a_stopped_read_ends_as_interrupted(bed: Bed):
    interrupt = Interrupt()
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) "
        "SELECT count(*) FROM n"
    )

    def read() -> None:
        with bed.store.reading(interrupt) as connection:
            threading.Timer(0.05, interrupt.stop).start()
            connection.execute(text(slow)).scalar()

    with pytest.raises(Interrupted):
        read()
    assert interrupt.wanted
    with pytest.raises(Interrupted), bed.store.reading(interrupt):
        pass
    with bed.store.reading() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_a_durable_session_waits_for_the_disk(file_bed: Bed):
    def level(*, durable: bool) -> int:
        with file_bed.store.writing("x", durable=durable) as connection:
            return connection.exec_driver_sql("PRAGMA synchronous").scalar_one()

    assert [level(durable=True), level(durable=False), level(durable=True)] == [2, 1, 2]


@pytest.mark.parametrize(
    ("why", "free", "writable", "said"),
    [
        ("full", 0, True, "The disk is full; nothing was changed."),
        ("read-only", 1 << 30, False, "The workspace cannot be written to."),
        ("broken", 1 << 30, True, "The workspace's database cannot be opened."),
    ],
)
def test_why_a_database_cannot_be_opened_is_found_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
    free: int,
    writable: bool,
    said: str,
):
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(store_errors.shutil, "disk_usage", lambda folder: usage)
    monkeypatch.setattr(store_errors.os, "access", lambda folder, mode: writable)
    error = sqlite3.OperationalError("unable to open database file")

    found = store_errors.storage_error(error, tmp_path / "captely.db")

    assert found is not None, why
    assert found.message == said


def test_who_finds_no_free_reader_is_told_in_words(bed: Bed):
    pool = bed.store._readers.pool
    pool._timeout = 0.01
    with ExitStack() as all_taken:
        for _ in range(pool.size() + pool._max_overflow):
            all_taken.enter_context(bed.store.reading())
        with pytest.raises(Busy, match="at once"), bed.store.reading():
            pass
