"""A value's row with what opens below it: the editor in its place, or where it came from."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.cells import MISSING
from app.views.common.fonts import Role
from app.views.common.labels import Para
from app.views.common.painting import paint_box
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CONTROL
from app.views.contacts.field_edit import FieldEdit
from app.views.contacts.provenance import Origin
from app.views.contacts.value_row import Shown, ValueRow


class ValueBox(QWidget):
    """restore_wished(operation) and history_wished come from the panel of the source."""

    restore_wished = Signal(object)
    history_wished = Signal()

    def __init__(self, key: str, title: str, *, editable: bool) -> None:
        super().__init__()
        self.key = key
        self.row = ValueRow(key, title, editable=editable)
        self.edit: FieldEdit | None = None
        self.panel: SourcePanel | None = None
        self.setLayout(column(self.row, gap=0))
        self.row.told.connect(self.toggle_panel)

    @property
    def value(self) -> str:
        """The value in words."""
        return self.row.value

    @property
    def is_editing(self) -> bool:
        """While its editor is open."""
        return self.edit is not None

    def show_value(self, shown: Shown, origin: Origin | None, *, sourced: bool) -> None:
        """Show another value; an open editor keeps what is typed."""
        if self.panel is not None:
            self.panel.deleteLater()
            self.panel = None
        self.row.show_value(shown, origin, sourced=sourced)

    def begin(self, edit: FieldEdit) -> None:
        """Put an editor in the row's place."""
        self.end()
        self.edit = edit
        self.row.hide()
        self._add(edit)
        edit.begin()

    def end(self) -> None:
        """Show the row again."""
        if self.edit is not None:
            self.edit.hide()
            self.edit.deleteLater()
            self.edit = None
        self.row.show()

    def toggle_panel(self) -> None:
        """Show where the value came from, or put that away."""
        if self.panel is not None:
            self.panel.deleteLater()
            self.panel = None
        elif self.row.origin is not None:
            self.panel = SourcePanel(self.row.origin)
            self.panel.history.clicked.connect(self.history_wished.emit)
            operation = self.row.origin.operation
            self.panel.restore.clicked.connect(lambda: self.restore_wished.emit(operation))
            self._add(self.panel)

    def _add(self, part: QWidget) -> None:
        layout = self.layout()
        if layout is not None:
            layout.addWidget(part)


class SourcePanel(QWidget):
    """Who, through what and when, the value before, and the way to all changes."""

    def __init__(self, origin: Origin) -> None:
        super().__init__()
        self.sentence = Para(origin.sentence, Role.BODY, "primary")
        self.when = Para(origin.when, Role.SMALL)
        self.before = Para(tr("Before: {value}", value=origin.before or MISSING), Role.SMALL)
        self.history = Btn(tr("All changes"), Kind.LINK)
        self.restore = Btn(tr("Put that back"), Kind.LINK)
        parts = [self.sentence, self.when, self.before]
        self.when.setVisible(bool(origin.when))
        self.restore.setVisible(bool(origin.before))
        foot = row(self.history, self.restore, None, gap=16)
        self.setLayout(column(*parts, foot, gap=2, margins=(24, 8, 24, 8)))
        self.setAccessibleName(origin.tip)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the sunken box."""
        inner = QRectF(self.rect()).adjusted(12, 0, -12, -4)
        paint_box(QPainter(self), inner, RADIUS_CONTROL, theme().colour("bg.sunken"))
