"""The text form of what the vendor signs: a header, a signature and a base64 payload."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum

from app.services.licence.refusals import Code, LicenceRefused

LARGEST = 32 * 1024
VERSION = "1"
COLUMNS = 64

_BASE64_LINE = r"[A-Za-z0-9+/]{64}\n"
_LAST_LINE = r"[A-Za-z0-9+/]{1,64}={0,2}\n"
_ARMOUR = re.compile(
    r"-----BEGIN CAPTELY (?P<kind>LICENCE|REVOCATIONS)-----\n"
    r"Version: (?P<version>[0-9]{1,4})\n"
    r"Key: (?P<kid>[A-Za-z0-9._-]{1,64})\n"
    r"Signature: (?P<signature>[A-Za-z0-9+/]{86}==)\n"
    r"\n"
    rf"(?P<payload>(?:{_BASE64_LINE})*(?:{_LAST_LINE})?)"
    r"-----END CAPTELY (?P=kind)-----",
)
# A later version may have other lines; only its first two are promised.
_VERSION = re.compile(
    r"-----BEGIN CAPTELY (?:LICENCE|REVOCATIONS)-----\nVersion: (?P<version>[0-9]{1,4})\n"
)


class Kind(StrEnum):
    """What is signed; each kind has a context of its own, so none passes for the other."""

    LICENCE = "LICENCE"
    REVOCATIONS = "REVOCATIONS"

    @property
    def context(self) -> bytes:
        """What the signature begins with."""
        return f"captely-{self.value.lower()}-v{VERSION}\n".encode()


@dataclass(frozen=True, slots=True)
class Armoured:
    """A text taken apart, nothing in it verified; payload are the signed bytes."""

    kind: Kind
    kid: str
    signature: bytes
    payload: bytes

    @property
    def signed(self) -> bytes:
        """The bytes that the signature is over."""
        return self.kind.context + self.kid.encode("ascii") + b"\n" + self.payload


def take_apart(text: str) -> Armoured:
    """The parts of an armoured text; space around it and line ends of any system are allowed.

    Raises LicenceRefused: malformed, or unsupported_version.
    """
    if len(text) > LARGEST:
        raise LicenceRefused(Code.MALFORMED, f"longer than {LARGEST} characters")
    text = text.lstrip("\ufeff").replace("\r\n", "\n").strip()
    begun = _VERSION.match(text)
    if begun is not None and begun["version"] != VERSION:
        raise LicenceRefused(Code.UNSUPPORTED_VERSION, f"version {begun['version']}")
    parts = _ARMOUR.fullmatch(text)
    if parts is None:
        raise LicenceRefused(Code.MALFORMED, "the armour is not as expected")
    signature = _decoded(parts["signature"])
    return Armoured(Kind(parts["kind"]), parts["kid"], signature, _decoded(parts["payload"]))


def _decoded(written: str) -> bytes:
    """The bytes of canonical base64: one text for each content, or a licence could have two."""
    joined = written.replace("\n", "")
    try:
        raw = base64.b64decode(joined, validate=True)
    except binascii.Error as error:
        raise LicenceRefused(Code.MALFORMED, "not base64") from error
    if base64.b64encode(raw).decode("ascii") != joined:
        raise LicenceRefused(Code.MALFORMED, "not canonical base64")
    return raw
