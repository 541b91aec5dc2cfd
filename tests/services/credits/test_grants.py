"""What is granted when, in which order it is drawn, and how a month turns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.core.errors import InvalidInput, NotFound
from app.core.money import MILLI
from app.models.credits import CreditGrant, Transfer
from app.services.credits import Attempt
from tests.services.credits.bench import EMAIL, FREE, PROFESSIONAL, Bench, without


def test_a_new_workspace_has_its_first_month(bench: Bench):
    assert bench.buckets() == [("plan", 5_000, "2026-12-01 00:00")]


def test_a_month_is_granted_once_however_often_it_is_looked_at(bench: Bench):
    for _ in range(3):
        bench.again().turn_if_due()
        bench.spend(len(bench.rows(Transfer.seq)))

    assert bench.kinds().count("grant") == 1
    assert bench.left() == 4_997


def test_an_upgrade_within_the_month_grants_the_difference_and_a_downgrade_takes_nothing(
    bench: Bench,
):
    bench.plan(FREE)
    assert bench.left() == 100
    bench.plan(PROFESSIONAL)
    assert bench.left() == 5_000
    bench.plan(FREE)
    assert bench.left() == 5_000
    bench.plan(PROFESSIONAL)
    assert bench.left() == 5_000
    assert [amount for (amount,) in bench.rows(CreditGrant.amount)] == [100_000, 4_900_000]


def test_a_pack_that_is_synced_again_is_granted_once(bench: Bench):
    first = bench.credits.add_pack("pi_1", 500 * MILLI)
    assert bench.credits.add_pack("pi_1", 500 * MILLI) == first
    assert bench.left() == 5_500
    assert bench.buckets()[1] == ("pack", 500, "2027-11-23 00:00")


def test_what_is_drawn_first_is_what_has_the_lower_priority_then_what_expires_first(bench: Bench):
    bench.credits.add_pack("late", 5 * MILLI)
    bench.clock._now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    bench.credits.add_promo("long", 3 * MILLI, None)
    bench.credits.add_promo("short", 2 * MILLI, datetime(2026, 11, 30, tzinfo=UTC))

    attempt = bench.hold(1, price=4_999 * MILLI)

    drawn = [row for row in bench.credits.ledger()[1] if row.kind == "hold"]
    assert [(r.category, r.amount // MILLI) for r in reversed(drawn)] == [
        ("promo", 2),
        ("promo", 3),
        ("plan", 4_994),
    ]
    bench.credits.release(attempt.id)


def test_of_two_that_expire_together_what_was_given_for_nothing_goes_first(bench: Bench):
    end = datetime(2026, 12, 1, tzinfo=UTC)
    bench.plan(PROFESSIONAL, trial="sub_1")
    bench.credits.add_promo("a", 2 * MILLI, end)
    assert [category for category, *_ in bench.buckets()] == ["promo", "trial"]


def test_a_hold_over_several_grants_posts_in_the_order_of_drawing_and_gives_back_the_rest(
    bench: Bench,
):
    bench.credits.add_promo("few", 2 * MILLI, None)
    attempt = bench.hold(1, price=5 * MILLI)
    bench.credits.send(attempt.id)
    bench.credits.settle(attempt.id, charged=3 * MILLI, found=1, outcome="FOUND")

    moved = [(r.kind, r.category, r.amount // MILLI) for r in bench.credits.ledger()[1]]
    assert moved[:5] == [
        ("void", "plan", 2),
        ("post", "plan", 1),
        ("post", "promo", 2),
        ("hold", "plan", 3),
        ("hold", "promo", 2),
    ]


def test_a_remainder_rolls_over_into_a_dated_bucket(bench: Bench):
    bench.spend(1, price=1_000 * MILLI)
    bench.at("2026-12-01T00:00:00")
    assert bench.buckets() == [
        ("rollover", 4_000, "2027-03-01 00:00"),
        ("plan", 5_000, "2027-01-01 00:00"),
    ]


def test_no_more_rolls_over_than_the_cap_and_the_rest_expires(bench: Bench):
    bench.left()
    for month, carried in ((12, 5_000), (1, 10_000), (2, 10_000)):
        bench.at(f"{2026 if month == 12 else 2027}-{month:02}-01T00:00:00")
        rolled = [left for category, left, _ in bench.buckets() if category == "rollover"]
        assert sum(rolled) == carried
    assert bench.credits.overview().sums.expired == 5_000 * MILLI
    # The oldest bucket goes when its date has come, and makes room for a new one.
    bench.at("2027-03-01T00:00:00")
    assert [day for _, _, day in bench.buckets()] == [
        "2027-04-01 00:00",
        "2027-06-01 00:00",
        "2027-04-01 00:00",
    ]


def test_without_rollover_a_remainder_expires(bench: Bench):
    bench.plan(FREE)
    bench.spend(1)
    bench.at("2026-12-01T00:00:00")
    assert bench.buckets() == [("plan", 100, "2027-01-01 00:00")]
    assert bench.credits.overview().sums.expired == 99 * MILLI


def test_what_is_held_over_the_turn_may_still_be_used_and_what_comes_back_has_expired(bench: Bench):
    used, unused = bench.hold(1), bench.hold(2)
    bench.credits.send(used.id)
    bench.at("2026-12-02T00:00:00")
    bench.credits.settle(used.id, charged=EMAIL, found=1, outcome="FOUND")
    bench.credits.release(unused.id)

    sums = bench.credits.overview().sums
    assert (sums.spent, sums.expired, sums.held) == (EMAIL, EMAIL, 0)
    assert bench.credits.ledger()[1][0].target == "expired"


def test_months_in_which_nobody_opened_it_are_granted_if_the_plan_applied(bench: Bench):
    bench.plan(PROFESSIONAL, since=datetime(2026, 11, 1, tzinfo=UTC))
    bench.left()
    bench.at("2027-02-10T08:00:00")
    assert bench.buckets() == [
        ("rollover", 5_000, "2027-03-01 00:00"),
        ("rollover", 5_000, "2027-04-01 00:00"),
        ("plan", 5_000, "2027-03-01 00:00"),
    ]
    bench.again().turn_if_due()
    assert len(bench.rows(CreditGrant.id)) == 6


def test_months_before_the_plan_began_are_not(bench: Bench):
    bench.plan(FREE)
    bench.left()
    bench.at("2027-02-10T08:00:00")
    bench.plan(PROFESSIONAL, since=datetime(2027, 1, 20, tzinfo=UTC))
    assert bench.buckets() == [("plan", 5_000, "2027-03-01 00:00")]


def test_a_trial_grants_the_first_month_of_its_tier_once(bench: Bench):
    bench.plan(FREE)
    bench.left()
    bench.plan(PROFESSIONAL, trial="sub_1")
    # A month of it in all: what Free had granted of this month is part of that.
    assert bench.buckets() == [
        ("trial", 4_900, "2026-12-23 00:00"),
        ("plan", 100, "2026-12-01 00:00"),
    ]
    assert bench.left() == 5_000
    # The month turns while it is tried: the trial's month is its own, and no other is granted.
    bench.at("2026-12-03T00:00:00")
    assert bench.buckets() == [
        ("rollover", 100, "2027-03-01 00:00"),
        ("trial", 4_900, "2026-12-23 00:00"),
    ]
    # Bought within the month that the trial has not granted.
    bench.plan(PROFESSIONAL)
    assert [category for category, *_ in bench.buckets()] == ["rollover", "trial", "plan"]


def test_a_trial_of_what_the_month_has_granted_already_adds_nothing(bench: Bench):
    bench.left()
    bench.plan(PROFESSIONAL, trial="sub_1")
    rows = len(bench.kinds())
    for _ in range(2):
        assert bench.left() == 5_000
    assert len(bench.kinds()) == rows


def test_a_trial_that_is_bought_within_its_month_grants_nothing_twice(bench: Bench):
    bench.at("2026-11-02T00:00:00")
    bench.plan(PROFESSIONAL, trial="sub_1")
    assert bench.left() == 5_000
    bench.at("2026-11-15T00:00:00")
    bench.plan(PROFESSIONAL)
    assert bench.left() == 5_000


def test_a_clock_set_back_brings_nothing_again(bench: Bench):
    bench.spend(1, price=1_000 * MILLI)
    bench.at("2026-12-01T00:00:00")
    after = bench.buckets()
    bench.at("2025-12-01T00:00:00")
    assert bench.buckets() == after
    assert bench.again().overview().moment.day == "2026-12-01"
    bench.spend(2)
    rows = bench.credits.ledger()[1]
    assert {f"{row.at:%Y-%m}" for row in rows[:3]} == {"2026-12"}


def test_credits_without_limit_are_never_short(bench: Bench):
    bench.plan(without(PROFESSIONAL, credits_month=-1))
    assert isinstance(bench.hold(1, price=900_000_000 * MILLI), Attempt)


# Refunds -------------------------------------------------------------------------------------


def test_the_refund_of_an_unused_pack_takes_it_back(bench: Bench):
    bench.credits.add_pack("pi_1", 500 * MILLI)
    assert bench.credits.refund_pack("pi_1", 500 * MILLI, ref="re_1") is True
    assert bench.credits.refund_pack("pi_1", 500 * MILLI, ref="re_1") is False
    assert bench.left() == 5_000
    assert bench.credits.overview().sums.debt == 0


def test_the_refund_of_a_spent_pack_is_owed_and_taken_from_the_next_grant(bench: Bench):
    bench.plan(FREE)
    bench.credits.add_pack("pi_1", 500 * MILLI)
    bench.spend(1, price=400 * MILLI)
    # 100 of the month and 300 of the pack are used.
    bench.credits.refund_pack("pi_1", 500 * MILLI, ref="re_1")
    sums = bench.credits.overview().sums
    assert (sums.available, sums.debt) == (0, 300 * MILLI)

    bench.at("2026-12-01T00:00:00")
    sums = bench.credits.overview().sums
    assert (sums.available, sums.debt) == (0, 200 * MILLI)

    bench.credits.add_pack("pi_2", 500 * MILLI)
    sums = bench.credits.overview().sums
    assert (sums.available, sums.debt) == (300 * MILLI, 0)


def test_what_was_held_of_a_refunded_pack_pays_when_it_comes_back(bench: Bench):
    bench.plan(FREE)
    bench.credits.add_pack("pi_1", 500 * MILLI)
    attempt = bench.hold(1, price=600 * MILLI)
    bench.credits.refund_pack("pi_1", 500 * MILLI, ref="re_1")
    assert bench.credits.overview().sums.debt == 500 * MILLI
    bench.credits.release(attempt.id)
    sums = bench.credits.overview().sums
    assert (sums.available, sums.debt, sums.held) == (100 * MILLI, 0, 0)


def test_no_more_is_refunded_than_was_granted(bench: Bench):
    bench.credits.add_pack("pi_1", 500 * MILLI)
    bench.credits.refund_pack("pi_1", 300 * MILLI, ref="re_1")
    with pytest.raises(InvalidInput, match="More would be refunded"):
        bench.credits.refund_pack("pi_1", 300 * MILLI, ref="re_2")
    with pytest.raises(NotFound):
        bench.credits.refund_pack("pi_9", MILLI, ref="re_3")
    assert bench.left() == 5_200


def test_a_correction_is_a_movement_of_its_own_and_made_once(bench: Bench):
    grant = bench.credits.correct("ticket 7", 20 * MILLI, note="an outage")
    assert bench.credits.correct("ticket 7", 20 * MILLI, note="an outage") == grant
    assert bench.left() == 5_020
    assert bench.credits.take("ticket 8", grant, 15 * MILLI, note="too many") is True
    assert bench.credits.take("ticket 8", grant, 15 * MILLI, note="too many") is False
    assert bench.left() == 5_005
    with pytest.raises(InvalidInput, match="Less is left"):
        bench.credits.take("ticket 9", grant, 6 * MILLI, note="too many")
    assert bench.credits.ledger()[1][0].note == "too many"
