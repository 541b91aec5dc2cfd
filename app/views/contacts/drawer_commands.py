"""Carries out what can be done with the contact in the drawer, and says when it can."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.services.rows import ContactView
from app.views.common.actions import Action
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
        drawer = self._drawer
        table: tuple[tuple[Action, Callable[[], object], Callable[[], bool]], ...] = (
            (acts.NEXT, lambda: drawer.step(1), self._steps),
            (acts.PREVIOUS, lambda: drawer.step(-1), self._steps),
            (acts.EMAIL, self.write, lambda: self._has("email")),
            (acts.CALL, self.call, lambda: bool(self._phone())),
            (acts.COPY_EMAIL, self.copy_email, lambda: self._has("email")),
            (acts.COPY_PHONE, self.copy_phone, lambda: bool(self._phone())),
            (acts.WEBSITE, lambda: self._page("website"), lambda: self._has("website")),
            (acts.LINKEDIN, lambda: self._page("linkedin_url"), lambda: self._has("linkedin_url")),
            (acts.DUPLICATE, drawer.duplicate, self._alive),
            (acts.DELETE, self.delete, self._alive),
            (acts.RESTORE, self.restore, lambda: self._shown() is not None and not self._alive()),
        )
        for action, act, when in table:
            self._desk.actions.provide(action, _plainly(act), page, when=when)

    def open_menu(self) -> None:
        """The menu of everything else, below its button."""
        alive = (*acts.MORE,)
        gone = (acts.COPY_EMAIL, acts.COPY_PHONE, None, acts.RESTORE)
        chosen = alive if self._alive() else gone
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

    def _steps(self) -> bool:
        return self._drawer.isVisible() and not self._drawer.is_editing

    def _has(self, key: str) -> bool:
        contact = self._shown()
        return contact is not None and bool(contact.values.get(key))

    def _phone(self) -> str:
        contact = self._shown()
        return phone_of(contact) if contact is not None else ""


def _plainly(act: Callable[[], object]) -> Callable[[], None]:
    def do() -> None:
        act()

    return do
