"""Ways around the plan's doors that a user has: trash, undo, sample, file names, the database."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.cli.driver import Captely

pytestmark = pytest.mark.free


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTELY_NOW", "2026-11-23T10:00:00Z")


def listed(captely: Captely, name: str, first: int, n: int, *more: str) -> str:
    rows = (f"A{i},a{i}@example.com" for i in range(first, first + n))
    return captely.file(name, "First name,Email", *rows, *more)


def refused(captely: Captely, code: str, *words: str) -> dict[str, object]:
    answer = captely.json(*words)
    assert (answer.code, answer.json["error"]["code"]) == (3, code), answer
    error: dict[str, object] = answer.json["error"]
    return error


def replaced(captely: Captely) -> None:
    """A hundred contacts, of whom two are in the trash and two others took their places."""
    captely.done("import", listed(captely, "first.csv", 0, 100))
    captely.done("contact", "delete", "1", "2")
    captely.add("email=n1@example.com")
    captely.add("email=n2@example.com")


@pytest.mark.parametrize("way", [("contact", "restore", "1", "2"), ("undo", "2")])
def test_nobody_comes_out_of_the_trash_beside_those_who_took_the_places(
    captely: Captely, way: tuple[str, ...]
) -> None:
    replaced(captely)
    error = refused(captely, "CONTACT_LIMIT", *way)
    assert (error["limit"], error["used"], error["needed"]) == (100, 100, 2)
    assert error["message"] == "0 of 2 may come back: your plan holds 100 contacts."
    assert captely.done("contacts")["total"] == 100
    assert captely.done("contacts", "in:trash")["total"] == 2
    captely.done("undo")
    captely.done("contact", "restore", "1")
    assert captely.done("contacts")["total"] == 100


def test_a_bulk_redo_of_additions_asks_for_their_places_again(captely: Captely) -> None:
    captely.done("import", listed(captely, "first.csv", 0, 99))
    captely.add("email=n1@example.com")
    undone = captely.done("undo")["of"]
    captely.add("email=n2@example.com")
    refused(captely, "CONTACT_LIMIT", "redo", str(undone))
    assert captely.done("contacts")["total"] == 100


@pytest.mark.parametrize("way", [("redo", "1"), ("contact", "restore", "1", "2", "3")])
def test_an_import_that_was_undone_and_replaced_does_not_come_back(
    captely: Captely, way: tuple[str, ...]
) -> None:
    captely.done("import", listed(captely, "first.csv", 0, 3))
    captely.done("undo")
    captely.done("import", listed(captely, "second.csv", 10, 3))
    error = refused(captely, "IMPORT_LIMIT", *way)
    assert error["resets_at"] == "2026-12-01T00:00:00Z"
    assert captely.done("contacts")["total"] == 3
    captely.done("undo")
    captely.done(*way)
    assert captely.done("contacts")["total"] == 3
    refused(captely, "IMPORT_LIMIT", "import", listed(captely, "third.csv", 20, 3))
    refused(captely, "IMPORT_LIMIT", "redo", "3")


def test_contacts_of_an_undone_import_that_were_restored_make_it_count(captely: Captely) -> None:
    captely.done("import", listed(captely, "first.csv", 0, 3))
    captely.done("undo")
    captely.done("contact", "restore", "2")
    refused(captely, "IMPORT_LIMIT", "import", listed(captely, "second.csv", 10, 3))


def test_rejected_rows_come_back_for_nothing_once(captely: Captely) -> None:
    captely.json("import", listed(captely, "first.csv", 0, 3, "X,no", "Y,no", "Z,no"))
    half = listed(captely, "first-rejected-1.csv", 10, 2, "Z,no")
    assert captely.json("import", half).json["created"] == 2
    whole = listed(captely, "first-rejected-1.csv", 10, 3)
    assert captely.json("import", whole).json["created"] == 1
    others = listed(captely, "other-rejected-1.csv", 50, 3)
    refused(captely, "IMPORT_LIMIT", "import", others)
    assert captely.done("contacts")["total"] == 6


def test_a_contact_of_the_sample_that_became_somebody_real_takes_a_place(captely: Captely) -> None:
    captely.done("sample", "add")
    captely.done("contact", "set", "1", "status=qualified", "city=Paris")
    assert captely.done("credits")["used"]["contacts"] == 0
    captely.done("contact", "set", "1", "email=real@example.com")
    assert captely.done("credits")["used"]["contacts"] == 1
    captely.done("undo")
    assert captely.done("credits")["used"]["contacts"] == 0


ALTERED = {
    "the jobs": "DELETE FROM job",
    "the batch": "DELETE FROM import_batch",
    "its date": "UPDATE import_batch SET at_us = 0",
    "its name": "UPDATE import_batch SET file_name = 'x-rejected-1.csv', "
    "counts = json_set(counts, '$.rejected', 1000)",
    "the journal": "DELETE FROM operation",
}


@pytest.mark.parametrize("what", ALTERED)
def test_whoever_alters_the_database_has_no_second_import(captely: Captely, what: str) -> None:
    captely.done("import", listed(captely, "first.csv", 0, 3))
    with closing(sqlite3.connect(captely.workspace / "captely.db")) as db:
        db.execute(ALTERED[what])
        db.commit()
    refused(captely, "IMPORT_LIMIT", "import", listed(captely, "second.csv", 10, 3))


def test_why_parked_rows_wait_is_told_in_the_words_of_their_limit(captely: Captely) -> None:
    captely.json("import", listed(captely, "first.csv", 0, 102))
    captely.done("contact", "delete", "1", "2")
    with closing(sqlite3.connect(captely.workspace / "captely.db")) as db:
        db.execute("UPDATE import_batch SET counts = json_set(counts, '$.parked', 0)")
        db.commit()
    refused(captely, "IMPORT_LIMIT", "job", "resume", "2")
    waiting = captely.done("jobs")["jobs"][0]
    assert (waiting["state"], waiting["message"]) == (
        "paused", "1 of 1 imports are used this month.",
    )  # fmt: skip


def test_what_a_plan_that_ended_left_is_deleted_and_comes_back_in_any_order(
    captely: Captely, monkeypatch: pytest.MonkeyPatch
) -> None:
    from issuer.cli import main as issuer

    keys, file = captely.folder / "keys", str(captely.folder / "a.captely-licence")
    assert issuer(["keygen", "--out", str(keys), "--kid", "t1", "--no-passphrase"]) == 0
    monkeypatch.setenv("CAPTELY_LICENCE_KEYS", str(keys / "keyset.json"))
    words = ["--key", str(keys / "t1.pem"), "--workspace", captely.done("licence")["workspace"]]
    assert issuer(["issue", *words, "--plan", "starter", "--out", file]) == 0
    captely.done("licence", "install", file)
    captely.done("import", listed(captely, "first.csv", 0, 150))
    monkeypatch.setenv("CAPTELY_NOW", "2028-11-23T10:00:00Z")
    captely.done("contact", "delete", "1", "2", "3")
    captely.done("contact", "delete", "4")
    captely.done("contact", "restore", "2", "4")
    captely.done("contact", "restore", "1", "3")
    assert captely.done("contacts")["total"] == 150


def at(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setenv("CAPTELY_NOW", f"{day}T10:00:00Z")


def one_more(captely: Captely, name: str) -> tuple[str, str]:
    return "import", captely.file(f"{name}.csv", "Email", f"{name}@example.com")


def test_a_clock_that_is_set_back_brings_no_month_again(
    captely: Captely, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, "2026-11-20")
    captely.done(*one_more(captely, "a"))
    for day in ("2026-10-20", "2026-09-20", "2026-01-20"):
        at(monkeypatch, day)
        refused(captely, "IMPORT_LIMIT", *one_more(captely, "b"))
    at(monkeypatch, "2026-12-20")
    captely.done(*one_more(captely, "c"))


@pytest.mark.parametrize("verb", ["credits", "import"])
def test_a_clock_that_once_stood_in_a_wrong_year_shuts_nobody_out_and_gives_nothing(
    captely: Captely, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    at(monkeypatch, "2099-01-05")
    if verb == "import":
        captely.done(*one_more(captely, "far"))
    captely.done("credits")
    for month in ("2026-12", "2027-01"):
        at(monkeypatch, f"{month}-03")
        captely.done(*one_more(captely, f"a{month}"))
        error = refused(captely, "IMPORT_LIMIT", *one_more(captely, f"b{month}"))
        assert str(error["resets_at"]) < "2027-02-02"
