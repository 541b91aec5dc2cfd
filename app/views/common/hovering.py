"""Tells a painted control whether the pointer is over it, and repaints it when that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    _Widget = QWidget
else:
    # At run time a mixin must not be a second Qt class beside the control's own.
    _Widget = object


class Hovering(_Widget):
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
