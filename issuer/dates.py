"""How long a licence holds: the table of the contract, by the subscription's state."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400
ENDED = ("paused", "unpaid", "canceled", "incomplete", "incomplete_expired")
"""The states that leave a workspace with Free."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What the dates depend on; moments in epoch seconds.

    retries is False once Stripe will not try a failed payment again.
    """

    status: str
    interval: str | None
    trial_end: int | None = None
    period_end: int | None = None
    cancels: bool = False
    air_gapped: bool = False
    retries: bool = True


@dataclass(frozen=True, slots=True)
class Dates:
    """End of the full rights without a refresh, and end of grace."""

    exp: int
    grace_until: int


def dates(subscription: Subscription, issued: int) -> Dates:
    """The dates of a licence that is issued at `issued`."""
    period_end = subscription.period_end or issued + 30 * DAY
    if subscription.status in ENDED:
        return _lasting(issued + 90 * DAY + 3 * DAY, 14)
    if subscription.status == "trialing":
        return _lasting((subscription.trial_end or period_end) + DAY, 3)
    if subscription.status == "past_due":
        return _lasting(issued + 7 * DAY, 7 if subscription.retries else 0)
    if subscription.cancels:
        return _lasting(period_end, 3)
    if subscription.air_gapped:
        return _lasting(period_end + 7 * DAY, 30)
    longest = 90 if subscription.interval == "year" else 30
    return _lasting(min(period_end, issued + longest * DAY) + 3 * DAY, 14)


def _lasting(exp: int, grace_days: int) -> Dates:
    return Dates(exp, exp + grace_days * DAY)
