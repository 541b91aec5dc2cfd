"""The history page: every operation, newest first, and undoing or redoing any of them."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSizePolicy, QStackedWidget

from app.core.changes import Changes
from app.core.text import tr
from app.services.entries import Entry
from app.services.operations import UndoPreview
from app.views.common.boxes import Card, column, row
from app.views.common.buttons import Btn, Kind, TabBtn
from app.views.common.desk import Desk, Page
from app.views.common.fonts import Role
from app.views.common.inputs import SearchField, Select
from app.views.common.labels import Para
from app.views.common.latest import Latest
from app.views.common.page_header import PageHeader
from app.views.common.pills import Empty, Notice
from app.views.common.places import Place
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.theme import theme
from app.views.common.words import number
from app.views.history.actions import FIND, REDO_THIS, UNDO_THIS
from app.views.history.rows import (
    COLUMNS,
    KINDS,
    can_be_redone,
    can_be_undone,
    preview_words,
    row_of,
    words_of,
)

PAGE, PREVIEW_UP_TO, PAUSE_MS = 200, 10_000, 120
_MEMORY = "history"


class HistoryPage(Page):
    """The selected operation can be undone or redone, whoever made it."""

    place = Place.HISTORY

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._entries: list[Entry] = []
        self._limit = PAGE
        kept = desk.memory.get(_MEMORY).get("kind", 0)
        self._kind = kept if isinstance(kept, int) and 0 <= kept < len(KINDS) else 0
        self._reading = Latest(desk.calls, self)
        self._reading_actors = Latest(desk.calls, self)
        self._previewing = Latest(desk.calls, self)
        self.undo = Btn(tr("Undo this"), Kind.PRIMARY, "undo-2")
        self.redo = Btn(tr("Redo this"), Kind.OUTLINE, "redo-2")
        self.search = SearchField(tr("Search the history"), "F")
        self.header = PageHeader(tr("History"), self.search, self.redo, self.undo)
        self.tabs = [TabBtn(tr(words)) for words, _kinds in KINDS]
        self.actor = Select(tr("Who"))
        self.notice = Notice()
        self.model = ListModel(COLUMNS, self)
        self.table = Table(tr("History"), COLUMNS)
        self.table.setModel(self.model)
        self.said = Para("", Role.SMALL)
        self.older = Btn(tr("Show older"), Kind.LINK)
        self.empty = Empty(
            "history",
            tr("Nothing happened yet"),
            tr("Every change appears here, and can be taken back."),
        )
        self.no_match = Empty("search", tr("No matches"), tr("No change fits the filter."))
        self.clear_button = self.no_match.add(Btn(tr("Clear filter")))
        self.list = QStackedWidget()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._lay_out()
        self._wire()
        self._allow()

    def _lay_out(self) -> None:
        for view in (Card(self.table, padding=1), self.empty, self.no_match):
            self.list.addWidget(view)
        self.search.setMinimumWidth(theme().px(112))
        self.search.setMaximumWidth(theme().px(240))
        self.actor.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        filters = row(*self.tabs, None, self.actor, gap=4)
        foot = row(self.said, self.older, gap=16)
        foot.setStretchFactor(self.said, 1)
        parts = (self.header, self.notice, filters, self.list, foot)
        whole = column(*parts, gap=16, margins=(24, 16, 24, 24))
        whole.setStretchFactor(self.list, 1)
        self.setLayout(whole)

    def _wire(self) -> None:
        desk, actions = self.desk, self.desk.actions
        self.tabs[self._kind].setChecked(True)
        for place, tab in enumerate(self.tabs):
            tab.clicked.connect(lambda _on, chosen=place: self.show_kind(chosen))
        self.actor.picked.connect(lambda _who: self.visit())
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self._pause.timeout.connect(self.visit)
        self.clear_button.clicked.connect(self.clear)
        self.undo.clicked.connect(self._undo)
        self.redo.clicked.connect(self._redo)
        self.older.clicked.connect(self._show_older)
        self.table.chosen.connect(lambda _row: self._allow())
        desk.bridge.changed.connect(self._changed)
        desk.reversal_refused.connect(self._allow)
        actions.provide(UNDO_THIS, self._undo, self, when=self.undo.isEnabled)
        actions.provide(REDO_THIS, self._redo, self, when=self.redo.isEnabled)
        actions.provide(FIND, self._focus_search, self)

    @property
    def is_filtered(self) -> bool:
        """Whether not all of it is shown."""
        return bool(self.search.text().strip() or self._kind or self.actor.value())

    def visit(self, argument: object = None) -> None:
        """Read the newest operations that fit the filter; the argument is a kind to show."""
        wanted = next((n for n, (_w, kinds) in enumerate(KINDS) if (argument,) == kinds), None)
        if wanted is not None:
            self.show_kind(wanted)
            return
        history, limit = self.desk.app.history, self._limit
        words, kinds = self.search.text().strip(), KINDS[self._kind][1]
        who = str(self.actor.value() or "") or None
        self._reading.read(
            lambda: history.find(words, kinds=kinds, actor=who, limit=limit),
            self._show,
            self.notice.say_error,
        )
        self._reading_actors.read(history.actors, self._show_actors)

    def show_kind(self, kind: int) -> None:
        """Show one tab."""
        self._kind, self._limit = kind, PAGE
        self.tabs[kind].setChecked(True)
        self.desk.memory.put(_MEMORY, {"kind": kind})
        self.visit()

    def clear(self) -> None:
        """Show everything."""
        self.search.clear()
        self.actor.choose("")
        self.show_kind(0)

    def _show(self, entries: list[Entry]) -> None:
        self.notice.say("")
        chosen = self._chosen()
        self._entries = entries
        now = self.desk.app.clock.now()
        self.model.show([row_of(entry, now) for entry in entries])
        self.list.setCurrentIndex(0 if entries else 2 if self.is_filtered else 1)
        self.header.show_count(number(len(entries)) if len(entries) < self._limit else "")
        self.older.setVisible(len(entries) == self._limit)
        kept = next((n for n, e in enumerate(entries) if chosen and e.id == chosen.id), 0)
        if entries:
            self.table.select(kept)
        self._allow()

    def _show_actors(self, actors: list[str]) -> None:
        self.actor.set_choices([("", tr("Everybody")), *((name, name) for name in actors)])
        self.actor.setVisible(len(actors) > 1)

    def _chosen(self) -> Entry | None:
        place = self.table.currentIndex().row()
        return self._entries[place] if 0 <= place < len(self._entries) else None

    def _allow(self) -> None:
        chosen = self._chosen()
        self.undo.setEnabled(chosen is not None and can_be_undone(chosen))
        self.redo.setEnabled(chosen is not None and can_be_redone(chosen))
        self.said.setText(words_of(chosen) if chosen else "")
        self._previewing.drop()
        if chosen and can_be_undone(chosen) and chosen.rows <= PREVIEW_UP_TO:
            operations, number_ = self.desk.app.operations, chosen.id
            self._previewing.read(
                lambda: operations.preview_undo(number_), self._previewed, lambda _error: None
            )

    def _previewed(self, preview: UndoPreview) -> None:
        self.said.setText(preview_words(preview))

    def _undo(self) -> None:
        chosen = self._chosen()
        if chosen is not None and self.undo.isEnabled():
            self._stop_asking()
            self.desk.undo(chosen.id)

    def _redo(self) -> None:
        chosen = self._chosen()
        if chosen is not None and self.redo.isEnabled():
            self._stop_asking()
            self.desk.redo(chosen.undoes if chosen.undoes and not chosen.undone else chosen.id)

    def _stop_asking(self) -> None:
        """A second click would ask for the same before the list shows the first."""
        self.undo.setEnabled(False)
        self.redo.setEnabled(False)

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_older(self) -> None:
        self._limit += PAGE
        self.visit()

    def _changed(self, _changes: Changes) -> None:
        if self.isVisible():
            self.visit()
