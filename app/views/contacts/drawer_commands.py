"""Carries out what can be done with the contact in the drawer, and says when it can."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from app.services.rows import ContactView
from app.views.common.desk import Desk
from app.views.contacts import drawer_actions as acts
from app.views.contacts.contact_links import ContactLinks, phone_of

if TYPE_CHECKING:
    from app.views.contacts.drawer import Drawer


class Commands(QObject):
    """Provides the declared actions of the drawer; each is about the contact it shows."""

    def __init__(self, desk: Desk, drawer: Drawer) -> None:
        super().__init__(drawer)
        self._desk = desk
        self._drawer = drawer
        self.links = ContactLinks(desk)

    def provide(self, page: QWidget) -> None:
        """Carry the actions out while `page` has the focus or is asked from anywhere."""
        provide = self._desk.actions.provide
        for action, key in ((acts.WEBSITE, "website"), (acts.LINKEDIN, "linkedin_url")):
            provide(action, partial(self._page, key), page, when=partial(self._has, key))

    def open_menu(self) -> None:
        """Ask for the menu of everything else, below its button."""
        button = self._drawer.more
        if (contact := self._shown()) is not None:
            at = button.mapToGlobal(QPoint(0, button.height() + 4))
            self._drawer.menu_wished.emit(contact.id, at)

    def write(self) -> None:
        """Begin a mail."""
        if (contact := self._shown()) is not None and self._has("email"):
            self.links.write(contact)

    def call(self) -> None:
        """Dial."""
        if (contact := self._shown()) is not None and self._phone():
            self.links.call(contact)

    def restore(self) -> None:
        """Take the contact out of the trash."""
        if (contact := self._shown()) is not None and contact.deleted:
            self._drawer.restore_wished.emit(contact.id)

    def set_status(self, key: str) -> None:
        """Give the contact another status."""
        contact, editing = self._shown(), self._desk.app.editing
        if contact is not None and contact.values.get("status") != key:
            self._store(lambda: editing.change(contact, {"status": key}).contact)

    def put_back(self, field: str, operation: object) -> None:
        """Give a field the value it had before an operation."""
        contact, editing = self._shown(), self._desk.app.editing
        if contact is not None and isinstance(operation, int):
            self._store(lambda: editing.put_back(contact.id, field, operation))

    def _store(self, work: Callable[[], ContactView]) -> None:
        self._desk.calls.edit(self, work, self._drawer.editing.saved.emit)

    def _page(self, key: str) -> None:
        if (contact := self._shown()) is not None:
            self.links.page(contact, key)

    def _shown(self) -> ContactView | None:
        return self._drawer.contact if self._drawer.isVisible() else None

    def _alive(self) -> bool:
        contact = self._shown()
        return contact is not None and not contact.deleted

    def _has(self, key: str) -> bool:
        contact = self._shown()
        return contact is not None and bool(contact.values.get(key))

    def _phone(self) -> str:
        contact = self._shown()
        return phone_of(contact) if contact is not None else ""
