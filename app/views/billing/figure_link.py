"""A figure that opens the rows it is made of: a number with a dotted line below it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen

from app.core.text import tr
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.painting import LEFT, RIGHT, paint_text, text_width
from app.views.common.theme import theme

BELOW = 4


class FigureLink(Btn):
    """Says what it counts to whoever cannot see it; right puts it at the end of its room."""

    def __init__(self, size: Role = Role.FIGURE, *, right: bool = False) -> None:
        self._size = size
        self._right = right
        super().__init__("", Kind.LINK)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def role(self) -> Role:
        """Large at the head of a card, else as figures are."""
        return self._size

    def show_figure(self, figure: str, said: str) -> None:
        """Show another figure; said names it in words."""
        self.setText(figure)
        self.setAccessibleName(tr("{figure}. Show what it is made of", figure=said))
        self.setToolTip(self.accessibleName())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The figure and the line below it, no higher than the words beside it need."""
        wide = int(text_width(self.text(), self.role)) + 2
        return QSize(wide, theme().line(self.role) + BELOW)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint figure and line."""
        painter, look = QPainter(self), theme()
        ink = look.colour("accent.text" if self._hovered else "text.primary")
        high = look.line(self.role)
        room = QRectF(0, (self.height() - high) / 2, self.width(), high)
        align = RIGHT if self._right else LEFT
        paint_text(painter, room, self.text(), self.role, ink, align, essential=True)
        wide = int(text_width(self.text(), self.role))
        left = self.width() - wide if self._right else 0
        line = min(int(room.bottom()), self.height() - 1)
        painter.setPen(QPen(look.colour("text.muted"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(left, line, left + wide, line)
