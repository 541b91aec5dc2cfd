"""Whether the ledger is the one that was written, and taking it up again after it was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, update

from app.core.clock import Clock, to_us
from app.core.limits import Entitlement
from app.core.money import shown
from app.core.periods import Months
from app.core.text import marked, tr, trn
from app.models.credits import Account, LedgerChain, Transfer
from app.models.store import Store
from app.services.credits.book import Book, consumed, last_movement, link, remember, write
from app.services.credits.chain import FIRST
from app.services.credits.door import IN_FILE, Door, Sealed
from app.services.credits.grants import Bucket, drawable, overdue, put_accounts_right
from app.services.credits.names import Category, Kind, Purse, account
from app.services.credits.scanning import Fault, Finding, Link, Scan, last_links, scan
from app.services.credits.signing import Peer
from app.services.credits.usage import used_in

SHORT = 20_000
"""Rows that are read whole at each start; it takes about half a second."""

OFTEN_ENOUGH = timedelta(days=1)
"""How long a longer ledger that was found whole is trusted but for its ends."""


class State(StrEnum):
    """What a check found; behind was put right, unchecked waits for the keyring."""

    WHOLE = "whole"
    BEHIND = "behind"
    UNCHECKED = "unchecked"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Integrity:
    """The verdict; first_bad is the number of the first row that is not as it was written.

    weaker says that the key lies in a file and not in a keyring. accepted is the last row that was
    once accepted as it is. missing are the milli-credits used after this copy was made.
    """

    ok: bool
    state: State
    rows: int
    first_bad: int | None
    fault: Fault | None
    weaker: bool
    accepted: int
    missing: int
    message: str
    note: str


class Keeper:
    """Verifies the ledger of one workspace on one computer, and re-anchors a broken one."""

    def __init__(self, store: Store, clock: Clock, door: Door, device: str) -> None:
        self._store = store
        self._clock = clock
        self._door = door
        self._device = device
        self._known: Integrity | None = None

    @property
    def frozen(self) -> bool:
        """True while what lasts longer than a month must not be drawn; verified once a process."""
        return not self.known.ok

    @property
    def known(self) -> Integrity:
        """The last verdict; a first one is found now."""
        return self._known or self.look()

    def look(self) -> Integrity:
        """As `verify`; a long ledger that was found whole within a day is only glanced at.

        Then its ends are compared with those kept outside the database, and nothing else.
        """
        self._known = self._glance() or self.verify()
        return self._known

    def verify(self) -> Integrity:
        """Read the whole ledger; a last link that was not kept outside in time is caught up."""
        ends, peers = self._ends_outside(), self._door.peers()
        with self._store.reading() as connection:
            found = scan(connection, self._door, self._device, shared=not self._store.is_sqlite)
            finding = found.finding or _against(connection, found, ends)
            used = consumed(connection)
            finding = finding or _against_peers(connection, found, peers)
        behind = 0 if finding else self._catch_up(found, used)
        if finding is None:
            self._adopt(found)
            self._keep_peers(found)
        self._note(found, whole=finding is None)
        self._known = self._verdict(found, finding, used, behind)
        return self._known

    def reanchor(self, packs: Mapping[str, int], terms: Entitlement, months: Months) -> Integrity:
        """Accept the ledger as it is from now on; nothing is deleted, the bad rows stay.

        packs are the milli-credits that the licence attests, by source: those go on. What else
        lasted longer than a month on the ledger's word is written off, and so is what goes beyond
        what this month has left of the plan; not if only the key to check it was lost. Credits used
        after this copy of the database was made are used here too.
        """
        before = self.verify()
        if before.ok:
            return before
        label = tr("Take up the credits again")
        with write(self._store, self._clock, self._door, self._device, label, terms) as book:
            ends = _shorten_chains(book, self._door)
            put_accounts_right(book)
            book.begin_chain(_anchor(book, before))
            self._door.keep_peers({})
            _carry_over(book, before.missing)
            if before.fault is not Fault.UNVERIFIABLE:
                used = used_in(book.connection, months.at(book.now))
                _write_off(book, packs, max(0, terms.month_milli - used))
            used = consumed(book.connection)
        for chain, (kid, n, mac) in ends.items():
            if (kept := self._door.get(chain, kid)) is not None:
                self._door.keep(kept.at(n, mac, used))
        return self.verify()

    def _ends_outside(self) -> list[Sealed]:
        """The ends kept outside the database, the one that the workspace was last seen with first.

        They are read before the ledger is: what another process writes meanwhile would otherwise
        be an end that this one does not have yet.
        """
        with self._store.reading() as connection:
            chains = connection.execute(select(LedgerChain.id, LedgerChain.kid)).all()
        ends = [self._door.last(), *(self._door.get(chain, kid) for chain, kid in chains)]
        return [end for end in ends if end is not None]

    def _catch_up(self, found: Scan, used: int) -> int:
        """Keep the ends outside that were not in time; how many links they were behind."""
        behind = 0
        for chain, walked in found.links.items():
            kept = self._door.get(chain, walked.kid)
            if kept is not None and walked.n > kept.n:
                behind += walked.n - kept.n
                remember(self._store, self._door, kept.at(walked.n, walked.mac, used))
        return behind

    def _keep_peers(self, found: Scan) -> None:
        if found.peers and found.peers != self._door.peers():
            self._door.keep_peers(found.peers)

    def _adopt(self, found: Scan) -> None:
        """Tie chains of before to this workspace, the one that is written to last."""
        for chain, walked in found.links.items():
            known = self._door.key(chain, walked.kid)
            if known is not None and not known.mark:
                # Its last link may have moved on since it was first asked for.
                self._door.adopt(self._door.get(chain, walked.kid) or known)

    def _glance(self) -> Integrity | None:
        last = self._door.last()
        day_ago = to_us(self._clock.now() - OFTEN_ENOUGH)
        with self._store.reading() as connection:
            rows, _at = last_movement(connection)
            if rows <= SHORT or last is None or last.checked < day_ago:
                return None
            if link(connection, last.chain, last.n) != last.mac:
                return None
        own = Link(last.kid, None, foreign=False, locked=False)
        return self._verdict(Scan(rows=rows, links={last.chain: own}), None, 0, 0)

    def _note(self, found: Scan, *, whole: bool) -> None:
        """Remember outside whether all was whole, so that a broken ledger is read anew."""
        checked = to_us(self._clock.now()) if whole else 0
        for chain, walked in found.links.items():
            kept = self._door.get(chain, walked.kid)
            if kept is not None and (found.rows > SHORT or kept.checked):
                self._door.keep(replace(kept, checked=checked))

    def _verdict(self, found: Scan, finding: Finding | None, used: int, behind: int) -> Integrity:
        state = State.WHOLE
        if finding is not None:
            state = State.BROKEN
        elif found.unread:
            state = State.UNCHECKED
        elif behind:
            state = State.BEHIND
        weaker = any(each.kid.startswith(IN_FILE) for each in found.links.values())
        # Whatever row is bad: what was used is known outside, and taken off when it is taken up.
        last = self._door.last() if finding else None
        missing = max(0, last.consumed - used) if last else 0
        return Integrity(
            ok=finding is None,
            state=state,
            rows=found.rows,
            first_bad=finding.row if finding else None,
            fault=finding.fault if finding else None,
            weaker=weaker,
            accepted=found.base,
            missing=missing,
            message=_said(found, finding),
            note=_noted(found, behind, missing, weaker=weaker),
        )


def _against(connection: Connection, found: Scan, ends: Sequence[Sealed]) -> Finding | None:
    """Whether a link that is kept outside the database is no longer in it."""
    for end in ends:
        if end.n == 0 or link(connection, end.chain, end.n) == end.mac:
            continue
        # A chain that is not there at all: emptied, or another database altogether.
        row = _row_of(connection, end.chain, end.n)
        return Finding(Fault.TRUNCATED, row or found.rows + 1)
    return None


def _against_peers(
    connection: Connection, found: Scan, peers: Mapping[str, Peer]
) -> Finding | None:
    """Whether a link of another computer that was seen here is no longer there."""
    for chain, peer in peers.items():
        if peer.n and link(connection, chain, peer.n) != peer.mac:
            row = _row_of(connection, chain, peer.n)
            return Finding(Fault.TRUNCATED, row or found.rows + 1)
    return None


def _anchor(book: Book, before: Integrity) -> dict[str, Any]:
    """What is accepted as it is: the rows there are, and what every account holds."""
    rows = book.connection.execute(select(Account.id, Account.balance))
    chains = book.connection.execute(select(LedgerChain.id, LedgerChain.n, LedgerChain.digest))
    return {
        "seq": book.seq,
        "heads": {chain.id: [chain.n, chain.digest] for chain in chains},
        "balances": {str(row.id): row.balance for row in rows},
        "fault": before.fault,
        "row": before.first_bad,
        "at": book.now_us,
    }


def _shorten_chains(book: Book, door: Door) -> dict[str, tuple[str, int, str]]:
    """Let every chain end at the last link that is there; its key's name and that link."""
    there = last_links(book.connection, book.seq)
    ends = {}
    for chain, said in book.connection.execute(select(LedgerChain.id, LedgerChain.kid)).all():
        n, mac = there.get(chain, (0, FIRST))
        known = door.key(chain, said)
        kid = known.kid if known else said
        ends[chain] = (kid, n, mac)
        row = update(LedgerChain).where(LedgerChain.id == chain)
        book.connection.execute(row.values(kid=kid, n=n, mac=mac))
    return ends


def _carry_over(book: Book, missing: int) -> None:
    """Use up what was used after this copy of the database was made, as far as it goes."""
    for bucket in drawable(book.connection, book.now):
        part = min(missing, bucket.left)
        if part:
            _correct(book, bucket, part, Purse.CONSUMED, _CARRIED)
        missing -= part


def _write_off(book: Book, packs: Mapping[str, int], ceiling: int) -> None:
    """Let expire what only the broken ledger vouched for."""
    there = drawable(book.connection, book.now)
    kept = {b.id: b.left for b in drawable(book.connection, book.now, ceiling=ceiling)}
    kept |= {b.id: min(b.left, b.amount) for b in there if packs.get(b.source) == b.amount}
    late = [b for b in overdue(book.connection, book.now) if b.category is Category.PLAN]
    for bucket in [*there, *late]:
        if (beyond := bucket.left - kept.get(bucket.id, 0)) > 0:
            _correct(book, bucket, beyond, Purse.EXPIRED, _DOUBTFUL)


def _correct(book: Book, bucket: Bucket, amount: int, purse: Purse, note: str) -> None:
    key = f"reanchor:{book.seq}:{bucket.id}"
    source, target = account(bucket.id, Purse.AVAIL), account(bucket.id, purse)
    book.move(Kind.CORRECT, source, target, amount, key=key, note=note)


def _row_of(connection: Connection, chain: str, n: int) -> int | None:
    wanted = select(Transfer.seq).where(Transfer.chain == chain, Transfer.n == n)
    return connection.execute(wanted).scalar()


_CARRIED = marked("Used after this copy of the database was made.")
_DOUBTFUL = marked("Written off when the ledger was taken up again.")


def _said(found: Scan, finding: Finding | None) -> str:
    if finding is None:
        return trn("The ledger is whole: {n} row.", "The ledger is whole: {n} rows.", found.rows)
    words = {
        Fault.BAD_MAC: tr("Row {n} of the ledger was altered.", n=finding.row),
        Fault.GAP: tr("Row {n} of the ledger is missing.", n=finding.row),
        Fault.BROKEN_LINK: tr("Row {n} does not follow the one before it.", n=finding.row),
        Fault.TRUNCATED: tr(
            "The ledger goes on at row {n} elsewhere: its end was cut off, or an older copy of "
            "the database was put in its place.",
            n=finding.row,
        ),
        Fault.BALANCE: tr(
            "Account {account} does not hold what its rows say.", account=finding.subject
        ),
        Fault.ATTEMPT: tr("Call {call} did not end as its rows say.", call=finding.subject),
        Fault.OVERDRAWN: tr("Row {n} takes what was not there.", n=finding.row),
        Fault.SIGNATURE: tr(
            "Row {n} is not what the computer that wrote it has signed.", n=finding.row
        ),
        Fault.UNVERIFIABLE: tr(
            "The key that sealed row {n} is no longer on this computer.", n=finding.row
        ),
    }
    return words[finding.fault]


def _noted(found: Scan, behind: int, missing: int, *, weaker: bool) -> str:
    notes = []
    if missing:
        notes.append(
            tr(
                "{credits} credits used since are missing from this copy; they stay used when you "
                "take it up again.",
                credits=shown(missing),
            )
        )
    if found.base:
        notes.append(tr("Rows up to {n} were accepted as they are.", n=found.base))
    if behind:
        notes.append(tr("Its end was not kept in time, and is now."))
    if found.unread:
        notes.append(tr("The keyring is locked: seals were not compared, only the order of rows."))
    if weaker:
        notes.append(
            tr("This computer has no keyring: the key lies in a file, which protects less.")
        )
    return " ".join(notes)
