"""Keeping the search index in step: nothing lost by a kill, a damaged file or two indexers."""

from __future__ import annotations

import multiprocessing
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.core.changes import SearchCaughtUp
from app.core.errors import StorageError
from app.models.store import Store
from app.services import indexing, search_file
from app.services.indexing import Indexing
from tests.held import Held
from tests.services.office import Office, open_office


def docs(office: Office) -> dict[int, str]:
    with closing(sqlite3.connect(office.workspace.search)) as connection:
        return dict(connection.execute("SELECT contact, text FROM doc"))


def whole(office: Office) -> None:
    """The index agrees with the texts that it was made of."""
    with closing(sqlite3.connect(office.workspace.search)) as connection:
        connection.execute("INSERT INTO words(words) VALUES('integrity-check')")
        connection.execute("INSERT INTO words(words, rank) VALUES('integrity-check', 1)")


def test_that_a_drain_takes_over_every_change_and_tells(office: Office) -> None:
    told: list[SearchCaughtUp] = []
    office.bus.subscribe(SearchCaughtUp, told.append)
    office.add(full_name="Ada")
    assert office.indexing.pending() == 1
    assert office.indexing.drain()
    assert office.indexing.pending() == 0
    assert len(told) == 1
    assert office.indexing.drain()
    assert len(told) == 1


def test_that_a_kill_before_the_ranges_are_removed_only_repeats_work(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add(full_name="Ada")

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> Iterator[None]:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Store, "writing", die)
        with pytest.raises(Killed):
            desk.indexing.drain()
    assert desk.indexing.pending() == 1
    assert len(docs(desk)) == 1
    assert desk.found("ada") == [1]
    whole(desk)


def test_that_a_change_during_a_drain_is_taken_over_by_the_next(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = desk.add(full_name="Ada")
    real = search_file.index_ranges

    def and_then_edit(*arguments: object) -> int:
        done = real(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(search_file, "index_ranges", real)
        desk.contacts.change(one, {"company": "Acme"})
        return done

    monkeypatch.setattr(search_file, "index_ranges", and_then_edit)
    desk.indexing.drain()
    assert desk.found("acme") == [one]


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.unlink(),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"no database " * 1000),
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
        lambda file: _sql(file, "PRAGMA user_version = 99"),
        lambda file: _sql(file, "DROP TABLE doc"),
    ],
    ids=["missing", "empty", "garbage", "cut", "other format", "no table"],
)
def test_that_an_unusable_file_is_made_again_silently(tmp_path: Path, damage: object) -> None:
    with open_office(tmp_path) as office:
        one = office.add(full_name="Ada")
        assert office.found("ada") == [one]
    for suffix in ("-wal", "-shm"):
        Path(f"{office.workspace.search}{suffix}").unlink(missing_ok=True)
    damage(office.workspace.search)  # type: ignore[operator]
    with open_office(tmp_path) as office:
        assert office.found("ada") == [one]
        whole(office)


def _sql(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


def test_that_a_kill_between_making_the_file_and_marking_everything_is_healed(
    tmp_path: Path,
) -> None:
    with open_office(tmp_path) as office:
        one = office.add(full_name="Ada")
        office.found("ada")
    office.workspace.search.unlink()
    search_file.ensure(office.workspace.search)
    with open_office(tmp_path) as office:
        assert office.found("ada") == [one]


def test_that_rebuilding_gives_the_same_index(office: Office) -> None:
    one, two = office.add(full_name="Ada"), office.add(full_name="Zoé", company="Acme")
    office.contacts.delete([one])
    office.indexing.rebuild()
    assert office.found("zoe acme") == [two]
    assert office.found("ada") == []


def test_that_a_large_backlog_is_left_to_the_background_unless_one_waits(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add(full_name="Ada")
    assert not desk.indexing.catch_up(most=0)
    assert desk.indexing.pending() == 1
    assert desk.indexing.catch_up(most=1)
    assert desk.indexing.pending() == 0


def test_that_time_runs_out_between_batches_and_the_rest_stays(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 1)
    desk.add(full_name="Ada")
    desk.add(full_name="Zoé")
    assert not desk.indexing.drain(limit_seconds=-1)
    assert desk.indexing.pending() == 1


def test_that_changes_are_followed_once_for_many(desk: Office) -> None:
    waiting: list[object] = []
    end = desk.indexing.follow(waiting.append)
    desk.add(full_name="Ada")
    desk.add(full_name="Zoé")
    assert len(waiting) == 1
    waiting.pop()()  # type: ignore[operator]
    assert desk.indexing.pending() == 0
    desk.tags.create("eu")
    assert waiting == []
    end()
    desk.add(full_name="Grace")
    assert waiting == []


def test_that_many_contacts_are_indexed_in_a_process_of_their_own(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "APART", 3)
    with desk.operations.recording("import", "Import {n} contacts") as recorder:
        recorder.create("contact", [{"full_name": f"Person {n}"} for n in range(5_000)])
    in_process = []
    monkeypatch.setattr(search_file, "_index_chunk", in_process.append)
    desk.indexing.drain()
    assert in_process == []
    assert len(docs(desk)) == 5_000
    assert desk.search.count("person") == 5_000
    whole(desk)


def test_that_a_process_that_fails_leaves_the_work_to_this_one(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "APART", 1)
    monkeypatch.setattr(indexing, "_fill_apart", lambda *_: False)
    one = desk.add(full_name="Ada")
    assert desk.found("ada") == [one]


def test_that_two_indexers_at_once_leave_a_whole_index(desk: Office) -> None:
    with desk.operations.recording("import", "Import {n} contacts") as recorder:
        recorder.create("contact", [{"full_name": f"Person {n}"} for n in range(3_000)])
    context = multiprocessing.get_context("spawn")
    files = (desk.workspace.database, desk.workspace.search)
    processes = [
        context.Process(target=search_file.index_ranges, args=(*files, [(1, 3_000)]))
        for _ in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert len(docs(desk)) == 3_000
    whole(desk)


def test_that_a_slower_indexer_does_not_take_away_what_was_changed_since(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window and a command take over the same row; the command then changes the contact."""
    one = desk.add(full_name="Ada")
    files = {"database": desk.workspace.database, "search": desk.workspace.search}
    command = Indexing(Store.on_file(*files.values()), desk.bus, **files)
    real = search_file.index_ranges

    def overtaken(*arguments: object) -> int:
        monkeypatch.setattr(search_file, "index_ranges", real)
        done = real(*arguments)  # type: ignore[arg-type]
        command.drain()
        desk.contacts.change(one, {"company": "Acme"})
        return done

    monkeypatch.setattr(search_file, "index_ranges", overtaken)
    desk.indexing.drain()
    assert desk.found("acme") == [one]


def test_that_an_index_made_before_is_kept(desk: Office) -> None:
    files = {"database": desk.workspace.database, "search": desk.workspace.search}
    assert not Indexing(desk.store, desk.bus, **files).prepare()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("database or disk is full", "The disk is full"),
        ("database is locked", "Somebody else is writing"),
    ],
)
def test_an_index_that_cannot_be_opened_just_now_is_not_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, said: str
):
    with open_office(tmp_path) as office:
        office.add(email="ada@example.com")
        office.indexing.drain()
    index = tmp_path / "search.db"
    before = index.read_bytes()

    def refused(*_args: object, **_options: object) -> None:
        raise sqlite3.OperationalError(words)

    with monkeypatch.context() as patch:
        patch.setattr(search_file.sqlite3, "connect", refused)
        with pytest.raises(StorageError, match=said):
            Indexing(office.store, office.bus, database=tmp_path / "captely.db", search=index)

    assert index.read_bytes() == before


def test_that_runs_left_by_a_filling_that_was_killed_are_merged_with_later_changes(
    desk: Office, tmp_path: Path
) -> None:
    """While it fills, nothing is merged; whoever indexes next goes back to merging."""

    def merged_from() -> int:
        with closing(sqlite3.connect(desk.workspace.search)) as connection:
            (runs,) = connection.execute("SELECT v FROM words_config WHERE k = 'automerge'")
            return int(runs[0])

    beside = tmp_path / "beside.db"
    with closing(sqlite3.connect(beside)) as connection:
        connection.execute("CREATE TABLE ready (contact INTEGER, name TEXT, text TEXT)")
        connection.execute("INSERT INTO ready VALUES (7, 'ada', '\x01 ada\n')")
        connection.commit()
    texts, names = "SELECT contact, text FROM ready", "SELECT name FROM ready"
    with search_file.filling(desk.workspace.search, beside) as filler:
        filler.put((7, 7), texts, names, {})
        assert merged_from() == 0
        desk.add(full_name="Bob")
        desk.indexing.drain()
        assert merged_from() == search_file.AUTOMERGE
        filler.put((7, 7), texts, names, {})
    assert merged_from() == search_file.AUTOMERGE
    assert docs(desk)[7] == "\x01 ada\n"
    whole(desk)


def test_that_a_long_drain_keeps_no_second_thread_waiting_for_its_end(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each change would else take one more of the three threads that look things up."""
    held = Held(desk.indexing._take_over)
    monkeypatch.setattr(desk.indexing, "_take_over", held)
    lane: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
    end = desk.indexing.follow(lane.put)
    desk.add(full_name="Ada")
    long = threading.Thread(target=lane.get())
    long.start()
    held.wait()
    desk.add(full_name="Zoé")
    lane.get()()  # Comes back at once, and leaves it to the first.
    assert desk.indexing.pending() == 1
    held.let_go()
    long.join()
    assert desk.indexing.pending() == 0
    assert lane.empty()
    end()
