"""The table of contacts: chosen columns and widths, and cells that can be edited in place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent

from app.views.common.cells import Column
from app.views.common.delegate import PADDING
from app.views.common.fonts import Role
from app.views.common.painting import text_width
from app.views.common.table import Table
from app.views.common.theme import ROW_HEIGHTS, theme
from app.views.contacts.columns import narrowest
from app.views.contacts.skeleton import Skeleton
from app.views.contacts.table_header import ColumnHeader

NAME_COLUMN = 1
WIDEST_FIT = 480
SLACK = 4


class ContactTable(Table):
    """name_clicked(row), edit_wished(row, column), menu_wished(row, position) beside Table's own.

    Columns that somebody chose scroll sideways where there is no room for them; crowded is True
    while the drawer is open, when they give way instead.
    """

    header_class = ColumnHeader
    header: ColumnHeader
    name_clicked = Signal(int)
    edit_wished = Signal(int, int)
    menu_wished = Signal(int, object)
    scrolled_sideways = Signal()

    def __init__(self, name: str, columns: Sequence[Column]) -> None:
        self.density = ""
        self.customised = False
        self.crowded = False
        super().__init__(name, columns)
        self.skeleton = Skeleton(self)
        self.horizontalScrollBar().valueChanged.connect(lambda _v: self.scrolled_sideways.emit())

    @property
    def row_height(self) -> int:
        """As high as the view says, else as the computer's setting does."""
        return theme().px(ROW_HEIGHTS[self.density or theme().density])

    def show_columns(self, columns: Sequence[Column], *, customised: bool) -> None:
        """Show other columns, after the model has them."""
        self.customised = customised
        self.set_columns(columns)

    def set_density(self, density: str) -> None:
        """Rows of this height, or of the computer's own for an empty one."""
        if density != self.density:
            self.density = density
            self.restyle()

    def set_crowded(self, crowded: object) -> None:
        """Say whether the drawer takes room."""
        if self.crowded != bool(crowded):
            self.crowded = bool(crowded)
            self.fit_columns()

    def fit_columns(self) -> None:
        """As every table; columns that somebody chose scroll sideways rather than vanish."""
        self._sideways = self.customised and not self.crowded
        super().fit_columns()
        wanted = Qt.ScrollBarPolicy.ScrollBarAsNeeded
        never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(wanted if self._sideways else never)

    def width_at_normal(self, pixels: int) -> int:
        """A width on screen as it is kept: at 100 % text size, and never too narrow."""
        return max(narrowest(), round(pixels * 100 / theme().percent))

    def drag_width(self, key: str, pixels: int) -> None:
        """Follow a dragged edge; the new width is kept when it is let go."""
        index = next(i for i, column in enumerate(self.columns) if column.key == key)
        self.setColumnWidth(index, max(theme().px(narrowest()), pixels))

    def fitting_width(self, key: str) -> int:
        """How wide a column must be for its title and what is in view, at 100 % text size."""
        index = next(i for i, column in enumerate(self.columns) if column.key == key)
        model = self.model()
        widest = text_width(self.columns[index].title, Role.CAPTION) + 18
        for row in self.visible_rows():
            widest = max(widest, self._delegate.wanted(model.index(row, index)))
        wide = min(theme().px(WIDEST_FIT), int(widest) + 2 * PADDING + SLACK)
        return self.width_at_normal(wide)

    def first_shown(self, column: int, step: int) -> int | None:
        """The next column that is in view from `column` on, in steps of 1 or -1."""
        column += step
        while 0 < column < len(self.columns):
            if not self.isColumnHidden(column):
                return column
            column += step
        return None

    def select(self, row: int) -> None:
        """Make a row the current one, in the column where the focus was."""
        column = self.currentIndex().column()
        if column < NAME_COLUMN or self.isColumnHidden(column):
            column = NAME_COLUMN
        model = self.model()
        if model is not None:
            self.setCurrentIndex(model.index(row, column))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ctrl checks, Shift checks all up to here; other buttons than the left do nothing."""
        index = self.indexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton:
            event.accept()
            return
        modifiers = event.modifiers()
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if index.isValid() and index.column() > 0 and modifiers & both:
            extend = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.check_wished.emit(index.row(), extend)
            event.accept()
            return
        super().mousePressEvent(event)
        if index.isValid() and index.column() == NAME_COLUMN:
            self.name_clicked.emit(index.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit the cell."""
        index = self.indexAt(event.position().toPoint())
        plain = not event.modifiers() and event.button() is Qt.MouseButton.LeftButton
        if plain and index.isValid() and index.column() > 0:
            self.edit_wished.emit(index.row(), index.column())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a row; by keyboard with the current one."""
        index = self.indexAt(event.pos())
        position = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            position = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        if index.isValid():
            self.menu_wished.emit(index.row(), position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 edits the cell; the rest as every table, but no letter searches by itself."""
        current = self.currentIndex()
        if event.key() == Qt.Key.Key_F2 and current.isValid():
            self.edit_wished.emit(current.row(), current.column())
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._to_end(last=event.key() == Qt.Key.Key_End)
        elif event.text().isprintable() and event.text() and event.key() != Qt.Key.Key_Space:
            # Letters are the page's shortcuts or begin a jump; Qt's own search would read rows.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cover the rows anew."""
        super().resizeEvent(event)
        self.skeleton.fit()

    def _to_end(self, *, last: bool) -> None:
        model = self.model()
        if model.rowCount():
            self.select(model.rowCount() - 1 if last else 0)
            self.scrollTo(self.currentIndex())

    def moveCursor(
        self,
        action: Table.CursorAction,
        modifiers: Qt.KeyboardModifier,
    ) -> QModelIndex:
        """Arrows pass over the check boxes and hidden columns."""
        moved = super().moveCursor(action, modifiers)
        if moved.isValid() and moved.column() < NAME_COLUMN:
            return moved.siblingAtColumn(NAME_COLUMN)
        return moved
