"""Takes credits back or adds some, always by a new movement: refunds and corrections."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.core.errors import InvalidInput, NotFound
from app.core.text import tr
from app.models.credits import Transfer
from app.services.credits.book import Book
from app.services.credits.grants import Terms, bucket_of, give, granted_by
from app.services.credits.names import DEBT, ISSUER, Category, Kind, Purse, account


def refund(book: Book, source: str, amount: int, *, ref: str) -> bool:
    """Take back milli-credits whose money went back; False if the refund `ref` is known already.

    source is that of the pack. What of it was used is owed, and taken from the next grant. Raises
    NotFound for an unknown source, InvalidInput when more is refunded than was granted.
    """
    grant = granted_by(book.connection, source)
    if grant is None:
        raise NotFound(
            tr("No credits were granted for {source}.", source=source),
            tr("Check the reference of the payment."),
        )
    group = f"refund:{ref}"
    if book.has(f"{group}:left") or book.has(f"{group}:owed"):
        return False
    bucket = bucket_of(book.connection, grant)
    if amount > bucket.amount - _refunded(book, source):
        raise InvalidInput(
            tr("More would be refunded than was granted for {source}.", source=source),
            tr("Check the amount of the refund."),
        )
    left = min(amount, bucket.left)
    if left:
        avail = account(grant, Purse.AVAIL)
        key = f"{group}:left"
        book.move(Kind.REFUND, avail, ISSUER, left, key=key, group=group, note=source)
    if owed := amount - left:
        key = f"{group}:owed"
        book.move(Kind.REFUND, ISSUER, DEBT, owed, key=key, group=group, note=source)
    return True


def add(book: Book, amount: int, *, ref: str, expires: datetime | None, note: str = "") -> int:
    """Grant milli-credits to put something right; the same ref does so once. Returns the grant."""
    terms = Terms(Category.ADJUST, amount, f"correct:{ref}", book.now, expires)
    return give(book, terms, note=note)


def take(book: Book, grant: int, amount: int, *, ref: str, note: str) -> bool:
    """Take milli-credits out of what is left of a grant, to put something right; once for a ref.

    Raises InvalidInput when less is left of it.
    """
    if book.has(f"correct:{ref}"):
        return False
    if amount > bucket_of(book.connection, grant).left:
        raise InvalidInput(
            tr("Less is left of these credits than would be taken."),
            tr("Take at most what is left."),
        )
    avail = account(grant, Purse.AVAIL)
    return book.move(Kind.CORRECT, avail, ISSUER, amount, key=f"correct:{ref}", note=note)


def _refunded(book: Book, source: str) -> int:
    total = select(func.coalesce(func.sum(Transfer.amount), 0)).where(
        Transfer.kind == Kind.REFUND, Transfer.note == source
    )
    return int(book.connection.execute(total).scalar_one())
