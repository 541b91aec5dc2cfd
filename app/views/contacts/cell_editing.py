"""Edits contacts in the cells of the table, one undoable step for each value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from app.core.errors import CaptelyError, Conflict
from app.core.text import tr
from app.services.rows import ContactRow, ContactView
from app.views.common.desk import Desk
from app.views.contacts.cell_text import IN_DRAWER, field_of, typed
from app.views.contacts.contact_table import ContactTable
from app.views.contacts.table_model import ContactsModel
from app.views.contacts.vocabulary import Vocabulary

if TYPE_CHECKING:
    from app.views.contacts.cell_editor import CellEditor


class CellEditing(QObject):
    """form_wished(contact, key) for what is edited in the drawer instead, saved(contact) after all.

    The versions of rows that were just saved are kept until the list has read them anew, so that
    Tab through a row does not meet its own changes.
    """

    form_wished = Signal(int, str)
    saved = Signal(int)

    def __init__(self, desk: Desk, table: ContactTable, model: ContactsModel) -> None:
        super().__init__(table)
        self._desk = desk
        self._table = table
        self._model = model
        self.vocabulary = Vocabulary()
        self.editor: CellEditor | None = None
        self._contact = 0
        self._key = ""
        self._version = 0
        self._versions: dict[int, int] = {}
        self._after: tuple[Callable[[], None], Callable[[], None]] | None = None
        table.edit_wished.connect(self.begin)
        table.scrolled_sideways.connect(self.follow)
        table.visible_rows_changed.connect(self.follow)
        model.modelReset.connect(self.follow)
        model.dataChanged.connect(lambda *_rest: self.follow())

    @property
    def is_open(self) -> bool:
        """True while a cell is being edited."""
        return self.editor is not None

    @property
    def dirty(self) -> bool:
        """Whether an open editor holds what is not stored yet."""
        return self.editor is not None and self.editor.text != self.editor.before

    def finish(self, then: Callable[[], None], refused: Callable[[], None]) -> None:
        """Save what is typed, close and go on; what is refused stays open."""
        if self.editor is None or not self.dirty:
            self.cancel()
            then()
            return
        self._after = (then, refused)
        if not self.editor.is_waiting:
            self._submit(self.editor.text, 0)

    def begin(self, row: int, column: int) -> None:
        """Open the editor of a cell; what no cell can hold is edited in the drawer."""
        self.cancel()
        contact = self._model.row(row)
        if contact is None or not 0 < column < len(self._model.columns):
            return
        key = self._model.columns[column].key
        field = field_of(key, self.vocabulary)
        if field is None or field.kind in IN_DRAWER:
            self.form_wished.emit(contact.id, "first_name" if field is None else key)
            return
        if not field.editable:
            words = tr("{field} is kept by Captely and cannot be typed.", field=field.title)
            self._desk.say(words)
            return
        self._contact, self._key = contact.id, key
        self._version = max(contact.version, self._versions.get(contact.id, 0))
        self._table.select(row)
        self._table.setCurrentIndex(self._model.index(row, column))
        text = typed(contact, key)
        from app.views.contacts.cell_editor import CellEditor  # not at the start of the window

        self.editor = CellEditor(field, text, self.vocabulary, self._table.viewport())
        self.editor.submitted.connect(self._submit)
        self.editor.cancelled.connect(self.cancel)
        self.follow()
        self.editor.begin()

    def cancel(self) -> None:
        """Close the editor and keep what was there."""
        if self.editor is not None:
            editor, self.editor = self.editor, None
            editor.end()
            if self._table.isVisible():
                self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def follow(self) -> None:
        """Lie over the cell wherever it is now."""
        index = self._index()
        if self.editor is not None and index.isValid():
            self.editor.open_over(self._table.visualRect(index))

    def _index(self) -> QModelIndex:
        row = self._model.row_of(self._contact) if self.editor is not None else None
        keys = [column.key for column in self._model.columns]
        if row is None or self._key not in keys:
            return QModelIndex()
        return self._model.index(row, keys.index(self._key))

    def _submit(self, text: str, step: int) -> None:
        editor = self.editor
        if editor is None:
            return
        if text == editor.before:
            self._go_on(step)
            return
        editor.wait()
        contacts, contact, values = self._desk.app.contacts, self._contact, {self._key: text}
        version = self._version
        self._desk.calls.edit(
            self,
            lambda: contacts.change(contact, values, expected_version=version),
            lambda view: self._saved(editor, view, step),
            lambda error: self._refused(editor, error),
        )

    def _saved(self, editor: CellEditor, view: ContactView, step: int) -> None:
        self._versions[view.id] = view.version
        self.saved.emit(view.id)
        if editor is self.editor:
            self._go_on(step)
        self._tell(saved=True)

    def _tell(self, *, saved: bool) -> None:
        after, self._after = self._after, None
        if after is not None:
            after[0 if saved else 1]()

    def _refused(self, editor: CellEditor, error: CaptelyError) -> None:
        self._tell(saved=False)
        if editor is not self.editor:
            self._desk.say_error(error)
            return
        editor.refuse(error)
        if isinstance(error, Conflict):
            # Whoever reads the sentence and saves again has seen the other's change.
            search, contact = self._desk.app.search, self._contact
            self._desk.calls.read(self, lambda: search.rows([contact]), self._learn_versions)

    def _learn_versions(self, rows: Sequence[ContactRow]) -> None:
        for row in rows:
            self._versions[row.id] = row.version
            if row.id == self._contact:
                self._version = row.version

    def _go_on(self, step: int) -> None:
        """To the next cell that can be edited, or back to the table."""
        index = self._index()
        self.cancel()
        if not index.isValid() or not step:
            return
        column = self._table.first_shown(index.column(), step)
        while column is not None:
            field = field_of(self._model.columns[column].key, self.vocabulary)
            if field is not None and field.editable and field.kind not in IN_DRAWER:
                self.begin(index.row(), column)
                return
            column = self._table.first_shown(column, step)
