"""Ends the open edits of the contacts page, one after the other, before the window closes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.views.contacts.cell_editing import CellEditing
from app.views.contacts.drawer_editing import FieldEditing


class Finishing(QObject):
    """What is refused stays open with its reason."""

    def __init__(self, cells: CellEditing, fields: FieldEditing) -> None:
        super().__init__(cells)
        self._cells, self._fields = cells, fields
        self._refused: Callable[[], None] | None = None
        fields.stayed.connect(lambda _contact: self._refuse())

    @property
    def is_needed(self) -> bool:
        """Whether anything is typed that is not stored."""
        edit = self._fields.edit
        return self._cells.dirty or (edit is not None and edit.dirty)

    def finish(self, then: Callable[[], None], refused: Callable[[], None]) -> None:
        """Save everything that is open and go on."""
        self._refused = refused
        self._cells.finish(lambda: self._fields.finish(then), self._refuse)

    def _refuse(self) -> None:
        refused, self._refused = self._refused, None
        if refused is not None:
            refused()
