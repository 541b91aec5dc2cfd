"""The keyboard focus ring: two pixels, two away from the control, above everything around it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from app.views.common.mixin import Mixin
from app.views.common.painting import paint_box
from app.views.common.theme import theme

_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_MOVES = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Hide,
    QEvent.Type.Show,
    QEvent.Type.ParentChange,
)
GAP, WIDTH = 2, 2
FLOATS = "floats"
"""The property of a widget that moves by itself, with the rings of what is in it."""
DOCKED = "docked"
"""The property of a widget at an edge, all of which is to be reached: messages keep clear of it."""


class FocusRing(QWidget):
    """Follows one control; lives in the nearest scrolled page or the window, never in a layout."""

    def __init__(self, target: QWidget, radius: float) -> None:
        super().__init__(_ground(target))
        self._target = target
        self._radius = radius
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        target.installEventFilter(self)
        self._place()
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep up with the control."""
        if watched is self._target and event.type() in _MOVES:
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the ring."""
        painter = QPainter(self)
        ring = theme().colour("focus.ring")
        paint_box(painter, QRectF(self.rect()), self._radius + GAP + WIDTH, None, ring, WIDTH)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None or not self._target.isVisible():
            self.hide()
            return
        corner = self._target.mapTo(parent, QPoint(0, 0))
        out = GAP + WIDTH
        self.setGeometry(QRect(corner, self._target.size()).adjusted(-out, -out, out, out))
        self.show()


class Ringed(Mixin):
    """Mixed into controls: shows the ring while they have the keyboard's focus."""

    ring_radius: float = 6.0
    _ring: FocusRing | None = None

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the keyboard brought the focus."""
        super().focusInEvent(event)
        if event.reason() in _KEYBOARD:
            self.show_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        if self._ring is not None:
            self._ring.deleteLater()
            self._ring = None

    def show_ring(self) -> None:
        """Show the ring; also used when a page opens with its main button focused."""
        if self._ring is None:
            self._ring = FocusRing(self, self.ring_radius)


def _ground(target: QWidget) -> QWidget:
    widget = target.parentWidget()
    while widget is not None and not widget.isWindow():
        above = widget.parentWidget()
        area = above.parentWidget() if above is not None else None
        if isinstance(area, QScrollArea) and area.widget() is widget:
            return widget
        if widget.property(FLOATS):
            return widget
        widget = above
    return target.window()
