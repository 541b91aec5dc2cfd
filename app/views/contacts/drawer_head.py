"""The head of the drawer: avatar, name, status that a click changes, and what the person does."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from app.core.text import tr
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.labels import ElidedLabel
from app.views.common.painting import (
    DOT,
    PILL_HEIGHT,
    PILL_PADDING,
    paint_avatar,
    paint_box,
    paint_text,
    pill_width,
    text_width,
)
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.contacts.vocabulary import Vocabulary

_AVATAR, _CHEVRON = 40, 12


class Head(QWidget):
    """status_picked carries the key of the chosen status."""

    status_picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.avatar = Avatar()
        self.name = ElidedLabel("", Role.SUBTITLE)
        self.line = ElidedLabel("", Role.BODY, "secondary")
        self.status = StatusBtn()
        self.close_button = IconBtn("x", tr("Close the drawer"))
        self._vocabulary = Vocabulary()
        self._current = ""
        self.status.clicked.connect(self.open_menu)
        # No wider than its words, so that the status stands right behind them.
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        first = row(self.name, self.status, None, gap=8)
        words = column(first, self.line, gap=0)
        whole = row(self.avatar, words, self.close_button, gap=12, margins=(24, 16, 16, 0))
        whole.setStretchFactor(words, 1)
        self.setLayout(whole)

    def show_person(self, name: str, line: str, avatar: str) -> None:
        """Show another name."""
        self.name.setText(name)
        self.line.setText(line)
        self.avatar.show_name(avatar)

    def show_status(self, key: str, vocabulary: Vocabulary, *, allowed: bool) -> None:
        """Show a status; "" hides the pill."""
        self._current, self._vocabulary = key, vocabulary
        label, tone = vocabulary.status(key)
        self.status.show_word(label, tone)
        self.status.setEnabled(allowed)
        self.status.setVisible(bool(key))

    def open_menu(self) -> QMenu:
        """Offer the other statuses below the pill."""
        menu = status_menu(self.status, self._vocabulary, self._current)
        menu.triggered.connect(lambda item: self.status_picked.emit(str(item.data())))
        menu.popup(self.status.mapToGlobal(QPoint(0, self.status.height() + 4)))
        return menu


def status_menu(parent: QWidget, vocabulary: Vocabulary, current: str) -> QMenu:
    """Every status with its colour; each item's data is its key."""
    menu = QMenu(parent)
    menu.setAccessibleName(tr("Status"))
    menu.aboutToHide.connect(menu.deleteLater)
    for key, label, tone in vocabulary.statuses:
        item = menu.addAction(dot_icon(tone), label)
        item.setData(key)
        item.setCheckable(True)
        item.setChecked(key == current)
        if key == current:
            menu.setActiveAction(item)
    return menu


def dot_icon(tone: Tone) -> QIcon:
    """A dot in a tone, for menus."""
    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    ink: QColor = theme().tokens.pill(tone)[0]
    painter.setBrush(ink)
    painter.drawEllipse(QRectF(3, 3, 10, 10))
    painter.end()
    return QIcon(picture)


class StatusBtn(Btn):
    """A pill that opens a menu; the chevron shows that it does."""

    def __init__(self) -> None:
        super().__init__("", Kind.GHOST)
        self.tone = Tone.NEUTRAL
        self.ring_radius = 10.0

    def show_word(self, word: str, tone: Tone) -> None:
        """Show another status."""
        self.tone = tone
        self.setText(word)
        self.setAccessibleName(tr("Status: {status}", status=word))
        self.setToolTip(tr("Change the status"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The pill with its chevron."""
        return QSize(int(pill_width(self.text()) + _CHEVRON + 4) + 1, theme().px(24))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the pill and its chevron."""
        painter, middle = QPainter(self), self.height() / 2
        ink, ground = theme().tokens.pill(self.tone)
        height = theme().px(PILL_HEIGHT)
        rect = QRectF(0, middle - height / 2, self.width(), height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(ink if self._hovered and self.isEnabled() else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), height / 2, height / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QRectF(PILL_PADDING, middle - DOT / 2, DOT, DOT))
        words = rect.adjusted(PILL_PADDING + DOT + 4, 0, -PILL_PADDING, 0)
        paint_text(painter, words, self.text(), Role.CAPTION, ink, essential=True)
        spot = QRectF(rect.right() - PILL_PADDING - _CHEVRON + 2, middle - 6, _CHEVRON, _CHEVRON)
        paint_icon(painter, "chevron-down", spot, ink)


class Avatar(QWidget):
    """The contact's initials, or a mark for somebody who has no name yet."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str) -> None:
        """Show other initials."""
        self._shown = name
        self.update()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As high as two lines."""
        return QSize(theme().px(_AVATAR), theme().px(_AVATAR))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the token."""
        painter, look = QPainter(self), theme()
        side, mark = float(look.px(_AVATAR)), look.px(20)
        circle = QRectF(0, 0, side, side)
        if self._shown:
            paint_avatar(painter, circle, self._shown, Role.SUBTITLE)
            return
        paint_box(painter, circle, side / 2, look.colour("bg.selected"))
        inset = (side - mark) / 2
        spot = circle.adjusted(inset, inset, -inset, -inset)
        paint_icon(painter, "user-plus", spot, look.colour("accent.text"))


class UnderTab(Btn):
    """A tab with a count; the chosen one is underlined."""

    def __init__(self, text: str) -> None:
        super().__init__(text, Kind.GHOST)
        self.count = ""
        self.setCheckable(True)
        self.setAutoExclusive(True)

    def set_count(self, count: str) -> None:
        """Show a number after the words."""
        self.count = count
        self.setAccessibleName(f"{self.text()}, {count}" if count else self.text())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Words and count without padding: the tabs stand on the line of the rows below."""
        words = text_width(self.text(), Role.STRONG)
        extra = text_width(self.count, Role.FIGURE) + 8 if self.count else 0
        return QSize(int(words + extra) + 2, theme().px(36))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint words, count and the line."""
        painter, look = QPainter(self), theme()
        chosen = self.isChecked()
        token = "accent.text" if chosen else "text.primary" if self._hovered else "text.secondary"
        ink = look.colour(token)
        words = text_width(self.text(), Role.STRONG)
        room = QRectF(0, 0, words + 1, self.height())
        paint_text(painter, room, self.text(), Role.STRONG, ink, essential=True)
        if self.count:
            rest = QRectF(words + 8, 0, self.width() - words - 8, self.height())
            paint_text(painter, rest, self.count, Role.FIGURE, look.colour("text.muted"))
        if chosen:
            line = QRectF(0, self.height() - 2, self.width(), 2)
            painter.fillRect(line, look.colour("accent.solid"))
