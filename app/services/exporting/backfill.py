"""Whom a changed mapping concerns: contacts sent earlier, before a field was mapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from app.models.contacts import Contact
from app.models.exports import ExportItem, ExportRun
from app.models.visibility import alive
from app.services.exporting.ledger import State, Target
from app.services.exporting.mapping import FieldMapping

_THERE = (State.OK, State.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Backfill:
    """Contacts that are at the destination without some fields that the mapping has now.

    fields are those remote fields; planned are the contacts that the present plan sends, outside
    those that are not in it.
    """

    fields: tuple[str, ...]
    planned: tuple[int, ...]
    outside: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many contacts it is about."""
        return len(self.planned) + len(self.outside)


def backfill(
    connection: Connection,
    target: Target,
    mapping: FieldMapping,
    planned: set[int],
    sent: set[int],
) -> Backfill:
    """What the runs at one target left out that the mapping has.

    planned are the contacts of a plan, sent those of them that it sends.
    """
    inside: list[int] = []
    outside: list[int] = []
    fields: set[str] = set()
    for contact, missing in behind(connection, target, mapping):
        if contact in planned and contact not in sent:
            # Looked at, and there is nothing to fill in.
            continue
        (inside if contact in planned else outside).append(contact)
        fields |= missing
    named = tuple(rule.remote for rule in mapping.rules if rule.remote in fields)
    return Backfill(named, tuple(inside), tuple(outside))


def behind(
    connection: Connection, target: Target, mapping: FieldMapping
) -> Iterator[tuple[int, frozenset[str]]]:
    """The contacts sent to a target without some fields of the mapping, and those fields."""
    present = {rule.remote for rule in mapping.rules}
    missing: dict[int, frozenset[str]] = {}
    for run, written in _runs(connection, target):
        left_out = present - {str(entry.get("to")) for entry in written.get("fields", ())}
        if left_out:
            missing[run] = frozenset(left_out)
    wanted = (
        select(ExportItem.contact, ExportItem.run)
        .join(Contact, Contact.id == ExportItem.contact)
        .where(
            target.condition(),
            ExportItem.run.in_(missing),
            ExportItem.state.in_(_THERE),
            alive(connection),
        )
        .order_by(ExportItem.contact)
    )
    for contact, run in connection.execute(wanted) if missing else ():
        yield contact, missing[run]


def _runs(connection: Connection, target: Target) -> list[tuple[int, Mapping[str, Any]]]:
    """The runs with something at the target, each with its mapping as it was written."""
    there = select(ExportItem.run).where(target.condition()).distinct()
    wanted = select(ExportRun.id, ExportRun.mapping).where(ExportRun.id.in_(there))
    return [(row.id, row.mapping) for row in connection.execute(wanted)]
