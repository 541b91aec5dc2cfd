"""The index of the settings: one entry a section, with how many of its settings a search finds."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from app.core.text import trn
from app.views.common.buttons import NavItem
from app.views.common.fonts import Role
from app.views.common.painting import RIGHT, paint_text, text_width
from app.views.common.theme import theme
from app.views.common.words import number
from app.views.settings.sections import SectionKind


class Index(QWidget):
    """picked carries the key of a section."""

    picked = Signal(str)

    def __init__(self, kinds: tuple[SectionKind, ...]) -> None:
        super().__init__()
        self.entries: dict[str, Entry] = {}
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for kind in kinds:
            entry = Entry(kind.title, kind.icon)
            entry.clicked.connect(lambda _on, key=kind.key: self.picked.emit(key))
            self._group.addButton(entry)
            self.entries[kind.key] = entry
            layout.addWidget(entry)

    def mark(self, key: str) -> None:
        """Show which section is in view."""
        self.entries[key].setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go through the sections."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        keys = list(self.entries)
        here = next((n for n, key in enumerate(keys) if self.entries[key].isChecked()), 0)
        wanted = keys[(here + step) % len(keys)]
        self.entries[wanted].setFocus(Qt.FocusReason.TabFocusReason)
        self.picked.emit(wanted)


class Entry(NavItem):
    """Icon, words, and at the right how many settings were found."""

    def __init__(self, text: str, icon: str) -> None:
        super().__init__(text, icon)
        self._name = text
        self.found = 0
        self.searching = False

    def show_found(self, found: int, *, searching: bool) -> None:
        """Show a count while somebody searches; without one the entry steps back."""
        self.found, self.searching = found, searching
        spoken = trn("{n} setting", "{n} settings", found)
        self.setAccessibleName(f"{self._name}, {spoken}" if searching else self._name)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the index have the arrows."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Room for a count beside the words."""
        hint = super().sizeHint()
        return QSize(hint.width() + theme().px(24), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the entry, and the count over its end."""
        super().paintEvent(event)
        if self.searching and self.found:
            painter, look = QPainter(self), theme()
            words = number(self.found)
            wide = text_width(words, Role.CAPTION) + 2
            room = QRectF(self.width() - wide - 8, 0, wide, self.height())
            paint_text(painter, room, words, Role.CAPTION, look.colour("accent.text"), RIGHT)
