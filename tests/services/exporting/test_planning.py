"""The dry run: each contact's fate and reason, the exact requests, and nothing sent."""

from __future__ import annotations

import io
import json
import os
import threading

import pytest

from app.core.errors import Cancelled, InvalidInput, OutsideError, OutsideKind
from app.sandbox.hubspot.properties import Property
from app.services.exporting import ExportPlan, Fate, PlanItem
from tests.services.exporting.bench import Bench
from tests.services.exporting.conftest import BenchMaker

ADA = {"first_name": "Ada", "last_name": "Byron", "email": "ada@acme.example"}
BOB = {"first_name": "Bob", "last_name": "Hope", "email": "bob@acme.example"}
NAMES = {"first_name": "firstname", "last_name": "lastname"}


def fates(bench: Bench, plan: ExportPlan) -> dict[int, PlanItem]:
    return {each.contact: each for each in bench.exporting.items_of(plan, limit=1_000)}


def put_there(bench: Bench, **values: str) -> None:
    bench.practice.book.write(None, values, bench.clock.now())


def test_a_contact_is_created_updated_or_left_by_what_hubspot_has(bench: Bench) -> None:
    put_there(bench, email="ada@acme.example", firstname="Ada", lastname="Byron")
    put_there(bench, email="bob@acme.example", firstname="Robert", lastname="Hope")
    ada, bob, cat = bench.add(ADA, BOB, {"first_name": "Cat", "email": "cat@acme.example"})
    found = fates(bench, bench.plan([ada, bob, cat], NAMES))
    assert found[ada].fate is Fate.UNCHANGED
    assert found[bob].fate is Fate.UPDATE
    assert found[cat].fate is Fate.CREATE
    assert found[bob].values == {"firstname": "Bob", "lastname": "Hope"}
    assert bench.writes() == []


@pytest.mark.parametrize(
    "scenario", ["read_without_results", "read_pending", "read_cut_short", "read_empty"]
)
def test_an_answer_without_what_was_asked_for_never_means_that_nobody_is_there(
    make_bench: BenchMaker, scenario: str
) -> None:
    bench = make_bench(scenario)
    put_there(bench, email="ada@acme.example", firstname="Ada", lastname="Byron")
    put_there(bench, email="bob@acme.example", firstname="Robert", lastname="Hope")
    ada, bob, cat = bench.add(ADA, BOB, {"first_name": "Cat", "email": "cat@acme.example"})
    plan = bench.plan([ada, bob, cat], NAMES)
    found = {contact: item.fate for contact, item in fates(bench, plan).items()}
    assert found == {ada: Fate.UNCHANGED, bob: Fate.UPDATE, cat: Fate.CREATE}
    assert plan.reads == 3


def test_when_no_such_answer_ever_comes_there_is_no_plan(make_bench: BenchMaker) -> None:
    bench = make_bench("never_results")
    with pytest.raises(OutsideError, match="answer cannot be read") as caught:
        bench.plan(bench.add(ADA, BOB), NAMES)
    assert caught.value.kind is OutsideKind.TRANSIENT
    assert list(bench.workspace.plans.iterdir()) == []


def test_nobody_without_an_e_mail_goes_to_hubspot(bench: Bench) -> None:
    (nobody,) = bench.add({"first_name": "Nemo"})
    found = fates(bench, bench.plan([nobody]))
    assert found[nobody].fate is Fate.SKIPPED
    assert found[nobody].reason == "no e-mail, HubSpot needs one"


def test_of_two_contacts_with_one_e_mail_the_first_goes(bench: Bench) -> None:
    first, second = bench.add(ADA, {**BOB, "email": " ADA@acme.example".strip().lower()})
    found = fates(bench, bench.plan([first, second]))
    assert found[first].fate is Fate.CREATE
    assert (found[second].fate, found[second].reason) == (
        Fate.SKIPPED,
        f"same e-mail as contact {first}",
    )


@pytest.mark.parametrize(
    ("kind", "value"),
    [("email", "ada@acme.example"), ("domain", "acme.example"), ("contact", "1")],
)
def test_the_suppressed_never_leave(bench: Bench, kind: str, value: str) -> None:
    (ada,) = bench.add(ADA)
    bench.suppress(kind, value, "bounced")
    plan = bench.plan([ada])
    assert fates(bench, plan)[ada].fate is Fate.SKIPPED
    assert "bounced" in fates(bench, plan)[ada].reason
    assert plan.counts == {"create": 0, "update": 0, "unchanged": 0, "skipped": 1, "invalid": 0}


def test_the_trash_and_unknown_ids_are_skipped(bench: Bench) -> None:
    (ada,) = bench.add({**ADA, "deleted_op": 2})
    found = fates(bench, bench.plan([ada, 999]))
    assert {each.fate for each in found.values()} == {Fate.SKIPPED}


def test_a_value_that_hubspot_would_refuse_is_invalid_with_field_and_reason(bench: Bench) -> None:
    bench.custom("tier", "choice", ["gold", "silver"])
    bench.practice.add_property(
        Property("tier", "Tier", "enumeration", "select", (("silver", "Silver"),))
    )
    gold, silver = bench.add(
        {**ADA, "custom": {"tier": "gold"}}, {**BOB, "custom": {"tier": "silver"}}
    )
    plan = bench.plan([gold, silver], {**NAMES, "custom:tier": "tier"})
    found = fates(bench, plan)
    assert (found[gold].fate, found[gold].field) == (Fate.INVALID, "tier")
    assert "gold" in found[gold].reason
    assert "Tier" in found[gold].reason
    assert found[silver].values is not None
    assert found[silver].values["tier"] == "silver"
    assert plan.unmapped == {"tier": ["gold"]}


def test_a_value_without_an_option_may_be_left_out_instead(bench: Bench) -> None:
    (ada,) = bench.add({**ADA, "status": "qualified"})
    rule = {"to": "lifecyclestage", "from": "status", "unmapped": "skip"}
    found = fates(bench, bench.plan([ada], {"fields": [rule]}))
    assert found[ada].fate is Fate.CREATE
    assert found[ada].values == {}


def test_picklist_values_are_translated_by_the_mapping(bench: Bench) -> None:
    (ada,) = bench.add({**ADA, "status": "new"})
    rule = {"to": "hs_lead_status", "from": "status", "values": {"new": "ATTEMPTED_TO_CONTACT"}}
    found = fates(bench, bench.plan([ada], {"fields": [rule]}))
    assert found[ada].values == {"hs_lead_status": "ATTEMPTED_TO_CONTACT"}


def test_constants_and_fallbacks_fill_what_is_missing(bench: Bench) -> None:
    (nameless,) = bench.add({"email": "x@acme.example"})
    rules = [
        {"to": "firstname", "from": "first_name", "fallback": "Friend"},
        {"to": "industry", "constant": "Software"},
    ]
    found = fates(bench, bench.plan([nameless], {"fields": rules}))
    assert found[nameless].values == {"firstname": "Friend", "industry": "Software"}


def test_a_blank_is_not_sent_unless_it_is_to_clear(bench: Bench) -> None:
    put_there(bench, email="ada@acme.example", jobtitle="Countess", city="London")
    (ada,) = bench.add({"email": "ada@acme.example"})
    kept = bench.plan([ada], {"title": "jobtitle"})
    assert fates(bench, kept)[ada].fate is Fate.UNCHANGED
    rules = [
        {"to": "jobtitle", "from": "title", "blank": "clear"},
        {"to": "city", "from": "city"},
    ]
    cleared = fates(bench, bench.plan([ada], {"fields": rules}))[ada]
    assert (cleared.fate, cleared.values) == (Fate.UPDATE, {"jobtitle": ""})


def test_fill_only_never_overwrites_and_still_sends_the_complete_set(bench: Bench) -> None:
    put_there(bench, email="ada@acme.example", jobtitle="Countess")
    (ada,) = bench.add({**ADA, "title": "Programmer", "city": "London"})
    rules = [
        {"to": "jobtitle", "from": "title", "write": "fill"},
        {"to": "city", "from": "city", "write": "fill"},
    ]
    found = fates(bench, bench.plan([ada], {"fields": rules}))[ada]
    assert found.fate is Fate.UPDATE
    assert found.values == {"jobtitle": "Countess", "city": "London"}


def test_a_lifecycle_stage_is_not_moved_back(bench: Bench) -> None:
    put_there(bench, email="ada@acme.example", lifecyclestage="customer")
    (ada,) = bench.add({**ADA, "status": "new"})
    rule = {"to": "lifecyclestage", "from": "status", "values": {"new": "lead"}}
    assert fates(bench, bench.plan([ada], {"fields": [rule]}))[ada].fate is Fate.UNCHANGED


def test_a_name_typed_as_one_is_split_and_that_is_said(bench: Bench) -> None:
    (ada,) = bench.add({"full_name": "Ada King Byron", "email": "ada@acme.example"})
    plan = bench.plan([ada], NAMES)
    assert fates(bench, plan)[ada].values == {"firstname": "Ada", "lastname": "King Byron"}
    assert "1 contact" in plan.warnings[0]


def test_tags_numbers_dates_and_yes_or_no_take_hubspots_forms(bench: Bench) -> None:
    for name, kind in (("worth", "money"), ("born", "date"), ("letter", "bool")):
        bench.custom(name, kind)
    (ada,) = bench.add(
        {**ADA, "custom": {"worth": "1,200.50", "born": "1815-12-10", "letter": True}}
    )
    written = {
        "custom:worth": "annualrevenue",
        "custom:born": "date_of_birth",
        "custom:letter": "newsletter",
    }
    found = fates(bench, bench.plan([ada], written))
    assert found[ada].values == {
        "annualrevenue": "1200.50",
        "date_of_birth": "1815-12-10",
        "newsletter": "true",
    }


def test_250_contacts_are_three_requests_of_a_hundred_at_most(bench: Bench) -> None:
    plan = bench.plan(bench.people(250))
    assert plan.requests == 3
    assert plan.reads == 3
    stream = io.StringIO()
    bench.exporting.write_plan(plan, stream)
    written = json.loads(stream.getvalue())
    sizes = [len(each["body"]["inputs"]) for each in written["requests"]]
    assert sizes == [100, 100, 50]
    assert len(written["contacts"]) == 250
    assert written["digest"] == plan.digest


def test_the_dry_run_shows_the_exact_request_of_one_contact(bench: Bench) -> None:
    ids = bench.people(3)
    plan = bench.plan(ids)
    request = bench.exporting.request_of(plan, ids[1]).prepared
    assert (request.method, request.path) == ("POST", "/crm/objects/2026-09/contacts/batch/upsert")
    assert request.headers["Authorization"] == "Bearer •••"
    assert request.headers["Content-Type"] == "application/json"
    shown = json.loads(request.body)
    bench.run(plan)
    sent = [each for call in bench.writes() for each in call["body"]["inputs"]]
    assert shown["inputs"][0] in sent


def test_the_requests_of_the_plan_are_byte_for_byte_what_is_sent(bench: Bench) -> None:
    plan = bench.plan(bench.people(120))
    stream = io.StringIO()
    bench.exporting.write_plan(plan, stream)
    requests = json.loads(stream.getvalue())["requests"]
    assert bench.exporting.dry_run(plan)["first_request"] == requests[0]
    bench.run(plan)
    written = bench.writes()
    assert {(each["method"], each["path"]) for each in written} == {
        (each["method"], each["path"]) for each in requests
    }
    planned, sent = ([each["body"] for each in some] for some in (requests, written))
    assert sorted(map(json.dumps, sent)) == sorted(map(json.dumps, planned))


def test_the_json_of_a_dry_run_has_the_keys_of_the_verb(bench: Bench) -> None:
    result = bench.plan(bench.people(2)).as_result()
    assert result["run"] is None
    expected = {
        "create": 2,
        "update": 0,
        "unchanged": 0,
        "skipped": 0,
        "invalid": 0,
        "ok": 0,
        "failed": 0,
        "ambiguous": 0,
        "requests": 1,
        "failures": [],
    }
    assert {name: result[name] for name in expected} == expected


def test_the_same_world_gives_the_same_digest(bench: Bench) -> None:
    ids = bench.people(5)
    assert bench.plan(ids).digest == bench.plan(ids).digest
    bench.edit(ids[0], city="Paris")
    assert bench.plan(ids).digest != bench.plan(ids[1:]).digest


def test_an_empty_selection_is_a_plan_of_nothing(bench: Bench) -> None:
    plan = bench.plan([])
    assert (plan.to_send, plan.requests) == (0, 0)
    assert bench.run(plan)["ok"] == 0


def test_a_key_that_fails_is_found_before_anything_is_sent(make_bench: BenchMaker) -> None:
    bench = make_bench("unauthorized")
    with pytest.raises(OutsideError) as caught:
        bench.plan(bench.people(3))
    assert caught.value.kind is OutsideKind.AUTH
    assert list(bench.workspace.plans.iterdir()) == []


def test_without_a_key_the_next_step_is_named(bench: Bench) -> None:
    del bench.environment["CAPTELY_HUBSPOT_KEY"]
    with pytest.raises(InvalidInput) as caught:
        bench.plan(bench.people(1))
    assert "CAPTELY_HUBSPOT_KEY" in caught.value.hint


def test_planning_can_be_cancelled_and_leaves_no_file(bench: Bench) -> None:
    ids = bench.people(3)
    bench.plan(ids)
    bench.exporting.sweep()
    cancel = threading.Event()
    cancel.set()
    for pace in bench.connections._http._paces.values():
        pace.pause(1_000)
    before = set(bench.workspace.plans.iterdir())
    with pytest.raises(Cancelled):
        bench.plan(ids, cancel=cancel)
    assert set(bench.workspace.plans.iterdir()) == before


def test_progress_is_told_while_planning(bench: Bench) -> None:
    told: list[tuple[int, int]] = []
    bench.plan(bench.people(3), progress=lambda done, total: told.append((done, total)))
    assert told == [(3, 3)]


@pytest.mark.parametrize("content", [b"", b"not a database", None])
def test_a_plan_file_that_is_none_is_refused(bench: Bench, content: bytes | None) -> None:
    path = bench.workspace.plans / "export-x.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        bench.exporting.open_plan(path)
    assert "Plan the export again" in caught.value.hint


def test_a_plan_is_discarded_with_the_personal_data_in_it(bench: Bench) -> None:
    plan = bench.plan(bench.people(2))
    assert plan.path.exists()
    bench.exporting.discard(plan)
    assert list(bench.workspace.plans.iterdir()) == []


def test_forgotten_plans_are_swept_after_a_week(bench: Bench) -> None:
    plan = bench.plan(bench.people(1))
    assert bench.exporting.sweep() == 0
    old = bench.clock.now().timestamp() - 8 * 86_400
    os.utime(plan.path, (old, old))
    assert bench.exporting.sweep() == 1
    assert not plan.path.exists()


def test_a_plan_that_waits_for_its_job_is_not_swept(bench: Bench) -> None:
    plan = bench.plan(bench.people(1))
    bench.exporting.start(plan)
    old = bench.clock.now().timestamp() - 8 * 86_400
    os.utime(plan.path, (old, old))
    assert bench.exporting.sweep() == 0


def test_two_addresses_of_one_person_there_are_not_sent_over_each_other(bench: Bench) -> None:
    book = bench.practice.book
    now = bench.clock.now()
    values = {"email": "ada1@acme.example", "hs_additional_emails": "ada2@acme.example"}
    person, _ = book.write(None, values, now)
    book._by_email["ada2@acme.example"] = person.id
    ids = bench.people(3)
    plan = bench.plan(ids)
    assert (plan.counts["update"], plan.counts["skipped"], plan.counts["create"]) == (1, 1, 1)
    (skipped,) = bench.exporting.items_of(plan, (Fate.SKIPPED,), limit=9)
    assert (skipped.contact, skipped.reason) == (
        ids[1],
        f"same HubSpot contact as contact {ids[0]}",
    )
    assert bench.run(plan)["ok"] == 2
    assert bench.export(ids)["requests"] == 0
