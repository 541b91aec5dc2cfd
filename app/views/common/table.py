"""The table view of all lists: fixed row height, no grid, columns that fit the room they have."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from app.core import courtesy
from app.core.text import tr
from app.views.common.cells import Column
from app.views.common.delegate import EDGE, PADDING, CellDelegate
from app.views.common.fonts import Role
from app.views.common.header import Header
from app.views.common.painting import text_width
from app.views.common.row_pictures import RowPictures
from app.views.common.theme import theme

CHECK_WIDTH = 40
BOTTOM_ROOM = 64
WIDEST_WISH = 320
SORT_ARROW = 18


class Table(QTableView):
    """Shows a model whose columns are described by `columns`.

    opened is emitted with a row when it is double-clicked or Enter is pressed, chosen when the
    current row changes, check_wished with (row, extend) when its check box is used.
    """

    opened = Signal(int)
    chosen = Signal(int)
    check_wished = Signal(int, bool)
    visible_rows_changed = Signal()
    header_class: type[Header] = Header
    spare_rank = 4
    """From this rank on a column is there only if what is in the others is whole."""
    least_row = 0
    """The least height of a row at 100 % text size, for cells of two lines or with a control."""

    def __init__(self, name: str, columns: Sequence[Column], *, sideways: bool = False) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.checkable = bool(columns) and columns[0].key == "check"
        self._sideways = self._snaps = sideways
        self._left_out: frozenset[str] = frozenset()
        self._wishes: dict[str, int] = {}
        self._learns = True
        self._gives_way = False
        self._delegate = CellDelegate(self)
        self._pictures = RowPictures(self)
        self.header = self.header_class(self)
        self.header.columns = self.columns
        self._configure(name)
        self.restyle()

    def _configure(self, name: str) -> None:
        self.setAccessibleName(name)
        self.header.setAccessibleName(tr("Columns of {table}", table=name))
        self.setHorizontalHeader(self.header)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.viewport().setAutoFillBackground(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        if not self._sideways:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setMinimumSectionSize(1)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        self.verticalScrollBar().valueChanged.connect(lambda _v: self.visible_rows_changed.emit())

    def restyle(self) -> None:
        """Take row height and column widths of the present text size and density."""
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        self.verticalScrollBar().setSingleStep(self.row_height)
        # Words of another size need another width.
        self._wishes = {}
        self._look_at_other_rows()
        self.fit_columns()

    @property
    def row_height(self) -> int:
        """The height of each row in pixels."""
        return max(theme().row_height, theme().px(self.least_row))

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns."""
        self.columns = self.header.columns = tuple(columns)
        self._wishes, self._learns = {}, True
        self.fit_columns()

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show a model and follow its current row."""
        super().setModel(model)
        selection = self.selectionModel()
        if selection is not None:
            selection.currentRowChanged.connect(self._row_changed)
        if model is not None:
            model.modelReset.connect(self._look_at_other_rows)
            model.dataChanged.connect(self._look_at_rows)
        self.fit_columns()

    def select(self, row: int) -> None:
        """Make a row the current one, with the focus on its first words."""
        model = self.model()
        if model is not None:
            self.setCurrentIndex(model.index(row, 1 if self.checkable else 0))

    def leave_out(self, *keys: str) -> None:
        """Show all columns but these."""
        self._left_out = frozenset(keys)
        self.fit_columns()

    def visible_rows(self) -> range:
        """The rows in view now."""
        model = self.model()
        count = model.rowCount() if model is not None else 0
        height = self.row_height
        first = self.verticalScrollBar().value() // height
        return range(min(first, count), min(count, first + self.viewport().height() // height + 2))

    def fit_columns(self) -> None:
        """Give every column its least width and share the rest; the least important give way."""
        if self.model() is None:
            return
        room = self.viewport().width()
        shown = [column for column in self.columns if column.key not in self._left_out]
        while not self._sideways and len(shown) > 1:
            last = max(shown, key=lambda column: column.rank)
            wide = sum(map(_least if last.rank < self.spare_rank else self._need, shown))
            if wide <= room or last.rank == 0:
                break
            shown.remove(last)
        self._spare(shown, room)
        self._gives_way = len(shown) + len(self._left_out) < len(self.columns)
        self._share(shown, room)

    def _spare(self, shown: list[Column], room: int) -> None:
        """Leave out what is worth less than the whole words of the others, if that helps them."""
        needs = {column.key: self._need(column) for column in shown}
        for column in [one for one in shown if one.spare and not self._sideways]:
            if sum(needs.values()) > room >= sum(needs.values()) - needs[column.key]:
                shown.remove(column)
                return

    def _share(self, shown: Sequence[Column], room: int) -> None:
        """Least widths first, then what makes the cells whole, then the rest by weight."""
        scarce = not self._sideways and sum(map(self._whole, shown)) > room
        least = {c.key: self._bare(c) if scarce else _least(c) for c in self.columns}
        spare = max(0, room - sum(least[column.key] for column in shown))
        granted: dict[str, int] = {}
        # Whoever lacks least first, so that as few columns as possible are cut.
        lacks = {c.key: max(0, self._wish(c) - least[c.key]) for c in shown}
        for column in sorted(shown, key=lambda column: lacks[column.key]):
            granted[column.key] = min(spare, lacks[column.key])
            spare -= granted[column.key]
        weights = sum(column.weight for column in shown) or 1
        widths = {
            c.key: least[c.key] + granted.get(c.key, 0) + spare * c.weight // weights
            for c in self.columns
        }
        if self._snaps:
            _snap(shown, widths, room)
        for index, column in enumerate(self.columns):
            self.setColumnHidden(index, column not in shown)
            self.setColumnWidth(index, widths[column.key])
        seen = [index for index, column in enumerate(self.columns) if column in shown]
        ends = (seen[0], seen[-1]) if seen else (-1, -1)
        self._delegate.ends = self.header.ends = ends

    def _whole(self, column: Column) -> int:
        """The width at which nothing that was seen of a column is cut."""
        return max(_least(column), self._wish(column))

    def _wish(self, column: Column) -> int:
        """What the words seen in it need, within reason; 0 as long as nobody knows."""
        return min(self._wishes.get(column.key, 0), theme().px(WIDEST_WISH))

    def _need(self, column: Column) -> int:
        """With so much nothing that was seen of it is cut, and no more is wasted on it."""
        return max(self._bare(column), self._wish(column))

    def _bare(self, column: Column) -> int:
        """What its title and the words in it need, where others lack room; at most its least."""
        wish = self._wishes.get(column.key, 0)
        if not wish or column.own:
            return _least(column)
        title = int(text_width(column.words, Role.CAPTION)) + 2 * EDGE + SORT_ARROW
        return min(_least(column), max(wish, title))

    def _look_at_other_rows(self) -> None:
        self._learns = True
        if self._gives_way:
            # One long name that was found once must not hide a column for good.
            self._wishes = {}
        self._look_at_rows()

    def _look_at_rows(self) -> None:
        """Learn from the first rows what they need; columns must not jump while one scrolls."""
        model, rows = self.model(), self.visible_rows()
        if not self._learns or model is None:
            return
        for index, column in enumerate(self.columns):
            found = (self._delegate.wanted(model.index(row, index)) for row in rows)
            if not column.own and (widest := max(found, default=0.0)):
                padding = EDGE if index in self._delegate.ends else PADDING
                wish = int(widest) + PADDING + padding + 1
                self._wishes[column.key] = max(wish, self._wishes.get(column.key, 0))
                self._learns = False
        if not self._learns:
            self.fit_columns()

    def updateGeometries(self) -> None:
        """Let the last rows be scrolled clear of a toast."""
        super().updateGeometries()
        bar = self.verticalScrollBar()
        if bar.maximum() > 0:
            bar.setMaximum(bar.maximum() + theme().px(BOTTOM_ROOM))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, with nobody at work in Python meanwhile."""
        with courtesy.busy():
            if not self._pictures.paint(event.rect()):
                super().paintEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep no pictures of what nobody looks at."""
        super().hideEvent(event)
        self._pictures.forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns into the new width."""
        super().resizeEvent(event)
        self.fit_columns()
        self.visible_rows_changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tint the row below the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """End the tint."""
        super().leaveEvent(event)
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the check box checks and leaves the current row alone."""
        index = self.indexAt(event.position().toPoint())
        if self.checkable and index.isValid() and index.column() == 0:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.check_wished.emit(index.row(), extend)
            event.accept()
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Space checks; Tab leaves the table."""
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.opened.emit(row)
        elif event.key() == Qt.Key.Key_Space and self.checkable and row >= 0:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.check_wished.emit(row, extend)
        else:
            super().keyPressEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered_row:
            self._delegate.hovered_row = row
            self.viewport().update()

    def _row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.chosen.emit(current.row())


def _snap(shown: Sequence[Column], widths: dict[str, int], room: int) -> None:
    """Widen what is whole in view, so that the edge cuts no column before anybody scrolls."""
    ends = list(accumulate(widths[column.key] for column in shown))
    whole = [column for column, end in zip(shown, ends, strict=True) if end <= room]
    growing = [column for column in whole if column.weight]
    if len(whole) == len(shown) or not growing:
        return
    more, rest = divmod(room - ends[len(whole) - 1], len(growing))
    for place, column in enumerate(growing):
        widths[column.key] += more + (place < rest)


def _least(column: Column) -> int:
    return CHECK_WIDTH if column.key == "check" else theme().px(column.width)
