"""What a workspace's standing means for its credits."""

from __future__ import annotations

from datetime import UTC, datetime

from app.core.limits import BoughtPack, Entitlement
from app.core.money import MILLI
from app.services.licence.claims import Claims, PaidPack
from app.services.licence.standing import Provenance, Standing

TRIALING = "trialing"


def entitlement_of(standing: Standing) -> Entitlement:
    """The limits in force and what grants are made of them; months turn on their first day."""
    claims = standing.licence
    if claims is None or standing.provenance is not Provenance.VENDOR_SIGNED:
        return Entitlement(standing.limits, plan=standing.plan.value)
    return Entitlement(
        standing.limits,
        plan=standing.plan.value,
        trial=_trial(claims),
        since=datetime.fromtimestamp(claims.not_before, UTC),
        rollover_months=claims.rollover_months,
        packs=tuple(map(_bought, claims.packs)),
    )


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
