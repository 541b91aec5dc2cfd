"""The bar that replaces the filters while contacts are checked: what can be done with them all."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.views.common.actions import Action, Actions
from app.views.common.boxes import row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.words import contacts, number
from app.views.contacts.actions import (
    COPY_EMAIL,
    COPY_PHONE,
    DELETE,
    EDIT,
    EXPORT,
    HIDE,
    KEEP,
    OWNER,
    REPLACE,
    RESTORE,
    STATUS,
    TAG,
    UNTAG,
    WRITE,
)

MORE: tuple[Action | None, ...] = (
    OWNER, UNTAG, REPLACE, None, KEEP, HIDE, None, COPY_EMAIL, COPY_PHONE, WRITE,
)  # fmt: skip


GAP = 8


class BatchBar(QWidget):
    """Its buttons are actions of the page; all_wished and clear_wished are about the selection."""

    all_wished = Signal()
    clear_wished = Signal()

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.count = Label("", Role.STRONG)
        self.all = Btn("", Kind.LINK)
        self.clear = Btn(tr("Clear"), Kind.LINK)
        self.status = Btn(tr("Status"), Kind.GHOST, "list-checks")
        self.tag = Btn(tr("Tag"), Kind.GHOST, "tag")
        self.edit = Btn(tr("Edit"), Kind.GHOST, "pencil")
        self.export = Btn(tr("Export"), Kind.GHOST, "share-2")
        self.delete = Btn(tr("Delete"), Kind.GHOST, "trash-2")
        self.restore = Btn(tr("Restore"), Kind.GHOST, "rotate-ccw")
        self.more = IconBtn("ellipsis", tr("More for the selected contacts"))
        self._alive = (self.status, self.tag, self.edit, self.export, self.delete, self.more)
        ends = (*self._alive[:-1], self.restore, self.more)
        self._parts = (self.count, self.all, self.clear, *ends)
        self.setLayout(row(self.count, self.all, self.clear, None, *ends, gap=GAP))
        self.all.clicked.connect(self.all_wished.emit)
        self.clear.clicked.connect(self.clear_wished.emit)
        self.more.clicked.connect(lambda: actions.popup(MORE, self.more))
        for button, action in (
            (self.status, STATUS),
            (self.tag, TAG),
            (self.edit, EDIT),
            (self.export, EXPORT),
            (self.delete, DELETE),
            (self.restore, RESTORE),
        ):
            button.clicked.connect(lambda _on=False, one=action: actions.run(one))
            keys = actions.shortcut(action)
            button.setToolTip(f"{action.title} ({keys})" if keys else action.title)

    def show_count(self, checked: int, total: int, *, trash: bool) -> None:
        """Say how many are checked, and offer what suits the list."""
        self.count.setText(tr("{contacts} selected", contacts=contacts(checked)))
        self.all.setText(tr("Select all {n}", n=number(total)))
        self.all.setVisible(checked < total)
        self.all.updateGeometry()
        for button in self._alive:
            button.setVisible(not trash)
        self.restore.setVisible(trash)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show icons alone where the words have no room."""
        named = (*self._alive[:-1], self.restore)
        for button in named:
            button.set_compact(False)
        wanted = [part.sizeHint().width() for part in self._parts if not part.isHidden()]
        scarce = sum(wanted) + GAP * len(wanted) > self.width()
        for button in named:
            button.set_compact(scarce)
