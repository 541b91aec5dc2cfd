"""The colours a status or tag may have, side by side, each with its name."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QWidget

from app.core.text import marked, tr
from app.services.tags import TONES
from app.views.common.boxes import row
from app.views.common.buttons import Btn, Kind
from app.views.common.icons import paint_icon
from app.views.common.painting import paint_box
from app.views.common.theme import theme
from app.views.contacts.vocabulary import shown_tone

NAMES: Mapping[str, str] = {
    "neutral": marked("Grey"),
    "accent": marked("Violet"),
    "success": marked("Green"),
    "warning": marked("Yellow"),
    "danger": marked("Red"),
    "info": marked("Blue"),
}


class Swatches(QWidget):
    """picked carries the chosen colour as it is stored."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Colour"))
        self.buttons: dict[str, Swatch] = {}
        self._group = QButtonGroup(self)
        for tone in TONES:
            button = Swatch(tone)
            button.clicked.connect(lambda _on=False, own=tone: self.picked.emit(own))
            self._group.addButton(button)
            self.buttons[tone] = button
        self.setLayout(row(*self.buttons.values(), None, gap=4))

    @property
    def value(self) -> str:
        """The chosen colour."""
        return next((t for t, button in self.buttons.items() if button.isChecked()), TONES[0])

    def choose(self, tone: str) -> None:
        """Mark one silently."""
        self.buttons.get(tone, self.buttons[TONES[0]]).setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose the colour beside."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        following = TONES[(TONES.index(self.value) + step) % len(TONES)]
        self.buttons[following].setFocus(Qt.FocusReason.TabFocusReason)
        self.buttons[following].click()


class Swatch(Btn):
    """One colour; the chosen one has a tick."""

    def __init__(self, tone: str) -> None:
        super().__init__("", Kind.GHOST)
        self._tone = tone
        self.ring_radius = 12.0
        self.setCheckable(True)
        self.setAccessibleName(tr(NAMES[tone]))
        self.setToolTip(tr(NAMES[tone]))

    def sizeHint(self) -> QSize:
        """A circle that a finger hits."""
        side = theme().px(28)
        return QSize(side, side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right are for the row of swatches: a button would move only the focus."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the circle."""
        painter = QPainter(self)
        ink, ground = theme().tokens.pill(shown_tone(self._tone))
        circle = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        edge = ink if self.isChecked() or self._hovered else theme().colour("border.subtle")
        paint_box(painter, circle, circle.width() / 2, ground, edge)
        side = 12
        spot = QRectF(circle.center().x() - side / 2, circle.center().y() - side / 2, side, side)
        if self.isChecked():
            paint_icon(painter, "check", spot, ink)
        else:
            paint_box(painter, spot.adjusted(3, 3, -3, -3), 3, ink)
