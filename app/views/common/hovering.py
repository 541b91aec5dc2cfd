"""Tells a painted control whether the pointer is over it, and repaints it when that changes."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QEnterEvent

from app.views.common.mixin import Mixin


class Hovering(Mixin):
    """Mixed into controls that look different while they are pointed at."""

    _hovered: bool = False

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the hover look."""
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """End the hover look."""
        self._hovered = False
        self.update()
        super().leaveEvent(event)
