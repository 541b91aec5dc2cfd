"""The ordered check before every step: balance, day, provider's month, package, own caps.

It is made in the transaction of the hold, so that nobody can come between. The first check that
says no is the one reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.core.clock import to_us
from app.core.limits import SpendCaps
from app.core.money import as_number
from app.core.plans import UNLIMITED, Limits
from app.models.credits import CreditGrant
from app.services.credits import usage
from app.services.credits.book import Book
from app.services.credits.denial import Code, Denial, Remedy
from app.services.credits.grants import available
from app.services.credits.usage import Moment


@dataclass(frozen=True, slots=True)
class Step:
    """What is about to be asked of a provider for one contact of a run (a job).

    item is the job's item, n counts how often it is asked anew. price is the worst case in
    milli-credits; wanted is how many values it may find that the plan counts. quota_left is what
    the provider itself still allows, None if it does not tell; rests says that it failed so often
    that it is left alone for a while.
    """

    job: int
    item: int
    contact: int
    provider: str
    op: str
    price: int
    wanted: int = 1
    n: int = 1
    quota_left: int | None = None
    rests: bool = False
    external_id: str | None = None
    fingerprint: str | None = None
    rate_card: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What is checked against: the plan's limits, the user's caps, and what day it is."""

    limits: Limits
    caps: SpendCaps
    moment: Moment


def check(book: Book, step: Step, rules: Rules) -> Denial | None:
    """The first limit that forbids the step; None when it may be taken."""
    for look in (balance, daily, provider_month, package, caps):
        if (denial := look(book, step, rules)) is not None:
            return denial
    return None


def balance(book: Book, step: Step, rules: Rules) -> Denial | None:
    """1: what is available covers the worst case."""
    left = available(book.connection, book.now, ceiling=book.ceiling)
    if left >= step.price:
        return None
    total = max(left, _live_total(book.connection, to_us(book.now)))
    return Denial(
        Code.BALANCE,
        as_number(total),
        as_number(total - left),
        as_number(step.price),
        Remedy.BUY,
        rules.moment.month.end,
    )


def daily(book: Book, step: Step, rules: Rules) -> Denial | None:
    """2: one more contact today; a further provider for the same one is not a further contact."""
    limit, day = rules.limits.enrichments_day, rules.moment.day
    if limit == UNLIMITED or usage.is_enriched(book.connection, day, step.job, step.contact):
        return None
    used = usage.enriched_on(book.connection, day)
    if used < limit:
        return None
    return Denial(Code.DAILY, limit, used, 1, Remedy.WAIT, rules.moment.midnight)


def provider_month(book: Book, step: Step, rules: Rules) -> Denial | None:
    """3: the provider's values of this month, its own quota, and whether it works at present."""
    month = rules.moment.month
    limit = rules.limits.provider_month.get(step.provider, UNLIMITED)
    used = usage.found_in(book.connection, month.label, step.provider)
    if limit != UNLIMITED and used + step.wanted > limit:
        return _skip(step, limit, used, Remedy.OTHER_PROVIDER, rules)
    if step.rests or step.quota_left == 0:
        return _skip(step, None, None, Remedy.OTHER_PROVIDER, rules)
    return None


def package(book: Book, step: Step, rules: Rules) -> Denial | None:
    """4: the plan includes the provider."""
    _ = book
    return provider_in_plan(rules.limits, step.provider)


def caps(book: Book, step: Step, rules: Rules) -> Denial | None:
    """5: the user's own caps, which every plan has."""
    for name, cap, within in _capped(step, rules):
        if cap is None:
            continue
        used = usage.spent(book.connection, **within)
        if used + step.price > cap:
            skips = "provider" in within
            numbers = as_number(cap), as_number(used), as_number(step.price)
            resets = {"run": None, "day": rules.moment.midnight}.get(name, rules.moment.month.end)
            return Denial(
                Code.CAP, *numbers, Remedy.RAISE_CAP, resets, subject=name, skips_provider=skips
            )
    return None


def provider_in_plan(limits: Limits, provider: str) -> Denial | None:
    """The door of the providers: whether the plan includes one."""
    if provider in limits.providers:
        return None
    return Denial(
        Code.PACKAGE, None, None, None, Remedy.UPGRADE, subject=provider, skips_provider=True
    )


def _capped(step: Step, rules: Rules) -> Iterator[tuple[str, int | None, dict[str, str | int]]]:
    own, month = rules.caps, rules.moment.month.label
    yield "run", own.run, {"job": step.job}
    yield "day", own.day, {"day": rules.moment.day}
    yield "month", own.month, {"month": month}
    cap = own.providers.get(step.provider)
    yield step.provider, cap, {"month": month, "provider": step.provider}


def _skip(step: Step, limit: int | None, used: int | None, remedy: Remedy, rules: Rules) -> Denial:
    return Denial(
        Code.PROVIDER,
        limit,
        used,
        step.wanted,
        remedy,
        rules.moment.month.end,
        subject=step.provider,
        skips_provider=True,
    )


def _live_total(connection: Connection, now: int) -> int:
    """All that was granted and could be drawn now, used or not."""
    total = select(func.coalesce(func.sum(CreditGrant.amount), 0)).where(
        CreditGrant.effective_at <= now,
        CreditGrant.expires_at.is_(None) | (CreditGrant.expires_at > now),
    )
    return int(connection.execute(total).scalar_one())
