"""How a workspace stands at a moment: its plan, limits, state and words, by the contract's table.

Pure: the claims, the snapshot and the time come in, the standing goes out. Effective limits are
the licence's while it is active or in grace, else those of the snapshot, else Free.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.core.dates import day_words
from app.core.plans import Limits, Tier
from app.services.licence import words
from app.services.licence.claims import Claims
from app.services.licence.high_water import Time
from app.services.licence.refusals import Code, LicenceRefused
from app.services.licence.snapshot import Snapshot
from app.services.plans import Catalogue

DAY = 86_400
WARNED_BEFORE = 7 * DAY
AMBER_FROM_DAY = 10
LAST_DAYS = 2


class Provenance(StrEnum):
    """Who vouches for the limits."""

    VENDOR_SIGNED = "vendor_signed"
    DEVICE_SEALED = "device_sealed"
    NONE = "none"


class Urgency(StrEnum):
    """How much attention the message deserves: only in Settings, calm, amber, or persistent."""

    QUIET = "quiet"
    CALM = "calm"
    AMBER = "amber"
    PERSISTENT = "persistent"


@dataclass(frozen=True, slots=True)
class Known:
    """What one look found: a licence that holds, or why it does not, and what else there is.

    checked is when the licence was last fetched or installed (epoch s), unreachable that the last
    attempt to fetch it failed.
    """

    claims: Claims | None = None
    refused: LicenceRefused | None = None
    snapshot: Snapshot | None = None
    checked: int = 0
    unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a workspace may do now, and what its user is told.

    plan and limits are those in force at `at` (epoch s); licence is the one they come from, or
    the one that ended. noted is said in Settings only, note is its code. known is the latest
    moment that is known to have come, 0 where nothing depends on it, doubted the ledger's last
    movement that tells no time.
    """

    plan: Tier
    limits: Limits
    state: Code
    provenance: Provenance
    message: str
    urgency: Urgency
    at: int
    licence: Claims | None = None
    snapshot: Snapshot | None = None
    note: Code | None = None
    noted: str = ""
    known: int = 0
    doubted: int = 0

    @property
    def features(self) -> tuple[str, ...]:
        """The entitlements in force; only a signed licence gives any."""
        signed = self.provenance is Provenance.VENDOR_SIGNED
        return self.licence.features if self.licence is not None and signed else ()

    def as_dict(self) -> dict[str, Any]:
        """The `licence` verb's JSON but for the workspace; moments are epoch seconds, UTC."""
        claims = self.licence
        return {
            "plan": self.plan.value,
            "state": self.state.value,
            "provenance": self.provenance.value,
            "exp": claims and claims.expires,
            "grace_until": claims and claims.grace_until,
            "limits": self.limits.as_dict(),
            "message": self.message,
            "note": self.noted,
            "urgency": self.urgency.value,
            "features": list(self.features),
            "licence": claims and _described(claims),
        }


def _described(claims: Claims) -> dict[str, Any]:
    return {
        "id": claims.licence,
        "to": claims.licensee,
        "plan": claims.plan.value,
        "interval": claims.interval and claims.interval.value,
        "status": claims.status,
        "seq": claims.seq,
        "iat": claims.issued,
        "refresh_after": claims.refresh_after,
        "trial_end": claims.trial_end,
        "period_end": claims.period_end,
        "cancel_at_period_end": claims.cancels,
        "livemode": claims.live,
    }


def phase(claims: Claims, at: int) -> Code:
    """Whether a licence is active, in grace or expired at a moment; before its start, behind."""
    if at < claims.not_before:
        return Code.CLOCK_BEHIND
    if at < claims.expires:
        return Code.ACTIVE
    return Code.GRACE if at < claims.grace_until else Code.EXPIRED


def check_installable(claims: Claims, time: Time) -> None:
    """Raise LicenceRefused for a licence that has ended, or that has not begun."""
    now = phase(claims, time.at)
    if now is Code.EXPIRED:
        ended = day_words(datetime.fromtimestamp(claims.grace_until, UTC))
        raise LicenceRefused(Code.EXPIRED, ended=ended)
    if now is Code.CLOCK_BEHIND:
        starts = day_words(datetime.fromtimestamp(claims.not_before, UTC))
        raise LicenceRefused(Code.CLOCK_BEHIND, starts=starts)


def stand(known: Known, time: Time, catalogue: Catalogue) -> Standing:
    """The standing of a workspace of which `known` is known, at `time`."""
    claims = known.claims
    now = None if claims is None else phase(claims, time.at)
    if claims is not None and now is Code.ACTIVE:
        standing = _noted(_active(claims, time.at, catalogue), known)
    elif claims is not None and now is Code.GRACE:
        standing = _in_grace(claims, time.at)
    elif known.snapshot is not None and known.snapshot.counts_at(time.at):
        standing = _activating(known.snapshot, claims, time.at, catalogue)
    else:
        standing = _on_free(known, time.at, catalogue)
    return _told_of_clock(standing, time)


def days_left(end: int, at: int) -> int:
    """Days begun until `end`, none once it has passed."""
    return max(0, -((at - end) // DAY))


def _active(claims: Claims, at: int, catalogue: Catalogue) -> Standing:
    plan = catalogue.plans[claims.plan].name
    if claims.plan is Tier.FREE:
        return _signed(claims, at, Code.NONE, words.free())
    if claims.status == "past_due":
        message = words.past_due(claims, plan)
        return _signed(claims, at, Code.PAST_DUE, message, Urgency.PERSISTENT)
    if claims.status == "trialing":
        left = days_left(claims.trial_end or claims.expires, at)
        urgency = _trial_urgency(left, catalogue.trial_days)
        message = words.trial(plan, left) if left else words.trial_over(claims, plan)
        return _signed(claims, at, Code.TRIAL, message, urgency)
    return _signed(claims, at, Code.ACTIVE, words.active(claims))


def _in_grace(claims: Claims, at: int) -> Standing:
    if claims.plan is Tier.FREE:
        return _signed(claims, at, Code.NONE, words.free())
    return _signed(claims, at, Code.GRACE, words.grace(claims), Urgency.AMBER)


def _signed(
    claims: Claims, at: int, state: Code, message: str, urgency: Urgency = Urgency.QUIET
) -> Standing:
    return Standing(
        plan=claims.plan,
        limits=claims.limits,
        state=state,
        provenance=Provenance.VENDOR_SIGNED,
        message=message,
        urgency=urgency,
        at=at,
        licence=claims,
    )


def _trial_urgency(left: int, days: int) -> Urgency:
    """Calm at first, amber from the tenth day on, persistent on the last two."""
    if left <= LAST_DAYS:
        return Urgency.PERSISTENT
    return Urgency.AMBER if left <= days - AMBER_FROM_DAY else Urgency.CALM


def _noted(standing: Standing, known: Known) -> Standing:
    """Tell in Settings that the licence was not fetched anew; a week before its end, everywhere."""
    claims = standing.licence
    if claims is None or standing.state is not Code.ACTIVE or standing.at < claims.refresh_after:
        return standing
    days = max(0, (standing.at - max(known.checked, claims.issued)) // DAY)
    soon = known.unreachable and standing.at >= claims.expires - WARNED_BEFORE
    return replace(
        standing,
        note=Code.OFFLINE if known.unreachable else Code.REFRESH_DUE,
        noted=words.refresh_due(claims, days),
        urgency=Urgency.CALM if soon else standing.urgency,
    )


def _activating(
    snapshot: Snapshot, claims: Claims | None, at: int, catalogue: Catalogue
) -> Standing:
    tier = catalogue.plans[snapshot.plan].until_signed
    name = catalogue.plans[snapshot.plan].name
    return Standing(
        plan=tier,
        limits=catalogue.plans[tier].limits,
        state=Code.ACTIVATING,
        provenance=Provenance.DEVICE_SEALED,
        message=words.activating(name, snapshot.lasts_until()),
        urgency=Urgency.CALM,
        at=at,
        licence=claims,
        snapshot=snapshot,
    )


def _on_free(known: Known, at: int, catalogue: Catalogue) -> Standing:
    state, message, urgency = _why_free(known, catalogue.trial_days)
    return Standing(
        plan=Tier.FREE,
        limits=catalogue.plans[Tier.FREE].limits,
        state=state,
        provenance=Provenance.NONE,
        message=message,
        urgency=urgency,
        at=at,
        licence=known.claims,
    )


def _why_free(known: Known, trial_days: int) -> tuple[Code, str, Urgency]:
    if known.refused is not None:
        return known.refused.reason, words.held_back(known.refused), Urgency.AMBER
    if known.claims is None:
        return Code.NONE, words.none(trial_days), Urgency.QUIET
    if known.claims.plan is Tier.FREE:
        return Code.NONE, words.free(), Urgency.QUIET
    return Code.EXPIRED, words.expired(), Urgency.AMBER


def _told_of_clock(standing: Standing, time: Time) -> Standing:
    """The clock's trouble is told first; the limits are those of the moment that is known."""
    standing = replace(standing, known=time.known, doubted=time.doubted)
    if time.trouble is None:
        return standing
    message = words.clock(time.trouble, time.clock)
    return replace(standing, state=time.trouble, message=message, urgency=Urgency.AMBER)
