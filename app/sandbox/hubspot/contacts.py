"""The contacts of the practice account: created, found and updated by id or e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

FIRST_ID = 501


@dataclass(slots=True)
class Stored:
    """One contact of the practice account; writes counts how often it was written."""

    id: str
    created: datetime
    updated: datetime
    values: dict[str, str] = field(default_factory=dict)
    writes: int = 0


class ContactBook:
    """All contacts of the account."""

    def __init__(self) -> None:
        self._by_id: dict[str, Stored] = {}
        self._by_email: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def all(self) -> list[Stored]:
        """Every contact in the order of creation."""
        return list(self._by_id.values())

    def find(self, key: str, *, by: str | None) -> Stored | None:
        """The contact with this record id, or with this e-mail when `by` is email."""
        number = self._by_email.get(key.strip().lower()) if by == "email" else key
        return self._by_id.get(number or "")

    def write(
        self, contact: Stored | None, values: Mapping[str, str], now: datetime
    ) -> tuple[Stored, bool]:
        """Update `contact`, or make one when it is None; returns it and whether it is new."""
        new = contact is None
        if contact is None:
            contact = Stored(str(FIRST_ID + len(self._by_id)), now, now)
            self._by_id[contact.id] = contact
        for name, value in values.items():
            if value:
                contact.values[name] = value
            else:
                contact.values.pop(name, None)
        if email := contact.values.get("email"):
            contact.values["email"] = email.lower()
            self._by_email[email.lower()] = contact.id
        contact.updated = now
        contact.writes += 1
        return contact, new


def shown(contact: Stored, names: Mapping[str, object] | None = None) -> dict[str, Any]:
    """The contact in an answer; names limits which properties are in it."""
    kept = {
        "createdate": _iso(contact.created),
        "hs_object_id": contact.id,
        "lastmodifieddate": _iso(contact.updated),
        **contact.values,
    }
    always = {"createdate", "hs_object_id", "lastmodifieddate"}
    values = {
        name: value
        for name, value in kept.items()
        if names is None or name in names or name in always
    }
    return {
        "id": contact.id,
        "properties": values,
        "createdAt": _iso(contact.created),
        "updatedAt": _iso(contact.updated),
        "archived": False,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
