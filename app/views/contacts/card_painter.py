"""Paints a contact as a card: name, title and company, or how to reach them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.core.text import tr
from app.services.rows import ContactRow
from app.views.common.cells import CHECKED_ROLE
from app.views.common.fonts import Role
from app.views.common.painting import RIGHT, paint_avatar, paint_box, paint_check, paint_text
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD
from app.views.common.words import number
from app.views.contacts.lane_model import ROW_ROLE

PAD, GAP, AVATAR = 12, 8, 28
Index = QModelIndex | QPersistentModelIndex


def card_height() -> int:
    """The room of one card and the gap below it."""
    look = theme()
    return look.line(Role.STRONG) + 2 * look.line(Role.SMALL) + 2 * PAD + GAP


class CardPainter(QStyledItemDelegate):
    """Shared by all lanes."""

    hovered_row = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """As high as its three lines."""
        return QSize(theme().px(200), card_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one card."""
        look, state = theme(), option.state
        box = QRectF(option.rect).adjusted(GAP, 0, -GAP, -GAP)
        checked = index.data(CHECKED_ROLE) is True
        tinted = checked or bool(state & QStyle.StateFlag.State_Selected)
        hovered = index.row() == self.hovered_row
        ground = "bg.selected" if tinted else "bg.hover" if hovered else "bg.surface"
        edge = look.colour("border.subtle")
        paint_box(painter, box, RADIUS_CARD, look.colour(ground), edge)
        row = index.data(ROW_ROLE)
        if isinstance(row, ContactRow):
            self._paint_contact(painter, box.adjusted(PAD, PAD, -PAD, -PAD), row, checked=checked)
        else:
            bar = QRectF(box.left() + PAD, box.top() + PAD + 6, box.width() * 0.5, 8)
            paint_box(painter, bar, 4, look.colour("bg.sunken"))
        if state & QStyle.StateFlag.State_HasFocus:
            ring = look.colour("focus.ring")
            paint_box(painter, box.adjusted(-1, -1, 1, 1), RADIUS_CARD + 1, None, ring, 2)

    def _paint_contact(
        self, painter: QPainter, inner: QRectF, row: ContactRow, *, checked: bool
    ) -> None:
        look = theme()
        side = look.px(AVATAR)
        circle = QRectF(inner.left(), inner.top(), side, side)
        if checked:
            mark = circle.adjusted(6, 6, -6, -6)
            paint_check(painter, mark, Qt.CheckState.Checked, enabled=True)
        else:
            paint_avatar(painter, circle, row.name)
        left = inner.left() + side + GAP
        top, strong, small = inner.top(), look.line(Role.STRONG), look.line(Role.SMALL)
        score = number(row.score) if row.score is not None else ""
        room = QRectF(left, top, inner.right() - left, strong)
        if score:
            paint_text(painter, room, score, Role.FIGURE, look.colour("text.secondary"), RIGHT)
            room.setRight(room.right() - look.px(32))
        ink = look.colour("text.primary")
        paint_text(painter, room, row.name or tr("No name"), Role.STRONG, ink)
        known = (row.title, row.company, row.email or row.phone)
        for place, words in enumerate([part for part in known if part][:2]):
            spot = QRectF(left, top + strong + place * small, inner.right() - left, small)
            paint_text(painter, spot, words, Role.SMALL, look.colour("text.secondary"))
