"""A button that shows the shortcut of an action and takes the next keys that are pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent

from app.core.text import tr
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.painting import CENTRE, paint_box, paint_text, text_width
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CHIP, RADIUS_CONTROL

_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_Super_L,
        Qt.Key.Key_Super_R,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_unknown,
    }
)
_NATIVE = QKeySequence.SequenceFormat.NativeText
_PORTABLE = QKeySequence.SequenceFormat.PortableText
_LEAST, _CHIP = 112, 22


class KeyRecorder(Btn):
    """pressed_keys carries the keys as Qt writes them, empty to have none.

    While it records, every key goes to it; Escape ends without a change, Backspace takes the
    shortcut away.
    """

    pressed_keys = Signal(str)
    # Qt asks for events and sizes while the button is still being made.
    keys: tuple[str, ...] = ()
    recording = False

    def __init__(self, title: str) -> None:
        super().__init__("", Kind.OUTLINE)
        self._title = title
        self.clicked.connect(self.begin)

    def show_keys(self, keys: tuple[str, ...]) -> None:
        """Show the shortcuts in force."""
        self.keys = keys
        self.recording = False
        self._say()

    def begin(self) -> None:
        """Take the next keys."""
        self.recording = True
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._say()

    def chips(self) -> list[str]:
        """The shortcuts as this computer writes them."""
        return [QKeySequence(each).toString(_NATIVE) for each in self.keys]

    def event(self, event: QEvent) -> bool:
        """No shortcut of the window may act on the keys that are being recorded."""
        if self.recording and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Record, or open on Enter."""
        if not self.recording:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.begin()
                return
            super().keyPressEvent(event)
            return
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key in _MODIFIERS:
            return
        plain = modifiers == Qt.KeyboardModifier.NoModifier
        if key is Qt.Key.Key_Escape and plain:
            self.show_keys(self.keys)
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete) and plain:
            self._end("")
        else:
            self._end(_written(key, modifiers))

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 - Qt's own signature
        """Tab is a key like the others while recording."""
        return False if self.recording else super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving ends the recording."""
        super().focusOutEvent(event)
        if self.recording:
            self.show_keys(self.keys)

    def sizeHint(self) -> QSize:
        """The chips, or the words."""
        if self.recording or not self.keys:
            width = text_width(self._words(), Role.STRONG) + 24
        else:
            width = sum(text_width(each, Role.CAPTION) + 16 for each in self.chips())
            width += 4 * (len(self.keys) - 1) + 12
        return QSize(max(int(width), theme().px(_LEAST)), theme().px(32))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the box with chips or words."""
        painter, look = QPainter(self), theme()
        rect = QRectF(self.rect())
        edge = look.colour("focus.ring" if self.recording else "border.control")
        ground = look.colour("bg.hover" if self._hovered else "bg.surface")
        paint_box(painter, rect, RADIUS_CONTROL, ground, edge, 2 if self.recording else 1)
        if self.recording or not self.keys:
            ink = look.colour("accent.text" if self.recording else "text.muted")
            paint_text(painter, rect, self._words(), Role.STRONG, ink, CENTRE, essential=True)
            return
        chips = self.chips()
        height = look.px(_CHIP)
        wide = [text_width(each, Role.CAPTION) + 16 for each in chips]
        left = (rect.width() - sum(wide) - 4 * (len(wide) - 1)) / 2
        for each, width in zip(chips, wide, strict=True):
            chip = QRectF(left, (rect.height() - height) / 2, width, height)
            edge, ground = look.colour("border.subtle"), look.colour("bg.sunken")
            paint_box(painter, chip, RADIUS_CHIP, ground, edge)
            ink = look.colour("text.secondary")
            paint_text(painter, chip, each, Role.CAPTION, ink, CENTRE, essential=True)
            left += width + 4

    def _words(self) -> str:
        return tr("Press the keys") if self.recording else tr("None")

    def _say(self) -> None:
        spoken = self._words() if self.recording or not self.keys else ", ".join(self.chips())
        self.setAccessibleName(f"{self._title}: {spoken}")
        self.setToolTip("" if self.recording else tr("Click, then press other keys"))
        self.updateGeometry()
        self.update()

    def _end(self, keys: str) -> None:
        self.recording = False
        self._say()
        self.pressed_keys.emit(keys)


def _written(key: Qt.Key, modifiers: Qt.KeyboardModifier) -> str:
    # The number pad's digits are the same shortcut, and Shift is part of "?" already.
    kept = modifiers & ~Qt.KeyboardModifier.KeypadModifier
    is_sign = 0x20 < int(key) < 0x7F and not chr(int(key)).isalnum()
    if is_sign and kept & Qt.KeyboardModifier.ShiftModifier:
        kept &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(kept, key)).toString(_PORTABLE)
