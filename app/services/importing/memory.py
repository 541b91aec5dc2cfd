"""Remembers, for files with the same headers, which column went into which field."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from app.core.clock import Clock, to_us
from app.models.importing import ImportMemory
from app.models.store import Store


class Memory:
    """The mappings of earlier imports by header fingerprint."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def recall(self, fingerprint: str) -> dict[str, str] | None:
        """Column to field as last used, ignored columns with an empty field; None if never."""
        wanted = select(ImportMemory.mapping).where(ImportMemory.fingerprint == fingerprint)
        with self._store.reading() as connection:
            found = connection.execute(wanted).scalar_one_or_none()
        return None if found is None else dict(found)

    def remember(
        self,
        connection: Connection,
        fingerprint: str,
        mapping: Mapping[str, str],
        file_name: str,
    ) -> None:
        """Keep `mapping`, within the caller's writing session."""
        own = ImportMemory.fingerprint == fingerprint
        table = ImportMemory.__table__
        values = {
            "mapping": dict(mapping),
            "file_name": file_name,
            "at_us": to_us(self._clock.now()),
        }
        if not connection.execute(table.update().where(own).values(values)).rowcount:  # type: ignore[attr-defined]
            connection.execute(table.insert().values(fingerprint=fingerprint, **values))  # type: ignore[attr-defined]
