"""The header of a table: quiet words aligned with their cells, a sort arrow, a check box."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from app.views.common.cells import Column
from app.views.common.delegate import EDGE, within
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.painting import LEFT, hairline, paint_check, paint_text, text_width
from app.views.common.theme import theme

ARROW = 14


class Header(QHeaderView):
    """Emits sort_wished(key) and check_wished() when clicked."""

    sort_wished = Signal(str)
    check_wished = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.columns: Sequence[Column] = ()
        self.sorted_by = ""
        self.descending = False
        self.check: Qt.CheckState | None = None
        self.ends = (-1, -1)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setMinimumSectionSize(24)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.restyle()

    def restyle(self) -> None:
        """Take the height of the present text size."""
        self.setFixedHeight(theme().px(36))

    def show_sort(self, key: str, *, descending: bool) -> None:
        """Show the arrow at the column that sorts."""
        self.sorted_by, self.descending = key, descending
        self.viewport().update()

    def show_check(self, state: Qt.CheckState | None) -> None:
        """Show the check box of the first column."""
        self.check = state
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        """Paint one column's words."""
        look, area = theme(), QRectF(rect)
        painter.save()
        line = look.colour("border.subtle")
        hairline(painter, area.left(), area.right() + 1, area.bottom(), line)
        if logicalIndex == 0 and self.check is not None:
            side = look.px(16)
            middle = area.center().y() - side / 2
            box = QRectF(area.left() + EDGE, middle, side, side)
            paint_check(painter, box, self.check, enabled=True)
        elif logicalIndex < len(self.columns):
            self._paint_words(painter, within(area, logicalIndex, self.ends), logicalIndex)
        painter.restore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell what was clicked."""
        super().mouseReleaseEvent(event)
        index = self.logicalIndexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or index < 0:
            return
        if index == 0 and self.check is not None:
            self.check_wished.emit()
        elif index < len(self.columns) and self.columns[index].sort:
            self.sort_wished.emit(self.columns[index].sort)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what sorts."""
        super().mouseMoveEvent(event)
        index = self.logicalIndexAt(event.position().toPoint())
        sorts = 0 <= index < len(self.columns) and self.columns[index].sort
        shape = Qt.CursorShape.PointingHandCursor if sorts else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def _paint_words(self, painter: QPainter, area: QRectF, index: int) -> None:
        column, look = self.columns[index], theme()
        sorted_here = bool(column.sort) and column.sort == self.sorted_by
        ink = look.colour("text.primary" if sorted_here else "text.secondary")
        words = min(text_width(column.words, Role.CAPTION), area.width())
        left = area.right() - words if column.right else area.left()
        box = QRectF(left, area.top(), words + 1, area.height())
        paint_text(painter, box, column.words, Role.CAPTION, ink, LEFT, essential=True)
        if sorted_here:
            side = look.px(ARROW)
            corner = left - side - 4 if column.right else left + words + 4
            name = "arrow-down" if self.descending else "arrow-up"
            spot = QPointF(corner, area.center().y() - side / 2)
            paint_icon(painter, name, QRectF(spot.x(), spot.y(), side, side), ink)
