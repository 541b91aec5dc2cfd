"""The bar that replaces the filters while contacts are checked: what can be done with them all."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.core.text import tr
from app.views.common.boxes import row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.words import contacts, number
from app.views.contacts.vocabulary import Vocabulary


class BatchBar(QWidget):
    """Says what is wished; the page does it.

    status_wished(key), tags_added, tags_removed, export_wished, delete_wished, restore_wished,
    all_wished, clear_wished.
    """

    status_wished = Signal(str)
    tags_added = Signal()
    tags_removed = Signal()
    export_wished = Signal()
    delete_wished = Signal()
    restore_wished = Signal()
    all_wished = Signal()
    clear_wished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._vocabulary = Vocabulary()
        self.count = Label("", Role.STRONG)
        self.all = Btn("", Kind.LINK)
        self.clear = Btn(tr("Clear"), Kind.LINK)
        self.status = Btn(tr("Status"), Kind.GHOST, "list-checks")
        self.tag = Btn(tr("Tag"), Kind.GHOST, "tag")
        self.export = Btn(tr("Export"), Kind.GHOST, "share-2")
        self.delete = Btn(tr("Delete"), Kind.GHOST, "trash-2")
        self.restore = Btn(tr("Restore"), Kind.GHOST, "rotate-ccw")
        ends = (self.status, self.tag, self.export, self.delete, self.restore)
        self.setLayout(row(self.count, self.all, self.clear, None, *ends, gap=8))
        self.all.clicked.connect(self.all_wished.emit)
        self.clear.clicked.connect(self.clear_wished.emit)
        self.status.clicked.connect(self._choose_status)
        self.tag.clicked.connect(self._choose_tag)
        self.export.clicked.connect(self.export_wished.emit)
        self.delete.clicked.connect(self.delete_wished.emit)
        self.restore.clicked.connect(self.restore_wished.emit)

    def show_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Offer these statuses."""
        self._vocabulary = vocabulary

    def show_count(self, checked: int, total: int, *, trash: bool) -> None:
        """Say how many are checked, and offer what suits the list."""
        self.count.setText(tr("{contacts} selected", contacts=contacts(checked)))
        self.all.setText(tr("Select all {n}", n=number(total)))
        self.all.setVisible(checked < total)
        self.all.updateGeometry()
        for button in (self.status, self.tag, self.export, self.delete):
            button.setVisible(not trash)
        self.restore.setVisible(trash)

    def _choose_status(self) -> None:
        menu = QMenu(self)
        for key, label, _tone in self._vocabulary.statuses:
            menu.addAction(label, partial(self.status_wished.emit, key))
        _popup(menu, self.status)

    def _choose_tag(self) -> None:
        menu = QMenu(self)
        menu.addAction(tr("Add tags"), self.tags_added.emit)
        menu.addAction(tr("Remove tags"), self.tags_removed.emit)
        _popup(menu, self.tag)


def _popup(menu: QMenu, button: QPushButton) -> None:
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4)))
