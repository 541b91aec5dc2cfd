"""The form of an edit of many contacts: which field, and what becomes of its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.core.fields import FIELDS, Field, FieldKind
from app.core.text import tr
from app.services.bulk import REPLACEABLE, Act, Edit
from app.views.common.boxes import box, column, row
from app.views.common.completing import complete
from app.views.common.fonts import Role
from app.views.common.inputs import Check, Select
from app.views.common.labels import Label
from app.views.common.theme import theme
from app.views.contacts.vocabulary import Vocabulary

PAUSE_MS = 250


class BulkForm(QWidget):
    """changed is emitted a moment after the last keystroke."""

    changed = Signal()

    def __init__(self, vocabulary: Vocabulary, key: str = "status") -> None:
        super().__init__()
        self._vocabulary = vocabulary
        fields = [one for one in (*FIELDS, *vocabulary.custom) if one.editable]
        self._fields = {one.key: one for one in fields}
        self.field = Select(tr("Field"), [(one.key, one.title) for one in fields])
        self.act = Select(tr("What to do"))
        self._value = QWidget()
        self._value.setLayout(QVBoxLayout())
        self.line: QLineEdit | None = None
        self.by: QLineEdit | None = None
        self.choice: Select | None = None
        self.whole = Check(tr("Only where it is the whole value"))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.changed.emit)
        self.setLayout(column(row(self.field, self.act), self._value, self.whole, gap=12))
        self.field.picked.connect(lambda _key: self.show_field(str(self.field.value())))
        self.act.picked.connect(lambda _act: self._show_value())
        self.whole.toggled.connect(lambda _on: self._pause.start())
        self.show_field(key)

    @property
    def edits(self) -> list[Edit]:
        """The edit that is typed so far; none while something is missing."""
        key, act = str(self.field.value()), self._act
        text = self._text
        if act is Act.CLEAR:
            return [Edit(Act.CLEAR, key)]
        if not text:
            return []
        if act is Act.ADD_TAGS or act is Act.REMOVE_TAGS:
            names = tuple(name.strip() for name in text.split(",") if name.strip())
            return [Edit(act, tags=names)] if names else []
        if act is Act.REPLACE:
            by = self.by.text() if self.by is not None else ""
            return [Edit(Act.REPLACE, key, text, by, self.whole.isChecked())]
        return [Edit(Act.SET, key, text)]

    def show_field(self, key: str, act: Act | None = None) -> None:
        """Ask for another field, and if given what to do with it."""
        self.field.choose(key)
        known = self._known
        offered = [(Act.SET, tr("Set to")), (Act.CLEAR, tr("Clear"))]
        if known.key == "status":
            offered = offered[:1]
        if known.kind is FieldKind.TAGS:
            offered = [
                (Act.ADD_TAGS, tr("Add")),
                (Act.REMOVE_TAGS, tr("Remove")),
                (Act.SET, tr("Set to exactly")),
                (Act.CLEAR, tr("Clear")),
            ]
        if known.kind in REPLACEABLE:
            offered.append((Act.REPLACE, tr("Find and replace")))
        self.act.set_choices(offered)
        if act is not None:
            self.act.choose(act)
        self._show_value()

    @property
    def written(self) -> dict[str, Any]:
        """What is typed, to go on with it another time; empty while nothing is."""
        if not self._text:
            return {}
        return {
            "field": str(self.field.value()),
            "act": self._act.value,
            "text": self._text,
            "by": self.by.text() if self.by is not None else "",
            "whole": self.whole.isChecked(),
        }

    def take(self, written: Mapping[str, Any]) -> bool:
        """Go on with that; False for what there is no field for any more."""
        key, act = str(written.get("field")), str(written.get("act"))
        if key not in self._fields or act not in {one.value for one in Act}:
            return False
        text = str(written.get("text"))
        self.show_field(key, Act(act))
        if self.choice is not None:
            self.choice.choose(text)
        elif self.line is not None:
            self.line.setText(text)
        if self.by is not None:
            self.by.setText(str(written.get("by")))
        self.whole.setChecked(written.get("whole") is True)
        return True

    def focus(self) -> None:
        """Put the cursor where the value goes."""
        target = self.line or self.choice or self.act
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _act(self) -> Act:
        # Qt keeps the plain text of what an item carries.
        return Act(str(self.act.value() or Act.SET.value))

    @property
    def _known(self) -> Field:
        return self._fields[str(self.field.value())]

    @property
    def _text(self) -> str:
        if self.choice is not None:
            return str(self.choice.value() or "")
        return self.line.text() if self.line is not None else ""

    def _show_value(self) -> None:
        layout = self._value.layout()
        if layout is None:
            raise AssertionError("the value has a layout")
        layout.setContentsMargins(0, 0, 0, 0)
        while (item := layout.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.line = self.by = self.choice = None
        act = self._act
        replacing = act is Act.REPLACE
        if replacing:
            self.line, self.by = self._line(tr("Find")), self._line(tr("Replace with"))
            layout.addWidget(box(row(_named(self.line), _named(self.by), gap=8)))
        elif act is not Act.CLEAR:
            layout.addWidget(self._value_input())
        self.whole.setVisible(replacing)
        self._pause.start()

    def _value_input(self) -> QWidget:
        choices = self._choices()
        if choices:
            self.choice = Select(tr("Value"), choices)
            self.choice.picked.connect(lambda _value: self._pause.start())
            return _named(self.choice)
        self.line = self._line(tr("Value"))
        if self._known.kind is FieldKind.TAGS:
            self.line.setPlaceholderText(tr("Separated by commas"))
            complete(self.line, self._vocabulary.tags)
        return _named(self.line)

    def _choices(self) -> list[tuple[object, str]]:
        known = self._known
        if known.key == "status":
            return list(self._vocabulary.status_choices())
        if known.kind is FieldKind.CHOICE:
            return [(choice, choice) for choice in known.choices]
        if known.kind is FieldKind.BOOL:
            return [("yes", tr("Yes")), ("no", tr("No"))]
        return []

    def _line(self, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setFont(theme().font(Role.BODY))
        line.setAccessibleName(name)
        line.textEdited.connect(lambda _text: self._pause.start())
        return line


def _named(control: QWidget) -> QWidget:
    caption = Label(control.accessibleName(), Role.CAPTION, "secondary")
    caption.setBuddy(control)
    return box(column(caption, control, gap=4))
