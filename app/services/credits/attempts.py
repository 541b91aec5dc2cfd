"""A call of a provider from its reservation to its settlement, so that a crash costs nothing.

T1 reserve: the check, the hold of the worst case and the attempt are one transaction. T2 sent:
committed before the first byte goes out. T3 pending: the provider's number for it, as soon as it is
known. T4 settle: the result, what it cost, what goes back and the end are one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from app.core.clock import from_us
from app.core.errors import InvalidInput, NotFound
from app.core.text import tr
from app.models.credits import EnrichmentAttempt
from app.services.credits.book import Book
from app.services.credits.checks import Rules, Step, check
from app.services.credits.denial import Denial
from app.services.credits.holds import hold, post, void
from app.services.credits.names import NOT_SENT, OPEN, SENT, AttemptState, ended


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call; prices are milli-credits, times UTC."""

    id: int
    job: int
    item: int
    contact: int
    provider: str
    op: str
    n: int
    state: AttemptState
    max_price: int
    charged: int
    found: int
    request_id: str | None
    external_id: str | None
    outcome: str | None
    reserved: datetime
    sent: datetime | None


def reserve(book: Book, step: Step, rules: Rules) -> Attempt | Denial:
    """T1: check and hold, or say which limit forbids it; a step asked again is the same attempt."""
    if (before := _same(book.connection, step)) is not None:
        return before
    if (denial := check(book, step, rules)) is not None:
        return denial
    highest = select(func.coalesce(func.max(EnrichmentAttempt.id), 0))
    number = int(book.connection.execute(highest).scalar_one()) + 1
    book.connection.execute(insert(EnrichmentAttempt).values(_columns(number, step, book, rules)))
    if not hold(book, number, step.price):
        raise AssertionError("checked in the same transaction")
    return get(book.connection, number)


def mark_sent(book: Book, attempt: int) -> None:
    """T2: the call goes out now. Raises InvalidInput unless it was reserved and no more."""
    _advance(book, attempt, (AttemptState.RESERVED,), AttemptState.SENT, sent_at=book.now_us)


def note_request(book: Book, attempt: int, request_id: str) -> None:
    """T3: the provider's own number of the call, by which its result can be read back."""
    states = (AttemptState.SENT, AttemptState.PENDING, AttemptState.AMBIGUOUS)
    _advance(book, attempt, states, AttemptState.PENDING, provider_request_id=request_id)


def mark_ambiguous(book: Book, attempt: int) -> None:
    """Nobody knows whether the call arrived: its credits stay held until somebody does."""
    states = (AttemptState.SENT, AttemptState.PENDING)
    _advance(book, attempt, states, AttemptState.AMBIGUOUS)


def settle(
    book: Book,
    attempt: int,
    *,
    charged: int,
    found: int,
    outcome: str,
    provider_cost: str | None = None,
) -> None:
    """T4: post what it cost in milli-credits and give the rest back; again changes nothing.

    found is how many values it found that the plan counts. Raises InvalidInput when it was settled
    differently, released, or never sent, or would cost more than was held.
    """
    now = get(book.connection, attempt)
    if now.state is AttemptState.SETTLED and (now.charged, now.found) == (charged, found):
        return
    if now.state not in OPEN or now.sent is None:
        raise _not_open(now)
    post(book, attempt, charged, ended(found))
    void(book, attempt, ended(found))
    values = {"charged": charged, "found": found, "outcome": outcome}
    if provider_cost is not None:
        values["provider_cost"] = provider_cost
    _advance(book, attempt, (now.state,), AttemptState.SETTLED, ended_at=book.now_us, **values)


def release(book: Book, attempt: int, *, outcome: str = "not sent", note: str = "") -> None:
    """Give everything back: the call was never made, or nobody will be charged for it.

    Again changes nothing; raises InvalidInput when it was settled.
    """
    now = get(book.connection, attempt)
    if now.state is AttemptState.RELEASED:
        return
    if now.state not in OPEN:
        raise _not_open(now)
    void(book, attempt, NOT_SENT if now.sent is None else SENT, note)
    released = AttemptState.RELEASED
    _advance(book, attempt, (now.state,), released, ended_at=book.now_us, outcome=outcome)


def get(connection: Connection, attempt: int) -> Attempt:
    """One attempt; raises NotFound."""
    wanted = select(*EnrichmentAttempt.__table__.c).where(EnrichmentAttempt.id == attempt)
    row = connection.execute(wanted).first()
    if row is None:
        raise NotFound(tr("There is no call {id}.", id=attempt), tr("Look at the ledger."))
    return attempt_of(row)


def attempt_of(row: Row[Any]) -> Attempt:
    """The attempt of a whole row."""
    return Attempt(
        row.id,
        row.job,
        row.job_item,
        row.contact,
        row.provider,
        row.op,
        row.n,
        AttemptState(row.state),
        row.max_price,
        row.charged,
        row.found,
        row.provider_request_id,
        row.external_id,
        row.outcome,
        from_us(row.reserved_at),
        from_us(row.sent_at) if row.sent_at is not None else None,
    )


def _same(connection: Connection, step: Step) -> Attempt | None:
    wanted = select(*EnrichmentAttempt.__table__.c).where(
        EnrichmentAttempt.job_item == step.item,
        EnrichmentAttempt.provider == step.provider,
        EnrichmentAttempt.op == step.op,
        EnrichmentAttempt.n == step.n,
    )
    row = connection.execute(wanted).first()
    return attempt_of(row) if row else None


def _columns(number: int, step: Step, book: Book, rules: Rules) -> dict[str, Any]:
    return {
        "id": number,
        "job": step.job,
        "job_item": step.item,
        "contact": step.contact,
        "provider": step.provider,
        "op": step.op,
        "n": step.n,
        "state": AttemptState.RESERVED.value,
        "wanted": step.wanted,
        "max_price": step.price,
        "external_id": step.external_id,
        "fingerprint": step.fingerprint,
        "rate_card_version": step.rate_card,
        "day": rules.moment.day,
        "month": rules.moment.month.label,
        "reserved_at": book.now_us,
    }


def _advance(
    book: Book,
    attempt: int,
    states: tuple[AttemptState, ...],
    state: AttemptState,
    **values: Any,  # noqa: ANN401
) -> None:
    moved = (
        update(EnrichmentAttempt)
        .where(EnrichmentAttempt.id == attempt, EnrichmentAttempt.state.in_(states))
        .values(state=state.value, **values)
    )
    if book.connection.execute(moved).rowcount != 1:
        raise _not_open(get(book.connection, attempt))


def _not_open(attempt: Attempt) -> InvalidInput:
    return InvalidInput(
        tr("Call {id} is {state} already.", id=attempt.id, state=attempt.state.value),
        tr("Nothing was stored a second time."),
    )
