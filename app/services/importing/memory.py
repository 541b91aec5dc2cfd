"""Remembers, for files with the same headers, what was decided about them: their recipe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from app.core.clock import Clock, from_us, to_us
from app.models.importing import ImportMemory
from app.models.store import Store
from app.services.importing.recipes import Recipe


@dataclass(frozen=True, slots=True)
class Remembered:
    """The recipe of the last list with the same headers, its name and when it was imported."""

    recipe: Recipe
    file_name: str
    at: datetime

    @property
    def mapping(self) -> dict[str, str]:
        """Column to field, ignored columns with an empty field."""
        return dict(self.recipe.mapping)


class Memory:
    """The recipes of earlier imports by header fingerprint."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def recall(self, fingerprint: str) -> Remembered | None:
        """What was decided last time; None if there was none."""
        wanted = select(ImportMemory.mapping, ImportMemory.file_name, ImportMemory.at_us).where(
            ImportMemory.fingerprint == fingerprint
        )
        with self._store.reading() as connection:
            found = connection.execute(wanted).first()
        if found is None:
            return None
        return Remembered(Recipe.stored(found.mapping), found.file_name, from_us(found.at_us))

    def remember(
        self, connection: Connection, fingerprint: str, recipe: Recipe, file_name: str
    ) -> None:
        """Keep `recipe`, within the caller's writing session."""
        own = ImportMemory.fingerprint == fingerprint
        table = ImportMemory.__table__
        values = {
            "mapping": recipe.as_dict(),
            "file_name": file_name,
            "at_us": to_us(self._clock.now()),
        }
        if not connection.execute(table.update().where(own).values(values)).rowcount:  # type: ignore[attr-defined]
            connection.execute(table.insert().values(fingerprint=fingerprint, **values))  # type: ignore[attr-defined]

    def forget(self, fingerprint: str) -> None:
        """Guess anew the next time."""
        with self._store.writing("forget how a list was read") as connection:
            connection.execute(delete(ImportMemory).where(ImportMemory.fingerprint == fingerprint))
