"""The head of a page: title, a quiet count beside it, and the page's actions at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from app.core.text import tr
from app.views.common.boxes import Part, row
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.labels import ElidedLabel, Label
from app.views.common.painting import CENTRE, LEFT, hairline, paint_box, paint_text, text_width
from app.views.common.theme import theme

_CIRCLE, _LINE, _SLACK = 20, 24, 4
FEW = 10


class PageHeader(QWidget):
    """Title and count at the left, what is given at the right."""

    def __init__(self, title: str, *parts: Part) -> None:
        super().__init__()
        self.title = Label(title, Role.TITLE)
        self.count = Quiet("", Role.FIGURE, "secondary")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setLayout(row(self.title, 4, self.count, None, *parts, gap=8))
        self.restyle()

    def restyle(self) -> None:
        """Take the height of the present text size."""
        self.setMinimumHeight(theme().px(32))

    def put_beside_title(self, part: QWidget) -> None:
        """Show a control of the whole page between the title and the actions."""
        layout = self.layout()
        if isinstance(layout, QBoxLayout):
            at = layout.indexOf(self.count) + 1
            layout.insertSpacing(at, 16)
            layout.insertWidget(at + 1, part)

    def show_count(self, words: str) -> None:
        """Show the quiet words beside the title."""
        self.count.setText(words)
        self.count.updateGeometry()


class Quiet(ElidedLabel):
    """Takes the room of its words where there is some, so that the title is never cut."""

    def __init__(self, text: str, role: Role, tone: str) -> None:
        super().__init__(text, role, tone)
        self.setMinimumWidth(0)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """A number is whole; more words than that give way to everything else."""
        high, few = super().minimumSizeHint().height(), len(self.text()) <= FEW
        return QSize(self.sizeHint().width() if few else 0, high)


class Steps(QWidget):
    """The numbered steps of a wizard: done, current, to come."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = list(names)
        self._current = 0
        self._compact = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_step(0)

    def show_step(self, current: int) -> None:
        """Mark step `current`, counted from 0."""
        self._current = current
        step = tr("Step {n} of {total}", n=current + 1, total=len(self._names))
        self.setAccessibleName(f"{step}: {self._names[current]}")
        self.updateGeometry()
        self.update()

    def set_compact(self, compact: object) -> None:
        """Name only the current step, where room is scarce."""
        if self._compact != bool(compact):
            self._compact = bool(compact)
            self.updateGeometry()
            self.update()

    @property
    def whole_width(self) -> int:
        """The room that all names need."""
        words = sum(text_width(name, Role.STRONG) + 8 for name in self._names)
        circles = len(self._names) * (theme().px(_CIRCLE) + _SLACK)
        return int(words + circles) + (len(self._names) - 1) * (_LINE + 24) + 4

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Circles, words and the lines between them."""
        named = [name for name in self._names if self._names_step(name)]
        words = sum(text_width(name, Role.STRONG) + 8 for name in named)
        circles = len(self._names) * (theme().px(_CIRCLE) + _SLACK)
        lines = (len(self._names) - 1) * (self._gap + 2 * self._beside)
        return QSize(int(words + circles + lines) + 4, theme().px(32))

    def _names_step(self, name: str) -> bool:
        return not self._compact or name == self._names[self._current]

    @property
    def _gap(self) -> int:
        return _LINE // 2 if self._compact else _LINE

    @property
    def _beside(self) -> int:
        return 4 if self._compact else 12

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the steps."""
        painter, look, left = QPainter(self), theme(), 0.0
        for number, name in enumerate(self._names):
            left = self._paint_step(painter, left, number, name)
            if number < len(self._names) - 1:
                line = look.colour("border.control")
                begin = left + self._beside
                hairline(painter, begin, begin + self._gap, self.height() / 2, line)
                left += self._gap + 2 * self._beside

    def _paint_step(self, painter: QPainter, left: float, number: int, name: str) -> float:
        look, side = theme(), theme().px(_CIRCLE)
        circle = QRectF(left, (self.height() - side) / 2, side, side)
        here, done = number == self._current, number < self._current
        if done:
            paint_box(painter, circle, side / 2, look.colour("pill.success.bg"))
            tick = circle.adjusted(4, 4, -4, -4)
            paint_icon(painter, "check", tick, look.colour("pill.success.fg"))
        else:
            fill = look.colour("accent.solid") if here else None
            edge = None if here else look.colour("border.control")
            paint_box(painter, circle, side / 2, fill, edge)
            ink = look.colour("accent.on" if here else "text.secondary")
            paint_text(painter, circle, str(number + 1), Role.CAPTION, ink, CENTRE)
        if not self._names_step(name):
            return circle.right() + _SLACK
        words = text_width(name, Role.STRONG)
        ink = look.colour("text.primary" if here else "text.secondary")
        room = QRectF(left + side + 8, 0, words + _SLACK, self.height())
        paint_text(painter, room, name, Role.STRONG, ink, LEFT, essential=True)
        return room.right()
