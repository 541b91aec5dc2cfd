"""What this computer read from Stripe itself, until the signed licence of it has arrived.

It counts for 72 hours after the last reading, only where both the Stripe key and the key that
seals it lie in the keyring, and never for what only a signed licence gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.plans import Tier
from app.services.licence.device import Device

LASTS = 72 * 3_600
CONTEXT = "snapshot"
PAYING = ("active", "trialing", "past_due")
"""The states of a subscription that give its plan."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A subscription as Stripe told it at `read` (epoch s); period_end likewise."""

    workspace: str
    plan: Tier
    status: str
    read: int
    period_end: int | None = None

    def lasts_until(self) -> int:
        """When it stops to count unless it is read again."""
        return self.read + LASTS

    def counts_at(self, now: int) -> bool:
        """True while it may stand in for a licence."""
        return self.status in PAYING and self.read <= now <= self.lasts_until()


def sealed(snapshot: Snapshot, device: Device) -> str:
    """The snapshot as text that only this computer takes back."""
    content = {
        "workspace": snapshot.workspace,
        "plan": snapshot.plan.value,
        "status": snapshot.status,
        "read": snapshot.read,
        "period_end": snapshot.period_end,
    }
    return device.seal(CONTEXT, content)


def unsealed(text: str | None, device: Device, workspace: str) -> Snapshot | None:
    """The snapshot of this workspace; None when it was edited, moved, or sealed without keyring."""
    if not text or not device.in_keyring:
        return None
    content = device.unseal(CONTEXT, text)
    found = _read(content) if content is not None else None
    return found if found is not None and found.workspace == workspace else None


def _read(content: Mapping[str, Any]) -> Snapshot | None:
    try:
        return Snapshot(
            workspace=str(content["workspace"]),
            plan=Tier(content["plan"]),
            status=str(content["status"]),
            read=int(content["read"]),
            period_end=content["period_end"],
        )
    except (KeyError, ValueError, TypeError):
        return None
