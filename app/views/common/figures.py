"""A row of figures over one bar: how a plan or a result divides into its fates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from app.views.common.boxes import Card, Meter
from app.views.common.fonts import Role
from app.views.common.mixin import Mixin
from app.views.common.painting import paint_box, paint_text, text_width
from app.views.common.ring import Ringed
from app.views.common.theme import theme
from app.views.common.words import number

Part = tuple[str, str, str]
"""Key, words and colour token of one figure."""


class Figures(Card):
    """Shows one number for each part, and their shares in a bar.

    picked carries the key of a figure that was clicked, where they are choosable.
    """

    picked = Signal(str)

    def __init__(self, name: str, parts: Sequence[Part], *, choosable: bool = False) -> None:
        super().__init__(gap=12)
        self._parts = tuple(parts)
        self.figures: dict[str, Figure | FigureBtn] = {}
        for key, words, token in parts:
            self.figures[key] = FigureBtn(words, token) if choosable else Figure(words, token)
        for key, figure in self.figures.items():
            if isinstance(figure, FigureBtn):
                figure.clicked.connect(lambda _on, chosen=key: self.picked.emit(chosen))
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

    def choose(self, key: str) -> None:
        """Mark the figure whose contacts are in view, or none."""
        for own, figure in self.figures.items():
            if isinstance(figure, FigureBtn):
                figure.chosen = own == key
                figure.update()


class _Painted(Mixin):
    """A quiet caption with its colour, over a large number."""

    number = 0
    chosen = False
    underlined = False

    def begin(self, words: str, token: str) -> None:
        """Take words and colour."""
        self._words, self._token = words, token
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_number(0)

    def show_number(self, shown: int) -> None:
        """Show another number."""
        self.number = shown
        self.setAccessibleName(f"{self._words}: {number(shown)}")
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Caption and number."""
        width = max(
            16 + text_width(self._words, Role.CAPTION),
            text_width(number(self.number), Role.DISPLAY),
        )
        return QSize(int(width) + 2, theme().line(Role.CAPTION) + theme().line(Role.DISPLAY) + 4)

    def minimumSizeHint(self) -> QSize:
        """Neither is ever cut."""
        return self.sizeHint()

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
        if self.underlined:
            wide = text_width(number(self.number), Role.DISPLAY)
            self._paint_underline(painter, wide)

    def _paint_underline(self, painter: QPainter, wide: float) -> None:
        """Dotted for what can be chosen, solid for what is."""
        painter.save()
        style = Qt.PenStyle.SolidLine if self.chosen else Qt.PenStyle.DotLine
        token = "accent.solid" if self.chosen else "text.muted"
        painter.setPen(QPen(theme().colour(token), 2 if self.chosen else 1, style))
        line = self.height() - 1
        painter.drawLine(0, line, int(wide), line)
        painter.restore()


class Figure(_Painted, QWidget):
    """One number that is only looked at."""

    def __init__(self, words: str, token: str) -> None:
        QWidget.__init__(self)
        self.begin(words, token)


class FigureBtn(Ringed, _Painted, QAbstractButton):
    """One number whose contacts can be looked at."""

    ring_radius = 4.0
    underlined = True

    def __init__(self, words: str, token: str) -> None:
        QAbstractButton.__init__(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.begin(words, token)
