"""What a new workspace shows instead of an empty list: three ways to begin, one of them first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.core.text import marked, tr
from app.views.common.boxes import Card, Rule, column, fill, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.pills import IconMark
from app.views.common.theme import theme

WIDEST = 640
_SAMPLE = marked("Made-up people to try things on; one click removes them.")
_IMPORT = marked("A list from CSV, Excel or JSON. You see what will happen before it does.")
_EMPTY = marked("Nothing is filled in; lists can follow at any time.")


class Welcome(QWidget):
    """The page carries the choices out; nothing is decided until one of them is pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Welcome to Captely"))
        self.sample = Btn(tr("Try with sample data"), Kind.PRIMARY)
        self.import_ = Btn(tr("Import a file"))
        self.empty = Btn(tr("Start empty"))
        self._card = Card(gap=0, padding=1)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._card.setSizePolicy(policy)
        choices = (
            ("sparkles", tr("Look around first"), tr(_SAMPLE), self.sample),
            ("upload", tr("Bring in your contacts"), tr(_IMPORT), self.import_),
            ("plus", tr("Add people one by one"), tr(_EMPTY), self.empty),
        )
        for place, choice in enumerate(choices):
            if place:
                self._card.body.addWidget(Rule())
            self._card.body.addLayout(_line(*choice))
        title = Label(tr("Welcome to Captely"), Role.DISPLAY)
        words = Para(tr("Your contacts stay on this computer. How do you want to begin?"))
        outer = QVBoxLayout(self)
        outer.setSpacing(8)
        middle = row(None, self._card, None)
        middle.setStretchFactor(self._card, 8)
        fill(outer, (None, title, words, 16, middle, None, None))
        outer.setAlignment(title, Qt.AlignmentFlag.AlignHCenter)
        outer.setAlignment(words, Qt.AlignmentFlag.AlignHCenter)
        self.restyle()

    def restyle(self) -> None:
        """Take the width of the present text size."""
        self._card.setMaximumWidth(theme().px(WIDEST))


def _line(icon: str, title: str, words: str, button: Btn) -> QHBoxLayout:
    texts = column(Label(title, Role.SUBTITLE), Para(words), gap=4)
    line = row(IconMark(icon, "accent.text", 20), texts, button, gap=16, margins=(16, 16, 16, 16))
    line.setStretchFactor(texts, 1)
    return line
