"""A panel that glides in at the right of the window, over the page, and leaves it usable."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.core.text import tr
from app.views.common.boxes import row
from app.views.common.buttons import IconBtn
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.motion import PANEL_MS, Glide
from app.views.common.painting import hairline, paint_shadow
from app.views.common.ring import FLOATS
from app.views.common.theme import theme
from app.views.shell.escaping import Escaping

WIDTH, SHADOW, HEAD, LEAST_BESIDE = 420, 24, 48, 64
_MOVES = (QEvent.Type.Resize, QEvent.Type.Move)


class SidePanel(Escaping, QWidget):
    """Its parent is the window's ground; it is as high as the page beside the sidebar.

    `body` takes what it shows; `begins` is what has the keyboard first. Esc or its own action
    closes it, and the keyboard goes back to where it was.
    """

    def __init__(self, title: str, parent: QWidget, page: QWidget) -> None:
        QWidget.__init__(self, parent)
        self._ground = parent
        self._page = page
        self.setProperty(FLOATS, "true")
        self._before: QWidget | None = None
        self._shown = 0.0
        self.begins: QWidget | None = None
        self.setAccessibleName(title)
        self.title = Label(title, Role.SUBTITLE)
        self.done = IconBtn("x", tr("Close {panel}", panel=title))
        self.done.clicked.connect(self.close_panel)
        self.head = row(self.title, None, self.done, gap=8, margins=(16, 8, 8, 8))
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SHADOW + 1, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self.head)
        whole.addLayout(self.body, 1)
        self._glide = Glide(self._step, PANEL_MS, self)
        page.installEventFilter(self)
        self.hide()

    def load(self) -> None:
        """Get what is to be shown; called each time it opens."""

    def toggle(self) -> None:
        """Open it, or close it when it has been open."""
        if self.isVisible():
            self.close_panel()
        else:
            self.open()

    def open(self) -> None:
        """Show it with the keyboard inside."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self.load()
        self.show()
        self.raise_()
        (self.begins or self.done).setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._glide.enter()

    def close_panel(self) -> None:
        """Let it glide away."""
        if not self.isVisible():
            return
        inside = self.isAncestorOf(QApplication.focusWidget() or self)
        before, self._before = self._before, None
        if inside and before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._glide.leave(self.hide)

    def restyle(self) -> None:
        """Take the width of the present text size."""
        self.place()

    def place(self) -> None:
        """At the right edge, as far as it has come in, as high as the page."""
        room = self._ground.width()
        width = min(theme().px(WIDTH), room - LEAST_BESIDE) + SHADOW
        left = room - round(width * self._shown)
        top = self._page.mapTo(self._ground, QPoint(0, 0)).y()
        self.setGeometry(left, top, width, self._page.height())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window is resized, or a ribbon comes and goes."""
        if event.type() in _MOVES and self.isVisible():
            self.place()
        return False

    def escape(self) -> None:
        """Esc closes the panel."""
        self.close_panel()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint shadow, ground and the lines at its left and below its head."""
        painter, look = QPainter(self), theme()
        box = QRectF(self.rect()).adjusted(SHADOW, 0, 0, 0)
        paint_shadow(painter, box, 0)
        painter.fillRect(box, look.colour("bg.surface"))
        edge = look.colour("border.subtle")
        painter.fillRect(QRectF(box.left(), 0, 1, box.height()), edge)
        hairline(painter, box.left(), box.right(), self.head.geometry().bottom() + 1, edge)

    def _step(self, shown: float) -> None:
        self._shown = shown
        self.place()
