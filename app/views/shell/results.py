"""The list of the palette and of the shortcut sheet: headings, and rows with letters and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.views.common.finding import Found
from app.views.common.fonts import Role
from app.views.common.keys import keys_width, paint_keys
from app.views.common.list_rows import paint_heading, paint_lead
from app.views.common.painting import paint_box, paint_text, text_width
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CONTROL

ROW, HEADING, VISIBLE = 36, 28, 8
LINE_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Line:
    """A heading, or what was found with the places of the letters that were typed."""

    heading: str = ""
    found: Found | None = None
    letters: tuple[int, ...] = ()

    @property
    def spoken(self) -> str:
        """All of it as one sentence."""
        if self.found is None:
            return self.heading
        return ", ".join(p for p in (self.found.title, self.found.note, self.found.keys) if p)


class ResultModel(QAbstractListModel):
    """Lines in their order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many lines there are."""
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a line, or the line itself."""
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return line.found.title if line.found else line.heading
        return line.spoken if role == Qt.ItemDataRole.AccessibleTextRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        line = self.data(index, LINE_ROLE)
        if isinstance(line, Line) and line.found is None:
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)


class ResultDelegate(QStyledItemDelegate):
    """Paints a heading, or icon, words, quiet words and keys."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """Rows are 36 high, headings 28."""
        line = index.data(LINE_ROLE)
        is_row = isinstance(line, Line) and line.found is not None
        return QSize(theme().px(96), theme().px(ROW if is_row else HEADING))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line."""
        line, rect, look = index.data(LINE_ROLE), QRectF(option.rect), theme()
        if not isinstance(line, Line):
            return
        if line.found is None:
            paint_heading(painter, rect, line.heading, 16)
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            ground = rect.adjusted(8, 0, -8, 0)
            paint_box(painter, ground, RADIUS_CONTROL, look.colour("bg.selected"))
            bar = QRectF(ground.left(), ground.top() + 8, 3, ground.height() - 16)
            paint_box(painter, bar, 1, look.colour("accent.solid"))
        ink = look.colour("accent.text" if chosen else "text.secondary")
        _paint_row(painter, rect.adjusted(20, 0, -20, 0), line, line.found, ink)


def _paint_row(painter: QPainter, room: QRectF, line: Line, found: Found, ink: QColor) -> None:
    look = theme()
    if found.icon:
        room = paint_lead(painter, room, found.icon, ink)
    if found.keys:
        left = room.right() - keys_width(found.keys)
        paint_keys(painter, left, room.center().y(), found.keys)
        room.setRight(left - 12)
    used = _paint_title(painter, room, line, found.title)
    rest = QRectF(room)
    rest.setLeft(room.left() + used + 12)
    if found.note and rest.width() > theme().px(48):
        paint_text(painter, rest, found.note, Role.SMALL, look.colour("text.secondary"))


def _paint_title(painter: QPainter, room: QRectF, line: Line, title: str) -> float:
    """The words, with the typed letters marked; gives their width."""
    look, plain = theme(), theme().colour("text.primary")
    if not line.letters or text_width(title, Role.ACTION) > room.width():
        paint_text(painter, room, title, Role.BODY, plain)
        return min(room.width(), text_width(title, Role.BODY))
    marked, left = set(line.letters), room.left()
    for start, end in _runs(title, marked):
        hit = start in marked
        role = Role.ACTION if hit else Role.BODY
        painter.setFont(look.font(role))
        painter.setPen(look.colour("accent.text") if hit else plain)
        wide = look.metrics(role).horizontalAdvance(title[start:end])
        box = QRectF(left, room.top(), wide + 1, room.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.drawText(box, int(flags), title[start:end])
        left += wide
    return left - room.left()


def _runs(title: str, marked: set[int]) -> list[tuple[int, int]]:
    """The title cut where marked and unmarked letters meet."""
    edges = [0, *(i for i in range(1, len(title)) if (i in marked) != (i - 1 in marked))]
    return list(zip(edges, [*edges[1:], len(title)], strict=True))


class ResultList(QListView):
    """Chooses with `step` while the keyboard stays in the field above; picked carries a Found."""

    picked = Signal(object)
    chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = ResultModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(ResultDelegate(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(lambda index: self._pick(index.row()))

    def show_lines(self, lines: Sequence[Line], *, keep: Found | None = None) -> None:
        """Show other lines, with `keep` still chosen if it is among them, else the first row."""
        self.lines.show(lines)
        rows = [n for n, line in enumerate(lines) if line.found is not None]
        wanted = [n for n in rows if keep is not None and _same(lines[n].found, keep)]
        if rows:
            self._choose(wanted[0] if wanted else rows[0])
        self.updateGeometry()

    @property
    def current(self) -> Found | None:
        """What is chosen now."""
        row = self.currentIndex().row()
        return self.lines.lines[row].found if 0 <= row < len(self.lines.lines) else None

    def rows(self) -> int:
        """How many things are listed, without the headings."""
        return sum(line.found is not None for line in self.lines.lines)

    def step(self, steps: int) -> None:
        """Choose another row; a single step goes round at the ends."""
        rows = [n for n, line in enumerate(self.lines.lines) if line.found is not None]
        if not rows:
            return
        here = self.currentIndex().row()
        at = rows.index(here) if here in rows else -1 if steps > 0 else 0
        wanted = (at + steps) % len(rows) if abs(steps) == 1 else at + steps
        self._choose(rows[max(0, min(wanted, len(rows) - 1))])

    def step_group(self, *, back: bool) -> None:
        """Choose the first row of the next group, or of the one before."""
        lines = self.lines.lines
        heads = [n + 1 for n, line in enumerate(lines[:-1]) if line.found is None]
        heads = [n for n in heads if lines[n].found is not None]
        if not heads:
            return
        here = self.currentIndex().row()
        if back:
            self._choose(next((n for n in reversed(heads) if n < here), heads[-1]))
        else:
            self._choose(next((n for n in heads if n > here), heads[0]))

    def pick(self) -> None:
        """Take what is chosen."""
        self._pick(self.currentIndex().row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The row below the pointer is the chosen one."""
        super().mouseMoveEvent(event)
        row = self.indexAt(event.position().toPoint()).row()
        if row >= 0 and self.lines.lines[row].found is not None:
            self._choose(row, scroll=False)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin at the top, with the first heading."""
        super().showEvent(event)
        self.scrollToTop()

    def restyle(self) -> None:
        """Take the row heights of the present text size."""
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As high as its lines, at most eight rows and their headings."""
        heights, rows = 0, 0
        for line in self.lines.lines:
            if line.found is not None and rows == VISIBLE:
                break
            rows += line.found is not None
            heights += theme().px(HEADING if line.found is None else ROW)
        return QSize(theme().px(320), heights)

    def _choose(self, row: int, *, scroll: bool = True) -> None:
        if row == self.currentIndex().row():
            return
        kept = self.verticalScrollBar().value()
        self.setCurrentIndex(self.lines.index(row))
        if not scroll:
            self.verticalScrollBar().setValue(kept)
        elif row == 1:
            self.scrollToTop()
        elif row > 0 and self.lines.lines[row - 1].found is None:
            # A heading belongs to the first row below it.
            self.scrollTo(self.lines.index(row - 1))
        self.chosen.emit(self.lines.lines[row])

    def _pick(self, row: int) -> None:
        line = self.lines.lines[row] if 0 <= row < len(self.lines.lines) else Line()
        if line.found is not None:
            self.picked.emit(line.found)


def _same(one: Found | None, other: Found) -> bool:
    return one is not None and (one.title, one.note) == (other.title, other.note)
