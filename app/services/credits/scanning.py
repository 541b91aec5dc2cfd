"""Walks every movement from the beginning and finds the first that is not what was written."""

from __future__ import annotations

import hmac
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, case, cast, func, or_, select

from app.models.credits import Account, CreditGrant, EnrichmentAttempt, LedgerChain, Transfer
from app.services.credits.chain import (
    FIRST,
    GRANT,
    MOVEMENT,
    WORK,
    Tip,
    anchor_mac_of,
    body_of,
    mac_of,
)
from app.services.credits.door import Door
from app.services.credits.names import (
    FOUND,
    GIVING,
    ISSUER,
    NOT_SENT,
    OPEN,
    SENT,
    AttemptState,
    Kind,
    owner_of,
)
from app.services.credits.signing import Head, Peer, digest_after, is_signed

CHUNK = 2_000


class Fault(StrEnum):
    """How the ledger fails."""

    BAD_MAC = "bad_mac"
    GAP = "gap"
    BROKEN_LINK = "broken_link"
    TRUNCATED = "truncated"
    BALANCE = "balance"
    OVERDRAWN = "overdrawn"
    ATTEMPT = "attempt"
    UNVERIFIABLE = "unverifiable"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Finding:
    """The first bad row by its number, and how it fails; subject is an account or attempt."""

    fault: Fault
    row: int
    subject: int | None = None


@dataclass(slots=True)
class Link:
    """The last link of one chain while it is walked.

    key is None where the seals cannot be checked: of another computer's chain (foreign), while the
    keyring is locked, or because the key is gone. row is where its last link stands, digest that
    of its rows where its computer signs them.
    """

    kid: str
    key: bytes | None
    foreign: bool
    locked: bool
    n: int = 0
    mac: str = FIRST
    row: int = 0
    digest: str | None = None

    @property
    def lost(self) -> bool:
        """True when the key should be here and is not."""
        return self.key is None and not self.foreign and not self.locked


@dataclass(slots=True)
class Scan:
    """What the walk has found: rows, the chains' ends, and the first fault.

    base is the last row that was accepted as it is, unread are rows that only a locked keyring
    could check. heads are the links of other computers, with their digests, that were accepted
    with it. peers are other computers' ends as they are to be remembered.
    """

    rows: int = 0
    base: int = 0
    unread: int = 0
    finding: Finding | None = None
    links: dict[str, Link] = field(default_factory=dict)
    balances: dict[int, int] = field(default_factory=dict)
    heads: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    peers: dict[str, Peer] = field(default_factory=dict)


def scan(connection: Connection, door: Door, device: str, *, shared: bool) -> Scan:
    """Walk all movements in order; shared says that other computers write to this ledger too.

    Their seals are theirs alone to check; what is checked here is that each has signed its rows.
    """
    oldest = select(*LedgerChain.__table__.c).order_by(LedgerChain.created, LedgerChain.id)
    chains = {row.id: row for row in connection.execute(oldest)}
    found = Scan()
    for chain, row in chains.items():
        found.links[chain] = _link_of(row, door, foreign=shared and row.device != device)
    if (renamed := _renamed(connection, found, chains)) is not None:
        found.finding = renamed
        return found
    for row in chains.values():
        _take_anchor(found, found.links[row.id], row)
    _skip_accepted(connection, found)
    # On a server what is not read to its end must be closed.
    with closing(_movements(connection, found.base)) as rows:
        for row in rows:
            if (fault := _look_at(found, row)) is not None:
                number = row.seq if fault is not Fault.GAP else found.rows + 1
                found.finding = Finding(fault, number)
                return found
            found.rows = row.seq
    cut = _ends(found, chains) or _signatures(found, chains, door.peers() if shared else {})
    found.finding = cut or _balances(connection, found) or _attempts(connection, found.base)
    return found


def to_be_signed(connection: Connection, tip: Tip) -> Tip:
    """The end with the digest of its rows; of a chain of before there were any, all are read."""
    if tip.digest is None:
        tip.digest, chain = FIRST, tip.sealed.chain
        for row in _movements(connection, 0):
            if row.chain == chain:
                tip.digest = digest_after(tip.digest, _body_of(row))
    return tip


def _link_of(row: Row[Any], door: Door, *, foreign: bool) -> Link:
    sealed = door.key(row.id, row.kid)
    locked = sealed is None and door.may_be_locked(row.kid)
    kid = sealed.kid if sealed else row.kid
    return Link(kid, bytes.fromhex(sealed.key) if sealed else None, foreign, locked)


def _renamed(connection: Connection, found: Scan, chains: Mapping[str, Row[Any]]) -> Finding | None:
    """A chain of which the database says that another key sealed it than the one that did."""
    for chain, link in found.links.items():
        if link.kid != chains[chain].kid:
            first = select(func.min(Transfer.seq)).where(Transfer.chain == chain)
            return Finding(Fault.BAD_MAC, connection.execute(first).scalar() or 1)
    return None


def _take_anchor(found: Scan, link: Link, row: Row[Any]) -> None:
    """Begin after the newest rows that this computer's owner accepted as they are."""
    if not row.anchor or link.foreign or link.lost or row.anchor["seq"] < found.base:
        return
    if link.key is not None:
        mac = anchor_mac_of(link.key, row.id, row.anchor)
        if not hmac.compare_digest(mac, row.anchor_mac or ""):
            return
    found.base = found.rows = row.anchor["seq"]
    found.heads = {name: (n, digest) for name, (n, digest) in row.anchor.get("heads", {}).items()}
    found.balances = {int(key): value for key, value in row.anchor["balances"].items()}


def _skip_accepted(connection: Connection, found: Scan) -> None:
    """Each chain's last link among the rows that are not walked."""
    for chain, link in found.links.items():
        link.digest = FIRST if link.foreign and found.base == 0 else None
        if link.foreign and chain in found.heads:
            link.digest = found.heads[chain][1]
    if found.base == 0:
        return
    for chain, (n, mac) in last_links(connection, found.base).items():
        if chain in found.links:
            found.links[chain].n, found.links[chain].mac = n, mac


def last_links(connection: Connection, until: int) -> dict[str, tuple[int, str]]:
    """The number and the seal of each chain's last link among the rows up to `until`."""
    links = select(Transfer.chain, Transfer.n, Transfer.mac).where(Transfer.seq <= until)
    rows = connection.execute(links.order_by(Transfer.n))
    return {chain: (n, mac) for chain, n, mac in rows}


def _movements(connection: Connection, base: int) -> Generator[Row[Any]]:
    """Movements with the grant that they make and the attempt that they are for."""
    grant = [getattr(CreditGrant, name).label(f"grant_{name}") for name in GRANT]
    work = [getattr(EnrichmentAttempt, name).label(f"work_{name}") for name in WORK]
    wanted = (
        select(*Transfer.__table__.c, *grant, *work)
        .outerjoin(Account, (Account.id == Transfer.credit) & Transfer.kind.in_(GIVING))
        .outerjoin(CreditGrant, CreditGrant.id == Account.grant_id)
        .outerjoin(
            EnrichmentAttempt,
            (EnrichmentAttempt.id == Transfer.attempt_id) & (Transfer.kind == Kind.HOLD),
        )
        .where(Transfer.seq > base)
        .order_by(Transfer.seq)
        .execution_options(yield_per=CHUNK)
    )
    with connection.execute(wanted) as rows:
        yield from rows


def _look_at(found: Scan, row: Row[Any]) -> Fault | None:
    link = found.links.get(row.chain)
    if row.seq != found.rows + 1 or link is None or row.n != link.n + 1:
        return Fault.GAP
    if row.prev != link.mac:
        return Fault.BROKEN_LINK
    if link.lost:
        return Fault.UNVERIFIABLE
    if link.key is None:
        found.unread += link.locked
    elif not hmac.compare_digest(_seal_of(link.key, row), row.mac):
        return Fault.BAD_MAC
    if link.digest is not None:
        link.digest = digest_after(link.digest, _body_of(row))
    link.n, link.mac, link.row = row.n, row.mac, row.seq
    found.balances[row.debit] = found.balances.get(row.debit, 0) - row.amount
    found.balances[row.credit] = found.balances.get(row.credit, 0) + row.amount
    # The database refuses that, unless its check was taken away.
    overdrawn = row.debit != ISSUER and found.balances[row.debit] < 0
    return Fault.OVERDRAWN if overdrawn else None


def _seal_of(key: bytes, row: Row[Any]) -> str:
    return mac_of(key, _body_of(row))


def _body_of(row: Row[Any]) -> bytes:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    grant = {name: values[f"grant_{name}"] for name in GRANT}
    work = {name: values[f"work_{name}"] for name in WORK}
    return body_of(
        {name: values[name] for name in MOVEMENT},
        grant if row.grant_id is not None else None,
        work if row.work_job is not None else None,
    )


def _ends(found: Scan, chains: Mapping[str, Row[Any]]) -> Finding | None:
    """A chain that says of itself that it goes on has been cut off."""
    for chain, link in found.links.items():
        if (chains[chain].n, chains[chain].mac) != (link.n, link.mac):
            return Finding(Fault.TRUNCATED, found.rows + 1)
    return None


def _signatures(
    found: Scan, chains: Mapping[str, Row[Any]], known: Mapping[str, Peer]
) -> Finding | None:
    """Each other computer has signed its end, with the key that it was seen with before."""
    for chain, link in found.links.items():
        row, before = chains[chain], known.get(chain)
        if not link.foreign or (row.public is None and before is None):
            # A version of before signs nothing until it first writes.
            continue
        accepted = found.heads.get(chain, (0, None))[0] == link.n > 0
        if not accepted and not _has_signed(row, link, before):
            return Finding(Fault.SIGNATURE, link.row or found.rows)
        if row.public is not None:
            found.peers[chain] = Peer(row.public, link.n, link.mac)
    return None


def _has_signed(row: Row[Any], link: Link, before: Peer | None) -> bool:
    if before is not None and before.public != row.public:
        return False
    if link.digest is not None and link.digest != row.digest:
        return False
    head = Head(row.id, row.device, link.n, link.mac, row.digest or "")
    return is_signed(row.public or "", row.signature or "", head)


def _balances(connection: Connection, found: Scan) -> Finding | None:
    """Each balance is what its movements make it, in an account that is what its number says."""
    columns = select(Account.id, Account.kind, Account.grant_id, Account.balance)
    there = {row.id: row for row in connection.execute(columns)}
    for number in sorted(there.keys() | found.balances.keys()):
        row = there.get(number)
        owner = None if row is None else (row.kind, row.grant_id)
        if row is None or owner != owner_of(number) or row.balance != found.balances.get(number, 0):
            return Finding(Fault.BALANCE, found.rows, number)
    return None


def _attempts(connection: Connection, base: int) -> Finding | None:
    """Each attempt ended as its rows say, if any of them was walked: charged, found, given back."""
    amount = case((Transfer.kind == Kind.POST, Transfer.amount), else_=0)
    held = case((Transfer.kind == Kind.HOLD, Transfer.amount), else_=-Transfer.amount)
    moved = (
        select(
            Transfer.attempt_id,
            func.sum(amount).label("total"),
            func.sum(held).label("held"),
            func.max(case((Transfer.kind != Kind.HOLD, Transfer.group_id))).label("end"),
        )
        .group_by(Transfer.attempt_id)
        .having(func.max(Transfer.seq) > base)
        .subquery()
    )
    state, total, own = EnrichmentAttempt.state, moved.c.total, _group_of()
    settled, is_open = state == AttemptState.SETTLED, state.in_(OPEN)
    # Rows of before what became of a call was sealed with them name the call alone.
    told = moved.c.end.is_not(None) & (moved.c.end != own)
    wrong = or_(
        settled & (EnrichmentAttempt.charged != total),
        ~settled & ((total > 0) | (EnrichmentAttempt.charged + EnrichmentAttempt.found > 0)),
        state.not_in(list(AttemptState)),
        is_open & (moved.c.held == 0),
        ~is_open & (moved.c.held != 0),
        told & (moved.c.end != own + ":" + _end_of()),
    )
    found = select(EnrichmentAttempt.id).join(moved, moved.c.attempt_id == EnrichmentAttempt.id)
    attempt = connection.execute(found.where(wrong).order_by(EnrichmentAttempt.id)).scalar()
    if attempt is None:
        return None
    last = select(func.max(Transfer.seq)).where(Transfer.attempt_id == attempt)
    return Finding(Fault.ATTEMPT, connection.execute(last).scalar() or 0, attempt)


def _group_of() -> ColumnElement[str]:
    """The group of an attempt's rows; see `holds`."""
    group: ColumnElement[str] = "attempt:" + cast(EnrichmentAttempt.id, Text)
    return group


def _end_of() -> ColumnElement[str]:
    """How an attempt ended by its own columns, in the words of `names`."""
    attempt = EnrichmentAttempt
    return case(
        (attempt.state == AttemptState.SETTLED, FOUND + cast(attempt.found, Text)),
        (attempt.sent_at.is_not(None), SENT),
        else_=NOT_SENT,
    )
