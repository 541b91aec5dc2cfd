"""Connections: whose account a key opens, how it is, and what is forgotten with the key."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest

from app.core.clock import SystemClock
from app.core.errors import InvalidInput, NotFound, OutsideError, OutsideKind
from app.sandbox.hubspot.properties import Property
from app.sandbox.server import Answer, Request
from app.services.connections import HEALTH_FAILED, HEALTH_OK, HEALTH_UNKNOWN, ConnectionChanged
from app.services.secrets import Place
from tests.services.exporting.bench import KEY, Bench
from tests.services.exporting.conftest import BenchMaker, bench, make_bench

__all__ = ["bench", "make_bench"]


class Wound(SystemClock):
    """A fast clock that can be put forward."""

    ahead = 0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)


def no_account_call(bench: Bench, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """Let HubSpot answer the account call with this status."""
    proper = bench.practice._route

    def route(request: Request) -> Answer:
        if request.path.startswith("/account-info"):
            return Answer(status, {"status": "error", "message": "resource not found"})
        return proper(request)

    monkeypatch.setattr(bench.practice, "_route", route)


def test_every_destination_is_listed_before_a_key_is_known(bench: Bench) -> None:
    del bench.environment["CAPTELY_HUBSPOT_KEY"]
    (view,) = bench.connections.list()
    assert (view.name, view.label, view.health) == ("hubspot", "HubSpot", HEALTH_UNKNOWN)
    assert view.key_place is None
    assert view.account is None
    assert "Service key" in view.key_words
    assert "crm.objects.contacts.write" in view.key_hint


def test_a_test_names_the_account_and_keeps_it(bench: Bench) -> None:
    account = bench.connections.test("hubspot")
    assert account.id == str(bench.practice.portal)
    assert str(bench.practice.portal) in account.label
    view = bench.connections.view("hubspot")
    assert (view.account, view.health) == (account, HEALTH_OK)
    assert view.checked is not None
    assert view.quota.burst == 100
    assert view.quota.day_left is not None
    assert view.quota.day_left < (view.quota.day or 0)


def test_the_json_of_a_connection_has_no_key(bench: Bench) -> None:
    bench.connections.test("hubspot")
    shown = bench.connections.view("hubspot").as_dict()
    assert shown["account"]["id"] == str(bench.practice.portal)
    assert shown["key"] == "environment"
    assert shown["variable"] == "CAPTELY_HUBSPOT_KEY"
    assert KEY not in str(shown)


@pytest.mark.parametrize("status", [403, 404])
def test_where_the_account_is_not_told_the_end_of_the_key_stands_for_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    no_account_call(bench, monkeypatch, status)
    account = bench.connections.test("hubspot")
    assert account.label.endswith(KEY[-4:])
    assert account.id.startswith("key:")
    assert KEY not in account.id
    assert bench.connections.test("hubspot").id == account.id


def test_a_key_that_opens_nothing_is_red_with_the_reason(make_bench: BenchMaker) -> None:
    bench = make_bench("unauthorized")
    with pytest.raises(OutsideError) as caught:
        bench.connections.test("hubspot")
    assert caught.value.kind is OutsideKind.AUTH
    assert "new one" in caught.value.hint
    view = bench.connections.view("hubspot")
    assert (view.health, view.message) == (HEALTH_FAILED, caught.value.message)


def test_a_sign_in_page_of_the_network_is_not_taken_for_hubspot(make_bench: BenchMaker) -> None:
    bench = make_bench("web_page")
    with pytest.raises(OutsideError, match="cannot be read"):
        bench.connections.test("hubspot")
    assert bench.connections.view("hubspot").account is None


def test_another_key_knows_nothing_of_what_the_first_one_learnt(bench: Bench) -> None:
    bench.connections.test("hubspot")
    bench.connections.fields("hubspot")
    bench.environment["CAPTELY_HUBSPOT_KEY"] = "another-key-1234"
    view = bench.connections.view("hubspot")
    assert (view.account, view.health, view.fields_at) == (None, HEALTH_UNKNOWN, None)
    bench.connections.test("hubspot")
    assert bench.connections.view("hubspot").fields_at is None


def test_a_key_is_entered_and_forgotten_with_all_it_learnt(bench: Bench) -> None:
    del bench.environment["CAPTELY_HUBSPOT_KEY"]
    heard: list[str] = []
    bench.bus.subscribe(ConnectionChanged, lambda event: heard.append(event.name))
    assert bench.connections.set("hubspot", KEY) is Place.SESSION
    bench.connections.test("hubspot")
    bench.connections.forget("hubspot")
    assert bench.connections.view("hubspot").account is None
    assert bench.connections.view("hubspot").key_place is None
    assert set(heard) == {"hubspot"}
    with pytest.raises(InvalidInput, match="no key for HubSpot"):
        bench.connections.test("hubspot")


def test_an_unknown_name_gets_the_nearest_one(bench: Bench) -> None:
    with pytest.raises(NotFound) as caught:
        bench.connections.view("hubsbot")
    assert "hubspot" in caught.value.hint


def test_fields_are_fetched_once_an_hour(make_bench: BenchMaker) -> None:
    clock = Wound(speed=40)
    bench = make_bench(clock=clock)

    def fetched() -> int:
        return sum("properties" in each["path"] for each in bench.sandbox.requests())

    first = bench.connections.fields("hubspot")
    assert first.get("lifecyclestage").options[0].value == "subscriber"
    assert first.get("createdate").why_read_only
    assert bench.connections.fields("hubspot") == first
    assert fetched() == 1
    clock.ahead = 3_700
    bench.practice.add_property(Property("captely_tier", "Tier"))
    assert bench.connections.fields("hubspot").get("captely_tier") is not None
    assert fetched() == 2


def test_fields_can_be_refreshed_at_once(bench: Bench) -> None:
    bench.connections.fields("hubspot")
    bench.practice.add_property(Property("captely_tier", "Tier"))
    assert bench.connections.fields("hubspot").get("captely_tier") is None
    assert bench.connections.fields("hubspot", refresh=True).get("captely_tier") is not None


def test_no_log_of_a_test_holds_the_key(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        bench.connections.test("hubspot")
    assert caplog.records
    assert KEY not in caplog.text


def test_a_key_stays_out_of_the_database(bench: Bench) -> None:
    bench.connections.test("hubspot")
    bench.connections.fields("hubspot")
    bench.store.close()
    for path in bench.workspace.folder.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()
