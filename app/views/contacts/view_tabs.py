"""The tabs of the filter bar: all contacts, the saved views with their counts, and the trash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QSizePolicy, QWidget

from app.core.text import tr
from app.services.views import View
from app.views.common.buttons import Btn, Kind, TabBtn
from app.views.common.words import number

ALL, TRASH = 0, -1
GAP = 4


class ViewTab(TabBtn):
    """One tab; menu_wished(position) for a right click or the menu key."""

    menu_wished = Signal(object)
    stepped = Signal(int)

    def __init__(self, words: str, key: int) -> None:
        super().__init__(words)
        self.key = key
        self.setAutoExclusive(False)
        self.setAccessibleName(tr("View {name}", name=words))

    def show_total(self, total: int | None) -> None:
        """Show how many contacts it finds; None while nobody knows."""
        if total is None:
            return
        self.set_count(total)
        self.setAccessibleName(tr("View {name}, {n}", name=self.text(), n=number(total)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the view."""
        self.menu_wished.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the neighbours."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)


class ViewTabs(QWidget):
    """picked(key) with ALL, TRASH or a view's id; menu_wished(id, position) for a saved view."""

    picked = Signal(int)
    menu_wished = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.views: tuple[View, ...] = ()
        self.current = ALL
        self.everything = ViewTab(tr("All contacts"), ALL)
        self.trash = ViewTab(tr("Trash"), TRASH)
        self.own: dict[int, ViewTab] = {}
        self.more = Btn(tr("More"), Kind.GHOST, "chevron-down")
        self.more.clicked.connect(self._show_more)
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for tab in (self.everything, self.trash):
            self._wire(tab)
        self._fill()
        self.everything.setChecked(True)

    def show_views(self, views: Sequence[View]) -> None:
        """Show these views between all contacts and the trash."""
        self.views = tuple(views)
        counts = {key: tab.count for key, tab in self.own.items()}
        for tab in self.own.values():
            self._group.removeButton(tab)
            tab.hide()
            tab.deleteLater()
        self.own = {}
        for view in views:
            tab = ViewTab(view.name, view.id)
            tab.count = counts.get(view.id, "")
            tab.setToolTip(view.query or tr("All contacts"))
            tab.menu_wished.connect(partial(self.menu_wished.emit, view.id))
            self._wire(tab)
            self.own[view.id] = tab
        self._fill()
        self.mark(self.current)

    def show_counts(self, counts: Mapping[int, int]) -> None:
        """Show how many contacts each view finds."""
        for key, total in counts.items():
            tab = self.tab(key)
            if tab is not None:
                tab.show_total(total)
        self._share_room()

    def mark(self, key: int) -> None:
        """Mark a tab as the present one, silently; one that is gone leaves all contacts."""
        tab = self.tab(key)
        self.current = key if tab is not None else ALL
        (tab or self.everything).setChecked(True)
        self._share_room()

    def tab(self, key: int) -> ViewTab | None:
        """The tab of a view."""
        fixed = {ALL: self.everything, TRASH: self.trash}
        return fixed.get(key) or self.own.get(key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put into the menu what has no room."""
        super().resizeEvent(event)
        self._share_room()

    def _wire(self, tab: ViewTab) -> None:
        self._group.addButton(tab)
        tab.clicked.connect(lambda: self._pick(tab.key))
        tab.stepped.connect(lambda by: self._step(tab, by))

    def _pick(self, key: int) -> None:
        self.current = key
        self.picked.emit(key)
        self._share_room()

    def _tabs(self) -> list[ViewTab]:
        return [self.everything, *self.own.values(), self.trash]

    def _step(self, tab: ViewTab, by: int) -> None:
        shown = [one for one in self._tabs() if one.isVisible()]
        place = shown.index(tab) + by
        if 0 <= place < len(shown):
            shown[place].setFocus(Qt.FocusReason.TabFocusReason)

    def _fill(self) -> None:
        while self._row.takeAt(0) is not None:
            pass
        for part in (self.everything, *self.own.values(), self.more, self.trash):
            self._row.addWidget(part)
        self._row.addStretch(1)
        self._share_room()

    def _share_room(self) -> None:
        """The tabs that fit; the present one always does, others follow in the menu."""
        room = self.width() - sum(
            tab.sizeHint().width() + GAP for tab in (self.everything, self.trash)
        )
        wanted = {key: tab.sizeHint().width() + GAP for key, tab in self.own.items()}
        crowded = sum(wanted.values()) > room
        if crowded:
            room -= self.more.sizeHint().width() + GAP + wanted.get(self.current, 0)
        for key, tab in self.own.items():
            fits = not crowded or key == self.current
            if not fits and wanted[key] <= room:
                room -= wanted[key]
                fits = True
            tab.setVisible(fits)
        self.more.setVisible(crowded)

    def _show_more(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for key, tab in self.own.items():
            if not tab.isVisible():
                words = f"{tab.text()}  {tab.count}".strip()
                menu.addAction(words, partial(self._pick_hidden, key))
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

    def _pick_hidden(self, key: int) -> None:
        self.mark(key)
        self._pick(key)
