"""The form of a new contact: the drawer's own controls, each error beside its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.errors import AlreadyThere, CaptelyError, InvalidFields
from app.core.fields import BY_KEY
from app.core.text import marked, tr
from app.views.common.boxes import Rule, Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.pills import Notice, sentences
from app.views.common.tokens import Tone
from app.views.contacts.editor_kinds import Knowledge, make_editor
from app.views.contacts.editors import Editor

if TYPE_CHECKING:
    from app.services.editing import Likeness

FIRST = ("first_name", "last_name", "email", "phone", "company", "title", "status", "tags")
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", FIRST),
    (marked("More"), ("mobile", "owner", "source", "full_name", "seniority", "linkedin_url")),
    (marked("Company"), ("domain", "website", "industry")),
    (
        marked("Place"),
        ("address", "postal_code", "city", "region", "country", "time_zone"),
    ),
    (marked("Notes"), ("last_contacted", "notes")),
)
RECOGNISED = ("email", "phone", "mobile")
"""The fields by which somebody who is there already is recognised while one types."""
PAUSE_MS = 250


class ContactForm(QWidget):
    """Emits saved with the typed values, typed after each change, cancelled, likeness_wished while
    one types, and open_wished with the id of a contact that is there already."""

    saved = Signal(object, bool)
    typed = Signal()
    cancelled = Signal()
    likeness_wished = Signal(object)
    open_wished = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, FormField] = {}
        self._before: dict[str, str] = {}
        self._groups: list[int] = []
        self._had: QWidget | None = None
        self._left: list[tuple[str, tuple[str, ...]]] = []
        self._knowledge = Knowledge()
        self._column = QVBoxLayout()
        self.notice = Notice()
        self.save = Btn(tr("Add"), Kind.PRIMARY)
        self.save.setAccessibleName(tr("Add contact"))
        self.cancel = Btn(tr("Cancel"), Kind.GHOST)
        self.more = Btn(tr("Show all fields"), Kind.LINK)
        self.save.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.cancelled.emit)
        self.more.clicked.connect(self.show_all)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask_likeness)
        self._scroll = Scrolled(QWidget(), tr("Fields of the contact"), over=True)
        foot = row(self.more, None, self.cancel, self.save, gap=8, margins=(24, 12, 24, 16))
        self._above = column(self.notice, gap=8, margins=(24, 12, 24, 0))
        self.setLayout(column(self._above, self._scroll, Rule(), foot, gap=0))

    @property
    def editors(self) -> dict[str, Editor]:
        """The controls by field."""
        return {key: shown.editor for key, shown in self.fields.items()}

    @property
    def dirty(self) -> bool:
        """Whether anything was typed that is not stored."""
        return bool(self.values()) and self.values() != self._before

    def show_values(
        self, values: Mapping[str, str], knowledge: Knowledge, *, kept: object = False
    ) -> None:
        """Begin with these values; `kept` ones are a draft, which is dirty from the start."""
        self.notice.say("")
        self.fields, self._groups, self._knowledge = {}, [], knowledge
        own = tuple(field.key for field in knowledge.vocabulary.custom)
        self._left = [*GROUPS, *([(marked("Own fields"), own)] if own else [])]
        self._column = column(None, gap=0, margins=(24, 12, 24, 16))
        for title, keys in [g for g in self._left if not g[0] or any(map(values.get, g[1]))]:
            self._build(title, keys, values)
        self._scroll.setWidget(box(self._column))
        self.more.setVisible(bool(self._left))
        self._before = {} if kept else self.values()
        self._wait(waiting=False)

    def put_above(self, part: QWidget) -> None:
        """Show something else above the fields."""
        self._above.addWidget(part)

    def focus(self, key: str = "first_name") -> None:
        """Put the cursor into a field."""
        shown = self.fields.get(key) or next(iter(self.fields.values()))
        shown.editor.begin()
        self._scroll.ensureWidgetVisible(shown, 0, 64)

    def values(self) -> dict[str, str]:
        """What is typed, without blanks."""
        typed = {key: shown.editor.text() for key, shown in self.fields.items()}
        return {key: text for key, text in typed.items() if text}

    def submit(self, *, allow_duplicate: bool = False) -> None:
        """Hand over what is typed, once: a second click finds it under way."""
        if not self.save.isEnabled():
            return
        for shown in self.fields.values():
            shown.refuse("")
        self.notice.say("")
        self._wait(waiting=True)
        self.saved.emit(self.values(), allow_duplicate)

    def refuse(self, error: CaptelyError) -> None:
        """Show each sentence below its field; what is typed stays."""
        self._wait(waiting=False)
        if isinstance(error, AlreadyThere) and "email" in self.fields:
            self._refuse_known(error)
            return
        problems = error.problems if isinstance(error, InvalidFields) else {}
        own = {key: one for key, one in problems.items() if key in self.fields}
        for key, problem in own.items():
            self.fields[key].refuse(sentences(problem))
        if not own:
            self.notice.say_error(error)
        else:
            self.focus(next(key for key in self.fields if key in own))

    def _wait(self, *, waiting: bool) -> None:
        """Take no more letters while it is being saved; they would not be saved with it."""
        if waiting:
            self._had = self.focusWidget()
        self.save.setEnabled(not waiting)
        self._scroll.setEnabled(not waiting)
        if not waiting and self._had is not None:
            had, self._had = self._had, None
            if shiboken6.isValid(had):
                had.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_likeness(self, found: Sequence[Likeness]) -> None:
        """Say below e-mail or phone who is there already."""
        for key in RECOGNISED:
            shown = self.fields.get(key)
            field = "email" if key == "email" else "phone"
            typed = bool(shown is not None and shown.editor.text())
            alike = next((one for one in found if one.field == field and typed), None)
            if shown is not None:
                shown.show_alike(alike)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds, Escape leaves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _build(self, title: str, keys: Sequence[str], values: Mapping[str, str]) -> None:
        """Make one group of fields; those that nobody asks for yet are left out, which is quick."""
        self._left = [group for group in self._left if group[1] != keys]
        parts: list[QWidget] = [Rule(), Label(tr(title), Role.SUBTITLE)] if title else []
        parts += [self._field(key, values) for key in keys]
        if not title:
            parts[:2] = [box(row(*parts[:2], gap=12))]
        group = box(column(*parts, gap=12, margins=(0, 4, 0, 8)))
        # In the order of the declaration, before the stretch.
        places = [keys for _title, keys in GROUPS]
        rank = places.index(tuple(keys)) if tuple(keys) in places else len(places)
        place = sum(other < rank for other in self._groups)
        self._groups = sorted([*self._groups, rank])
        self._column.insertWidget(place, group)

    def _field(self, key: str, values: Mapping[str, str]) -> FormField:
        field = self._knowledge.vocabulary.field(key) or BY_KEY[key]
        typed = values.get(key, "new" if key == "status" else "")
        shown = FormField(make_editor(field, typed, self._knowledge))
        shown.editor.changed.connect(lambda: self._typed(key))
        shown.open_wished.connect(self.open_wished.emit)
        shown.anyway_wished.connect(lambda: self.submit(allow_duplicate=True))
        self.fields[key] = shown
        return shown

    def show_all(self) -> None:
        """Show the groups that nobody has asked for yet."""
        for title, keys in list(self._left):
            self._build(title, keys, {})
        self.more.hide()
        self.focus("mobile")

    def _typed(self, key: str) -> None:
        self.fields[key].refuse("")
        self.typed.emit()
        if key in RECOGNISED:
            self._pause.start()

    def _ask_likeness(self) -> None:
        self.likeness_wished.emit(self.values())

    def _refuse_known(self, error: AlreadyThere) -> None:
        shown = self.fields["email"]
        shown.refuse(error.message)
        shown.offer(error.contact)
        self.focus("email")


class FormField(QWidget):
    """Caption, control, and below it what is wrong or worth knowing."""

    open_wished = Signal(int)
    anyway_wished = Signal()

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self.editor = editor
        self.caption = Label(editor.field.title, Role.CAPTION, "secondary")
        self.caption.setBuddy(editor)
        self.error = Para("", Role.SMALL, "danger")
        self.hint = Para("", Role.SMALL, "muted")
        self.alike = Notice(Tone.WARNING)
        self.open = Btn(tr("Open that contact"), Kind.LINK)
        self.anyway = Btn(tr("Add all the same"), Kind.LINK)
        self._known: int | None = None
        self.open.clicked.connect(self._open)
        self.anyway.clicked.connect(self.anyway_wished.emit)
        self._choices = box(row(self.open, self.anyway, None, gap=12))
        parts = (self.caption, editor, self.hint, self.error, self._choices, self.alike)
        self.setLayout(column(*parts, gap=4))
        editor.changed.connect(self._say_hint)
        self._say_hint()
        self.refuse("")

    def refuse(self, sentence: str) -> None:
        """Show what is wrong; "" takes it away."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self.editor.mark_invalid(bool(sentence))
        self._choices.hide()

    def offer(self, contact: int) -> None:
        """Offer the contact that is there already, or to add another all the same."""
        self._known = contact
        self.alike.say("")
        self._choices.show()

    def show_alike(self, alike: Likeness | None) -> None:
        """Say that somebody like that is there already, before anything is saved."""
        if alike is None or not self._choices.isHidden():
            self.alike.say("")
            return
        self._known = alike.contact
        what = tr("e-mail") if alike.field == "email" else tr("number")
        name = alike.name or tr("A contact without a name")
        said = tr("{name} is likely the same person: same {what}.", name=name, what=what)
        self.alike.say(said, Tone.WARNING)
        self.alike.offer(tr("Open"), self._open)

    def _open(self) -> None:
        if self._known is not None:
            self.open_wished.emit(self._known)

    def _say_hint(self) -> None:
        said = self.editor.hint() if self.editor.text() else ""
        self.hint.setText(said)
        self.hint.setVisible(bool(said))
