"""A table with a painted drop-down in each row, which opens a searchable list of choices."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

from app.views.common.cells import Column
from app.views.common.delegate import CellDelegate
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.painting import paint_box, paint_text, text_width
from app.views.common.table import Table
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CONTROL

ROW = 48
"""Room for a drop-down, or for two lines."""


class PickTable(Table):
    """Emits pick_wished(row, typed) when the choice of a row is to be made."""

    pick_wished = Signal(int, str)
    least_row = ROW

    def __init__(self, name: str, columns: Sequence[Column], picked: str) -> None:
        self._picked = [column.key for column in columns].index(picked)
        super().__init__(name, columns)
        self.opened.connect(lambda row: self.pick_wished.emit(row, ""))

    def paint_with(self, delegate: CellDelegate) -> None:
        """Let another delegate paint the cells; it is told which row the pointer is over."""
        self._delegate = delegate
        self.setItemDelegate(delegate)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the drop-down opens its list."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == self._picked:
            self.pick_wished.emit(index.row(), "")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click of a double click opens nothing once more."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and F2 open the list, a letter opens it and begins to search."""
        row, typed = self.currentIndex().row(), event.text()
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        )
        if row >= 0 and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_F2):
            self.pick_wished.emit(row, "")
        elif row >= 0 and plain and typed.isalnum():
            self.pick_wished.emit(row, typed)
        else:
            super().keyPressEvent(event)

    def drop_down(self, row: int) -> QRectF:
        """Where the drop-down of a row is, in the coordinates of the viewport."""
        rect = QRectF(self.visualRect(self.model().index(row, self._picked)))
        return _box(self._delegate.inner(rect, self._picked))


def _box(cell: QRectF) -> QRectF:
    height = theme().px(32)
    return QRectF(cell.left(), cell.center().y() - height / 2, cell.width(), height)


def drop_down_width(words: str, icon: str) -> float:
    """The width at which the words of a drop-down are whole."""
    side = theme().px(16)
    return text_width(words, Role.BODY) + 12 + (side + 8 if icon else 0) + 4 + side + 12


def paint_drop_down(
    painter: QPainter, inner: QRectF, words: str, icon: str, *, quiet: bool = False
) -> None:
    """What looks like a drop-down, in the padding of a cell."""
    look, box = theme(), _box(inner)
    edge = look.colour("border.control")
    paint_box(painter, box, RADIUS_CONTROL, look.colour("bg.surface"), edge)
    side = look.px(16)
    top, calm = box.center().y() - side / 2, look.colour("text.secondary")
    left = box.left() + 12
    if icon:
        paint_icon(painter, icon, QRectF(left, top, side, side), calm)
        left += side + 8
    chevron = QRectF(box.right() - 12 - side, top, side, side)
    paint_icon(painter, "chevron-down", chevron, calm)
    room = QRectF(left, box.top(), chevron.left() - 4 - left, box.height())
    ink = look.colour("text.secondary" if quiet else "text.primary")
    paint_text(painter, room, words, Role.BODY, ink)
