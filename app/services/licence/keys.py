"""The public keys by which licences are verified, each with the time in which it may sign."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import InvalidInput
from app.core.frozen import is_frozen
from app.core.text import tr

VARIABLE = "CAPTELY_LICENCE_KEYS"
KEY_BYTES = 32
LARGEST_FILE = 64 * 1024
_KID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MEMBERS = {"kid", "public", "from", "until"}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One Ed25519 key: a licence issued at `since` or later and before `until` may be its."""

    kid: str
    raw: bytes
    since: int
    until: int

    @classmethod
    def of(cls, kid: str, public: str, since: int, until: int) -> PublicKey:
        """A key from its base64 form."""
        return cls(kid, base64.b64decode(public, validate=True), since, until)

    def covers(self, issued: int) -> bool:
        """True when the key was in use at `issued` (epoch seconds)."""
        return self.since <= issued < self.until

    def holds(self, signature: bytes, signed: bytes) -> bool:
        """True when `signature` is this key's over `signed`."""
        # Half a dozen milliseconds that a start without a licence need not pay.
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, signed)
        except (InvalidSignature, ValueError):
            return False
        return True


class Keyset:
    """The keys that are trusted; a name may be that of a built-in key and of a test issuer's."""

    def __init__(self, keys: Iterable[PublicKey]) -> None:
        self._keys = tuple(keys)

    def named(self, kid: str) -> list[PublicKey]:
        """The keys of this name, none when it is not known."""
        return [key for key in self._keys if key.kid == kid]

    def __iter__(self) -> Iterator[PublicKey]:
        """All of them."""
        return iter(self._keys)


def trusted_keys(
    *, practice: Iterable[PublicKey] = (), environment: Mapping[str, str] | None = None
) -> Keyset:
    """The built-in keys, those of a practice workspace, and in unfrozen builds a file's.

    Raises InvalidInput when the file that CAPTELY_LICENCE_KEYS names cannot be read.
    """
    from app.services.licence.vendor_keys import BUILT_IN

    named = (os.environ if environment is None else environment).get(VARIABLE, "").strip()
    further = read_keyset(Path(named)) if named and not is_frozen() else []
    return Keyset([*BUILT_IN, *practice, *further])


def read_keyset(path: Path) -> list[PublicKey]:
    """The keys of a keyset file of the issuer; raises InvalidInput with what is wrong."""
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(LARGEST_FILE))
    except (OSError, ValueError, RecursionError) as error:
        raise _unusable(path, tr("it cannot be read")) from error
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, list):
        raise _unusable(path, tr("it holds no keys"))
    return [_key(path, each) for each in keys]


def _key(path: Path, written: object) -> PublicKey:
    if not isinstance(written, dict) or set(written) != _MEMBERS:
        raise _unusable(path, tr("a key needs exactly kid, public, from and until"))
    kid, since, until = written["kid"], written["from"], written["until"]
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise _unusable(path, tr("a key has no usable name"))
    if type(since) is not int or type(until) is not int or since >= until:
        raise _unusable(path, tr("the times of {kid} are not in order", kid=kid))
    raw = _raw(written["public"])
    if raw is None:
        raise _unusable(path, tr("{kid} is not 32 bytes in base64", kid=kid))
    return PublicKey(kid, raw, since, until)


def _raw(written: object) -> bytes | None:
    try:
        raw = base64.b64decode(written, validate=True) if isinstance(written, str) else b""
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == KEY_BYTES else None


def _unusable(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        tr("The licence keys in {file} cannot be used: {why}.", file=path.name, why=why),
        tr("Make the file with: python -m issuer keyset"),
    )
