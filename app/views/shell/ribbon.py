"""The ribbon that marks a practice workspace in every window."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.text import tr
from app.views.common.fonts import Role
from app.views.common.painting import CENTRE, paint_text
from app.views.common.theme import theme
from app.views.common.tokens import Tone


class SandboxRibbon(QWidget):
    """Says that nothing here leaves the computer."""

    def __init__(self) -> None:
        super().__init__()
        self.words = tr("Practice workspace: nothing here is sent to a real account")
        self.setAccessibleName(self.words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def restyle(self) -> None:
        """Take the height of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """One caption high."""
        return QSize(96, theme().px(24))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the ribbon."""
        painter = QPainter(self)
        ink, ground = theme().tokens.pill(Tone.VIOLET)
        painter.fillRect(self.rect(), ground)
        paint_text(painter, QRectF(self.rect()), self.words, Role.CAPTION, ink, CENTRE)
