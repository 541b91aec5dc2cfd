"""The card beside a list: the chosen item's name, colour and use, or those of a new one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr, trn
from app.views.common.boxes import Card, Part, Rule, Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.inputs import Select
from app.views.common.labels import Label, Para
from app.views.common.pills import sentences
from app.views.common.words import contacts
from app.views.contacts.editors import line_edit


class Panel(Card):
    """Emits named(text) when the name was changed, added when a new one is to be made.

    cancelled leaves the making of a new one, deleted and shown_wished are about the chosen one.
    """

    named = Signal(str)
    added = Signal()
    cancelled = Signal()
    deleted = Signal()
    shown_wished = Signal()

    def __init__(self, what: str) -> None:
        super().__init__(padding=0)
        self.is_new = False
        self._known_name = ""
        self.title = Label("", Role.SUBTITLE)
        self.name: QLineEdit = line_edit(tr("Name"))
        self.error = Para("", Role.SMALL, "danger")
        self.use = Label("", Role.BODY, "secondary")
        self.show_them = Btn(tr("Show them"), Kind.LINK)
        self.add = Btn(what, Kind.PRIMARY)
        self.cancel = Btn(tr("Cancel"), Kind.GHOST)
        self.delete = Btn(tr("Delete"), Kind.GHOST, "trash-2")
        self._body = QVBoxLayout()
        self._body.setContentsMargins(16, 16, 16, 16)
        self._body.setSpacing(12)
        self._foot = box(row(self.delete, None, self.cancel, self.add, margins=(4, 12, 16, 12)))
        self.body.setSpacing(0)
        self.body.addWidget(Scrolled(box(self._body), what, over=True), 1)
        self.body.addWidget(Rule())
        self.body.addWidget(self._foot)
        self._wire()
        self.refuse(None)

    def _wire(self) -> None:
        self.name.editingFinished.connect(self._finish_name)
        self.name.returnPressed.connect(self._enter)
        self.add.clicked.connect(self.added.emit)
        self.cancel.clicked.connect(self.cancelled.emit)
        self.delete.clicked.connect(self.deleted.emit)
        self.show_them.clicked.connect(self.shown_wished.emit)

    def put(self, *parts: Part) -> None:
        """Fill the card below its title and name."""
        self._body.addWidget(self.title)
        self._body.addWidget(captioned(tr("Name"), self.name, self.error))
        for part in parts:
            if isinstance(part, QWidget):
                self._body.addWidget(part)
        self._body.addStretch(1)

    def use_row(self) -> QWidget:
        """How many contacts use it, and the way to them."""
        return captioned(tr("Used by"), box(row(self.use, self.show_them, None, gap=12)))

    def show_item(self, title: str, name: str, count: int | None) -> None:
        """Show an item."""
        other = name != self._known_name
        self._set_new(new=False)
        self.title.setText(title)
        self._known_name = name
        if other or not self.name.hasFocus():
            self.name.setText(name)
        self.use.setText(contacts(count) if count is not None else tr("Counting…"))
        self.show_them.setVisible(bool(count))

    def begin(self, title: str) -> None:
        """Make a new one."""
        self._set_new(new=True)
        self.title.setText(title)
        self._known_name = ""
        self.name.clear()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def rename(self) -> None:
        """Put the cursor into the name."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    def refuse(self, error: CaptelyError | None) -> None:
        """Show below the name why it was not done; what is typed stays."""
        self.error.setText(sentences(error) if error is not None else "")
        self.error.setVisible(error is not None)
        for button in (self.add,):
            button.setEnabled(True)

    def _set_new(self, *, new: bool) -> None:
        self.is_new = new
        self.refuse(None)
        for part in (self.add, self.cancel):
            part.setVisible(new)
        self.delete.setVisible(not new)

    def _finish_name(self) -> None:
        typed = self.name.text().strip()
        if not self.is_new and typed and typed != self._known_name:
            self.named.emit(typed)

    def _enter(self) -> None:
        if self.is_new:
            self.added.emit()


class Merging(QWidget):
    """Into which other one the contacts go, and the button that moves them."""

    merged = Signal(str)

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__()
        self.into = Select(name)
        self.button = Btn(tr("Merge"), Kind.OUTLINE, "merge")
        self.button.clicked.connect(lambda: self.merged.emit(str(self.into.value() or "")))
        self.setLayout(
            column(
                Label(name, Role.CAPTION, "secondary"),
                Para(sentence, Role.SMALL),
                self.into,
                row(self.button, None),
                gap=8,
            )
        )

    def offer(self, choices: Sequence[tuple[object, str]], count: int) -> None:
        """Offer the others."""
        self.into.set_choices(choices)
        words = trn("Move {n} contact and delete", "Move {n} contacts and delete", count)
        self.button.setText(words if count else tr("Merge and delete"))
        self.button.updateGeometry()
        self.setVisible(bool(choices))


def captioned(caption: str, *parts: QWidget) -> QWidget:
    """Parts below a caption."""
    label = Label(caption, Role.CAPTION, "secondary")
    label.setBuddy(parts[0])
    return box(column(label, *parts, gap=4))
