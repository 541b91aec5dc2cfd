"""The outline icons, rendered from SVG in a token's colour for any size and pixel ratio."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.core.paths import resources

STROKE, GRID = 1.35, 24
"""The width of every line in logical pixels, and the side of the files' drawings."""


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _pixmap(name: str, colour: str, size: float, pixels: int) -> QPixmap:
    # Lines of one width at every size: a small icon is not thinner than the words beside it.
    width = f'stroke-width="{STROKE * GRID / max(size, 12):.2f}"'
    svg = _source(name).replace("currentColor", colour).replace('stroke-width="2"', width)
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return QPixmap.fromImage(image)


def pixmap(name: str, colour: QColor, size: float, ratio: float) -> QPixmap:
    """The icon `name` (a file of resources/icons) in `colour`, `size` logical pixels wide."""
    made = _pixmap(name, colour.name(), size, max(1, round(size * ratio)))
    made.setDevicePixelRatio(ratio)
    return made


def paint_icon(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Paint the icon into `rect`, sharp on the painter's device."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(rect.topLeft(), pixmap(name, colour, rect.width(), ratio))


def qicon(name: str, colour: QColor) -> QIcon:
    """The icon for places that take a QIcon."""
    icon = QIcon()
    for pixels in (16, 24, 32):
        icon.addPixmap(_pixmap(name, colour.name(), 16, pixels))
    return icon


def application_icon() -> QIcon:
    """The product's mark, for the window and the task bar."""
    icon = QIcon()
    for pixels in (16, 24, 32, 48, 64, 128):
        image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        paint_mark(painter, QRectF(0, 0, pixels, pixels), QColor("#2E5BE6"), QColor("#FFFFFF"))
        painter.end()
        icon.addPixmap(QPixmap.fromImage(image))
    return icon


def paint_mark(painter: QPainter, rect: QRectF, ground: QColor, ink: QColor) -> None:
    """The product's mark: a C with a dot in its mouth on a rounded square."""
    side = rect.width()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, side * 0.25, side * 0.25)
    pen = painter.pen()
    pen.setStyle(Qt.PenStyle.SolidLine)
    pen.setColor(ink)
    pen.setWidthF(side * 0.125)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = side * 0.27
    ring = rect.adjusted(inset, inset, -inset, -inset)
    painter.drawArc(ring, 42 * 16, 276 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    mouth = QPointF(rect.right() - side * 0.25, rect.center().y())
    painter.drawEllipse(mouth, side * 0.07, side * 0.07)
