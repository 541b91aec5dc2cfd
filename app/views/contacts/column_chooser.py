"""The panel in which columns are chosen and ordered, and the height of the rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.core.fields import Field
from app.core.text import fold, tr
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.fonts import Role
from app.views.common.inputs import SearchField, Segments
from app.views.common.labels import Label
from app.views.common.painting import paint_box, paint_check, paint_text
from app.views.common.theme import theme
from app.views.contacts.columns import NAME, choosable

ROW, SHOWN = 32, 9
KEY = Qt.ItemDataRole.UserRole + 1


class ColumnChooser(QWidget):
    """changed carries the keys of the chosen columns in their order, density_picked a row height.

    The chosen ones stand first, in their order; Alt with an arrow key moves one.
    """

    changed = Signal(object)
    density_picked = Signal(str)
    reset_wished = Signal()

    def __init__(
        self, chosen: Sequence[str], custom: Sequence[Field], density: str, *, own_widths: bool
    ) -> None:
        super().__init__()
        self._titles = dict(choosable(custom))
        self.chosen = [key for key in chosen if key in self._titles]
        self.search = SearchField(tr("Search columns"))
        self.list = ColumnList()
        self.up = IconBtn("arrow-up", tr("Move up (Alt+Up)"))
        self.down = IconBtn("arrow-down", tr("Move down (Alt+Down)"))
        self.reset = Btn(tr("Reset"), Kind.LINK)
        self.density = Segments(
            tr("Row height"),
            [
                ("compact", tr("Compact")),
                ("default", tr("Default")),
                ("comfortable", tr("Comfortable")),
            ],
        )
        self.density.choose(density)
        self.reset.setEnabled(own_widths or bool(chosen))
        height = Label(tr("Row height"), Role.CAPTION, "secondary")
        parts = (
            self.search,
            self.list,
            row(self.up, self.down, None, self.reset, gap=4),
            height,
            self.density,
        )
        self.setLayout(column(*parts, gap=8, margins=(12, 12, 12, 12)))
        self.setMinimumWidth(theme().px(280))
        self._wire()
        self._fill()

    def toggle(self, key: str) -> None:
        """Show or hide a column; the name always stays."""
        if key == NAME:
            return
        if key in self.chosen:
            self.chosen.remove(key)
        else:
            self.chosen.append(key)
        self._tell(key)

    def shift(self, key: str, by: int) -> None:
        """Move a chosen column."""
        if key not in self.chosen:
            return
        place = self.chosen.index(key)
        target = max(0, min(len(self.chosen) - 1, place + by))
        if target != place:
            self.chosen.insert(target, self.chosen.pop(place))
            self._tell(key)

    def _wire(self) -> None:
        self.search.textChanged.connect(lambda _text: self._fill())
        self.list.toggled.connect(self.toggle)
        self.list.moved.connect(self.shift)
        self.up.clicked.connect(lambda: self._move_current(-1))
        self.down.clicked.connect(lambda: self._move_current(1))
        self.reset.clicked.connect(self.reset_wished.emit)
        self.density.picked.connect(lambda value: self.density_picked.emit(str(value)))

    def _move_current(self, by: int) -> None:
        key = self.list.key
        if key:
            self.shift(key, by)

    def _tell(self, key: str) -> None:
        self._fill(key)
        self.changed.emit(list(self.chosen))

    def _fill(self, current: str = "") -> None:
        wanted = fold(self.search.text().strip())
        rest = [key for key in self._titles if key not in self.chosen]
        shown = [key for key in (*self.chosen, *rest) if wanted in fold(self._titles[key])]
        chosen = set(self.chosen)
        self.list.show_keys([(key, self._titles[key], key in chosen) for key in shown], current)


class ColumnList(QListView):
    """The columns with a check box each: Space or a click toggles, Alt with an arrow moves."""

    toggled = Signal(str)
    moved = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_RowPainter(self))
        self.setAccessibleName(tr("Columns"))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setFixedHeight(theme().px(ROW) * SHOWN)
        self.clicked.connect(lambda index: self.toggled.emit(str(index.data(KEY))))

    @property
    def key(self) -> str:
        """The column that has the focus."""
        return str(self.currentIndex().data(KEY) or "")

    def show_keys(self, columns: Sequence[tuple[str, str, bool]], current: str) -> None:
        """Show columns as (key, title, chosen), keeping the focus on one."""
        current = current or self.key
        self._model.clear()
        for key, title, chosen in columns:
            item = QStandardItem(title)
            item.setData(key, KEY)
            state = Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked
            item.setData(state.value, Qt.ItemDataRole.CheckStateRole)
            said = tr("{column}, shown") if chosen else tr("{column}, hidden")
            item.setData(said.format(column=title), Qt.ItemDataRole.AccessibleTextRole)
            self._model.appendRow(item)
            if key == current:
                self.setCurrentIndex(item.index())
        if not self.currentIndex().isValid() and columns:
            self.setCurrentIndex(self._model.index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter toggle; with Alt the arrows move."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggled.emit(self.key)
        elif alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(self.key, -1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)


class _RowPainter(QStyledItemDelegate):
    def sizeHint(
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002 - Qt's signature
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002
    ) -> QSize:
        return QSize(theme().px(160), theme().px(ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        look, state = theme(), option.state
        rect = QRectF(option.rect)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if hovered:
            paint_box(painter, rect, 4, look.colour("bg.hover"))
        side = look.px(16)
        checked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked.value
        box = QRectF(rect.left() + 8, rect.center().y() - side / 2, side, side)
        fixed = index.data(KEY) == NAME
        mark = Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked
        paint_check(painter, box, mark, enabled=not fixed)
        words = rect.adjusted(8 + side + 8, 0, -8, 0)
        paint_text(painter, words, str(index.data()), Role.BODY, look.colour("text.primary"))
        if state & QStyle.StateFlag.State_HasFocus:
            ring = rect.adjusted(1, 1, -1, -1)
            paint_box(painter, ring, 4, None, look.colour("focus.ring"), 2)
