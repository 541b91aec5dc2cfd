"""The pages of one window: each made when it is first visited, or before in a quiet moment."""

from __future__ import annotations

import sys
from importlib import import_module

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget

from app.views.common.desk import Desk, Page
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.shell.actions import GO

PAUSE_MS = 150
PATIENCE = 20
"""So many pauses are waited until nothing is on its way; a long job is always on its way."""

_CLASSES = {
    Place.CONTACTS: ("app.views.contacts.page", "ContactsPage"),
    Place.IMPORT: ("app.views.importing.page", "ImportPage"),
    Place.EXPORTS: ("app.views.exporting.page", "ExportsPage"),
    Place.HISTORY: ("app.views.history.page", "HistoryPage"),
    Place.CONNECTIONS: ("app.views.connections.page", "ConnectionsPage"),
    Place.VOCABULARY: ("app.views.vocabulary.page", "VocabularyPage"),
    Place.PLAN: ("app.views.billing.page", "PlanPage"),
    Place.SETTINGS: ("app.views.settings.page", "SettingsPage"),
}
"""Where each page's class is; not imported before it is needed, which keeps the start short."""
_SELDOM = (
    "app.views.shell.palette",
    "app.views.shell.catalogue",
    "app.views.shell.menu",
    "app.views.shell.job_centre",
    "app.views.shell.shortcut_sheet",
    "app.views.common.popover",
    "app.views.contacts.rule_editor",
    "app.views.contacts.column_chooser",
    "app.views.contacts.view_panel",
    "app.views.contacts.bulk_dialog",
    "app.views.contacts.tag_dialog",
)
"""What opens above the pages: only the modules are read ahead."""


class Pages(QStackedWidget):
    """made are the pages there are; handed holds what those of the window before have left."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.made: dict[Place, Page] = {}
        self.handed: dict[Place, object] = {}
        self.ahead = Ahead(desk, self)

    def page(self, place: Place) -> Page:
        """The page of a place, made when it is first needed."""
        page = self.make(place)
        if self.indexOf(page) < 0:
            self.addWidget(page)
            theme().dress(*page.parts())
            if place in self.handed:
                page.take_over(self.handed.pop(place))
        return page

    def end(self) -> None:
        """Make nothing more; what has no place yet goes with the window."""
        self.ahead.stop()
        for page in self.made.values():
            if self.indexOf(page) < 0:
                page.setParent(self)

    def make(self, place: Place) -> Page:
        """The page of a place, which may not stand among the others yet."""
        if place not in self.made:
            module, name = _CLASSES[place]
            self.made[place] = getattr(import_module(module), name)(self._desk)
            self.made[place].setAccessibleName(GO[place].title)
        return self.made[place]


class Ahead(QObject):
    """Gets one small part after the other ready, so that no first visit holds the window.

    Modules are read in the read lane; what only the main thread can make is made in parts that
    nobody notices, with pauses in which keys and clicks are heard. finished is emitted once
    everything is there.
    """

    finished = Signal()

    def __init__(self, desk: Desk, pages: Pages) -> None:
        super().__init__(pages)
        self._desk = desk
        self._pages = pages
        self._waited = 0
        self.begun = self.done = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._go_on)

    def begin(self) -> None:
        """Start with what people visit first."""
        self.begun = True
        self._pause.start()

    def stop(self) -> None:
        """Leave it at what is made."""
        self.done = True
        self._pause.stop()

    def _go_on(self) -> None:
        self._waited += 1
        if self._desk.calls.waiting and self._waited < PATIENCE:
            self._pause.start()
            return
        self._waited = 0
        for place, (module, _name) in _CLASSES.items():
            if self._is_read_first(module):
                return
            if self._made_part(place):
                self._pause.start()
                return
        if not any(map(self._is_read_first, _SELDOM)):
            self.done = True
            self.finished.emit()

    def _is_read_first(self, module: str) -> bool:
        """Begin to read a module unless it is there already."""
        if module in sys.modules:
            return False
        self._desk.calls.read(self, lambda: import_module(module), self._next)
        return True

    def _next(self, _done: object) -> None:
        if not self.done:
            self._pause.start()

    def _made_part(self, place: Place) -> bool:
        """Make one part of a page that is not there yet; False when the page is whole."""
        pages = self._pages
        if place not in pages.made:
            pages.make(place)
        elif pages.indexOf(pages.made[place]) < 0:
            pages.page(place)
        else:
            return pages.made[place].get_ready()
        return True
