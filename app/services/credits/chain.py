"""What a link of the chain says of a movement, and the seal that only this computer can make.

    mac = HMAC-SHA256(key, "captely-ledger-v1\\n" + canonical JSON of the link)

A link names the link before it, so that nothing can be left out in the middle; that nothing was
cut off at the end, the last link kept outside the database tells (`door`).
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from app.models.base import canonical
from app.models.credits import CreditGrant, EnrichmentAttempt, LedgerChain
from app.services.credits.door import Door, Sealed
from app.services.credits.signing import Head, public_of, sign

CONTEXT = b"captely-ledger-v1\n"
ANCHOR_CONTEXT = b"captely-ledger-anchor-v1\n"
FIRST = "0" * 64

MOVEMENT = (
    "chain", "n", "prev", "seq", "idem_key", "kind", "debit", "credit", "amount", "attempt_id",
    "group_id", "note", "at",
)  # fmt: skip
"""The columns of a movement that its seal covers, in this order."""

GRANT = tuple(c.name for c in CreditGrant.__table__.c)
WORK = ("job", "job_item", "contact", "provider", "op", "n", "wanted", "max_price", "day", "month")
"""The columns of an attempt that never change, which the seal of its hold covers."""


def body_of(
    movement: Mapping[str, Any], grant: Mapping[str, Any] | None, work: Mapping[str, Any] | None
) -> bytes:
    """What is sealed of a movement; grant is the one it makes, work the attempt it is for."""
    parts = [
        [movement[name] for name in MOVEMENT],
        [grant[name] for name in GRANT] if grant else None,
        [work[name] for name in WORK] if work else None,
    ]
    return canonical(parts).encode()


def mac_of(key: bytes, body: bytes) -> str:
    """The seal of a movement by its body."""
    return hmac.digest(key, CONTEXT + body, "sha256").hex()


def anchor_mac_of(key: bytes, chain: str, anchor: Mapping[str, Any]) -> str:
    """The seal of what was accepted as it was."""
    return hmac.digest(key, ANCHOR_CONTEXT + canonical([chain, anchor]).encode(), "sha256").hex()


@dataclass(slots=True)
class Tip:
    """The end of the chain that a computer writes to, while it does.

    digest is that of its rows, where the chain is signed: in a team's database.
    """

    sealed: Sealed
    n: int
    mac: str
    device: str
    digest: str | None = None

    @property
    def key(self) -> bytes:
        """The key of its seals."""
        return bytes.fromhex(self.sealed.key)


def open_chain(connection: Connection, door: Door, device: str, now: int) -> Tip:
    """The newest chain of `device` whose key is here, locked for this transaction, or a new one."""
    own = select(LedgerChain).where(LedgerChain.device == device).with_for_update()
    newest = own.order_by(LedgerChain.created.desc(), LedgerChain.id)
    for row in connection.execute(newest).all():
        if (sealed := door.key(row.id, row.kid)) is not None:
            return Tip(sealed, row.n, row.mac, device, row.digest)
    return new_chain(connection, door, device, now)


def new_chain(
    connection: Connection,
    door: Door,
    device: str,
    now: int,
    anchor: Mapping[str, Any] | None = None,
) -> Tip:
    """Begin a chain; anchor is what it accepts of those before it."""
    sealed = door.make(str(uuid.uuid4()))
    tip = Tip(sealed, 0, FIRST, device)
    connection.execute(
        insert(LedgerChain).values(
            id=sealed.chain,
            device=device,
            kid=sealed.kid,
            n=0,
            mac=FIRST,
            anchor=anchor,
            anchor_mac=anchor_mac_of(tip.key, sealed.chain, anchor) if anchor else None,
            created=now,
        )
    )
    return tip


def save_tip(connection: Connection, tip: Tip) -> None:
    """Bring the chain's row up to its last link, and sign that where it is signed."""
    row = update(LedgerChain).where(LedgerChain.id == tip.sealed.chain)
    values: dict[str, Any] = {"n": tip.n, "mac": tip.mac}
    if tip.digest is not None:
        head = Head(tip.sealed.chain, tip.device, tip.n, tip.mac, tip.digest)
        values |= {"digest": tip.digest, "public": public_of(tip.key)}
        values["signature"] = sign(tip.key, head)
    connection.execute(row.values(values))


def grant_row(connection: Connection, grant: int) -> Mapping[str, Any] | None:
    """A grant's columns."""
    row = connection.execute(
        select(*CreditGrant.__table__.c).where(CreditGrant.id == grant)
    ).first()
    return dict(row._mapping) if row else None  # noqa: SLF001 - its public name


def work_row(connection: Connection, attempt: int) -> Mapping[str, Any] | None:
    """An attempt's columns that its hold seals."""
    columns = (getattr(EnrichmentAttempt, name) for name in WORK)
    row = connection.execute(select(*columns).where(EnrichmentAttempt.id == attempt)).first()
    return dict(row._mapping) if row else None  # noqa: SLF001
