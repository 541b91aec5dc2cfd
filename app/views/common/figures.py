"""A row of figures over one bar: how a plan or a result divides into its fates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.views.common.boxes import Card, Meter
from app.views.common.fonts import Role
from app.views.common.painting import paint_box, paint_text
from app.views.common.theme import theme
from app.views.common.words import number

Part = tuple[str, str, str]
"""Key, words and colour token of one figure."""


class Figures(Card):
    """Shows one number for each part, and their shares in a bar."""

    def __init__(self, name: str, parts: Sequence[Part]) -> None:
        super().__init__(gap=12)
        self._parts = tuple(parts)
        self.figures = {key: Figure(words, token) for key, words, token in parts}
        line = QHBoxLayout()
        line.setSpacing(16)
        for figure in self.figures.values():
            line.addWidget(figure, 1)
        self._meter = Meter(name)
        self.body.addLayout(line)
        self.body.addWidget(self._meter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_numbers(self, numbers: Mapping[str, int]) -> None:
        """Show these numbers by key."""
        for key, figure in self.figures.items():
            figure.show_number(int(numbers.get(key, 0)))
        shares = [(token, float(numbers.get(key, 0))) for key, _words, token in self._parts]
        self._meter.show_parts(shares)


class Figure(QWidget):
    """A quiet caption with its colour, over a large number."""

    def __init__(self, words: str, token: str) -> None:
        super().__init__()
        self._words, self._token = words, token
        self.number = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_number(0)

    def show_number(self, shown: int) -> None:
        """Show another number."""
        self.number = shown
        self.setAccessibleName(f"{self._words}: {number(shown)}")
        self.update()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Caption and number."""
        return QSize(theme().px(96), theme().line(Role.CAPTION) + theme().line(Role.DISPLAY) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint caption and number."""
        painter, look = QPainter(self), theme()
        height = look.line(Role.CAPTION)
        paint_box(painter, QRectF(0, (height - 8) / 2, 8, 8), 2, look.colour(self._token))
        caption = QRectF(16, 0, self.width() - 16, height)
        quiet = look.colour("text.secondary")
        paint_text(painter, caption, self._words, Role.CAPTION, quiet, essential=True)
        big = QRectF(0, height + 2, self.width(), look.line(Role.DISPLAY))
        ink = look.colour("text.primary")
        paint_text(painter, big, number(self.number), Role.DISPLAY, ink, essential=True)
