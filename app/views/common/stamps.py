"""Small shapes that are painted over and over, such as the ground of a pill, kept as pictures."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

MOST = 512
"""Pictures kept, of a few kilobytes each: pills as wide as their words, in each tone."""

_kept: dict[tuple[Hashable, float, float, float], QPixmap] = {}


def stamp(
    painter: QPainter, rect: QRectF, key: Hashable, draw: Callable[[QPainter, QRectF], None]
) -> None:
    """Paint a shape into `rect`: from a picture where there is one with this key and size.

    key stands for all that `draw` depends on but the rectangle. Where the rectangle begins or ends
    between two pixels a picture would be blurred, so the shape is drawn.
    """
    ratio = painter.device().devicePixelRatioF()
    sides = (rect.left(), rect.top(), rect.width(), rect.height())
    if not all(side.is_integer() for side in (ratio, *sides)):
        draw(painter, rect)
        return
    whole = (key, rect.width(), rect.height(), ratio)
    pixels = _kept.get(whole)
    if pixels is None:
        if len(_kept) >= MOST:
            _kept.clear()
        pixels = _kept[whole] = _drawn(rect, ratio, draw)
    painter.drawPixmap(rect.topLeft(), pixels)


def _drawn(rect: QRectF, ratio: float, draw: Callable[[QPainter, QRectF], None]) -> QPixmap:
    pixels = QPixmap(round(rect.width() * ratio), round(rect.height() * ratio))
    pixels.setDevicePixelRatio(ratio)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    draw(painter, QRectF(0, 0, rect.width(), rect.height()))
    painter.end()
    return pixels
