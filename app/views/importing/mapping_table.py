"""The table of the mapping: a row for each column of the file, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.core.text import marked, tr
from app.views.common.cells import Cell, Column, Look
from app.views.common.delegate import PADDING, CellDelegate
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.painting import (
    LEFT,
    lines_of,
    paint_box,
    paint_lines,
    paint_pill,
    paint_text,
    pill_width,
    text_width,
)
from app.views.common.table_model import CellModel
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.importing.pick_table import ROW, PickTable, drop_down_width, paint_drop_down

_BAR, _GAP, _BARS = 6, 2, 4
LINES = 2
"""What a row has the height for."""
GOOD = 2
"""With more bars than this nobody has to look."""
Index = QModelIndex | QPersistentModelIndex

_COLUMNS = (
    ("name", marked("Column"), 96, 1, 0),
    ("samples", marked("Samples"), 88, 6, 0),
    ("arrow", "", 32, 0, 1),
    ("field", marked("Captely field"), 160, 1, 0),
    ("sure", marked("Confidence"), 88, 1, 0),
)


def columns() -> tuple[Column, ...]:
    """The columns of the table in the user's language."""
    return tuple(
        Column(key, tr(title) if title else "", width, weight, rank)
        for key, title, width, weight, rank in _COLUMNS
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One column of the file: what it is called, holds and goes into, and how sure that is.

    level is how many of four bars are full; remembered marks what follows an earlier import.
    """

    name: str
    samples: str
    field: str
    field_words: str
    icon: str
    level: int
    words: str
    remembered: bool = False

    @property
    def ignored(self) -> bool:
        """True for a column that is not imported."""
        return not self.field


class MappingModel(CellModel):
    """The entries as cells; the words of each cell are what a screen reader says."""

    def __init__(self) -> None:
        super().__init__(columns())
        self.entries: list[Entry] = []

    def show(self, entries: Sequence[Entry]) -> None:
        """Replace the entries; the current row stays where the columns are the same."""
        if [e.name for e in entries] == [e.name for e in self.entries] and entries:
            self.entries = list(entries)
            last = self.index(len(entries) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """One for each column of the file."""
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def cell(self, row: int, column: Column) -> Cell:
        """The cell for painting and speaking."""
        entry = self.entries[row]
        if column.key == "name":
            return Cell(entry.name, Look.TEXT if entry.ignored else Look.STRONG, tip=entry.name)
        if column.key == "samples":
            return Cell(entry.samples, tip=entry.samples)
        if column.key == "field":
            return Cell(entry.field_words)
        words = entry.words if column.key == "sure" else ""
        return Cell(words, tip=words)


class _Painter(CellDelegate):
    """Paints the arrow, the field like a drop-down, and the confidence."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """Rows are as high as a drop-down with room around it."""
        return QSize(theme().px(96), theme().px(ROW))

    def wanted(self, index: Index) -> float:
        """All but the samples are whole."""
        model, key = index.model(), _COLUMNS[index.column()][0]
        if not isinstance(model, MappingModel) or key in ("samples", "arrow"):
            return 0.0
        entry = model.entries[index.row()]
        if key == "field":
            return drop_down_width(entry.field_words, entry.icon)
        return _sure_width(entry) if key == "sure" else super().wanted(index)

    def _paint_cell(
        self, painter: QPainter, inner: QRectF, shown: Cell, index: Index, *, tinted: bool
    ) -> None:
        model = index.model()
        key = _COLUMNS[index.column()][0]
        if key == "samples":
            shown = Cell(_first_whole(shown.text, inner.width()), lines=LINES)
        elif key == "name":
            shown = replace(shown, lines=LINES)
        if key in ("name", "samples") or not isinstance(model, MappingModel):
            super()._paint_cell(painter, inner, shown, index, tinted=tinted)
            return
        entry = model.entries[index.row()]
        if key == "arrow":
            _paint_arrow(painter, inner, entry)
        elif key == "field":
            paint_drop_down(painter, inner, entry.field_words, entry.icon, quiet=entry.ignored)
        else:
            _paint_sure(painter, inner, entry)


def _first_whole(samples: str, room: float) -> str:
    """As many samples as are whole in one line, in two where that is only one of several."""
    # A line ends between two values, not within a phone number.
    values = [value.replace(" ", "\N{NO-BREAK SPACE}") for value in samples.split(", ")]
    for lines in range(1, LINES + 1):
        whole = list(values)
        while len(whole) > 1 and len(lines_of(", ".join(whole), Role.BODY, room)) > lines:
            whole.pop()
        if len(whole) > 1:
            break
    return ", ".join(whole)


def _paint_arrow(painter: QPainter, inner: QRectF, entry: Entry) -> None:
    side = theme().px(16)
    spot = QRectF(inner.center().x() - side / 2, inner.center().y() - side / 2, side, side)
    name = "minus" if entry.ignored else "arrow-right"
    paint_icon(painter, name, spot, theme().colour("text.secondary"))


def _sure_width(entry: Entry) -> float:
    if entry.ignored:
        return pill_width(entry.words, dot=False)
    return _BARS * (_BAR + _GAP) + 8 + _words_width(entry)


def _words_width(entry: Entry) -> float:
    mark = theme().px(16) + 4 if entry.remembered else 0
    return mark + text_width(entry.words, Role.CAPTION)


def _paint_sure(painter: QPainter, inner: QRectF, entry: Entry) -> None:
    middle, room = inner.center().y(), inner.width() + PADDING
    if _sure_width(entry) <= room:
        if entry.ignored:
            paint_pill(painter, inner.left(), middle, entry.words, Tone.NEUTRAL, dot=False)
            return
        _paint_bars(painter, inner.left(), middle, entry)
        left = inner.left() + _BARS * (_BAR + _GAP) + 8
        _paint_words(painter, QRectF(left, inner.top(), room, inner.height()), entry)
        return
    # In a narrow window the bars stand over the words.
    if entry.ignored or _words_width(entry) > room:
        ink = theme().colour("text.secondary")
        paint_lines(painter, inner, entry.words, Role.CAPTION, ink, LINES)
        return
    half = theme().line(Role.CAPTION) / 2
    _paint_bars(painter, inner.left(), middle - half, entry)
    below = QRectF(inner.left(), middle, room, 2 * half)
    _paint_words(painter, below, entry)


def _paint_bars(painter: QPainter, left: float, middle: float, entry: Entry) -> None:
    look = theme()
    full = look.colour("chart.2" if entry.level > GOOD else "chart.3")
    for bar in range(_BARS):
        spot = QRectF(left + bar * (_BAR + _GAP), middle - 5, _BAR, 10)
        paint_box(painter, spot, 2, full if bar < entry.level else look.colour("border.subtle"))


def _paint_words(painter: QPainter, room: QRectF, entry: Entry) -> None:
    look, left = theme(), room.left()
    ink = look.colour("pill.success.fg" if entry.level > GOOD else "pill.warning.fg")
    if entry.remembered:
        side = look.px(16)
        ink = look.colour("accent.text")
        mark = QRectF(left, room.center().y() - side / 2, side, side)
        paint_icon(painter, "history", mark, ink)
        left += side + 4
    spot = QRectF(left, room.top(), room.right() - left, room.height())
    paint_text(painter, spot, entry.words, Role.CAPTION, ink, LEFT, essential=True)


class MappingTable(PickTable):
    """The columns of the file; its drop-downs are the fields."""

    def __init__(self) -> None:
        super().__init__(tr("Columns of the file"), columns(), "field")
        self.paint_with(_Painter(self))
