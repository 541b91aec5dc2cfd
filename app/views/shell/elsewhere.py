"""Notices what the command line or another window has changed, when this one comes to the front."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.core.changes import Changes, Span
from app.services.entries import Entry
from app.views.common.desk import Desk

TABLES = ("contact", "tag", "status", "custom_field", "saved_view")
"""What pages show of the journal."""


class Elsewhere(QObject):
    """The pages hear of it as of any change; nobody here can undo it, so no message offers to."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._begun = False
        self._seen: int | None = None
        desk.bridge.changed.connect(lambda changes: self._saw(changes.operation))

    def begin(self) -> None:
        """Learn how long the journal is now; before that nothing is asked, for a quick start."""
        self._begun = True
        self.look()

    def look(self) -> None:
        """Look whether the journal is longer than what this window has heard of."""
        if self._begun:
            app = self._desk.app
            self._desk.calls.read(self, lambda: app.history.operations(1), self._found)

    def _found(self, newest: Sequence[Entry]) -> None:
        last, seen = max((entry.id for entry in newest), default=0), self._seen
        self._saw(last)
        if seen is not None and last > seen:
            tables = dict.fromkeys(TABLES, Span())
            self._desk.bridge.changed.emit(Changes(last, "", tables, undoable=False))

    def _saw(self, operation: int) -> None:
        self._seen = max(operation, self._seen or 0)
