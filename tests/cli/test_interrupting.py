"""Ctrl+C, kills and two commands at once: nothing is lost and nothing is half done."""

from __future__ import annotations

import signal
import threading
from typing import cast

import pytest

from app.sandbox.hubspot import PracticeHubSpot
from app.sandbox.hubspot.errors import over_limit
from app.sandbox.server import Answer, Request
from tests.cli.driver import Captely
from tests.cli.fixtures import ListMaker, Practise, Started

PEOPLE = 60_000
LOADING = "SELECT 1 FROM job WHERE state = 'running' AND cursor LIKE '%loading%' AND done > 0"
PLANNING = "SELECT 1 FROM job WHERE state = 'running'"

LATER = {"Retry-After": "500"}
"""25 seconds, since time runs 20 times faster: long enough for Ctrl+C to come in between."""
WAITING = "SELECT 1 FROM export_item WHERE state = 'ok'"


def test_what_a_killed_export_had_in_flight_is_listed_until_the_resume_looks_it_up(
    captely: Captely, running: Started, practise: Practise
) -> None:
    practise("timeout")
    contact = captely.add("first_name=Ada", "email=ada@example.com")
    running.append(captely.start("export", "hubspot"))
    captely.until("SELECT 1 FROM export_item WHERE state = 'sent'")
    running[0].kill()
    captely.ended(running[0])

    shown = captely.done("job", "show", "1")
    assert (shown["job"]["state"], shown["job"]["ambiguous"]) == ("interrupted", 1)
    assert [call["contact"] for call in shown["ambiguous_calls"]] == [contact]
    assert captely.done("job", "resume", "1")["ok"] == 1
    assert captely.done("job", "show", "1")["ambiguous_calls"] == []


class TestCtrlC:
    @pytest.mark.parametrize("moment", [PLANNING, LOADING])
    def test_an_import_shows_nothing_and_waits_to_be_resumed(
        self, captely: Captely, running: Started, long_list: ListMaker, moment: str
    ) -> None:
        running.append(captely.start("import", long_list(PEOPLE), "--tag", "x", "--json"))
        captely.until(moment)
        running[0].send_signal(signal.SIGINT)
        answer = captely.ended(running[0])

        assert answer.code == 130
        job = answer.json["error"]["job"]
        assert answer.json["error"]["code"] == "PAUSED"
        assert f"captely job resume {job}" in answer.json["error"]["hint"]
        assert "Traceback" not in answer.err
        assert captely.done("contacts")["total"] == 0
        assert captely.done("history")["history"] == []
        assert captely.done("jobs")["jobs"][0]["state"] == "paused"

        assert captely.done("job", "resume", str(job))["created"] == PEOPLE
        assert captely.done("contacts", "tag:x", "--limit", "1")["total"] == PEOPLE
        assert list((captely.workspace / "plans").iterdir()) == []
        assert captely.done("audit", "verify")["ok"]

    def test_an_import_that_is_given_up_then_leaves_nothing(
        self, captely: Captely, running: Started, long_list: ListMaker
    ) -> None:
        running.append(captely.start("import", long_list(PEOPLE), "--tag", "x"))
        captely.until(LOADING)
        running[0].send_signal(signal.SIGINT)
        answer = captely.ended(running[0])
        assert answer.code == 130
        assert "Stopped: job 1 is paused, nothing is lost and nothing half done." in answer.err
        assert "captely job cancel 1" in answer.err

        captely.done("job", "cancel", "1")
        assert captely.done("jobs")["jobs"][0]["state"] == "cancelled"
        assert captely.done("contacts")["total"] == 0
        assert captely.done("tags")["tags"] == []
        assert list((captely.workspace / "plans").iterdir()) == []
        assert captely.done("audit", "verify")["ok"]

    @pytest.mark.parametrize("again", [False, True])
    def test_an_export_keeps_the_rest_and_sends_nothing_twice(
        self,
        captely: Captely,
        running: Started,
        practise: Practise,
        monkeypatch: pytest.MonkeyPatch,
        *,
        again: bool,
    ) -> None:
        rows = (f"Ann{n},p{n}@example.com" for n in range(500))
        captely.done("import", captely.file("list.csv", "First name,Email", *rows))
        sandbox = practise("normal")
        practice = cast("PracticeHubSpot", sandbox.practice("hubspot"))
        proper = practice._upsert

        def once(request: Request) -> Answer:
            return proper(request) if not len(practice.book) else over_limit("", LATER)

        with monkeypatch.context() as patch:
            patch.setattr(practice, "_upsert", once)
            running.append(captely.start("export", "hubspot", "--json"))
            captely.until(WAITING)
            running[0].send_signal(signal.SIGINT)
            answer = captely.ended(running[0])

        assert (answer.code, answer.json["error"]["code"]) == (130, "PAUSED")
        job = str(answer.json["error"]["job"])
        assert captely.done("jobs")["jobs"][0]["state"] == "paused"
        assert len(practice.book) == 100

        if again:
            captely.done("job", "cancel", job)
            result = captely.done("export", "hubspot")
            assert (result["unchanged"], result["ok"]) == (100, 400)
        else:
            assert captely.done("job", "resume", job)["ok"] == 500
        assert [stored.writes for stored in practice.book.all()] == [1] * 500

    def test_a_dry_run_is_cancelled(
        self, captely: Captely, running: Started, long_list: ListMaker
    ) -> None:
        captely.done("contacts")
        running.append(captely.start("import", long_list(200_000), "--dry-run", "--json"))
        never = threading.Event()
        while not list((captely.workspace / "plans").iterdir()):
            never.wait(0.02)
        running[0].send_signal(signal.SIGINT)
        answer = captely.ended(running[0])
        assert (answer.code, answer.json["error"]["code"]) == (130, "CANCELLED")
        assert captely.done("jobs")["jobs"] == []
        assert list((captely.workspace / "plans").iterdir()) == []

    def test_a_second_one_ends_at_once_and_the_job_can_be_cancelled_later(
        self, captely: Captely, running: Started, long_list: ListMaker
    ) -> None:
        running.append(captely.start("import", long_list(PEOPLE)))
        captely.until(LOADING)
        running[0].send_signal(signal.SIGINT)
        running[0].send_signal(signal.SIGINT)
        answer = captely.ended(running[0])

        assert answer.code == 130
        assert "Traceback" not in answer.err
        assert captely.done("contacts")["total"] == 0
        job = captely.done("jobs")["jobs"][0]
        assert job["state"] in {"interrupted", "paused"}
        captely("job", "cancel", str(job["id"]))
        assert captely.done("jobs")["jobs"][0]["state"] == "cancelled"
        assert captely.done("contacts")["total"] == 0

    def test_the_practice_servers_stop_with_0(self, captely: Captely, running: Started) -> None:
        running.append(captely.start("sandbox"))
        assert running[0].stdout is not None
        assert running[0].stdout.readline().startswith("hubspot: http://127.0.0.1:")
        running[0].send_signal(signal.SIGINT)
        assert captely.ended(running[0]).code == 0


class TestKill:
    def test_a_killed_import_is_invisible_until_it_is_resumed(
        self, captely: Captely, running: Started, long_list: ListMaker
    ) -> None:
        running.append(captely.start("import", long_list(PEOPLE), "--json"))
        captely.until(LOADING)
        running[0].kill()
        captely.ended(running[0])

        assert captely.done("contacts")["total"] == 0
        job = captely.done("jobs")["jobs"][0]
        assert job["state"] == "interrupted"
        problems = captely.json("doctor").json["problems"]
        assert "JOBS_INTERRUPTED" in [problem["code"] for problem in problems]

        resumed = captely.json("job", "resume", str(job["id"]))
        assert resumed.code == 0
        assert {key: resumed.json[key] for key in ("rows", "created", "rejected", "job")} == {
            "rows": PEOPLE, "created": PEOPLE, "rejected": 0, "job": job["id"],
        }  # fmt: skip
        assert captely.done("contacts", "--limit", "1")["total"] == PEOPLE
        assert captely.done("audit", "verify")["ok"]


class TestTwoAtOnce:
    def test_both_write(self, captely: Captely, running: Started) -> None:
        captely.done("contacts")
        running += [captely.start("contact", "add", f"email=p{n}@example.com") for n in range(3)]
        answers = [captely.ended(process) for process in running]
        assert [answer.code for answer in answers] == [0, 0, 0], answers
        assert captely.done("contacts")["total"] == 3
        assert captely.done("audit", "verify")["ok"]

    def test_a_running_job_is_not_run_twice(
        self, captely: Captely, running: Started, long_list: ListMaker
    ) -> None:
        running.append(captely.start("import", long_list(PEOPLE), "--json"))
        captely.until(LOADING)
        second = captely.json("job", "resume", "1")
        assert (second.code, second.json["error"]["code"]) == (2, "BUSY")
        assert captely.ended(running[0]).code == 0
        assert captely.done("contacts", "--limit", "1")["total"] == PEOPLE

    def test_one_pauses_what_the_other_runs(
        self, captely: Captely, running: Started, long_list: ListMaker
    ) -> None:
        # So many that the import is not over before the other command has begun.
        many = 4 * PEOPLE
        running.append(captely.start("import", long_list(many), "--json"))
        captely.until(LOADING)
        captely.done("job", "pause", "1")
        paused = captely.ended(running[0])
        assert (paused.code, paused.json["error"]["job"]) == (130, 1)
        assert paused.message.startswith("Stopped: job 1 is paused")
        assert captely.done("contacts")["total"] == 0
        assert captely.done("job", "resume", "1")["created"] == many
