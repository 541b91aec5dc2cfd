"""A pill as a widget, an inline notice, and the empty state of a page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.core.errors import CaptelyError
from app.views.common.boxes import fill, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.illustrations import Illustration
from app.views.common.labels import Label, Para
from app.views.common.painting import PILL_HEIGHT, paint_pill, paint_tinted, pill_width
from app.views.common.theme import theme
from app.views.common.tokens import Tone

_ICONS = {
    Tone.NEUTRAL: "info",
    Tone.INFO: "info",
    Tone.SUCCESS: "circle-check",
    Tone.WARNING: "triangle-alert",
    Tone.DANGER: "circle-alert",
    Tone.VIOLET: "info",
}


class Pill(QWidget):
    """A word with its tone, such as a status."""

    def __init__(self, text: str = "", tone: Tone = Tone.NEUTRAL, *, dot: bool = True) -> None:
        super().__init__()
        self._dot = dot
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_word(text, tone)

    def show_word(self, text: str, tone: Tone) -> None:
        """Show another word."""
        self.text, self.tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Word, dot and padding."""
        return QSize(int(pill_width(self.text, dot=self._dot)) + 1, theme().px(PILL_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Its word is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the pill."""
        paint_pill(QPainter(self), 0, self.height() / 2, self.text, self.tone, dot=self._dot)


class IconMark(QWidget):
    """An icon without a function, as high as the first line of the words beside it."""

    def __init__(
        self,
        icon: str,
        colour: str = "text.secondary",
        size: int = 16,
        *,
        beside: Role = Role.BODY,
    ) -> None:
        super().__init__()
        self.icon_name, self.colour, self._size, self._beside = icon, colour, size, beside
        self.restyle()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        side = theme().px(self._size)
        self.setFixedSize(side, max(side, theme().line(self._beside)))

    def show_icon(self, icon: str, colour: str) -> None:
        """Show another icon."""
        self.icon_name, self.colour = icon, colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the icon."""
        side = self.width()
        rect = QRectF(0, (self.height() - side) / 2, side, side)
        paint_icon(QPainter(self), self.icon_name, rect, theme().colour(self.colour))


class Notice(QWidget):
    """A sentence in a tinted box next to the place it is about, with an optional action."""

    def __init__(self, tone: Tone = Tone.DANGER) -> None:
        super().__init__()
        self._tone = tone
        self._mark = IconMark(_ICONS[tone], f"pill.{tone}.fg")
        self._words = Para("", tone="primary")
        self._action = Btn("", Kind.LINK)
        self._action.hide()
        self._also = Btn("", Kind.LINK)
        self._also.hide()
        self._act: Callable[[], object] | None = None
        self._other_act: Callable[[], object] | None = None
        self._action.clicked.connect(self._run_action)
        self._also.clicked.connect(self._run_other)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        said = row(self._mark, self._words, margins=(0, 2, 0, 2))
        said.setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)
        said.setStretchFactor(self._words, 1)
        line = row(said, self._also, self._action, gap=16, margins=(12, 8, 12, 8))
        line.setStretchFactor(said, 1)
        self.setLayout(line)
        self.hide()

    def text(self) -> str:
        """The words shown now."""
        return self._words.text() if not self.isHidden() else ""

    def say(self, text: str, tone: Tone | None = None) -> None:
        """Show a sentence; an empty one hides the notice."""
        self._tone = tone or self._tone
        self._mark.show_icon(_ICONS[self._tone], f"pill.{self._tone}.fg")
        self._words.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def say_error(self, error: CaptelyError) -> None:
        """Show what went wrong and the next step."""
        self.say(sentences(error), Tone.DANGER)

    def offer(self, words: str, act: Callable[[], object] | None = None) -> Btn:
        """Show an action at the end, which does `act`; empty words take it away."""
        self._act = act
        self._action.setText(words)
        self._action.updateGeometry()
        self._action.setVisible(bool(words))
        return self._action

    def offer_also(self, words: str, act: Callable[[], object] | None = None) -> Btn:
        """Show a second action before the first; empty words take it away."""
        self._other_act = act
        self._also.setText(words)
        self._also.updateGeometry()
        self._also.setVisible(bool(words))
        return self._also

    def _run_other(self) -> None:
        if self._other_act is not None:
            self._other_act()

    def _run_action(self) -> None:
        if self._act is not None:
            self._act()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the tinted box."""
        paint_tinted(self, self._tone)


def sentences(error: CaptelyError) -> str:
    """Cause and next step in one line of text."""
    cause = error.message
    if error.hint and cause[-1:] not in ".!?…":
        cause += "."
    return f"{cause} {error.hint}".strip()


class Empty(QWidget):
    """A page or list with nothing in it: what it is for and the one thing to do."""

    def __init__(self, icon: str, title: str, sentence: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.title = Label(title, Role.SUBTITLE)
        self.sentence = Para(sentence, align=Qt.AlignmentFlag.AlignHCenter)
        self._buttons = row(gap=12)
        mark = Illustration(icon)
        outer = QVBoxLayout(self)
        outer.setSpacing(8)
        fill(outer, (None, mark, 8, self.title, self.sentence, 8, self._buttons, None, None))
        for part in (mark, self.title):
            outer.setAlignment(part, Qt.AlignmentFlag.AlignHCenter)
        outer.setAlignment(self._buttons, Qt.AlignmentFlag.AlignHCenter)

    def say(self, title: str, sentence: str) -> None:
        """Show other words."""
        self.setAccessibleName(title)
        self.title.setText(title)
        self.sentence.setText(sentence)

    def add(self, button: Btn) -> Btn:
        """Add an action; the first is the main one."""
        self._buttons.addWidget(button)
        return button
