"""Lets the palette find contacts by name, company or address."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from app.core.errors import InvalidInput
from app.core.text import marked
from app.services.rows import ContactRow
from app.services.search import Interrupt, Search
from app.views.common.desk import Desk
from app.views.common.finding import Found
from app.views.common.places import Place

SHOWN = 5


class ContactSource:
    """Opens the contact that was picked."""

    heading = marked("Contacts")

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._search: Search = desk.app.search

    def find(self, words: str, interrupt: Interrupt) -> Sequence[Found]:
        """The first few by name; none for words that are no search."""
        try:
            rows = self._search.first_page(words, limit=SHOWN, interrupt=interrupt)
        except InvalidInput:
            # Half a filter such as "status:" while it is being typed.
            return []
        return [self._found(row) for row in rows]

    def _found(self, row: ContactRow) -> Found:
        words = ", ".join(part for part in (row.title, row.company) if part)
        title = row.name or row.email or row.company
        return Found(
            title, partial(self._desk.go, Place.CONTACTS, row.id), "user", words or row.email
        )
