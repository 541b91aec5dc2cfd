"""What Free holds, and what the verbs say and do when more comes: codes, numbers and exit codes."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.driver import Answer, Captely
from tests.cli.fixtures import ListMaker

pytestmark = pytest.mark.free

Install = Callable[..., None]
FIVE = ("created", "updated", "unchanged", "duplicates", "rejected")
MONTH_ENDS = "2026-12-01T00:00:00Z"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTELY_NOW", "2026-11-23T10:00:00Z")


@pytest.fixture
def install(captely: Captely, monkeypatch: pytest.MonkeyPatch, capsys: object) -> Install:
    """Installs a licence as a user does, made by the vendor's issuer."""
    from issuer.cli import main as issuer

    keys = captely.folder / "keys"
    assert issuer(["keygen", "--out", str(keys), "--kid", "t1", "--no-passphrase"]) == 0
    monkeypatch.setenv("CAPTELY_LICENCE_KEYS", str(keys / "keyset.json"))

    def installed(plan: str, *options: str) -> None:
        file = str(captely.folder / f"{plan}.captely-licence")
        words = ["--key", str(keys / "t1.pem"), "--workspace", captely.done("licence")["workspace"]]
        assert issuer(["issue", *words, "--plan", plan, "--out", file, *options]) == 0
        captely.done("licence", "install", file)

    return installed


def refused(answer: Answer, code: str) -> dict[str, object]:
    assert answer.code == 3, answer
    error: dict[str, object] = answer.json["error"]
    assert error["code"] == code
    return error


def filled(captely: Captely, contacts: int) -> None:
    """As many contacts, by an import that is the month's one."""
    rows = (f"A{i},a{i}@example.com" for i in range(contacts))
    captely.done("import", captely.file("first.csv", "First name,Email", *rows))


def test_the_hundred_and_first_contact_is_refused_until_there_is_a_place(captely: Captely) -> None:
    filled(captely, 99)
    last = captely.add("email=last@example.com")
    error = refused(captely.json("contact", "add", "email=more@example.com"), "CONTACT_LIMIT")
    assert (error["limit"], error["used"], error["needed"]) == (100, 100, 1)
    assert (error["resets_at"], error["remedy"]) == (None, "upgrade")
    assert error["message"] == "All 100 contacts of your plan are used."
    captely.done("contact", "delete", str(last))
    captely.add("email=more@example.com")
    assert captely.done("contacts")["total"] == 100


def test_five_hundred_contacts_of_a_plan_that_ended_are_there_for_ever(
    captely: Captely, install: Install, long_list: ListMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("starter", "--days", "30")
    captely.done("import", long_list(500))
    monkeypatch.setenv("CAPTELY_NOW", "2028-11-23T10:00:00Z")
    assert captely.done("licence")["plan"] == "free"
    assert captely.done("contacts", "--limit", "500")["total"] == 500
    captely.done("contact", "set", "500", "city=Paris")
    assert captely.done("export", "json", str(captely.folder / "a.json"))["written"] == 500
    captely.done("contact", "delete", "7")
    captely.done("undo")
    assert captely.done("contacts")["total"] == 500
    again = captely.file("again.csv", "Email,Title", "p3@example.com,Boss")
    assert captely.done("import", again, "--on-duplicate", "update")["updated"] == 1
    error = refused(captely.json("contact", "add", "email=new@example.com"), "CONTACT_LIMIT")
    assert (error["limit"], error["used"]) == (100, 500)
    another = captely.json("import", captely.file("new.csv", "Email", "n@example.com"))
    refused(another, "IMPORT_LIMIT")


def test_a_list_that_does_not_fit_is_refused_whole_if_the_user_wants_it_so(
    captely: Captely, long_list: ListMaker
) -> None:
    error = refused(captely.json("import", long_list(150), "--no-park"), "CONTACT_LIMIT")
    assert "100 of 150 fit" in str(error["message"])
    assert "--park" in str(error["hint"])
    assert (error["limit"], error["used"], error["needed"]) == (100, 0, 150)
    assert captely.done("contacts")["total"] == 0
    # Nothing was imported, so this month's import is still there.
    assert captely.json("import", long_list(150)).code == 1
    refused(captely.json("import", long_list(3)), "IMPORT_LIMIT")


def test_what_fits_comes_in_and_the_rest_is_a_paused_job(
    captely: Captely, install: Install, long_list: ListMaker
) -> None:
    file = long_list(150)
    dry = captely.json("import", file, "--dry-run")
    assert (dry.code, dry.json["parking"]["message"]) == (
        1, "100 of 150 fit: your plan holds 100 contacts.",
    )  # fmt: skip
    answer = captely.json("import", file)
    result = answer.json
    assert answer.code == 1
    assert [result[name] for name in FIVE] == [dry.json[name] for name in FIVE]
    assert result["rows"] == sum(result[name] for name in FIVE) == 100
    assert result["parked"] == dry.json["parked"] == 50
    job = captely.done("jobs")["jobs"][0]
    assert (job["id"], job["kind"], job["state"]) == (result["parking"]["job"], "import", "paused")
    assert (job["parked"], job["total"]) == (50, 50)
    assert job["message"] == "50 rows parked: the plan holds 100 contacts."
    refused(captely.json("job", "resume", str(job["id"])), "CONTACT_LIMIT")
    still = captely.done("jobs")["jobs"][0]
    assert still == job | {"started": still["started"]}
    install("professional")
    later = captely.done("job", "resume", str(job["id"]))
    assert (later["created"], later["parked"]) == (50, 0)
    assert captely.done("contacts")["total"] == 150


def test_words_say_how_many_fit_and_how_to_go_on(captely: Captely, long_list: ListMaker) -> None:
    file = long_list(120)
    dry = captely("import", file, "--dry-run")
    assert "100 of 120 fit: your plan holds 100 contacts.\n20 rows would be parked." in dry.out
    answer = captely("import", file)
    assert answer.code == 1
    assert "20 rows are parked: job 2. Once there is room: captely job resume 2" in answer.out
    assert "20 rows parked: the plan holds 100 contacts." in captely("jobs").out
    cancelled = captely("job", "cancel", "2")
    assert "Job 2 is cancelled.\n20 parked rows are dropped." in cancelled.out


@pytest.mark.parametrize(
    ("words", "parked", "left_out"),
    [
        ((), 2, "p101@example.com"),
        (("--fit-by", "company"), 2, "p1@example.com"),
        (("--fit-by=-company",), 2, "p100@example.com"),
        (("--fit-only", "company=FIRM 005"), 101, "p101@example.com"),
        (("--fit-only", "company~m 00", "--fit-by", "email"), 92, "p50@example.com"),
    ],
)
def test_the_user_says_who_comes_in(
    captely: Captely, words: tuple[str, ...], parked: int, left_out: str
) -> None:
    rows = (f"p{n}@example.com,Firm {101 - n:03}" for n in range(102))
    file, plan = captely.file("list.csv", "Email,Company", *rows), captely.folder / "plan.json"
    captely.json("import", file, "--dry-run", "--plan-file", str(plan), *words)
    planned = json.loads(plan.read_text())["rows"]
    waiting = [row["values"]["email"] for row in planned if row["fate"] == "parked"]
    assert len(waiting) == parked
    assert left_out in waiting
    assert captely.json("import", file, *words).json["parked"] == parked
    assert captely.done("contacts", left_out)["total"] == 0


def test_a_second_import_of_the_month_is_refused_until_it_turns(
    captely: Captely, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(captely, 3)
    more = captely.file("more.csv", "Email", "more@example.com")
    error = refused(captely.json("import", more), "IMPORT_LIMIT")
    assert (error["limit"], error["used"], error["needed"]) == (1, 1, 1)
    assert (error["resets_at"], error["remedy"]) == (MONTH_ENDS, "upgrade")
    assert captely.done("import", more, "--dry-run")["created"] == 1
    assert len(captely.done("jobs")["jobs"]) == 1
    monkeypatch.setenv("CAPTELY_NOW", "2026-12-01T00:00:01Z")
    assert captely.done("import", more)["created"] == 1


def test_the_sample_takes_no_place_and_no_import(captely: Captely) -> None:
    captely.done("sample", "add")
    assert captely.done("contacts")["total"] > 400
    filled(captely, 100)
    refused(captely.json("contact", "add", "email=more@example.com"), "CONTACT_LIMIT")


def test_two_processes_at_the_last_place_cannot_both_have_it(captely: Captely) -> None:
    filled(captely, 99)
    started: list[subprocess.Popen[str]] = [
        captely.start("contact", "add", f"email=x{n}@example.com", "--json") for n in range(3)
    ]
    codes = sorted(captely.ended(process).code for process in started)
    assert codes == [0, 3, 3]
    assert captely.done("contacts")["total"] == 100


def test_the_parked_list_can_be_read_by_a_person(captely: Captely, long_list: ListMaker) -> None:
    result = captely.json("import", long_list(102)).json
    with Path(result["parking"]["file"]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Email"], row["_row"]) for row in rows] == [
        ("p100@example.com", "102"), ("p101@example.com", "103"),
    ]  # fmt: skip
