"""What a workspace's standing means for its credits."""

from __future__ import annotations

from datetime import UTC, datetime

from app.core.limits import BoughtPack, Entitlement, KnownTime
from app.core.money import MILLI
from app.services.licence.claims import Claims, PaidPack
from app.services.licence.high_water import LARGEST_JUMP
from app.services.licence.standing import Provenance, Standing

TRIALING = "trialing"


def entitlement_of(standing: Standing) -> Entitlement:
    """The limits in force and what grants are made of them; months turn on their first day."""
    claims, time = standing.licence, _time(standing)
    if claims is None or standing.provenance is not Provenance.VENDOR_SIGNED:
        return Entitlement(standing.limits, plan=standing.plan.value, time=time)
    return Entitlement(
        standing.limits,
        plan=standing.plan.value,
        time=time,
        trial=_trial(claims),
        since=datetime.fromtimestamp(claims.not_before, UTC),
        rollover_months=claims.rollover_months,
        packs=tuple(map(_bought, claims.packs)),
    )


def _time(standing: Standing) -> KnownTime | None:
    if standing.known == 0:
        return None
    at, known = (datetime.fromtimestamp(each, UTC) for each in (standing.at, standing.known))
    leaps = standing.at > standing.known + LARGEST_JUMP
    return KnownTime(at, standing.doubted, known if leaps else None)


def _bought(pack: PaidPack) -> BoughtPack:
    return BoughtPack(
        source=pack.id,
        amount=pack.credits * MILLI,
        since=datetime.fromtimestamp(pack.issued, UTC),
        until=datetime.fromtimestamp(pack.expires, UTC),
    )


def _trial(claims: Claims) -> str:
    """What names the trial for as long as it runs, however often its licence is renewed."""
    return (claims.subscription or claims.licence) if claims.status == TRIALING else ""
