"""Reads a list in the background: its preview first, then a closer look at the whole of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.core.fields import Field
from app.services.importing.mapping import Preview
from app.services.importing.memory import Remembered
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.importing.draft import Draft


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a list has given."""

    preview: Preview
    remembered: Remembered | None
    custom: tuple[Field, ...]


class ListReader(QObject):
    """read carries a Reading, looked a Look, failed an error; only the last call is answered."""

    read = Signal(object)
    looked = Signal(object)
    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._reading = Latest(desk.calls, self)

    def begin(self, draft: Draft) -> None:
        """Read the list of a draft as it says."""
        options, path = draft.options, draft.path
        importing, fields = self._desk.app.importing, self._desk.app.custom_fields

        def read() -> Reading:
            seen = importing.preview(path, options)
            return Reading(seen, importing.correcting.remembered(seen), fields.fields())

        self._reading.read(read, self.read.emit, self.failed.emit)

    def look(self, preview: Preview) -> None:
        """Read the whole list through, or as much as a moment allows."""
        correcting = self._desk.app.importing.correcting
        self._reading.read(
            lambda: correcting.look(preview.shape),
            self.looked.emit,
            # What is wrong with the file is told by whoever reads it next.
            lambda _error: None,
        )

    def stop(self) -> None:
        """Answer nothing of what is under way."""
        self._reading.drop()
