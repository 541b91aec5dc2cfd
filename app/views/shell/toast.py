"""The toast at the foot of the window: one at a time, pausing while it is pointed at or focused."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QMargins, QObject, QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.core.text import tr, trn
from app.views.common.announcing import announce
from app.views.common.boxes import row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.desk import Toast
from app.views.common.labels import Para
from app.views.common.motion import TOAST_MS, Glide
from app.views.common.painting import paint_box, paint_shadow
from app.views.common.pills import IconMark, Pill
from app.views.common.ring import FLOATS
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD, Tone
from app.views.shell.escaping import Escaping
from app.views.shell.keeping_clear import clear_of, free_room

PLAIN_MS, ACTION_MS = 6_000, 10_000
_MOVES = (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest)
MARGIN, WIDEST, BOTTOM, RISE, MOST = 24, 480, 16, 16, 9
SHADOW = QMargins(24, 16, 24, 32)
"""The room around the box in which its shadow falls."""


class ToastBar(Escaping, QWidget):
    """Floats above the pages, right of `beside`; its parent is the window's ground, and it keeps
    clear of `above`.

    It also keeps clear of buttons and fields, such as those at the foot of a form.

    The newest message is in front; those behind it are counted, and seen again when it is put
    away before their time is over.
    """

    def __init__(self, parent: QWidget, above: QWidget, beside: QWidget) -> None:
        QWidget.__init__(self, parent)
        self._ground, self._above, self._beside = parent, above, beside
        self.setProperty(FLOATS, "true")
        self.stack: list[Toast] = []
        self._before: QWidget | None = None
        self._shown = 0.0
        self._aside = QPoint()
        self._mark = IconMark("circle-check", "pill.success.fg")
        self._words = Para("", tone="primary")
        self.behind = Pill(dot=False)
        self._button = _ToastBtn("", Kind.LINK)
        self._button.clicked.connect(self._act)
        self._close = IconBtn("x", tr("Dismiss"))
        self._close.clicked.connect(self.dismiss)
        self._parts = (self._mark, self._words, self.behind, self._button, self._close)
        line = row(*self._parts, gap=12, margins=(16, 4, 4, 4))
        line.setStretchFactor(self._words, 1)
        for part in self._parts:
            line.setAlignment(part, Qt.AlignmentFlag.AlignVCenter)
        outer = row(margins=(SHADOW.left(), SHADOW.top(), SHADOW.right(), SHADOW.bottom()))
        outer.addLayout(line)
        self.setLayout(outer)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._keep_clear)
        self._glide = Glide(self._step, TOAST_MS, self)
        for watched in (parent, above, beside):
            watched.installEventFilter(self)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]
        self.hide()

    @property
    def text(self) -> str:
        """The words shown now, empty when there is no toast."""
        return self._words.text() if self.isVisible() else ""

    @property
    def button(self) -> Btn:
        """The action of the toast."""
        return self._button

    def show_toast(self, toast: Toast) -> None:
        """Show a message in front of those before it; the same again does not count twice."""
        if self.isVisible() and self.stack and self.stack[-1].text == toast.text:
            self.stack[-1] = toast
        else:
            self.stack = [*self.stack[-(MOST - 1) :], toast] if self.isVisible() else [toast]
        was_hidden = not self.isVisible()
        self._show_front()
        if was_hidden:
            self._glide.enter()
        announce(self, f"{toast.text} {toast.button}".strip())

    def focus(self) -> None:
        """Bring the keyboard to the message; Esc takes it back."""
        if self.isVisible():
            self._before = QApplication.focusWidget()
            target = self._button if self._button.isVisible() else self._close
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def dismiss(self) -> None:
        """Put the message in front away."""
        self.stack = self.stack[:-1]
        if self.stack:
            self._show_front()
        else:
            self.clear()

    def clear(self) -> None:
        """Put all of them away."""
        self.stack = []
        self._give_back()
        self._timer.stop()
        self.hide()

    def place(self) -> None:
        """Bottom centre of the page, as wide as the words need, beside what it must not cover."""
        at = self._at_rest().translated(self._aside)
        self.setGeometry(at.translated(0, round(RISE * (1 - self._shown))))

    def _at_rest(self) -> QRect:
        """Where it is once it has risen, if nothing is in the way."""
        free = free_room(self._ground, self)
        free.setLeft(self._beside.width())
        width = min(free.width() - 2 * MARGIN, theme().px(WIDEST) + 48, self._wanted_width())
        layout = self.layout()
        height = layout.heightForWidth(width) if layout is not None else self.sizeHint().height()
        foot = self._above.height() if self._above.isVisible() else 0
        top = free.height() - foot - height - BOTTOM + 24
        return QRect(free.left() + (free.width() - width) // 2, top, width, height)

    def _keep_clear(self) -> None:
        """Look what is below, now that everything has its place."""
        if self.isVisible():
            whole = self._at_rest()
            seen = whole.marginsRemoved(SHADOW)
            self._aside = clear_of(seen, self._ground, self).topLeft() - seen.topLeft()
            self.place()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window is resized, or the strip or a drawer comes and goes."""
        if event.type() in _MOVES and self.isVisible():
            self.place()
            self._soon.start()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while pointed at."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go on counting."""
        if self.isVisible():
            self._start()
        super().leaveEvent(event)

    def escape(self) -> None:
        """Esc puts the message away."""
        self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint shadow, surface and edge."""
        painter, look = QPainter(self), theme()
        rect = QRectF(self.rect().marginsRemoved(SHADOW))
        paint_shadow(painter, rect, RADIUS_CARD)
        edge: QColor = look.colour("border.control")
        paint_box(painter, rect, RADIUS_CARD, look.colour("bg.surface"), edge)

    def _show_front(self) -> None:
        toast, behind = self.stack[-1], len(self.stack) - 1
        tone = ("circle-alert", "pill.danger.fg") if toast.failed else None
        self._mark.show_icon(*(tone or ("circle-check", "pill.success.fg")))
        self._words.setText(toast.text)
        self._button.setText(toast.button)
        self._button.setVisible(bool(toast.button))
        self._button.updateGeometry()
        self.behind.show_word(f"+{behind}", Tone.NEUTRAL)
        self.behind.setAccessibleName(trn("{n} more message", "{n} more messages", behind))
        self.behind.setVisible(behind > 0)
        self.setAccessibleName(toast.text)
        self.place()
        self.show()
        self.raise_()
        self._keep_clear()
        self._start()

    def _wanted_width(self) -> int:
        """Everything in one line; the layout itself would wrap the words rather."""
        shown = [
            max(p.sizeHint().width(), p.minimumWidth()) for p in self._parts if not p.isHidden()
        ]
        return sum(shown) + 12 * (len(shown) - 1) + 16 + 4 + 48 + 4

    def _start(self) -> None:
        if self._has_focus():
            self._timer.stop()
            return
        acts = any(toast.button for toast in self.stack)
        self._timer.start(ACTION_MS if acts else PLAIN_MS)

    def _has_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def _focus_moved(self, _old: QWidget | None, _new: QWidget | None) -> None:
        if self.isVisible():
            self._start()

    def _give_back(self) -> None:
        """The keyboard goes back to where it was before the message had it."""
        before, self._before = self._before, None
        if self._has_focus() and before is not None and shiboken6.isValid(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _act(self) -> None:
        toast = self.stack[-1] if self.stack else None
        self.dismiss()
        if toast is not None and toast.act is not None:
            toast.act()

    def _step(self, shown: float) -> None:
        self._shown = shown
        self.place()


class _ToastBtn(Btn):
    """The second click of a double click would be for the message that has come meanwhile."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Do nothing more than the first click did."""
        event.accept()
