"""Paints every table cell from its Cell: text, figures, pills, people, tags, and the focus ring."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.views.common.cells import CELL_ROLE, CHECKED_ROLE, Cell, Look
from app.views.common.fonts import Role
from app.views.common.painting import (
    LEFT,
    RIGHT,
    hairline,
    paint_avatar,
    paint_box,
    paint_check,
    paint_lines,
    paint_pill,
    paint_text,
    pill_width,
    text_width,
)
from app.views.common.table_model import CellModel
from app.views.common.theme import theme
from app.views.common.tokens import Tone

PADDING, EDGE = 12, 15
"""The room beside a cell's words, and at the two edges of a table, which stands in a hairline."""

AVATAR = 28
Index = QModelIndex | QPersistentModelIndex

_WORDS = {
    Look.TEXT: (Role.BODY, "text.secondary"),
    Look.STRONG: (Role.STRONG, "text.primary"),
    Look.QUIET: (Role.BODY, "text.muted"),
    Look.FIGURE: (Role.FIGURE, "text.primary"),
    Look.CODE: (Role.CODE, "text.secondary"),
    Look.PROBLEM: (Role.BODY, "pill.danger.fg"),
}


class CellDelegate(QStyledItemDelegate):
    """Shared by all tables; the table tells the hovered row and its outermost columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hovered_row = -1
        self.ends = (-1, -1)
        self.tints_checked = True

    def inner(self, rect: QRectF, column: int) -> QRectF:
        """The part of a cell that its words may take."""
        return within(rect, column, self.ends)

    def wanted(self, index: Index) -> float:
        """The width that a cell needs to be shown whole, without padding; 0 if nobody knows."""
        shown = index.data(CELL_ROLE)
        return cell_width(shown) if isinstance(shown, Cell) else 0.0

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """Rows are as high as the density says."""
        return QSize(theme().px(96), theme().row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        look = theme()
        state = option.state
        rect = QRectF(option.rect)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        shown, checked = index.data(CELL_ROLE), index.data(CHECKED_ROLE)
        tinted = selected or (checked is True and self.tints_checked)
        if ground := ground_of(tinted=tinted, hovered=index.row() == self.hovered_row):
            painter.fillRect(rect.toAlignedRect(), look.colour(ground))
        right = rect.right()
        hairline(painter, rect.left(), right, rect.bottom(), look.colour("border.subtle"))
        inner = self.inner(rect, index.column())
        if isinstance(checked, bool) and index.column() == 0:
            self.paint_check(painter, inner, checked=checked)
        elif isinstance(shown, Cell):
            self._paint_cell(painter, inner, shown, index, tinted=tinted)
        if state & QStyle.StateFlag.State_HasFocus:
            self.paint_ring(painter, rect)

    def paint_ring(self, painter: QPainter, rect: QRectF) -> None:
        """Show that a cell has the focus."""
        ring = rect.adjusted(2, 2, -2, -3)
        paint_box(painter, ring, 4, None, theme().colour("focus.ring"), 2)

    def paint_check(self, painter: QPainter, inner: QRectF, *, checked: bool) -> None:
        """Paint the check box of a row."""
        side = theme().px(16)
        box = QRectF(inner.left(), inner.center().y() - side / 2, side, side)
        state = Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked
        paint_check(painter, box, state, enabled=True)

    def _paint_cell(
        self, painter: QPainter, inner: QRectF, shown: Cell, index: Index, *, tinted: bool
    ) -> None:
        self.paint_words(painter, inner, shown, right=_is_right(index), tinted=tinted)

    def paint_words(
        self, painter: QPainter, inner: QRectF, shown: Cell, *, right: bool, tinted: bool
    ) -> None:
        """Paint what is in a cell; right is for columns whose words stand at the right."""
        if shown.look is Look.PILL:
            middle, room = inner.center().y(), inner.width()
            paint_pill(
                painter, inner.left(), middle, shown.text, shown.tone, width=room, outlined=tinted
            )
        elif shown.look is Look.PERSON:
            self._paint_person(painter, inner, shown)
        elif shown.look is Look.TAGS:
            _paint_tags(painter, inner, shown.text, outlined=tinted)
        elif shown.look is Look.WAITING:
            self._paint_bar(painter, inner)
        else:
            role, token = _WORDS[shown.look]
            ink = theme().colour(token)
            if shown.lines > 1:
                _paint_lines(painter, inner, shown, role, ink)
                return
            paint_text(painter, inner, shown.text, role, ink, RIGHT if right else LEFT)

    def _paint_person(self, painter: QPainter, inner: QRectF, shown: Cell) -> None:
        side = min(theme().px(AVATAR), inner.height() - 6)
        circle = QRectF(inner.left(), inner.center().y() - side / 2, side, side)
        paint_avatar(painter, circle, shown.text)
        words = inner.adjusted(side + 8, 0, 0, 0)
        ink = theme().colour("text.primary")
        paint_text(painter, words, shown.text, Role.STRONG, ink)

    def _paint_bar(self, painter: QPainter, inner: QRectF) -> None:
        bar = QRectF(inner.left(), inner.center().y() - 4, inner.width() * 0.6, 8)
        paint_box(painter, bar, 4, theme().colour("bg.sunken"))


def ground_of(*, tinted: bool, hovered: bool) -> str:
    """The token of what a row stands on, empty if it is the table's own."""
    return "bg.selected" if tinted else "bg.hover" if hovered else ""


def _paint_lines(painter: QPainter, inner: QRectF, shown: Cell, role: Role, ink: QColor) -> None:
    """As many lines as the row has the height for, in the small size where it is low."""
    look, high = theme(), inner.height() - 4
    if shown.lines * look.line(role) > high:
        role = Role.SMALL
    most = max(1, min(shown.lines, int(high // look.line(role))))
    paint_lines(painter, inner, shown.text, role, ink, most)


def _is_right(index: Index) -> bool:
    model = index.model()
    if isinstance(model, CellModel):
        return model.columns[index.column()].right
    return bool(index.data(Qt.ItemDataRole.TextAlignmentRole) == RIGHT)


def _paint_tags(painter: QPainter, inner: QRectF, text: str, *, outlined: bool) -> None:
    """As many tags as fit, then how many more there are."""
    names = [name for name in text.split(", ") if name]
    left, middle = inner.left(), inner.center().y()
    for position, name in enumerate(names):
        rest = len(names) - position
        more = f"+{rest}"
        reserve = pill_width(more, dot=False) + 4 if rest > 1 else 0
        wide = pill_width(name, dot=False)
        room = inner.right() - left - reserve
        if wide > room and position:
            paint_pill(painter, left, middle, more, Tone.NEUTRAL, dot=False, outlined=outlined)
            return
        tone = Tone.NEUTRAL
        left += 4 + paint_pill(
            painter, left, middle, name, tone, width=room, dot=False, outlined=outlined
        )


def within(rect: QRectF, column: int, ends: tuple[int, int]) -> QRectF:
    """A cell without its padding, which is larger at the `ends` of the table."""
    left, right = (EDGE if column == end else PADDING for end in ends)
    return rect.adjusted(left, 0, -right, 0)


def cell_width(shown: Cell) -> float:
    """The width of all that is in a cell."""
    if shown.look is Look.PERSON:
        return text_width(shown.text, Role.STRONG) + theme().px(AVATAR) + 8
    if shown.look is Look.PILL:
        return pill_width(shown.text)
    if shown.look is Look.TAGS:
        names = [name for name in shown.text.split(", ") if name]
        return sum(pill_width(name, dot=False) + 4 for name in names)
    if shown.look is Look.WAITING:
        return 0.0
    role = _WORDS[shown.look][0]
    whole = text_width(shown.text, role)
    if shown.lines == 1:
        return whole
    # Lines end at words, so that each is a little shorter than its room.
    longest = max((text_width(word, role) for word in shown.text.split()), default=0.0)
    return max(longest, whole / shown.lines + longest / 2)


def cell_colour(shown: Cell) -> QColor:
    """The colour a text cell is painted in."""
    return theme().colour(_WORDS[shown.look][1])
