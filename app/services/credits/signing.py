"""The end of a computer's chain in a team's database, signed so that the others can check it.

Its seals are made with a key that only that computer has, so that nobody else can tell a row that
was altered. The end is therefore signed with Ed25519, together with a digest of all its rows:

    digest    = SHA-256(digest of the rows before + canonical JSON of the row), as hex
    signature = Ed25519("captely-ledger-head-v1\\n" + canonical JSON of [chain, device, n, mac,
                digest])

The private key is made of the chain's own. The public one stands beside the signature; each
computer keeps those that it has seen, with the ends, outside the database.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from hashlib import sha256

from app.models.base import canonical

HEAD_CONTEXT = b"captely-ledger-head-v1\n"
KEY_CONTEXT = b"captely-ledger-signing-key-v1\n"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: its last link's number and seal, and the digest of all its rows."""

    chain: str
    device: str
    n: int
    mac: str
    digest: str

    @property
    def signed(self) -> bytes:
        """The bytes that the signature is over."""
        parts = [self.chain, self.device, self.n, self.mac, self.digest]
        return HEAD_CONTEXT + canonical(parts).encode()


@dataclass(frozen=True, slots=True)
class Peer:
    """What was last seen here of another computer's chain: its public key, and a link of it."""

    public: str
    n: int
    mac: str


def digest_after(before: str, body: bytes) -> str:
    """The digest with one more row, of which `body` is what its seal covers."""
    return sha256(before.encode("ascii") + body).hexdigest()


def public_of(key: bytes) -> str:
    """The public key of a chain's key, in base64."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(_seed(key))
    return base64.b64encode(private.public_key().public_bytes_raw()).decode("ascii")


def sign(key: bytes, head: Head) -> str:
    """The signature of an end by a chain's key, in base64."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signature = Ed25519PrivateKey.from_private_bytes(_seed(key)).sign(head.signed)
    return base64.b64encode(signature).decode("ascii")


def is_signed(public: str, signature: str, head: Head) -> bool:
    """True when the signature of an end is that of this public key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), head.signed)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _seed(key: bytes) -> bytes:
    return hmac.digest(key, KEY_CONTEXT, "sha256")
