"""Turns the services' events, published in any thread, into signals on the main thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from app.core.changes import Changes, CreditsChanged, LicenceChanged, SearchCaughtUp
from app.core.events import Bus, Event
from app.services.jobs import JobChanged, JobProgress


class Bridge(QObject):
    """The only subscriber of the window; close ends it.

    An event is emitted from the publisher's thread; the queued connection to `_deliver` brings it
    to the thread this object lives in.
    """

    changed = Signal(object)
    search_caught_up = Signal()
    job_progress = Signal(object)
    job_changed = Signal(object)
    licence_changed = Signal()
    credits_changed = Signal()
    _arrived = Signal(object)

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        kinds: tuple[type[Event], ...] = (
            Changes, SearchCaughtUp, JobProgress, JobChanged, LicenceChanged, CreditsChanged,
        )  # fmt: skip
        self._ends: list[Callable[[], None]] = [
            bus.subscribe(kind, self._arrived.emit) for kind in kinds
        ]

    def close(self) -> None:
        """Hear no more events."""
        for end in self._ends:
            end()
        self._ends.clear()

    def _deliver(self, event: Event) -> None:
        match event:
            case Changes():
                self.changed.emit(event)
            case SearchCaughtUp():
                self.search_caught_up.emit()
            case JobProgress():
                self.job_progress.emit(event)
            case JobChanged():
                self.job_changed.emit(event)
            case LicenceChanged():
                self.licence_changed.emit()
            case CreditsChanged():
                self.credits_changed.emit()
