"""The outline icons, rendered from SVG in a token's colour for any size and pixel ratio."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.core.paths import resources

STROKE = "1.5"


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    path = resources() / "icons" / f"{name}.svg"
    return path.read_text(encoding="utf-8").replace('stroke-width="2"', f'stroke-width="{STROKE}"')


@lru_cache(maxsize=512)
def _pixmap(name: str, colour: str, pixels: int) -> QPixmap:
    svg = _source(name).replace("currentColor", colour)
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return QPixmap.fromImage(image)


def pixmap(name: str, colour: QColor, size: float, ratio: float) -> QPixmap:
    """The icon `name` (a file of resources/icons) in `colour`, `size` logical pixels wide."""
    made = _pixmap(name, colour.name(), max(1, round(size * ratio)))
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
        icon.addPixmap(_pixmap(name, colour.name(), pixels))
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
    """The product's mark: a C with a dot on a rounded square."""
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
    inset = side * 0.28
    ring = rect.adjusted(inset, inset, -inset, -inset)
    painter.drawArc(ring, 50 * 16, 260 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(rect.center(), side * 0.06, side * 0.06)
