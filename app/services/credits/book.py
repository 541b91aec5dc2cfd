"""The open ledger: one durable transaction in which movements are written and sealed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from app.core.clock import Clock, from_us, to_us
from app.core.errors import StorageError
from app.core.limits import Entitlement
from app.models.credits import Account, Transfer
from app.models.store import Store
from app.services.credits.chain import (
    FIRST,
    Tip,
    body_of,
    grant_row,
    mac_of,
    new_chain,
    open_chain,
    save_tip,
    work_row,
)
from app.services.credits.door import Door, Sealed
from app.services.credits.names import GIVING, Kind, Purse, grant_of
from app.services.credits.scanning import to_be_signed
from app.services.credits.signing import digest_after

log = logging.getLogger("captely.credits")


@dataclass(slots=True)
class Book:
    """What a service needs to move credits; `write` opens and closes it.

    now is the time that counts, see `Entitlement.moment`; UTC. seq is the number of the last
    movement. ceiling is what may be drawn at most while the ledger is in doubt, in milli-credits,
    else None.
    """

    connection: Connection
    now: datetime
    ceiling: int | None
    seq: int
    _open: Callable[[], Tip]
    _begin: Callable[[Mapping[str, Any]], Tip]
    _tip: Tip | None = field(default=None)

    @property
    def frozen(self) -> bool:
        """True while the ledger is in doubt."""
        return self.ceiling is not None

    @property
    def now_us(self) -> int:
        """The same in microseconds since 1970."""
        return to_us(self.now)

    @property
    def tip(self) -> Tip | None:
        """The chain's end, once something was written."""
        return self._tip

    def begin_chain(self, anchor: Mapping[str, Any]) -> None:
        """Seal from here on in a new chain that accepts what `anchor` says of those before."""
        self._tip = self._begin(anchor)

    def has(self, key: str) -> bool:
        """True when the movement with this key was made before."""
        wanted = select(Transfer.seq).where(Transfer.idem_key == key)
        return self.connection.execute(wanted).first() is not None

    def balance(self, account: int) -> int:
        """What an account holds, in milli-credits."""
        wanted = select(Account.balance).where(Account.id == account)
        return int(self.connection.execute(wanted).scalar_one())

    def move(
        self,
        kind: Kind,
        debit: int,
        credit: int,
        amount: int,
        *,
        key: str,
        attempt: int | None = None,
        group: str | None = None,
        note: str = "",
    ) -> bool:
        """Move `amount` milli-credits between two accounts; False if `key` was moved before.

        The database refuses what an account does not hold.
        """
        if self.has(key):
            return False
        tip = self._tip = self._tip or self._open()
        row: dict[str, Any] = {
            "seq": self.seq + 1,
            "idem_key": key,
            "kind": kind.value,
            "debit": debit,
            "credit": credit,
            "amount": amount,
            "attempt_id": attempt,
            "group_id": group,
            "note": note,
            "at": self.now_us,
            "chain": tip.sealed.chain,
            "n": tip.n + 1,
            "prev": tip.mac,
        }
        body = body_of(row, self._given(kind, credit), self._worked(kind, attempt))
        mac = mac_of(tip.key, body)
        self.connection.execute(insert(Transfer).values(**row, mac=mac))
        if tip.digest is not None:
            tip.digest = digest_after(tip.digest, body)
        self.seq, tip.n, tip.mac = self.seq + 1, tip.n + 1, mac
        return True

    def _given(self, kind: Kind, credit: int) -> Any:  # noqa: ANN401
        return grant_row(self.connection, grant_of(credit)) if kind in GIVING else None

    def _worked(self, kind: Kind, attempt: int | None) -> Any:  # noqa: ANN401
        if kind is not Kind.HOLD or attempt is None:
            return None
        return work_row(self.connection, attempt)


@contextmanager
def write(
    store: Store,
    clock: Clock,
    door: Door,
    device: str,
    label: str,
    terms: Entitlement,
    *,
    ceiling: int | None = None,
) -> Iterator[Book]:
    """Open the ledger for one transaction that is on the disk when it ends.

    terms tell the time. ceiling is what may be drawn at most, see `Book`.

    On PostgreSQL the accounts are locked in order of their ids, the issuer's first, so that two
    computers neither overdraw nor wait for each other in a circle.
    """
    with store.writing(label, durable=True) as connection:
        held = select(Account.id).where(Account.kind.in_(("issuer", Purse.AVAIL.value)))
        connection.execute(held.order_by(Account.id).with_for_update()).all()
        seq, last = last_movement(connection)
        now = terms.moment(clock.now(), seq, from_us(last))

        def ready(tip: Tip) -> Tip:
            return tip if store.is_sqlite else to_be_signed(connection, tip)

        def opened() -> Tip:
            return ready(open_chain(connection, door, device, to_us(now)))

        def begun(anchor: Mapping[str, Any]) -> Tip:
            return ready(new_chain(connection, door, device, to_us(now), anchor))

        book = Book(connection, now, ceiling, seq, opened, begun)
        yield book
        if book.tip is not None:
            save_tip(connection, book.tip)
            sealed = sealed_now(connection, book.tip)
    if book.tip is not None:
        remember(store, door, sealed)


def last_movement(connection: Connection) -> tuple[int, int]:
    """The number of the last movement and its time in microseconds; zeros before the first."""
    wanted = select(Transfer.seq, Transfer.at).order_by(Transfer.seq.desc()).limit(1)
    row = connection.execute(wanted).first()
    return (row.seq, row.at) if row else (0, 0)


def consumed(connection: Connection) -> int:
    """All that was ever used, in milli-credits."""
    spent = select(func.coalesce(func.sum(Account.balance), 0))
    return int(connection.execute(spent.where(Account.kind == Purse.CONSUMED)).scalar_one())


def sealed_now(connection: Connection, tip: Tip) -> Sealed:
    """The chain as it is to be remembered outside the database."""
    return tip.sealed.at(tip.n, tip.mac, consumed(connection))


def remember(store: Store, door: Door, sealed: Sealed) -> None:
    """Keep the chain's last link outside the database, if it goes on from the one kept there.

    A kept link that the database does not have is the evidence that something was cut off: it
    stays, for `verify` to find.
    """
    kept = door.get(sealed.chain, sealed.kid)
    if kept is None or kept.n > sealed.n:
        return
    with store.reading() as connection:
        goes_on = link(connection, kept.chain, kept.n) == (kept.mac or FIRST)
    if goes_on:
        try:
            door.keep(replace(sealed, checked=kept.checked))
        except StorageError as error:
            # The movement is on the disk; the link is caught up with the next one.
            log.warning("The last link of the ledger could not be kept: %s", error.message)


def link(connection: Connection, chain: str, n: int) -> str | None:
    """The seal of the n-th link of a chain; None when there is no such link."""
    if n == 0:
        return FIRST
    wanted = select(Transfer.mac).where(Transfer.chain == chain, Transfer.n == n)
    return connection.execute(wanted).scalar()
