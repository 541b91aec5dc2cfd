"""Writes, takes apart and verifies the armoured text of licences and revocation lists."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from issuer.errors import IssuerError

LICENCE, REVOCATIONS = "LICENCE", "REVOCATIONS"
VERSION = 1
COLUMNS = 64
LARGEST = 32 * 1024
_TEXT = re.compile(
    r"-----BEGIN CAPTELY (?P<kind>LICENCE|REVOCATIONS)-----\n"
    r"Version: (?P<version>[0-9]+)\n"
    r"Key: (?P<kid>[A-Za-z0-9._-]{1,64})\n"
    r"Signature: (?P<signature>[A-Za-z0-9+/=]+)\n"
    r"\n"
    r"(?P<payload>[A-Za-z0-9+/=\n]+)"
    r"-----END CAPTELY (?P=kind)-----\n?"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """An armoured text taken apart; nothing in it is verified."""

    kind: str
    version: int
    kid: str
    signature: bytes
    payload: bytes

    @property
    def content(self) -> dict[str, Any]:
        """What it says, whoever said it; raises IssuerError when it is not JSON."""
        try:
            content = json.loads(self.payload)
        except ValueError as error:
            raise IssuerError("The payload is not JSON.") from error
        if not isinstance(content, dict):
            raise IssuerError("The payload is not an object.")
        return content

    def is_signed_by(self, public: bytes) -> bool:
        """True when the signature is that of the key with these 32 bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(
                self.signature, signed_bytes(self.kind, self.kid, self.payload)
            )
        except (InvalidSignature, ValueError):
            return False
        return True


def signed_bytes(kind: str, kid: str, payload: bytes) -> bytes:
    """What the signature is over: the context of the kind, the key's name, the payload."""
    return f"captely-{kind.lower()}-v{VERSION}\n{kid}\n".encode("ascii") + payload


def canonical(content: dict[str, Any]) -> bytes:
    """Canonical JSON: ASCII, sorted members, no spaces; raises IssuerError for a fraction."""
    _check_whole(content)
    written = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return written.encode("ascii")


def sign(kind: str, content: dict[str, Any], key: Ed25519PrivateKey, kid: str) -> str:
    """The armoured text of signed content; raises IssuerError when it would be too large."""
    payload = canonical(content)
    signature = base64.b64encode(key.sign(signed_bytes(kind, kid, payload))).decode("ascii")
    text = base64.b64encode(payload).decode("ascii")
    lines = [text[start : start + COLUMNS] for start in range(0, len(text), COLUMNS)]
    head = [f"Version: {VERSION}", f"Key: {kid}", f"Signature: {signature}", ""]
    begin, end = f"-----BEGIN CAPTELY {kind}-----", f"-----END CAPTELY {kind}-----"
    armoured = "\n".join([begin, *head, *lines, end]) + "\n"
    if len(armoured) > LARGEST:
        raise IssuerError("The text would be larger than 32 KiB, which no Captely reads.")
    return armoured


def take_apart(text: str) -> Parts:
    """The parts of an armoured text; raises IssuerError."""
    found = _TEXT.fullmatch(text.replace("\r\n", "\n"))
    if found is None or len(text) > LARGEST:
        raise IssuerError("This is neither a licence nor a list of revocations.")
    try:
        signature = base64.b64decode(found["signature"], validate=True)
        payload = base64.b64decode(found["payload"].replace("\n", ""), validate=True)
    except binascii.Error as error:
        raise IssuerError("The text is damaged: it is not base64.") from error
    return Parts(found["kind"], int(found["version"]), found["kid"], signature, payload)


def _check_whole(value: object) -> None:
    if isinstance(value, float):
        raise IssuerError("Only whole numbers can be signed.")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        _check_whole(each)
