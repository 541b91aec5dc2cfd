"""What was used of the limits: counted from the attempts each time, never kept a second time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select

from app.core.clock import to_us
from app.core.periods import Months, Period
from app.models.credits import ENRICHED, USAGE, Account, CreditGrant, Transfer
from app.services.credits.names import Category, Kind, Purse


@dataclass(frozen=True, slots=True)
class Moment:
    """Today and this month in the workspace's time zone, and when each is over, in UTC."""

    day: str
    month: Period
    midnight: datetime

    @classmethod
    def of(cls, months: Months, now: datetime) -> Moment:
        """The day and the month in which `now` lies."""
        zone = months.zone
        return cls(zone.day(now).isoformat(), months.at(now), zone.next_day(now))


def enriched_on(connection: Connection, day: str) -> int:
    """Contacts enriched on a day: each once per run, open ones included."""
    count = select(func.count()).select_from(ENRICHED).where(ENRICHED.c.day == day)
    return int(connection.execute(count).scalar_one())


def is_enriched(connection: Connection, day: str, job: int, contact: int) -> bool:
    """True when this contact of this run already counts on that day."""
    mine = select(ENRICHED.c.job).where(
        ENRICHED.c.day == day, ENRICHED.c.job == job, ENRICHED.c.contact == contact
    )
    return connection.execute(mine.limit(1)).first() is not None


def found_in(connection: Connection, month: str, provider: str) -> int:
    """Values that a provider found in a month; what it may still find while asked counts too."""
    total = select(func.coalesce(func.sum(USAGE.c.found), 0)).where(
        USAGE.c.month == month, USAGE.c.provider == provider
    )
    return int(connection.execute(total).scalar_one())


def used_in(connection: Connection, month: Period) -> int:
    """Milli-credits used and held in a month, by the most that attempts, rows or accounts say.

    For a ledger that is in doubt: whoever alters one of them must not have the month again.
    """
    taking = case((Transfer.kind == Kind.HOLD, Transfer.amount), else_=-Transfer.amount)
    rows = select(func.coalesce(func.sum(taking), 0)).where(
        Transfer.kind.in_((Kind.HOLD, Kind.VOID)), Transfer.at >= to_us(month.start)
    )
    accounts = (
        select(func.coalesce(func.sum(Account.balance), 0))
        .join(CreditGrant, CreditGrant.id == Account.grant_id)
        .where(
            Account.kind.in_((Purse.HOLD, Purse.CONSUMED)),
            CreditGrant.period == month.label,
            CreditGrant.category.in_((Category.PLAN, Category.TRIAL)),
        )
    )
    told = (int(connection.execute(each).scalar_one()) for each in (rows, accounts))
    return max(spent(connection, month=month.label), *told)


def spent(connection: Connection, **within: str | int) -> int:
    """Milli-credits used and held by attempts within a job, day, month or provider."""
    total = select(func.coalesce(func.sum(USAGE.c.credits), 0))
    matching = (USAGE.c[name] == value for name, value in within.items())
    return int(connection.execute(total.where(*matching)).scalar_one())
