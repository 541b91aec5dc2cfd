"""What the rows of floating lists share: a quiet heading, and an icon before the words."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.painting import paint_text
from app.views.common.theme import theme

ICON, GAP = 16, 8


def paint_heading(painter: QPainter, rect: QRectF, words: str, inset: int) -> None:
    """The words above a group, `inset` from both edges of the row `rect`."""
    room = rect.adjusted(inset, 4, -inset, 0)
    paint_text(painter, room, words, Role.CAPTION, theme().colour("text.secondary"))


def paint_lead(painter: QPainter, room: QRectF, icon: str, ink: QColor) -> QRectF:
    """The icon at the left of `room`; gives the room for the words beside it."""
    side = theme().px(ICON)
    paint_icon(painter, icon, QRectF(room.left(), room.center().y() - side / 2, side, side), ink)
    return room.adjusted(side + GAP, 0, 0, 0)
