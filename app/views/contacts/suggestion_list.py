"""The list of completions below the search line; the focus stays in the line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.services.query_help import Suggestion
from app.views.common.announcing import announce
from app.views.common.desk import Page
from app.views.common.fonts import Role
from app.views.common.painting import RIGHT, paint_box, paint_shadow, paint_text, text_width
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD, RADIUS_CONTROL

ROW, EDGE, SHADOW, WIDEST = 32, 4, 24, 480


def ground_of(widget: QWidget) -> QWidget:
    """The page that a widget is on, else its window: what floats on it goes away with it."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, Page) and not above.isWindow():
        above = above.parentWidget()
    return above or widget


class SuggestionList(QWidget):
    """taken(suggestion) is emitted when one is clicked. It floats above the page."""

    taken = Signal(object)

    def __init__(self, line: QWidget) -> None:
        super().__init__(ground_of(line))
        self._line = line
        self.items: list[Suggestion] = []
        self.current = -1
        self.setAccessibleName(tr("Suggestions"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.hide()

    @property
    def chosen(self) -> Suggestion | None:
        """The one that the arrow keys have reached."""
        return self.items[self.current] if 0 <= self.current < len(self.items) else None

    def offer(self, items: Sequence[Suggestion]) -> None:
        """Show these, none of them chosen; an empty list goes away."""
        self.items, self.current = list(items), -1
        if not self.items:
            self.hide()
            return
        ground = ground_of(self._line)
        if self.parentWidget() is not ground:
            self.setParent(ground)
        corner = self._line.mapTo(ground, QPoint(0, self._line.height() + 4))
        size = self.sizeHint()
        right = ground.width() - 8
        left = min(corner.x(), max(8, right - (size.width() - 2 * SHADOW)))
        self.setGeometry(left - SHADOW, corner.y() - SHADOW // 2, size.width(), size.height())
        self.show()
        self.raise_()
        self.update()

    def step(self, by: int) -> None:
        """Choose the next or the previous one; before the first none is chosen."""
        self.current += by
        if self.current < -1:
            self.current = len(self.items) - 1
        if self.current >= len(self.items):
            self.current = -1
        chosen = self.chosen
        if chosen is not None:
            announce(self, f"{chosen.title} {chosen.detail}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words, within limits."""
        look = theme()
        wanted = max(
            (
                text_width(one.title, Role.STRONG) + text_width(one.detail, Role.SMALL) + 48
                for one in self.items
            ),
            default=0.0,
        )
        least = max(self._line.width(), look.px(280))
        wide = int(min(max(wanted, least), max(look.px(WIDEST), least)))
        high = len(self.items) * look.px(ROW) + 2 * EDGE + look.px(ROW)
        return QSize(wide + 2 * SHADOW, high + 2 * SHADOW)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tint what is pointed at."""
        row = self._row_at(event.position().y())
        if row != self.current:
            self.current = row
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take it."""
        row = self._row_at(event.position().y())
        if row >= 0:
            self.taken.emit(self.items[row])
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint shadow, surface, rows and the line of keys."""
        painter, look = QPainter(self), theme()
        box = self._box()
        paint_shadow(painter, box, RADIUS_CARD)
        edge, ground = look.colour("border.control"), look.colour("bg.surface")
        paint_box(painter, box, RADIUS_CARD, ground, edge)
        for row, item in enumerate(self.items):
            self._paint_row(painter, row, item)
        words = tr("Arrow keys and Enter choose, Esc closes")
        foot = self._row_box(len(self.items)).adjusted(12, 0, -12, 0)
        paint_text(painter, foot, words, Role.SMALL, look.colour("text.muted"))

    def _paint_row(self, painter: QPainter, row: int, item: Suggestion) -> None:
        look, box = theme(), self._row_box(row)
        if row == self.current:
            paint_box(painter, box, RADIUS_CONTROL, look.colour("bg.selected"))
        inner = box.adjusted(12, 0, -12, 0)
        ink = look.colour("text.primary")
        room = min(text_width(item.title, Role.STRONG) + 2, inner.width())
        words = QRectF(inner.left(), inner.top(), room, inner.height())
        paint_text(painter, words, item.title, Role.STRONG, ink)
        rest = inner.adjusted(room + 12, 0, 0, 0)
        if rest.width() > look.px(ROW):
            paint_text(painter, rest, item.detail, Role.SMALL, look.colour("text.muted"), RIGHT)

    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(SHADOW, SHADOW // 2, -SHADOW, -SHADOW * 1.5)

    def _row_box(self, row: int) -> QRectF:
        box, height = self._box().adjusted(EDGE, EDGE, -EDGE, -EDGE), theme().px(ROW)
        return QRectF(box.left(), box.top() + row * height, box.width(), height)

    def _row_at(self, y: float) -> int:
        for row in range(len(self.items)):
            box = self._row_box(row)
            if box.top() <= y < box.bottom():
                return row
        return -1
