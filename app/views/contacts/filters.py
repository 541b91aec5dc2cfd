"""The filter row above the contacts: any status, any tag, and the trash."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.text import tr
from app.views.common.boxes import row
from app.views.common.buttons import TabBtn
from app.views.common.inputs import Select
from app.views.common.theme import theme
from app.views.contacts.vocabulary import Vocabulary


class Filters(QWidget):
    """changed is emitted when the user picks something; `query` is it in words of the query."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.everything = TabBtn(tr("All"))
        self.trash = TabBtn(tr("Trash"))
        self.everything.setChecked(True)
        self.status = Select(tr("Filter by status"), [("", tr("Any status"))])
        self.tag = Select(tr("Filter by tag"), [("", tr("Any tag"))])
        for select in (self.status, self.tag):
            select.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            select.picked.connect(lambda _value: self.changed.emit())
        for tab in (self.everything, self.trash):
            tab.clicked.connect(self.changed.emit)
        self.setLayout(row(self.everything, self.trash, None, self.status, self.tag, gap=8))
        self.setMinimumHeight(theme().px(32))

    @property
    def in_trash(self) -> bool:
        """True while the trash is shown."""
        return self.trash.isChecked()

    @property
    def query(self) -> str:
        """The chosen filters in the query language."""
        words = []
        if self.in_trash:
            words.append("in:trash")
        if self.status.value():
            words.append(f"status:{self.status.value()}")
        if self.tag.value():
            words.append(f'tag:"{self.tag.value()}"')
        return " ".join(words)

    def show_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Offer these statuses and tags."""
        self.status.set_choices([("", tr("Any status")), *vocabulary.status_choices()])
        self.tag.set_choices([("", tr("Any tag")), *((name, name) for name in vocabulary.tags)])
        self.tag.setVisible(bool(vocabulary.tags))
        for select in (self.status, self.tag):
            select.updateGeometry()

    def reset(self) -> None:
        """Show all contacts again."""
        self.everything.setChecked(True)
        self.status.choose("")
        self.tag.choose("")
