"""What becomes of each contact of a change of many: changed, equal, blocked or missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from app.core.text import tr
from app.models.contacts import Contact, ContactKey
from app.models.journalled import read_fields, same, settled, table_named
from app.models.json_sql import ids_select
from app.models.visibility import alive
from app.services.bulk.edits import Blocked, Prepared
from app.services.contact_values import IDENTITY, with_labelled

NO_VERSION = 0
"""Stands for a contact that is not there."""


@dataclass(slots=True)
class Fates:
    """The fates of one chunk; changes are the new values by contact, held the present ones."""

    held: dict[int, dict[str, Any]]
    changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    blocked: dict[str, list[int]] = field(default_factory=dict)
    equal: int = 0
    missing: int = 0

    def block(self, contact: int, reason: str) -> None:
        """Leave a contact as it is, for this reason."""
        self.changes.pop(contact, None)
        self.blocked.setdefault(reason, []).append(contact)


class Decider:
    """Decides chunk after chunk; addresses given to one contact are not given to another."""

    def __init__(self, connection: Connection, prepared: Prepared) -> None:
        self._connection = connection
        self._prepared = prepared
        self._addresses: set[str] = set()

    def decide(self, ids: Sequence[int]) -> Fates:
        """The fates of the contacts `ids`."""
        living = select(Contact.id).where(
            Contact.id.in_(ids_select(self._connection, ids)), alive(self._connection)
        )
        rows = list(self._connection.execute(living).scalars())
        held = read_fields(self._connection, table_named("contact"), rows, self._prepared.fields)
        fates = Fates(held, missing=len(ids) - len(held))
        for contact, values in held.items():
            self._decide_one(fates, contact, values)
        if self._prepared.addresses:
            self._block_known_addresses(fates)
        return fates

    def _decide_one(self, fates: Fates, contact: int, held: Mapping[str, Any]) -> None:
        try:
            wanted = self._wanted(held)
        except Blocked as blocked:
            fates.block(contact, blocked.message)
            return
        if self._prepared.unknown or _differs(held, wanted):
            fates.changes[contact] = wanted
        else:
            fates.equal += 1

    def _wanted(self, held: Mapping[str, Any]) -> dict[str, Any]:
        prepared, typed = self._prepared, self._prepared.typed
        wanted = {**typed.fields, **with_labelled(held, typed)}
        for one in prepared.replacing:
            key = one.field.key
            wanted[key] = one.after(wanted.get(key, held[key]))
        if "tags" in held:
            before = set() if typed.tags is not None else set(held["tags"])
            wanted["tags"] = sorted((before | prepared.given) - prepared.taken)
        _check_identity(held, wanted)
        return wanted

    def _block_known_addresses(self, fates: Fates) -> None:
        """An address that another contact has, or has just been given, is not given again."""
        moved = {
            contact: address
            for contact, wanted in fates.changes.items()
            if (address := wanted.get("email")) and address != fates.held[contact]["email"]
        }
        owners = _owners(self._connection, moved.values())
        for contact, address in moved.items():
            taken = owners.get(address, set()) - {contact}
            if taken or address in self._addresses:
                fates.block(contact, tr("Another contact has the address already."))
            else:
                self._addresses.add(address)


def versions_of(connection: Connection, ids: Sequence[int], *, deleted: bool) -> dict[int, int]:
    """The versions of those of `ids` that are there: in the trash or alive."""
    present = Contact.deleted_op.is_not(None) if deleted else alive(connection)
    rows = select(Contact.id, Contact.version).where(
        Contact.id.in_(ids_select(connection, ids)), present
    )
    return {row.id: row.version for row in connection.execute(rows)}


def _owners(connection: Connection, addresses: Iterable[str]) -> dict[str, set[int]]:
    wanted = sorted(set(addresses))
    owners: dict[str, set[int]] = {}
    if not wanted:
        return owners
    own = select(Contact.email.label("address"), Contact.id.label("contact")).where(
        Contact.email.in_(wanted), alive(connection)
    )
    further = (
        select(ContactKey.email.label("address"), ContactKey.contact)
        .join(Contact, Contact.id == ContactKey.contact)
        .where(ContactKey.email.in_(wanted), alive(connection))
    )
    for statement in (own, further):
        for row in connection.execute(statement):
            owners.setdefault(row.address, set()).add(row.contact)
    return owners


def _differs(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return any(
        not same(settled(name, value), settled(name, held[name])) for name, value in wanted.items()
    )


def _check_identity(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse to clear the last thing that says who somebody is."""
    cleared = any(key in wanted and not wanted[key] for key in IDENTITY)
    if cleared and not any({**held, **wanted}.get(key) for key in IDENTITY):
        raise Blocked(tr("Nothing would say who this is."))
