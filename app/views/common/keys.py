"""Shortcuts as small chips, one for each key."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from app.views.common.fonts import Role
from app.views.common.painting import CENTRE, paint_box, paint_text, text_width
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CHIP

CHIP, PADDING, BETWEEN = 20, 6, 4


def parts_of(shortcut: str) -> list[str]:
    """Ctrl+Shift+Z as its keys; the plus sign may be one of them."""
    if not shortcut:
        return []
    head, plus = (shortcut[:-2], ["+"]) if shortcut.endswith("++") else (shortcut, [])
    return [part for part in head.split("+") if part] + plus if head != "+" else ["+"]


def keys_width(shortcut: str) -> float:
    """The room its chips need."""
    parts = parts_of(shortcut)
    return sum(map(_width, parts)) + BETWEEN * max(0, len(parts) - 1)


def paint_keys(painter: QPainter, left: float, middle: float, shortcut: str) -> None:
    """The chips from `left`, centred on the line `middle`."""
    look, height = theme(), theme().px(CHIP)
    for part in parts_of(shortcut):
        box = QRectF(left, middle - height / 2, _width(part), height)
        ground, edge = look.colour("bg.sunken"), look.colour("border.subtle")
        paint_box(painter, box, RADIUS_CHIP, ground, edge)
        ink = look.colour("text.secondary")
        paint_text(painter, box, part, Role.CAPTION, ink, CENTRE, essential=True)
        left = box.right() + BETWEEN


def _width(part: str) -> float:
    return max(theme().px(CHIP), text_width(part, Role.CAPTION) + 2 * PADDING)
