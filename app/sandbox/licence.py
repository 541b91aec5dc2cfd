"""The practice vendor: gives a sandbox workspace its own Enterprise test licence.

Its key is made anew in each process, signs that one licence, and is stored nowhere. It is trusted
in the sandbox that asked for it and in no other place, and test licences count nowhere else.
"""

from __future__ import annotations

import base64
import json

from app.core.clock import Clock
from app.core.plans import Tier
from app.services.licence.keys import PublicKey
from app.services.licence.service import PracticeLicence
from app.services.plans import catalogue

KID = "practice"
DAY = 86_400
LASTS_DAYS = 366
SEQ = 0


def practice_licence(clock: Clock, workspace: str) -> PracticeLicence:
    """A licence of everything for the sandbox with this UUID, from now on for a year."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    issued = int(clock.now().timestamp())
    payload = json.dumps(_claims(workspace, issued), sort_keys=True, separators=(",", ":")).encode()
    key = Ed25519PrivateKey.generate()
    signature = key.sign(b"captely-licence-v1\n" + KID.encode() + b"\n" + payload)
    public = PublicKey(KID, key.public_key().public_bytes_raw(), issued, issued + DAY)
    return PracticeLicence(public, _armoured(payload, signature))


def _claims(workspace: str, issued: int) -> dict[str, object]:
    plan = catalogue().plans[Tier.ENTERPRISE]
    expires = issued + LASTS_DAYS * DAY
    return {
        "lic": f"practice-{workspace}",
        "iss": "captely",
        "aud": "captely-desktop",
        "sub": workspace,
        "to": "Practice workspace",
        "cus": None,
        "sid": None,
        "seq": SEQ,
        "iat": issued,
        "nbf": issued,
        "refresh_after": expires,
        "exp": expires,
        "grace_until": expires,
        "plan": plan.tier.value,
        "interval": "year",
        "status": "active",
        "trial_end": None,
        "period_end": expires,
        "cancel_at_period_end": False,
        "seats": plan.limits.seats,
        "limits": plan.limits.as_dict(),
        "packs": [],
        "rollover": {"cap": plan.limits.rollover_cap, "months": plan.rollover_months},
        "features": [],
        "devices": None,
        "livemode": False,
    }


def _armoured(payload: bytes, signature: bytes) -> str:
    text = base64.b64encode(payload).decode("ascii")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    head = ["Version: 1", f"Key: {KID}", f"Signature: {base64.b64encode(signature).decode()}", ""]
    begin, end = "-----BEGIN CAPTELY LICENCE-----", "-----END CAPTELY LICENCE-----"
    return "\n".join([begin, *head, *lines, end]) + "\n"
