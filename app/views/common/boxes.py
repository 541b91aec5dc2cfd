"""Layouts with gaps from the scale, and the containers of a page: card, rule, scrolled column."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.views.common.painting import hairline, paint_box
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD, SPACE

Part = QWidget | QLayout | int | None
"""What goes into a row or column: a widget, a layout, a gap in pixels, None for the stretch."""


def fill(layout: QBoxLayout, parts: Sequence[Part]) -> None:
    """Put the parts into a layout, in order."""
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(_gap(part))
        elif isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)


def row(*parts: Part, gap: int = 8, margins: Sequence[int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Parts side by side."""
    layout = QHBoxLayout()
    _set(layout, gap, margins)
    fill(layout, parts)
    return layout


def column(*parts: Part, gap: int = 8, margins: Sequence[int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Parts one below the other."""
    layout = QVBoxLayout()
    _set(layout, gap, margins)
    fill(layout, parts)
    return layout


def _set(layout: QBoxLayout, gap: int, margins: Sequence[int]) -> None:
    left, top, right, bottom = (_gap(margin) for margin in margins)
    layout.setContentsMargins(left, top, right, bottom)
    layout.setSpacing(_gap(gap))


def _gap(pixels: int) -> int:
    if pixels not in SPACE:
        raise ValueError(f"{pixels} is not on the scale of gaps")
    return pixels


def box(layout: QLayout, parent: QWidget | None = None) -> QWidget:
    """A widget around a layout, for places that take a widget."""
    widget = QWidget(parent)
    widget.setLayout(layout)
    return widget


class Card(QFrame):
    """A surface with a hairline edge; padding is from the scale."""

    def __init__(self, *parts: Part, gap: int = 8, padding: int = 16) -> None:
        super().__init__()
        self.body = QVBoxLayout(self)
        _set(self.body, gap, (padding,) * 4)
        fill(self.body, parts)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint surface and edge."""
        look = theme()
        rect = QRectF(self.rect())
        edge, ground = look.colour("border.subtle"), look.colour("bg.surface")
        paint_box(QPainter(self), rect, RADIUS_CARD, ground, edge)


class Rule(QWidget):
    """A hairline between two parts."""

    def __init__(self, *, inset: int = 0) -> None:
        super().__init__()
        self._inset = inset
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the line."""
        left, right = -self._inset, self.width() + self._inset
        hairline(QPainter(self), left, right, 1, theme().colour("border.subtle"))


BAR = 12
"""The width of a scroll bar with the room around it."""
_NO_LIMIT = (1 << 24) - 1
"""QWIDGETSIZE_MAX, which PySide6 does not have."""


def hold_width(part: QWidget, width: int | None) -> None:
    """Give a part this width in pixels, or with None whatever room there is."""
    part.setMinimumWidth(width or 0)
    part.setMaximumWidth(_NO_LIMIT if width is None else width)


class Scrolled(QScrollArea):
    """A column that scrolls when it is higher than its room, and never sideways.

    over lays the scroll bar over the margin that the content has at its right, so that the
    content keeps its place whether there is a bar or not.
    """

    def __init__(self, content: QWidget, name: str, *, over: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = content
        self._over = QScrollBar(Qt.Orientation.Vertical, self) if over else None
        if self._over is not None:
            self._lay_over(self._over)
        self.setWidget(content)

    def _lay_over(self, bar: QScrollBar) -> None:
        """Let the bar follow Qt's own, which is not shown."""
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        own = self.verticalScrollBar()
        own.rangeChanged.connect(self._place_bar)
        own.valueChanged.connect(bar.setValue)
        bar.valueChanged.connect(own.setValue)

    def _place_bar(self) -> None:
        bar, own = self._over, self.verticalScrollBar()
        if bar is not None:
            bar.setRange(own.minimum(), own.maximum())
            bar.setPageStep(own.pageStep())
            bar.setSingleStep(own.singleStep())
            bar.setGeometry(self.width() - BAR, 0, BAR, self.height())
            bar.setVisible(own.maximum() > own.minimum())
            bar.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the bar at the right edge."""
        super().resizeEvent(event)
        self._place_bar()

    def setWidget(self, widget: QWidget) -> None:
        """Show other content; the old one goes."""
        self._content = widget
        super().setWidget(widget)

    def minimumSizeHint(self) -> QSize:
        """As wide as its content needs, as low as one wants."""
        inside = self._content.minimumSizeHint().width()
        return QSize(inside + self._beside, theme().px(96))

    def sizeHint(self) -> QSize:
        """As high as its content."""
        hint = self._content.sizeHint()
        return QSize(hint.width() + self._beside, hint.height())

    @property
    def _beside(self) -> int:
        return BAR if self._over is None else 0


class Meter(QWidget):
    """A thin bar of parts, each with a colour token and a share of the whole.

    With one part and a total it is a progress bar.
    """

    HEIGHT = 6

    def __init__(self, name: str) -> None:
        super().__init__()
        self._parts: list[tuple[str, float]] = []
        self._total = 0.0
        self.setAccessibleName(name)
        self.setFixedHeight(self.HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: Sequence[tuple[str, float]], total: float | None = None) -> None:
        """Show the (token, amount) parts of `total`, which is their sum unless given."""
        self._parts = [(token, amount) for token, amount in parts if amount > 0]
        self._total = total if total is not None else sum(amount for _, amount in self._parts)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the track and the parts, each at least two pixels wide."""
        painter, look, radius = QPainter(self), theme(), self.HEIGHT / 2
        track = QRectF(self.rect())
        paint_box(painter, track, radius, look.colour("bg.sunken"), look.colour("border.subtle"))
        if self._total <= 0:
            return
        left = 0.0
        for token, amount in self._parts:
            width = max(2.0, (self.width() - 2 * len(self._parts)) * min(1, amount / self._total))
            paint_box(painter, QRectF(left, 0, width, self.HEIGHT), radius, look.colour(token))
            left += width + 2
