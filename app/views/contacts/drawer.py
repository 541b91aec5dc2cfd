"""The drawer at the right: a contact's details, timeline and history, or the form of a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.core.errors import CaptelyError, NotFound
from app.core.text import tr
from app.services.rows import ContactView
from app.views.common.boxes import Rule, row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.common.pills import Notice
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import long_time
from app.views.contacts.changes import Changes
from app.views.contacts.contact_links import phone_of
from app.views.contacts.details import Card, Details
from app.views.contacts.dossier import Dossier, card_of, read_dossier
from app.views.contacts.drawer_commands import Commands
from app.views.contacts.drawer_editing import FieldEditing
from app.views.contacts.drawer_grip import GRIP, Grip, kept_width
from app.views.contacts.drawer_head import Head, UnderTab
from app.views.contacts.drawer_menus import ValueMenu
from app.views.contacts.drawer_new import NewContact
from app.views.contacts.drawer_story import Story
from app.views.contacts.editor_kinds import Knowledge, read_knowledge
from app.views.contacts.form import ContactForm
from app.views.contacts.timeline import Timeline
from app.views.contacts.vocabulary import Vocabulary

NARROWEST, WIDTH, WIDEST = 360, 420, 560
LIST_ROOM = 440
"""What the list beside the drawer needs at least."""
DETAILS, TIMELINE, CHANGES, FORM = range(4)
MEMORY = "contacts.drawer"


class Drawer(QWidget):
    """Shows a contact, or the form of a new one.

    shown, turned (to another tab or the form), closed, step_wished(1 or -1), stayed(id),
    restore_wished(id) and menu_wished(id, point) are for the page; saved(id) is a new contact,
    which the list then shows. Nothing typed is lost on the way to another contact: an open editor
    is saved first, an unsaved form is a draft.
    """

    shown = Signal()
    turned = Signal()
    closed = Signal()
    saved = Signal(int)
    step_wished = Signal(int)
    stayed = Signal(int)
    restore_wished = Signal(int)
    menu_wished = Signal(int, QPoint)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.contact: ContactView | None = None
        self._reading = Latest(desk.calls, self)
        self._vocabulary = Vocabulary()
        self._knowledge = Knowledge()
        self._wanted: int | None = None
        self._wide = kept_width(desk.memory.get(MEMORY).get("width"), WIDTH)
        self._room = 2 * WIDEST
        self._knows = False
        self._first_tab = DETAILS
        self.head = Head()
        self.details = Details()
        self.timeline = Timeline()
        self.changes = Changes()
        self.story = Story(desk, self.timeline, self.changes)
        self.form = ContactForm()
        self.editing = FieldEditing(desk, self.details)
        self.new = NewContact(desk, self.form)
        self.menus = ValueMenu(desk, self.details, self.editing)
        self.commands = Commands(desk, self)
        self._make_controls()
        self._lay_out()
        self._wire()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def _make_controls(self) -> None:
        self.mail = Btn(tr("E-mail"), Kind.OUTLINE, "mail")
        self.call = Btn(tr("Call"), Kind.OUTLINE, "phone")
        self.restore = Btn(tr("Restore"), Kind.OUTLINE, "rotate-ccw")
        self.more = IconBtn("ellipsis", tr("More actions"), Kind.OUTLINE)
        self.tabs = (
            UnderTab(tr("Details")),
            UnderTab(tr("Timeline")),
            UnderTab(tr("History")),
        )
        self.previous = IconBtn("chevron-up", tr("Previous contact (K)"))
        self.next = IconBtn("chevron-down", tr("Next contact (J)"))
        self.notice = Notice()
        self.grip = Grip(self)
        self._stack = QStackedWidget()

    def _lay_out(self) -> None:
        for view in (self.details, self.timeline, self.changes, self.form):
            self._stack.addWidget(view)
        self._acts = QWidget()
        acts = (self.mail, self.call, self.restore, None, self.more)
        self._acts.setLayout(row(*acts, gap=8, margins=(24, 12, 24, 0)))
        self._tab_row = QWidget()
        steps = row(self.previous, self.next, gap=0)
        self._tab_row.setLayout(row(*self.tabs, None, steps, gap=24, margins=(24, 8, 16, 0)))
        notice = row(self.notice, margins=(24, 8, 24, 0))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.head, self._acts, notice, self._tab_row, Rule(), self._stack):
            layout.addWidget(part) if isinstance(part, QWidget) else layout.addLayout(part)
        layout.setStretchFactor(self._stack, 1)

    def _wire(self) -> None:
        head, editing, commands = self.head, self.editing, self.commands
        head.close_button.clicked.connect(self.dismiss)
        self._stack.currentChanged.connect(lambda _place: self.turned.emit())
        head.status_picked.connect(commands.set_status)
        self.mail.clicked.connect(commands.write)
        self.call.clicked.connect(commands.call)
        self.more.clicked.connect(commands.open_menu)
        self.restore.clicked.connect(commands.restore)
        self.next.clicked.connect(lambda: self.step(1))
        self.previous.clicked.connect(lambda: self.step(-1))
        for place, tab in enumerate(self.tabs):
            tab.clicked.connect(lambda _on=False, at=place: self.show_tab(at))
        editing.saved.connect(self._stored)
        editing.stayed.connect(self.stayed.emit)
        editing.open_wished.connect(self.open_contact)
        self.details.menu_wished.connect(lambda key, at: self.menus.menu(key).popup(at))
        self.details.history_wished.connect(self.show_changes_of)
        for source in (self.details, self.changes):
            source.restore_wished.connect(commands.put_back)
        self.story.counted.connect(self.tabs[TIMELINE].set_count)
        self.story.past_found.connect(self._show_past)
        self.form.cancelled.connect(self.dismiss)
        self.form.open_wished.connect(self.open_contact)
        self.new.made.connect(self._made)
        self.grip.dragged.connect(self._widen)
        self.grip.reset.connect(lambda: self._widen(WIDTH - self._wide))
        self.grip.dropped.connect(self._keep_width)

    @property
    def is_editing(self) -> bool:
        """True while the form of a new contact is open."""
        return self._stack.currentIndex() == FORM and self.isVisible()

    @property
    def focused(self) -> int | None:
        """The contact that one works with here: it is in view and has the keyboard's focus."""
        focus = self.focusWidget() if self.isVisible() and not self.is_editing else None
        if self.contact is None or focus is None or not focus.hasFocus():
            return None
        return self.contact.id

    @property
    def vocabulary(self) -> Vocabulary:
        """The workspace's statuses, tags and fields."""
        return self._vocabulary

    @vocabulary.setter
    def vocabulary(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._use(self._knowledge)
        if self.contact is not None:
            self._show_status(self.contact)

    def sizeHint(self) -> QSize:
        """420 wide where there is room."""
        return QSize(theme().px(WIDTH), 400)

    def bring_back(self) -> int | None:
        """Show what was in view when the window was closed; the contact, if it was one."""
        kept = self.desk.memory.get(MEMORY)
        contact, tab = kept.get("contact"), kept.get("tab")
        if kept.get("new") is True and self.new.has_draft:
            self.add()
        if not isinstance(contact, int):
            return None
        self._first_tab = tab if tab in (TIMELINE, CHANGES) else DETAILS
        self.open_contact(contact)
        return contact

    def fit(self, room: int) -> None:
        """Take the width that the user chose, as far as the page's width allows."""
        self._room = room
        least = min(theme().px(NARROWEST), max(room // 2, 320))
        widest = max(least, min(theme().px(WIDEST), room - theme().px(LIST_ROOM)))
        self.setFixedWidth(max(least, min(theme().px(self._wide), widest)))

    def open_contact(self, contact: int) -> None:
        """Show one contact, read in the background; what is typed is saved or kept before."""
        if self.is_editing:
            self.new.keep_draft()
            self._stack.setCurrentIndex(DETAILS)
        shown = self.contact.id if self.contact is not None else contact
        if self.editing.edit is not None and contact != shown:
            self.editing.finish(lambda: self._read(contact))
        else:
            self._read(contact)

    def reload(self) -> None:
        """Read the shown contact again, unless its form is open."""
        if self.isVisible() and self._wanted is not None and not self.is_editing:
            self._read(self._wanted)

    def step(self, direction: int) -> None:
        """Go to the next or previous contact of the list, after saving what is open."""
        if self.isVisible() and not self.is_editing:
            self.editing.finish(lambda: self.step_wished.emit(direction))

    def add(self, values: Mapping[str, str] | None = None) -> None:
        """Show the form of a new contact, with values typed into it already if they are given."""
        self.editing.finish(lambda: self._begin_new(values))

    def edit_field(self, key: str) -> None:
        """Edit one field of the contact in view."""
        if self.contact is not None and not self.contact.deleted:
            self.show_tab(DETAILS)
            self.editing.begin(key)

    def dismiss(self) -> None:
        """Close the drawer, after saving what is open."""
        if self.is_editing:
            self.new.keep_draft()
        self.editing.finish(self._close)

    def show_tab(self, place: int) -> None:
        """Bring details, timeline or history into view."""
        self.tabs[place].setChecked(True)
        self._stack.setCurrentIndex(place)
        self._remember(tab=place)

    def show_changes_of(self, field: str) -> None:
        """Show the history of one field."""
        self.show_tab(CHANGES)
        self.story.narrow(field)

    def _begin_new(self, values: Mapping[str, str] | None) -> None:
        self._open_form(tr("New contact"))
        if values:
            self.new.copy(values, self._knowledge)
        else:
            self.new.begin(self._knowledge)
        self.form.focus()

    def _open_form(self, title: str) -> None:
        self._remember(contact=None, new=True)
        self.contact = self._wanted = None
        self._reading.drop()
        self.head.show_person(title, tr("A name, an e-mail or a phone is enough"), "")
        self.head.show_status("", self.vocabulary, allowed=False)
        self.notice.say("")
        self._acts.hide()
        self._tab_row.hide()
        self._stack.setCurrentIndex(FORM)
        self._learn()
        self.show()

    def _close(self) -> None:
        self._remember(contact=None, new=False)
        self._wanted = self.contact = None
        self._reading.drop()
        self._stack.setCurrentIndex(DETAILS)
        self.hide()
        self.closed.emit()

    def _read(self, contact: int) -> None:
        self._wanted = contact
        self._remember(contact=contact, new=False)
        work = partial(read_dossier, self.desk.app, contact)
        self._reading.read(work, self._show_dossier, self._cannot_show)

    def _show_dossier(self, dossier: Dossier) -> None:
        found, shown = dossier.contact.id, self.contact
        if self.editing.edit is not None and shown is not None and shown.id != found:
            # Opened while the other contact was read, and saved before it is shown.
            self.editing.finish(lambda: self._read(found))
            return
        self.contact = dossier.contact
        card = card_of(self.desk.app, dossier, self.vocabulary)
        self.details.show_card(card)
        self.story.show(dossier, card)
        self._show_contact(dossier.contact)
        self._learn()

    def _show_contact(self, contact: ContactView) -> None:
        values = contact.values
        line = ", ".join(str(values[key]) for key in ("title", "company", "city") if values[key])
        self.head.show_person(contact.name or tr("No name"), line, contact.name)
        self._show_status(contact)
        trash = tr("This contact is in the trash.") if contact.deleted else ""
        self.notice.offer("")
        self.notice.say(trash, Tone.NEUTRAL)
        self.mail.setVisible(not contact.deleted)
        self.call.setVisible(not contact.deleted)
        self.mail.setEnabled(bool(values.get("email")))
        self.call.setEnabled(bool(phone_of(contact)))
        self.restore.setVisible(contact.deleted)
        self._acts.show()
        self._tab_row.show()
        if self._stack.currentIndex() == FORM or not self.isVisible():
            self.show_tab(self._first_tab)
        self._first_tab = DETAILS
        self.show()

    def _show_status(self, contact: ContactView) -> None:
        status = str(contact.values.get("status") or "")
        self.head.show_status(status, self.vocabulary, allowed=not contact.deleted)

    def _show_past(self, past: ContactView, moment: datetime) -> None:
        """The contact as it was, until one goes back to now."""
        now = self.details.card
        if now is None:
            return
        self.details.show_card(Card(past, {}, now.reader, past=True))
        self.notice.say(tr("As it was on {when}", when=long_time(moment)), Tone.INFO)
        self.notice.offer(tr("Back to now"), self.reload)
        self.show_tab(DETAILS)

    def _cannot_show(self, error: CaptelyError) -> None:
        if isinstance(error, NotFound):
            self._close()
        else:
            self.notice.say_error(error)
            self.show()

    def _stored(self, contact: ContactView) -> None:
        """Show what was saved at once; the sources and the history follow."""
        card = self.details.card
        if card is not None and card.contact.id == contact.id and not self.is_editing:
            self.contact = contact
            self.details.show_card(Card(contact, card.sources, card.reader))
            self._show_contact(contact)
            self._read(contact.id)

    def _made(self, contact: ContactView) -> None:
        """Show the new contact, here and in the list."""
        self.show_tab(DETAILS)
        self.saved.emit(contact.id)
        self._read(contact.id)

    def _learn(self) -> None:
        """Read what the editors offer, once somebody looks at a contact."""
        if self._knows:
            return
        self._knows = True
        app, vocabulary = self.desk.app, self.vocabulary
        self.desk.calls.read(self, lambda: read_knowledge(app, vocabulary), self._use)

    def _use(self, knowledge: Knowledge) -> None:
        self._knowledge = replace(knowledge, vocabulary=self._vocabulary)
        self.details.use(self._knowledge)

    def _widen(self, pixels: int) -> None:
        wide = self.width() + pixels
        self._wide = round(max(NARROWEST, min(WIDEST, wide * 100 / theme().percent)))
        self.fit(self._room)
        self.shown.emit()

    def _keep_width(self) -> None:
        self._remember(width=self._wide)

    def _remember(self, **changes: object) -> None:
        self.desk.memory.put(MEMORY, {**self.desk.memory.get(MEMORY), **changes})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell the page, which makes room."""
        super().showEvent(event)
        self.shown.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the grip at the edge."""
        super().resizeEvent(event)
        self.grip.setGeometry(0, 0, GRIP, self.height())
        self.grip.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the surface."""
        QPainter(self).fillRect(self.rect(), theme().colour("bg.surface"))
