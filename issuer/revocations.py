"""The signed list of what was taken back: licences, and keys whose private half leaked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from issuer.armour import REVOCATIONS, take_apart
from issuer.errors import IssuerError

FILE = "revocations.captely-revocations"


def extended(
    previous: Path | None, *, licences: list[str], keys: list[str], issued: int
) -> dict[str, Any]:
    """A list with further entries beside those of the one before, with the next higher seq."""
    before = _content(previous) if previous is not None and previous.exists() else {}
    return {
        "iss": "captely",
        "aud": "captely-desktop",
        "seq": int(before.get("seq", 0)) + 1,
        "iat": issued,
        "licences": sorted({*before.get("licences", []), *licences}),
        "keys": sorted({*before.get("keys", []), *keys}),
    }


def _content(path: Path) -> dict[str, Any]:
    parts = take_apart(path.read_text(encoding="ascii"))
    if parts.kind != REVOCATIONS:
        raise IssuerError(f"{path} is not a list of revocations.")
    return parts.content
