"""The list that opens below a drop-down of a table: searchable, grouped, used by keys alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.views.common.boxes import column
from app.views.common.fonts import Role
from app.views.common.inputs import SearchField
from app.views.common.list_rows import paint_heading, paint_lead
from app.views.common.painting import paint_box, paint_text
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD, RADIUS_CONTROL
from app.views.importing.choices import Choice, matching

WIDTH, HEIGHT, ROW = 264, 344, 32
_ROLE = Qt.ItemDataRole.UserRole + 7
Index = QModelIndex | QPersistentModelIndex


class _Choices(QAbstractListModel):
    """The choices that match what was typed."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Choice] = []

    def show(self, shown: Sequence[Choice]) -> None:
        """Replace the choices."""
        self.beginResetModel()
        self.shown = list(shown)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many there are."""
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words, and the choice itself for the delegate."""
        if not index.isValid() or index.row() >= len(self.shown):
            return None
        choice = self.shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return choice.words
        return choice if role == _ROLE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A heading cannot be chosen."""
        if not index.isValid() or self.shown[index.row()].key is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _Painter(QStyledItemDelegate):
    """Paints a heading or an icon with words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """Every row has the same height."""
        return QSize(theme().px(WIDTH) - 32, theme().px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one choice."""
        choice, look, rect = index.data(_ROLE), theme(), QRectF(option.rect)
        if choice.key is None:
            paint_heading(painter, rect, choice.words, 8)
            return
        state = option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = state & QStyle.StateFlag.State_Selected
            ground = look.colour("bg.selected" if chosen else "bg.hover")
            paint_box(painter, rect.adjusted(0, 1, 0, -1), RADIUS_CONTROL, ground)
        room = rect.adjusted(8, 0, -8, 0)
        words = paint_lead(painter, room, choice.icon or "type", look.colour("text.secondary"))
        paint_text(painter, words, choice.words, Role.BODY, look.colour("text.primary"))


class Picker(QFrame):
    """Opens below a cell; picked carries the key of the choice."""

    picked = Signal(str)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self._all: Sequence[Choice] = ()
        self.setAccessibleName(name)
        self.search = SearchField(name)
        self.search.setPlaceholderText(name)
        self.search.textChanged.connect(self._filter)
        self.model = _Choices()
        self.list = QListView()
        self.list.setAccessibleName(name)
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Painter(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda index: self._take(index.row()))
        self.setLayout(column(self.search, self.list, gap=8, margins=(8, 8, 8, 8)))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def open_at(self, cell: QRect, over: QWidget, found: Sequence[Choice], present: str) -> None:
        """Open below `cell` of `over` with the present field marked."""
        self._all = found
        self._filter("")
        self.resize(max(cell.width(), theme().px(WIDTH)), theme().px(HEIGHT))
        corner = over.mapToGlobal(cell.bottomLeft() + QPoint(0, 4))
        screen = self.screen().availableGeometry()
        if corner.y() + self.height() > screen.bottom():
            corner.setY(over.mapToGlobal(cell.topLeft()).y() - 4 - self.height())
        corner.setX(min(corner.x(), screen.right() - self.width()))
        self.move(corner)
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)
        rows = [i for i, choice in enumerate(self.model.shown) if choice.key == present]
        self._mark(rows[0] if rows else 0)

    def type(self, text: str) -> None:
        """Begin with these letters, as when somebody types over the table."""
        self.search.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter takes, Escape closes."""
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.list.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint surface and edge."""
        look = theme()
        edge, ground = look.colour("border.control"), look.colour("bg.surface")
        paint_box(QPainter(self), QRectF(self.rect()), RADIUS_CARD, ground, edge)

    def _filter(self, typed: str) -> None:
        self.model.show(matching(self._all, typed))
        self._mark(0)

    def _mark(self, row: int) -> None:
        while row < len(self.model.shown) and self.model.shown[row].key is None:
            row += 1
        self.list.setCurrentIndex(self.model.index(row, 0))
        self.list.scrollTo(self.model.index(row, 0))

    def _step(self, by: int) -> None:
        row = self.list.currentIndex().row() + by
        while 0 <= row < len(self.model.shown) and self.model.shown[row].key is None:
            row += by
        if 0 <= row < len(self.model.shown):
            self._mark(row)

    def _take(self, row: int) -> None:
        if 0 <= row < len(self.model.shown) and self.model.shown[row].key is not None:
            key = self.model.shown[row].key
            self.close()
            self.picked.emit(key)
