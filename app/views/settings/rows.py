"""One line of the settings: what it is, what it does, its control; found words are marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.core.text import fold
from app.views.common.boxes import Card, Part, Rule, box, column, row
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.painting import LEFT, paint_box, paint_text
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CHIP, RADIUS_CONTROL

FLASH_MS = 1_600


def words_of(search: str) -> tuple[str, ...]:
    """The folded words of a search."""
    return tuple(fold(search).split())


class Found(Label):
    """A one-line label that marks the words of a search."""

    def __init__(self, text: str, role: Role = Role.STRONG) -> None:
        super().__init__(text, role)
        self._marked: tuple[str, ...] = ()

    def mark(self, words: Sequence[str]) -> None:
        """Mark where these folded words stand."""
        self._marked = tuple(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the marks, then the words over them."""
        painter, look = QPainter(self), theme()
        measures = look.metrics(self.role)
        folded = fold(self.text())
        ground = look.colour("pill.warning.bg")
        for word in self._marked if len(folded) == len(self.text()) else ():
            at = folded.find(word)
            if at >= 0:
                left = measures.horizontalAdvance(self.text()[:at])
                wide = measures.horizontalAdvance(self.text()[at : at + len(word)])
                box = QRectF(left - 2, 0, wide + 4, self.height())
                paint_box(painter, box, RADIUS_CHIP, ground)
        room = QRectF(self.rect())
        paint_text(painter, room, self.text(), self.role, look.colour("text.primary"), LEFT)


class SettingRow(QWidget):
    """Title and help at the left, the control at the right.

    key is that of the setting, or of what the row is about; finds are further words.
    """

    def __init__(self, key: str, title: str, help_: str, *controls: Part, finds: str = "") -> None:
        super().__init__()
        self.key = key
        self._searched = fold(f"{title} {help_} {finds}")
        self._flashing = False
        self.title = Found(title)
        self._help = Para(help_, Role.SMALL)
        self._help.setVisible(bool(help_))
        words = column(self.title, self._help, gap=0)
        line = row(words, *controls, gap=24, margins=(8, 4, 8, 4))
        line.setStretchFactor(words, 1)
        self.setLayout(line)

    def matches(self, words: Sequence[str]) -> bool:
        """True when every word is found in title, help or synonyms."""
        return all(word in self._searched for word in words)

    def mark(self, words: Sequence[str]) -> None:
        """Mark found words."""
        self.title.mark(words)

    def flash(self) -> None:
        """Tint the row for a moment, for whoever was led here."""
        self._flashing = True
        self.update()
        QTimer.singleShot(FLASH_MS, self, self._end_flash)

    def take_focus(self) -> None:
        """Give its control the keyboard; of several choices the one in force."""
        controls = [
            each
            for each in self.findChildren(QWidget)
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisibleTo(self)
        ]
        chosen = (
            each for each in controls if isinstance(each, QAbstractButton) and each.isChecked()
        )
        target = next(chosen, controls[0] if controls else None)
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def is_flashing(self) -> bool:
        """True while the row is tinted."""
        return self._flashing

    def _end_flash(self) -> None:
        self._flashing = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the tint."""
        if self._flashing:
            look = theme()
            ground, edge = look.colour("bg.selected"), look.colour("accent.solid")
            paint_box(QPainter(self), QRectF(self.rect()), RADIUS_CONTROL, ground, edge)


class RowsCard(Card):
    """A card of setting rows with a line between each two."""

    def __init__(self, *rows: SettingRow, title: str = "") -> None:
        super().__init__(gap=4, padding=8)
        self.rows = list(rows)
        if title:
            self.body.addLayout(row(Label(title, Role.SUBTITLE), margins=(8, 4, 8, 4)))
        self._rules: dict[SettingRow, QWidget] = {}
        for number, each in enumerate(rows):
            if number:
                self._rules[each] = box(row(Rule(), margins=(8, 0, 8, 0)))
                self.body.addWidget(self._rules[each])
            self.body.addWidget(each)

    def show_row(self, each: SettingRow, *, shown: bool) -> None:
        """Show a row with the line over it, or neither."""
        each.setVisible(shown)
        if each in self._rules:
            self._rules[each].setVisible(shown)
