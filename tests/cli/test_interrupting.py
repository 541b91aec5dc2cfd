"""Ctrl+C, kills and two commands at once: nothing is lost and nothing is half done."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

import pytest

from tests.cli.driver import Captely

PEOPLE = 60_000
LOADING = "SELECT 1 FROM job WHERE state = 'running' AND cursor LIKE '%loading%' AND done > 0"
PLANNING = "SELECT 1 FROM job WHERE state = 'running'"

Started = list[subprocess.Popen[str]]
ListMaker = Callable[[int], str]


class TestCtrlC:
    @pytest.mark.parametrize("moment", [PLANNING, LOADING])
    def test_an_import_ends_with_130_and_leaves_nothing(
        self, captely: Captely, running: Started, long_list: ListMaker, moment: str
    ) -> None:
        running.append(captely.start("import", long_list(PEOPLE), "--tag", "x", "--json"))
        captely.until(moment)
        running[0].send_signal(signal.SIGINT)
        answer = captely.ended(running[0])

        assert (answer.code, answer.json["error"]["code"]) == (130, "CANCELLED")
        assert "Traceback" not in answer.err
        assert captely.done("contacts")["total"] == 0
        assert captely.done("tags")["tags"] == []
        assert captely.done("history")["history"] == []
        assert captely.done("jobs")["jobs"][0]["state"] == "cancelled"
        assert list((captely.workspace / "plans").iterdir()) == []
        assert captely.done("audit", "verify")["ok"]

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
        assert job["state"] in {"interrupted", "cancelled"}
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
        running.append(captely.start("import", long_list(PEOPLE), "--json"))
        captely.until(LOADING)
        captely.done("job", "pause", "1")
        paused = captely.ended(running[0])
        assert (paused.code, paused.message) == (2, "Job 1 was paused before its end.")
        assert captely.done("contacts")["total"] == 0
        assert captely.done("job", "resume", "1")["created"] == PEOPLE
