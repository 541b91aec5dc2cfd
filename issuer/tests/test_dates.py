"""The date table of the contract, row by row."""

from __future__ import annotations

import pytest

from issuer.dates import ENDED, Dates, Subscription, dates

DAY = 86_400
IAT = 1_795_780_800


def day(number: int) -> int:
    return IAT + number * DAY


def of(status: str = "active", interval: str = "month", **facts: object) -> Dates:
    return dates(Subscription(status, interval, **facts), IAT)  # type: ignore[arg-type]


def test_a_trial_holds_a_day_longer_with_three_days_of_grace():
    assert of("trialing", trial_end=day(14), period_end=day(14)) == Dates(day(15), day(18))


@pytest.mark.parametrize(
    ("interval", "period_end", "exp"),
    [("month", 20, 23), ("month", 30, 33), ("month", 365, 33),
     ("year", 20, 23), ("year", 90, 93), ("year", 365, 93)],
)  # fmt: skip
def test_a_paid_plan_is_checked_every_30_or_90_days(interval: str, period_end: int, exp: int):
    assert of("active", interval, period_end=day(period_end)) == Dates(day(exp), day(exp + 14))


def test_a_computer_without_a_network_has_the_whole_period():
    assert of(interval="year", period_end=day(365), air_gapped=True) == Dates(day(372), day(402))


def test_a_failed_payment_leaves_a_week_and_another_while_it_is_tried_again():
    assert of("past_due", period_end=day(30)) == Dates(day(7), day(14))
    assert of("past_due", period_end=day(30), retries=False) == Dates(day(7), day(7))


def test_a_cancelled_plan_ends_with_its_period():
    assert of(period_end=day(12), cancels=True) == Dates(day(12), day(15))


@pytest.mark.parametrize("status", ENDED)
def test_what_has_ended_gives_a_free_licence_that_lasts(status: str):
    assert of(status, period_end=day(-3)) == Dates(day(93), day(107))
