"""The vendor's keys: made, stored as PKCS8 PEM, and published as a keyset."""

from __future__ import annotations

import base64
import getpass
import json
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuer.errors import IssuerError

PASSPHRASE = "CAPTELY_ISSUER_PASSPHRASE"  # noqa: S105 - the variable's name
SHORTEST = 8
KEYSET = "keyset.json"
DAY = 86_400
BEFORE_DAYS, AFTER_DAYS = 365, 3 * 365
_KID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def keygen(
    folder: Path,
    kid: str | None,
    now: int,
    *,
    passphrase: bool,
    since: int | None = None,
    until: int | None = None,
) -> dict[str, Any]:
    """Make a key: K.pem for its owner alone, and its public half added to keyset.json.

    Without since and until (epoch s) it may sign from a year ago until in three years. Raises
    IssuerError when there is a key of this name already.
    """  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    name = kid or _free_name(folder, now)
    if not _KID.fullmatch(name):
        raise IssuerError("A key's name has letters, digits, dots, dashes and underscores only.")
    key = Ed25519PrivateKey.generate()
    entry = {
        "kid": name,
        "public": base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii"),
        "from": now - BEFORE_DAYS * DAY if since is None else since,
        "until": now + AFTER_DAYS * DAY if until is None else until,
    }
    keyset = merged([*_kept(folder / KEYSET), entry])
    secret = new_passphrase() if passphrase else None
    pem = folder / f"{name}.pem"
    _write_secret(pem, _pem(key, secret))
    (folder / KEYSET).write_text(json.dumps(keyset, indent=2) + "\n", encoding="ascii")
    return {"kid": name, "key": str(pem), "keyset": str(folder / KEYSET), **entry}


def load_key(pem: Path) -> Ed25519PrivateKey:
    """The private key of a PEM file; a passphrase comes from the environment or is asked for."""
    try:
        raw = pem.read_bytes()
    except OSError as error:
        raise IssuerError(f"The key {pem} cannot be read: {error.strerror}.") from error
    sealed = b"ENCRYPTED" in raw
    try:
        password = _passphrase("Passphrase: ").encode() if sealed else None
        key = serialization.load_pem_private_key(raw, password)
    except (ValueError, TypeError) as error:
        why = "the passphrase is wrong or " if sealed else ""
        raise IssuerError(f"The key {pem} cannot be opened: {why}the file is damaged.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise IssuerError(f"The key {pem} is not an Ed25519 key; make one with keygen.")
    return key


def read_keyset(path: Path) -> dict[str, Any]:
    """A keyset file; raises IssuerError when it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return merged([_entry(each) for each in content["keys"]])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IssuerError(f"The keyset {path} cannot be read.") from error


def merged(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """One keyset of all entries; raises IssuerError when two different keys share a name."""
    by_name: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if by_name.setdefault(entry["kid"], entry) != entry:
            raise IssuerError(f"There is a key named {entry['kid']} already; choose another name.")
    return {"keys": list(by_name.values())}


def as_python(keyset: dict[str, Any]) -> str:
    """The keyset as the product's app/services/licence/vendor_keys.py has it."""
    lines = [
        f'    PublicKey.of("{k["kid"]}", "{k["public"]}", {k["from"]}, {k["until"]}),'
        for k in keyset["keys"]
    ]
    return "\n".join(["BUILT_IN: tuple[PublicKey, ...] = (", *lines, ")"]) + "\n"


def new_passphrase() -> str:
    """A passphrase from the environment or typed twice; raises IssuerError for a short one."""
    typed = _passphrase("New passphrase: ")
    if len(typed) < SHORTEST:
        raise IssuerError(f"The passphrase is too short: use at least {SHORTEST} characters.")
    if PASSPHRASE not in os.environ and typed != getpass.getpass("Once more: "):
        raise IssuerError("The two passphrases differ; nothing was made.")
    return typed


def _passphrase(prompt: str) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise IssuerError(f"A passphrase is needed: set {PASSPHRASE}, or run it in a terminal.")
    return getpass.getpass(prompt)


def _entry(written: dict[str, Any]) -> dict[str, Any]:
    entry = {name: written[name] for name in ("kid", "public", "from", "until")}
    if len(base64.b64decode(entry["public"], validate=True)) != 32:
        raise ValueError("not 32 bytes")
    return entry


def _kept(path: Path) -> list[dict[str, Any]]:
    return list(read_keyset(path)["keys"]) if path.exists() else []


def _free_name(folder: Path, now: int) -> str:
    year = datetime.fromtimestamp(now, UTC).year
    names = (f"k{year}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    return next(name for name in names if not (folder / f"{name}.pem").exists())


def _pem(key: Ed25519PrivateKey, passphrase: str | None) -> bytes:
    sealing: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        sealing = serialization.BestAvailableEncryption(passphrase.encode())
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, sealing)


def _write_secret(path: Path, content: bytes) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise IssuerError(f"There is a key {path} already; choose another name.") from error
    with open(handle, "wb") as file:
        file.write(content)
