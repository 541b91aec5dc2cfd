"""Remembers size, place and page of the window, as one text among this computer's settings."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from app.views.common.places import Place


@dataclass(frozen=True, slots=True)
class WindowState:
    """geometry is Qt's own text of size, place and screen, in Base64."""

    geometry: str = ""
    place: str = Place.CONTACTS.value

    def written(self) -> str:
        """The text to store."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> WindowState:
        """The state of a stored text; the default for one that cannot be read."""
        try:
            stored = json.loads(text) if text else {}
            geometry, place = (
                str(stored.get("geometry", "")),
                Place(stored.get("place", "contacts")),
            )
        except (ValueError, AttributeError):
            return cls()
        return cls(geometry, place.value)

    @classmethod
    def of(cls, window: QMainWindow, place: Place) -> WindowState:
        """The present state of a window."""
        geometry = bytes(window.saveGeometry().toBase64().data()).decode("ascii")
        return cls(geometry, place.value)

    def restore(self, window: QMainWindow) -> bool:
        """Give a window its size and place back; False when there was none."""
        if not self.geometry:
            return False
        return window.restoreGeometry(QByteArray.fromBase64(self.geometry.encode("ascii")))
