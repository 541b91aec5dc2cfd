"""The form of one contact: fields in groups, typed text in, changed values out."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QPlainTextEdit, QWidget

from app.core.errors import CaptelyError
from app.core.fields import BY_KEY, Field, FieldKind
from app.core.text import tr
from app.views.common.boxes import Rule, Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.inputs import Select
from app.views.common.labels import Label
from app.views.common.pills import Notice
from app.views.common.theme import theme
from app.views.contacts.vocabulary import Vocabulary

Editor = QLineEdit | QPlainTextEdit | Select

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("first_name", "last_name", "email", "phone", "mobile", "company", "title")),
    ("Pipeline", ("status", "owner", "source", "tags")),
    ("Company", ("domain", "website", "industry", "seniority")),
    ("Place", ("address", "postal_code", "city", "region", "country", "time_zone")),
    ("More", ("full_name", "linkedin_url", "last_contacted", "notes")),
)


class ContactForm(QWidget):
    """Emits saved with the changed values, or cancelled.

    A value is what the user typed; an emptied field is "", which clears it.
    """

    saved = Signal(object)
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.editors: dict[str, Editor] = {}
        self._before: dict[str, str] = {}
        self.notice = Notice()
        self.save = Btn(tr("Save"), Kind.PRIMARY)
        self.cancel = Btn(tr("Cancel"), Kind.GHOST)
        self.save.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.cancelled.emit)
        self._fields = QWidget()
        self._scroll = Scrolled(self._fields, tr("Fields of the contact"))
        foot = row(None, self.cancel, self.save, gap=8, margins=(24, 12, 24, 16))
        head = row(self.notice, margins=(24, 0, 24, 0))
        self.setLayout(column(head, self._scroll, Rule(), foot, gap=0))

    def show_contact(self, values: Mapping[str, str], vocabulary: Vocabulary) -> None:
        """Show a contact's values, or an empty form."""
        self.notice.say("")
        self.editors = {}
        self._before = dict(values)
        groups = list(GROUPS)
        if vocabulary.custom:
            groups.append(("Own fields", tuple(field.key for field in vocabulary.custom)))
        parts: list[QWidget] = []
        for title, keys in groups:
            if title:
                parts += [Rule(), Label(tr(title), Role.SUBTITLE)]
            parts += [self._field(_field_of(key, vocabulary), vocabulary) for key in keys]
        content = box(column(*parts, None, gap=12, margins=(24, 16, 24, 16)))
        self._scroll.setWidget(content)
        self.save.setEnabled(True)

    def focus(self, key: str = "first_name") -> None:
        """Put the cursor into a field."""
        editor = self.editors.get(key) or next(iter(self.editors.values()))
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(editor, 0, 64)

    def fill(self, values: Mapping[str, str]) -> None:
        """Type values into the form, as changes."""
        for key, text in values.items():
            editor = self.editors.get(key)
            if isinstance(editor, QLineEdit):
                editor.setText(text)
            elif isinstance(editor, QPlainTextEdit):
                editor.setPlainText(text)
            elif editor is not None:
                editor.choose(text)

    def changed(self) -> dict[str, str]:
        """The values that differ from those that were shown."""
        return {
            key: written
            for key, editor in self.editors.items()
            if (written := _written(editor)) != self._before.get(key, "")
        }

    def submit(self) -> None:
        """Hand over what was changed; nothing changed closes the form."""
        values = self.changed()
        if not values:
            self.cancelled.emit()
            return
        self.save.setEnabled(False)
        self.saved.emit(values)

    def refuse(self, error: CaptelyError) -> None:
        """Show why it was not saved; everything typed stays."""
        self.save.setEnabled(True)
        self.notice.say_error(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves, Escape cancels."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _field(self, field: Field, vocabulary: Vocabulary) -> QWidget:
        editor = _editor(field, vocabulary, self._before.get(field.key, ""))
        self.editors[field.key] = editor
        caption = Label(field.title, Role.CAPTION, "secondary")
        caption.setBuddy(editor)
        return box(column(caption, editor, gap=4))


def _field_of(key: str, vocabulary: Vocabulary) -> Field:
    own = {field.key: field for field in vocabulary.custom}
    return own.get(key) or BY_KEY[key]


def _editor(field: Field, vocabulary: Vocabulary, value: str) -> Editor:
    if field.key == "status":
        select = Select(field.title, vocabulary.status_choices())
        select.choose(value or "new")
        return select
    if field.kind is FieldKind.CHOICE and field.choices:
        select = Select(field.title, [("", tr("None")), *((c, c) for c in field.choices)])
        select.choose(value)
        return select
    if field.kind is FieldKind.BOOL:
        choices = [("", tr("Not set")), ("yes", tr("Yes")), ("no", tr("No"))]
        select = Select(field.title, choices)
        select.choose(value)
        return select
    if field.kind is FieldKind.LONG_TEXT:
        return _long_editor(field, value)
    line = QLineEdit(value)
    line.setAccessibleName(field.title)
    line.setFont(theme().font(Role.BODY))
    line.setPlaceholderText(_hint(field))
    if field.kind is FieldKind.TAGS:
        completer = QCompleter(list(vocabulary.tags), line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        line.setCompleter(completer)
    return line


def _long_editor(field: Field, value: str) -> QPlainTextEdit:
    text = QPlainTextEdit(value)
    text.setAccessibleName(field.title)
    text.setFont(theme().font(Role.BODY))
    text.setFixedHeight(theme().px(96))
    text.setTabChangesFocus(True)
    return text


def _hint(field: Field) -> str:
    hints = {
        FieldKind.TAGS: tr("Separated by commas"),
        FieldKind.DATE: "2026-11-23",
        FieldKind.MOMENT: "2026-11-23",
        FieldKind.MULTI: ", ".join(field.choices),
    }
    return hints.get(field.kind, "")


def _written(editor: Editor) -> str:
    if isinstance(editor, QLineEdit):
        return editor.text().strip()
    if isinstance(editor, QPlainTextEdit):
        return editor.toPlainText().strip()
    return str(editor.value() or "")
