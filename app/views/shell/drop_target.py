"""Says over the whole window what happens when the file that hangs over it is let go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.services.billing.left import IMPORTS, Left
from app.views.common.boxes import column
from app.views.common.fonts import Role
from app.views.common.illustrations import Illustration
from app.views.common.labels import Label
from app.views.common.plan_watch import PlanWatch
from app.views.common.ring import FLOATS
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_DIALOG

INSET, VEIL = 16, 0.97


def _offer(paths: Sequence[Path], left: Left) -> tuple[str, str]:
    """What letting them go does, and what is good to know about it."""
    if len(paths) > 1:
        return tr("One file at a time"), tr("Drop a single list to import it.")
    if paths[0].is_dir():
        return tr("A folder cannot be imported"), tr("Drop the list that lies in it.")
    if is_licence(paths[0]):
        return tr("Drop to install the licence"), tr("What it allows counts at once.")
    return tr("Drop to import"), left.said or tr("You see every change before it happens.")


def is_licence(path: Path) -> bool:
    """Whether a file is to be installed rather than imported; told by its name alone."""
    return path.suffix.casefold() == ".captely-licence"


class DropTarget(QWidget):
    """Its parent is the window's ground, which is asked wherever over it a file is let go.

    While something is dragged no other event of the pointer arrives. One that does tells that the
    program it was dragged from has gone without a word, and so goes this.
    """

    def __init__(self, plan: PlanWatch, parent: QWidget) -> None:
        super().__init__(parent)
        self._plan = plan
        self._ground = parent
        self.setProperty(FLOATS, "true")
        self.setMouseTracking(True)
        mark = Illustration("file-spreadsheet")
        self.title = Label("", Role.TITLE)
        self.words = Label("", Role.BODY, "secondary")
        parts = (mark, self.title, self.words)
        layout = column(None, *parts, None, gap=8)
        for part in parts:
            layout.setAlignment(part, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(layout)
        self.hide()

    def offer(self, paths: Sequence[Path]) -> None:
        """Show it while these files are dragged over the window."""
        title, words = _offer(paths, self._plan.left(IMPORTS))
        self.title.setText(title)
        self.words.setText(words)
        self.setAccessibleName(title)
        self.setGeometry(self._ground.rect())
        self.raise_()
        self.show()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Nothing is dragged any more."""
        super().mouseMoveEvent(event)
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Nothing is dragged any more."""
        super().mousePressEvent(event)
        self.hide()

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
