"""Running a plan against a HubSpot in every mood: nobody lost, nobody twice, everything told."""

from __future__ import annotations

import json
import logging
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from app.core.errors import (
    Cancelled,
    CaptelyError,
    InvalidInput,
    OutsideError,
    OutsideKind,
    StalePlan,
)
from app.sandbox.hubspot.contacts import ContactBook
from app.sandbox.hubspot.errors import error
from app.sandbox.hubspot.properties import Property
from app.sandbox.server import Answer, Request
from app.services.exporting import State
from app.services.jobs import JobState
from tests.services.exporting.bench import KEY, Bench
from tests.services.exporting.conftest import BenchMaker

FATES = ("create", "update", "unchanged", "skipped", "invalid")


def numbers(result: dict[str, Any]) -> tuple[int, ...]:
    return tuple(result[name] for name in ("ok", "failed", "ambiguous", "pending"))


def inputs(bench: Bench) -> Counter[str]:
    """How often each e-mail was in a request that writes."""
    return Counter(each["id"] for call in bench.writes() for each in call["body"]["inputs"])


def start(bench: Bench, ids: list[int]) -> int:
    return bench.exporting.start(bench.plan(ids))


def stopped(bench: Bench, job: int) -> OutsideError:
    with pytest.raises(OutsideError) as caught:
        bench.jobs.run(job)
    assert bench.jobs.view(job).state is JobState.FAILED
    return caught.value


class TestAGoodDay:
    def test_everybody_arrives_with_the_values_of_the_mapping(self, bench: Bench) -> None:
        ids = bench.people(250, company="Acme", title="Programmer")
        result = bench.export(ids)
        assert numbers(result) == (250, 0, 0, 0)
        assert result["requests"] == len(bench.writes()) == 3
        assert bench.there()["ada7@acme.example"] == {
            "email": "ada7@acme.example",
            "firstname": "Ada 7",
            "lastname": "Byron",
            "company": "Acme",
            "jobtitle": "Programmer",
        }
        assert bench.ledger() == dict.fromkeys(ids, "ok")

    def test_the_fates_of_the_run_are_those_of_the_dry_run(self, bench: Bench) -> None:
        bench.suppress("email", "ada3@acme.example")
        ids = [*bench.people(5), *bench.add({"first_name": "Nobody"})]
        plan = bench.plan(ids)
        result = bench.run(plan)
        assert {name: result[name] for name in FATES} == plan.counts
        assert "ada3@acme.example" not in bench.there()

    def test_at_once_again_there_is_nothing_to_do_and_no_call_is_made(self, bench: Bench) -> None:
        ids = bench.people(120)
        bench.export(ids)
        before = len(bench.sandbox.requests())
        again = bench.export(ids)
        assert (again["unchanged"], again["requests"], again["reads"]) == (120, 0, 0)
        assert len(bench.sandbox.requests()) == before

    def test_after_a_restart_it_is_the_same(self, bench: Bench) -> None:
        ids = bench.people(20)
        bench.export(ids)
        bench.open()
        assert bench.export(ids)["unchanged"] == 20
        assert len(bench.writes()) == 1

    def test_only_who_changed_is_sent_again_and_completely(self, bench: Bench) -> None:
        ids = bench.people(20)
        bench.export(ids)
        bench.edit(ids[4], city="Paris")
        result = bench.export(ids)
        assert (result["update"], result["unchanged"], result["ok"]) == (1, 19, 1)
        (last,) = bench.writes()[-1]["body"]["inputs"]
        assert last["properties"] == {
            "email": "ada5@acme.example",
            "firstname": "Ada 5",
            "lastname": "Byron",
            "city": "Paris",
        }

    def test_another_mapping_is_a_backfill_of_those_it_concerns(self, bench: Bench) -> None:
        ids = bench.people(3, city="Paris")
        bench.export(ids, {"first_name": "firstname"})
        result = bench.export(ids, {"first_name": "firstname", "city": "city"})
        assert (result["update"], result["ok"]) == (3, 3)
        assert bench.there()["ada1@acme.example"]["city"] == "Paris"

    def test_who_is_there_already_is_noted_and_not_asked_for_again(self, bench: Bench) -> None:
        ids = bench.people(2)
        for n in (1, 2):
            bench.practice.book.write(
                None,
                {"email": f"ada{n}@acme.example", "firstname": f"Ada {n}", "lastname": "Byron"},
                bench.clock.now(),
            )
        assert bench.export(ids)["unchanged"] == 2
        assert bench.ledger() == dict.fromkeys(ids, "unchanged")
        assert bench.export(ids)["reads"] == 0
        assert bench.writes() == []

    def test_a_changed_e_mail_moves_the_record_instead_of_making_a_second(
        self, bench: Bench
    ) -> None:
        (ada,) = bench.people(1)
        bench.export([ada])
        bench.edit(ada, email="ada@new.example")
        result = bench.export([ada])
        assert (result["create"], result["update"], result["ok"]) == (0, 1, 1)
        assert list(bench.there()) == ["ada@new.example"]

    def test_a_record_deleted_there_is_told_and_made_anew_by_a_retry(self, bench: Bench) -> None:
        (ada,) = bench.people(1)
        bench.export([ada])
        bench.practice.book = ContactBook()
        bench.edit(ada, email="ada@new.example")
        result = bench.export([ada])
        assert result["failed"] == 1
        assert "no longer has" in result["failures"][0]["message"]
        assert bench.run(bench.exporting.plan_retry(result["run"]))["ok"] == 1
        assert list(bench.there()) == ["ada@new.example"]

    def test_the_plan_file_is_gone_when_the_run_is_done(self, bench: Bench) -> None:
        bench.export(bench.people(3))
        assert list(bench.workspace.plans.iterdir()) == []

    def test_the_rate_limit_is_never_hit(self, make_bench: BenchMaker) -> None:
        bench = make_bench()
        bench.practice.calls, bench.practice.seconds = 6, 4.0
        result = bench.export(bench.people(1_500))
        assert result["ok"] == 1_500
        assert bench.practice.refused_for_rate == 0


class TestPartialFailures:
    @pytest.mark.parametrize("scenario", ["partial", "partial_email"])
    def test_refused_rows_are_named_and_the_others_are_ok(
        self, make_bench: BenchMaker, scenario: str
    ) -> None:
        bench = make_bench(scenario)
        ids = bench.people(120)
        result = bench.export(ids)
        assert numbers(result) == (117, 3, 0, 0)
        assert [each["contact"] for each in result["failures"]] == ids[:3]
        failure = result["failures"][0]
        assert failure["email"] == "ada1@acme.example"
        assert failure["kind"] == "validation"
        assert "required property" in failure["message"]
        assert "retry" in failure["hint"]
        assert "VALIDATION_ERROR" in failure["detail"]
        assert result["requests"] == 2

    @pytest.mark.parametrize("scenario", ["partial_unnamed", "partial_207"])
    def test_rows_the_answer_does_not_name_are_asked_about_once_more(
        self, make_bench: BenchMaker, scenario: str
    ) -> None:
        bench = make_bench(scenario)
        result = bench.export(bench.people(120))
        assert numbers(result) == (120, 0, 0, 0)
        assert result["requests"] == 3

    @pytest.mark.parametrize("scenario", ["bad_row", "bad_row_named", "conflict"])
    def test_one_bad_row_does_not_hold_up_its_batch(
        self, make_bench: BenchMaker, scenario: str
    ) -> None:
        bench = make_bench(scenario)
        ids = bench.people(100)
        result = bench.export(ids)
        assert numbers(result) == (99, 1, 0, 0)
        assert result["failures"][0]["contact"] == ids[0]
        assert result["failures"][0]["correlation_id"]
        assert len(bench.there()) == 99
        assert result["requests"] <= (3 if scenario == "bad_row_named" else 14)

    def test_two_bad_rows_are_both_found_by_halving(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bad = {"ada17@acme.example", "ada64@acme.example"}
        proper = bench.practice._route

        def route(request: Request) -> Answer:
            if request.path.endswith("upsert") and any(
                each["id"] in bad for each in request.json()["inputs"]
            ):
                return error(400, "VALIDATION_ERROR", "Invalid input")
            return proper(request)

        monkeypatch.setattr(bench.practice, "_route", route)
        result = bench.export(bench.people(100))
        assert {each["email"] for each in result["failures"]} == bad
        assert result["ok"] == 98

    def test_a_property_that_is_gone_fails_its_rows_in_one_call(self, bench: Bench) -> None:
        bench.practice.add_property(Property("tier", "Tier"))
        bench.custom("tier", "text")
        ids = bench.people(60, custom={"tier": "gold"})
        plan = bench.plan(ids, {"first_name": "firstname", "custom:tier": "tier"})
        del bench.practice.properties["tier"]
        result = bench.run(plan)
        assert (result["failed"], result["requests"]) == (60, 1)
        assert "tier" in result["failures"][0]["message"]
        assert bench.connections.view("hubspot").fields_at is None
        with pytest.raises(InvalidInput, match="no field tier"):
            bench.plan(ids, {"custom:tier": "tier"})

    def test_only_the_failed_are_sent_by_a_retry(self, make_bench: BenchMaker) -> None:
        bench = make_bench("partial")
        result = bench.export(bench.people(120))
        plan = bench.exporting.plan_retry(result["run"])
        assert plan.to_send == 3
        assert bench.run(plan)["ok"] == 3
        assert len(bench.there()) == 120
        assert len(bench.writes()[-1]["body"]["inputs"]) == 3
        with pytest.raises(InvalidInput, match="was sent again since") as nothing:
            bench.exporting.plan_retry(result["run"])
        assert nothing.value.hint == "There is nothing to retry."

    def test_a_retry_of_what_failed_again_names_the_export_to_retry(
        self, make_bench: BenchMaker
    ) -> None:
        bench = make_bench("bad_row")
        first = bench.export(bench.people(3))
        second = bench.run(bench.exporting.plan_retry(first["run"]))
        assert (first["failed"], second["failed"]) == (1, 1)
        with pytest.raises(InvalidInput, match="was sent again since") as again:
            bench.exporting.plan_retry(first["run"])
        assert f"Retry export {second['run']}" in again.value.hint

    def test_a_retry_of_an_export_that_stopped_says_how_to_go_on(
        self, make_bench: BenchMaker
    ) -> None:
        bench = make_bench("revoked")
        job = start(bench, bench.people(150))
        run = stopped(bench, job).as_dict()["run"]
        with pytest.raises(InvalidInput, match="has not come to its end") as early:
            bench.exporting.plan_retry(run)
        assert early.value.hint.endswith(f"job resume {job}")

    def test_without_failures_there_is_nothing_to_retry(self, make_bench: BenchMaker) -> None:
        bench = make_bench()
        result = bench.export(bench.people(2))
        with pytest.raises(InvalidInput, match="Nothing of this export failed"):
            bench.exporting.plan_retry(result["run"])


class TestRestAndTrouble:
    @pytest.mark.parametrize(
        "scenario",
        [
            "rate_limited",
            "rate_limited_date",
            "rate_limited_iso",
            "rate_limited_silent",
            "locked",
            "migrating",
            "unavailable",
            "slow",
        ],
    )
    def test_a_passing_trouble_is_waited_out(self, make_bench: BenchMaker, scenario: str) -> None:
        bench = make_bench(scenario)
        result = bench.export(bench.people(250))
        assert numbers(result) == (250, 0, 0, 0)
        assert len(bench.there()) == 250

    def test_retry_after_is_kept_by_all_calls_of_the_key(self, make_bench: BenchMaker) -> None:
        bench = make_bench("rate_limited")
        began = bench.clock.monotonic()
        bench.export(bench.people(250))
        assert bench.clock.monotonic() - began >= 2.0

    @pytest.mark.parametrize("scenario", ["timeout", "dropped"])
    def test_a_batch_whose_answer_was_lost_is_there_once(
        self, make_bench: BenchMaker, scenario: str
    ) -> None:
        bench = make_bench(scenario)
        result = bench.export(bench.people(150))
        assert numbers(result) == (150, 0, 0, 0)
        assert len(bench.practice.book) == 150

    @pytest.mark.parametrize(
        ("scenario", "kind"),
        [
            ("daily", OutsideKind.QUOTA),
            ("revoked", OutsideKind.AUTH),
            ("forbidden", OutsideKind.PERMISSION),
            ("migrating_for_a_day", OutsideKind.TRANSIENT),
        ],
    )
    def test_what_does_not_pass_stops_the_run_and_keeps_the_queue(
        self, make_bench: BenchMaker, scenario: str, kind: OutsideKind
    ) -> None:
        bench = make_bench(scenario)
        ids = bench.people(350)
        job = start(bench, ids)
        failure = stopped(bench, job)
        assert failure.kind is kind
        assert failure.hint
        told = failure.as_dict()
        assert (told["job"], told["ok"], told["failed"], told["pending"]) == (job, 100, 0, 250)
        assert Counter(bench.ledger().values())["ok"] == 100
        assert "sent" not in bench.ledger().values()
        bench.practice.play("normal")
        result = dict(bench.jobs.run(job).result or {})
        assert numbers(result) == (350, 0, 0, 0)
        assert len(bench.there()) == 350
        assert max(inputs(bench).values()) <= 2

    def test_an_outage_in_the_middle_leaves_everybody_waiting_whom_it_met(
        self, make_bench: BenchMaker
    ) -> None:
        bench = make_bench("outage")
        job = start(bench, bench.people(450))
        told = stopped(bench, job).as_dict()
        assert (told["ok"], told["failed"], told["pending"]) == (100, 0, 350)
        bench.practice.play("normal")
        assert numbers(dict(bench.jobs.run(job).result or {})) == (450, 0, 0, 0)

    def test_a_write_that_a_gateway_gave_up_on_makes_nobody_twice(
        self, make_bench: BenchMaker
    ) -> None:
        bench = make_bench("write_gateway_timeout")
        assert numbers(bench.export(bench.people(150))) == (150, 0, 0, 0)
        assert len(bench.practice.book) == 150

    def test_no_call_is_made_when_the_headers_say_that_the_day_is_over(
        self, make_bench: BenchMaker
    ) -> None:
        bench = make_bench()
        plan = bench.plan(bench.people(350))
        bench.practice.day_calls = bench.practice._today + 2
        job = bench.exporting.start(plan)
        failure = stopped(bench, job)
        assert failure.kind is OutsideKind.QUOTA
        assert failure.as_dict()["ok"] == 200
        assert bench.practice.refused_for_rate == 0
        bench.practice.day_calls = 1_000
        assert numbers(dict(bench.jobs.run(job).result or {})) == (350, 0, 0, 0)

    def test_a_server_that_is_down_leaves_everybody_waiting(self, make_bench: BenchMaker) -> None:
        bench = make_bench()
        job = start(bench, bench.people(150))
        bench.practice.play("down")
        assert stopped(bench, job).kind is OutsideKind.TRANSIENT
        assert set(bench.ledger().values()) == {"pending"}
        bench.practice.play("normal")
        assert numbers(dict(bench.jobs.run(job).result or {})) == (150, 0, 0, 0)

    def test_a_network_that_goes_away_leaves_the_rest_waiting(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = start(bench, bench.people(350))
        proper = bench.practice._upsert

        def once_then_gone(request: Request) -> Answer:
            answer = proper(request)
            monkeypatch.setattr(
                "app.services.http.HttpClient._exchange", _unplugged(bench), raising=True
            )
            return answer

        monkeypatch.setattr(bench.practice, "_upsert", once_then_gone)
        failure = stopped(bench, job)
        assert "cannot be reached" in failure.message
        assert failure.as_dict()["pending"] == 250
        monkeypatch.undo()
        assert numbers(dict(bench.jobs.run(job).result or {})) == (350, 0, 0, 0)

    @pytest.mark.parametrize("people", [1, 2, 37, 100, 250])
    def test_a_row_over_which_hubspot_breaks_fails_alone(
        self, make_bench: BenchMaker, people: int
    ) -> None:
        bench = make_bench("poisoned_row")
        ids = [*bench.people(people), *bench.add({"email": "bob@acme.example"})]

        result = bench.export(ids)

        assert numbers(result) == (people, 1, 0, 0)
        (failure,) = result["failures"]
        assert (failure["email"], failure["kind"]) == ("ada1@acme.example", "transient")
        assert "breaks off over this contact" in failure["message"]
        assert "HTTP 500" in failure["detail"]
        assert max(inputs(bench).values()) == inputs(bench)["ada1@acme.example"]

    def test_finding_it_takes_few_calls_and_keeps_the_pace(self, make_bench: BenchMaker) -> None:
        bench = make_bench("poisoned_row")
        bench.export(bench.people(100))
        # Five attempts for the batch and for the row alone, two calls for each halving between.
        assert len(bench.writes()) <= 5 + 5 + 2 * 7
        assert bench.practice.refused_for_rate == 0

    def test_a_row_over_which_hubspot_hangs_up_fails_alone_too(
        self, make_bench: BenchMaker
    ) -> None:
        bench = make_bench("poisoned_row_dropped")
        result = bench.export(bench.people(60))
        assert numbers(result) == (59, 1, 0, 0)
        assert len(bench.practice.book) == 59

    def test_rows_that_failed_so_are_taken_by_a_retry_on_a_better_day(
        self, make_bench: BenchMaker
    ) -> None:
        bench = make_bench("poisoned_row")
        result = bench.export(bench.people(120))
        bench.practice.play("normal")
        retried = bench.run(bench.exporting.plan_retry(result["run"]))
        assert numbers(retried) == (1, 0, 0, 0)
        assert len(bench.practice.book) == 120

    def test_a_batch_in_which_nothing_is_taken_does_not_hold_up_the_others(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proper = bench.practice._upsert

        def choke(request: Request) -> Answer:
            if b"ada1" in request.body:
                return error(500, "INTERNAL", "It broke")
            return proper(request)

        monkeypatch.setattr(bench.practice, "_upsert", choke)
        ids = [*bench.people(199)[99:], *bench.add({"email": "bob@acme.example"})]
        result = bench.export(ids)
        assert numbers(result) == (1, 100, 0, 0)
        assert {each["kind"] for each in result["failures"]} == {"transient"}

    def test_two_batches_in_a_row_at_the_start_stop_the_run_with_everybody_waiting(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            bench.practice, "_upsert", lambda _request: error(500, "INTERNAL", "It broke")
        )
        job = start(bench, bench.people(350))
        assert stopped(bench, job).as_dict()["pending"] == 350
        assert set(bench.ledger().values()) == {"pending"}
        monkeypatch.undo()
        assert numbers(dict(bench.jobs.run(job).result or {})) == (350, 0, 0, 0)

    def test_an_answer_nobody_can_read_is_read_back(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proper = bench.practice._upsert

        def garbled(request: Request) -> Answer:
            proper(request)
            return Answer(200, "<html>proxy</html>")

        monkeypatch.setattr(bench.practice, "_upsert", garbled)
        result = bench.export(bench.people(20))
        assert numbers(result) == (20, 0, 0, 0)
        assert set(bench.ledger().values()) == {"ok"}

    @pytest.mark.parametrize(
        "scenario",
        [
            "write_without_results",
            "write_cut_short",
            "write_empty",
            "write_gateway_page",
            "write_of_others",
            "timeout",
            "dropped",
        ],
    )
    def test_a_write_of_unknown_fate_is_read_back_and_nobody_is_written_twice(
        self, make_bench: BenchMaker, scenario: str
    ) -> None:
        bench = make_bench(scenario)
        result = bench.export(bench.people(250))
        assert numbers(result) == (250, 0, 0, 0)
        assert [each.writes for each in bench.practice.book.all()] == [1] * 250
        assert result["requests"] == len(bench.writes()) == 3

    def test_what_did_not_arrive_of_it_is_sent_again(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proper = bench.practice._upsert
        calls: list[int] = []

        def half_and_no_answer(request: Request) -> Answer:
            calls.append(len(request.json()["inputs"]))
            if len(calls) > 1:
                return proper(request)
            half = json.dumps({"inputs": request.json()["inputs"][:40]}).encode()
            return replace(proper(replace(request, body=half)), dropped=True)

        monkeypatch.setattr(bench.practice, "_upsert", half_and_no_answer)
        result = bench.export(bench.people(100))
        assert numbers(result) == (100, 0, 0, 0)
        assert calls == [100, 60]
        assert [each.writes for each in bench.practice.book.all()] == [1] * 100

    def test_what_cannot_even_be_read_back_is_ambiguous_until_the_next_export(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ids = bench.people(20)
        job = start(bench, ids)
        with monkeypatch.context() as patch:
            garbage = lambda request: Answer(200, "<html>proxy</html>")  # noqa: E731
            patch.setattr(bench.practice, "_upsert", garbage)
            patch.setattr(bench.practice, "_read", garbage)
            assert stopped(bench, job).as_dict()["ambiguous"] == 20
        assert bench.jobs.view(job).ambiguous == 20
        assert bench.export(ids)["ok"] == 20
        assert len(bench.practice.book) == 20

    def test_a_resumed_run_settles_what_stayed_unknown_and_the_job_lists_it_until_then(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ids = bench.people(20)
        job = start(bench, ids)
        with monkeypatch.context() as patch:
            garbage = lambda request: Answer(200, "<html>proxy</html>")  # noqa: E731
            patch.setattr(bench.practice, "_upsert", garbage)
            patch.setattr(bench.practice, "_read", garbage)
            stopped(bench, job)
        calls = bench.exporting.runs.unknown(job)
        assert [each["contact"] for each in calls] == ids
        assert {(each["provider"], each["what"]) for each in calls} == {("hubspot", "create")}
        assert numbers(dict(bench.jobs.run(job).result or {})) == (20, 0, 0, 0)
        assert bench.exporting.runs.unknown(job) == ()
        assert len(bench.practice.book) == 20


def _unplugged(bench: Bench) -> Any:
    from app.core.errors import Unreachable

    def exchange(self: object, call: object) -> None:
        raise Unreachable("HubSpot cannot be reached.", "Check.", kind=OutsideKind.TRANSIENT)

    return exchange


class TestTheWorldMoves:
    def test_a_plan_is_refused_when_contacts_changed_since(self, bench: Bench) -> None:
        ids = bench.people(5)
        plan = bench.plan(ids)
        bench.edit(ids[0], city="Paris")
        bench.edit(ids[1], deleted_op=3)
        bench.suppress("email", "ada3@acme.example")
        with pytest.raises(StalePlan, match="3 rows changed") as caught:
            bench.run(plan)
        assert caught.value.rows == 3
        assert bench.writes() == []

    def test_a_plan_that_somebody_edited_is_refused(self, bench: Bench) -> None:
        import sqlite3

        plan = bench.plan(bench.people(2))
        with sqlite3.connect(plan.path) as file:
            file.execute("UPDATE item SET body = '{}'")
        file.close()
        with pytest.raises(InvalidInput, match="plan file was changed"):
            bench.run(plan)
        assert bench.writes() == []

    def test_who_is_suppressed_while_it_runs_does_not_leave(self, make_bench: BenchMaker) -> None:
        bench = make_bench("daily")
        job = start(bench, bench.people(150))
        stopped(bench, job)
        bench.suppress("email", "ada140@acme.example")
        bench.practice.play("normal")
        result = dict(bench.jobs.run(job).result or {})
        assert (result["ok"], result["skipped"], result["create"]) == (149, 1, 149)
        assert "ada140@acme.example" not in bench.there()

    def test_an_export_to_another_account_must_be_confirmed(self, bench: Bench) -> None:
        ids = bench.people(2)
        bench.export(ids)
        bench.practice.portal = 777
        bench.connections.test("hubspot")
        plan = bench.plan(ids)
        assert plan.counts["unchanged"] == 2
        with pytest.raises(InvalidInput, match="but the last export went to"):
            bench.run(plan)
        assert bench.run(plan, confirm_account=True)["unchanged"] == 2
        assert bench.plan(ids).before is None

    def test_a_plan_for_one_account_is_not_run_on_another(self, bench: Bench) -> None:
        plan = bench.plan(bench.people(2))
        bench.practice.portal = 777
        bench.connections.test("hubspot")
        with pytest.raises(InvalidInput, match="now opens"):
            bench.run(plan)
        assert bench.writes() == []


class TestStopping:
    def test_cancelling_makes_no_new_call_and_keeps_what_was_done(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ids = bench.people(350)
        job = start(bench, ids)
        proper = bench.practice._upsert

        def then_cancel(request: Request) -> Answer:
            bench.jobs.cancel(job)
            return proper(request)

        monkeypatch.setattr(bench.practice, "_upsert", then_cancel)
        with pytest.raises(Cancelled):
            bench.jobs.run(job)
        assert len(bench.writes()) == 1
        assert Counter(bench.ledger().values()) == {"ok": 100}
        assert list(bench.workspace.plans.iterdir()) == []
        monkeypatch.undo()
        again = bench.export(ids)
        assert (again["unchanged"], again["ok"]) == (100, 250)

    def test_an_answer_under_way_is_recorded_though_another_batch_failed(
        self, make_bench: BenchMaker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench = make_bench()
        job = start(bench, bench.people(500))
        proper = bench.practice._upsert
        calls: list[int] = []

        def third_is_refused(request: Request) -> Answer:
            calls.append(1)
            return proper(request) if len(calls) != 3 else error(401, "EXPIRED", "Revoked")

        monkeypatch.setattr(bench.practice, "_upsert", third_is_refused)
        stopped(bench, job)
        taken = {each.values["email"] for each in bench.practice.book.all()}
        with bench.store.reading():
            ledger = Counter(bench.ledger().values())
        assert ledger["ok"] == len(taken)
        assert ledger["sent"] == 0
        assert numbers(dict(bench.jobs.run(job).result or {})) == (500, 0, 0, 0)


class TestHistory:
    def test_runs_are_listed_newest_first_with_their_figures(self, make_bench: BenchMaker) -> None:
        bench = make_bench("partial")
        first = bench.export(bench.people(10))
        second = bench.run(bench.exporting.plan_retry(first["run"]))
        newest, oldest = bench.exporting.runs.list()
        assert (newest.id, oldest.id) == (second["run"], first["run"])
        assert (oldest.counts["ok"], oldest.counts["failed"]) == (7, 3)
        assert str(bench.practice.portal) in oldest.account

    def test_the_contacts_of_a_run_are_paged_by_state(self, make_bench: BenchMaker) -> None:
        bench = make_bench("partial")
        run = bench.export(bench.people(10))["run"]
        failed = bench.exporting.runs.items(run, (State.FAILED,), limit=2)
        rest = bench.exporting.runs.items(run, (State.FAILED,), limit=2, offset=2)
        assert [each.contact for each in (*failed, *rest)] == [1, 2, 3]
        assert failed[0].hint
        taken = bench.exporting.runs.items(run, (State.OK,), limit=1)
        assert taken[0].remote_id
        assert taken[0].action == "create"

    def test_an_unknown_run_is_told(self, bench: Bench) -> None:
        with pytest.raises(CaptelyError, match="no export 99"):
            bench.exporting.runs.get(99)

    def test_trouble_with_the_key_shows_on_the_connection(self, make_bench: BenchMaker) -> None:
        bench = make_bench("revoked")
        job = start(bench, bench.people(150))
        stopped(bench, job)
        assert bench.connections.view("hubspot").health == "failed"
        bench.practice.play("normal")
        bench.jobs.run(job)
        assert bench.connections.view("hubspot").health == "ok"


def test_no_log_of_an_export_holds_the_key_or_a_contact(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        bench.export(bench.people(3))
    assert caplog.records
    assert KEY not in caplog.text
    assert "acme.example" not in caplog.text


def test_it_works_on_a_teams_database_too(make_bench: BenchMaker, postgres_url: str) -> None:
    bench = make_bench("partial", url=postgres_url)
    ids = bench.people(120)
    result = bench.export(ids)
    assert numbers(result) == (117, 3, 0, 0)
    assert bench.run(bench.exporting.plan_retry(result["run"]))["ok"] == 3
    bench.edit(ids[0], email="moved@acme.example")
    last = bench.export(ids)
    assert (last["update"], last["unchanged"]) == (1, 119)
    bench.exporting.mappings.save(bench.exporting.mappings.get("hubspot"))
    assert bench.connections.view("hubspot").health == "ok"
