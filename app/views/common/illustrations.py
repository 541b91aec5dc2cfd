"""Line drawings for pages with nothing in them, one family in the tokens' colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.views.common.icons import paint_icon
from app.views.common.painting import paint_box
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD, Tone

WIDTH, HEIGHT, BADGE = 160, 112, 28


class Illustration(QWidget):
    """The drawing that belongs to an icon; stacked cards where there is none of its own."""

    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.restyle()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.setFixedSize(theme().px(WIDTH), theme().px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the drawing and its badge."""
        painter = QPainter(self)
        painter.scale(self.width() / WIDTH, self.height() / HEIGHT)
        scene = _SCENES.get(self._icon, _Scene(_cards))
        scene.draw(painter, self._icon)
        if scene.badge:
            _paint_badge(painter, scene.badge, scene.tone)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is drawn, and the small token at its corner; without a tone it is in the accent."""

    draw: Callable[[QPainter, str], None]
    badge: str = ""
    tone: Tone | None = None


def _cards(painter: QPainter, icon: str) -> None:
    for inset, top in ((48, 4), (30, 18), (12, 34)):
        _paper(painter, QRectF(inset, top, WIDTH - 2 * inset, 102 - top), sunken=inset != 12)
    _token(painter, QPointF(44, 68), 18, icon if icon in ("users", "trash-2") else "user")
    _bar(painter, 72, 58, 60)
    _bar(painter, 72, 74, 40)


def _sheet(painter: QPainter, _icon: str) -> None:
    look, fold = theme(), 20.0
    page = QRectF(36, 4, 88, 100)
    outline = QPainterPath(QPointF(page.left() + 8, page.top()))
    for x, y in (
        (page.right() - fold, page.top()),
        (page.right(), page.top() + fold),
        (page.right(), page.bottom()),
        (page.left(), page.bottom()),
        (page.left(), page.top()),
    ):
        outline.lineTo(x, y)
    outline.closeSubpath()
    corner = QPainterPath(QPointF(page.right() - fold, page.top()))
    corner.lineTo(page.right() - fold, page.top() + fold)
    corner.lineTo(page.right(), page.top() + fold)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(_edge())
    painter.setBrush(look.colour("bg.surface"))
    painter.drawPath(outline)
    painter.setBrush(look.colour("bg.sunken"))
    painter.drawPath(corner)
    paint_box(painter, QRectF(48, 36, 64, 10), 3, look.colour("bg.selected"))
    for top in (56, 70, 84):
        for left, width in ((48, 16), (70, 26), (102, 10)):
            _bar(painter, left, top, width)


def _transfer(painter: QPainter, _icon: str) -> None:
    left, right = QRectF(0, 22, 58, 72), QRectF(102, 22, 58, 72)
    for paper, mark in ((left, "user"), (right, "plug")):
        _paper(painter, paper)
        _token(painter, QPointF(paper.center().x(), 48), 14, mark)
        _bar(painter, paper.center().x() - 18, 72, 36)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme().colour("accent.solid"), 1.5))
    for start, end in ((64, 68), (72, 76), (80, 95)):
        painter.drawLine(QPointF(start, 58), QPointF(end, 58))
    head = QPainterPath(QPointF(90, 53))
    head.lineTo(95, 58)
    head.lineTo(90, 63)
    painter.drawPath(head)


def _timeline(painter: QPainter, _icon: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(_edge())
    painter.drawLine(QPointF(36, 22), QPointF(36, 92))
    for top, wide, mark in ((20, 76, "upload"), (56, 92, "pencil"), (92, 60, "undo-2")):
        _token(painter, QPointF(36, top), 14, mark)
        _bar(painter, 62, top - 8, wide)
        _bar(painter, 62, top + 3, wide * 0.6)


def _tags(painter: QPainter, _icon: str) -> None:
    _paper(painter, QRectF(16, 12, 128, 88))
    pills = (
        (30, 30, 44, Tone.INFO),
        (80, 30, 50, Tone.SUCCESS),
        (30, 52, 60, Tone.WARNING),
        (96, 52, 34, Tone.VIOLET),
        (30, 74, 40, Tone.NEUTRAL),
    )
    for left, top, width, tone in pills:
        ink, ground = theme().tokens.pill(tone)
        quiet = QColor(ink)
        quiet.setAlphaF(0.35)
        paint_box(painter, QRectF(left, top, width, 14), 7, ground)
        paint_box(painter, QRectF(left + 6, top + 5, 4, 4), 2, ink)
        paint_box(painter, QRectF(left + 14, top + 5, width - 21, 4), 2, quiet)


def _form(painter: QPainter, _icon: str) -> None:
    look = theme()
    _paper(painter, QRectF(20, 6, 120, 100))
    for top in (20, 62):
        _bar(painter, 34, top, 36)
        box = QRectF(34, top + 11, 92, 20)
        paint_box(painter, box, 5, look.colour("bg.surface"), look.colour("border.control"))
    paint_box(painter, QRectF(42, 38, 44, 6), 3, look.colour("bg.selected"))


_ADD = "plus"
_SCENES: Mapping[str, _Scene] = {
    "user": _Scene(_cards, _ADD),
    "search": _Scene(_cards, "search", Tone.NEUTRAL),
    "circle-check": _Scene(_cards, "check", Tone.SUCCESS),
    "circle-alert": _Scene(_cards, "circle-alert", Tone.WARNING),
    "file-spreadsheet": _Scene(_sheet, "upload"),
    "share-2": _Scene(_transfer),
    "history": _Scene(_timeline),
    "list-checks": _Scene(_timeline),
    "tags": _Scene(_tags),
    "database": _Scene(_form, _ADD),
}


def _edge() -> QPen:
    return QPen(theme().colour("border.control"), 1.25)


def _paper(painter: QPainter, rect: QRectF, *, sunken: bool = False) -> None:
    look = theme()
    ground = look.colour("bg.sunken" if sunken else "bg.surface")
    paint_box(painter, rect, RADIUS_CARD, ground, look.colour("border.control"), 1.25)


def _token(painter: QPainter, middle: QPointF, radius: float, icon: str) -> None:
    look = theme()
    circle = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
    paint_box(painter, circle, radius, look.colour("bg.selected"))
    inset = radius * 0.48
    spot = circle.adjusted(inset, inset, -inset, -inset)
    paint_icon(painter, icon, spot, look.colour("accent.text"))


def _bar(painter: QPainter, left: float, top: float, width: float) -> None:
    paint_box(painter, QRectF(left, top, width, 6), 3, theme().colour("border.subtle"))


def _paint_badge(painter: QPainter, icon: str, tone: Tone | None) -> None:
    look = theme()
    ink, ground = look.colour("accent.on"), look.colour("accent.solid")
    if tone is not None:
        ink, ground = look.tokens.pill(tone)
    circle = QRectF(WIDTH - 12 - BADGE * 0.75, HEIGHT - 8 - BADGE * 0.9, BADGE, BADGE)
    halo = circle.adjusted(-3, -3, 3, 3)
    paint_box(painter, halo, halo.width() / 2, look.colour("bg.surface"))
    paint_box(painter, circle, BADGE / 2, ground)
    paint_icon(painter, icon, circle.adjusted(7, 7, -7, -7), ink)
