"""Changes of many contacts at once: status, tags, trash and back; each is one undoable step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.core.text import tr
from app.views.common.desk import Desk
from app.views.contacts.tag_dialog import TagDialog


class Bulk(QWidget):
    """done is emitted once a change is saved; the window offers to undo it."""

    done = Signal()

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.hide()

    def set_status(self, contacts: Sequence[int], status: str) -> None:
        """Give all of them one status."""
        service = self._desk.app.contacts
        self._do(lambda: service.change_many(contacts, {"status": status}))

    def ask_tags(self, contacts: Sequence[int], known: Sequence[str], *, adding: bool) -> TagDialog:
        """Ask which tags, then add them or take them off."""
        dialog = TagDialog(self.window(), len(contacts), known, adding=adding)
        dialog.finished.connect(
            lambda answer: self._answered(answer, dialog, contacts, adding=adding)
        )
        dialog.open()
        return dialog

    def delete(self, contacts: Sequence[int]) -> None:
        """Move them to the trash."""
        service = self._desk.app.contacts
        self._do(lambda: service.delete(contacts))

    def restore(self, contacts: Sequence[int]) -> None:
        """Bring them back from the trash."""
        service = self._desk.app.contacts
        self._do(lambda: service.restore(contacts))

    def _answered(
        self, answer: int, dialog: TagDialog, contacts: Sequence[int], *, adding: bool
    ) -> None:
        names = dialog.names
        dialog.deleteLater()
        if answer != QDialog.DialogCode.Accepted:
            return
        service = self._desk.app.contacts
        add, remove = (names, ()) if adding else ((), names)
        self._do(lambda: service.tag(contacts, add=add, remove=remove))

    def _do(self, work: Callable[[], object]) -> None:
        self._desk.calls.edit(self, work, self._saved)

    def _saved(self, outcome: object) -> None:
        from app.services.contacts import BulkEdit  # not at the start of the window, for its speed

        if isinstance(outcome, BulkEdit) and not outcome.changed:
            self._desk.say(tr("Nothing to change: all of them have that already."))
        self.done.emit()
