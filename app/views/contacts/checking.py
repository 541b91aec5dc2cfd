"""Checks contacts: one by one, from one to another, all of them; and shows how many are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

if TYPE_CHECKING:
    from app.views.contacts.page import ContactsPage


class Checking(QObject):
    """While anything is checked the batch bar stands in the place of the filters."""

    def __init__(self, page: ContactsPage) -> None:
        super().__init__(page)
        self._page = page
        self._anchor = 0
        checks, table, batch = page.model.checks, page.table, page.batch
        checks.changed.connect(self.show)
        table.check_wished.connect(self.check)
        table.header.check_wished.connect(self._check_from_header)
        batch.all_wished.connect(checks.check_all)
        batch.clear_wished.connect(checks.clear)
        page.bulk.done.connect(checks.clear)

    @property
    def count(self) -> int:
        """How many are checked."""
        return self._page.model.checks.count(len(self._page.model.ids))

    def check(self, row: int, extend: object) -> None:
        """Check or uncheck a row; extend checks everything between the last one and it."""
        model = self._page.model
        contact = model.contact_id(row)
        if contact is None:
            return
        if extend:
            first, last = sorted((self._anchor, row))
            model.checks.add(model.ids[first : last + 1])
        else:
            model.checks.toggle(contact)
        self._anchor = row

    def show(self) -> None:
        """Show the number, and the bar that suits it."""
        page, checked, total = self._page, self.count, len(self._page.model.ids)
        state = Qt.CheckState.PartiallyChecked if checked else Qt.CheckState.Unchecked
        if checked and checked == total:
            state = Qt.CheckState.Checked
        page.table.header.show_check(state)
        page.batch.show_count(checked, total, trash=page.in_trash)
        page.bars.setCurrentWidget(page.batch if checked else page.filters)

    def _check_from_header(self) -> None:
        checks = self._page.model.checks
        (checks.clear if self.count else checks.check_all)()
