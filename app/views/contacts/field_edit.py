"""Editing one field where it stands: its control, the error below it, and mine against theirs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QWidget

from app.core.errors import AlreadyThere, CaptelyError
from app.core.text import tr
from app.views.common.boxes import box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.completing import complete
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.pills import Notice, sentences
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.contacts.editors import Editor, LineEditor, SelectEditor, line_edit

LABELS = ("work", "home", "other", "assistant", "mobile", "office")


class FieldEdit(QWidget):
    """Emits saved (Enter), left(step) for Tab and a click elsewhere, cancelled for Escape.

    label is the line of a further value's own label, None for the main value.
    """

    saved = Signal()
    left = Signal(int)
    cancelled = Signal()
    theirs_wished = Signal()
    duplicate_wished = Signal()
    open_wished = Signal(int)

    def __init__(self, editor: Editor, *, label: str | None = None) -> None:
        super().__init__()
        self.editor = editor
        self.title = Label(editor.field.title, Role.CAPTION, "secondary")
        self.title.setBuddy(editor)
        self.label: QLineEdit | None = self._label_line(label) if label is not None else None
        self.error = Para("", Role.SMALL, "danger")
        self.hint = Para("", Role.SMALL, "muted")
        self.conflict = Conflict()
        self.others = Btn(tr("Open that contact"), Kind.LINK)
        self.anyway = Btn(tr("Save all the same"), Kind.LINK)
        self._known: int | None = None
        self._before = (editor.text(), label or "")
        self._lay_out()
        self._wire()
        self.refuse(None)

    def _label_line(self, label: str) -> QLineEdit:
        line = line_edit(tr("Label of {field}", field=self.editor.field.title), tr("Label"))
        line.setText(label)
        line.setFixedWidth(theme().px(96))
        complete(line, LABELS, within=True)
        return line

    def _lay_out(self) -> None:
        control: QWidget = self.editor
        if self.label is not None:
            line = row(self.label, self.editor, gap=8)
            line.setAlignment(self.label, Qt.AlignmentFlag.AlignTop)
            line.setStretchFactor(self.editor, 1)
            control = box(line)
        self._choices = box(row(self.others, self.anyway, None, gap=12))
        parts = (self.title, control, self.hint, self.error, self._choices, self.conflict)
        self.setLayout(column(*parts, gap=4, margins=(12, 4, 12, 8)))

    def _wire(self) -> None:
        editor = self.editor
        editor.changed.connect(self._typed)
        editor.picked.connect(self._picked)
        self.conflict.mine.clicked.connect(self.saved.emit)
        self.conflict.theirs.clicked.connect(self.theirs_wished.emit)
        self.others.clicked.connect(self._open_other)
        self.anyway.clicked.connect(self.duplicate_wished.emit)
        for child in self.findChildren(QWidget):
            child.installEventFilter(self)

    @property
    def text(self) -> str:
        """The value as typed."""
        return self.editor.text()

    @property
    def label_text(self) -> str:
        """The label as typed."""
        return self.label.text().strip() if self.label is not None else ""

    @property
    def dirty(self) -> bool:
        """Whether anything differs from what was there."""
        return (self.text, self.label_text) != self._before

    def begin(self) -> None:
        """Take the focus; a choice opens its list."""
        self.editor.begin()
        if isinstance(self.editor, SelectEditor):
            QTimer.singleShot(0, self.editor, self.editor.open_list)
        self._typed()

    def refuse(self, error: CaptelyError | None) -> None:
        """Show why it was not saved, below the control; None takes that away."""
        self.error.setText(sentences(error) if error is not None else "")
        self.error.setVisible(error is not None)
        self.editor.mark_invalid(error is not None)
        self._known = error.contact if isinstance(error, AlreadyThere) else None
        self._choices.setVisible(self._known is not None)
        self.updateGeometry()

    def show_conflict(self, who: str, theirs: str, mine: str) -> None:
        """Somebody else has changed the field to something else meanwhile."""
        self.conflict.say(who, theirs, mine)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter saves, Escape cancels, Tab goes on, and so does a click elsewhere."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(watched, event)
        if event.type() is QEvent.Type.FocusOut:
            QTimer.singleShot(0, self, self._look_where_the_focus_went)
        return super().eventFilter(watched, event)

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape and not self._list_is_open():
            self.cancelled.emit()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._enter(watched, control=control)
        if event.key() == Qt.Key.Key_Tab and watched is self._control() and not control:
            self.left.emit(1)
            return True
        if event.key() == Qt.Key.Key_Backtab and watched is (self.label or self.editor.first()):
            self.left.emit(-1)
            return True
        return False

    def _enter(self, watched: QObject, *, control: bool) -> bool:
        if self._list_is_open() or (self.editor.takes_enter() and watched is self._control()):
            return False
        if self.editor.several_lines and not control:
            return False
        if isinstance(watched, Btn) and not watched.isCheckable():
            watched.click()
            return True
        self.saved.emit()
        return True

    def _list_is_open(self) -> bool:
        return isinstance(self.editor, SelectEditor) and self.editor.takes_enter()

    def _control(self) -> QWidget | None:
        return self.editor.focusProxy()

    def _look_where_the_focus_went(self) -> None:
        focus = QApplication.focusWidget()
        outside = focus is not None and focus is not self and not self.isAncestorOf(focus)
        if outside and self.isVisible() and QApplication.activePopupWidget() is None:
            self.left.emit(0)

    def _typed(self) -> None:
        self.hint.setText(self.editor.hint() or self.editor.keys())
        if isinstance(self.editor, LineEditor) and not self.error.isHidden():
            self.refuse(None)
        self.updateGeometry()

    def _picked(self) -> None:
        self.saved.emit()

    def _open_other(self) -> None:
        if self._known is not None:
            self.open_wished.emit(self._known)


class Conflict(QWidget):
    """Mine against theirs, for one field."""

    def __init__(self) -> None:
        super().__init__()
        self.notice = Notice(Tone.WARNING)
        self._theirs = ElidedLabel("", Role.BODY)
        self._mine = ElidedLabel("", Role.BODY)
        self.mine = Btn(tr("Keep mine"), Kind.OUTLINE)
        self.theirs = Btn(tr("Take theirs"), Kind.OUTLINE)
        values = QGridLayout()
        values.setHorizontalSpacing(16)
        values.setVerticalSpacing(4)
        for line, (words, value) in enumerate(
            ((tr("Theirs"), self._theirs), (tr("Mine"), self._mine))
        ):
            values.addWidget(Label(words, Role.CAPTION, "secondary"), line, 0)
            values.addWidget(value, line, 1)
        values.setColumnStretch(1, 1)
        buttons = row(self.theirs, self.mine, None, gap=8)
        self.setLayout(column(self.notice, values, buttons, gap=8))
        self.hide()

    def say(self, who: str, theirs: str, mine: str) -> None:
        """Show who changed it to what; nobody named means this user, elsewhere."""
        said = tr("{who} changed this meanwhile.", who=who)
        self.notice.say(said if who else tr("You changed this meanwhile elsewhere."), Tone.WARNING)
        self._theirs.setText(theirs or tr("empty"))
        self._mine.setText(mine or tr("empty"))
        self.show()
