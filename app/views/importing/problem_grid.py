"""The grid of problem rows: the wrong cells marked, what is wrong, and cells that can be edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QStyleOptionViewItem, QTableView, QWidget

from app.core.text import tr
from app.services.importing.problems import Flaw, ProblemRow
from app.views.common.cells import CELL_ROLE, Cell, Column, Look, cell
from app.views.common.delegate import PADDING, CellDelegate
from app.views.common.fonts import Role
from app.views.common.painting import paint_box, paint_text, text_width
from app.views.common.run import Calls
from app.views.common.table import Table
from app.views.common.table_model import PagedModel
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CHIP, Tone
from app.views.common.words import number

ROW = 48
Index = QModelIndex | QPersistentModelIndex


def grid_columns(names: Sequence[str], shown: Sequence[int]) -> tuple[Column, ...]:
    """Row, person, the columns with problems, and what is wrong."""
    # The columns with the most problems stay longest, in the order of the file.
    ranks = dict(zip(shown, (0, 1, 4), strict=False))
    return (
        Column("line", tr("Row"), 64, weight=0, right=True),
        Column("person", tr("Person"), 120, weight=2, rank=3),
        *(Column(f"c{i}", names[i], 112, weight=3, rank=ranks[i]) for i in sorted(ranks)),
        Column("why", tr("What is wrong"), 204, weight=0),
    )


class ProblemModel(PagedModel[ProblemRow]):
    """Pages of problem rows; edited(row, column, text) when a cell was typed anew."""

    edited = Signal(object, int, str)

    def __init__(self, calls: Calls, parent: QObject) -> None:
        super().__init__(calls, (), self._cell_of, parent)
        self.people: tuple[int, ...] = ()

    def use_columns(self, columns: Sequence[Column], people: Sequence[int]) -> bool:
        """Show these columns; people are those that name the person. True if they are others."""
        if tuple(columns) == self.columns and tuple(people) == self.people:
            return False
        self.beginResetModel()
        self.columns, self.people = tuple(columns), tuple(people)
        self.endResetModel()
        return True

    def column_of(self, index: Index) -> int:
        """The column of the file under an index, -1 for another one."""
        key = self.columns[index.column()].key if index.isValid() else ""
        return int(key[1:]) if key[:1] == "c" and key[1:].isdigit() else -1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells of the file may be typed anew."""
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsEditable if self.column_of(index) >= 0 else found

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cell's own text for the editor."""
        row = self.row(index.row()) if index.isValid() else None
        if role == Qt.ItemDataRole.EditRole and row is not None:
            return _text(row, self.column_of(index))
        if role == Qt.ItemDataRole.AccessibleTextRole and row is not None:
            flaw = row.flaw(self.column_of(index))
            said = str(super().data(index, role))
            return f"{said}, {flaw.title}" if flaw is not None else said
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell that a cell was typed anew; the plan that follows brings it back."""
        row, column = self.row(index.row()), self.column_of(index)
        if row is None or column < 0 or role != Qt.ItemDataRole.EditRole:
            return False
        if str(value) != _text(row, column):
            self.edited.emit(row, column, str(value))
        return True

    def _cell_of(self, row: ProblemRow, key: str) -> Cell:
        if key == "line":
            return Cell(number(row.line), Look.FIGURE)
        if key == "person":
            words = " ".join(part for i in self.people if (part := _text(row, i).strip()))
            return cell(words or "", Look.STRONG)
        if key == "why":
            return Cell(_why(row), tip=row.sentence)
        column = int(key[1:])
        flaw, text = row.flaw(column), _text(row, column)
        tip = f"{flaw.title}. {_next(flaw)}" if flaw is not None else ""
        if column in row.was:
            tip = tr("Was: {old}", old=row.was[column]) + (f". {tip}" if tip else "")
        if flaw is not None and not text.strip():
            return Cell(tr("empty"), tip=tip)
        return Cell(text, tip=tip) if text.strip() else cell("")


def _text(row: ProblemRow, column: int) -> str:
    return row.cells[column] if 0 <= column < len(row.cells) else ""


def main_flaw(row: ProblemRow) -> Flaw | None:
    """The worst flaw of a row, the one its explanation is about."""
    return next((f for f in row.flaws if f.error), next(iter(row.flaws), None))


def _next(flaw: Flaw) -> str:
    if flaw.repair is not None:
        return tr(flaw.repair.question)
    return flaw.outcome


def _why(row: ProblemRow) -> str:
    flaw = main_flaw(row)
    if flaw is None:
        return tr("Put right")
    return ". ".join(part for part in (flaw.title, _next(flaw)) if part)


class _Painter(CellDelegate):
    """Paints wrong and mended cells as boxes, and the explanation in two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """Two lines of text with room around them."""
        return QSize(theme().px(96), theme().px(ROW))

    def wanted(self, index: Index) -> float:
        """A wrong value is written stronger, in a box; the explanation has two lines."""
        model = index.model()
        if isinstance(model, ProblemModel):
            row = model.row(index.row())
            if row is not None and model.columns[index.column()].key == "why":
                return max(text_width(words, role) for words, role in _why_lines(row))
            flawed = row is not None and row.flaw(model.column_of(index)) is not None
            if flawed:
                return text_width(index.data(CELL_ROLE).text, Role.STRONG)
        return super().wanted(index)

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: Index,
    ) -> QWidget:
        """A line over the cell."""
        line = QLineEdit(parent)
        line.setFont(theme().font(Role.BODY))
        model = index.model()
        if isinstance(model, ProblemModel):
            line.setAccessibleName(model.columns[index.column()].title)
        return line

    def updateEditorGeometry(
        self,
        editor: QWidget,
        option: QStyleOptionViewItem,
        index: Index,  # noqa: ARG002
    ) -> None:
        """Where the box of the cell is."""
        editor.setGeometry(_box(QRectF(option.rect)).toAlignedRect())

    def _paint_cell(
        self, painter: QPainter, inner: QRectF, shown: Cell, index: Index, *, tinted: bool
    ) -> None:
        model = index.model()
        row = model.row(index.row()) if isinstance(model, ProblemModel) else None
        if row is None or not isinstance(model, ProblemModel):
            super()._paint_cell(painter, inner, shown, index, tinted=tinted)
            return
        column = model.column_of(index)
        if model.columns[index.column()].key == "why":
            _paint_why(painter, inner, row, self._elsewhere(model, row))
        elif column >= 0 and (row.flaw(column) is not None or column in row.was):
            _paint_marked(painter, inner, shown.text, row, column)
        else:
            super()._paint_cell(painter, inner, shown, index, tinted=tinted)

    def _elsewhere(self, model: ProblemModel, row: ProblemRow) -> str:
        """The wrong value, if its column is not in view."""
        flaw, table = main_flaw(row), self.parent()
        if flaw is None:
            return ""
        keys = [column.key for column in model.columns]
        at = keys.index(f"c{flaw.column}") if f"c{flaw.column}" in keys else -1
        if at >= 0 and isinstance(table, QTableView) and not table.isColumnHidden(at):
            return ""
        return _text(row, flaw.column).strip()


def _box(cell_: QRectF) -> QRectF:
    height = theme().px(32)
    rect = cell_.adjusted(PADDING - 8, 0, -(PADDING - 8), 0)
    return QRectF(rect.left(), rect.center().y() - height / 2, rect.width(), height)


def _paint_marked(
    painter: QPainter, inner: QRectF, text: str, row: ProblemRow, column: int
) -> None:
    flaw = row.flaw(column)
    tone = Tone.SUCCESS if flaw is None else Tone.DANGER if flaw.error else Tone.WARNING
    ink, ground = theme().tokens.pill(tone)
    box = _box(inner.adjusted(-PADDING, 0, PADDING, 0)).adjusted(0, 2, 0, -2)
    paint_box(painter, box, RADIUS_CHIP, ground, ink)
    paint_text(painter, box.adjusted(8, 0, -8, 0), text, Role.STRONG, ink)


def _paint_why(painter: QPainter, inner: QRectF, row: ProblemRow, elsewhere: str) -> None:
    look, flaw = theme(), main_flaw(row)
    first, second = _halves(inner)
    tone = Tone.SUCCESS if flaw is None else Tone.DANGER if flaw.error else Tone.WARNING
    offered = flaw is not None and flaw.repair is not None
    inks = look.tokens.pill(tone)[0], look.colour("accent.text" if offered else "text.secondary")
    lines = _why_lines(row, elsewhere, inner.width())
    for room, (words, role), ink in zip((first, second), lines, inks, strict=True):
        paint_text(painter, room, words, role, ink)


def _why_lines(
    row: ProblemRow, elsewhere: str = "", room: float = 0.0
) -> tuple[tuple[str, Role], tuple[str, Role]]:
    """What is wrong with a row, and below it what happens or is offered.

    elsewhere is the wrong value itself, if nothing else in view shows it. It stands before what
    happens, or alone if there is no `room` for both.
    """
    flaw = main_flaw(row)
    if flaw is not None:
        below = _next(flaw)
        if elsewhere and flaw.repair is None:
            both = f"{elsewhere} · {below}" if below else elsewhere
            below = both if text_width(both, Role.SMALL) <= room else elsewhere
        return (flaw.title, Role.STRONG), (below, Role.SMALL)
    was = next(iter(row.was.values()), "")
    said = tr("Was: {old}", old=was) if was else tr("Was blank")
    return (tr("Put right"), Role.STRONG), (said, Role.SMALL)


def _halves(inner: QRectF) -> tuple[QRectF, QRectF]:
    line = theme().line(Role.BODY)
    top = inner.center().y() - line
    return (
        QRectF(inner.left(), top + 1, inner.width(), line),
        QRectF(inner.left(), top + line - 1, inner.width(), line),
    )


class ProblemTable(Table):
    """Emits repair_wished(row) for the offered repair, clear_wished for Delete."""

    repair_wished = Signal(int)
    clear_wished = Signal()
    menu_wished = Signal(QPoint)
    spare_rank = 3
    least_row = ROW

    def __init__(self) -> None:
        super().__init__(tr("Rows that want a look"), ())
        self._delegate = _Painter(self)
        self.setItemDelegate(self._delegate)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu_wished.emit)

    def edit_cell(self) -> None:
        """Type the current cell anew, or the wrong one of the row."""
        model, index = self.model(), self.currentIndex()
        if not isinstance(model, ProblemModel) or not index.isValid():
            return
        if model.column_of(index) < 0:
            row = model.row(index.row())
            flaw = main_flaw(row) if row is not None else None
            keys = [column.key for column in model.columns]
            key = f"c{flaw.column}" if flaw is not None else ""
            if key not in keys:
                return
            index = model.index(index.row(), keys.index(key))
            self.setCurrentIndex(index)
        self.edit(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the offered repair does it."""
        super().mouseReleaseEvent(event)
        model = self.model()
        index = self.indexAt(event.position().toPoint())
        left = event.button() is Qt.MouseButton.LeftButton
        if left and isinstance(model, ProblemModel) and index.isValid():
            below = event.position().y() > self.visualRect(index).center().y()
            if below and model.columns[index.column()].key == "why":
                self.repair_wished.emit(index.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Type a cell anew."""
        self.setCurrentIndex(self.indexAt(event.position().toPoint()))
        model = self.model()
        if isinstance(model, ProblemModel) and model.column_of(self.currentIndex()) >= 0:
            self.edit(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and F2 edit, Space does the offered repair, Delete empties, a letter types anew."""
        key, typed = event.key(), event.text()
        if self.state() is QTableView.State.EditingState:
            # Enter ends the typing of a cell and then comes here, where it would begin it again.
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit_cell()
        elif key == Qt.Key.Key_Space:
            self.repair_wished.emit(self.currentIndex().row())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear_wished.emit()
        elif typed.isprintable() and typed and not event.modifiers() & _COMMAND:
            self.edit_cell()
            editor = self.viewport().findChild(QLineEdit)
            if editor is not None:
                editor.setText(typed)
        else:
            super().keyPressEvent(event)


_COMMAND = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
