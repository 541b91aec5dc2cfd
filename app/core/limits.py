"""What a workspace may do: the limits of its plan, and the caps that the user sets himself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.core.money import MILLI
from app.core.plans import UNLIMITED, Limits

CREDITS_WITHOUT_LIMIT = 1_000_000_000
"""What a month grants where the plan sets no limit: more than anybody can spend in one."""


@dataclass(frozen=True, slots=True)
class BoughtPack:
    """Milli-credits that were paid for once, good from `since` until `until` (UTC).

    source is the payment, by which they are credited once.
    """

    source: str
    amount: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The limits that apply now, and what the monthly grant has to know beside them.

    trial names the trial that is running, by something that never changes, else it is empty.
    since is from when this plan has applied without a break, in UTC; months that passed while
    nobody opened Captely are granted from there on, and without it only the present month is.
    anchor_day is the day on which months turn; a shorter month turns on its last day. A rolled-over
    remainder is good for rollover_months. packs are those that were bought.
    """

    limits: Limits
    plan: str = "free"
    trial: str = ""
    since: datetime | None = None
    anchor_day: int = 1
    rollover_months: int = 3
    packs: tuple[BoughtPack, ...] = ()

    @property
    def month_milli(self) -> int:
        """What a month grants, in milli-credits."""
        month = self.limits.credits_month
        return (CREDITS_WITHOUT_LIMIT if month == UNLIMITED else month) * MILLI


@dataclass(frozen=True, slots=True)
class SpendCaps:
    """What the user does not want to exceed, in milli-credits; None is no cap.

    providers caps a month's spending on each provider.
    """

    run: int | None = None
    day: int | None = None
    month: int | None = None
    providers: Mapping[str, int] = field(default_factory=dict)
