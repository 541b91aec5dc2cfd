"""Where the keyboard goes when a page comes into view."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.views.common.desk import Page


def bring_keyboard(page: Page, left: QWidget | None, sidebar: QWidget) -> None:
    """Into the page, to the control that had it when the page was left.

    Not for somebody who walks through the sidebar with the keyboard.
    """
    focused = QApplication.focusWidget()
    if focused is not None and sidebar.isAncestorOf(focused):
        return
    if left is not None and left.isVisible() and left.isEnabled():
        left.setFocus(Qt.FocusReason.OtherFocusReason)
    else:
        page.take_focus()
