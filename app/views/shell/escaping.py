"""Lets Esc put away what floats above the pages while the keyboard is in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from app.views.common.mixin import Mixin


class Escaping(Mixin):
    """Mixed into floating widgets; `escape` is what Esc does."""

    def escape(self) -> None:
        """Go away."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        """Esc belongs to the widget before any shortcut."""
        wanted = event.type() is QEvent.Type.ShortcutOverride
        if wanted and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes away; other keys do what they do."""
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        else:
            super().keyPressEvent(event)
