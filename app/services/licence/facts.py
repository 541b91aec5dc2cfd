"""Reads and writes what the workspace's database keeps of licences: texts, never parsed values."""

from __future__ import annotations

from sqlalchemy import Connection, delete, or_, select

from app.core.text import tr
from app.models.store import Store, store_row
from app.models.workspace import IDENTITY, WorkspaceFact

LICENCE = "licence"
REVOCATIONS = "licence.revocations"
ADDRESS = "licence.address"
CHECKED = "licence.checked"
SNAPSHOT = "licence.snapshot"
MARK = "licence.mark"
REFUSED = "licence.refused"
TOLD = "licence.told"
_OF_DEVICE = frozenset({CHECKED, SNAPSHOT, MARK, REFUSED, TOLD})


class Facts:
    """The facts of one workspace as one computer sees them."""

    def __init__(self, store: Store, device: str) -> None:
        self._store = store
        self._device = device

    def all(self) -> dict[str, str]:
        """Every fact by its key, in one reading."""
        mine = or_(WorkspaceFact.device == "", WorkspaceFact.device == self._device)
        with self._store.reading() as connection:
            found = connection.execute(select(WorkspaceFact.key, WorkspaceFact.value).where(mine))
            return {row.key: row.value for row in found}

    def identity(self) -> str:
        """The workspace's UUID."""
        return self.all()[IDENTITY]

    def set(self, values: dict[str, str | None]) -> None:
        """Keep facts, all in one transaction; None forgets one. Raises StorageError."""
        with self._store.writing(tr("Keep the licence")) as connection:
            for key, value in values.items():
                _set(connection, key, self._device if key in _OF_DEVICE else "", value)


def _set(connection: Connection, key: str, place: str, value: str | None) -> None:
    if value is None:
        where = (WorkspaceFact.key == key, WorkspaceFact.device == place)
        connection.execute(delete(WorkspaceFact).where(*where))
    else:
        store_row(connection, WorkspaceFact, {"key": key, "device": place}, {"value": value})
