"""The editor that lies over one cell: a line, or a drop-down where there is a choice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from app.core.errors import CaptelyError
from app.core.fields import Field, FieldKind
from app.core.text import tr
from app.views.common.completing import complete
from app.views.common.fonts import Role
from app.views.common.inputs import Select, mark_invalid
from app.views.common.pills import Notice
from app.views.common.theme import theme
from app.views.contacts.suggestion_list import ground_of
from app.views.contacts.vocabulary import Vocabulary

WIDEST_NOTICE, LEAST = 360, 160


class CellEditor(QWidget):
    """submitted(text, step) for Enter (0), Tab (1) and Shift+Tab (-1); cancelled for Escape."""

    submitted = Signal(str, int)
    cancelled = Signal()

    def __init__(self, field: Field, text: str, vocabulary: Vocabulary, ground: QWidget) -> None:
        super().__init__(ground)
        self.field = field
        self.before = text
        self.input = _input_of(field, text, vocabulary)
        self.notice = Notice()
        self.notice.setParent(ground_of(ground))
        theme().dress(self.notice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.input)
        self.setFocusProxy(self.input)
        self.input.installEventFilter(self)
        if isinstance(self.input, Select):
            self.input.picked.connect(lambda _value: self.submit(0))

    @property
    def text(self) -> str:
        """What is typed or chosen now."""
        if isinstance(self.input, QLineEdit):
            return self.input.text().strip()
        return str(self.input.value() or "")

    def open_over(self, cell: QRect) -> None:
        """Lie over a cell, at least as wide as one can type in."""
        height = min(max(theme().px(32), 24), max(cell.height(), theme().px(32)))
        top = cell.center().y() - height // 2 + 1
        width = max(cell.width(), theme().px(LEAST))
        parent = self.parentWidget()
        left = min(cell.left(), (parent.width() if parent else width) - width)
        self.setGeometry(max(0, left), top, width, height)
        self.show()
        self.raise_()
        self._place_notice()

    def begin(self) -> None:
        """Take the focus with everything marked."""
        self.input.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(self.input, QLineEdit):
            self.input.selectAll()

    def submit(self, step: int) -> None:
        """Hand over what was typed."""
        self.submitted.emit(self.text, step)

    def wait(self) -> None:
        """While it is being saved."""
        self.input.setEnabled(False)

    @property
    def is_waiting(self) -> bool:
        """While it is being saved."""
        return not self.input.isEnabled()

    def refuse(self, error: CaptelyError) -> None:
        """Say at the cell why it was not saved; what was typed stays."""
        self.input.setEnabled(True)
        mark_invalid(self.input, invalid=True)
        self.notice.say_error(error)
        self._place_notice()
        self.begin()

    def end(self) -> None:
        """Go away."""
        self.input.removeEventFilter(self)
        for part in (self.notice, self):
            part.hide()
            part.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter, Tab and Escape end the edit; leaving the cell saves it, as in a spreadsheet."""
        if watched is not self.input:
            return False
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Single letters are shortcuts of the page; here they are text.
            event.accept()
            return event.key() not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        if event.type() is QEvent.Type.FocusOut and self._left_for_good():
            self.submit(0)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        steps = {
            Qt.Key.Key_Return: 0,
            Qt.Key.Key_Enter: 0,
            Qt.Key.Key_Tab: 1,
            Qt.Key.Key_Backtab: -1,
        }
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return True
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            return False
        self.submit(step)
        return True

    def _left_for_good(self) -> bool:
        if not self.input.isEnabled() or QApplication.activePopupWidget() is not None:
            return False
        return self.window().isActiveWindow() and not self.notice.text()

    def _place_notice(self) -> None:
        ground = self.notice.parentWidget()
        if ground is None or not self.notice.text():
            return
        width = max(self.width(), theme().px(WIDEST_NOTICE))
        corner = self.mapTo(ground, QPoint(0, self.height() + 4))
        left = max(8, min(corner.x(), ground.width() - width - 8))
        layout = self.notice.layout()
        height = layout.heightForWidth(width) if layout is not None else 40
        top = corner.y()
        if top + height > ground.height():
            top = corner.y() - self.height() - height - 8
        self.notice.setGeometry(left, top, width, height)
        self.notice.raise_()


def _input_of(field: Field, text: str, vocabulary: Vocabulary) -> QLineEdit | Select:
    choices: Sequence[tuple[object, str]] = ()
    if field.key == "status":
        choices = vocabulary.status_choices()
    elif field.kind is FieldKind.CHOICE and field.choices:
        choices = [("", tr("None")), *((choice, choice) for choice in field.choices)]
    elif field.kind is FieldKind.BOOL:
        choices = [("", tr("Not set")), ("yes", tr("Yes")), ("no", tr("No"))]
    if choices:
        select = Select(field.title, choices)
        select.choose(text)
        return select
    line = QLineEdit(text)
    line.setFont(theme().font(Role.BODY))
    line.setAccessibleName(field.title)
    if field.kind is FieldKind.TAGS:
        line.setPlaceholderText(tr("Separated by commas"))
        complete(line, vocabulary.tags)
    return line
