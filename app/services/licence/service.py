"""The licence of one workspace: what it allows now, and taking another one over.

The database keeps the armoured text and nothing that was read from it: its signature is verified
whenever it is looked at. Nobody has to ask the keyring while there is neither licence nor payment,
for Free depends on no time and no seal.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from app.core.changes import LicenceChanged
from app.core.clock import Clock
from app.core.events import Bus
from app.core.plans import Tier
from app.services.licence import facts as kept
from app.services.licence import snapshot as snapshots
from app.services.licence.armour import Kind, take_apart
from app.services.licence.claims import Claims
from app.services.licence.device import Device
from app.services.licence.facts import Facts
from app.services.licence.high_water import (
    TOLERANCE,
    WRITE_EVERY,
    LedgerEnd,
    Mark,
    Marks,
    Time,
    advanced,
    corrected,
    effective,
    told_by,
)
from app.services.licence.keys import Keyset, PublicKey, trusted_keys
from app.services.licence.newest import Newest
from app.services.licence.noting import Journal, Notes
from app.services.licence.refreshing import Checked
from app.services.licence.refusals import Code, LicenceRefused
from app.services.licence.snapshot import Snapshot
from app.services.licence.standing import Known, Provenance, Standing, check_installable, stand
from app.services.licence.verifying import Place, Revocations, verify, verify_revocations
from app.services.plans import Catalogue, catalogue
from app.services.secrets import Place as KeyPlace

DATED = frozenset({kept.LICENCE, kept.SNAPSHOT})
"""The facts that depend on time and on seals."""


@dataclass(frozen=True, slots=True)
class PracticeLicence:
    """The test licence of a sandbox workspace and the key that is trusted for it, only there."""

    key: PublicKey
    text: str


Practice = Callable[[str], PracticeLicence]
"""Makes the test licence of the workspace with this UUID."""


class Licences:
    """What one workspace may do; every method may read the disk, and some ask the keyring."""

    def __init__(
        self,
        facts: Facts,
        device: Device,
        folder: Path,
        clock: Clock,
        bus: Bus,
        *,
        practice: Practice | None = None,
        before: Callable[[], object] = lambda: None,
        ledger: Callable[[], LedgerEnd] = LedgerEnd,
        journal: Journal | None = None,
    ) -> None:
        """folder is where this computer keeps its marks; practice is set in a sandbox only.

        before is called before another licence counts, to close what the present one allows: a
        month that ended under it is rolled over by its terms. ledger tells the last movement of
        credits, which has seen the time as well. journal takes note of what becomes of licences.
        """
        self.facts = facts
        self._device = device
        self._folder = folder
        self._clock = clock
        self._bus = bus
        self._practice = practice
        self._before = before
        self._lock = threading.RLock()
        self._mark: Mark | None = None
        self._verified = lru_cache(maxsize=4)(self._verify)
        self.ledger = ledger
        self._notes = Notes(facts, journal)

    @cached_property
    def workspace(self) -> str:
        """The workspace's UUID, for which its licences are made."""
        return self.facts.identity()

    @property
    def device(self) -> str:
        """This computer's name, to which a licence may be bound; asks the keyring."""
        return self._device.id

    @property
    def is_sandbox(self) -> bool:
        """True where only the practice servers are talked to."""
        return self._practice is not None

    def current(self) -> Standing:
        """How the workspace stands now. Raises InvalidInput for an unreadable test keyset."""
        with self._lock:
            values = self.facts.all()
            if not values.keys() & DATED:
                return self._without_licence()
            known = self._known(values)
            standing = stand(known, self._time(known), self._catalogue)
        free = standing.provenance is Provenance.NONE
        return self._without_licence() if free and self.is_sandbox else standing

    def install(self, text: str) -> Standing:
        """Take a licence or a list of revocations over, from a file, the clipboard or the network.

        Raises LicenceRefused with the reason, and everything stays as it was. Either is noted in
        the journal.
        """
        self._before()
        before = self.facts.all()
        try:
            taken = self._take(text)
        except LicenceRefused as refused:
            self._notes.refused(refused, text)
            raise
        if isinstance(taken, Revocations):
            if before.get(kept.REVOCATIONS) != text:
                self._notes.listed(taken)
        elif before.get(kept.LICENCE) != text:
            self._notes.installed(taken)
        self._bus.publish(LicenceChanged())
        self._observe()
        return self.current()

    def remember_payment(
        self, plan: Tier, status: str, *, key_place: KeyPlace | None, period_end: int | None = None
    ) -> bool:
        """Keep what Stripe said now, until the signed licence arrives; False when it cannot count.

        It counts only when the Stripe key and the key that seals it lie in the keyring.
        """
        if key_place is not KeyPlace.KEYRING or not self._device.in_keyring:
            return False
        seen = Snapshot(self.workspace, plan, status, self._now(), period_end)
        self.facts.set({kept.SNAPSHOT: snapshots.sealed(seen, self._device)})
        self._bus.publish(LicenceChanged())
        return True

    def keep_time(self) -> None:
        """Note that this moment has come, if something depends on it; at most once an hour.

        That the kept licence does not hold, or the clock was set back, is noted in the journal.
        """
        self._observe()
        with self._lock:
            values = self.facts.all()
            if not values.keys() & DATED:
                return
            mark, issued = self._marked(), self._issued(self._known(values))
            later = advanced(mark, issued, self._now(), told_by(self.ledger(), mark))
            if later.at - mark.at >= WRITE_EVERY:
                self._remember(later)

    def note_date(self, true: int) -> None:
        """Take the time (epoch s) of an encrypted answer, which confirms or corrects the mark."""
        with self._lock:
            end = self.ledger()
            if self._mark is not None and corrected(self._mark, true, 0, end) == self._mark:
                # So with nearly every one of thousands of answers.
                return
            values = self.facts.all()
            if values.keys() & DATED:
                issued = self._issued(self._known(values))
                self._remember(corrected(self._marked(), true, issued, end), lower=True)

    @property
    def _catalogue(self) -> Catalogue:
        return catalogue()

    @cached_property
    def _practised(self) -> PracticeLicence | None:
        return self._practice(self.workspace) if self._practice else None

    @cached_property
    def _keys(self) -> Keyset:
        practised = self._practised
        return trusted_keys(practice=[practised.key] if practised else [])

    @cached_property
    def _marks(self) -> Marks:
        return Marks(self._device, self.facts, self._folder, self.workspace)

    @cached_property
    def _newest(self) -> Newest:
        return Newest(self._folder, self.workspace)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())

    def _marked(self) -> Mark:
        if self._mark is None:
            self._mark = self._marks.read()
        return self._mark

    def _remember(self, mark: Mark, *, lower: bool = False) -> None:
        """Keep a mark beside what another process has kept meanwhile; only `lower` takes back."""
        held = self._marks.read()
        merged = Mark(
            mark.at if lower else max(mark.at, held.at),
            max(mark.seq, held.seq),
            max(mark.list_seq, held.list_seq),
            max(mark.doubted, held.doubted),
            max((mark, held), key=lambda each: each.list_seq).withdrawn,
        )
        if merged != held:
            self._marks.write(merged)
        self._mark = merged

    def _without_licence(self) -> Standing:
        """Free, or the practice licence of a sandbox, which no clock troubles."""
        now = self._now()
        practised = self._practised
        claims = self._verified(practised.text, "", Mark()) if practised else None
        return stand(Known(claims=claims), Time(now, now), self._catalogue)

    def _known(self, values: dict[str, str]) -> Known:
        checked = Checked.read(values.get(kept.CHECKED))
        sealed = values.get(kept.SNAPSHOT)
        known = Known(
            snapshot=snapshots.unsealed(sealed, self._device, self.workspace) if sealed else None,
            checked=checked.succeeded,
            unreachable=checked.unreachable,
        )
        if kept.LICENCE not in values:
            return known
        try:
            return replace(known, claims=self._claims(values))
        except LicenceRefused as refused:
            return replace(known, refused=refused)

    def _claims(self, values: dict[str, str]) -> Claims:
        """The claims of the kept licence, or of the newer one where a backup was put back."""
        revocations, whole = values.get(kept.REVOCATIONS, ""), self._marked()
        # Only what it is verified by: the time in it would have it verified anew each hour.
        mark = Mark(seq=whole.seq, withdrawn=whole.withdrawn)
        try:
            return self._verified(values[kept.LICENCE], revocations, mark)
        except LicenceRefused as refused:
            newest = self._newest.read() if refused.reason is Code.SUPERSEDED else ""
            if not newest:
                raise
        return self._verified(newest, revocations, mark)

    def _verify(self, text: str, revocations: str, mark: Mark) -> Claims:
        return verify(text, self._place(revocations, mark))

    def _place(self, revocations: str, mark: Mark, seen_issued: int = 0) -> Place:
        return Place(
            workspace=self.workspace,
            device=lambda: self.device,
            sandbox=self.is_sandbox,
            keys=self._keys,
            revoked=self._revoked(revocations, mark.withdrawn),
            seen_seq=mark.seq,
            seen_issued=seen_issued,
        )

    def _revoked(self, text: str, withdrawn: str) -> Revocations:
        """The kept list, and what the mark knows of it: one that was edited is as good as none."""
        found = Revocations()
        if text:
            with contextlib.suppress(LicenceRefused):
                found = verify_revocations(text, self._keys)
        known = frozenset({withdrawn} if withdrawn else ())
        return replace(found, licences=found.licences | known)

    def _issued(self, known: Known) -> int:
        """The newest moment that needs no seal: when the licence or the snapshot was made."""
        signed = known.claims.issued if known.claims else 0
        return max(signed, known.snapshot.read if known.snapshot else 0)

    def _time(self, known: Known) -> Time:
        mark, issued = self._marked(), self._issued(known)
        return effective(self._now(), self._seen(mark, issued), issued)

    def _seen(self, mark: Mark, issued: int) -> Mark:
        """The mark, or what the ledger saw after it: the mark is written once an hour at most."""
        return advanced(mark, issued, told_by(self.ledger(), mark))

    def _observe(self) -> None:
        with self._lock:
            values = self.facts.all()
            if not values.keys() & DATED:
                return
            known = self._known(values)
            time = self._time(known)
        self._notes.observed(known.refused, time)

    def _take(self, text: str) -> Claims | Revocations:
        with self._lock:
            revokes = take_apart(text).kind is Kind.REVOCATIONS
            return self._take_revocations(text) if revokes else self._take_licence(text)

    def _take_revocations(self, text: str) -> Revocations:
        mark = self._marked()
        found = verify_revocations(text, self._keys, least=mark.list_seq)
        self.facts.set({kept.REVOCATIONS: text})
        withdrawn = self._withdrawn_by(text, mark)
        self._remember(replace(mark, list_seq=found.seq, withdrawn=withdrawn))
        return found

    def _withdrawn_by(self, revocations: str, mark: Mark) -> str:
        """The licence that is kept, if this list takes it back; empty if it does not."""
        licence = self.facts.all().get(kept.LICENCE, "")
        try:
            self._verified(licence, revocations, Mark(seq=mark.seq))
        except LicenceRefused as refused:
            return refused.detail if refused.reason is Code.REVOKED else ""
        return ""

    def _take_licence(self, text: str) -> Claims:
        values = self.facts.all()
        mark, now = self._marked(), self._now()
        seen = self._issued(self._known(values)) or mark.at
        place = self._place(values.get(kept.REVOCATIONS, ""), mark, seen)
        claims = verify(text, place)
        # After a clock that once stood in a wrong year the vendor has just told a better time.
        end, known = self.ledger(), self._seen(mark, 0)
        fresh = claims.seq > mark.seq and now < max(known.at, told_by(end, mark)) - TOLERANCE
        if fresh:
            mark = known = corrected(known, max(now, claims.issued), claims.issued, end)
        check_installable(claims, effective(now, known, claims.issued))
        checked = Checked.read(values.get(kept.CHECKED))
        self.facts.set({kept.LICENCE: text, kept.CHECKED: checked.done(now).text()})
        self._newest.write(text)
        self._remember(replace(advanced(mark, claims.issued, now), seq=claims.seq), lower=fresh)
        return claims
