"""Says over the whole window what happens when the file that hangs over it is let go."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.views.common.boxes import column
from app.views.common.fonts import Role
from app.views.common.illustrations import Illustration
from app.views.common.labels import Label
from app.views.common.ring import FLOATS
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_DIALOG

INSET, VEIL = 16, 0.97


def is_licence(path: Path) -> bool:
    """Whether a file is to be installed rather than imported; told by its name alone."""
    return path.suffix.casefold() == ".captely-licence"


class DropTarget(QWidget):
    """Its parent is the window's ground; lets the pointer through, so that the window is asked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty(FLOATS, "true")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        mark = Illustration("file-spreadsheet")
        self.title = Label("", Role.TITLE)
        self.words = Label("", Role.BODY, "secondary")
        parts = (mark, self.title, self.words)
        layout = column(None, *parts, None, gap=8)
        for part in parts:
            layout.setAlignment(part, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(layout)
        self.hide()

    def offer(self, *, dragging: bool, licence: bool = False) -> None:
        """Show it while a file is dragged over the window."""
        parent = self.parentWidget()
        title = tr("Drop to install the licence") if licence else tr("Drop to import")
        self.title.setText(title)
        self.words.setText(
            tr("What it allows counts at once.")
            if licence
            else tr("You see every change before it happens.")
        )
        self.setAccessibleName(title)
        if dragging and parent is not None:
            self.setGeometry(parent.rect())
            self.raise_()
        self.setVisible(dragging)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint a veil over the page and a dashed frame."""
        painter, look = QPainter(self), theme()
        veil = QColor(look.colour("bg.app"))
        veil.setAlphaF(VEIL)
        painter.fillRect(self.rect(), veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("accent.solid"), 2, Qt.PenStyle.DashLine))
        frame = QRectF(self.rect()).adjusted(INSET, INSET, -INSET, -INSET)
        painter.drawRoundedRect(frame, RADIUS_DIALOG, RADIUS_DIALOG)
