"""The toast at the foot of the window: one at a time, pausing while it is pointed at."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QEnterEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.views.common.boxes import row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.desk import Toast
from app.views.common.labels import Para
from app.views.common.painting import paint_box, paint_shadow
from app.views.common.pills import IconMark
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD

PLAIN_MS, ACTION_MS = 6_000, 10_000
MARGIN, WIDEST, BOTTOM = 24, 560, 16


class ToastBar(QWidget):
    """Floats above the pages; its parent is the window's ground."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._toast: Toast | None = None
        self._mark = IconMark("circle-check", "pill.success.fg")
        self._words = Para("", tone="primary")
        self._button = Btn("", Kind.LINK)
        self._button.clicked.connect(self._act)
        self._button.hide()
        self._close = IconBtn("x", tr("Dismiss"))
        self._close.clicked.connect(self.hide)
        line = row(
            self._mark, self._words, self._button, self._close, gap=12, margins=(16, 4, 4, 4)
        )
        line.setStretchFactor(self._words, 1)
        for part in (self._mark, self._words):
            line.setAlignment(part, Qt.AlignmentFlag.AlignVCenter)
        outer = row(margins=(24, 16, 24, 32))
        outer.addLayout(line)
        self.setLayout(outer)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
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
        """Show a message in place of the one before."""
        self._toast = toast
        icon = (
            ("circle-alert", "pill.danger.fg")
            if toast.failed
            else ("circle-check", "pill.success.fg")
        )
        self._mark.show_icon(*icon)
        self._words.setText(toast.text)
        self._button.setText(toast.button)
        self._button.setVisible(bool(toast.button))
        self._button.updateGeometry()
        self.place()
        self.show()
        self.raise_()
        self._start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, toast.text))

    def place(self) -> None:
        """Bottom centre of the window, as wide as the words need."""
        parent = self.parentWidget()
        if parent is None:
            return
        room = parent.width() - 2 * MARGIN
        width = min(room, theme().px(WIDEST) + 48, self._wanted_width())
        layout = self.layout()
        height = layout.heightForWidth(width) if layout is not None else self.sizeHint().height()
        self.setGeometry(
            (parent.width() - width) // 2, parent.height() - height - BOTTOM + 24, width, height
        )

    def _wanted_width(self) -> int:
        """Everything in one line; the layout itself would wrap the words rather."""
        parts = (self._mark, self._words, self._button, self._close)
        shown = [max(p.sizeHint().width(), p.minimumWidth()) for p in parts if not p.isHidden()]
        return sum(shown) + 12 * (len(shown) - 1) + 16 + 4 + 48 + 4

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window is resized."""
        if (
            watched is self.parentWidget()
            and event.type() is QEvent.Type.Resize
            and self.isVisible()
        ):
            self.place()
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

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint shadow, surface and edge."""
        painter, look = QPainter(self), theme()
        rect = QRectF(self.rect()).adjusted(24, 16, -24, -32)
        paint_shadow(painter, rect, RADIUS_CARD)
        edge: QColor = look.colour("border.control")
        paint_box(painter, rect, RADIUS_CARD, look.colour("bg.surface"), edge)

    def _start(self) -> None:
        focused = self._button.hasFocus()
        self._timer.start(ACTION_MS if self._button.text() or focused else PLAIN_MS)

    def _act(self) -> None:
        toast = self._toast
        self.hide()
        if toast is not None and toast.act is not None:
            toast.act()
