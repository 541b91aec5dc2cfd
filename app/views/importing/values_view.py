"""Values of choices, statuses and countries that nobody knows: each is mapped, made or left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale, QModelIndex, QPersistentModelIndex, QRectF, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStackedWidget, QStyleOptionViewItem, QWidget

from app.core.fields import Field
from app.core.text import fold, tr, trn
from app.services.importing.problems import Problems, WrittenValue
from app.views.common.boxes import column, row
from app.views.common.cells import Cell, Column, Look
from app.views.common.delegate import CellDelegate
from app.views.common.fonts import Role
from app.views.common.labels import Para
from app.views.common.pills import Empty
from app.views.common.table_model import CellModel
from app.views.common.theme import theme
from app.views.common.words import number
from app.views.importing.choices import Choice
from app.views.importing.draft import Draft
from app.views.importing.field_words import field_title
from app.views.importing.pick_table import ROW, PickTable, paint_drop_down
from app.views.importing.picker import Picker

KEEP, BLANK, CREATE = "\0keep", "", "\0create"
Index = QModelIndex | QPersistentModelIndex


def _columns() -> tuple[Column, ...]:
    return (
        Column("column", tr("Column in the file"), 120, weight=2),
        Column("text", tr("Written"), 136, weight=3),
        Column("count", tr("Rows"), 80, weight=0, right=True),
        Column("becomes", tr("Becomes"), 208, weight=3),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    value: WrittenValue
    column: str
    field: Field
    becomes: str


class _Model(CellModel):
    """The unknown values as cells."""

    def __init__(self) -> None:
        super().__init__(_columns())
        self.lines: list[_Line] = []

    def show(self, lines: Sequence[_Line]) -> None:
        """Replace the values."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many there are."""
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def cell(self, row: int, column: Column) -> Cell:
        """One value's cell."""
        line = self.lines[row]
        if column.key == "column":
            return Cell(line.column)
        if column.key == "text":
            return Cell(line.value.text, Look.STRONG, tip=line.value.text)
        if column.key == "count":
            return Cell(number(line.value.count), Look.FIGURE)
        return Cell(line.becomes)


class _Painter(CellDelegate):
    """Paints the last column as a drop-down."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """Rows are as high as a drop-down with room around it."""
        return QSize(theme().px(96), theme().px(ROW))

    def _paint_cell(
        self, painter: QPainter, inner: QRectF, shown: Cell, index: Index, *, tinted: bool
    ) -> None:
        if index.column() == len(_columns()) - 1:
            paint_drop_down(painter, inner, shown.text, "")
        else:
            super()._paint_cell(painter, inner, shown, index, tinted=tinted)


class ValuesView(QWidget):
    """mapped(column, written, put) when a value is decided; created(field key, written)."""

    mapped = Signal(str, str, object)
    created = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._statuses: Mapping[str, str] = {}
        self._draft: Draft | None = None
        self.model = _Model()
        self.table = PickTable(tr("Unknown values"), _columns(), "becomes")
        self.table.paint_with(_Painter(self.table))
        self.table.setModel(self.model)
        self.table.pick_wished.connect(self.pick)
        self.picker: Picker | None = None
        self.nothing = Empty(
            "circle-check",
            tr("Every value is known"),
            tr("Statuses, countries and choices of the file are all among yours."),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.nothing)
        self._words = Para("", Role.SMALL)
        self.setLayout(column(row(self._words, margins=(15, 4, 15, 8)), self.stack, gap=0))

    def show_values(
        self, draft: Draft, problems: Problems, unknown: Sequence[WrittenValue],
        statuses: Mapping[str, str],
    ) -> None:  # fmt: skip
        """Show the unknown values; statuses are labels by key."""
        self._draft, self._statuses = draft, statuses
        fields = {t.index: t.field for t in problems.targets}
        lines = [
            _Line(value, problems.names[value.column], fields[value.column], "")
            for value in unknown
            if value.column in fields
        ]
        self.model.show([self._decided(line) for line in lines])
        self.stack.setCurrentIndex(0 if lines else 1)
        left = sum(self._put(line) is None for line in lines)
        self._words.setText(
            trn(
                "{n} value is not among yours yet. What you decide is remembered.",
                "{n} values are not among yours yet. What you decide is remembered.",
                left,
            )
            if left
            else tr("What you decide is remembered for lists with the same columns.")
        )
        self._words.setVisible(bool(lines))

    @property
    def open(self) -> int:
        """How many values nobody has decided about."""
        return sum(self._put(line) is None for line in self.model.lines)

    def _put(self, line: _Line) -> str | None:
        pairs = self._draft.fixes.values.get(line.column, {}) if self._draft is not None else {}
        return pairs.get(fold(line.value.text.strip()))

    def _decided(self, line: _Line) -> _Line:
        put = self._put(line)
        if put is None:
            words = self._kept(line)
        elif not put:
            words = tr("Left blank")
        else:
            words = self._names(line.field).get(put, put)
        return _Line(line.value, line.column, line.field, words)

    def _kept(self, line: _Line) -> str:
        if line.field.key == "country":
            return tr("Kept as written")
        return tr("Left out")

    def _names(self, field: Field) -> dict[str, str]:
        if field.key == "status":
            return dict(self._statuses)
        if field.key == "country":
            return _countries()
        return {choice: choice for choice in field.choices}

    def pick(self, row_: int, typed: str = "") -> None:
        """Open the list of what one value can become."""
        if not 0 <= row_ < len(self.model.lines):
            return
        line = self.model.lines[row_]
        self.table.select(row_)
        found = [Choice(KEEP, self._kept(line)), Choice(BLANK, tr("Leave blank"))]
        if line.field.key != "country":
            new = tr("Create “{value}”", value=line.value.text)
            found.append(Choice(CREATE, new, "plus"))
        found.append(Choice(None, field_title(line.field.key, (line.field,))))
        found += [Choice(key, words) for key, words in self._names(line.field).items()]
        self.picker = Picker(tr("What “{value}” becomes", value=line.value.text), self)
        self.picker.picked.connect(lambda key: self.decide(row_, key))
        cell = self.table.drop_down(row_).toRect()
        put = self._put(line)
        self.picker.open_at(cell, self.table.viewport(), found, KEEP if put is None else put)
        if typed:
            self.picker.type(typed)

    def decide(self, row_: int, key: str) -> None:
        """Take the decision about one value."""
        line = self.model.lines[row_]
        if key == CREATE:
            self.created.emit(line.field.key, line.value.text)
        else:
            self.mapped.emit(line.column, line.value.text, None if key == KEEP else key)


def _countries() -> dict[str, str]:
    """Every country by its two letters, in the words of the computer's language."""
    found = {}
    for territory in QLocale.Country:
        code = QLocale.territoryToCode(territory)
        if len(code) == 2 and code.isalpha():
            found[code] = QLocale.territoryToString(territory)
    return dict(sorted(found.items(), key=lambda pair: pair[1]))
