"""Whom a changed mapping concerns: contacts sent earlier, before a field was mapped."""

from __future__ import annotations

from collections.abc import Mapping
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
    present = {rule.remote for rule in mapping.rules}
    missing: dict[int, set[str]] = {}
    for run, written in _runs(connection, target):
        missing[run] = present - {str(entry.get("to")) for entry in written.get("fields", ())}
    lacking = [run for run, fields in missing.items() if fields]
    if not lacking:
        return Backfill((), (), ())
    wanted = (
        select(ExportItem.contact, ExportItem.run)
        .join(Contact, Contact.id == ExportItem.contact)
        .where(
            target.condition(),
            ExportItem.run.in_(lacking),
            ExportItem.state.in_(_THERE),
            alive(connection),
        )
        .order_by(ExportItem.contact)
    )
    inside: list[int] = []
    outside: list[int] = []
    fields: set[str] = set()
    for contact, run in connection.execute(wanted):
        if contact in planned and contact not in sent:
            # Looked at, and there is nothing to fill in.
            continue
        (inside if contact in planned else outside).append(contact)
        fields |= missing[run]
    named = tuple(rule.remote for rule in mapping.rules if rule.remote in fields)
    return Backfill(named, tuple(inside), tuple(outside))


def _runs(connection: Connection, target: Target) -> list[tuple[int, Mapping[str, Any]]]:
    """The runs with something at the target, each with its mapping as it was written."""
    there = select(ExportItem.run).where(target.condition()).distinct()
    wanted = select(ExportRun.id, ExportRun.mapping).where(ExportRun.id.in_(there))
    return [(row.id, row.mapping) for row in connection.execute(wanted)]
