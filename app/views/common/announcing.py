"""Says something to a screen reader that nothing on the screen has the focus for."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

audit: list[str] | None = None
"""Set to a list by a test, which then finds here every word that was said."""


def announce(widget: QWidget, words: str) -> None:
    """Say `words` on behalf of `widget`, once the reader is done with what it says now."""
    if audit is not None:
        audit.append(words)
    if words:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
