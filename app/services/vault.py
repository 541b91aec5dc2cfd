"""Secrets in a file of ours, sealed with a passphrase, for computers without a keyring.

scrypt makes the key from the passphrase, AES-GCM seals each entry under its own name, so that
entries can be neither read nor exchanged for one another.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from app.core.errors import InvalidInput, StorageError
from app.core.text import tr

COST = 2**16
LARGEST_COST = 2**20
BLOCK, LANES, KEY_BYTES, SALT_BYTES, NONCE_BYTES = 8, 1, 32, 16, 12
SHORTEST_PASSPHRASE = 8
CHECK = "check"
VERSION = 1


class Vault:
    """One vault file; locked until it has been given its passphrase."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key: bytes | None = None

    @property
    def exists(self) -> bool:
        """True when there is a file to unlock."""
        return self._path.exists()

    @property
    def path(self) -> Path:
        """Where the file is or would be."""
        return self._path

    @property
    def is_open(self) -> bool:
        """True once the passphrase was given in this process."""
        return self._key is not None

    def create(self, passphrase: str) -> None:
        """Make an empty vault and leave it open; raises InvalidInput for a short passphrase."""
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise InvalidInput(
                tr("The passphrase is too short."),
                tr("Use at least {n} characters.", n=SHORTEST_PASSPHRASE),
            )
        if self.exists:
            raise InvalidInput(
                tr("There is a passphrase file already."), tr("Unlock it with its passphrase.")
            )
        salt = os.urandom(SALT_BYTES)
        key = _stretched(passphrase, salt, COST)
        entries = {CHECK: _seal(key, CHECK, CHECK)}
        self._write({"version": VERSION, "n": COST, "salt": _text(salt), "entries": entries})
        self._key = key

    def unlock(self, passphrase: str) -> None:
        """Open the vault; raises InvalidInput for a wrong passphrase or a damaged file."""
        content = self._read()
        key = _stretched(passphrase, _bytes(content["salt"]), content["n"])
        if _unseal(key, CHECK, content["entries"].get(CHECK, "")) != CHECK:
            raise InvalidInput(
                tr("The passphrase does not open the file of keys."),
                tr("Try again, or delete {file} and enter the keys anew.", file=self._path.name),
            )
        self._key = key

    def names(self) -> list[str]:
        """Whose secrets it holds, which needs no passphrase; raises InvalidInput if damaged."""
        return sorted(self._read()["entries"].keys() - {CHECK}) if self.exists else []

    def remove(self) -> bool:
        """Delete the file with everything in it; False when there is none."""
        self._key = None
        there = self.exists
        self._path.unlink(missing_ok=True)
        return there

    def lock(self) -> None:
        """Forget the passphrase."""
        self._key = None

    def get(self, name: str) -> str | None:
        """The secret of `name`; None when there is none or the vault is locked."""
        if self._key is None or not self.exists:
            return None
        sealed = self._read()["entries"].get(name)
        return None if sealed is None else _unseal(self._key, name, sealed)

    def set(self, name: str, secret: str) -> None:
        """Store a secret in the open vault."""
        if self._key is None:
            raise StorageError(tr("The file of keys is locked."), tr("Unlock it first."))
        content = self._read()
        content["entries"][name] = _seal(self._key, name, secret)
        self._write(content)

    def delete(self, name: str) -> None:
        """Remove an entry, which needs no passphrase; quiet when there is none."""
        if not self.exists:
            return
        content = self._read()
        if content["entries"].pop(name, None) is not None:
            self._write(content)

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self._path.read_text("utf-8"))
            known = content["version"] == VERSION and 0 < content["n"] <= LARGEST_COST
            if known and isinstance(content["entries"], dict) and _bytes(content["salt"]):
                return dict(content)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _damaged(self._path) from error
        raise _damaged(self._path)

    def _write(self, content: dict[str, Any]) -> None:
        try:
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".vault-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except OSError as error:
            raise StorageError(
                tr("The file of keys cannot be written."),
                tr("Make the workspace folder writable and try again."),
                str(error),
            ) from error


def _damaged(path: Path) -> InvalidInput:
    return InvalidInput(
        tr("The file of keys cannot be read."),
        tr("Restore {file} from a backup, or delete it and enter the keys anew.", file=path.name),
    )


def _stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=BLOCK, p=LANES).derive(passphrase.encode())


def _seal(key: bytes, name: str, secret: str) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return _text(nonce + AESGCM(key).encrypt(nonce, secret.encode(), _aad(name)))


def _unseal(key: bytes, name: str, sealed: str) -> str | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = _bytes(sealed)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _aad(name)).decode()
    except (InvalidTag, ValueError):
        return None


def _aad(name: str) -> bytes:
    return f"captely-vault/{VERSION}/{name}".encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
