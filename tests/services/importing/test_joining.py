"""Somebody added while a list is being written is not there twice when the list is in."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.models.importing import ImportBatch
from app.models.journal import OpRange
from app.services.audit import Audit
from app.services.importing import ImportOptions, joining, pacing
from app.services.importing.joining import Joins
from app.services.importing.running import Running
from app.services.importing.sealing import Sealing
from app.services.jobs import JobContext
from tests.services.importing.desk import Desk, five, open_desk

HEADER = "First name,Last name,Email,Phone,Company,City\n"
LIST = HEADER + "".join(f"P{n},Q{n},p{n}@example.com,,Acme {n},City {n}\n" for n in range(20))


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, database_url) as desk:
        yield desk


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("FIRST_CHUNK", "LEAST_CHUNK", "MOST_CHUNK"):
        monkeypatch.setattr(pacing, limit, 7)
    monkeypatch.setattr(pacing, "SESSION_SECONDS", 0)


@pytest.fixture
def once_written(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Lets something happen when every newcomer is written and nothing is visible yet."""

    def arrange(act: Callable[[], object]) -> None:
        finish = Running._finish

        def finishing(self: Running, context: JobContext, plan: Any) -> Any:
            act()
            return finish(self, context, plan)

        monkeypatch.setattr(Running, "_finish", finishing)

    return arrange


Meanwhile = Callable[[Callable[[], object]], None]


def test_a_contact_typed_meanwhile_takes_the_row_with_its_address(
    desk: Desk, once_written: Meanwhile
) -> None:
    once_written(lambda: desk.add({"first_name": "Typed", "email": "p3@example.com"}))

    result = desk.run(LIST, tags=("fair",))

    assert five(result) == (19, 1, 0, 0, 0)
    typed = [row for row in desk.people("email", "first_name", "city") if "p3@" in row[0]]
    assert typed == [("p3@example.com", "Typed", "City 3")]
    assert len(desk.people()) == 20
    assert desk.tags()["p3@example.com"] == {"fair"}


def test_the_numbers_are_told_and_kept_as_they_came_out(
    desk: Desk, once_written: Meanwhile
) -> None:
    once_written(lambda: desk.add({"first_name": "Typed", "email": "p3@example.com"}))

    result = desk.run(LIST)

    [warning] = result["warnings"]
    assert (warning["count"], warning["lines"]) == (1, [5])
    assert "Somebody added this person while the list was imported" in warning["message"]
    with desk.store.reading() as connection:
        batch = connection.execute(select(ImportBatch.lo, ImportBatch.hi, ImportBatch.counts)).one()
        ranges = connection.execute(
            select(OpRange.lo, OpRange.hi).where(OpRange.op == result["operation"])
        ).all()
    assert (batch.counts["created"], batch.counts["updated"]) == (19, 1)
    assert sorted(map(tuple, ranges)) == [
        (batch.lo, batch.lo + 2), (batch.lo + 4, batch.hi),
    ]  # fmt: skip
    label = desk.operations.undoable()
    assert label is not None
    assert "19 new, 1 updated" in label.label
    assert Audit(desk.store).verify().ok


def test_undoing_the_import_leaves_the_typed_contact_as_it_was_typed(
    desk: Desk, once_written: Meanwhile
) -> None:
    once_written(lambda: desk.add({"first_name": "Typed", "email": "p3@example.com"}))
    result = desk.run(LIST, tags=("fair",))

    desk.operations.undo(result["operation"])

    assert desk.people("first_name", "email", "city") == [("Typed", "p3@example.com", None)]
    assert Audit(desk.store).verify().ok


def test_phone_and_name_company_and_further_addresses_are_grounds_too(
    desk: Desk, once_written: Meanwhile
) -> None:
    text = (
        "First name,Last name,Email,Email 2,Phone,Company\n"
        "Ada,Lovelace,,,+442071838750,\n"
        "Grace,Hopper,,,,Navy\n"
        "Alan,Turing,alan@example.com,turing@example.org,,\n"
        "Two,People,two@example.com,,+442071838751,\n"
    )

    def meanwhile() -> None:
        desk.add(
            {"first_name": "ada", "last_name": "LOVELACE", "phone": "+442071838750"},
            {"full_name": "Grace Hopper", "company": "NAVY", "email": "grace@example.com"},
            {"first_name": "A", "email": "turing@example.org"},
            # The same name and number, but another address: another person behind one switchboard.
            {"full_name": "Two People", "phone": "+442071838751", "email": "other@example.com"},
        )

    once_written(meanwhile)
    result = desk.run(text)

    assert (result["created"], len(desk.people())) == (1, 5)
    assert ("A", "turing@example.org") in desk.people()
    assert [email for _, email in desk.people()].count("alan@example.com") == 0


def test_a_contact_that_gets_the_address_meanwhile_takes_the_row(
    desk: Desk, once_written: Meanwhile
) -> None:
    [known] = desk.add({"first_name": "Known"})
    once_written(lambda: desk.edit(known, email="p3@example.com"))

    result = desk.run(LIST)

    assert five(result) == (19, 1, 0, 0, 0)
    assert ("Known", "p3@example.com") in desk.people()


def test_a_contact_taken_back_from_the_trash_takes_the_row(
    desk: Desk, once_written: Meanwhile
) -> None:
    [known] = desk.add({"first_name": "Known", "email": "p3@example.com"})
    with desk.operations.recording("contact.delete", "Delete") as recorder:
        recorder.kill("contact", [known])
    once_written(desk.operations.undo)

    result = desk.run(LIST)

    assert result["created"] == 19
    assert len(desk.people()) == 20


@pytest.mark.parametrize(
    ("rule", "numbers", "name"),
    [
        ("update", (19, 1, 0, 0, 0), "P3"),
        ("fill", (19, 1, 0, 0, 0), "Typed"),
        ("skip", (19, 0, 1, 0, 0), "Typed"),
    ],
)
def test_the_rule_for_duplicates_holds_for_them(
    desk: Desk, once_written: Meanwhile, rule: str, numbers: tuple[int, ...], name: str
) -> None:
    once_written(lambda: desk.add({"first_name": "Typed", "email": "p3@example.com"}))

    result = desk.run(LIST, on_duplicate=rule, tags=("fair",))

    assert five(result) == numbers
    assert (name, "p3@example.com") in desk.people()
    assert ("p3@example.com" in desk.tags()) is (rule != "skip")


def test_create_makes_everybody_as_it_was_asked_to(desk: Desk, once_written: Meanwhile) -> None:
    once_written(lambda: desk.add({"first_name": "Typed", "email": "p3@example.com"}))

    assert five(desk.run(LIST, on_duplicate="create")) == (20, 0, 0, 0, 0)
    assert len(desk.people()) == 21


def test_later_rows_for_the_same_person_stay_duplicates(
    desk: Desk, once_written: Meanwhile
) -> None:
    again = LIST + "P3,Q3,p3@example.com,+442071838750,,\nP4,Q4,p4@example.com,,,\n"
    once_written(lambda: desk.add({"first_name": "Typed", "email": "p3@example.com"}))

    result = desk.run(again)

    assert five(result) == (19, 1, 0, 2, 0)
    assert ("p3@example.com", "+442071838750") in desk.people("email", "phone")


def test_two_newcomers_who_are_one_contact_by_now_are_joined_to_it(
    desk: Desk, once_written: Meanwhile
) -> None:
    typed = {"email": "p3@example.com", "labelled:email": [["other", "p4@example.com"]]}
    once_written(lambda: desk.add(typed))

    result = desk.run(LIST)

    assert five(result) == (18, 1, 0, 1, 0)
    assert len(desk.people()) == 19


def test_a_list_in_which_everybody_came_meanwhile_leaves_no_operation(
    desk: Desk, once_written: Meanwhile
) -> None:
    one = HEADER + "P,,p@example.com,,,\n"
    once_written(lambda: desk.add({"first_name": "P", "email": "p@example.com"}))

    result = desk.run(one)

    assert five(result) == (0, 0, 1, 0, 0)
    assert result["operation"] is None
    assert desk.people() == [("P", "p@example.com")]


def test_the_search_index_forgets_what_was_joined(desk: Desk, once_written: Meanwhile) -> None:
    once_written(lambda: desk.add({"first_name": "Typed", "email": "p3@example.com"}))
    desk.run(LIST)

    assert desk.indexing.pending() == 0
    if desk.store.is_sqlite:
        with sqlite3.connect(desk.workspace.search) as index:
            assert index.execute("SELECT count(*) FROM doc").fetchone() == (20,)
        index.close()


def test_who_comes_between_the_look_and_the_last_transaction_is_joined_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Joins] = []
    look = joining.look

    def looking(connection: Any, plan: Any, rows: Any, since: int | None = None) -> Joins:
        found = look(connection, plan, rows, since)
        looked.append(found)
        if len(looked) == 1:
            desk.add({"first_name": "Late", "email": "p3@example.com"})
        return found

    monkeypatch.setattr(joining, "look", looking)
    result = desk.run(LIST)

    # First look, check in the transaction, look again, check again.
    assert [len(joins.contacts) for joins in looked] == [0, 1, 1, 0]
    assert five(result) == (19, 1, 0, 0, 0)
    assert ("Late", "p3@example.com") in desk.people()
    assert Audit(desk.store).verify().ok


def test_a_contact_that_is_deleted_again_gets_nothing_and_the_row_is_created(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, once_written: Meanwhile
) -> None:
    made: list[int] = []
    once_written(lambda: made.extend(desk.add({"first_name": "Gone", "email": "p3@example.com"})))
    seal = Sealing.seal

    def sealing(self: Sealing, *arguments: Any, **options: Any) -> Any:
        if made:
            with desk.operations.recording("contact.delete", "Delete") as recorder:
                recorder.kill("contact", [made.pop()])
        return seal(self, *arguments, **options)

    monkeypatch.setattr(Sealing, "seal", sealing)

    assert five(desk.run(LIST)) == (20, 0, 0, 0, 0)
    assert ("P3", "p3@example.com") in desk.people()


def add_all(folder: str, ready: Any, stop: Any) -> None:
    """In another process: type people of the list, one after the other, until told to stop."""
    with open_desk(Path(folder)) as desk:
        for n in range(300):
            if stop.is_set():
                return
            desk.add({"first_name": "Typed", "email": f"p{n}@example.com"})
            ready.set()


def test_nobody_is_doubled_while_another_process_types_the_same_people(tmp_path: Path) -> None:
    rows = "".join(f"P{n},,p{n}@example.com,,,\n" for n in range(400))
    spawn = multiprocessing.get_context("spawn")
    ready, stop = spawn.Event(), spawn.Event()
    with open_desk(tmp_path) as desk:
        # More than are ever typed, so that something is left to import.
        job = desk.importing.start(desk.list(HEADER + rows), ImportOptions())
        other = spawn.Process(target=add_all, args=(str(tmp_path), ready, stop))
        other.start()
        try:
            assert ready.wait(60)
            result = dict(desk.jobs.run(job).result or {})
        finally:
            stop.set()
            other.join()

        five(result)
        addresses = [email for _, email in desk.people()]
        seen_since = len(addresses) - len(set(addresses))
        assert other.exitcode == 0
        # The typist adds without looking: only who was typed after the seal may be there twice.
        with desk.store.reading() as connection:
            sealed = connection.exec_driver_sql(
                "SELECT seq FROM operation WHERE kind = 'import'"
            ).scalar_one()
            later = connection.exec_driver_sql(
                f"SELECT count(*) FROM operation WHERE seq > {sealed} AND state = 'done'"
            ).scalar_one()
        assert seen_since == later
        assert Audit(desk.store).verify().ok
