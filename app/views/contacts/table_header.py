"""The header of the contacts table: a click sorts, a drag moves a column or changes its width."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.views.common.header import Header
from app.views.common.theme import theme

GRIP = 5
"""So near to a column's right edge a press takes the edge, in pixels."""


class ColumnHeader(Header):
    """A header whose columns can be taken hold of; the check boxes' column stays where it is.

    resized(key, width) is emitted while an edge is dragged (dragged is its column) and
    resize_ended when it is let go, fit_wished(key) for a double click on it. moved(key, place)
    says that a column was dropped before the one at `place`, menu_wished(key, position) asks for
    a menu.
    """

    resized = Signal(str, int)
    resize_ended = Signal()
    fit_wished = Signal(str)
    moved = Signal(str, int)
    menu_wished = Signal(str, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.dragged = ""
        self._edge = -1
        self._pressed = -1
        self._start = QPoint()
        self._moving = False
        self._target = -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take an edge or a column."""
        super().mousePressEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._start = event.position().toPoint()
        self._edge = self._edge_at(self._start.x())
        index = self.logicalIndexAt(self._start)
        self._pressed = index if index > 0 and self._edge < 0 else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was taken, else point at what can be."""
        place = event.position().toPoint()
        if self._edge >= 0:
            width = max(24, place.x() - self.sectionViewportPosition(self._edge))
            self.dragged = self.columns[self._edge].key
            self.resized.emit(self.dragged, width)
        elif self._pressed > 0 and event.buttons() & Qt.MouseButton.LeftButton:
            far = (place - self._start).manhattanLength() >= QApplication.startDragDistance()
            self._moving = self._moving or far
            self._show_target(self._gap_at(place.x()) if self._moving else -1)
        else:
            super().mouseMoveEvent(event)
            if self._edge_at(place.x()) >= 0:
                self.viewport().setCursor(Qt.CursorShape.SplitHCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop it; a press that went nowhere sorts."""
        edge, moving, target = self._edge, self._moving, self._target
        pressed = self._pressed
        self._edge, self._pressed, self._moving = -1, -1, False
        self._show_target(-1)
        if edge >= 0:
            if self.dragged:
                self.resize_ended.emit()
            self.dragged = ""
        elif moving:
            if target >= 0 and target not in (pressed, pressed + 1):
                self.moved.emit(self.columns[pressed].key, target)
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On an edge: as wide as its words need."""
        edge = self._edge_at(event.position().toPoint().x())
        if edge >= 0:
            self._edge = -1
            self.fit_wished.emit(self.columns[edge].key)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a column."""
        index = self.logicalIndexAt(event.pos())
        if index > 0:
            self.menu_wished.emit(self.columns[index].key, event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, then the place where a dragged column would go."""
        super().paintEvent(event)
        if self._target < 0:
            return
        line = QRectF(self._left_of(self._target) - 1, 4, 2, self.height() - 8)
        QPainter(self.viewport()).fillRect(line, theme().colour("accent.solid"))

    def _show_target(self, target: int) -> None:
        if target != self._target:
            self._target = target
            self.viewport().update()

    def _edge_at(self, x: int) -> int:
        """The column whose right edge is at `x`, -1 for none."""
        for index in range(1, len(self.columns)):
            if self.isSectionHidden(index):
                continue
            right = self.sectionViewportPosition(index) + self.sectionSize(index)
            if abs(x - right) <= GRIP:
                return index
        return -1

    def _gap_at(self, x: int) -> int:
        """The column before which a column dropped at `x` goes."""
        shown = [i for i in range(1, len(self.columns)) if not self.isSectionHidden(i)]
        for index in shown:
            if x < self.sectionViewportPosition(index) + self.sectionSize(index) / 2:
                return index
        return shown[-1] + 1 if shown else -1

    def _left_of(self, index: int) -> float:
        if index < len(self.columns) and not self.isSectionHidden(index):
            return self.sectionViewportPosition(index)
        shown = [i for i in range(1, index) if not self.isSectionHidden(i)]
        return self.sectionViewportPosition(shown[-1]) + self.sectionSize(shown[-1])
