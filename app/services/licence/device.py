"""This computer's own key: it seals what must not be edited here, and names the computer.

The key lies in the system's keyring. Without one it is a file that only its owner may read, which
protects less and is said so in its name; what the vendor signed needs no secret and holds anyway.
Where not even a file can be kept, the key lasts as long as the process.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.core.errors import StorageError
from app.services.licence.canonical import NotCanonical, canonical, parse
from app.services.secrets import Keyring

log = logging.getLogger("captely.licence")

ACCOUNT = "device"
KEY_BYTES = 32
_OWNER_ONLY = 0o600
_IN_KEYRING, _IN_FILE = "k", "f"


@dataclass(frozen=True, slots=True, repr=False)
class DeviceKey:
    """A secret of this computer; kid says where it lies and which one it is."""

    kid: str
    secret: bytes

    @classmethod
    def of(cls, place: str, secret: bytes) -> DeviceKey:
        """The key with its name made of the place and a digest."""
        return cls(f"{place}-{_digest(b'captely-device-kid-v1', secret)[:12]}", secret)


class Device:
    """Seals and names with this computer's key, which is asked for on first use.

    folder is where the file lies if there is no keyring.
    """

    def __init__(self, keyring: Callable[[], Keyring], folder: Path) -> None:
        self._ask_keyring = keyring
        self._file = folder / "device.key"

    @property
    def keyring(self) -> Keyring | None:
        """The keyring, None when it cannot be used."""
        ring = self._ask_keyring()
        return ring if ring.state().ok else None

    @property
    def in_keyring(self) -> bool:
        """True when the key lies in the keyring, out of reach of who copies files."""
        return self._key.kid.startswith(f"{_IN_KEYRING}-")

    @property
    def id(self) -> str:
        """The name of this computer, to which a licence may be bound."""
        return f"d-{_digest(b'captely-device-id-v1', self._key.secret)[:16]}"

    def seal(self, context: str, content: Mapping[str, Any]) -> str:
        """`content` as text that `unseal` takes back unless it was edited."""
        key = self._key
        sealed = {"body": dict(content), "kid": key.kid, "mac": _mac(key, context, content)}
        return canonical(sealed).decode("ascii")

    def unseal(self, context: str, text: str | None) -> dict[str, Any] | None:
        """What was sealed under the same context by this computer; None for anything else."""
        body, kid, mac = _taken_apart(text)
        key = self._named(kid)
        if key is None or not isinstance(body, dict) or not isinstance(mac, str):
            return None
        holds = hmac.compare_digest(
            mac.encode("utf-8", "replace"), _mac(key, context, body).encode()
        )
        return body if holds else None

    def claimed(self, text: str | None) -> dict[str, Any] | None:
        """What a seal claims whose key lies in a keyring that cannot be asked now, unverified.

        None for anything else. Good for nothing but being careful.
        """
        body, kid, _mac = _taken_apart(text)
        away = isinstance(kid, str) and kid.startswith(f"{_IN_KEYRING}-") and not self.in_keyring
        return body if away and isinstance(body, dict) else None

    @cached_property
    def _key(self) -> DeviceKey:
        kept = self._from_keyring() or self._made_in_keyring()
        return kept or self._from_file() or self._made_in_file()

    def _named(self, kid: object) -> DeviceKey | None:
        """The key of this name: the one in use, or the file's from days without a keyring."""
        if kid == self._key.kid:
            return self._key
        old = self._from_file()
        return old if old is not None and old.kid == kid else None

    def _from_keyring(self) -> DeviceKey | None:
        ring = self.keyring
        secret = _unhexed(ring.get(ACCOUNT)) if ring is not None else None
        return DeviceKey.of(_IN_KEYRING, secret) if secret else None

    def _made_in_keyring(self) -> DeviceKey | None:
        # Asked again: reading may have shown that it hangs, and a second call would wait as long.
        ring = self.keyring
        if ring is None:
            return None
        secret = secrets.token_bytes(KEY_BYTES)
        try:
            ring.set(ACCOUNT, secret.hex())
        except StorageError:
            return None
        return DeviceKey.of(_IN_KEYRING, secret)

    def _from_file(self) -> DeviceKey | None:
        try:
            secret = _unhexed(self._file.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            return None
        return DeviceKey.of(_IN_FILE, secret) if secret else None

    def _made_in_file(self) -> DeviceKey:
        secret = secrets.token_bytes(KEY_BYTES)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            # A damaged file cannot be used; what it sealed is lost either way.
            self._file.unlink(missing_ok=True)
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
            with open(handle, "w", encoding="ascii") as file:
                file.write(secret.hex())
        except FileExistsError:
            # Another process made it a moment ago.
            return self._from_file() or DeviceKey.of(_IN_FILE, secret)
        except OSError as error:
            # What is sealed with it counts until Captely ends; what was signed counts anyway.
            log.warning("This computer's own key cannot be kept: %s", error.strerror)
        return DeviceKey.of(_IN_FILE, secret)


def _taken_apart(text: str | None) -> tuple[object, object, object]:
    try:
        sealed = parse((text or "").encode("ascii", "replace"))
        return sealed["body"], sealed["kid"], sealed["mac"]
    except (NotCanonical, KeyError):
        return None, None, None


def _mac(key: DeviceKey, context: str, content: Mapping[str, Any]) -> str:
    signed = f"captely-{context}-v1\n".encode() + canonical(dict(content))
    return hmac.new(key.secret, signed, sha256).hexdigest()


def _digest(context: bytes, secret: bytes) -> str:
    return sha256(context + b"\n" + secret).hexdigest()


def _unhexed(written: str | None) -> bytes | None:
    with contextlib.suppress(ValueError):
        secret = bytes.fromhex(written or "")
        return secret if len(secret) == KEY_BYTES else None
    return None
