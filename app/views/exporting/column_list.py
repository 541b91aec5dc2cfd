"""Which columns a file gets, and in which order: checked, moved, searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.core.text import tr, trn
from app.views.common.boxes import Card, Rule, row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.cells import Cell, Column, Look
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label
from app.views.common.table import Table
from app.views.common.table_model import ListModel


@dataclass(frozen=True, slots=True)
class FileColumn:
    """One possible column of a file."""

    key: str
    title: str
    note: str = ""
    checked: bool = True


class ColumnList(Card):
    """moved is emitted when another column was checked or the order changed."""

    moved = Signal()

    def __init__(self) -> None:
        super().__init__(gap=0, padding=1)
        self._given: list[FileColumn] = []
        self.columns: list[FileColumn] = []
        self.all = Btn(tr("All"), Kind.GHOST)
        self.none = Btn(tr("None"), Kind.GHOST)
        self.reset = Btn(tr("As usual"), Kind.GHOST)
        self.up = IconBtn("chevron-up", tr("Move the column up"))
        self.down = IconBtn("chevron-down", tr("Move the column down"))
        self.count = ElidedLabel("", Role.SMALL, "secondary")
        shown = (
            Column("check", "", 40, weight=0),
            Column("title", tr("Column"), 120, weight=2),
            Column("note", tr("Kind"), 96, weight=1, rank=1),
        )
        self._model = _Checked(shown, self)
        self.table = _Movable(tr("Columns of the file"), shown)
        self.table.setModel(self._model)
        head = row(
            Label(tr("Columns"), Role.SUBTITLE),
            self.count,
            self.all,
            self.none,
            self.reset,
            gap=4,
            margins=(15, 8, 8, 8),
        )
        head.setStretchFactor(self.count, 1)
        self.body.addLayout(head)
        self.body.addWidget(Rule())
        self.body.addWidget(self.table, 1)
        self.body.addWidget(Rule())
        words = ElidedLabel(tr("In this order; Alt and an arrow move one."), Role.SMALL, "muted")
        foot = row(words, self.up, self.down, gap=4, margins=(15, 4, 8, 4))
        foot.setStretchFactor(words, 1)
        self.body.addLayout(foot)
        self.table.check_wished.connect(lambda place, _extend: self.toggle(place))
        self.table.move_wished.connect(self.move_column)
        self.all.clicked.connect(lambda: self._check_all(checked=True))
        self.none.clicked.connect(lambda: self._check_all(checked=False))
        self.reset.clicked.connect(lambda: self.show_columns(self._given))
        self.up.clicked.connect(lambda: self.move_column(-1))
        self.down.clicked.connect(lambda: self.move_column(1))

    @property
    def is_usual(self) -> bool:
        """True while nothing was chosen otherwise."""
        return self.columns == self._given

    def chosen(self) -> tuple[str, ...]:
        """The keys of the checked columns, in their order."""
        return tuple(column.key for column in self.columns if column.checked)

    def show_columns(self, columns: Sequence[FileColumn]) -> None:
        """Begin with these columns as the usual ones."""
        self._given, self.columns = list(columns), list(columns)
        self._show(0)

    def take(self, checked: Sequence[str]) -> None:
        """Check these columns, in this order, and no other."""
        known = {column.key: column for column in self._given}
        first = [replace(known[key], checked=True) for key in checked if key in known]
        rest = [replace(c, checked=False) for c in self._given if c.key not in checked]
        self.columns = [*first, *rest]
        self._show(0)

    def toggle(self, place: int) -> None:
        """Check a column, or no longer."""
        if 0 <= place < len(self.columns):
            column = self.columns[place]
            self.columns[place] = replace(column, checked=not column.checked)
            self._show(place)

    def move_column(self, by: int) -> None:
        """Move the chosen column up or down."""
        place = self.table.currentIndex().row()
        target = place + by
        if 0 <= place < len(self.columns) and 0 <= target < len(self.columns):
            self.columns.insert(target, self.columns.pop(place))
            self._show(target)

    def _check_all(self, *, checked: bool) -> None:
        self.columns = [replace(column, checked=checked) for column in self.columns]
        self._show(max(0, self.table.currentIndex().row()))

    def _show(self, place: int) -> None:
        self._model.show_columns(self.columns)
        if self.columns:
            self.table.select(place)
        number = len(self.chosen())
        self.count.setText(trn("{n} chosen", "{n} chosen", number))
        self.reset.setEnabled(not self.is_usual)
        self.moved.emit()


class _Checked(ListModel):
    """A list whose first column is a check box."""

    def __init__(self, columns: Sequence[Column], parent: ColumnList) -> None:
        super().__init__(columns, parent)
        self._checked: list[bool] = []

    def show_columns(self, columns: Sequence[FileColumn]) -> None:
        """Show the columns."""
        self._checked = [column.checked for column in columns]
        self.show(
            [
                (
                    Cell(tr("chosen") if column.checked else tr("left out")),
                    Cell(column.title, Look.STRONG if column.checked else Look.QUIET),
                    Cell(column.note),
                )
                for column in columns
            ]
        )

    def checked(self, row: int) -> bool:
        """Whether the column of the file at a row is to be written."""
        return self._checked[row]


class _Movable(Table):
    """move_wished(-1 or 1) when Alt and an arrow are pressed."""

    move_wished = Signal(int)

    def __init__(self, name: str, columns: Sequence[Column]) -> None:
        super().__init__(name, columns)
        # Most columns are checked: a tint would not single any out.
        self._delegate.tints_checked = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt and an arrow move the row."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_wished.emit(step)
        else:
            super().keyPressEvent(event)
