"""The verbs of credits: what is left, every movement, the check of the seals, and own caps."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.bootstrap import build
from app.core.actor import Origin
from app.core.paths import Workspace
from app.services.credits import Attempt, Step
from tests.cli.driver import Answer, Captely
from tests.cli.test_audit import copied
from tests.servers.keyring_daemon import KeyringDaemon

FIGURES = ("available", "held", "spent", "granted", "expired")


def enrich(captely: Captely, *prices: int) -> None:
    """Calls that found what they were asked for, as an enrichment makes them."""
    app = build(Workspace(captely.workspace), origin=Origin.CLI)
    for item, price in enumerate(prices, 1):
        held = app.credits.reserve(Step(1, item, item, "icypeas", "email", price))
        assert isinstance(held, Attempt)
        app.credits.send(held.id)
        app.credits.settle(held.id, charged=price, found=1, outcome="FOUND")
    app.close()


def figures(captely: Captely) -> list[float]:
    found = captely.done("credits")
    return [found[name] for name in FIGURES]


@pytest.mark.free
def test_a_new_workspace_has_the_free_months_credits(
    captely: Captely, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CAPTELY_NOW", "2026-11-23T10:00:00Z")
    found = captely.done("credits")
    assert [found[name] for name in FIGURES] == [100, 0, 0, 100, 0]
    assert found["limits"] == {
        "credits_month": 100,
        "enrichments_day": 50,
        "provider_month": {"icypeas": 100},
        "providers": ["icypeas"],
        "imports_month": 1,
        "contacts": 100,
        "seats": 1,
        "rollover_cap": 0,
    }
    assert found["by_provider"]["icypeas"] == {
        "spent": 0, "held": 0, "spent_month": 0, "found_month": 0, "limit_month": 100,
    }  # fmt: skip
    assert found["month_resets_at"] == "2026-12-01T00:00:00Z"
    assert (found["ledger"]["ok"], found["ledger"]["rows"]) == (True, 1)


@pytest.mark.free
def test_credits_are_decimal_and_add_up_and_the_month_turns_offline(
    captely: Captely, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CAPTELY_NOW", "2026-11-30T10:00:00Z")
    enrich(captely, 1_000, 100)
    assert figures(captely) == [98.9, 0, 1.1, 100, 0]
    assert captely.done("credits")["by_provider"]["icypeas"]["spent"] == 1.1
    assert "98.9" in captely("credits").out
    monkeypatch.setenv("CAPTELY_NOW", "2026-12-01T00:00:00Z")
    assert figures(captely) == [100, 0, 1.1, 200, 98.9]


def test_the_ledger_lists_every_movement_and_filters_them(captely: Captely):
    enrich(captely, 1_000, 100)
    found = captely.done("credits", "ledger")
    kinds = ["post", "hold", "post", "hold", "grant"]
    assert (found["total"], [row["kind"] for row in found["rows"]]) == (5, kinds)
    assert found["rows"][0]["amount"] == 0.1

    def seqs(*options: str) -> list[int]:
        return [row["seq"] for row in captely.done("credits", "ledger", *options)["rows"]]

    assert seqs("--kind", "hold") == [4, 2]
    assert seqs("--contact", "2") == [5, 4]
    assert seqs("--provider", "hunter") == []
    assert seqs("--category", "plan", "--limit", "1", "--offset", "4") == [1]
    assert seqs("--until", "2020-01-01") == []
    assert seqs("--since", "2020-01-01", "--job", "1") == [5, 4, 3, 2]
    assert "icypeas email, contact 2" in captely("credits", "ledger").out


def test_an_altered_row_is_named_and_the_ledger_taken_up_again(captely: Captely):
    enrich(captely, 1_000)
    assert captely("credits", "verify").out == "The ledger is whole: 3 rows.\n"
    with closing(sqlite3.connect(captely.workspace / "captely.db")) as database:
        database.execute("DROP TRIGGER transfer_no_update")
        database.execute("UPDATE transfer SET amount = 1 WHERE seq = 3")
        database.commit()

    answer = captely.json("credits", "verify")
    assert answer.code == 1
    assert (answer.json["fault"], answer.json["first_bad"]) == ("bad_mac", 3)
    assert "Row 3 of the ledger was altered." in captely("credits").err
    # The contacts have nothing to do with it.
    assert captely.add("email=a@example.com") == 1

    assert captely.json("credits", "verify", "--accept").code == 0
    assert captely.done("credits", "verify")["accepted"] == 3


def test_own_caps_are_set_shown_and_taken_away(captely: Captely):
    none = {"run": None, "day": None, "month": None, "providers": {}}
    assert captely.done("credits", "cap")["caps"] == none
    captely.done("credits", "cap", "--day", "2.5", "--provider", "Hunter=10")
    set_ = captely.done("credits", "cap", "--run", "5")["caps"]
    assert set_ == {"run": 5, "day": 2.5, "month": None, "providers": {"hunter": 10}}
    left = captely.done("credits", "cap", "--day", "none", "--provider", "hunter=none")["caps"]
    assert left == {**none, "run": 5}
    for wrong in (("--day", "much"), ("--day", "-1"), ("--provider", "hunter")):
        assert captely.json("credits", "cap", *wrong).code == 2


def test_what_counts_as_an_import_and_as_a_contact(captely: Captely):
    def used() -> tuple[int, int]:
        found = captely.done("credits")["used"]
        return found["imports_month"], found["contacts"]

    people = captely.file("p.csv", "First name,Email", "A,a@example.com", "B,not an address")
    captely.json("import", people, "--dry-run")
    assert used() == (0, 0)
    rejects = captely.json("import", people).json["rejects_file"]
    assert used() == (1, 1)
    rejected = Path(rejects).read_text("utf-8-sig")
    Path(rejects).write_text(rejected.replace("not an address", "b@example.com"))
    captely.done("import", rejects)
    assert used() == (1, 2)
    captely.done("sample", "add")
    assert used() == (1, 2)
    captely.done("sample", "remove")
    captely.done("import", captely.file("q.csv", "Email", "q@example.com"))
    assert used() == (2, 3)
    captely.done("undo")
    assert used() == (1, 2)
    captely.done("redo")
    assert used() == (2, 3)


@pytest.mark.free
def test_with_a_real_keyring_an_older_copy_of_the_database_is_noticed(
    captely: Captely, gnome_keyring: KeyringDaemon
):
    def run(*words: str, now: str = "2026-11-23T10:00:00Z") -> Answer:
        return captely.ended(captely.start(*words, "--json", CAPTELY_NOW=now))

    database = captely.workspace / "captely.db"
    assert run("credits").json["ledger"]["weaker"] is False
    old = copied(database, captely.folder / "old.db")
    assert run("credits", now="2026-12-01T10:00:00Z").json["available"] == 100
    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(old, database)

    found = run("credits", "verify")
    assert (found.code, found.json["fault"], found.json["first_bad"]) == (1, "truncated", 2)
    assert "LEDGER_BROKEN" in [each["code"] for each in run("doctor").json["problems"]]
    assert run("credits", "verify", "--accept").code == 0
    assert run("credits").json["available"] == 100
