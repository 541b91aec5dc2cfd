"""The run of a plan: chunks, indexes, cancelling, failing, resuming, and edits meanwhile."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.errors import Cancelled, InvalidInput, StorageError
from app.models.contacts import Contact, Tag
from app.models.importing import ImportBatch, ImportOrigin
from app.models.indexes import heal_indexes, missing_indexes
from app.models.journal import Operation, OpRange
from app.models.recorder import Recorder
from app.models.store import Store
from app.models.visibility import open_ranges
from app.models.waiting import GaveWay
from app.services.audit import Audit
from app.services.history import History
from app.services.importing import ImportOptions, indexer, pacing, planning, running
from app.services.importing.pacing import Pace
from app.services.importing.running import Running
from app.services.jobs import JobContext, JobState
from app.services.jobs.context import Wish
from app.services.operations import Operations
from app.services.rows import read_texts
from app.services.tags import ensure_tags
from tests.services.importing.desk import Desk, five, open_desk

ROWS = 60


def listed(rows: int, *, first: int = 0) -> str:
    lines = [f"P{n},Q{n},p{n}@example.com,,Acme,City {n}" for n in range(first, first + rows)]
    return "First name,Last name,Email,Phone,Company,City\n" + "\n".join(lines) + "\n"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, database_url) as desk:
        yield desk


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "FIRST_CHUNK", 7)
    monkeypatch.setattr(pacing, "LEAST_CHUNK", 7)
    monkeypatch.setattr(pacing, "MOST_CHUNK", 7)
    monkeypatch.setattr(pacing, "SESSION_SECONDS", 0)


def after_chunks(monkeypatch: pytest.MonkeyPatch, chunks: int, act: Any) -> None:
    """Call `act` once, when that many chunks have been written."""
    save, passed = JobContext.save, []

    def saving(context: JobContext, connection: Any, cursor: Any, **counts: Any) -> None:
        save(context, connection, cursor, **counts)
        if cursor.get("phase") == "loading":
            passed.append(cursor["after"])
            if len(passed) == chunks + 1:
                act(context)

    monkeypatch.setattr(JobContext, "save", saving)


def test_new_contacts_have_consecutive_ids_in_file_order_and_know_their_line(
    desk: Desk, small_chunks: None
) -> None:
    text = listed(20) + "X,,nope,,,\n" + listed(20, first=20).partition("\n")[2]
    result = desk.run(text)

    assert result["created"] == 40
    people = desk.people("id", "first_name")
    assert [name for _, name in people] == [f"P{n}" for n in range(40)]
    ids = [one for one, _ in people]
    assert ids == list(range(ids[0], ids[0] + 40))
    with desk.store.reading() as connection:
        origin = ImportOrigin
        runs = connection.execute(
            select(origin.lo, origin.hi, origin.row).order_by(origin.lo)
        ).all()
        batch = connection.execute(select(ImportBatch.lo, ImportBatch.hi, ImportBatch.op)).one()
        created = connection.execute(select(OpRange.lo, OpRange.hi, OpRange.act)).all()
    lines = {lo + i: row + i for lo, hi, row in runs for i in range(hi - lo + 1)}
    # Line 1 is the header and line 22 the rejected row.
    assert lines == dict(zip(ids, [*range(2, 22), *range(23, 43)], strict=True))
    assert tuple(batch) == (ids[0], ids[-1], result["operation"])
    assert [tuple(row) for row in created] == [(ids[0], ids[-1], "create")]


def test_nothing_is_visible_before_the_last_transaction(
    desk: Desk, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []

    finish = Running._finish

    def finishing(self: Running, context: JobContext, plan: Any) -> Any:
        with desk.store.reading() as connection:
            stored = connection.execute(select(func.count(Contact.id))).scalar_one()
        seen.append((stored, len(desk.people())))
        return finish(self, context, plan)

    monkeypatch.setattr(Running, "_finish", finishing)
    desk.run(listed(ROWS))

    assert seen == [(ROWS, 0)]
    assert len(desk.people()) == ROWS


def test_cancelling_in_the_middle_leaves_nothing(
    desk: Desk, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add({"first_name": "P", "email": "p1@example.com"})
    before = desk.everything()
    after_chunks(monkeypatch, 3, lambda context: context.cancel.set())
    job = desk.importing.start(desk.list(listed(ROWS) + "X,,nope,,,\n"), ImportOptions(tags=("t",)))

    with pytest.raises(Cancelled):
        desk.jobs.run(job)

    assert desk.jobs.view(job).state is JobState.CANCELLED
    assert desk.everything() == before
    with desk.store.reading() as connection:
        assert connection.execute(select(func.count(Contact.id))).scalar_one() == 1
        assert connection.execute(select(func.count(ImportOrigin.lo))).scalar_one() == 0
        assert connection.execute(select(func.count(ImportBatch.id))).scalar_one() == 0
        states = connection.execute(select(Operation.state).where(Operation.kind == "import"))
        assert states.scalars().all() == ["rolled_back"]
        assert open_ranges(connection) == []
    assert list(desk.workspace.plans.iterdir()) == []
    assert list(desk.workspace.rejects.iterdir()) == []
    assert Audit(desk.store).verify().ok


def test_a_paused_import_goes_on_where_it_stopped(
    desk: Desk, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.importing.start(desk.list(listed(ROWS)))
    with monkeypatch.context() as patch:
        after_chunks(patch, 3, lambda context: context.ask(Wish.PAUSE))
        assert desk.jobs.run(job).state is JobState.PAUSED
    assert desk.people() == []

    result = desk.jobs.run(job).result or {}

    assert five(dict(result)) == (ROWS, 0, 0, 0, 0)
    assert len(desk.people()) == ROWS


def test_an_edit_made_during_the_run_is_not_overwritten_by_fill(
    desk: Desk, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, gone = desk.add(
        {"first_name": "A", "email": "p1@example.com"},
        {"first_name": "B", "email": "p2@example.com"},
        {"first_name": "C", "email": "p3@example.com"},
    )

    def edit(self: Running, context: JobContext, plan: Any) -> Any:
        desk.edit(one, city="Rome")
        with desk.operations.recording("contact.delete", "Delete") as recorder:
            recorder.kill("contact", [gone])
        return finish(self, context, plan)

    finish = Running._finish
    monkeypatch.setattr(Running, "_finish", edit)
    desk.run(listed(10), tags=("t",))

    found = {row[0]: row[1:] for row in desk.people("id", "first_name", "city", "company")}
    assert found[one] == ("A", "Rome", "Acme")
    assert found[two] == ("B", "City 2", "Acme")
    assert gone not in found
    assert desk.tags()["p1@example.com"] == {"t"}
    assert Audit(desk.store).verify().ok


def test_a_full_disk_is_a_sentence_and_leaves_the_workspace_as_it_was(
    desk: Desk, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add({"first_name": "P", "email": "p1@example.com"})
    before = desk.everything()

    def full(context: JobContext) -> None:
        raise StorageError("The disk is full; nothing was changed.")

    job = desk.importing.start(desk.list(listed(ROWS)))
    with monkeypatch.context() as patch:
        after_chunks(patch, 4, full)
        with pytest.raises(StorageError, match="disk is full"):
            desk.jobs.run(job)

    assert desk.jobs.view(job).state is JobState.FAILED
    assert desk.everything() == before
    assert (desk.jobs.run(job).result or {})["created"] == ROWS - 1


def test_a_file_that_changed_before_the_job_read_it_is_refused(desk: Desk) -> None:
    path = desk.list(listed(3))
    job = desk.importing.start(path)
    path.write_text(listed(4))

    with pytest.raises(InvalidInput, match="has changed since this import was begun"):
        desk.jobs.run(job)
    assert desk.people() == []


def test_progress_tells_what_is_going_on(desk: Desk, small_chunks: None) -> None:
    told: list[str] = []
    move = JobContext.progress

    def moving(self: JobContext, done: int, total: int | None, message: str = "") -> None:
        told.append(message)
        move(self, done, total, message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JobContext, "progress", moving)
        desk.run(listed(ROWS))

    assert list(dict.fromkeys(told)) == ["Reading the list", "Writing contacts"]


def absent(desk: Desk) -> int:
    with desk.store.reading() as connection:
        return len(missing_indexes(connection))


def watch_indexes(desk: Desk, patch: pytest.MonkeyPatch) -> list[int]:
    """How many were missing at each chunk of a load."""
    save, seen = JobContext.save, list[int]()

    def saving(context: JobContext, connection: Any, cursor: Any, **counts: Any) -> None:
        save(context, connection, cursor, **counts)
        if cursor.get("after"):
            seen.append(absent(desk))

    patch.setattr(JobContext, "save", saving)
    return seen


def paused_load(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> int:
    """The job of an import that somebody has paused after its first chunk."""
    job = desk.importing.start(desk.list(listed(ROWS)))
    with monkeypatch.context() as patch:
        after_chunks(patch, 1, lambda context: context.ask(Wish.PAUSE))
        desk.jobs.run(job)
    return job


def test_an_empty_workspace_is_loaded_without_indexes_which_come_back(
    tmp_path: Path, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LOAD_WITHOUT_INDEXES", 10)
    with open_desk(tmp_path) as desk:
        seen = watch_indexes(desk, monkeypatch)
        desk.run(listed(ROWS))

        assert set(seen) == {6}
        assert absent(desk) == 0
        assert len(desk.people()) == ROWS


def test_a_pause_brings_the_indexes_back_and_going_on_lets_go_of_them_again(
    tmp_path: Path, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LOAD_WITHOUT_INDEXES", 10)
    with open_desk(tmp_path) as desk:
        job = paused_load(desk, monkeypatch)
        assert absent(desk) == 0

        seen = watch_indexes(desk, monkeypatch)
        desk.jobs.run(job)
        assert set(seen) == {6}
        assert absent(desk) == 0
        assert len(desk.people()) == ROWS


class Killed(BaseException):
    """The end of the process."""


@pytest.fixture
def sealed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> int:
    """A job that was killed when all it had to write was written, before it was ended."""
    desk.add({"first_name": "Ada", "email": "p1@example.com"})

    def die(_indexer: indexer.Indexer) -> None:
        raise Killed

    job = desk.importing.start(desk.list(listed(3)), ImportOptions(tags=("fair",)))
    with monkeypatch.context() as patch:
        patch.setattr(indexer.Indexer, "catch_up", die)
        with pytest.raises(Killed):
            desk.jobs.run(job)
    assert len(desk.people()) == 3
    return job


def test_cancelling_after_the_last_transaction_undoes_the_import(desk: Desk, sealed: int) -> None:
    assert desk.jobs.cancel(sealed).state is JobState.CANCELLED
    assert desk.people() == [("Ada", "p1@example.com")]
    assert desk.tags() == {}
    assert desk.operations.redoable() is not None


def test_cancelling_after_somebody_undid_the_import_leaves_it_undone(
    desk: Desk, sealed: int
) -> None:
    desk.operations.undo()
    assert desk.jobs.cancel(sealed).state is JobState.CANCELLED
    assert desk.people() == [("Ada", "p1@example.com")]


def test_resuming_after_the_last_transaction_only_ends_the_job(desk: Desk, sealed: int) -> None:
    result = dict(desk.jobs.run(sealed).result or {})
    assert (result["created"], result["updated"]) == (2, 1)
    assert len(desk.people()) == 3


def test_a_resumed_load_leaves_the_indexes_to_those_who_came_meanwhile(
    tmp_path: Path, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LOAD_WITHOUT_INDEXES", 10)
    with open_desk(tmp_path) as desk:
        job = paused_load(desk, monkeypatch)
        desk.add({"first_name": "Ada"})

        seen = watch_indexes(desk, monkeypatch)
        desk.jobs.run(job)
        assert set(seen) == {0}
        assert len(desk.people()) == ROWS + 1


def test_the_end_of_the_program_waits_for_no_index_and_the_next_start_builds_them(
    tmp_path: Path, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LOAD_WITHOUT_INDEXES", 10)
    with open_desk(tmp_path) as desk:
        # While it runs it is going to build them itself.
        healed: list[int] = []

        def end(context: JobContext) -> None:
            healed.append(heal_indexes(desk.store))
            context.ask(Wish.CLOSE)

        job = desk.importing.start(desk.list(listed(ROWS)))
        after_chunks(monkeypatch, 1, end)
        assert desk.jobs.run(job).state is JobState.INTERRUPTED
        assert (healed, absent(desk)) == ([0], 6)

        desk.importing.recover()
        assert absent(desk) == 0


def test_indexes_lost_in_a_kill_are_healed_at_the_start(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        with desk.store.writing("test") as connection:
            running.drop_contact_indexes(connection)

        assert heal_indexes(desk.store) == 6
        assert absent(desk) == 0


def test_long_lists_are_read_and_compared_in_processes_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SMALL_BYTES", 0)
    monkeypatch.setattr(running, "RETAG_APART", 0)
    text = listed(9_000) + "X,,nope,,,\n" + listed(30)[46:]
    with open_desk(tmp_path) as desk:
        desk.add({"first_name": "P", "email": "p5@example.com"})
        result = desk.run(text, tags=("t",))

        assert five(result) == (8_999, 1, 0, 30, 1)
        assert [name for (name,) in desk.people("first_name")][:3] == ["P", "P0", "P1"]
        assert len(desk.tags()) == 9_000
    with open_desk(tmp_path / "other") as desk:
        wrong = desk.list(text + '"never closed')
        with pytest.raises(InvalidInput, match="never closed"):
            desk.run(wrong)


def test_cancelling_ends_the_processes_that_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SMALL_BYTES", 0)
    with open_desk(tmp_path) as desk:
        stop = threading.Event()
        with pytest.raises(Cancelled):
            desk.importing.plan(
                desk.list(listed(9_000)), progress=lambda *_: stop.set(), cancel=stop
            )
        assert list(desk.workspace.plans.iterdir()) == []


def test_the_search_index_follows_a_long_import_and_is_complete_at_its_end(
    tmp_path: Path, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "WORTH_FOLLOWING", 10)
    monkeypatch.setattr(indexer, "STEP", 10)
    settled: list[int] = []
    settle = indexer.Follower._settle

    def settling(self: indexer.Follower) -> None:
        settle(self)
        settled.append(desk.indexing.pending())

    monkeypatch.setattr(indexer.Follower, "_settle", settling)
    with open_desk(tmp_path) as desk:
        drained: list[int] = []
        drain = desk.indexing.drain
        monkeypatch.setattr(
            desk.indexing, "drain", lambda: (drained.append(desk.indexing.pending()), drain())
        )
        desk.run(listed(ROWS))

        # The process took over every contact; nothing was left for the drain at the end.
        assert len(settled) >= 1
        assert drained == [0]
        database = sqlite3.connect(desk.workspace.search)
        with closing(database):
            assert database.execute("SELECT count(*) FROM doc").fetchone() == (ROWS,)


@pytest.mark.parametrize("options", [{}, {"source": "Fair"}, {"on_duplicate": "create"}])
def test_the_texts_that_follow_are_those_of_the_contacts(
    tmp_path: Path,
    small_chunks: None,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
) -> None:
    monkeypatch.setattr(indexer, "WORTH_FOLLOWING", 10)
    monkeypatch.setattr(indexer, "STEP", 10)
    drained: list[int] = []
    # Later rows for the same people, refused ones, and labels: what newcomers become.
    text = listed(40) + "Zo\u00eb,Last,p3@example.com,+33612345678,New Firm,x\nX,,nope,,,\n"
    with open_desk(tmp_path) as desk:
        old = desk.add({"first_name": "P", "email": "p5@example.com"})
        desk.indexing.drain()
        drain = desk.indexing.drain
        monkeypatch.setattr(
            desk.indexing, "drain", lambda: (drained.append(desk.indexing.pending()), drain())
        )
        desk.run(text, **options)

        # Only the contact that was there before was left for the drain.
        assert drained <= [len(old)]
        with closing(sqlite3.connect(desk.workspace.search)) as database:
            texts = dict(database.execute("SELECT contact, text FROM doc"))
            database.execute("INSERT INTO words(words, rank) VALUES('integrity-check', 1)")
        with desk.store.reading() as connection:
            ids = list(connection.execute(select(Contact.id)).scalars())
            assert texts == read_texts(connection, ids)


def test_a_cancelled_import_ends_its_indexing_too(
    tmp_path: Path, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "WORTH_FOLLOWING", 10)
    monkeypatch.setattr(indexer, "STEP", 10)
    with open_desk(tmp_path) as desk:
        job = desk.importing.start(desk.list(listed(ROWS)))
        with monkeypatch.context() as patch:
            after_chunks(patch, 5, lambda context: context.cancel.set())
            with pytest.raises(Cancelled):
                desk.jobs.run(job)
        assert multiprocessing.active_children() == []
        desk.indexing.drain()
        database = sqlite3.connect(desk.workspace.search)
        with closing(database):
            assert database.execute("SELECT count(*) FROM doc").fetchone() == (0,)


def test_a_tag_that_somebody_else_took_up_meanwhile_stays_when_the_import_is_cancelled(
    desk: Desk, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    [known] = desk.add({"first_name": "Known", "email": "known@example.com"})

    def take_up(pace: Pace) -> bool:
        """Between two transactions of the import."""
        monkeypatch.undo()
        with desk.operations.recording("contact.edit", "Tag") as recorder:
            recorder.tag([known], ensure_tags(recorder, ["fair"])[0])
        desk.jobs.cancel(job)
        return False

    monkeypatch.setattr(Pace, "is_copy_due", take_up)
    job = desk.importing.start(desk.list(listed(ROWS)), ImportOptions(tags=("fair", "only ours")))
    with pytest.raises(Cancelled):
        desk.jobs.run(job)

    assert desk.tags() == {"known@example.com": {"fair"}}
    with desk.store.reading() as connection:
        assert connection.execute(select(Tag.name)).scalars().all() == ["fair"]
    assert Audit(desk.store).verify().ok


def test_changed_contacts_too_know_the_row_of_the_file_they_come_from(desk: Desk) -> None:
    ada, bob = desk.add({"email": "p1@example.com"}, {"email": "p2@example.com", "city": "Rome"})
    lines = listed(3).splitlines()
    desk.run("\n".join([*lines, lines[2]]), tags=("fair",))

    sources = History(desk.store).provenance(ada)
    assert (sources["city"].file, sources["city"].row) == ("list.csv", 3)
    assert (sources["tags"].row, sources["email"].row) == (3, None)
    assert History(desk.store).provenance(bob)["first_name"].row == 4
    assert History(desk.store).provenance(bob)["city"].row is None
    (made,) = set(range(1, 10)) & {row[0] for row in desk.people("id")} - {ada, bob}
    assert History(desk.store).provenance(made)["city"].row == 2


def test_a_transaction_goes_on_until_somebody_wants_to_write(
    desk: Desk, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "SESSION_SECONDS", 1e9)
    monkeypatch.setattr(pacing, "FIRST_SESSION_SECONDS", 1e9)
    asked, saved = [], []
    save = JobContext.save

    def wanted(store: Store) -> bool:
        asked.append(store)
        return len(asked) == 3

    def saving(context: JobContext, connection: Any, cursor: Any, **counts: Any) -> None:
        save(context, connection, cursor, **counts)
        saved.append(cursor.get("after"))

    monkeypatch.setattr(Store, "is_wanted", wanted)
    monkeypatch.setattr(JobContext, "save", saving)

    assert desk.run(listed(ROWS))["created"] == ROWS
    # The plan, the beginning, three chunks of seven up to the one who waits, the rest, the end.
    assert saved == [None, 0, 21, ROWS, None]
    assert [name for (name,) in desk.people("first_name")] == [f"P{n}" for n in range(ROWS)]


def test_the_last_transaction_begins_anew_for_others_but_not_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal, tries = Operations._close, []

    def close(operations: Operations, recorder: Recorder) -> Any:
        tries.append(recorder.op)
        if len(tries) <= running.TRIES:
            raise GaveWay("gave way")
        return seal(operations, recorder)

    yielding = []
    resume = Operations.resume

    def resuming(operations: Operations, op: int, **options: Any) -> Any:
        if options.get("sealing"):
            yielding.append(options["yielding"])
        return resume(operations, op, **options)

    desk.add({"first_name": "P", "email": "p1@example.com"})
    monkeypatch.setattr(Operations, "_close", close)
    monkeypatch.setattr(Operations, "resume", resuming)

    result = desk.run(listed(ROWS))

    assert (result["created"], result["updated"]) == (ROWS - 1, 1)
    assert yielding == [True] * running.TRIES + [False]
    assert len(desk.people()) == ROWS
    assert Audit(desk.store).verify().ok
