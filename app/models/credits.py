"""The credit ledger: accounts, grants, movements that are never changed, and calls of providers.

A movement takes its amount from one account and gives it to another, so the balances always add
up to nothing. Triggers of the database move the balances when a movement is inserted, and refuse
to change or delete one; the migration makes them. Amounts are milli-credits, times microseconds
since 1970 UTC.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    case,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigInt, JsonText


class Account(Base):
    """What belongs where: only the issuer, from whom all credits come, may be below zero.

    kind is issuer, debt, or one of the four that each grant has: avail, hold, consumed, expired.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("kind = 'issuer' OR balance >= 0", name="ck_account_balance"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    grant_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("credit_grant.id"))
    balance: Mapped[int] = mapped_column(BigInt, server_default="0")


class CreditGrant(Base):
    """Credits that were given: drawn by priority, then by what expires first; never changed.

    source_ref says by what, such as the month or an invoice line, and is granted once. period is
    the month of the plan that it belongs to.
    """

    __tablename__ = "credit_grant"
    __table_args__ = (CheckConstraint("amount > 0", name="ck_credit_grant_amount"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    category: Mapped[str] = mapped_column(Text)
    priority: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInt)
    effective_at: Mapped[int] = mapped_column(BigInt)
    expires_at: Mapped[int | None] = mapped_column(BigInt)
    unit_cost_minor: Mapped[int | None] = mapped_column(BigInt)
    source_ref: Mapped[str] = mapped_column(Text, unique=True)
    period: Mapped[str | None] = mapped_column(Text, index=True)


class LedgerChain(Base):
    """One computer's chain over the movements that it made; n and mac are its last link.

    kid names the key, which is never in the database. anchor, if any, says what was accepted as it
    was when the chain before this one was found broken, anchor_mac proves that its owner did so.
    In a team's database signature says that its computer, whose key is public, made these links
    and the rows of this digest.
    """

    __tablename__ = "ledger_chain"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    device: Mapped[str] = mapped_column(Text)
    kid: Mapped[str] = mapped_column(Text)
    n: Mapped[int] = mapped_column(BigInt)
    mac: Mapped[str] = mapped_column(Text)
    anchor: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    anchor_mac: Mapped[str | None] = mapped_column(Text)
    created: Mapped[int] = mapped_column(BigInt)
    digest: Mapped[str | None] = mapped_column(Text)
    public: Mapped[str | None] = mapped_column(Text)
    signature: Mapped[str | None] = mapped_column(Text)


class Transfer(Base):
    """One movement: amount goes from the account debit to the account credit, for good.

    seq has no gaps, and neither has n within its chain. idem_key makes a repeated movement one.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount > 0", name="ck_transfer_amount"),
        CheckConstraint("debit <> credit", name="ck_transfer_sides"),
        UniqueConstraint("chain", "n"),
        Index("ix_transfer_attempt_id", "attempt_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    idem_key: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    debit: Mapped[int] = mapped_column(BigInt, ForeignKey("account.id"), index=True)
    credit: Mapped[int] = mapped_column(BigInt, ForeignKey("account.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInt)
    attempt_id: Mapped[int | None] = mapped_column(BigInt)
    group_id: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    at: Mapped[int] = mapped_column(BigInt)
    chain: Mapped[str] = mapped_column(Text, ForeignKey("ledger_chain.id"))
    n: Mapped[int] = mapped_column(BigInt)
    prev: Mapped[str] = mapped_column(Text)
    mac: Mapped[str] = mapped_column(Text)


class EnrichmentAttempt(Base):
    """One call of one provider for one contact, from the reservation of its price to its end.

    state is reserved, sent, pending, ambiguous, settled or released. wanted is how many values it
    may find that the plan counts, found how many it did. day and month are those of the workspace
    when it was reserved. provider_cost is what the provider says it took, in its own words.
    """

    __tablename__ = "enrichment_attempt"
    __table_args__ = (
        UniqueConstraint("job_item", "provider", "op", "n"),
        CheckConstraint("max_price >= 0", name="ck_enrichment_attempt_max_price"),
        CheckConstraint(
            "charged >= 0 AND charged <= max_price", name="ck_enrichment_attempt_charged"
        ),
        Index("ix_enrichment_attempt_day", "day", "job", "contact"),
        Index("ix_enrichment_attempt_month", "month", "provider"),
        Index("ix_enrichment_attempt_job", "job", "state"),
        Index("ix_enrichment_attempt_state", "state"),
        Index("ix_enrichment_attempt_fingerprint", "fingerprint"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    job: Mapped[int] = mapped_column(BigInt)
    job_item: Mapped[int] = mapped_column(BigInt)
    contact: Mapped[int] = mapped_column(BigInt)
    provider: Mapped[str] = mapped_column(Text)
    op: Mapped[str] = mapped_column(Text)
    n: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    wanted: Mapped[int]
    found: Mapped[int] = mapped_column(server_default="0")
    max_price: Mapped[int] = mapped_column(BigInt)
    charged: Mapped[int] = mapped_column(BigInt, server_default="0")
    external_id: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str | None] = mapped_column(Text)
    provider_request_id: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    provider_cost: Mapped[str | None] = mapped_column(Text)
    rate_card_version: Mapped[str | None] = mapped_column(Text)
    day: Mapped[str] = mapped_column(Text)
    month: Mapped[str] = mapped_column(Text)
    reserved_at: Mapped[int] = mapped_column(BigInt)
    sent_at: Mapped[int | None] = mapped_column(BigInt)
    ended_at: Mapped[int | None] = mapped_column(BigInt)


_AT = EnrichmentAttempt
_COUNTS = (_AT.state != "released") | _AT.sent_at.is_not(None)


def _by_state(settled: ColumnElement[int], still_open: ColumnElement[int]) -> ColumnElement[int]:
    return case((_AT.state == "settled", settled), (_AT.state == "released", 0), else_=still_open)


USAGE = (
    select(
        _AT.job,
        _AT.contact,
        _AT.provider,
        _AT.day,
        _AT.month,
        _by_state(_AT.found.expression, _AT.wanted.expression).label("found"),
        _by_state(_AT.charged.expression, _AT.max_price.expression).label("credits"),
    )
    .where(_COUNTS)
    .subquery("usage")
)
"""Each attempt that counts, with its values and credits, at worst while it is open.

The database has the same as the views usage_attempt and usage_enrichment, for whoever looks into
it; limits do not go by them, for a view is replaced by one statement.
"""

ENRICHED = (
    select(_AT.job, _AT.contact, _AT.day, _AT.month)
    .where(_COUNTS)
    .distinct()
    .subquery("enrichments")
)
"""Each contact of a run on a day, once, however many providers were asked."""
