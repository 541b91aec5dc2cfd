"""A list to choose a field from, narrowed by typing, with type, group and why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.core.text import fold, tr
from app.views.common.cells import Cell, Column, Look
from app.views.common.fonts import Role
from app.views.common.inputs import SearchField
from app.views.common.labels import Label
from app.views.common.painting import paint_box, paint_shadow
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD

_WIDTH, _HEIGHT, _SHADOW = 520, 360, 24
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class Choice:
    """One field to choose; why_not says why it cannot be chosen, finds are further words."""

    key: str
    title: str
    kind: str = ""
    group: str = ""
    why_not: str = ""
    finds: str = ""

    @property
    def searched(self) -> str:
        """What typing looks through."""
        return fold(f"{self.title} {self.key} {self.kind} {self.group} {self.finds}")


class Picker(QWidget):
    """Lies over the window below the control that opened it; Escape or a click elsewhere ends it.

    picked is called with the key of the chosen field.
    """

    def __init__(
        self, at: QWidget, title: str, choices: Sequence[Choice], picked: Callable[[str], None]
    ) -> None:
        super().__init__(at.window())
        self._at, self._picked = at, picked
        self._choices = list(choices)
        self._shown: list[Choice] = []
        self.search = SearchField(title)
        self.search.setPlaceholderText(title)
        grouped = any(choice.group or choice.why_not for choice in choices)
        columns = (
            Column("title", tr("Field"), 160, weight=3),
            Column("kind", tr("Type"), 128, weight=0),
            *([Column("group", tr("Group"), 144, weight=2, rank=1)] if grouped else []),
        )
        self.model = ListModel(columns, self)
        self.table = Table(title, columns)
        self.table.setModel(self.model)
        self._none = Label(tr("No field has these words."), Role.BODY, "secondary")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(_SHADOW + 8, _SHADOW + 8, _SHADOW + 8, _SHADOW + 8)
        inside.setSpacing(8)
        inside.addWidget(self.search)
        inside.addWidget(self._none)
        inside.addWidget(self.table, 1)
        self.setFocusProxy(self.search)
        self.search.textChanged.connect(self._narrow)
        self.search.installEventFilter(self)
        self.table.opened.connect(self.choose)
        self.table.clicked.connect(lambda index: self.choose(index.row()))
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]
        self._narrow("")
        self._place()
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def shown(self) -> Sequence[Choice]:
        """The fields that the typed words left."""
        return tuple(self._shown)

    def choose(self, row: int) -> None:
        """Take the field of a row, if it can be taken."""
        if 0 <= row < len(self._shown) and not self._shown[row].why_not:
            key = self._shown[row].key
            self.end()
            self._picked(key)

    def end(self) -> None:
        """Close, giving the focus back."""
        self.hide()
        # What opened it may have been made anew meanwhile.
        if shiboken6.isValid(self._at):
            self._at.setFocus(Qt.FocusReason.PopupFocusReason)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field the arrows move through the list and Enter takes."""
        if watched is self.search and isinstance(event, QKeyEvent):
            return event.type() is QEvent.Type.KeyPress and self._pressed(event)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint shadow, surface and edge."""
        painter, look = QPainter(self), theme()
        rect = QRectF(self.rect()).adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        paint_shadow(painter, rect, RADIUS_CARD)
        edge = look.colour("border.control")
        paint_box(painter, rect, RADIUS_CARD, look.colour("bg.surface"), edge)

    def _pressed(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _MOVES:
            QApplication.sendEvent(self.table, event.clone())
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose(max(0, self.table.currentIndex().row()))
            return True
        if key is Qt.Key.Key_Escape:
            self.end()
            return True
        return False

    def _narrow(self, text: str) -> None:
        words = fold(text).split()
        self._shown = [c for c in self._choices if all(word in c.searched for word in words)]
        self.model.show([_cells(choice) for choice in self._shown])
        self._none.setVisible(not self._shown)
        self.table.setVisible(bool(self._shown))
        free = next((n for n, choice in enumerate(self._shown) if not choice.why_not), -1)
        if free >= 0:
            self.table.select(free)

    def _place(self) -> None:
        window, look = self.window(), theme()
        width = min(look.px(_WIDTH), window.width() - 32) + 2 * _SHADOW
        height = min(look.px(_HEIGHT), window.height() - 64) + 2 * _SHADOW
        corner = self._at.mapTo(window, QPoint(0, self._at.height() + 4))
        left = min(max(8 - _SHADOW, corner.x() - _SHADOW), window.width() - width + _SHADOW - 8)
        top = min(corner.y() - _SHADOW, window.height() - height + _SHADOW - 8)
        self.setGeometry(left, max(8 - _SHADOW, top), width, height)

    def _focus_moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isVisible() and not self.isAncestorOf(now) and now is not self:
            self.hide()
            self.deleteLater()


def _cells(choice: Choice) -> tuple[Cell, ...]:
    look = Look.QUIET if choice.why_not else Look.STRONG
    last = Cell(choice.why_not or choice.group, Look.QUIET, tip=choice.why_not)
    return Cell(choice.title, look, tip=choice.key), Cell(choice.kind), last
