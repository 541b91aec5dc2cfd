"""Contacts as vCards, version 3.0, which every address book reads (RFC 2426)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

FOLD_OCTETS = 75


def vcard(contact: Mapping[str, Any]) -> str:
    """One card with CRLF line ends; contact is a ContactView as a dictionary."""
    lines = ["BEGIN:VCARD", "VERSION:3.0", *_lines(contact), "END:VCARD"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _lines(contact: Mapping[str, Any]) -> Iterator[str]:
    first, last = contact.get("first_name") or "", contact.get("last_name") or ""
    yield f"N:{_text(last)};{_text(first)};;;"
    yield f"FN:{_text(contact.get('name') or contact.get('email') or '')}"
    yield from _labelled(contact, "email", "EMAIL;TYPE=INTERNET")
    yield from _labelled(contact, "phone", "TEL;TYPE=WORK")
    yield from _labelled(contact, "mobile", "TEL;TYPE=CELL")
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
    yield f"UID:captely-{contact['id']}"


def _labelled(contact: Mapping[str, Any], field: str, name: str) -> Iterator[str]:
    if contact.get(field):
        yield f"{name}:{_text(contact[field])}"
    for _, value in (contact.get("labelled") or {}).get(field, ()):
        yield f"{name}:{_text(value)}"


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
