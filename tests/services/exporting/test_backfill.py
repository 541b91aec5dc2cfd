"""A mapping that changed after contacts were sent: whom it concerns, and what differs there."""

from __future__ import annotations

import json

import pytest

from app.core.errors import OutsideError, OutsideKind
from app.services.exporting import Fate
from app.services.exporting.plans import forecast
from tests.services.exporting.bench import Bench

NAMES = {"first_name": "firstname"}
WITH_CITY = {**NAMES, "city": "city"}


def test_contacts_sent_without_a_field_are_found_wherever_they_are(bench: Bench) -> None:
    ids = bench.people(4, city="Paris")
    bench.export(ids, NAMES)
    found = bench.exporting.backfill(bench.plan(ids[:1], WITH_CITY))
    assert found.fields == ("city",)
    assert (found.planned, found.outside) == ((ids[0],), tuple(ids[1:]))
    assert found.count == 4


def test_who_has_nothing_to_fill_in_is_not_asked_about(bench: Bench) -> None:
    blank, full = bench.people(1)[0], bench.add({"email": "b@acme.example", "city": "Paris"})[0]
    bench.export([blank, full], NAMES)
    found = bench.exporting.backfill(bench.plan([blank, full], WITH_CITY))
    assert (found.planned, found.outside) == ((full,), ())


def test_after_the_backfill_there_is_nothing_left_to_ask(bench: Bench) -> None:
    ids = bench.people(3, city="Paris")
    bench.export(ids, NAMES)
    bench.export(ids, WITH_CITY)
    assert bench.exporting.backfill(bench.plan(ids, WITH_CITY)).count == 0
    assert bench.exporting.backfill(bench.plan(ids, NAMES)).count == 0


def test_whom_it_concerns_is_known_without_asking_the_destination(bench: Bench) -> None:
    ids = bench.people(4, city="Paris")
    bench.export(ids[:3], NAMES)
    bench.export(ids[:1], WITH_CITY)
    bench.edit(ids[1], deleted_op=7)
    before = len(bench.sandbox.requests())
    assert bench.exporting.behind("hubspot", bench.mapping(WITH_CITY)) == [ids[2]]
    assert bench.exporting.behind("hubspot", bench.mapping(NAMES)) == []
    assert len(bench.sandbox.requests()) == before


def test_contacts_that_failed_or_were_deleted_are_left_out(bench: Bench) -> None:
    first, second = bench.people(2, city="Paris")
    bench.export([first, second], NAMES)
    bench.edit(second, deleted_op=7)
    found = bench.exporting.backfill(bench.plan([], WITH_CITY))
    assert found.outside == (first,)


def test_a_planned_update_keeps_what_it_replaces(bench: Bench) -> None:
    bench.practice.book.write(
        None,
        {"email": "ada@acme.example", "firstname": "Ada", "jobtitle": "Countess"},
        bench.clock.now(),
    )
    (ada,) = bench.add({"email": "ada@acme.example", "first_name": "Ada", "title": "Programmer"})
    plan = bench.plan([ada], {**NAMES, "title": "jobtitle", "city": "city"})
    request = bench.exporting.request_of(plan, ada)
    assert request is not None
    assert request.before == {"jobtitle": "Countess"}
    assert (request.number, request.place, request.size) == (1, 1, 1)
    assert json.loads(request.prepared.body)["inputs"][0]["properties"]["jobtitle"] == "Programmer"


def test_a_contact_that_is_not_sent_has_no_request(bench: Bench) -> None:
    (nobody,) = bench.add({"first_name": "Nemo"})
    plan = bench.plan([nobody])
    assert bench.exporting.request_of(plan, nobody) is None
    assert bench.exporting.request_of(plan, 999) is None


def test_the_first_of_several_fields_with_a_value_goes(bench: Bench) -> None:
    rule = {"to": "company", "from": "company", "or": ["domain", "city"], "fallback": "Unknown"}
    one, two, three = bench.add(
        {"email": "1@x.example", "company": "Acme", "domain": "acme.example"},
        {"email": "2@x.example", "city": "Paris"},
        {"email": "3@x.example"},
    )
    plan = bench.plan([one, two, three], {"fields": [rule]})
    items = {item.contact: item.values for item in bench.exporting.items_of(plan, limit=9)}
    assert [items[each] for each in (one, two, three)] == [
        {"company": "Acme"},
        {"company": "Paris"},
        {"company": "Unknown"},
    ]


def test_what_is_only_for_new_contacts_leaves_the_others_as_they_are(bench: Bench) -> None:
    bench.practice.book.write(
        None, {"email": "old@acme.example", "firstname": "Old"}, bench.clock.now()
    )
    old, new = bench.add(
        {"email": "old@acme.example", "first_name": "Older"},
        {"email": "new@acme.example", "first_name": "New"},
    )
    rule = {"to": "firstname", "from": "first_name", "write": "create"}
    plan = bench.plan([old, new], {"fields": [rule]})
    fates = {item.contact: item.fate for item in bench.exporting.items_of(plan, limit=9)}
    assert fates == {old: Fate.UNCHANGED, new: Fate.CREATE}


def test_another_policy_is_another_wish_even_with_the_same_values(bench: Bench) -> None:
    bench.practice.book.write(
        None, {"email": "ada@acme.example", "jobtitle": "Countess"}, bench.clock.now()
    )
    (ada,) = bench.add({"email": "ada@acme.example", "title": "Programmer"})
    fill = {"fields": [{"to": "jobtitle", "from": "title", "write": "fill"}]}
    assert bench.export([ada], fill)["unchanged"] == 1
    result = bench.export([ada], {"title": "jobtitle"})
    assert (result["update"], result["ok"]) == (1, 1)
    assert bench.there()["ada@acme.example"]["jobtitle"] == "Programmer"


def test_a_changed_e_mail_carries_no_value_that_must_not_overwrite(bench: Bench) -> None:
    (ada,) = bench.add({"email": "ada@acme.example", "first_name": "Ada", "title": "Countess"})
    rules = [
        {"to": "firstname", "from": "first_name"},
        {"to": "jobtitle", "from": "title", "write": "fill"},
    ]
    bench.export([ada], {"fields": rules})
    bench.edit(ada, email="ada@new.example", title="Programmer")
    plan = bench.plan([ada], {"fields": rules})
    (item,) = bench.exporting.items_of(plan, limit=1)
    assert (item.by_id, item.values) == (True, {"firstname": "Ada"})


def test_the_forecast_follows_the_pace_that_was_allowed(bench: Bench) -> None:
    plan = bench.plan(bench.people(250))
    told = bench.exporting.forecast(plan)
    assert told.per_second is not None
    assert round(told.per_second) == 9
    assert told.seconds is not None
    assert 0 < told.seconds < 1
    assert told.day == 250_000
    assert forecast(plan, type(bench.connections.view("hubspot").quota)()).seconds is None


def test_the_failure_of_a_connection_is_kept_with_its_next_step(bench: Bench) -> None:
    bench.connections.test("hubspot")
    bench.practice.play("unauthorized")
    with pytest.raises(OutsideError) as caught:
        bench.connections.test("hubspot")
    assert caught.value.kind is OutsideKind.AUTH
    view = bench.connections.view("hubspot")
    assert view.message == "HubSpot does not accept the key."
    assert view.hint.startswith("It may have been revoked")
    assert "\n" not in view.message
