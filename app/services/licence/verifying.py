"""Verifies a licence, step by step in the contract's order; nothing is parsed before it is signed.

1 size and armour, 2 version, 3 known key, 4 signature, 5 strict canonical JSON, 6 types and order
of dates, 7 product and mode, 8 the key's window, 9 revocations, 10 workspace and computer,
11 sequence. Step 12, the time, is the standing's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.core.dates import day_words
from app.services.licence.armour import Armoured, Kind, take_apart
from app.services.licence.canonical import NotCanonical, parse
from app.services.licence.claims import AUDIENCE, PRODUCT, BadClaims, Claims, read_claims
from app.services.licence.keys import Keyset, PublicKey
from app.services.licence.refusals import Code, LicenceRefused

SHOWN = 4
"""How many of a workspace ID's last characters tell two of them apart in a sentence."""


@dataclass(frozen=True, slots=True)
class Revocations:
    """What the vendor took back: keys and licences; seq rises with each list."""

    seq: int = 0
    issued: int = 0
    keys: frozenset[str] = frozenset()
    licences: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a licence is to hold: the workspace, its computer, and what was seen there.

    device is asked only for a licence that is bound to computers. seen_seq is the highest number
    of a licence seen here, seen_issued when that one was issued.
    """

    workspace: str
    device: Callable[[], str]
    sandbox: bool
    keys: Keyset
    revoked: Revocations
    seen_seq: int = 0
    seen_issued: int = 0


def verify(text: str, place: Place) -> Claims:
    """The claims of a licence that holds here; raises LicenceRefused with the first reason."""
    armoured = take_apart(text)
    if armoured.kind is not Kind.LICENCE:
        raise LicenceRefused(Code.MALFORMED, "not a licence but a list of revocations")
    payload, key = opened(armoured, place.keys)
    claims = _claims(payload)
    _check_product(claims, place)
    _check_key(key, claims, place)
    _check_binding(claims, place)
    if claims.seq < place.seen_seq:
        seen = datetime.fromtimestamp(place.seen_issued, UTC)
        issued = day_words(seen, year=False) if place.seen_issued else ""
        raise LicenceRefused(Code.SUPERSEDED, f"{claims.seq} < {place.seen_seq}", issued=issued)
    return claims


def verify_revocations(text: str, keys: Keyset, *, least: int = 0) -> Revocations:
    """The content of a signed list; raises LicenceRefused, also for one older than `least`."""
    armoured = take_apart(text)
    if armoured.kind is not Kind.REVOCATIONS:
        raise LicenceRefused(Code.MALFORMED, "not a list of revocations")
    payload, key = opened(armoured, keys)
    found = _revocations(payload)
    if (payload.get("iss"), payload.get("aud")) != (PRODUCT, AUDIENCE):
        raise LicenceRefused(Code.WRONG_PRODUCT)
    if not key.covers(found.issued):
        raise LicenceRefused(Code.KEY_OUT_OF_WINDOW, key.kid)
    if found.seq < least:
        issued = day_words(datetime.fromtimestamp(found.issued, UTC), year=False)
        raise LicenceRefused(Code.SUPERSEDED, f"{found.seq} < {least}", issued=issued)
    return found


def opened(armoured: Armoured, keys: Keyset) -> tuple[dict[str, Any], PublicKey]:
    """The payload, parsed once its signature holds, and whose it is; raises LicenceRefused."""
    named = keys.named(armoured.kid)
    if not named:
        raise LicenceRefused(Code.UNKNOWN_KEY, armoured.kid)
    signers = [key for key in named if key.holds(armoured.signature, armoured.signed)]
    if not signers:
        raise LicenceRefused(Code.BAD_SIGNATURE)
    try:
        return parse(armoured.payload), signers[0]
    except NotCanonical as error:
        raise LicenceRefused(Code.MALFORMED, str(error)) from error


def _claims(payload: dict[str, Any]) -> Claims:
    try:
        return read_claims(payload)
    except BadClaims as error:
        raise LicenceRefused(Code.MALFORMED, str(error)) from error


def _revocations(payload: dict[str, Any]) -> Revocations:
    seq, issued = payload.get("seq"), payload.get("iat")
    keys, licences = payload.get("keys"), payload.get("licences")
    whole = type(seq) is int and type(issued) is int
    listed = all(
        isinstance(names, list) and all(isinstance(name, str) for name in names)
        for names in (keys, licences)
    )
    if not (whole and listed):
        raise LicenceRefused(Code.MALFORMED, "the list is not as expected")
    return Revocations(seq, issued, frozenset(keys), frozenset(licences))  # type: ignore[arg-type]


def _check_product(claims: Claims, place: Place) -> None:
    if (claims.issuer, claims.audience) != (PRODUCT, AUDIENCE):
        raise LicenceRefused(Code.WRONG_PRODUCT, f"{claims.issuer} / {claims.audience}")
    if not claims.live and not place.sandbox:
        raise LicenceRefused(Code.WRONG_MODE)


def _check_key(key: PublicKey, claims: Claims, place: Place) -> None:
    if not key.covers(claims.issued):
        raise LicenceRefused(Code.KEY_OUT_OF_WINDOW, key.kid)
    if key.kid in place.revoked.keys or claims.licence in place.revoked.licences:
        raise LicenceRefused(Code.REVOKED, claims.licence)


def _check_binding(claims: Claims, place: Place) -> None:
    if claims.subject != place.workspace:
        theirs, ours = claims.subject[-SHOWN:], place.workspace[-SHOWN:]
        raise LicenceRefused(
            Code.WRONG_WORKSPACE, theirs=theirs, ours=ours, workspace=place.workspace
        )
    if claims.devices is not None and place.device() not in claims.devices:
        raise LicenceRefused(Code.WRONG_DEVICE, device=place.device())
