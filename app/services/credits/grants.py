"""Gives credits, once for each source, and says in which order they are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, delete, func, insert, or_, select, update

from app.core.clock import from_us, to_us
from app.models.credits import Account, CreditGrant
from app.services.credits.book import Book
from app.services.credits.names import (
    ATTESTED,
    DEBT,
    ISSUER,
    OF_NO_GRANT,
    PRIORITIES,
    PROMOTIONAL,
    Category,
    Kind,
    Purse,
    account,
    owner_of,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is to be given: milli-credits of a category, from when until when (UTC), and why.

    source names what they come from; the same source gives once. unit_cost_minor is what a credit
    cost in the smallest unit of money, period the month of the plan.
    """

    category: Category
    amount: int
    source: str
    effective: datetime
    expires: datetime | None
    period: str | None = None
    unit_cost_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A grant with what is left of it, in milli-credits; times are UTC."""

    id: int
    category: Category
    amount: int
    left: int
    effective: datetime
    expires: datetime | None
    source: str
    period: str | None


def give(
    book: Book,
    terms: Terms,
    *,
    kind: Kind = Kind.GRANT,
    group: str | None = None,
    note: str = "",
) -> int:
    """Grant credits and return the grant's id; a source that gave before gives nothing more.

    What is owed for a refunded pack is taken from it at once.
    """
    if (before := granted_by(book.connection, terms.source)) is not None:
        return before
    highest = select(func.coalesce(func.max(CreditGrant.id), 0))
    number = int(book.connection.execute(highest).scalar_one()) + 1
    book.connection.execute(insert(CreditGrant).values(id=number, **_columns(terms)))
    book.connection.execute(insert(Account), _accounts(number))
    available = account(number, Purse.AVAIL)
    key = f"{kind}:{terms.source}"
    book.move(kind, ISSUER, available, terms.amount, key=key, group=group, note=note)
    repay(book, number)
    return number


def put_accounts_right(book: Book) -> None:
    """Have each grant's accounts be what their numbers say, whatever somebody made of them."""
    connection = book.connection
    there = set(connection.execute(select(Account.id)).scalars())
    for number in connection.execute(select(CreditGrant.id)).scalars().all():
        for wanted in _accounts(number):
            if wanted["id"] not in there:
                connection.execute(insert(Account), wanted)
            else:
                row = update(Account).where(Account.id == wanted["id"])
                connection.execute(row.values(kind=wanted["kind"], grant_id=number))
    for number, kind in OF_NO_GRANT.items():
        row = update(Account).where(Account.id == number)
        connection.execute(row.values(kind=kind, grant_id=None))
    nobodys = [number for number in there if owner_of(number) is None]
    connection.execute(delete(Account).where(Account.id.in_(nobodys), Account.balance == 0))


def _accounts(grant: int) -> list[dict[str, Any]]:
    return [
        {"id": account(grant, purse), "kind": purse.value, "grant_id": grant} for purse in Purse
    ]


def repay(book: Book, grant: int) -> None:
    """Pay what is owed for refunded credits out of what is available of a grant."""
    owed = min(book.balance(DEBT), book.balance(account(grant, Purse.AVAIL)))
    if owed == 0:
        return
    # Nothing can have been paid since the last movement, so its number makes the key one of a kind.
    group = f"repay:{grant}:{book.seq}"
    available = account(grant, Purse.AVAIL)
    book.move(Kind.REPAY, available, ISSUER, owed, key=f"{group}:paid", group=group)
    book.move(Kind.REPAY, DEBT, ISSUER, owed, key=f"{group}:owed", group=group)


def granted_by(connection: Connection, source: str) -> int | None:
    """The grant that a source gave; None when it has not yet."""
    wanted = select(CreditGrant.id).where(CreditGrant.source_ref == source)
    return connection.execute(wanted).scalar()


def drawable(
    connection: Connection, now: datetime, *, ceiling: int | None = None
) -> Sequence[Bucket]:
    """Grants that can be drawn now, in the order in which they are.

    By priority, then what expires first, what was given for nothing before what was paid for, and
    what took effect first. ceiling, in milli-credits, is given while the ledger is in doubt: what
    only it vouches for is left out, and no more can be drawn than the plan gives in a month.
    """
    moment = to_us(now)
    wanted = _with_rest().where(
        Account.balance > 0,
        CreditGrant.effective_at <= moment,
        or_(CreditGrant.expires_at.is_(None), CreditGrant.expires_at > moment),
    )
    if ceiling is not None:
        wanted = wanted.where(CreditGrant.category.not_in(ATTESTED))
    buckets = [_bucket(row) for row in connection.execute(wanted.order_by(*_draw_order()))]
    return buckets if ceiling is None else list(believable(buckets, ceiling))


def believable(buckets: Iterable[Bucket], ceiling: int) -> Iterator[Bucket]:
    """The buckets with no more left than was granted, and than `ceiling` in all."""
    for bucket in buckets:
        left = min(bucket.left, bucket.amount, ceiling)
        ceiling -= left
        yield replace(bucket, left=left)


def available(connection: Connection, now: datetime, *, ceiling: int | None = None) -> int:
    """What can be drawn now, in milli-credits; see `drawable`."""
    return sum(bucket.left for bucket in drawable(connection, now, ceiling=ceiling))


def overdue(connection: Connection, until: datetime) -> Sequence[Bucket]:
    """Grants that expired by `until` and still have something left, oldest expiry first."""
    wanted = _with_rest().where(Account.balance > 0, CreditGrant.expires_at <= to_us(until))
    rows = connection.execute(wanted.order_by(CreditGrant.expires_at, CreditGrant.id)).all()
    return [_bucket(row) for row in rows]


def bucket_of(connection: Connection, grant: int) -> Bucket:
    """A grant with what is left of it."""
    return _bucket(connection.execute(_with_rest().where(CreditGrant.id == grant)).one())


def _with_rest() -> Select[Any]:
    rest = (Account.grant_id == CreditGrant.id) & (Account.kind == Purse.AVAIL.value)
    return select(*CreditGrant.__table__.c, Account.balance).join(Account, rest)


def _draw_order() -> tuple[Any, ...]:
    paid = case((CreditGrant.category.in_(PROMOTIONAL), 0), else_=1)
    lasting = case((CreditGrant.expires_at.is_(None), 1), else_=0)
    return (
        CreditGrant.priority,
        lasting,
        CreditGrant.expires_at,
        paid,
        CreditGrant.effective_at,
        CreditGrant.id,
    )


def _columns(terms: Terms) -> dict[str, Any]:
    return {
        "category": terms.category.value,
        "priority": PRIORITIES[terms.category],
        "amount": terms.amount,
        "effective_at": to_us(terms.effective),
        "expires_at": to_us(terms.expires) if terms.expires else None,
        "unit_cost_minor": terms.unit_cost_minor,
        "source_ref": terms.source,
        "period": terms.period,
    }


def _bucket(row: Row[Any]) -> Bucket:
    return Bucket(
        row.id,
        Category(row.category),
        row.amount,
        row.balance,
        from_us(row.effective_at),
        from_us(row.expires_at) if row.expires_at is not None else None,
        row.source_ref,
        row.period,
    )
