"""The menu of one value: edit, copy, its source, its changes, and what further values allow."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from app.core.text import tr
from app.services.editing import Editing
from app.services.rows import ContactView
from app.views.common.desk import Desk
from app.views.common.icons import qicon
from app.views.common.theme import theme
from app.views.contacts.details import Details
from app.views.contacts.drawer_editing import FieldEditing
from app.views.contacts.value_words import base_key, journal_key

Act = Callable[[], object]


class ValueMenu:
    """Builds the menu of a value in the details and carries out what is picked."""

    def __init__(self, desk: Desk, details: Details, editing: FieldEditing) -> None:
        self._desk = desk
        self._details = details
        self._editing = editing

    def menu(self, key: str) -> QMenu:
        """The menu of one value; it deletes itself."""
        menu = QMenu(self._details)
        menu.aboutToHide.connect(menu.deleteLater)
        card, shown = self._details.card, self._details.rows.get(key)
        if card is None or shown is None:
            return menu
        known = self._details.vocabulary.field(base_key(key))
        editable = known is not None and known.editable and not card.locked
        if editable:
            _add(menu, "pencil", tr("Edit"), lambda: self._editing.begin(key))
        if shown.value:
            _add(menu, "copy", tr("Copy"), lambda: self._copy(shown.value))
        if shown.row.origin is not None:
            _add(menu, "info", tr("Where it comes from"), shown.toggle_panel)
        history = self._details.history_wished
        _add(menu, "history", tr("All changes"), lambda: history.emit(journal_key(key)))
        if editable and base_key(key) != key:
            self._add_further(menu, key, card.contact)
        elif editable and shown.value and key != "status":
            menu.addSeparator()
            _add(menu, "x", tr("Clear"), lambda: self._store(card.contact, {key: ""}))
        return menu

    def _add_further(self, menu: QMenu, key: str, contact: ContactView) -> None:
        name, _, label = key.partition(".")
        menu.addSeparator()
        editing: Editing = self._desk.app.editing
        _add(
            menu,
            "arrow-up",
            tr("Make it the main one"),
            lambda: self._do(lambda: editing.make_primary(contact.id, name, label)),
        )
        _add(menu, "trash-2", tr("Remove"), lambda: self._store(contact, {key: ""}))

    def _copy(self, value: str) -> None:
        QGuiApplication.clipboard().setText(value)
        self._desk.say(tr("Copied: {value}", value=value))

    def _store(self, seen: ContactView, values: dict[str, str]) -> None:
        editing = self._desk.app.editing
        self._do(lambda: editing.change(seen, values).contact)

    def _do(self, work: Callable[[], ContactView]) -> None:
        saved = self._editing.saved
        self._desk.calls.edit(self._editing, work, saved.emit)


def _add(menu: QMenu, icon: str, words: str, act: Act) -> None:
    ink = theme().colour("text.secondary")
    menu.addAction(qicon(icon, ink), words, act)
