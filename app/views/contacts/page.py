"""The contacts page: search, views, the table or the cards, and the drawer beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.core.changes import Changes
from app.core.fields import BY_KEY
from app.core.text import tr
from app.services.query_help import Known
from app.services.query_parts import joined
from app.services.rows import ContactRow
from app.services.views import View
from app.views.common.desk import Desk, Page
from app.views.common.latest import Latest
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.contacts.actions import EXPORT
from app.views.contacts.batch_bar import BatchBar
from app.views.contacts.beginning import Beginning
from app.views.contacts.bulk import BulkChanges
from app.views.contacts.cards import Cards
from app.views.contacts.cell_editing import CellEditing
from app.views.contacts.checking import Checking
from app.views.contacts.checks import Chosen
from app.views.contacts.column_keeper import ColumnKeeper
from app.views.contacts.columns import NAME, columns_of, shape
from app.views.contacts.contact_table import ContactTable
from app.views.contacts.crowding import make_room
from app.views.contacts.doing import Doing
from app.views.contacts.drawer import Drawer
from app.views.contacts.filters import Filters
from app.views.contacts.finder import Wanted
from app.views.contacts.finishing import Finishing
from app.views.contacts.jump_line import JumpLine
from app.views.contacts.list_states import ListStates
from app.views.contacts.listing import Listing
from app.views.contacts.over_strip import OverStrip
from app.views.contacts.page_head import ContactsHead
from app.views.contacts.picking import Picking
from app.views.contacts.pill_bar import PillBar
from app.views.contacts.table_model import ContactsModel
from app.views.contacts.view_keeper import ViewKeeper
from app.views.contacts.view_tabs import ALL, TRASH
from app.views.contacts.vocabulary import Vocabulary, read_vocabulary
from app.views.exporting.scope import Scope

REFRESH_MS = 100


class ContactsPage(Page):
    """Shows the contacts that match the search and the filters."""

    place = Place.CONTACTS
    holders = ("_main", "drawer")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.vocabulary, self._learning = Vocabulary(), Latest(desk.calls, self)
        self.header, self.over = ContactsHead(desk), OverStrip(desk)
        self.search, self.notice = self.header.search, self.header.search.notice
        self.import_button, self.export_button, self.add_button = self.header.buttons
        self.filters = Filters()
        self.pills = PillBar()
        self.batch = BatchBar(desk.actions)
        self.table = ContactTable(tr("Contacts"), columns_of((), ()))
        self.model = ContactsModel(desk.calls, desk.app.search.rows, self._shape, self)
        self.cards = Cards(desk, self.model.checks)
        self.drawer = Drawer(desk)
        self.bulk = BulkChanges(desk, self)
        self.keeper = ViewKeeper(desk, self)
        self.columns = ColumnKeeper(self.keeper, self.table, self.model)
        self.editing = CellEditing(desk, self.table, self.model)
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._lay_out()
        self.jump = JumpLine(self.list)
        self.listing = Listing(desk, self)
        self.checking = Checking(self)
        self.doing = Doing(desk, self)
        self.picking = Picking(desk, self)
        self.search.setText(self.keeper.query)
        self._wire()
        self.finishing = Finishing(self.editing, self.drawer.editing)
        self.search.keep(self.keeper.recent)
        self.keeper.load()
        self._load_vocabulary()
        self.listing.current = self.drawer.bring_back()

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        self.table.header.show_check(Qt.CheckState.Unchecked)
        self.beginning = Beginning(self.desk)
        self.list = ListStates(self.table, self.cards)
        self.bars = QStackedWidget()
        for bar in (self.filters, self.batch):
            self.bars.addWidget(bar)
        self._main = QWidget()
        column = QVBoxLayout(self._main)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        for part in (self.header, self.over, self.bars, self.pills, self.list, self.beginning):
            column.addWidget(part)
        column.setStretchFactor(self.list, 1)
        column.setStretchFactor(self.beginning, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._main, 1)
        whole.addWidget(self.drawer)
        self.restyle()

    def restyle(self) -> None:
        """Take the sizes of the present text size."""
        self.bars.setFixedHeight(theme().px(32))
        self.search.setMinimumWidth(theme().px(112))
        self.search.setMaximumWidth(theme().px(360))

    def _wire(self) -> None:
        desk, keeper, listing = self.desk, self.keeper, self.listing
        self.search.textChanged.connect(self.keeper.keep_query)
        self.search.textChanged.connect(lambda _text: self.look())
        self.search.left.connect(self.focus_list)
        self.search.settled.connect(self.show_pills)
        self.search.remembered.connect(keeper.keep_recent)
        self.filters.tabs.picked.connect(keeper.enter)
        self.filters.filter_added.connect(self._add_filter)
        self.pills.edited.connect(self.search.setText)
        self._refresh.timeout.connect(self.look_again)
        for mark in self.header.marks:
            mark.changed.connect(lambda: make_room(self))
        self.import_button.clicked.connect(lambda: desk.go(Place.IMPORT))
        self.export_button.clicked.connect(lambda: desk.actions.run(EXPORT))
        self.list.clear_button.clicked.connect(self.clear)
        self.list.retry.clicked.connect(self.look_again)
        keeper.looked.connect(self._looked)
        keeper.entered.connect(self._entered)
        keeper.listed.connect(self._listed)
        keeper.counted.connect(self.filters.tabs.show_counts)
        self.table.header.sort_wished.connect(self.sort_by)
        self.table.opened.connect(self._open_row)
        self.table.name_clicked.connect(self._open_row)
        self.table.chosen.connect(self._row_chosen)
        self.cards.opened.connect(self.open_contact)
        self.cards.chosen.connect(self._chosen)
        self.editing.form_wished.connect(self.doing.edit_in_drawer)
        self.editing.saved.connect(listing.follow)
        self.drawer.shown.connect(lambda: make_room(self))
        self.drawer.turned.connect(lambda: make_room(self))
        self.drawer.closed.connect(self._drawer_closed)
        self.drawer.saved.connect(listing.follow)
        self.drawer.step_wished.connect(self.step)
        self.drawer.stayed.connect(self._stay)
        self.drawer.commands.provide(self)
        desk.bridge.changed.connect(self._changed)
        desk.bridge.search_caught_up.connect(self._refresh.start)

    def visit(self, argument: object = None) -> None:
        """Show the page; the argument is a query, a saved view, or a contact to show."""
        if isinstance(argument, str):
            self.keeper.enter(ALL)
            self.search.setText(argument)
        elif isinstance(argument, View):
            self.keeper.enter(argument.id)
        elif isinstance(argument, int):
            self.listing.follow(argument)
            self.open_contact(argument)
        if self.listing.finder.wanted is None:
            self.look()

    def take_focus(self) -> None:
        """Into the list, so that the keys of the list work."""
        listed = self.table.isVisibleTo(self) and not self.as_cards
        (self.table if listed else self).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def is_editing(self) -> bool:
        """Whether a cell or a field of the drawer is open with something new in it."""
        return self.finishing.is_needed

    def finish_editing(self, then: Callable[[], None], refused: Callable[[], None]) -> None:
        """Save what is open, as Enter would."""
        self.finishing.finish(then, refused)

    def hand_over(self) -> object:
        """The checked contacts; everything else is remembered."""
        return self.model.checks.state

    def take_over(self, handed: Any) -> None:
        """Check them in the same list."""
        self.look()
        self.model.checks.take(handed)

    @property
    def query(self) -> str:
        """What is looked for: the typed line, within the trash or the view that is shown."""
        return self.keeper.asked(self.search.text())

    @property
    def in_trash(self) -> bool:
        """True while the trash is shown."""
        return self.keeper.key == TRASH

    @property
    def as_cards(self) -> bool:
        """True while the contacts are shown as cards."""
        return self.keeper.look.kind == "cards"

    def look(self) -> None:
        """Look for what the line, the view and the order say now."""
        look = self.keeper.look
        known = {NAME, *BY_KEY, *(field.key for field in self.vocabulary.custom)}
        sort = look.sort if look.sort in known or not self.vocabulary.statuses else NAME
        wanted = Wanted(self.query, sort, look.descending)
        self.show_pills()
        self.filters.offer_save(changed=self.keeper.differs(self.search.text().strip()))
        if self.listing.find(wanted, self.model.more):
            self.model.checks.clear()
            self.keeper.stop_counting()

    def show_pills(self) -> None:
        """Show the filters of the line as pills."""
        self.pills.show_query(self.search.text(), self.vocabulary, self.search.typing_at)
        self.pills.show_picks(self.keeper.picks)

    def look_again(self) -> None:
        """Read the same anew, after a change or an error."""
        self.look()
        self.keeper.count_soon()

    def focus_list(self) -> None:
        """Put the focus into the list, on the contact that had it."""
        if self.as_cards:
            self.cards.focus()
            return
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            self.table.select(0)

    def clear(self) -> None:
        """Show all contacts of the present view without a search; without a view, all of them."""
        self.keeper.enter(TRASH if self.in_trash else ALL)
        self.search.clear()
        self.look()

    def sort_by(self, key: str) -> None:
        """Sort by a column; the same again turns the order round."""
        self.columns.sort(key)

    def checked(self) -> Chosen:
        """The checked contacts."""
        return self.model.checks.chosen(self.model.ids)

    def current(self) -> int | None:
        """The contact that has the focus in the list."""
        if self.as_cards:
            return self.cards.current
        return self.model.contact_id(self.table.currentIndex().row())

    def scope(self) -> Scope:
        """The checked contacts as an export takes them."""
        return Scope(self.model.checks.query(self.query), self.checking.count)

    def open_contact(self, contact: int) -> None:
        """Show one contact in the drawer."""
        make_room(self)
        self.drawer.open_contact(contact)

    def step(self, by: int) -> None:
        """Go to the next or previous contact; the drawer follows while it is open."""
        if self.as_cards:
            self.cards.step_row(by)
            return
        rows = self.model.rowCount()
        if rows:
            row = max(0, min(rows - 1, self.table.currentIndex().row() + by))
            self.table.select(row)
            self.table.scrollTo(self.table.currentIndex())

    def show_states(self, *, found: bool, whole: bool) -> None:
        """Show the list, or what stands in its place while nothing is found."""
        asked = bool(self.search.text().strip())
        self.list.show_list(self.keeper.look.kind, found=found, trash=self.in_trash, asked=asked)
        nothing_at_all = whole and not found and not self.query
        self.beginning.show_nobody(nothing_at_all)
        for part in (self.list, self.bars, self.search, *self.header.buttons):
            part.setVisible(not nothing_at_all)
        if self.hasFocus() and self.table.isVisible():
            self.take_focus()

    def _shape(self, contact: ContactRow, key: str) -> Any:
        return shape(contact, key, self.vocabulary, self.desk.app.clock.now())

    def _load_vocabulary(self) -> None:
        self._learning.read(lambda: read_vocabulary(self.desk.app), self._show_vocabulary)

    def _show_vocabulary(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = self.drawer.vocabulary = vocabulary
        self.editing.vocabulary = self.bulk.vocabulary = vocabulary
        statuses = tuple((key, label) for key, label, _tone in vocabulary.statuses)
        views = self.search.known.views
        self.search.known = Known(vocabulary.custom, statuses, vocabulary.tags, views)
        self.filters.show_vocabulary(vocabulary)
        self.cards.show_vocabulary(vocabulary)
        self.columns.show_vocabulary(vocabulary)
        self.show_pills()
        self.model.reshape()
        if self.as_cards and self.model.ids:
            self.cards.show_ids(self.model.ids)

    def _looked(self) -> None:
        """The look of the view has changed, or another view is shown."""
        self.columns.show_look()
        self.filters.show_kind(self.keeper.look.kind)
        if self.model.ids:
            self.list.show_list(self.keeper.look.kind, found=True, trash=False, asked=False)
        if self.listing.finder.wanted is not None:
            self.look()

    def _entered(self, query: str) -> None:
        self.filters.tabs.mark(self.keeper.key)
        if self.search.text() != query:
            self.search.setText(query)
        else:
            self.look()

    def _listed(self) -> None:
        self.filters.tabs.show_views(self.keeper.views)
        self.filters.offer_save(changed=self.keeper.differs(self.search.text().strip()))
        self.filters.tabs.mark(self.keeper.key)

    def _add_filter(self, text: str) -> None:
        self.search.setText(joined(self.search.text(), text))
        self.search.remember()

    def _changed(self, changes: Changes) -> None:
        if any(changes.touches(table) for table in ("tag", "status", "custom_field")):
            self._load_vocabulary()
        if changes.touches("saved_view"):
            self.keeper.load()
        if changes.touches("contact") or changes.touches("tag"):
            self._refresh.start()
            self.drawer.reload()

    def _open_row(self, row: int) -> None:
        contact = self.model.contact_id(row)
        if contact is not None:
            self.open_contact(contact)

    def _row_chosen(self, row: int) -> None:
        # Remembered by id: what stands in this row changes with every order and search.
        self._chosen(self.model.contact_id(row) or self.listing.current)

    def _chosen(self, contact: int | None) -> None:
        self.listing.current = contact
        if contact is not None and self.drawer.isVisible() and not self.drawer.is_editing:
            self.open_contact(contact)

    def _stay(self, contact: int) -> None:
        """Mark the contact whose edit was refused, whatever row was on its way."""
        row = self.model.row_of(contact)
        if row is not None and row != self.table.currentIndex().row():
            self.listing.current = contact
            with QSignalBlocker(self.table):
                self.table.select(row)

    def _drawer_closed(self) -> None:
        make_room(self)
        self.focus_list()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width between list and drawer."""
        super().resizeEvent(event)
        make_room(self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Another page is shown: an open cell in which nothing was typed is closed."""
        super().hideEvent(event)
        if not self.editing.dirty:
            self.editing.cancel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the drawer, then clears the selection; a capital letter goes to a name."""
        letter = event.text()
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_Escape:
            self.doing.escape()
        elif shift and len(letter) == 1 and letter.isalpha() and not self.as_cards:
            self.jump.begin(letter.upper())
        else:
            super().keyPressEvent(event)
