"""A vendor for tests: signs whatever a test wants with a key of its own, honest or not."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.services.licence.keys import PublicKey

DAY = 86_400
ISSUED = 1_795_780_800
"""27 November 2026, 12:00 UTC."""
WORKSPACE = "0e7b7a38-6c1f-4c8e-9d0a-0f4f2f4b1f3a"

LIMITS: dict[str, Any] = {
    "credits_month": 5000,
    "enrichments_day": 2000,
    "provider_month": {"icypeas": 5000, "hunter": 3000},
    "providers": ["icypeas", "hunter"],
    "imports_month": -1,
    "contacts": 50_000,
    "seats": 5,
    "rollover_cap": 10_000,
}


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a month of Professional, with some of them changed or, by ..., left out."""
    issued = changes["iat"] if isinstance(changes.get("iat"), int) else ISSUED
    whole = {
        "lic": "lic_1",
        "iss": "captely",
        "aud": "captely-desktop",
        "sub": WORKSPACE,
        "to": "Acme Ltd",
        "cus": None,
        "sid": None,
        "seq": issued,
        "iat": issued,
        "nbf": issued,
        "refresh_after": issued + DAY,
        "exp": issued + 33 * DAY,
        "grace_until": issued + 47 * DAY,
        "plan": "professional",
        "interval": "month",
        "status": "active",
        "trial_end": None,
        "period_end": issued + 30 * DAY,
        "cancel_at_period_end": False,
        "seats": 5,
        "limits": LIMITS,
        "packs": [],
        "rollover": {"cap": 10_000, "months": 12},
        "features": [],
        "devices": None,
        "livemode": True,
    } | changes
    return {name: value for name, value in whole.items() if value is not ...}


def canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")


class Vendor:
    """Holds one private key, called kid, which may sign from 2026 until 2028."""

    def __init__(self, kid: str = "k2026a", since: int = ISSUED - 300 * DAY) -> None:
        self.kid = kid
        self._key = Ed25519PrivateKey.generate()
        raw = self._key.public_key().public_bytes_raw()
        self.public = PublicKey(kid, raw, since, ISSUED + 400 * DAY)

    @property
    def keyset_entry(self) -> dict[str, Any]:
        public = base64.b64encode(self.public.raw).decode()
        return {"kid": self.kid, "public": public, "from": self.public.since,
                "until": self.public.until}  # fmt: skip

    def licence(self, **changes: Any) -> str:
        """A licence with these claims changed."""
        return self.sign(canonical(claims(**changes)))

    def revocations(self, seq: int = 1, **changes: Any) -> str:
        """A list that takes back what `licences` and `keys` name."""
        content = {"iss": "captely", "aud": "captely-desktop", "seq": seq, "iat": ISSUED,
                   "licences": [], "keys": []} | changes  # fmt: skip
        return self.sign(canonical(content), "REVOCATIONS")

    def sign(
        self,
        payload: bytes,
        kind: str = "LICENCE",
        *,
        kid: str | None = None,
        context: str | None = None,
        version: str = "1",
        encode: Callable[[bytes], str] = lambda raw: base64.b64encode(raw).decode(),
    ) -> str:
        """An armoured text of any bytes, as odd as a test needs it."""
        name = kid or self.kid
        begin = context if context is not None else f"captely-{kind.lower()}-v1\n"
        signature = self._key.sign(begin.encode() + name.encode() + b"\n" + payload)
        return armoured(payload, signature, kind, name, version, encode)


def armoured(
    payload: bytes,
    signature: bytes,
    kind: str = "LICENCE",
    kid: str = "k2026a",
    version: str = "1",
    encode: Callable[[bytes], str] = lambda raw: base64.b64encode(raw).decode(),
) -> str:
    text = encode(payload)
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(
        [
            f"-----BEGIN CAPTELY {kind}-----",
            f"Version: {version}",
            f"Key: {kid}",
            f"Signature: {base64.b64encode(signature).decode()}",
            "",
            *lines,
            f"-----END CAPTELY {kind}-----",
            "",
        ]
    )


def trusted_vendor(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    """A test issuer whose key is trusted beside the built-in ones, by a keyset in `folder`."""
    made, file = Vendor(), folder / "keyset.json"
    file.write_text(json.dumps({"keys": [made.keyset_entry]}))
    monkeypatch.setenv("CAPTELY_LICENCE_KEYS", str(file))
    return made
