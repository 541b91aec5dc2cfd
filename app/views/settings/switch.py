"""A switch for a setting that is on or off."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent

from app.views.common.inputs import Check
from app.views.common.painting import paint_box
from app.views.common.theme import theme

_WIDE, _HIGH, _INSET = 36, 20, 4


class Switch(Check):
    """A check box painted as a switch."""

    ring_radius = 10.0

    def __init__(self, name: str) -> None:
        super().__init__("")
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        """The track."""
        return QSize(theme().px(_WIDE), theme().px(_HIGH))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint track and knob."""
        painter, look = QPainter(self), theme()
        track = QRectF(0, 0, look.px(_WIDE), look.px(_HIGH))
        side = track.height() - 2 * _INSET
        left = track.right() - _INSET - side if self.isChecked() else track.left() + _INSET
        knob = QRectF(left, _INSET, side, side)
        if self.isChecked():
            paint_box(painter, track, track.height() / 2, look.colour("accent.solid"))
            paint_box(painter, knob, side / 2, look.colour("accent.on"))
            return
        edge = look.colour("border.control")
        paint_box(painter, track, track.height() / 2, look.colour("bg.sunken"), edge)
        paint_box(painter, knob, side / 2, look.colour("text.muted"))
