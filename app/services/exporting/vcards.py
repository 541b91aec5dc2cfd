"""Contacts as vCards, version 3.0, which every address book reads (RFC 2426)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

FOLD_OCTETS = 75

_REACHED = (("email", "EMAIL", "INTERNET"), ("phone", "TEL", "VOICE"), ("mobile", "TEL", "CELL"))
_TYPES = ("home", "work", "pref", "fax")


def vcard(contact: Mapping[str, Any]) -> str:
    """One card with CRLF line ends; contact is a ContactView as a dictionary."""
    lines = ["BEGIN:VCARD", "VERSION:3.0", *_lines(contact), "END:VCARD"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _lines(contact: Mapping[str, Any]) -> Iterator[str]:
    yield from _names(contact)
    yield from _reached_at(contact)
    for key, name in (("company", "ORG"), ("title", "TITLE"), ("notes", "NOTE")):
        if contact.get(key):
            yield f"{name}:{_text(contact[key])}"
    for key in ("website", "linkedin_url"):
        if contact.get(key):
            yield f"URL:{contact[key]}"
    address = [
        contact.get(key) or "" for key in ("address", "city", "region", "postal_code", "country")
    ]
    if any(address):
        yield "ADR;TYPE=WORK:;;" + ";".join(_text(part) for part in address)
    if contact.get("tags"):
        yield "CATEGORIES:" + ",".join(_text(tag) for tag in contact["tags"])
    yield f"UID:{_uid(contact)}"


def _names(contact: Mapping[str, Any]) -> Iterator[str]:
    first, last = contact.get("first_name") or "", contact.get("last_name") or ""
    shown = contact.get("name") or contact.get("email") or contact.get("phone") or ""
    shown = shown or contact.get("mobile") or contact.get("linkedin_url") or ""
    if not first and not last:
        # Address books list people by N, and leave those without one out of sight.
        first = shown
    yield f"N:{_text(last)};{_text(first)};;;"
    yield f"FN:{_text(shown)}"


def _reached_at(contact: Mapping[str, Any]) -> Iterator[str]:
    """Addresses and numbers; one with a label of the user's own is a group, as Apple writes it."""
    group = 0
    for field, name, usual in _REACHED:
        if contact.get(field):
            yield f"{name};TYPE={usual}:{_text(contact[field])}"
        for label, value in (contact.get("labelled") or {}).get(field, ()):
            if label.lower() in _TYPES:
                yield f"{name};TYPE={usual};TYPE={label.upper()}:{_text(value)}"
            else:
                group += 1
                yield f"item{group}.{name};TYPE={usual}:{_text(value)}"
                yield f"item{group}.X-ABLabel:{_text(label)}"


def _uid(contact: Mapping[str, Any]) -> uuid.UUID:
    """The same for a contact in every export, and another one in every other workspace."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"captely:{contact['created']}:{contact['id']}")


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return escaped.replace("\r\n", "\n").replace("\n", r"\n")


def _folded(line: str) -> str:
    """Lines of at most 75 octets, broken between characters as RFC 2426 section 2.6 asks."""
    parts, part, octets = [], "", 0
    for character in line:
        width = len(character.encode())
        if octets + width > FOLD_OCTETS:
            parts.append(part)
            part, octets = " ", 1
        part += character
        octets += width
    return "\r\n".join([*parts, part])
