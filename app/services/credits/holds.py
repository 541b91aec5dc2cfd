"""Reserves credits for a call, and posts what it cost or gives the reservation back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.core.clock import to_us
from app.core.errors import InvalidInput
from app.core.text import tr
from app.models.credits import CreditGrant, Transfer
from app.services.credits.book import Book
from app.services.credits.grants import drawable, repay
from app.services.credits.names import Kind, Purse, account, grant_of


@dataclass(frozen=True, slots=True)
class Held:
    """What is still held of one grant for an attempt, in milli-credits."""

    grant: int
    amount: int


def hold(book: Book, attempt: int, amount: int) -> bool:
    """Hold milli-credits for an attempt, over several grants if need be; again changes nothing.

    False, and nothing is held, when the balance does not cover it.
    """
    if amount == 0 or _moved(book.connection, attempt, Kind.HOLD):
        return True
    buckets = drawable(book.connection, book.now, ceiling=book.ceiling)
    if sum(bucket.left for bucket in buckets) < amount:
        return False
    rest = amount
    for bucket in (each for each in buckets if each.left):
        part = min(rest, bucket.left)
        source, target = account(bucket.id, Purse.AVAIL), account(bucket.id, Purse.HOLD)
        key = f"hold:{attempt}:{bucket.id}"
        book.move(Kind.HOLD, source, target, part, key=key, attempt=attempt, group=_group(attempt))
        if (rest := rest - part) == 0:
            break
    return True


def post(book: Book, attempt: int, amount: int, end: str) -> None:
    """Turn `amount` of what is held into used credits, in the order it was drawn; once.

    end says what became of the call, see `names.ended`. Raises InvalidInput when more is asked than
    is held.
    """
    if amount == 0 or _moved(book.connection, attempt, Kind.POST):
        return
    held = open_holds(book.connection, attempt)
    if sum(part.amount for part in held) < amount:
        raise InvalidInput(
            tr("The call cost more credits than were held for it."),
            tr("Nothing was changed; the worst case of its price must be held beforehand."),
        )
    rest = amount
    for part in held:
        used = min(rest, part.amount)
        source, target = account(part.grant, Purse.HOLD), account(part.grant, Purse.CONSUMED)
        key = f"post:{attempt}:{part.grant}"
        group = _group(attempt, end)
        book.move(Kind.POST, source, target, used, key=key, attempt=attempt, group=group)
        if (rest := rest - used) == 0:
            break


def void(book: Book, attempt: int, end: str, note: str = "") -> None:
    """Give back what is still held for an attempt; into a grant that has expired it expires.

    end as in `post`.
    """
    for part in open_holds(book.connection, attempt):
        over = _has_expired(book, part.grant)
        purse = Purse.EXPIRED if over else Purse.AVAIL
        book.move(
            Kind.VOID,
            account(part.grant, Purse.HOLD),
            account(part.grant, purse),
            part.amount,
            key=f"void:{attempt}:{part.grant}",
            attempt=attempt,
            group=_group(attempt, end),
            note=note,
        )
        if not over:
            # Credits of a pack whose money went back are owed, and free again only just now.
            repay(book, part.grant)


def open_holds(connection: Connection, attempt: int) -> list[Held]:
    """What is still held for an attempt, grant by grant in the order it was drawn."""
    wanted = select(Transfer.kind, Transfer.debit, Transfer.credit, Transfer.amount).where(
        Transfer.attempt_id == attempt
    )
    left: dict[int, int] = {}
    for kind, debit, credit, amount in connection.execute(wanted.order_by(Transfer.seq)):
        if kind == Kind.HOLD:
            left[grant_of(credit)] = left.get(grant_of(credit), 0) + amount
        else:
            left[grant_of(debit)] -= amount
    return [Held(grant, amount) for grant, amount in left.items() if amount > 0]


def _moved(connection: Connection, attempt: int, kind: Kind) -> bool:
    count = select(func.count()).where(Transfer.attempt_id == attempt, Transfer.kind == kind)
    return bool(connection.execute(count).scalar_one())


def _has_expired(book: Book, grant: int) -> bool:
    expires = select(CreditGrant.expires_at).where(CreditGrant.id == grant)
    at = book.connection.execute(expires).scalar()
    return at is not None and at <= to_us(book.now)


def _group(attempt: int, end: str = "") -> str:
    return f"attempt:{attempt}:{end}" if end else f"attempt:{attempt}"
