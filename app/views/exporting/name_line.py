"""Asks for a name in a line of the page, in place of a dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app.core.text import tr
from app.views.common.boxes import Card, row
from app.views.common.buttons import Btn, Kind
from app.views.common.labels import Label


class NameLine(Card):
    """Hidden until it asks; named carries what was typed."""

    named = Signal(str)

    def __init__(self, words: str, button: str) -> None:
        super().__init__(padding=12)
        self.field = QLineEdit()
        self.field.setAccessibleName(words)
        self.field.setMaxLength(60)
        self.keep = Btn(button, Kind.OUTLINE)
        self.cancel = Btn(tr("Cancel"), Kind.GHOST)
        line = row(Label(words), self.field, self.keep, self.cancel, gap=12)
        line.setStretchFactor(self.field, 1)
        self.body.addLayout(line)
        self.field.textChanged.connect(lambda text: self.keep.setEnabled(bool(text.strip())))
        self.field.returnPressed.connect(self._give)
        self.keep.clicked.connect(self._give)
        self.cancel.clicked.connect(self.hide)
        self.hide()

    def ask(self, proposed: str) -> None:
        """Show the line with a proposal that typing replaces."""
        self.field.setText(proposed)
        self.field.selectAll()
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _give(self) -> None:
        if self.field.text().strip():
            self.hide()
            self.named.emit(self.field.text().strip())
