"""Paints the rows of a table from pictures, each kept for as long as its row looks the same.

A frame in which nothing of a row has changed then costs one copy of pixels, where painting its
cells takes a hundred calls into the toolkit: of the words, marks and lines in a page of contacts.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from operator import attrgetter

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QTableView

from app.views.common.cells import Cell
from app.views.common.delegate import CellDelegate, ground_of
from app.views.common.painting import hairline
from app.views.common.table_model import CellModel
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD

GROUND = "bg.surface"
"""What tables stand on; with it a picture is opaque, so that letters look as elsewhere.

Where a card's round corners may be, at the lower end of a table, rows are painted in place.
"""
SPARE = 8
"""Pictures kept beyond those in view, for small steps to and fro."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A column in view: its number, left edge in the row, width, and which side words are at."""

    column: int
    left: int
    width: int
    right: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all rows have in common; any change makes every picture useless."""

    places: tuple[_Place, ...]
    ends: tuple[int, int]
    height: int
    ratio: float
    look: tuple[str, int]

    @property
    def width(self) -> int:
        """The width of a row, in view or not."""
        return self.places[-1].left + self.places[-1].width if self.places else 1

    def pixels(self) -> QPixmap:
        """Room for the picture of a row."""
        made = QPixmap(round(self.width * self.ratio), round(self.height * self.ratio))
        made.setDevicePixelRatio(self.ratio)
        return made


_Cells = Sequence[Cell | None]
"""The cells of a row that are in view; None stands for its check box."""
_State = tuple[bool | None, bool, bool]
"""Whether a row is checked, if it has a check box, tinted, and below the pointer."""


@dataclass(slots=True)
class _Picture:
    """A row as it was painted, and from what."""

    pixels: QPixmap
    cells: _Cells = ()
    state: _State | None = None

    def shows(self, cells: _Cells, state: _State) -> bool:
        """Whether such a row looks like this."""
        same = self.state == state and len(self.cells) == len(cells)
        return same and all(map(_alike, self.cells, cells))


class RowPictures:
    """The pictures of one table's rows, by their number."""

    def __init__(self, table: QTableView) -> None:
        self._table = table
        self._frame: _Frame | None = None
        self._kept: dict[int, _Picture] = {}

    def forget(self) -> None:
        """Give back the memory; the rows are painted anew when they are next looked at."""
        self._frame, self._kept = None, {}

    def paint(self, dirty: QRect) -> bool:
        """Paint what a rectangle of the viewport shows; to be called within its paint event.

        False, with nothing painted, for tables that paint in their own way, and where rows begin
        between two pixels.
        """
        table = self._table
        delegate, model = table.itemDelegate(), table.model()
        if type(delegate) is not CellDelegate or not isinstance(model, CellModel):
            return False
        if not table.devicePixelRatioF().is_integer():
            return False
        frame = _frame(table, delegate, model)
        if frame != self._frame:
            self._frame, self._kept = frame, {}
        painter = QPainter(table.viewport())
        left, selected = -table.horizontalHeader().offset(), _selected(table)
        square = table.viewport().height() - RADIUS_CARD
        for row in _rows(table, dirty.top(), dirty.bottom()):
            top = table.rowViewportPosition(row)
            checked = model.checked(row)
            tinted = row in selected or (checked is True and delegate.tints_checked)
            state = (checked, tinted, row == delegate.hovered_row)
            cells = _cells(model, frame, row, boxed=checked is not None)
            if top + frame.height > square:
                painter.translate(left, top)
                _paint_row(painter, delegate, frame, cells, state)
                painter.translate(-left, -top)
            else:
                painter.drawPixmap(left, top, self._picture(delegate, frame, row, cells, state))
        current = table.currentIndex()
        if current.isValid() and (table.hasFocus() or table.viewport().hasFocus()):
            delegate.paint_ring(painter, QRectF(table.visualRect(current)))
        painter.end()
        self._trim(_rows(table, 0, table.viewport().height() - 1))
        return True

    def _picture(
        self, delegate: CellDelegate, frame: _Frame, row: int, cells: _Cells, state: _State
    ) -> QPixmap:
        picture = self._kept.get(row)
        if picture is None:
            picture = self._kept[row] = _Picture(frame.pixels())
        if not picture.shows(cells, state):
            picture.pixels.fill(theme().colour(GROUND))
            painter = QPainter(picture.pixels)
            _paint_row(painter, delegate, frame, cells, state)
            painter.end()
            picture.cells, picture.state = cells, state
        return picture.pixels

    def _trim(self, seen: range) -> None:
        """Keep what is in view and a little around it."""
        if len(self._kept) > 2 * len(seen) + SPARE:
            near = range(seen.start - SPARE, seen.stop + SPARE)
            self._kept = {row: kept for row, kept in self._kept.items() if row in near}


def _frame(table: QTableView, delegate: CellDelegate, model: CellModel) -> _Frame:
    header, look = table.horizontalHeader(), theme()
    places = (
        _Place(
            column,
            header.sectionPosition(column),
            header.sectionSize(column),
            right=model.columns[column].right,
        )
        for column in range(len(model.columns))
        if not header.isSectionHidden(column)
    )
    return _Frame(
        tuple(sorted(places, key=attrgetter("left"))),
        delegate.ends,
        table.verticalHeader().defaultSectionSize(),
        table.devicePixelRatioF(),
        (look.tokens.mode, look.percent),
    )


def _rows(table: QTableView, top: int, bottom: int) -> range:
    """The rows between two heights of the viewport."""
    first, last = table.rowAt(top), table.rowAt(bottom)
    count = table.model().rowCount()
    return range(first if first >= 0 else count, last + 1 if last >= 0 else count)


def _selected(table: QTableView) -> Container[int]:
    return {index.row() for index in table.selectionModel().selectedRows()}


def _cells(model: CellModel, frame: _Frame, row: int, *, boxed: bool) -> _Cells:
    return [
        None if boxed and place.column == 0
        else model.cell(row, model.columns[place.column])
        for place in frame.places
    ]  # fmt: skip


def _paint_row(
    painter: QPainter, delegate: CellDelegate, frame: _Frame, cells: _Cells, state: _State
) -> None:
    checked, tinted, hovered = state
    if ground := ground_of(tinted=tinted, hovered=hovered):
        painter.fillRect(0, 0, frame.width, frame.height, theme().colour(ground))
    hairline(painter, 0, frame.width, frame.height, theme().colour("border.subtle"))
    for place, shown in zip(frame.places, cells, strict=True):
        rect = QRectF(place.left, 0, place.width, frame.height)
        inner = delegate.inner(rect, place.column)
        if shown is None:
            delegate.paint_check(painter, inner, checked=checked is True)
        else:
            delegate.paint_words(painter, inner, shown, right=place.right, tinted=tinted)


def _alike(one: Cell | None, other: Cell | None) -> bool:
    """Whether two cells are painted the same; their tips do not matter."""
    if one is other or one is None or other is None:
        return one is other
    return (one.text, one.look, one.tone, one.lines) == (
        other.text, other.look, other.tone, other.lines,
    )  # fmt: skip
