"""The control for each type of field, used in place in the drawer and in the form."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.core.fields import Field, FieldKind
from app.core.text import tr
from app.views.common.completing import complete
from app.views.common.fonts import Role
from app.views.common.inputs import Segments, Select, mark_invalid
from app.views.common.theme import theme


class Editor(QWidget):
    """One value as text: changed while it is edited, picked when a choice ends the editing.

    several_lines is True where Enter begins a new line, so that Ctrl+Enter saves.
    """

    changed = Signal()
    picked = Signal()
    several_lines = False

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)

    def text(self) -> str:
        """The value as typed."""
        raise NotImplementedError

    def set_text(self, text: str) -> None:
        """Show another value."""
        raise NotImplementedError

    def hint(self) -> str:
        """What is worth knowing about the text so far; empty for nothing."""
        return ""

    def keys(self) -> str:
        """Which keys end the editing."""
        return tr("Enter saves, Esc cancels")

    def takes_enter(self) -> bool:
        """True when Enter now means something to the control itself."""
        return False

    def first(self) -> QWidget | None:
        """The control that Tab reaches first."""
        return self.focusProxy()

    def begin(self) -> None:
        """Take the focus, with the old value marked so that typing replaces it."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def mark_invalid(self, invalid: object) -> None:
        """Show the edge of a value that was refused."""
        control = self.focusProxy()
        if isinstance(control, QLineEdit):
            mark_invalid(control, invalid=bool(invalid))

    def _hold(self, control: QWidget) -> None:
        self._box.addWidget(control)
        self.setFocusProxy(control)


def line_edit(name: str, placeholder: str = "") -> QLineEdit:
    """A line of text in the look of the window."""
    line = QLineEdit()
    line.setAccessibleName(name)
    line.setFont(theme().font(Role.BODY))
    line.setPlaceholderText(placeholder)
    return line


class LineEditor(Editor):
    """One line of text, with what others have as completion."""

    def __init__(self, field: Field, placeholder: str = "", known: Sequence[str] = ()) -> None:
        super().__init__(field)
        self.line = line_edit(field.title, placeholder)
        self.line.textChanged.connect(lambda _text: self.changed.emit())
        if known:
            complete(self.line, known, within=True)
        self._hold(self.line)

    def text(self) -> str:
        """The line without blanks at its ends."""
        return self.line.text().strip()

    def set_text(self, text: str) -> None:
        """Show another line."""
        self.line.setText(text)

    def begin(self) -> None:
        """Mark the whole line."""
        super().begin()
        self.line.selectAll()


class LongEditor(Editor):
    """Text of several lines."""

    several_lines = True

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.area = QPlainTextEdit()
        self.area.setAccessibleName(field.title)
        self.area.setFont(theme().font(Role.BODY))
        self.area.setFixedHeight(theme().px(96))
        self.area.setTabChangesFocus(True)
        self.area.textChanged.connect(self.changed.emit)
        self._hold(self.area)

    def text(self) -> str:
        """The text without blanks around it."""
        return self.area.toPlainText().strip()

    def set_text(self, text: str) -> None:
        """Show another text."""
        self.area.setPlainText(text)

    def begin(self) -> None:
        """Go on at the end."""
        super().begin()
        cursor = self.area.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.area.setTextCursor(cursor)

    def keys(self) -> str:
        """Enter is for the text."""
        return tr("Ctrl+Enter saves, Esc cancels")


class SelectEditor(Editor):
    """A drop-down of (typed text, words)."""

    def __init__(self, field: Field, choices: Sequence[tuple[object, str]]) -> None:
        super().__init__(field)
        self.select = Select(field.title, choices)
        self.select.picked.connect(self._pick)
        self._hold(self.select)

    def text(self) -> str:
        """The chosen value."""
        return str(self.select.value() or "")

    def set_text(self, text: str) -> None:
        """Choose; a value that is no longer offered is offered once more."""
        offered = [self.select.itemData(row) for row in range(self.select.count())]
        if text and text not in offered:
            self.select.addItem(text, text)
        self.select.choose(text)

    def takes_enter(self) -> bool:
        """While the list is open."""
        return self.select.view().isVisible()

    def open_list(self) -> None:
        """Show the choices, so that one key or click picks."""
        self.select.showPopup()

    def _pick(self) -> None:
        self.changed.emit()
        self.picked.emit()


class BoolEditor(Editor):
    """Yes, no, or not set."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        choices = [("yes", tr("Yes")), ("no", tr("No")), ("", tr("Not set"))]
        self.segments = Segments(field.title, choices)
        self.segments.picked.connect(self._pick)
        self._text = ""
        self._box.addWidget(self.segments)
        self.set_text("")

    def text(self) -> str:
        """yes, no or nothing."""
        return self._text

    def set_text(self, text: str) -> None:
        """Choose one."""
        self._text = text
        self.segments.choose(text)
        chosen = self.segments.chosen()
        self.setFocusProxy(chosen)

    def _pick(self, value: object) -> None:
        self.set_text(str(value))
        self.changed.emit()
        self.picked.emit()


NUMBERS = (FieldKind.NUMBER, FieldKind.MONEY)
PLACEHOLDERS = {
    FieldKind.EMAIL: "name@company.com",
    FieldKind.URL: "www.company.com",
    FieldKind.NUMBER: "1250",
    FieldKind.MONEY: "1250.00",
}
