"""The edge by which the drawer is made wider or narrower, by dragging or with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.views.common.hovering import Hovering
from app.views.common.ring import DOCKED
from app.views.common.theme import theme

GRIP, STEP = 8, 16


class Grip(Hovering, QWidget):
    """dragged carries how many pixels wider, dropped ends it; reset is a double click."""

    dragged = Signal(int)
    dropped = Signal()
    reset = Signal()

    def __init__(self, parent: QWidget) -> None:
        QWidget.__init__(self, parent)
        parent.setProperty(DOCKED, "true")
        self._from: int | None = None
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Width of the drawer"))
        self.setToolTip(tr("Drag, or use the left and right arrows"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin."""
        self._from = round(event.globalPosition().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """To the left is wider."""
        if self._from is not None:
            here = round(event.globalPosition().x())
            self.dragged.emit(self._from - here)
            self._from = here

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - wherever it is
        """Remember it."""
        self._from = None
        self.dropped.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - one meaning
        """As wide as at first."""
        self.reset.emit()
        self.dropped.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Wider to the left, narrower to the right."""
        steps = {Qt.Key.Key_Left: STEP, Qt.Key.Key_Right: -STEP}
        if event.key() in steps:
            self.dragged.emit(steps[Qt.Key(event.key())])
            self.dropped.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """The hairline; thicker while it is of interest."""
        painter, look = QPainter(self), theme()
        hot = self._hovered or self.hasFocus() or self._from is not None
        token = "focus.ring" if hot else "border.subtle"
        painter.fillRect(QRectF(0, 0, 2 if hot else 1, self.height()), look.colour(token))


def kept_width(remembered: object, usual: int) -> int:
    """What this computer remembers, unless another version wrote something else."""
    return remembered if isinstance(remembered, int) and remembered > 0 else usual
