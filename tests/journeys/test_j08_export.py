"""J8: export in one click, with trouble; through the command line and a practice HubSpot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from app.sandbox import Sandbox
from app.sandbox.hubspot import PracticeHubSpot
from tests.cli.driver import Captely
from tests.cli.fixtures import KEY, Practise

PEOPLE = 250
FATES = ("create", "update", "unchanged", "skipped", "invalid")
OUTCOMES = ("ok", "failed", "ambiguous")


@pytest.fixture
def office(captely: Captely) -> Captely:
    """250 people, two of them suppressed."""
    rows = (f"Ann{n},Bee,p{n}@example.com,Acme {n % 7}" for n in range(PEOPLE))
    captely.done("import", captely.file("list.csv", "First name,Last name,Email,Company", *rows))
    captely.done("suppression", "add", "email", "p0@example.com", "--reason", "unsubscribed")
    captely.done("suppression", "add", "contact", "2")
    return captely


def writes(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [call for call in sandbox.requests() if call["path"].endswith("/batch/upsert")]


def reads(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [call for call in sandbox.requests() if call["path"].endswith("/batch/read")]


def times_written(sandbox: Sandbox) -> dict[str, int]:
    """How often each contact was written in the practice account."""
    practice = cast("PracticeHubSpot", sandbox.practice("hubspot"))
    return {stored.values["email"]: stored.writes for stored in practice.book.all()}


def numbers(result: dict[str, Any], names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(result[name] for name in names)


def test_the_account_is_named_before_anything_is_sent(office: Captely, practise: Practise) -> None:
    practise("normal")
    tested = office.done("connection", "test", "hubspot")
    assert tested["connections"][0]["health"] == "ok"
    assert tested["connections"][0]["account"]["id"]
    listed = office.json("connection").json["connections"][0]
    assert listed["variable"] == "CAPTELY_HUBSPOT_KEY"
    assert KEY not in json.dumps([tested, listed])


def test_a_dry_run_tells_each_fate_and_sends_nothing(
    office: Captely, practise: Practise, tmp_path: Path
) -> None:
    sandbox = practise("normal")
    file = tmp_path / "plan.json"
    planned = office.done("export", "hubspot", "--dry-run", "--plan-file", str(file))
    assert numbers(planned, FATES) == (PEOPLE - 2, 0, 0, 2, 0)
    assert writes(sandbox) == []
    plan = json.loads(file.read_text())
    fates = [contact["fate"] for contact in plan["contacts"]]
    assert (len(fates), fates.count("skipped")) == (PEOPLE, 2)
    assert "unsubscribed" in file.read_text()
    assert sum(len(request["body"]["inputs"]) for request in plan["requests"]) == PEOPLE - 2


def test_a_second_export_at_once_writes_nothing(office: Captely, practise: Practise) -> None:
    sandbox = practise("normal")
    first = office.done("export", "hubspot")
    assert numbers(first, OUTCOMES) == (PEOPLE - 2, 0, 0)
    sent = len(writes(sandbox))
    again = office.done("export", "hubspot")
    assert numbers(again, FATES) == (0, 0, PEOPLE - 2, 2, 0)
    assert len(writes(sandbox)) == sent

    office.done("contact", "set", "5", "company=Another")
    third = office.done("export", "hubspot")
    assert numbers(third, FATES) == (0, 1, PEOPLE - 3, 2, 0)
    assert len(writes(sandbox)) == sent + 1


def test_a_mapping_with_one_more_field_fills_it_in_for_those_sent_earlier(
    office: Captely, practise: Practise, tmp_path: Path
) -> None:
    sandbox = practise("normal")
    fields = [{"to": "firstname", "from": "first_name"}, {"to": "lastname", "from": "last_name"}]
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps({"fields": fields}))
    office.done("export", "hubspot", "--mapping", str(file))
    fields.append({"to": "company", "from": "company", "or": ["domain"], "write": "fill"})
    file.write_text(json.dumps({"fields": fields}))
    given = ("--mapping", str(file))
    asked = office.done("export", "hubspot", "email:p7@example.com", *given, "--dry-run")
    assert asked["backfill"] == {"fields": ["company"], "planned": 1, "outside": PEOPLE - 3}
    assert asked["first_request"]["path"] == writes(sandbox)[0]["path"]
    assert KEY not in json.dumps(asked)
    before = len(reads(sandbox))
    left = office.done("export", "hubspot", *given, "--backfill", "skip", "--dry-run")
    assert left["update"] == 0
    assert left["reads"] == len(reads(sandbox)) - before == 0
    filled = office.done("export", "hubspot", "id:9", *given, "--backfill", "only")
    assert filled["reads"] == len(reads(sandbox)) - before == (PEOPLE - 2 + 99) // 100
    assert numbers(filled, FATES) == (0, PEOPLE - 2, 0, 0, 0)
    assert numbers(filled, OUTCOMES) == (PEOPLE - 2, 0, 0)
    practice = cast("PracticeHubSpot", sandbox.practice("hubspot"))
    assert all(stored.values["company"].startswith("Acme") for stored in practice.book.all())


def test_three_refused_contacts_are_named_and_sent_again_alone(
    office: Captely, practise: Practise
) -> None:
    sandbox = practise("partial")
    answer = office.json("export", "hubspot")
    assert answer.code == 1
    assert numbers(answer.json, OUTCOMES) == (PEOPLE - 5, 3, 0)
    failures = answer.json["failures"]
    assert len(failures) == 3
    assert all(failure["email"] and failure["message"] for failure in failures)

    sent = len(writes(sandbox))
    again = office.done("export", "hubspot", "--retry-failed", str(answer.json["run"]))
    assert numbers(again, OUTCOMES) == (3, 0, 0)
    assert len(writes(sandbox)) == sent + 1


def test_words_name_the_contacts_that_failed(office: Captely, practise: Practise) -> None:
    practise("partial")
    answer = office("export", "hubspot")
    assert answer.code == 1
    assert len([line for line in answer.err.splitlines() if "@example.com: " in line]) == 3


def test_a_rate_limit_is_waited_for_as_long_as_it_says(office: Captely, practise: Practise) -> None:
    sandbox = practise("rate_limited")
    result = office.done("export", "hubspot")
    assert numbers(result, OUTCOMES) == (PEOPLE - 2, 0, 0)
    statuses = [call["status"] for call in writes(sandbox)]
    assert statuses.count(429) == 1
    assert sorted(times_written(sandbox).values()) == [1] * (PEOPLE - 2)


def test_a_key_that_is_not_accepted_stops_before_anything_is_sent(
    office: Captely, practise: Practise
) -> None:
    sandbox = practise("unauthorized")
    for verb in (("connection", "test", "hubspot"), ("export", "hubspot")):
        answer = office.json(*verb)
        assert (answer.code, answer.json["error"]["kind"]) == (4, "auth")
        assert KEY not in answer.out + answer.err
    assert writes(sandbox) == []
    assert office.done("connection")["connections"][0]["health"] not in {"ok", "unknown"}


def test_a_key_revoked_meanwhile_keeps_what_was_sent_and_goes_on_with_a_new_one(
    office: Captely, practise: Practise
) -> None:
    practise("revoked")
    answer = office.json("export", "hubspot")
    assert answer.code in {1, 4}
    job = office.done("jobs")["jobs"][0]
    assert job["state"] in {"paused", "failed", "done"}

    sandbox = practise("normal")
    resumed = office.json("export", "hubspot", "--yes")
    assert resumed.code == 0
    assert numbers(resumed.json, OUTCOMES) == (len(times_written(sandbox)), 0, 0)


def test_nobody_is_there_twice_after_an_answer_that_never_came(
    office: Captely, practise: Practise
) -> None:
    sandbox = practise("dropped")
    result = office.json("export", "hubspot").json
    practice = cast("PracticeHubSpot", sandbox.practice("hubspot"))
    assert len(practice.book) == len(times_written(sandbox)) == PEOPLE - 2
    assert numbers(result, OUTCOMES) == (PEOPLE - 2, 0, 0)


def test_no_key_at_all_says_where_to_put_it(captely: Captely) -> None:
    captely.add("email=ada@example.com")
    answer = captely.json("export", "hubspot", "--dry-run")
    assert (answer.code, answer.message) == (2, "There is no key for HubSpot yet.")
    assert "CAPTELY_HUBSPOT_KEY" in answer.json["error"]["hint"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read"), ("{", "is not JSON"), ('{"fields": 3}', "mapping")],
)
def test_a_mapping_file_that_cannot_be_used_is_named(
    office: Captely, practise: Practise, tmp_path: Path, content: str | None, message: str
) -> None:
    sandbox = practise("normal")
    file = tmp_path / "mapping.json"
    if content is not None:
        file.write_text(content)
    answer = office.json("export", "hubspot", "--mapping", str(file))
    assert answer.code == 2
    assert message in answer.message + answer.json["error"]["hint"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("form", ["csv", "json"])
def test_nothing_is_withheld_and_everything_comes_back(
    captely: Captely, tmp_path: Path, form: str
) -> None:
    captely.done("fields", "add", "Budget", "--type", "money")
    captely.add(
        "first_name=Zoé", "email=zoe@example.com", "email.home=z@x.example", "tags=fair,uk",
        "custom:budget=1.234,5", "notes==1+1\ntwo", "postal_code=01000", "status=lost",
        "last_contacted=2026-03-04",
    )  # fmt: skip
    file = str(tmp_path / f"people.{form}")
    assert captely.done("export", form, file)["written"] == 1
    assert captely.json("export", form, file).code == 2
    assert captely.done("export", form, file, "--force")["written"] == 1
    before = captely.done("contact", "1")["contact"]

    captely.workspace = tmp_path / "another"
    captely.done("fields", "add", "Budget", "--type", "money")
    assert captely.done("import", file)["created"] == 1
    after = captely.done("contact", "1")["contact"]
    own = ("created", "updated", "version")
    assert {k: v for k, v in after.items() if k not in own} == {
        k: v for k, v in before.items() if k not in own
    }
