"""The contacts page: search, filters, the table, the drawer, and changes of many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.core.changes import Changes
from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.rows import ContactRow
from app.services.search import Ids
from app.views.common.boxes import Card
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk, Page
from app.views.common.inputs import SearchField
from app.views.common.page_header import PageHeader
from app.views.common.pills import Empty, Notice
from app.views.common.places import Place
from app.views.common.table import Table
from app.views.common.theme import theme
from app.views.common.words import number
from app.views.contacts.actions import ADD, FIND
from app.views.contacts.batch_bar import BatchBar
from app.views.contacts.bulk import Bulk
from app.views.contacts.columns import COLUMNS, shape
from app.views.contacts.drawer import Drawer
from app.views.contacts.filters import Filters
from app.views.contacts.finder import FIRST_ROWS, Finder, Wanted
from app.views.contacts.table_model import ContactsModel
from app.views.contacts.vocabulary import Vocabulary, read_vocabulary
from app.views.exporting.scope import Scope

REFRESH_MS = 100
IMPORT_FROM, ADD_FROM = 560, 480


class ContactsPage(Page):
    """Shows the contacts that match the search and the filters."""

    place = Place.CONTACTS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.vocabulary = Vocabulary()
        self.search = SearchField(tr("Search contacts"), "Ctrl+F")
        self.import_button = Btn(tr("Import"), Kind.OUTLINE, "upload")
        self.add_button = Btn(tr("Add contact"), Kind.PRIMARY, "plus")
        self.header = PageHeader(tr("Contacts"), self.search, self.import_button, self.add_button)
        self.notice = Notice()
        self.filters = Filters()
        self.batch = BatchBar()
        self.table = Table(tr("Contacts"), COLUMNS)
        search = desk.app.search
        self.model = ContactsModel(desk.calls, search.rows, self._shape, self)
        self.finder = Finder(desk, self)
        self.drawer = Drawer(desk)
        self.bulk = Bulk(desk, self)
        self._sort, self._descending = "name", False
        self._anchor = 0
        self._at_top = True
        self._follow_id: int | None = None
        self._current_id: int | None = None
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._lay_out()
        self._wire()
        self._load_vocabulary()

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        self.table.header.show_sort("name", descending=False)
        self.table.header.show_check(Qt.CheckState.Unchecked)
        self.empty = Empty(
            "user",
            tr("Bring in the people you sell to"),
            tr("Everything stays on this computer. Drop a CSV or Excel file anywhere."),
        )
        self.first_import = self.empty.add(Btn(tr("Import a file"), Kind.PRIMARY, "upload"))
        self.first_add = self.empty.add(Btn(tr("Add a contact"), Kind.OUTLINE, "plus"))
        self.no_match = Empty("search", tr("No matches"), tr("No contact fits the search."))
        self.clear_button = self.no_match.add(Btn(tr("Clear search and filters")))
        self.list = QStackedWidget()
        for view in (self.table, self.no_match):
            self.list.addWidget(view)
        self._bars = QStackedWidget()
        for bar in (self.filters, self.batch):
            self._bars.addWidget(bar)
        self._bars.setFixedHeight(theme().px(32))
        self.card = Card(self.list, padding=1)
        self._main = QWidget()
        column = QVBoxLayout(self._main)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(16)
        for part in (self.header, self.notice, self._bars, self.card, self.empty):
            column.addWidget(part)
        column.setStretchFactor(self.card, 1)
        column.setStretchFactor(self.empty, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._main, 1)
        whole.addWidget(self.drawer)
        self.search.setMinimumWidth(theme().px(112))
        self.search.setMaximumWidth(theme().px(320))
        self.empty.hide()

    def _wire(self) -> None:
        desk = self.desk
        self.search.textChanged.connect(lambda _text: self.look())
        self.filters.changed.connect(self.look)
        self._refresh.timeout.connect(self.look)
        for button in (self.add_button, self.first_add):
            button.clicked.connect(self.add_contact)
        for button in (self.import_button, self.first_import):
            button.clicked.connect(lambda: desk.go(Place.IMPORT))
        self.clear_button.clicked.connect(self.clear)
        self.finder.first_found.connect(self._first_found)
        self.finder.found.connect(self._found)
        self.finder.refused.connect(self._refused)
        self.table.header.sort_wished.connect(self.sort_by)
        self.table.header.check_wished.connect(self._check_from_header)
        self.table.check_wished.connect(self._check)
        self.table.opened.connect(self._open_row)
        self.table.clicked.connect(lambda index: self._open_row(index.row()))
        self.table.chosen.connect(self._row_chosen)
        self.model.checks.changed.connect(self._checks_changed)
        self.drawer.shown.connect(self._make_room)
        self.drawer.closed.connect(self._drawer_closed)
        self.drawer.saved.connect(self._follow)
        self.drawer.delete_wished.connect(lambda contact: self.bulk.delete([contact]))
        self.drawer.restore_wished.connect(lambda contact: self.bulk.restore([contact]))
        self._wire_batch()
        actions = desk.actions
        actions.provide(FIND, self._focus_search, self)
        actions.provide(ADD, self.add_contact, self)
        desk.bridge.changed.connect(self._changed)
        desk.bridge.search_caught_up.connect(self._refresh.start)

    def _wire_batch(self) -> None:
        batch, bulk = self.batch, self.bulk
        batch.all_wished.connect(self.model.checks.check_all)
        batch.clear_wished.connect(self.model.checks.clear)
        batch.status_wished.connect(lambda key: bulk.set_status(self.checked(), key))
        batch.tags_added.connect(lambda: self._ask_tags(adding=True))
        batch.tags_removed.connect(lambda: self._ask_tags(adding=False))
        batch.export_wished.connect(self._export)
        batch.delete_wished.connect(lambda: bulk.delete(self.checked()))
        batch.restore_wished.connect(lambda: bulk.restore(self.checked()))
        bulk.done.connect(self.model.checks.clear)

    def visit(self, argument: object = None) -> None:
        """Show the page; the argument is a query to show, or the id of a contact to open."""
        if isinstance(argument, int):
            self._follow(argument)
            self.open_contact(argument)
        if isinstance(argument, str):
            self.filters.reset()
            self.search.setText(argument)
        if not isinstance(argument, str) or not self.model.ids:
            self.look()

    @property
    def query(self) -> str:
        """What is looked for: the typed words and the chosen filters."""
        return f"{self.search.text().strip()} {self.filters.query}".strip()

    def look(self) -> None:
        """Look for what the fields say now."""
        wanted = Wanted(self.query, self._sort, self._descending)
        before = self.finder.wanted
        if before is None or wanted.query != before.query:
            self.model.checks.clear()
        if wanted != before:
            self._at_top = True
        self.finder.find(wanted)

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def clear(self) -> None:
        """Show all contacts."""
        self.filters.reset()
        self.search.clear()
        self.look()

    def sort_by(self, key: str) -> None:
        """Sort by a column; the same again turns the order round."""
        self._descending = not self._descending if key == self._sort else False
        self._sort = key
        self.table.header.show_sort(key, descending=self._descending)
        self.look()

    def checked(self) -> list[int]:
        """The ids of the checked contacts."""
        return self.model.checks.chosen(self.model.ids)

    def scope(self) -> Scope:
        """The checked contacts as an export takes them."""
        count = self._checked_count()
        return Scope(self.model.checks.query(self.query), count)

    def add_contact(self) -> None:
        """Open the form of a new contact."""
        self._make_room()
        self.drawer.add()

    def open_contact(self, contact: int) -> None:
        """Show one contact in the drawer."""
        self._make_room()
        self.drawer.open_contact(contact)

    def _shape(self, contact: ContactRow, key: str) -> Any:
        return shape(contact, key, self.vocabulary, self.desk.app.clock.now())

    def _load_vocabulary(self) -> None:
        app = self.desk.app
        self.desk.calls.read(self, lambda: read_vocabulary(app), self._show_vocabulary)

    def _show_vocabulary(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = self.drawer.vocabulary = vocabulary
        self.filters.show_vocabulary(vocabulary)
        self.batch.show_vocabulary(vocabulary)
        self.table.leave_out(*(() if vocabulary.tags else ("tags",)))
        self.model.reshape()

    def _first_found(self, rows: Sequence[ContactRow]) -> None:
        self.notice.say("")
        self._show_list([row.id for row in rows], rows, whole=False)
        # Fewer than were asked for are all there are; otherwise the number follows.
        self.header.show_count(number(len(rows)) if len(rows) < FIRST_ROWS else "")

    def _found(self, ids: Ids) -> None:
        self.notice.say("")
        self._show_list(ids.ids, (), whole=True)
        self.model.refresh()

    def _show_list(self, ids: Sequence[int], rows: Sequence[ContactRow], *, whole: bool) -> None:
        place = 0 if self._at_top else self.table.verticalScrollBar().value()
        self.model.show_ids(ids, rows)
        nothing_at_all = not ids and not self.query
        self.list.setCurrentWidget(self.table if ids else self.no_match)
        self.empty.setVisible(nothing_at_all and whole)
        for part in (self.card, self._bars, self.search, self.import_button, self.add_button):
            part.setVisible(not (nothing_at_all and whole))
        if whole:
            self.header.show_count(number(len(ids)))
            self._keep_place(self._follow_id or self._current_id, place)
            self._checks_changed()
            self._at_top = False

    def _keep_place(self, contact: int | None, place: int) -> None:
        row = self.model.row_of(contact) if contact is not None else None
        if row is not None:
            self.table.select(row)
        self.table.verticalScrollBar().setValue(place)
        if row is not None and self._follow_id is not None:
            self.table.scrollTo(self.model.index(row, 1))
        self._follow_id = None

    def _refused(self, error: CaptelyError) -> None:
        self.notice.say_error(error)

    def _changed(self, changes: Changes) -> None:
        if any(changes.touches(table) for table in ("tag", "status", "custom_field")):
            self._load_vocabulary()
        if changes.touches("contact") or changes.touches("tag"):
            self._refresh.start()
            self.drawer.reload()

    def _follow(self, contact: int) -> None:
        self._follow_id = contact

    def _open_row(self, row: int) -> None:
        contact = self.model.contact_id(row)
        if contact is not None:
            self.open_contact(contact)

    def _row_chosen(self, row: int) -> None:
        # Remembered by id: what stands in this row changes with every order and search.
        self._current_id = self.model.contact_id(row) or self._current_id
        if self.drawer.isVisible() and not self.drawer.is_editing:
            self._open_row(row)

    def _drawer_closed(self) -> None:
        self._make_room()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _check(self, row: int, extend: object) -> None:
        contact = self.model.contact_id(row)
        if contact is None:
            return
        if extend:
            first, last = sorted((self._anchor, row))
            self.model.checks.add(self.model.ids[first : last + 1])
        else:
            self.model.checks.toggle(contact)
        self._anchor = row

    def _check_from_header(self) -> None:
        checks = self.model.checks
        act: Callable[[], None] = checks.clear if self._checked_count() else checks.check_all
        act()

    def _checked_count(self) -> int:
        return self.model.checks.count(len(self.model.ids))

    def _checks_changed(self) -> None:
        checked, total = self._checked_count(), len(self.model.ids)
        state = Qt.CheckState.PartiallyChecked if checked else Qt.CheckState.Unchecked
        if checked and checked == total:
            state = Qt.CheckState.Checked
        self.table.header.show_check(state)
        self.batch.show_count(checked, total, trash=self.filters.in_trash)
        self._bars.setCurrentWidget(self.batch if checked else self.filters)

    def _ask_tags(self, *, adding: bool) -> None:
        self.bulk.ask_tags(self.checked(), self.vocabulary.tags, adding=adding)

    def _export(self) -> None:
        self.desk.go(Place.EXPORTS, self.scope())

    def _make_room(self) -> None:
        self.drawer.fit(self.width())
        beside = self.drawer.width() if self.drawer.isVisible() else 0
        room = self.width() - beside - 48
        self.import_button.set_compact(room < theme().px(IMPORT_FROM))
        self.add_button.set_compact(room < theme().px(ADD_FROM))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width between list and drawer."""
        super().resizeEvent(event)
        self._make_room()
