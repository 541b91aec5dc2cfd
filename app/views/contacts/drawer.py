"""The drawer at the right: one contact's details and history, its form, and its actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.core.errors import CaptelyError, NotFound
from app.core.text import tr
from app.services.history import Source
from app.services.rows import ContactView
from app.views.common.boxes import Rule, column, row
from app.views.common.buttons import Btn, IconBtn, Kind, TabBtn
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel
from app.views.common.painting import paint_avatar
from app.views.common.pills import Notice, Pill
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.contacts.details import Details, typed_values
from app.views.contacts.form import ContactForm
from app.views.contacts.timeline import Timeline, TimelineRow, timeline_rows
from app.views.contacts.vocabulary import Vocabulary

WIDTH, NARROW_WIDTH = 420, 360
DETAILS, HISTORY, FORM = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Dossier:
    """Everything the drawer shows of one contact, read at once in the background."""

    contact: ContactView
    sources: Mapping[str, Source]
    timeline: tuple[TimelineRow, ...]


class Drawer(QWidget):
    """Shows a contact, or the form of a new one.

    shown, closed, delete_wished(id) and restore_wished(id) are for the page; saved(id) follows
    every change made here.
    """

    shown = Signal()
    closed = Signal()
    saved = Signal(int)
    delete_wished = Signal(int)
    restore_wished = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.contact: ContactView | None = None
        self.vocabulary = Vocabulary()
        self._wanted: int | None = None
        self._avatar = _Avatar()
        self._name = ElidedLabel("", Role.SUBTITLE)
        self._line = ElidedLabel("", Role.BODY, "secondary")
        self._status = Pill()
        self._notice = Notice()
        self.edit = Btn(tr("Edit"), Kind.OUTLINE, "pencil")
        self.copy = Btn(tr("Copy e-mail"), Kind.OUTLINE, "copy")
        self.delete = Btn(tr("Delete"), Kind.GHOST, "trash-2")
        self.restore = Btn(tr("Restore"), Kind.OUTLINE, "rotate-ccw")
        self.close_button = IconBtn("x", tr("Close the drawer"))
        self.tabs = (TabBtn(tr("Details")), TabBtn(tr("History")))
        self.details = Details()
        self.timeline = Timeline()
        self.form = ContactForm()
        self._stack = QStackedWidget()
        self._lay_out()
        self._wire()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def _lay_out(self) -> None:
        for view in (self.details, self.timeline, self.form):
            self._stack.addWidget(view)
        status = row(self._name, self._status, gap=8)
        status.setStretchFactor(self._name, 1)
        words = column(status, self._line, gap=0)
        head = row(self._avatar, words, self.close_button, gap=12, margins=(24, 16, 16, 0))
        head.setStretchFactor(words, 1)
        self._actions = QWidget()
        self._actions.setLayout(
            row(
                self.edit,
                self.restore,
                self.copy,
                None,
                self.delete,
                gap=8,
                margins=(24, 12, 16, 0),
            )
        )
        self._tab_row = QWidget()
        self._tab_row.setLayout(row(*self.tabs, None, gap=4, margins=(24, 12, 16, 8)))
        notice = row(self._notice, margins=(24, 0, 24, 0))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        for part in (head, self._actions, self._tab_row, notice, Rule(), self._stack):
            layout.addWidget(part) if isinstance(part, QWidget) else layout.addLayout(part)
        layout.setStretchFactor(self._stack, 1)

    def _wire(self) -> None:
        self.close_button.clicked.connect(self.dismiss)
        self.edit.clicked.connect(lambda: self.edit_field("first_name"))
        self.copy.clicked.connect(self._copy_email)
        self.delete.clicked.connect(self._delete)
        self.restore.clicked.connect(self._restore)
        self.tabs[0].clicked.connect(lambda: self._stack.setCurrentIndex(DETAILS))
        self.tabs[1].clicked.connect(lambda: self._stack.setCurrentIndex(HISTORY))
        self.details.edit_wished.connect(self.edit_field)
        self.form.saved.connect(self._save)
        self.form.cancelled.connect(self._end_form)

    @property
    def is_editing(self) -> bool:
        """True while the form is open."""
        return self._stack.currentIndex() == FORM and self.isVisible()

    def sizeHint(self) -> QSize:
        """420 wide where there is room."""
        return QSize(theme().px(WIDTH), 400)

    def fit(self, room: int) -> None:
        """Take the width that the page's width allows."""
        wide = theme().px(WIDTH) if room >= theme().px(1000) else theme().px(NARROW_WIDTH)
        self.setFixedWidth(min(wide, max(room // 2, 320)))

    def open_contact(self, contact: int) -> None:
        """Show one contact, read in the background."""
        self._wanted = contact
        app = self.desk.app
        self.desk.calls.read(
            self,
            lambda: _Dossier(
                app.contacts.get(contact),
                app.history.provenance(contact),
                timeline_rows(app.history.timeline(contact), app.clock.now()),
            ),
            self._show_dossier,
            self._cannot_show,
        )

    def reload(self) -> None:
        """Read the shown contact again, unless its form is open."""
        if self.isVisible() and self._wanted is not None and not self.is_editing:
            self.open_contact(self._wanted)

    def add(self, values: Mapping[str, str] | None = None) -> None:
        """Show the form of a new contact, with values typed into it already."""
        self.contact, self._wanted = None, None
        self._show_head(tr("New contact"), tr("A name, an e-mail or a phone is enough"), "+")
        self._status.hide()
        self._open_form({}, "first_name")
        self.form.fill(values or {})

    def edit_field(self, key: str) -> None:
        """Open the form with the cursor in one field."""
        if self.contact is not None and not self.contact.deleted:
            self._open_form(typed_values(self.contact), key)

    def dismiss(self) -> None:
        """Close the drawer."""
        self._wanted = self.contact = None
        self.hide()
        self.closed.emit()

    def _open_form(self, values: Mapping[str, str], key: str) -> None:
        self._notice.say("")
        self.form.show_contact(values, self.vocabulary)
        self._actions.hide()
        self._tab_row.hide()
        self._stack.setCurrentIndex(FORM)
        self.show()
        self.form.focus(key)

    def _end_form(self) -> None:
        if self.contact is None:
            self.dismiss()
            return
        self._show_contact()

    def _show_dossier(self, dossier: _Dossier) -> None:
        if dossier.contact.id != self._wanted or self.is_editing:
            return
        self.contact = dossier.contact
        self.details.show_contact(dossier.contact, dossier.sources, self.vocabulary)
        self.timeline.show_rows(dossier.timeline)
        self.tabs[1].set_count(len(dossier.timeline))
        self._show_contact()

    def _show_contact(self) -> None:
        contact = self.contact
        if contact is None:
            return
        parts = (
            contact.values.get("title"),
            contact.values.get("company"),
            contact.values.get("city"),
        )
        line = ", ".join(str(part) for part in parts if part)
        self._show_head(contact.name or tr("No name"), line, contact.name)
        label, tone = self.vocabulary.status(str(contact.values.get("status") or ""))
        self._status.show_word(label, tone)
        self._status.show()
        self._notice.say(
            tr("This contact is in the trash.") if contact.deleted else "", Tone.NEUTRAL
        )
        self.edit.setVisible(not contact.deleted)
        self.delete.setVisible(not contact.deleted)
        self.restore.setVisible(contact.deleted)
        self.copy.setVisible(bool(contact.values.get("email")))
        self._actions.show()
        self._tab_row.show()
        if self._stack.currentIndex() == FORM or not self.isVisible():
            self.tabs[0].setChecked(True)
            self._stack.setCurrentIndex(DETAILS)
        self.show()

    def _show_head(self, name: str, line: str, avatar: str) -> None:
        self._name.setText(name)
        self._line.setText(line)
        self._avatar.show_name(avatar)

    def _cannot_show(self, error: CaptelyError) -> None:
        if isinstance(error, NotFound):
            self.dismiss()
        else:
            self._notice.say_error(error)
            self.show()

    def _save(self, values: Mapping[str, str]) -> None:
        contacts, contact = self.desk.app.contacts, self.contact
        if contact is None:
            self.desk.calls.edit(self, lambda: contacts.add(values), self._saved, self.form.refuse)
            return
        version = contact.version
        self.desk.calls.edit(
            self,
            lambda: contacts.change(contact.id, values, expected_version=version),
            self._saved,
            self.form.refuse,
        )

    def _saved(self, contact: ContactView) -> None:
        self._stack.setCurrentIndex(DETAILS)
        self.tabs[0].setChecked(True)
        self.saved.emit(contact.id)
        self.open_contact(contact.id)

    def _copy_email(self) -> None:
        if self.contact is not None:
            QGuiApplication.clipboard().setText(str(self.contact.values.get("email") or ""))
            self.desk.say(tr("E-mail copied"))

    def _delete(self) -> None:
        if self.contact is not None:
            self.delete_wished.emit(self.contact.id)
            self.dismiss()

    def _restore(self) -> None:
        if self.contact is not None:
            self.restore_wished.emit(self.contact.id)

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

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the surface and the line at its left."""
        painter, look = QPainter(self), theme()
        painter.fillRect(self.rect(), look.colour("bg.surface"))
        painter.fillRect(QRectF(0, 0, 1, self.height()), look.colour("border.subtle"))


class _Avatar(QWidget):
    """The contact's initials."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str) -> None:
        """Show other initials."""
        self._shown = name
        self.update()

    def sizeHint(self) -> QSize:
        """As high as two lines."""
        return QSize(theme().px(40), theme().px(40))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the token."""
        side = float(theme().px(40))
        paint_avatar(QPainter(self), QRectF(0, 0, side, side), self._shown, Role.SUBTITLE)
