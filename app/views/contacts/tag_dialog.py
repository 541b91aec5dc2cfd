"""Asks which tags to add to, or take off, the checked contacts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from app.core.text import tr
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.completing import complete
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.theme import theme
from app.views.common.words import contacts


class TagDialog(QDialog):
    """`names` is what was typed, split at commas."""

    def __init__(self, parent: QWidget, count: int, known: Sequence[str], *, adding: bool) -> None:
        super().__init__(parent)
        theme().dress(self)
        verb = tr("Add tags") if adding else tr("Remove tags")
        self.setWindowTitle(verb)
        self.line = QLineEdit()
        self.line.setFont(theme().font(Role.BODY))
        self.line.setAccessibleName(tr("Tags, separated by commas"))
        self.line.setPlaceholderText(tr("Separated by commas"))
        complete(self.line, known)
        self.apply = Btn(verb, Kind.PRIMARY)
        self.apply.setEnabled(False)
        self.apply.setDefault(True)
        cancel = Btn(tr("Cancel"), Kind.GHOST)
        cancel.clicked.connect(self.reject)
        self.apply.clicked.connect(self.accept)
        self.line.textChanged.connect(lambda _text: self.apply.setEnabled(bool(self.names)))
        sentence = tr("For {contacts}. You can undo it.", contacts=contacts(count))
        parts = (
            Label(verb, Role.SUBTITLE),
            Para(sentence),
            self.line,
            row(None, cancel, self.apply),
        )
        self.setLayout(column(*parts, gap=12, margins=(24, 24, 24, 24)))
        self.setMinimumWidth(theme().px(400))

    @property
    def names(self) -> list[str]:
        """The typed tags."""
        return [name.strip() for name in self.line.text().split(",") if name.strip()]
