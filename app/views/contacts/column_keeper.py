"""Carries out what people do to columns: choose, order, widen, sort, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.core.text import tr
from app.views.common.theme import theme
from app.views.contacts.columns import NAME, USUAL, columns_of, further
from app.views.contacts.contact_table import ContactTable
from app.views.contacts.table_model import ContactsModel
from app.views.contacts.view_keeper import ViewKeeper
from app.views.contacts.vocabulary import Vocabulary

if TYPE_CHECKING:
    from app.views.common.popover import Popover

STEP = 16


class ColumnKeeper(QObject):
    """Everything ends in `ViewKeeper.change`, which brings it back here through `show_look`."""

    def __init__(self, keeper: ViewKeeper, table: ContactTable, model: ContactsModel) -> None:
        super().__init__(table)
        self._keeper = keeper
        self._table = table
        self._model = model
        self._vocabulary = Vocabulary()
        header = table.header
        header.resized.connect(table.drag_width)
        header.resize_ended.connect(self._keep_widths)
        header.fit_wished.connect(self.fit)
        header.moved.connect(self.place)
        header.menu_wished.connect(self.open_menu)

    def show_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Know these fields of the user's own."""
        self._vocabulary = vocabulary
        self.show_look()

    def show_look(self) -> None:
        """Show the columns, widths, order and row height of the present view."""
        look = self._keeper.look
        chosen = look.columns
        columns = columns_of(chosen, self._vocabulary.custom)
        if not chosen and not self._vocabulary.tags:
            columns = tuple(column for column in columns if column.key != "tags")
        if columns != self._model.columns:
            row, place = self._table.currentIndex().row(), self._table.verticalScrollBar().value()
            present = self.current
            self._model.show_columns(columns, further(columns))
            self._table.show_columns(columns, customised=bool(chosen))
            if row >= 0:
                self._table.select(row)
                self._focus(present)
            self._table.verticalScrollBar().setValue(place)
        self._table.header.show_sort(look.sort, descending=look.descending)
        self._table.set_density(look.density)

    def choose(self, keys: Sequence[str]) -> None:
        """Show these columns in this order, each as wide as it was."""
        widths = dict(self._keeper.look.columns)
        self._keeper.change(columns=tuple((key, widths.get(key, 0)) for key in keys))

    def reset(self) -> None:
        """Back to the usual columns, widths and row height."""
        self._keeper.change(columns=(), density="")

    def place(self, key: str, place: int) -> None:
        """Put a column before the one at `place` of the table, counted with the check boxes."""
        keys = self.keys
        if key not in keys:
            return
        target = place - 1
        before = keys.index(key)
        keys.insert(target, key)
        del keys[before if before < target else before + 1]
        self.choose(keys)
        self._focus(key)

    def move(self, by: int) -> None:
        """Move the present column left or right."""
        key, keys = self.current, self.keys
        if key not in keys:
            return
        place = keys.index(key)
        target = max(0, min(len(keys) - 1, place + by))
        if target != place:
            keys.insert(target, keys.pop(place))
            self.choose(keys)
            self._focus(key)

    def widen(self, by: int) -> None:
        """Make the present column wider or narrower."""
        index = self._table.currentIndex().column()
        if index > 0:
            width = self._table.width_at_normal(self._table.columnWidth(index)) + by * STEP
            self._set_width(self._table.columns[index].key, width)

    def fit(self, key: str) -> None:
        """As wide as the words in view need."""
        self._set_width(key, self._table.fitting_width(key))

    def hide(self, key: str) -> None:
        """Take a column away; the name stays."""
        if key != NAME:
            self.choose([one for one in self.keys if one != key])

    def sort(self, key: str, *, descending: bool | None = None) -> None:
        """Sort by a column; the same again turns the order round."""
        look = self._keeper.look
        if descending is None:
            descending = not look.descending if look.sort == key else False
        self._keeper.change(sort=key, descending=descending)

    @property
    def keys(self) -> list[str]:
        """The columns shown now, without the check boxes."""
        return [column.key for column in self._model.columns[1:]]

    @property
    def current(self) -> str:
        """The column that has the focus."""
        index = self._table.currentIndex().column()
        return self._table.columns[index].key if 0 < index < len(self._table.columns) else ""

    def open_chooser(self, control: QWidget) -> Popover:
        """Open the panel of columns below a control."""
        from app.views.common.popover import Popover  # not at the start of the window
        from app.views.contacts.column_chooser import ColumnChooser

        look = self._keeper.look
        chooser = ColumnChooser(
            self.keys,
            self._vocabulary.custom,
            look.density or theme().density,
            own_widths=bool(look.columns),
        )
        popover = Popover(chooser, tr("Columns"), control)
        chooser.changed.connect(self.choose)
        chooser.density_picked.connect(lambda density: self._keeper.change(density=density))
        chooser.reset_wished.connect(lambda: self._reset_from(popover))
        popover.open_below(control, right=True)
        chooser.list.setFocus(Qt.FocusReason.PopupFocusReason)
        return popover

    def open_menu(self, key: str, at: object) -> QMenu:
        """What can be done with one column."""
        menu = QMenu(self._table)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(tr("Sort ascending"), lambda: self.sort(key, descending=False))
        menu.addAction(tr("Sort descending"), lambda: self.sort(key, descending=True))
        menu.addSeparator()
        place = self.keys.index(key)
        left = menu.addAction(tr("Move left"), lambda: self._move_key(key, -1))
        right = menu.addAction(tr("Move right"), lambda: self._move_key(key, 1))
        left.setEnabled(place > 0)
        right.setEnabled(place < len(self.keys) - 1)
        menu.addAction(tr("Fit to its words"), lambda: self.fit(key))
        menu.addSeparator()
        hide = menu.addAction(tr("Hide column"), lambda: self.hide(key))
        hide.setEnabled(key != NAME)
        if isinstance(at, QPoint):
            menu.popup(at)
        return menu

    def _reset_from(self, popover: Popover) -> None:
        popover.close()
        self.reset()

    def _move_key(self, key: str, by: int) -> None:
        self._focus(key)
        self.move(by)

    def _focus(self, key: str) -> None:
        row = max(0, self._table.currentIndex().row())
        keys = [column.key for column in self._table.columns]
        if key in keys and self._model.rowCount():
            self._table.setCurrentIndex(self._model.index(row, keys.index(key)))

    def _set_width(self, key: str, width: int) -> None:
        least = self._table.width_at_normal(0)
        kept = tuple(
            (one, max(least, width) if one == key else own) for one, own in self._kept_columns()
        )
        self._keeper.change(columns=kept)

    def _keep_widths(self) -> None:
        """Keep the width of the column whose edge was let go; the others stay as they were."""
        dragged = self._table.header.dragged
        if dragged in self.keys:
            index = [column.key for column in self._table.columns].index(dragged)
            width = self._table.width_at_normal(self._table.columnWidth(index))
            self._set_width(dragged, width)

    def _kept_columns(self) -> tuple[tuple[str, int], ...]:
        return self._keeper.look.columns or tuple((key, 0) for key in USUAL if key in self.keys)
