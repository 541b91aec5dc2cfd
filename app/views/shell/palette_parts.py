"""The field of the palette, whose keys go to the list below it, and the hints at its foot."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.core.text import tr
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.keys import keys_width, paint_keys
from app.views.common.painting import RIGHT, paint_text
from app.views.common.theme import theme
from app.views.shell.results import VISIBLE, ResultList

FIELD, FOOT = 48, 36
COMMANDS_ONLY = ">"


class PaletteField(QLineEdit):
    """Keys that do not type go to the list below; left is emitted by Esc."""

    left = Signal()

    def __init__(self, results: ResultList, words: str) -> None:
        super().__init__()
        self._results = results
        self.setProperty("bare", "true")
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.restyle()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.setFont(theme().font(Role.LEAD))
        side = theme().px(16)
        self.setTextMargins(16 + side + 12, 0, int(keys_width(tr("Esc"))) + 24, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose, Enter opens, Esc closes."""
        results, key = self._results, event.key()
        moves = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: VISIBLE,
            Qt.Key.Key_PageUp: -VISIBLE,
        }
        if key in moves:
            results.step(moves[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            results.pick()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tab goes through the groups; Esc belongs to the palette before any shortcut."""
        if isinstance(event, QKeyEvent):
            tab = event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
            if event.type() is QEvent.Type.KeyPress and tab:
                self._results.step_group(back=event.key() == Qt.Key.Key_Backtab)
                return True
            if event.type() is QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, then the glass and the chip."""
        super().paintEvent(event)
        painter, look, side = QPainter(self), theme(), theme().px(16)
        glass = QRectF(16, (self.height() - side) / 2, side, side)
        paint_icon(painter, "search", glass, look.colour("text.secondary"))
        paint_keys(painter, self.width() - keys_width(tr("Esc")) - 16, self.height() / 2, tr("Esc"))


class PaletteFoot(QWidget):
    """Says which keys there are, and how much was found."""

    def __init__(self) -> None:
        super().__init__()
        self._count = ""
        self.setAccessibleName(tr("Keys of the palette"))
        self.restyle()

    def restyle(self) -> None:
        """Take the height of the present text size."""
        self.setFixedHeight(theme().px(FOOT))

    def say(self, count: str) -> None:
        """Show how much was found."""
        self._count = count
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the keys as far as there is room, and the count."""
        painter, look, middle = QPainter(self), theme(), self.height() / 2
        ink = look.colour("text.secondary")
        end = self.width() - 16.0
        if self._count:
            room = QRectF(0, 0, end, self.height())
            paint_text(painter, room, self._count, Role.SMALL, ink, RIGHT)
            end -= look.metrics(Role.SMALL).horizontalAdvance(self._count) + 16
        left = 16.0
        hints = (("↑↓", tr("Move")), (tr("Enter"), tr("Open")), (tr("Tab"), tr("Next group")))
        for keys, words in (*hints, (COMMANDS_ONLY, tr("Commands only"))):
            wide = look.metrics(Role.SMALL).horizontalAdvance(words)
            if left + keys_width(keys) + 8 + wide > end:
                return
            paint_keys(painter, left, middle, keys)
            left += keys_width(keys) + 8
            paint_text(painter, QRectF(left, 0, wide + 1, self.height()), words, Role.SMALL, ink)
            left += wide + 16
