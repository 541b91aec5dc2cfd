"""The choice of a theme by small pictures of the window in each."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from app.core.text import marked, tr
from app.views.common.fonts import Role
from app.views.common.painting import LEFT, paint_box, paint_text
from app.views.common.ring import Ringed
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD, Mode, Tokens, Tone, tokens

CHOICES = (
    ("system", marked("Like the system")),
    ("light", marked("Light")),
    ("dark", marked("Dark")),
)
_PICTURE, _LEAST = 72, 136
_PILLS = (Tone.SUCCESS, Tone.VIOLET, Tone.INFO, Tone.WARNING)


class ThemeCards(QWidget):
    """Emits picked with the chosen theme."""

    picked = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.cards: dict[str, _ThemeCard] = {}
        self._group = QButtonGroup(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        for value, words in CHOICES:
            card = _ThemeCard(value, tr(words))
            card.setAccessibleName(f"{name}: {tr(words)}")
            card.clicked.connect(lambda _on, chosen=value: self.picked.emit(chosen))
            self._group.addButton(card)
            self.cards[value] = card
            line.addWidget(card, 1)

    def choose(self, value: object) -> None:
        """Mark one theme silently."""
        for own, card in self.cards.items():
            card.setChecked(own == value)


class _ThemeCard(Ringed, QAbstractButton):
    """A picture of the window, and a radio circle with the theme's name."""

    ring_radius = 8.0

    def __init__(self, value: str, words: str) -> None:
        QAbstractButton.__init__(self)
        self.setText(words)
        self.setCheckable(True)
        self._value = value
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Picture and words."""
        return QSize(theme().px(_LEAST), theme().px(_PICTURE) + 8 + theme().line(Role.BODY))

    def minimumSizeHint(self) -> QSize:
        """Its words are never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint picture, circle and words."""
        painter, look = QPainter(self), theme()
        picture = QRectF(0, 0, self.width(), look.px(_PICTURE))
        self._paint_picture(painter, picture)
        chosen = self.isChecked()
        edge = look.colour("accent.solid" if chosen else "border.control")
        paint_box(painter, picture, RADIUS_CARD, None, edge, 2 if chosen else 1)
        side, top = look.px(16), picture.bottom() + 8
        circle = QRectF(0, top + (look.line(Role.BODY) - side) / 2, side, side)
        if chosen:
            paint_box(painter, circle, side / 2, look.colour("accent.solid"))
            inner = circle.adjusted(5, 5, -5, -5)
            paint_box(painter, inner, inner.width() / 2, look.colour("accent.on"))
        else:
            paint_box(painter, circle, side / 2, look.colour("bg.surface"), edge)
        room = QRectF(side + 8, top, self.width() - side - 8, look.line(Role.BODY))
        role = Role.STRONG if chosen else Role.BODY
        ink = look.colour("text.primary")
        paint_text(painter, room, self.text(), role, ink, LEFT, essential=True)

    def _paint_picture(self, painter: QPainter, rect: QRectF) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(rect, RADIUS_CARD, RADIUS_CARD)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(shape)
        if self._value == "system":
            _paint_window(painter, rect, tokens(Mode.LIGHT))
            half = QRectF(rect.center().x(), rect.top(), rect.width() / 2, rect.height())
            painter.setClipRect(half, Qt.ClipOperation.IntersectClip)
            _paint_window(painter, rect, tokens(Mode.DARK))
        else:
            _paint_window(painter, rect, tokens(Mode(self._value)))
        painter.restore()


def _paint_window(painter: QPainter, rect: QRectF, colours: Tokens) -> None:
    """A sidebar with three places, and a card with four lines and pills."""
    painter.fillRect(rect, colours.colour("bg.app"))
    bar = QRectF(rect.left(), rect.top(), rect.width() * 0.16, rect.height())
    painter.fillRect(bar, colours.colour("bg.sidebar"))
    for number in range(3):
        ink = colours.colour("accent.solid" if number == 0 else "text.muted")
        line = QRectF(bar.left() + 8, rect.top() + 14 + 12 * number, bar.width() - 14, 4)
        paint_box(painter, line, 2, ink)
    card = rect.adjusted(bar.width() + 12, 12, -12, -12)
    paint_box(painter, card, 4, colours.colour("bg.surface"), colours.colour("border.subtle"))
    step = (card.height() - 8) / len(_PILLS)
    for number, tone in enumerate(_PILLS):
        middle = card.top() + 4 + step * (number + 0.5)
        words = QRectF(card.left() + 8, middle - 1.5, card.width() - 52, 3)
        paint_box(painter, words, 1.5, colours.colour("text.secondary"))
        pill = QRectF(card.right() - 32, middle - 3, 24, 6)
        paint_box(painter, pill, 3, colours.pill(tone)[1])
