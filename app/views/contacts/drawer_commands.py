"""Carries out what can be done with the contact in the drawer, and says when it can."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.services.rows import ContactView
from app.views.common.desk import Desk
from app.views.contacts import actions as do
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

    def provide_for_list(self, page: QWidget) -> None:
        """Carry out with the contact in the drawer what the list does with its contacts."""
        drawer, provide = self._drawer, self._desk.actions.provide
        provide(do.NEXT, partial(drawer.step, 1), page, when=self._steps)
        provide(do.PREVIOUS, partial(drawer.step, -1), page, when=self._steps)
        provide(do.WRITE, self.write, page, when=partial(self._has, "email"))
        provide(do.CALL, self.call, page, when=self._can_call)
        provide(do.COPY_EMAIL, self.copy_email, page, when=partial(self._has, "email"))
        provide(do.COPY_PHONE, self.copy_phone, page, when=self._can_call)
        provide(do.DUPLICATE, drawer.duplicate, page, when=self._alive)
        provide(do.DELETE, self.delete, page, when=self._alive)
        provide(do.RESTORE, self.restore, page, when=self._in_trash)

    def open_menu(self) -> None:
        """The menu of everything else, below its button."""
        chosen = acts.MORE if self._alive() else acts.MORE_IN_TRASH
        self._desk.actions.popup(chosen, self._drawer.more)

    def write(self) -> None:
        """Begin a mail."""
        if (contact := self._shown()) is not None and self._has("email"):
            self.links.write(contact)

    def call(self) -> None:
        """Dial."""
        if (contact := self._shown()) is not None and self._phone():
            self.links.call(contact)

    def copy_email(self) -> None:
        """Copy the main address."""
        if (contact := self._shown()) is not None:
            self.links.copy(str(contact.values.get("email") or ""), tr("E-mail copied"))

    def copy_phone(self) -> None:
        """Copy the number."""
        self.links.copy(self._phone(), tr("Phone number copied"))

    def delete(self) -> None:
        """Move the contact to the trash; the toast takes it back."""
        if (contact := self._shown()) is not None:
            drawer = self._drawer
            drawer.editing.cancel()
            drawer.delete_wished.emit(contact.id)
            drawer.dismiss()

    def restore(self) -> None:
        """Take the contact out of the trash."""
        if (contact := self._shown()) is not None:
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

    def _in_trash(self) -> bool:
        contact = self._shown()
        return contact is not None and contact.deleted

    def _can_call(self) -> bool:
        return bool(self._phone())

    def _steps(self) -> bool:
        return self._drawer.isVisible() and not self._drawer.is_editing

    def _has(self, key: str) -> bool:
        contact = self._shown()
        return contact is not None and bool(contact.values.get(key))

    def _phone(self) -> str:
        contact = self._shown()
        return phone_of(contact) if contact is not None else ""
