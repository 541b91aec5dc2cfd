"""One column of cards: the contacts of a status with their number; a card can be dropped on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from app.core.text import tr
from app.services.rows import ContactRow
from app.views.common.boxes import row
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.painting import paint_box
from app.views.common.pills import Pill
from app.views.common.run import Calls
from app.views.common.table import Table
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD, Tone
from app.views.common.words import number
from app.views.contacts.card_painter import CardPainter, card_height
from app.views.contacts.checks import Checks
from app.views.contacts.lane_model import MIME, LaneModel

WIDTH = 244


class CardList(Table):
    """The cards of one lane.

    stepped(1 or -1) goes to the neighbouring lane, pushed(1 or -1) takes the card along,
    menu_wished(row, position) asks for a menu.
    """

    stepped = Signal(int)
    pushed = Signal(int)
    menu_wished = Signal(int, object)
    entered_here = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(name, ())
        self.setItemDelegate(CardPainter(self))
        self.horizontalHeader().hide()
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)

    @property
    def row_height(self) -> int:
        """As high as a card and its gap."""
        return card_height()

    def fit_columns(self) -> None:
        """The one column takes all the room."""
        self.setColumnWidth(0, self.viewport().width())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ctrl checks, Shift checks all up to here."""
        index = self.indexAt(event.position().toPoint())
        modifiers = event.modifiers()
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if event.button() is not Qt.MouseButton.LeftButton:
            event.accept()
        elif index.isValid() and (shift or modifiers & Qt.KeyboardModifier.ControlModifier):
            self.check_wished.emit(index.row(), shift)
            event.accept()
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right go to the next lane, with Ctrl they take the card along."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key())) if event.key() in steps else None
        current = self.currentIndex().row()
        if step is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pushed.emit(step)
        elif step is not None:
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_Space and current >= 0:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.check_wished.emit(current, extend)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.model().rowCount():
            last = self.model().rowCount() - 1
            self.select(last if event.key() == Qt.Key.Key_End else 0)
            self.scrollTo(self.currentIndex())
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A card has the focus, not the lane as such."""
        super().focusInEvent(event)
        model = self.model()
        if model is not None and model.rowCount() and not self.currentIndex().isValid():
            self.select(0)
        self.entered_here.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a card."""
        index = self.indexAt(event.pos())
        if index.isValid():
            self.menu_wished.emit(index.row(), event.globalPos())


class Lane(QWidget):
    """dropped(ids) when cards of other lanes were let go here."""

    dropped = Signal(object)

    def __init__(
        self,
        status: str,
        calls: Calls,
        rows: Callable[[Sequence[int]], Sequence[ContactRow]],
        checks: Checks,
    ) -> None:
        super().__init__()
        self.status = status
        self._over = False
        self.pill = Pill()
        self.count = Label("", Role.FIGURE, "secondary")
        self.list = CardList("")
        self.model = LaneModel(calls, rows, checks, self)
        self.list.setModel(self.model)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 8, 1, 1)
        layout.setSpacing(8)
        layout.addLayout(row(self.pill, self.count, None, gap=8, margins=(8, 0, 8, 0)))
        layout.addWidget(self.list, 1)
        self.setAcceptDrops(True)
        self.restyle()

    def restyle(self) -> None:
        """Take the width of the present text size."""
        self.setFixedWidth(theme().px(WIDTH))

    def show_status(self, label: str, tone: Tone) -> None:
        """Show what it is called now."""
        self.pill.show_word(label, tone)
        self.list.setAccessibleName(tr("Contacts with the status {status}", status=label))

    def show_ids(self, ids: Sequence[int], *, whole: bool = True) -> None:
        """Show these contacts; their number only once all of them are known."""
        self.count.setText(number(len(ids)) if whole else "")
        self.model.show_ids(ids)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take cards."""
        self._mark(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take cards."""
        self._mark(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They go elsewhere."""
        super().dragLeaveEvent(event)
        self._show_over(over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """They came here."""
        self._show_over(over=False)
        if not event.mimeData().hasFormat(MIME):
            return
        event.acceptProposedAction()
        written = bytes(event.mimeData().data(MIME).data()).decode()
        ids = [int(part) for part in written.split(",") if part]
        here = set(self.model.ids)
        moved = [contact for contact in ids if contact not in here]
        if moved:
            self.dropped.emit(moved)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the ground, tinted while a card hangs over it."""
        look = theme()
        edge = look.colour("focus.ring") if self._over else None
        ground = look.colour("bg.sunken")
        paint_box(QPainter(self), QRectF(self.rect()), RADIUS_CARD, ground, edge, 2)

    def _mark(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            self._show_over(over=True)

    def _show_over(self, *, over: bool) -> None:
        if over != self._over:
            self._over = over
            self.update()
