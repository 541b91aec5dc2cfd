"""The page of what contacts are described with: own fields, the pipeline, and tags."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QStackedWidget

from app.core.changes import Changes
from app.core.text import tr
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, Kind, TabBtn
from app.views.common.desk import Desk, Page
from app.views.common.page_header import PageHeader
from app.views.common.places import Place
from app.views.vocabulary import actions as acts
from app.views.vocabulary.fields import Fields
from app.views.vocabulary.statuses import Statuses
from app.views.vocabulary.tab import Tab
from app.views.vocabulary.tags import Tags

FIELDS, STATUSES, TAGS = range(3)
NAMES = ("fields", "statuses", "tags")


class VocabularyPage(Page):
    """visit takes the name of a list: fields, statuses or tags."""

    place = Place.VOCABULARY

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.add = Btn("", Kind.PRIMARY, "plus")
        self.header = PageHeader(tr("Fields and tags"), self.add)
        self.header.show_count(tr("What you know of your contacts; every change can be undone"))
        self.fields, self.statuses, self.tags = Fields(desk), Statuses(desk), Tags(desk)
        self.lists: list[Tab[Any]] = [self.fields, self.statuses, self.tags]
        self.tabs = (TabBtn(tr("Fields")), TabBtn(tr("Statuses")), TabBtn(tr("Tags")))
        self._words = (tr("Add field"), tr("Add status"), tr("Add tag"))
        self._stack = QStackedWidget()
        for shown, tab, words in zip(self.lists, self.tabs, self._words, strict=True):
            self._stack.addWidget(shown)
            shown.counted.connect(tab.set_count)
            shown.adding.connect(self._offer_add)
            shown.empty.add(Btn(words, Kind.OUTLINE, "plus")).clicked.connect(shown.add)
        for place, tab in enumerate(self.tabs):
            tab.clicked.connect(partial(self.show_list, place))
        self.add.clicked.connect(self.begin)
        bar = row(*self.tabs, None, self.fields.trash, gap=4)
        self.setLayout(column(self.header, bar, self._stack, gap=16, margins=(24, 16, 24, 24)))
        self._provide()
        desk.bridge.changed.connect(self._changed)
        self.show_list(FIELDS)

    def _provide(self) -> None:
        provide = self.desk.actions.provide
        for place, action in enumerate((acts.ADD_FIELD, acts.ADD_STATUS, acts.ADD_TAG)):
            provide(action, partial(self.begin_in, place), self)
        chosen = self._has_chosen
        provide(acts.NEW, self.begin, self)
        provide(acts.RENAME, lambda: self.shown.panel.rename(), self, when=chosen)
        provide(acts.UP, lambda: self.shown.shift(-1), self, when=chosen)
        provide(acts.DOWN, lambda: self.shown.shift(1), self, when=chosen)
        provide(acts.DELETE, lambda: self.shown.panel.delete.click(), self, when=chosen)

    @property
    def shown(self) -> Tab[Any]:
        """The list in view."""
        return self.lists[self._stack.currentIndex()]

    def visit(self, argument: object = None) -> None:
        """Read the lists, and show the one asked for."""
        if isinstance(argument, str) and argument in NAMES:
            self.show_list(NAMES.index(argument))
        for one in self.lists:
            one.load()

    def show_list(self, place: int, _on: object = None) -> None:
        """Show fields, statuses or tags."""
        self.tabs[place].setChecked(True)
        self._stack.setCurrentIndex(place)
        self.add.setText(self._words[place])
        self.add.updateGeometry()
        self._offer_add()
        self.fields.trash.setVisible(place == FIELDS and bool(self.fields.deleted))

    def begin(self) -> None:
        """Make a new one in the list in view."""
        self.shown.add()

    def begin_in(self, place: int) -> None:
        """Make a new field, status or tag."""
        self.show_list(place)
        self.begin()

    def _offer_add(self) -> None:
        self.add.setVisible(not self.shown.panel.is_new)

    def _has_chosen(self) -> bool:
        return self.shown.item is not None and not self.shown.panel.is_new

    def _changed(self, changes: Changes) -> None:
        """Read again what changed, with the counts that follow from the contacts."""
        tables = ("custom_field", "status", "tag", "contact")
        if self.isVisible() and any(changes.touches(table) for table in tables):
            for one in self.lists:
                one.load()
