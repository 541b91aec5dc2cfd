"""Which contacts an export is about: everybody, what a search found, or the checked ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core.text import tr
from app.views.common.words import contacts

if TYPE_CHECKING:
    from app.bootstrap import App

IDS = "id:"
"""Begins the query of checked contacts."""


@dataclass(frozen=True, slots=True)
class Scope:
    """query finds the contacts; count is how many there were when it was made, None if unknown.

    title is the name of a saved view. only narrows it to these contacts, without leaves some out;
    both are for filling a field in later.
    """

    query: str = ""
    count: int | None = None
    title: str = ""
    only: tuple[int, ...] | None = None
    without: frozenset[int] = frozenset()

    @property
    def words(self) -> str:
        """The scope as the user reads it."""
        if self.only is not None:
            return tr("{contacts} sent earlier", contacts=contacts(len(self.only)))
        if self.title:
            return self.title
        if self.count is not None:
            return contacts(self.count)
        return self.query or tr("All contacts")

    @property
    def is_checked(self) -> bool:
        """True for contacts that were checked one by one."""
        return self.query.startswith(IDS)

    def ids(self, app: App) -> list[int]:
        """The contacts; for the background, since a search may take its time."""
        if self.only is not None:
            return list(self.only)
        found = app.search.ids(self.query, sort="id").ids
        return [each for each in found if each not in self.without]
