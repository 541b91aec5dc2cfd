"""Which contacts an export is about: everybody, what a search found, or the checked ones."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.text import tr
from app.views.common.words import contacts


@dataclass(frozen=True, slots=True)
class Scope:
    """query finds the contacts; count is how many there were when it was made, None if unknown."""

    query: str = ""
    count: int | None = None

    @property
    def words(self) -> str:
        """The scope as the user reads it."""
        if self.count is not None:
            return contacts(self.count)
        return tr("All contacts")
