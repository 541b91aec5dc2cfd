"""Grants in time zones and through short months, as a workspace lives through them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models.credits import CreditGrant
from tests.services.credits.bench import FREE, PROFESSIONAL, Bench


def starts_and_ends(bench: Bench) -> list[tuple[str, str, str]]:
    grant = CreditGrant
    rows = bench.rows(grant.id, grant.period, grant.effective_at, grant.expires_at)
    return [
        (r.period, *(f"{datetime.fromtimestamp(us / 1e6, UTC):%m-%d %H:%M}" for us in (r[2], r[3])))
        for r in rows
    ]


def test_a_month_turns_at_midnight_of_the_workspace_and_summer_time_with_it(file_bench: Bench):
    file_bench.plan(FREE)
    file_bench.zone("Europe/Paris")
    file_bench.at("2027-02-28T22:59:59")
    file_bench.left()
    file_bench.at("2027-02-28T23:00:00")
    file_bench.left()
    file_bench.at("2027-03-31T22:00:00")
    file_bench.left()
    assert starts_and_ends(file_bench) == [
        ("2027-02", "01-31 23:00", "02-28 23:00"),
        ("2027-03", "02-28 23:00", "03-31 22:00"),
        ("2027-04", "03-31 22:00", "04-30 22:00"),
    ]


def test_an_anchor_on_the_31st_lives_through_short_months_and_a_leap_year(file_bench: Bench):
    file_bench.plan(FREE, anchor_day=31)
    moment = datetime(2027, 12, 31, tzinfo=UTC)
    while moment < datetime(2028, 4, 30, tzinfo=UTC):
        file_bench.clock._now = moment
        file_bench.left()
        moment += timedelta(days=5)
    assert starts_and_ends(file_bench) == [
        ("2027-12", "12-31 00:00", "01-31 00:00"),
        ("2028-01", "01-31 00:00", "02-29 00:00"),
        ("2028-02", "02-29 00:00", "03-31 00:00"),
        ("2028-03", "03-31 00:00", "04-30 00:00"),
    ]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_another_time_zone_within_a_month_grants_nothing_twice(file_bench: Bench, zone: str):
    file_bench.plan(FREE)
    file_bench.at("2026-12-01T00:30:00")
    file_bench.left()
    file_bench.zone(zone)
    file_bench.left()
    file_bench.zone("UTC")
    assert file_bench.left() <= 200
    periods = [period for (period, *_rest) in starts_and_ends(file_bench)]
    assert len(periods) == len(set(periods))


def test_a_yearly_plan_is_granted_month_by_month_offline(file_bench: Bench):
    file_bench.plan(PROFESSIONAL, since=datetime(2026, 11, 23, tzinfo=UTC))
    for month in range(12):
        year, rest = divmod(2026 * 12 + 10 + month, 12)
        file_bench.clock._now = datetime(year, rest + 1, 25, tzinfo=UTC)
        assert file_bench.credits.overview().buckets[-1].period == f"{file_bench.clock.now():%Y-%m}"
    plans = [p for p, c in file_bench.rows(CreditGrant.period, CreditGrant.category) if c == "plan"]
    assert len(plans) == 12
