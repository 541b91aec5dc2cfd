"""A small panel that opens below a control and closes by Escape or a click beside it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.views.common.painting import paint_box
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD

GAP = 4


class Popover(QWidget):
    """Holds `content`; dismissed is emitted once it is gone, however that came about.

    It is a popup of the window system, so a press anywhere else closes it, and the focus goes back
    to the control it was opened from.
    """

    dismissed = Signal()

    def __init__(self, content: QWidget, name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(name)
        self.setWindowTitle(name)
        self.content = content
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(content)

    def open_below(self, control: QWidget, *, right: bool = False) -> None:
        """Show it below `control`, its right edge at the control's if `right`."""
        self.adjustSize()
        self._place(control, right=right)
        self.show()

    def _place(self, control: QWidget, *, right: bool) -> None:
        size, area = self.sizeHint(), self._area(control)
        corner = control.mapToGlobal(QPoint(0, control.height() + GAP))
        if right:
            corner.setX(corner.x() + control.width() - size.width())
        if corner.y() + size.height() > area.height():
            above = control.mapToGlobal(QPoint(0, -GAP)).y() - size.height()
            corner.setY(max(0, above))
        corner.setX(max(0, min(corner.x(), area.width() - size.width())))
        self.move(corner)

    def _area(self, control: QWidget) -> QSize:
        screen = control.screen() or QGuiApplication.primaryScreen()
        return QSize(screen.virtualGeometry().right() + 1, screen.virtualGeometry().bottom() + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it is gone."""
        super().hideEvent(event)
        self.dismissed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint surface and edge."""
        look = theme()
        rect = QRectF(self.rect())
        edge, ground = look.colour("border.control"), look.colour("bg.surface")
        paint_box(QPainter(self), rect, RADIUS_CARD, ground, edge)
