"""The ledger as it is read: the sums of the plan card, and every row for the browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.core.clock import from_us, to_us
from app.core.limits import SpendCaps
from app.core.plans import Limits
from app.models.credits import USAGE, Account, CreditGrant, EnrichmentAttempt, Transfer
from app.services.credits.grants import Bucket, available
from app.services.credits.integrity import Integrity
from app.services.credits.names import OPEN, AttemptState, Kind, Purse, account
from app.services.credits.usage import Moment

_FROM, _TO = aliased(Account), aliased(Account)


@dataclass(frozen=True, slots=True)
class Sums:
    """All time, in milli-credits; granted is what was given and not taken back.

    available leaves out what is frozen, so that granted = available + frozen + held + spent +
    expired, as long as nothing waits for its day or for the turn of the month.
    """

    available: int
    frozen: int
    held: int
    spent: int
    granted: int
    expired: int
    debt: int


@dataclass(frozen=True, slots=True)
class ProviderUse:
    """What one provider used: milli-credits of all time and this month, values this month."""

    provider: str
    spent: int
    held: int
    spent_month: int
    found_month: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What the plan card shows; credits are milli-credits, moment is today in the time zone.

    coming are the new contacts of imports under way, whose places are taken.
    """

    sums: Sums
    buckets: tuple[Bucket, ...]
    providers: tuple[ProviderUse, ...]
    limits: Limits
    caps: SpendCaps
    enriched_today: int
    imports: int
    contacts: int
    spent_today: int
    spent_month: int
    moment: Moment
    integrity: Integrity
    coming: int = 0


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One movement; source and target name its accounts, such as avail and hold, at is UTC.

    outcome and found are those of its call. balance is what was available after it, of all grants.
    """

    seq: int
    at: datetime
    kind: str
    amount: int
    source: str
    target: str
    grant: int | None
    category: str | None
    attempt: int | None
    job: int | None
    contact: int | None
    provider: str | None
    op: str | None
    note: str
    outcome: str | None = None
    found: int = 0
    balance: int = 0


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which movements are wanted; None is all. since and until are UTC, until not included.

    purse is an account that they touch, such as avail; grants are several of which any will do.
    month and days (first and last) are those of the call, in the workspace's time zone. held
    leaves what is held now, used what a call was charged, or holds while it is open.
    """

    kind: str | None = None
    provider: str | None = None
    category: str | None = None
    job: int | None = None
    contact: int | None = None
    attempt: int | None = None
    grant: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    outcome: str | None = None
    month: str | None = None
    days: tuple[str, str] | None = None
    purse: str | None = None
    grants: tuple[int, ...] | None = None
    held: bool = False
    used: bool = False


def sums(connection: Connection, now: datetime, *, ceiling: int | None) -> Sums:
    """What there is, at the moment `now`; ceiling as in `grants.drawable`."""
    total = select(Account.kind, func.sum(Account.balance)).group_by(Account.kind)
    by_kind = {kind: int(amount) for kind, amount in connection.execute(total)}
    usable = available(connection, now, ceiling=ceiling)
    return Sums(
        available=usable,
        frozen=available(connection, now) - usable,
        held=by_kind.get(Purse.HOLD, 0),
        spent=by_kind.get(Purse.CONSUMED, 0),
        granted=sum(by_kind.get(purse, 0) for purse in Purse),
        expired=by_kind.get(Purse.EXPIRED, 0),
        debt=by_kind.get("debt", 0),
    )


def by_provider(connection: Connection, month: str) -> list[ProviderUse]:
    """What each provider that was ever asked used, by name."""
    attempt = EnrichmentAttempt
    settled = func.coalesce(
        func.sum(attempt.charged).filter(attempt.state == AttemptState.SETTLED), 0
    )
    held = func.coalesce(func.sum(attempt.max_price).filter(attempt.state.in_(OPEN)), 0)
    all_time = select(attempt.provider, settled.label("spent"), held.label("held"))
    rows = connection.execute(all_time.group_by(attempt.provider).order_by(attempt.provider)).all()
    this_month = _this_month(connection, month)
    return [
        ProviderUse(row.provider, row.spent, row.held, *this_month.get(row.provider, (0, 0)))
        for row in rows
    ]


def _this_month(connection: Connection, month: str) -> dict[str, tuple[int, int]]:
    used = select(USAGE.c.provider, func.sum(USAGE.c.credits), func.sum(USAGE.c.found))
    rows = connection.execute(used.where(USAGE.c.month == month).group_by(USAGE.c.provider))
    return {provider: (int(credit), int(found)) for provider, credit, found in rows}


def ledger(
    connection: Connection, wanted: LedgerFilter, *, limit: int, offset: int = 0
) -> tuple[int, list[LedgerRow]]:
    """How many movements there are, and one page of them, newest first."""
    rows = _filtered(_movements(), wanted)
    total = connection.execute(_filtered(_counted(), wanted)).scalar_one()
    page = connection.execute(rows.order_by(Transfer.seq.desc()).limit(limit).offset(offset)).all()
    balances = balances_after(connection, [row.seq for row in page])
    return int(total), [_row(row, balances[row.seq]) for row in page]


def statement(connection: Connection, wanted: LedgerFilter) -> Iterator[LedgerRow]:
    """Every one of these movements, oldest first."""
    running = _running().subquery()
    rows = _movements().add_columns(running.c.balance).join(running, running.c.seq == Transfer.seq)
    for row in connection.execute(_filtered(rows, wanted).order_by(Transfer.seq)):
        yield _row(row, int(row.balance))


def total(connection: Connection, wanted: LedgerFilter) -> int:
    """The milli-credits of these movements together."""
    amount = select(func.coalesce(func.sum(Transfer.amount), 0))
    return int(connection.execute(_filtered(_joined(amount), wanted)).scalar_one())


def balances_after(connection: Connection, movements: Sequence[int]) -> dict[int, int]:
    """What was available after each of these movements, in milli-credits."""
    if not movements:
        return {}
    running = _running().where(Transfer.seq <= max(movements)).subquery()
    wanted = select(running).where(running.c.seq.in_(movements))
    return {seq: int(balance) for seq, balance in connection.execute(wanted)}


def _running() -> Select[Any]:
    change = case((_is_available(Transfer.credit), Transfer.amount), else_=0) - case(
        (_is_available(Transfer.debit), Transfer.amount), else_=0
    )
    after: ColumnElement[Any] = func.sum(change).over(order_by=Transfer.seq)
    running: Select[Any] = select(Transfer.seq, after.label("balance"))
    return running


def _is_available(side: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Told by its number (see `names.account`): joining two accounts would take thrice as long."""
    first = account(1, Purse.AVAIL)
    return and_(side >= first, side % 10 == first % 10)


def _movements() -> Select[Any]:
    columns = (
        Transfer.seq, Transfer.at, Transfer.kind, Transfer.amount, Transfer.note,
        Transfer.attempt_id, _FROM.kind.label("source"), _TO.kind.label("target"),
        CreditGrant.id.label("grant"), CreditGrant.category, EnrichmentAttempt.job,
        EnrichmentAttempt.contact, EnrichmentAttempt.provider, EnrichmentAttempt.op,
        EnrichmentAttempt.outcome, EnrichmentAttempt.found,
    )  # fmt: skip
    return _joined(select(*columns))


def _counted() -> Select[Any]:
    return _joined(select(func.count(Transfer.seq)))


def _joined(wanted: Any) -> Select[Any]:  # noqa: ANN401
    joined: Select[Any] = (
        wanted.select_from(Transfer)
        .join(_FROM, _FROM.id == Transfer.debit)
        .join(_TO, _TO.id == Transfer.credit)
        .outerjoin(CreditGrant, CreditGrant.id == _grant_of())
        .outerjoin(EnrichmentAttempt, EnrichmentAttempt.id == Transfer.attempt_id)
    )
    return joined


def _filtered(rows: Select[Any], wanted: LedgerFilter) -> Select[Any]:
    attempt = EnrichmentAttempt
    conditions = (
        (wanted.kind, Transfer.kind == wanted.kind),
        (wanted.provider, attempt.provider == wanted.provider),
        (wanted.category, CreditGrant.category == wanted.category),
        (wanted.job, attempt.job == wanted.job),
        (wanted.contact, attempt.contact == wanted.contact),
        (wanted.attempt, Transfer.attempt_id == wanted.attempt),
        (wanted.grant, or_(_FROM.grant_id == wanted.grant, _TO.grant_id == wanted.grant)),
        (wanted.since, Transfer.at >= (to_us(wanted.since) if wanted.since else 0)),
        (wanted.until, Transfer.at < (to_us(wanted.until) if wanted.until else 0)),
        (wanted.outcome, attempt.outcome == wanted.outcome),
        (wanted.month, attempt.month == wanted.month),
        (wanted.days, attempt.day.between(*(wanted.days or ("", "")))),
        (wanted.purse, or_(_FROM.kind == wanted.purse, _TO.kind == wanted.purse)),
        (wanted.grants, _grant_of().in_(wanted.grants or ())),
        (wanted.held or None, _is_held()),
        (wanted.used or None, or_(Transfer.kind == Kind.POST, _is_held())),
    )
    return rows.where(*(condition for given, condition in conditions if given is not None))


def _grant_of() -> ColumnElement[int | None]:
    return func.coalesce(_FROM.grant_id, _TO.grant_id)


def _is_held() -> ColumnElement[bool]:
    return and_(Transfer.kind == Kind.HOLD, EnrichmentAttempt.state.in_(OPEN))


def _row(row: Row[Any], balance: int) -> LedgerRow:
    return LedgerRow(
        row.seq,
        from_us(row.at),
        row.kind,
        row.amount,
        row.source,
        row.target,
        row.grant,
        row.category,
        row.attempt_id,
        row.job,
        row.contact,
        row.provider,
        row.op,
        row.note,
        row.outcome,
        row.found or 0,
        balance,
    )
