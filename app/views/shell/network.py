"""Whether there is a network, as the system tells or as our own calls found; nothing is pinged."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtNetwork import QNetworkInformation

_OFFLINE = QNetworkInformation.Reachability.Disconnected
_UNKNOWN = QNetworkInformation.Reachability.Unknown


class Network(QObject):
    """changed carries True while offline.

    Where the system does not know, a call that could not reach anybody counts, until the next one
    does.
    """

    changed = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.offline = False
        self._information: QNetworkInformation | None = None

    def watch(self) -> None:
        """Listen to the system, where it has a service for that; takes some milliseconds."""
        if QGuiApplication.platformName() in ("offscreen", "minimal"):
            return
        if QNetworkInformation.loadDefaultBackend():
            self._information = QNetworkInformation.instance()
            self._information.reachabilityChanged.connect(self.told)
            self.told(self._information.reachability())

    def told(self, reachability: QNetworkInformation.Reachability) -> None:
        """The system says whether it is connected."""
        if reachability is not _UNKNOWN:
            self._show(reachability is _OFFLINE)

    def called(self, reached: object) -> None:
        """A call of ours reached somebody, or nobody."""
        known = self._information and self._information.reachability() is not _UNKNOWN
        if not known:
            self._show(not reached)

    def _show(self, offline: object) -> None:
        if self.offline != bool(offline):
            self.offline = bool(offline)
            self.changed.emit(self.offline)
