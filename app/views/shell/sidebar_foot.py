"""The foot of the sidebar: whether the network is there, and who works where, with the menu."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.text import tr
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.painting import hairline, paint_avatar, paint_box, paint_text
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CONTROL, Tone


class OfflinePill(QWidget):
    """Seen only while there is no network, to say that this is no matter."""

    narrow = False

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Offline. Everything local works."))
        self.setToolTip(self.accessibleName())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Two short lines, or the icon alone."""
        return QSize(32, theme().px(32 if self.narrow else 48))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint icon and words."""
        painter, look = QPainter(self), theme()
        ink, ground = look.tokens.pill(Tone.NEUTRAL)
        paint_box(painter, QRectF(self.rect()), RADIUS_CONTROL, ground)
        side = look.px(16)
        left = (self.width() - side) / 2 if self.narrow else 8.0
        box = QRectF(left, (self.height() - side) / 2, side, side)
        paint_icon(painter, "wifi-off", box, ink)
        if self.narrow:
            return
        line = look.px(16)
        words = QRectF(left + side + 8, self.height() / 2 - line, self.width(), line)
        words.setRight(self.width() - 4)
        paint_text(painter, words, tr("Offline"), Role.CAPTION, ink)
        words.translate(0, line)
        paint_text(painter, words, tr("Everything local works"), Role.SMALL, ink)


class PersonButton(Btn):
    """Who is working, in which workspace; opens the menu."""

    narrow = False

    def __init__(self, person: str, workspace: str) -> None:
        super().__init__("", Kind.GHOST)
        self.person, self.workspace = person, workspace
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        whole = tr("{person}, workspace {workspace}", person=person, workspace=workspace)
        self.setAccessibleName(tr("Menu. {whole}", whole=whole))
        self.setToolTip(whole)

    def sizeHint(self) -> QSize:
        """Two lines and a little air, below a rule."""
        return QSize(32, theme().px(48))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint avatar, name and workspace."""
        painter, look = QPainter(self), theme()
        if self._hovered or self.isDown():
            paint_box(painter, QRectF(self.rect()), RADIUS_CONTROL, look.colour("bg.hover"))
        else:
            hairline(painter, 0, self.width(), 1, look.colour("border.subtle"))
        side = look.px(28)
        left = (self.width() - side) / 2 if self.narrow else 8.0
        paint_avatar(painter, QRectF(left, (self.height() - side) / 2, side, side), self.person)
        if self.narrow:
            return
        mark, middle = look.px(16), self.height() / 2
        more = QRectF(self.width() - mark - 4, middle - mark / 2, mark, mark)
        paint_icon(painter, "chevron-up", more, look.colour("text.secondary"))
        words = QRectF(left + side + 8, middle - look.px(18), 0, look.px(18))
        words.setRight(more.left() - 4)
        paint_text(painter, words, self.person, Role.STRONG, look.colour("text.primary"))
        words.translate(0, look.px(17))
        paint_text(painter, words, self.workspace, Role.SMALL, look.colour("text.secondary"))
