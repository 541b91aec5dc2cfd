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
class KnownTime:
    """What is known of the time beside this computer's clock; moments are UTC.

    at is what counts as now. Movements of the ledger up to the number doubted were written while
    the clock stood wrong, and tell no time. sure is set while the clock stands so far ahead of what
    is known that it may be wrong: only what ended by then has ended for good.
    """

    at: datetime
    doubted: int = 0
    sure: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The limits that apply now, and what the monthly grant has to know beside them.

    trial names the trial that is running, by something that never changes, else it is empty.
    since is from when this plan has applied without a break, in UTC; months that passed while
    nobody opened Captely are granted from there on, and without it only the present month is.
    anchor_day is the day on which months turn; a shorter month turns on its last day. A rolled-over
    remainder is good for rollover_months. packs are those that were bought. time is None where
    only the clock and the ledger tell it.
    """

    limits: Limits
    plan: str = "free"
    trial: str = ""
    since: datetime | None = None
    anchor_day: int = 1
    rollover_months: int = 3
    packs: tuple[BoughtPack, ...] = ()
    time: KnownTime | None = None

    def moment(self, clock: datetime, row: int, last: datetime) -> datetime:
        """The time that counts: no earlier than what is known, nor than the last movement.

        row and last are the number and the time of that movement. So a clock that is set back
        brings neither yesterday's limits nor another month again.
        """
        known = clock if self.time is None else max(clock, self.time.at)
        doubted = 0 if self.time is None else self.time.doubted
        return known if row <= doubted else max(known, last)

    def is_over(self, moment: datetime) -> bool:
        """True when a past moment has passed for certain, whatever the clock says."""
        sure = self.time.sure if self.time else None
        return sure is None or moment <= sure

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
