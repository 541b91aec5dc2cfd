"""One value of a contact: label over value, its source at the right; a click edits it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton

from app.core.text import tr
from app.views.common.cells import MISSING
from app.views.common.fonts import Role
from app.views.common.hovering import Hovering
from app.views.common.icons import paint_icon
from app.views.common.labels import let_grow, wrapped
from app.views.common.painting import (
    PILL_HEIGHT,
    RIGHT,
    paint_box,
    paint_pill,
    paint_text,
    pill_width,
    text_width,
)
from app.views.common.ring import Ringed
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CONTROL, Tone
from app.views.contacts.provenance import Origin

MOST_LINES = 8
_SIDE, _TOP, _ABOVE_PILLS = 12, 4, 4


class Shape(Enum):
    """How a value is painted."""

    TEXT = "text"
    LINK = "link"
    PILLS = "pills"


@dataclass(frozen=True, slots=True)
class Shown:
    """A value ready to be painted; pills are its words with their tones, dots for a status."""

    text: str
    shape: Shape = Shape.TEXT
    pills: tuple[tuple[str, Tone], ...] = ()
    dots: bool = False


class ValueRow(Ringed, Hovering, QAbstractButton):
    """edit_wished on click or Enter; told on Space or a click on the source; menu_wished for more.

    always_sourced rows show where they came from without being pointed at.
    """

    edit_wished = Signal()
    told = Signal()
    menu_wished = Signal(object)

    def __init__(self, key: str, title: str, *, editable: bool) -> None:
        QAbstractButton.__init__(self)
        self.key, self.title = key, title
        self.value = ""
        self.origin: Origin | None = None
        self._shown = Shown("")
        self._sourced = False
        self._editable = editable
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        let_grow(self)
        self.clicked.connect(self._clicked)
        self.allow(editable=editable)

    @property
    def source(self) -> str:
        """Where the value came from, in a few words."""
        return self.origin.short if self.origin is not None else ""

    def allow(self, *, editable: bool) -> None:
        """Whether the value can be edited now."""
        self._editable = editable
        shape = Qt.CursorShape.PointingHandCursor if editable else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def show_value(self, shown: Shown, origin: Origin | None, *, sourced: bool) -> None:
        """Show a value with its source."""
        self.value, self._shown, self.origin = shown.text, shown, origin
        self._sourced = sourced
        self.setAccessibleName(f"{self.title}: {shown.text or tr('empty')}")
        self.setAccessibleDescription(origin.tip if origin is not None else "")
        self.setToolTip("\n".join(p for p in (shown.text, origin.tip if origin else "") if p))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Long texts and many tags take several lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Label and value."""
        return theme().line(Role.CAPTION) + self._value_height(width - 2 * _SIDE) + 2 * _TOP

    def sizeHint(self) -> QSize:
        """As high as its value needs."""
        width = self.width() if self.width() > 2 * _SIDE else theme().px(360)
        return QSize(theme().px(200), self.heightForWidth(width))

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def _value_height(self, room: float) -> int:
        if self._shown.shape is Shape.PILLS and self._shown.pills:
            return int(self._pill_places(room)[-1][1] + theme().px(PILL_HEIGHT)) + _ABOVE_PILLS
        return max(1, len(self._lines(room))) * theme().line(Role.BODY)

    def _lines(self, room: float) -> list[str]:
        font = theme().font(Role.BODY)
        lines: list[str] = []
        for paragraph in self._shown.text.split("\n"):
            lines += wrapped(paragraph, font, room) or [""]
        if len(lines) > MOST_LINES:
            lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]} …"]
        return lines

    def _pill_places(self, room: float) -> list[tuple[float, float, str, Tone]]:
        """Left and top of each pill, in lines."""
        placed: list[tuple[float, float, str, Tone]] = []
        left = top = 0.0
        for word, tone in self._shown.pills:
            width = min(room, pill_width(word, dot=self._shown.dots))
            if left and left + width > room:
                left, top = 0.0, top + theme().px(PILL_HEIGHT) + 4
            placed.append((left, top, word, tone))
            left += width + 4
        return placed

    def _clicked(self) -> None:
        if self._editable:
            self.edit_wished.emit()
        else:
            self.told.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter or F2 edits, Space tells the source, Ctrl+C copies, arrows go to the next."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self._clicked()
        elif event.key() == Qt.Key.Key_Space:
            self.told.emit()
        elif event.matches(QKeySequence.StandardKey.Copy) and self.value:
            QGuiApplication.clipboard().setText(self.value)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """More that can be done with this value."""
        self.menu_wished.emit(event.globalPos())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The source opens by a click on it, the menu by one on its dots."""
        spot = event.position()
        if event.button() == Qt.MouseButton.LeftButton and self._menu_box().contains(spot):
            self.setDown(False)
            self.menu_wished.emit(event.globalPosition().toPoint())
        elif self.origin is not None and self._source_box().contains(spot):
            self.setDown(False)
            self.told.emit()
        else:
            super().mouseReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard sees what the pointer sees."""
        super().focusInEvent(event)
        self.update()

    @property
    def _hot(self) -> bool:
        return self._hovered or self.hasFocus()

    def _inner(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_SIDE, _TOP, -_SIDE, -_TOP)

    def _menu_box(self) -> QRectF:
        side = theme().px(24)
        return QRectF(self.width() - side - 4, _TOP - 2, side, theme().line(Role.CAPTION) + 4)

    def _source_box(self) -> QRectF:
        inner = self._inner()
        caption = text_width(self.title, Role.CAPTION)
        right = self._menu_box().left() - 4 if self._hot else inner.right()
        room = min(text_width(self.source, Role.SMALL) + 2, right - inner.left() - caption - 12)
        return QRectF(right - room, inner.top(), max(0.0, room), theme().line(Role.CAPTION))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint label, value and source."""
        painter, look, inner = QPainter(self), theme(), self._inner()
        if self._hot:
            paint_box(painter, QRectF(self.rect()), RADIUS_CONTROL, look.colour("bg.hover"))
            spot = self._menu_box()
            dots = QRectF(spot.center().x() - 8, spot.center().y() - 8, 16, 16)
            paint_icon(painter, "ellipsis", dots, look.colour("text.secondary"))
        height = look.line(Role.CAPTION)
        caption = QRectF(inner.topLeft(), QPointF(inner.right(), inner.top() + height))
        ink = look.colour("text.secondary")
        paint_text(painter, caption, self.title, Role.CAPTION, ink, essential=True)
        if self.source and (self._sourced or self._hot):
            quiet = look.colour("text.muted")
            paint_text(painter, self._source_box(), self.source, Role.SMALL, quiet, RIGHT)
        self._paint_value(painter, inner.adjusted(0, height, 0, 0))

    def _paint_value(self, painter: QPainter, room: QRectF) -> None:
        look, shown = theme(), self._shown
        if shown.shape is Shape.PILLS and shown.pills:
            height = look.px(PILL_HEIGHT)
            for left, top, word, tone in self._pill_places(room.width()):
                middle = room.top() + _ABOVE_PILLS + top + height / 2
                paint_pill(
                    painter,
                    room.left() + left,
                    middle,
                    word,
                    tone,
                    width=room.width(),
                    dot=shown.dots,
                )
            return
        token = "accent.text" if shown.shape is Shape.LINK else "text.primary"
        lines = self._lines(room.width()) if shown.text else [MISSING]
        ink = look.colour(token if shown.text else "text.muted")
        height = look.line(Role.BODY)
        for place, line in enumerate(lines):
            spot = QRectF(room.left(), room.top() + place * height, room.width(), height)
            paint_text(painter, spot, line, Role.BODY, ink)
