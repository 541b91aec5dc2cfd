"""What left this workspace with a contact and cannot be taken back, for its timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.clock import from_us
from app.models.exports import ExportItem, ExportRun
from app.models.store import Store


@dataclass(frozen=True, slots=True)
class Effect:
    """The last export of a contact to one account of a tool; final, whatever is undone.

    state is sent, ok, unchanged, failed or ambiguous; action is create or update.
    """

    connector: str
    account: str
    action: str
    state: str
    error: str
    at: datetime


class Effects:
    """Reads the ledger of remote writes by contact."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_contact(self, contact: int) -> tuple[Effect, ...]:
        """The last fate of the contact at each target, newest first; what waits is left out."""
        rows = (
            select(
                ExportItem.connector,
                ExportRun.account_label,
                ExportRun.account,
                ExportItem.action,
                ExportItem.state,
                ExportItem.error,
                ExportItem.at_us,
            )
            .join(ExportRun, ExportRun.id == ExportItem.run)
            .where(ExportItem.contact == contact, ExportItem.state != "pending")
            .order_by(ExportItem.at_us.desc())
        )
        with self._store.reading() as connection:
            return tuple(
                Effect(
                    row.connector,
                    row.account_label or row.account,
                    row.action,
                    row.state,
                    row.error or "",
                    from_us(row.at_us),
                )
                for row in connection.execute(rows)
            )
