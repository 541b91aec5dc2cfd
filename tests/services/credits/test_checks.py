"""The ordered check: which limit is reported, with which numbers, and what helps."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from app.core import errors
from app.core.money import MILLI
from app.services.credits import Code, Remedy
from tests.services.credits.bench import EMAIL, FREE, PROFESSIONAL, Bench, caps, open_bench, without

ORDER = (Code.BALANCE, Code.DAILY, Code.PROVIDER, Code.PACKAGE)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory):
    """One workspace for the whole truth table: a denied step changes nothing."""
    folder = tmp_path_factory.mktemp("table")
    with open_bench(f"sqlite:///{folder / 'database.sqlite'}", folder) as bench:
        bench.spend(1, provider="hunter")
        yield bench


@pytest.mark.parametrize("failing", list(itertools.product((False, True), repeat=4)))
def test_the_first_failing_check_is_the_one_reported(table: Bench, failing: tuple[bool, ...]):
    balance, daily, provider, package = failing
    table.plan(
        without(
            PROFESSIONAL,
            enrichments_day=1 if daily else 2_000,
            provider_month={"hunter": 1 if provider else 3_000},
            providers=("icypeas",) if package else ("icypeas", "hunter"),
        )
    )
    price = 4_999_001 if balance else EMAIL
    with table.credits.writing("check") as till:
        from tests.services.credits.bench import asked

        denial = till.check(asked(2, price, "hunter"))

    expected = next((code for code, fails in zip(ORDER, failing, strict=True) if fails), None)
    assert (denial.code if denial else None) == expected
    assert table.kinds() == ["grant", "hold", "post"]


def test_too_few_credits_say_how_many_when_there_are_more_and_what_helps(bench: Bench):
    bench.plan(FREE)
    bench.spend(1, price=95 * MILLI)
    denial = bench.denied(2, price=10 * MILLI)
    assert (denial.code, denial.limit, denial.used, denial.needed) == (Code.BALANCE, 100, 95, 10)
    assert (denial.remedy, denial.resets_at) == (Remedy.BUY, datetime(2026, 12, 1, tzinfo=UTC))

    error = denial.error()
    assert isinstance(error, errors.InsufficientCredits)
    assert error.exit_code == 3
    assert error.as_dict() == {
        "code": "INSUFFICIENT_CREDITS",
        "message": "5 credits are left, and the next step may cost 10.",
        "hint": "Buy a pack of credits, choose a larger plan, or wait for the next month.",
        "limit": 100,
        "used": 95,
        "needed": 10,
        "resets_at": "2026-12-01T00:00:00Z",
        "remedy": "buy_credits",
    }


def test_the_daily_limit_counts_contacts_of_a_run_and_not_the_providers_asked(bench: Bench):
    bench.plan(without(PROFESSIONAL, enrichments_day=2))
    bench.hold(1, contact=7)
    bench.hold(2, contact=7, provider="hunter")
    bench.hold(3, contact=8)
    bench.hold(4, contact=8, provider="apollo")
    denial = bench.denied(5, contact=9)
    assert (denial.code, denial.limit, denial.used, denial.needed) == (Code.DAILY, 2, 2, 1)
    assert denial.resets_at == datetime(2026, 11, 24, tzinfo=UTC)
    # The same contact in another run is another enrichment.
    assert bench.denied(6, contact=7, job=2).code is Code.DAILY
    bench.clock.pass_by(timedelta(hours=12))
    bench.hold(5, contact=9)


def test_what_was_given_back_before_it_was_sent_does_not_count(bench: Bench):
    bench.plan(without(PROFESSIONAL, enrichments_day=1))
    first = bench.hold(1)
    assert bench.denied(2).code is Code.DAILY
    bench.credits.release(first.id)
    second = bench.hold(2)
    bench.credits.send(second.id)
    bench.credits.recover(1)
    bench.credits.release(second.id, note="it never arrived")
    # It was sent, so the day remembers it.
    assert bench.denied(3).code is Code.DAILY


def test_the_provider_month_counts_found_values_and_those_that_may_still_be(bench: Bench):
    bench.plan(without(PROFESSIONAL, provider_month={"hunter": 2}))
    bench.spend(1, provider="hunter")
    missed = bench.hold(2, provider="hunter")
    denial = bench.denied(3, provider="hunter")
    assert (denial.code, denial.limit, denial.used, denial.needed) == (Code.PROVIDER, 2, 2, 1)
    assert denial.skips_provider
    assert denial.resets_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert denial.error().message == "Hunter has found 2 of 2 values this month."
    bench.hold(4, provider="apollo")
    bench.hold(5, provider="hunter", op="verify", wanted=0, price=100)
    bench.credits.send(missed.id)
    bench.credits.settle(missed.id, charged=0, found=0, outcome="NOT_FOUND")
    bench.hold(3, provider="hunter")


@pytest.mark.parametrize("state", [{"quota_left": 0}, {"rests": True}])
def test_a_provider_without_quota_or_at_rest_is_skipped(bench: Bench, state: dict[str, object]):
    denial = bench.denied(1, provider="hunter", **state)
    assert (denial.code, denial.remedy) == (Code.PROVIDER, Remedy.OTHER_PROVIDER)
    assert denial.error().message.startswith("Hunter cannot be asked at present")
    assert bench.hold(1, provider="apollo", quota_left=1)


def test_a_provider_outside_the_plan_is_named(bench: Bench):
    bench.plan(FREE)
    denial = bench.denied(1, provider="apollo")
    assert (denial.code, denial.remedy) == (Code.PACKAGE, Remedy.UPGRADE)
    assert denial.error().message == "Your plan does not include Apollo."
    assert bench.credits.doors.provider("apollo") == denial
    assert bench.credits.doors.provider("icypeas") is None


@pytest.mark.parametrize("plan", [FREE, PROFESSIONAL], ids=["free", "professional"])
def test_own_caps_hold_on_every_plan(bench: Bench, plan):
    bench.plan(plan)
    bench.credits.set_caps(caps(run=3, day=5, month=6, providers={"icypeas": 100}))
    bench.spend(1, price=3 * EMAIL)
    denial = bench.denied(2)
    assert (denial.code, denial.subject, denial.limit, denial.used) == (Code.CAP, "run", 3, 3)
    assert (denial.resets_at, denial.remedy) == (None, Remedy.RAISE_CAP)
    words = "3 of the 3 credits are spent that you allow for this run."
    assert denial.error().message == words
    bench.spend(2, price=2 * EMAIL, job=2)
    assert bench.denied(3, job=3).subject == "day"
    bench.clock.pass_by(timedelta(days=1))
    # What is only held counts as spent.
    held = bench.hold(3, job=3)
    assert bench.denied(4, job=4).subject == "month"
    bench.credits.release(held.id)
    bench.hold(4, job=4)
    bench.clock.pass_by(timedelta(days=10))
    bench.hold(5, job=5)


def test_a_cap_on_one_provider_leaves_the_others(bench: Bench):
    bench.credits.set_caps(caps(providers={"hunter": 1}))
    bench.spend(1, provider="hunter")
    denial = bench.denied(2, provider="hunter")
    assert (denial.code, denial.subject, denial.skips_provider) == (Code.CAP, "hunter", True)
    bench.hold(2, provider="apollo")
    bench.credits.set_caps(caps())
    bench.hold(3, provider="hunter")


def test_seats(bench: Bench):
    assert bench.credits.doors.seats(4) is None
    denial = bench.credits.doors.seats(5)
    assert denial is not None
    assert (denial.code, denial.limit, denial.used, denial.needed) == (Code.SEATS, 5, 5, 1)
    assert isinstance(denial.error(), errors.SeatLimit)
