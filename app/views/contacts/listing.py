"""Shows what the finder finds, with selection and scroll as they were, or says what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.errors import CaptelyError, InvalidInput
from app.services.phone_numbers import is_loaded, load
from app.services.query_help import Fault, fault
from app.services.rows import ContactRow
from app.views.common.desk import Desk
from app.views.common.pills import sentences
from app.views.common.words import number
from app.views.contacts.columns import with_phones
from app.views.contacts.finder import FIRST_ROWS, Finder, Found, Wanted

if TYPE_CHECKING:
    from app.views.contacts.page import ContactsPage


class Listing(QObject):
    """The contact with the focus is remembered by its id, so it stays marked in any order."""

    def __init__(self, desk: Desk, page: ContactsPage) -> None:
        super().__init__(page)
        self._desk = desk
        self._page = page
        self.finder = Finder(desk, lambda: self._followed or self.current, self)
        self.current: int | None = None
        self._followed: int | None = None
        self._at_top = True
        finder = self.finder
        finder.first_found.connect(self._first_found)
        finder.found.connect(self._found)
        finder.refused.connect(self.refuse)
        finder.waiting.connect(page.table.skeleton.begin)
        page.cards.failed.connect(self.refuse)
        page.list.leave_trash.clicked.connect(page.filters.everything.click)

    def find(self, wanted: Wanted, more: tuple[str, ...]) -> bool:
        """Look for something; True when it is another query than before."""
        before = self.finder.wanted
        if wanted != before:
            self._at_top = True
        self.finder.more = more
        self.finder.find(wanted)
        return before is None or wanted.query != before.query

    def follow(self, contact: int) -> None:
        """Bring a contact into view with the next list, since it was just saved."""
        self._followed = contact

    def refuse(self, error: CaptelyError) -> None:
        """Say at the line why nothing was looked for, or in the list why nothing can be read."""
        page = self._page
        page.table.skeleton.hide()
        if not isinstance(error, InvalidInput):
            page.list.show_trouble(error)
            return
        page.filters.offer_save(changed=False)
        line, check = page.search.text(), self._desk.app.search.check
        page.search.show_fault(None, sentences(error))
        self._desk.calls.read(
            self, lambda: fault(line, check), lambda found: self._located(line, found)
        )

    def _located(self, line: str, found: Fault | None) -> None:
        search = self._page.search
        if found is not None and line == search.text() and search.has_fault:
            search.show_fault(found)

    def _first_found(self, rows: Sequence[ContactRow]) -> None:
        self._show([row.id for row in rows], rows)
        # Fewer than were asked for are all there are; otherwise the number follows.
        self._page.header.show_count(number(len(rows)) if len(rows) < FIRST_ROWS else "")

    def _found(self, found: Found) -> None:
        self._show(found.ids.ids, (), found)
        self._page.model.refresh()
        self._group_phones()

    def _group_phones(self) -> None:
        """Numbers stand as they are stored until what groups them is there."""
        page = self._page
        if not is_loaded() and with_phones(page.model.columns, page.vocabulary.custom):
            self._desk.calls.read(self, load, lambda _none: page.model.reshape())

    def _show(
        self, ids: Sequence[int], rows: Sequence[ContactRow], found: Found | None = None
    ) -> None:
        """Show some contacts, `found` where they are all of them."""
        page, whole = self._page, found is not None
        page.search.show_fault(None)
        page.table.skeleton.hide()
        place = 0 if self._at_top else page.table.verticalScrollBar().value()
        page.model.show_ids(ids, rows)
        page.show_states(found=bool(ids), whole=whole)
        if page.as_cards and whole:
            page.cards.show_ids(ids)
        elif page.as_cards:
            page.cards.show_first(rows)
        if found is not None:
            page.header.show_count(number(len(ids)))
            self._keep_place(place, found)
            page.checking.show()
            self._at_top = False

    def _keep_place(self, place: int, found: Found) -> None:
        page, wanted, row = self._page, self._followed or self.current, found.place
        if wanted != found.marked:
            # Another one got the focus while all of this was on its way.
            row = page.model.row_of(wanted) if wanted is not None else None
        if row is not None:
            page.table.select(row)
        page.table.verticalScrollBar().setValue(place)
        if row is not None and self._followed is not None:
            page.table.scrollTo(page.model.index(row, 1))
        self._followed = None
