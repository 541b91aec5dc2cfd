"""The panel of the contacts that a view keeps or hides, each to be left to its filter again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.core.text import tr, trn
from app.services.rows import ContactRow
from app.services.view_picks import Pick
from app.views.common.boxes import Scrolled, box, column, row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.theme import theme

SHOWN = 50
WIDTH, HEIGHT = 320, 280


class PickPanel(QWidget):
    """released carries a contact that the filter is to decide on again; all_released is for all.

    emptied is emitted once nobody is left in it.
    """

    released = Signal(int)
    all_released = Signal()
    emptied = Signal()

    def __init__(self, pick: Pick, count: int) -> None:
        super().__init__()
        self.pick = pick
        self._count = count
        self.lines: dict[int, QWidget] = {}
        keeping = pick is Pick.KEEP
        title = tr("Kept in this view") if keeping else tr("Hidden from this view")
        words = (
            tr("They are shown here whatever the filter says.")
            if keeping
            else tr("They are never shown here, whatever the filter says.")
        )
        self.more = Label("", Role.SMALL, "secondary")
        self.all = Btn(tr("Leave all to the filter"), Kind.OUTLINE)
        self.all.clicked.connect(self._leave_all)
        self._rows = column(None, gap=2)
        self._list = Scrolled(box(self._rows), title)
        self._list.setMaximumHeight(theme().px(HEIGHT))
        parts = (Label(title, Role.SUBTITLE), Para(words), self._list, self.more)
        foot = row(None, self.all)
        self.setLayout(column(*parts, foot, gap=8, margins=(12, 12, 12, 12)))
        self.setFixedWidth(theme().px(WIDTH))

    def show_rows(self, rows: Sequence[ContactRow]) -> None:
        """List these contacts."""
        for place, contact in enumerate(rows):
            self.lines[contact.id] = line = self._line(contact)
            self._rows.insertWidget(place, line)
        rest = self._count - len(rows)
        self.more.setText(trn("and {n} more", "and {n} more", rest))
        self.more.setVisible(rest > 0)
        self._list.setMinimumHeight(min(self._rows.sizeHint().height() + 4, theme().px(HEIGHT)))

    def focus(self) -> None:
        """Put the focus on the first contact."""
        first = next((line.findChild(IconBtn) for line in self.lines.values()), None)
        (first or self.all).setFocus(Qt.FocusReason.PopupFocusReason)

    def _line(self, contact: ContactRow) -> QWidget:
        who = contact.name or contact.email or tr("Contact {id}", id=contact.id)
        name = ElidedLabel(who if not contact.company else f"{who}, {contact.company}")
        cross = IconBtn("x", tr("Leave {name} to the filter", name=who))
        cross.clicked.connect(partial(self._leave, contact.id))
        line = row(name, cross, gap=8)
        line.setStretchFactor(name, 1)
        return box(line)

    def _leave(self, contact: int) -> None:
        line = self.lines.pop(contact, None)
        if line is None:
            return
        line.hide()
        self._count -= 1
        self.released.emit(contact)
        if self._count:
            self.focus()
        else:
            self.emptied.emit()

    def _leave_all(self) -> None:
        self.all_released.emit()
        self.emptied.emit()
