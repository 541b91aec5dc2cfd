"""Brings the progress of a long background call to the main thread, ten times a second at most."""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import QObject, Qt, Signal

from app.core.text import tr
from app.views.common.words import number

INTERVAL_SECONDS = 0.1


class Relay(QObject):
    """Given to a service as its `progress`; told carries a sentence, on the main thread.

    cancel is the event by which the same call is stopped.
    """

    told = Signal(str)
    _moved = Signal(object, object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.cancel = threading.Event()
        self._due = 0.0
        self._moved.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def __call__(self, done: int, total: int | None, words: str = "") -> None:
        """Called by the service in its own thread."""
        now = time.monotonic()
        if now >= self._due:
            self._due = now + INTERVAL_SECONDS
            self._moved.emit(done, total, words)

    def _tell(self, done: int, total: int | None, words: str) -> None:
        if self.cancel.is_set():
            return
        counted = number(done) if done else ""
        if total:
            counted = tr("{done} of {total}", done=number(done), total=number(total))
        self.told.emit(" · ".join(part for part in (words, counted) if part))
