"""Item models over rows: a short list in memory, and a long one whose pages are read on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)

from app.core.errors import CaptelyError
from app.core.text import tr
from app.views.common.cells import CELL_ROLE, CHECKED_ROLE, WAITING_CELL, Cell, Column
from app.views.common.painting import LEFT, RIGHT
from app.views.common.run import Calls

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
PAGE = 100
KEPT_PAGES = 60


class CellModel(QAbstractTableModel):
    """What both kinds share: columns, and cells made from a row."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)

    def columnCount(self, parent: Index | None = None) -> int:
        """As many as there are columns; rows have no children."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def cell(self, row: int, column: Column) -> Cell:
        """The cell of `row` in `column`."""
        raise NotImplementedError

    def checked(self, row: int) -> bool | None:  # noqa: ARG002 - lists with check boxes tell
        """Whether a row is checked; None where the first column holds no check box."""
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cell for the delegate, its words for everybody else."""
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.right else LEFT
        if role == CELL_ROLE:
            return self.cell(index.row(), column)
        if role == CHECKED_ROLE:
            return self.checked(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(index.row(), column).text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.words}: {self.cell(index.row(), column).text}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.cell(index.row(), column).tip_words or None
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles of the columns."""
        horizontal = orientation is Qt.Orientation.Horizontal
        if horizontal and role == Qt.ItemDataRole.DisplayRole and section < len(self.columns):
            return self.columns[section].words
        if horizontal and role == Qt.ItemDataRole.AccessibleTextRole:
            return self.columns[section].words or tr("Chosen")
        return None


class ListModel(CellModel):
    """A short list that is in memory whole; each row is a sequence of cells."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self._rows: list[Sequence[Cell]] = []

    def rowCount(self, parent: Index | None = None) -> int:
        """The number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def show(self, rows: Sequence[Sequence[Cell]], columns: Sequence[Column] | None = None) -> None:
        """Replace the rows, and the columns if given."""
        self.beginResetModel()
        if columns is not None:
            self.columns = tuple(columns)
        self._rows = list(rows)
        self.endResetModel()

    def cell(self, row: int, column: Column) -> Cell:
        """The cell of `row` in `column`."""
        return self._rows[row][self.columns.index(column)]


class PagedModel(CellModel, Generic[R]):
    """A list of any length: rows are read in pages, in the background, when they come into view.

    fetch(first, last) reads rows first..last-1 and runs in the read pool; shape turns one into
    cells by column key. While a page is on its way its cells are WAITING.
    """

    def __init__(
        self,
        calls: Calls,
        columns: Sequence[Column],
        shape: Callable[[R, str], Cell],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, parent)
        self._calls = calls
        self._shape = shape
        self._fetch: Callable[[int, int], Sequence[R]] | None = None
        self._count = 0
        self._pages: dict[int, list[R]] = {}
        self._cells: dict[tuple[int, str], Cell] = {}
        self._asked: set[int] = set()
        self._wanted: set[int] = set()
        self._generation = 0
        self._serial = 0
        self._newest: dict[int, int] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._ask)

    def rowCount(self, parent: Index | None = None) -> int:
        """The number of rows, read or not."""
        return 0 if parent is not None and parent.isValid() else self._count

    def show(
        self,
        count: int,
        fetch: Callable[[int, int], Sequence[R]] | None,
        pages: Mapping[int, list[R]] | None = None,
    ) -> None:
        """Show `count` rows; `pages` are already there and shown without waiting."""
        same = count == self._count and count > 0
        if not same:
            self.beginResetModel()
        self._generation += 1
        self._count, self._fetch = count, fetch
        self._newest.clear()
        self._asked.clear()
        self._wanted.clear()
        self._cells.clear()
        self._pages = {page: rows for page, rows in (pages or {}).items() if rows}
        if same:
            # The same number of rows keeps scroll position and current row.
            self.dataChanged.emit(self.index(0, 0), self.index(count - 1, len(self.columns) - 1))
        else:
            self.endResetModel()

    def refresh(self) -> None:
        """Read the shown pages again, showing the old rows until the new ones are there."""
        # Those on their way too: they may have been read before what has changed.
        self._wanted |= self._asked | set(self._pages)
        self._asked = set()
        self._timer.start()

    def row(self, row: int) -> R | None:
        """The row if it has been read."""
        page = self._pages.get(row // PAGE)
        offset = row % PAGE
        return page[offset] if page is not None and offset < len(page) else None

    def cell(self, row: int, column: Column) -> Cell:
        """The cell, or WAITING while its page is read."""
        made = self._cells.get((row, column.key))
        if made is not None:
            return made
        known = self.row(row)
        if known is None:
            self._want(row // PAGE)
            return WAITING_CELL
        made = self._cells[row, column.key] = self._shape(known, column.key)
        return made

    def reshape(self) -> None:
        """Make the cells anew from the same rows, since what they are made with has changed."""
        self._cells.clear()
        if self._count:
            last = self.index(self._count - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _want(self, page: int) -> None:
        if page not in self._asked and page not in self._wanted:
            self._wanted.add(page)
            self._timer.start()

    def _ask(self) -> None:
        fetch, generation = self._fetch, self._generation
        wanted, self._wanted = self._wanted, set()
        if fetch is None:
            return
        self._serial += 1
        serial = self._serial
        for page in sorted(wanted):
            self._asked.add(page)
            first, last = page * PAGE, min(self._count, page * PAGE + PAGE)
            self._calls.read(
                self,
                lambda lo=first, hi=last: list(fetch(lo, hi)),  # type: ignore[misc]
                lambda rows, number=page: self._arrived(generation, serial, number, rows),  # type: ignore[misc]
                lambda error, number=page: self._failed(generation, number, error),  # type: ignore[misc]
            )

    def _failed(self, generation: int, page: int, error: CaptelyError) -> None:
        """Tell why; the page is asked for again when it is next painted."""
        if generation == self._generation:
            self._asked.discard(page)
            self._calls.refused.emit(error)

    def _arrived(self, generation: int, serial: int, page: int, rows: list[R]) -> None:
        # An older answer counts until a newer one is there, lest changes that come faster than
        # answers keep the page empty.
        if generation != self._generation or serial < self._newest.get(page, 0):
            return
        self._newest[page] = serial
        self._pages.pop(page, None)
        self._pages[page] = rows
        self._cells.clear()
        while len(self._pages) > KEPT_PAGES:
            oldest = next(iter(self._pages))
            del self._pages[oldest]
            self._asked.discard(oldest)
        last = min(self._count, page * PAGE + PAGE) - 1
        top = self.index(page * PAGE, 0)
        self.dataChanged.emit(top, self.index(last, len(self.columns) - 1))
