"""Two cards beside each other, or one below the other where there is no room for both."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.views.common.theme import theme


class Sides(QWidget):
    """From `least` pixels on; the second gets twice the room, or if even half as much again."""

    def __init__(
        self, first: QWidget, second: QWidget, *, even: bool = False, least: int = 760
    ) -> None:
        super().__init__()
        self._least = least
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(16)
        self._box.addWidget(first, 2)
        self._box.addWidget(second, 3 if even else 4)
        self.restyle()

    def restyle(self) -> None:
        """Decide anew at another text size."""
        roomy = self.width() >= theme().px(self._least)
        way = QBoxLayout.Direction
        self._box.setDirection(way.LeftToRight if roomy else way.TopToBottom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide anew."""
        super().resizeEvent(event)
        self.restyle()
