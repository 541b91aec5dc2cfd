"""Typing letters over the sorted list: goes to the first contact that begins so."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.core.text import tr
from app.views.common.boxes import row
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.painting import paint_box
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD

CLOSE_AFTER_MS = 2_500


class JumpLine(QWidget):
    """Floats at the foot of the list; jumped(text) with every letter, ended when it goes."""

    jumped = Signal(str)
    ended = Signal()

    def __init__(self, ground: QWidget) -> None:
        super().__init__(ground)
        self.caption = Label(tr("Go to"), Role.BODY, "secondary")
        self.line = QLineEdit()
        self.line.setFont(theme().font(Role.BODY))
        self.line.setAccessibleName(tr("Go to a name that begins with"))
        self.caption.setBuddy(self.line)
        self.setLayout(row(self.caption, self.line, gap=8, margins=(12, 8, 8, 8)))
        self.setFixedWidth(theme().px(240))
        self._close = QTimer(self)
        self._close.setSingleShot(True)
        self._close.setInterval(CLOSE_AFTER_MS)
        self._close.timeout.connect(self.end)
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self.end)
        self.hide()

    def begin(self, text: str = "") -> None:
        """Open, with the first letter if it is typed already."""
        ground = self.parentWidget()
        if ground is not None:
            high = self.sizeHint().height()
            left = (ground.width() - self.width()) // 2
            self.setGeometry(left, ground.height() - high - 24, self.width(), high)
        self.show()
        self.raise_()
        self.line.setText(text)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.deselect()
        if text:
            self._typed(text)

    def end(self) -> None:
        """Go away; the focus goes back to the list."""
        if not self.isHidden():
            self._close.stop()
            self.hide()
            self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape and the arrows go back to the list."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.end()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint surface and edge."""
        look = theme()
        edge, ground = look.colour("border.control"), look.colour("bg.surface")
        paint_box(QPainter(self), QRectF(self.rect()), RADIUS_CARD, ground, edge)

    def _typed(self, text: str) -> None:
        self._close.start()
        if text.strip():
            self.jumped.emit(text)
