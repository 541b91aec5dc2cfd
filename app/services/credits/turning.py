"""Turns the month: expires what is over, rolls a remainder over, and grants the new month.

It needs no network and no licence server, only the entitlement that applies; run twice it does
nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.core.clock import from_us, to_us
from app.core.limits import BoughtPack, Entitlement
from app.core.money import MILLI
from app.core.periods import Months, Period
from app.core.plans import UNLIMITED
from app.models.credits import Account, CreditGrant
from app.services.credits.book import Book
from app.services.credits.grants import Bucket, Terms, give, granted_by, overdue
from app.services.credits.names import ISSUER, Category, Kind, Purse, account

LONGEST_ABSENCE = 36
"""Months that are granted afterwards at most, when nobody opened Captely in between."""


def turn(book: Book, entitlement: Entitlement, months: Months) -> None:
    """Bring the grants up to now, month by month if Captely was not opened for some."""
    for period in _missed(book, entitlement, months):
        _expire(book, entitlement, months, period.start)
        _grant_month(book, entitlement, period)
    _expire(book, entitlement, months, book.now)
    _grant_month(book, entitlement, months.at(book.now))
    _grant_trial(book, entitlement, months)
    for pack in _missing_packs(book.connection, entitlement, book.now):
        source = pack_source(pack.source)
        give(book, Terms(Category.PACK, pack.amount, source, pack.since, pack.until))


def is_due(connection: Connection, entitlement: Entitlement, months: Months, now: datetime) -> bool:
    """True when `turn` may move credits."""
    period = months.at(now)
    if entitlement.trial:
        missing = _trial_amount(connection, entitlement, period) > 0
    else:
        missing = _given(connection, period.label) < entitlement.month_milli
    packs = next(_missing_packs(connection, entitlement, now), None)
    return missing or packs is not None or bool(overdue(connection, now))


def _missed(book: Book, entitlement: Entitlement, months: Months) -> Iterator[Period]:
    """The months before this one that were never granted, from when the plan applied."""
    if entitlement.since is None or entitlement.trial:
        return
    if (last := _last_period(book.connection)) is None:
        return
    present, since = months.at(book.now), entitlement.since
    period = months.at(max(from_us(last), since))
    for _ in range(LONGEST_ABSENCE):
        if period.start >= present.start:
            return
        if to_us(period.start) > last and period.start >= since:
            yield period
        period = months.after(period)


def _last_period(connection: Connection) -> int | None:
    """When the newest month that was granted began, in microseconds."""
    began = select(func.max(CreditGrant.effective_at))
    return connection.execute(began.where(CreditGrant.category == Category.PLAN)).scalar()


def _grant_month(book: Book, entitlement: Entitlement, period: Period) -> None:
    """Grant a month, or after an upgrade within it the difference; a trial grants its own."""
    target = entitlement.month_milli
    given = _given(book.connection, period.label)
    if entitlement.trial or given >= target:
        return
    source = f"plan:{period.label}" if given == 0 else f"plan:{period.label}:{target}"
    terms = Terms(
        Category.PLAN, target - given, source, period.start, period.end, period=period.label
    )
    give(book, terms)


def _grant_trial(book: Book, entitlement: Entitlement, months: Months) -> None:
    """The first month of the tier that is tried, once, from now on.

    As after an upgrade, what this month has granted already is part of it: 4,900 beside the 100
    of Free, not 5,100.
    """
    period, expires = months.at(book.now), months.later(book.now, 1)
    amount = _trial_amount(book.connection, entitlement, period)
    if amount <= 0:
        return
    source = _trial_source(entitlement)
    terms = Terms(Category.TRIAL, amount, source, book.now, expires, period=period.label)
    give(book, terms)


def pack_source(payment: str) -> str:
    """What a pack's grant is known by; the same payment grants once, whoever tells of it."""
    return f"pack:{payment}"


def _missing_packs(
    connection: Connection, entitlement: Entitlement, now: datetime
) -> Iterator[BoughtPack]:
    """Bought packs that can be drawn now and were never granted."""
    for pack in entitlement.packs:
        known = granted_by(connection, pack_source(pack.source)) is not None
        if pack.since <= now < pack.until and not known:
            yield pack


def _trial_amount(connection: Connection, entitlement: Entitlement, period: Period) -> int:
    """What a trial grants now; nothing without one, or if it has granted before."""
    if not entitlement.trial or granted_by(connection, _trial_source(entitlement)) is not None:
        return 0
    return entitlement.month_milli - _given(connection, period.label)


def _trial_source(entitlement: Entitlement) -> str:
    return f"trial:{entitlement.trial}"


def _given(connection: Connection, label: str) -> int:
    """What the plan or a trial of it has granted for a month so far."""
    total = select(func.coalesce(func.sum(CreditGrant.amount), 0)).where(
        CreditGrant.period == label,
        CreditGrant.category.in_((Category.PLAN, Category.TRIAL)),
    )
    return int(connection.execute(total).scalar_one())


def _expire(book: Book, entitlement: Entitlement, months: Months, until: datetime) -> None:
    """Move what expired by `until`; a remainder that rolls over may itself have expired by then."""
    while over := overdue(book.connection, until):
        moved = [_end(book, bucket, entitlement, months) for bucket in over]
        if not any(moved):
            return


def _end(book: Book, bucket: Bucket, entitlement: Entitlement, months: Months) -> bool:
    """Roll over what may be, and let the rest expire; False when that has to wait."""
    rolls = bucket.category is Category.PLAN
    if rolls and book.frozen:
        # Whether it is really that much is in doubt: decided when the ledger is taken up again.
        return False
    rest = bucket.left
    rolled = book.has(f"rollover:{bucket.id}:out")
    if rolls and not rolled and (kept := min(rest, _room(book, bucket, entitlement))) > 0:
        _roll_over(book, bucket, kept, entitlement, months)
        rest -= kept
    if bucket.expires is not None and not entitlement.is_over(bucket.expires):
        # It cannot be drawn now; that it is gone for good, a clock far ahead does not decide.
        return rest < bucket.left
    if rest > 0:
        source, target = account(bucket.id, Purse.AVAIL), account(bucket.id, Purse.EXPIRED)
        book.move(Kind.EXPIRE, source, target, rest, key=f"expire:{bucket.id}")
    return True


def _roll_over(
    book: Book, bucket: Bucket, amount: int, entitlement: Entitlement, months: Months
) -> None:
    turned = bucket.expires or book.now
    group = f"rollover:{bucket.id}"
    avail = account(bucket.id, Purse.AVAIL)
    book.move(Kind.ROLLOVER, avail, ISSUER, amount, key=f"{group}:out", group=group)
    expires = months.later(turned, entitlement.rollover_months)
    terms = Terms(
        Category.ROLLOVER, amount, f"grant:{bucket.id}", turned, expires, period=bucket.period
    )
    give(book, terms, kind=Kind.ROLLOVER, group=group)


def _room(book: Book, bucket: Bucket, entitlement: Entitlement) -> int:
    """How much more may be carried over beside what is carried already, in milli-credits."""
    cap, turned = entitlement.limits.rollover_cap, bucket.expires or book.now
    if entitlement.since is not None and turned < entitlement.since:
        # What the plan before this one left over is not this one's to carry.
        return 0
    if cap == UNLIMITED:
        return bucket.left
    carried = (
        select(func.coalesce(func.sum(Account.balance), 0))
        .join(CreditGrant, CreditGrant.id == Account.grant_id)
        .where(
            Account.kind == Purse.AVAIL,
            CreditGrant.category == Category.ROLLOVER,
            CreditGrant.expires_at > to_us(turned),
        )
    )
    return max(0, cap * MILLI - int(book.connection.execute(carried).scalar_one()))
