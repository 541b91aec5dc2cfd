"""A new contact in the drawer: its form, the draft that is never lost, and who is like it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from app.core.errors import CaptelyError, LimitReached
from app.core.text import tr
from app.services.billing.left import CONTACTS
from app.services.drafts import CONTACT
from app.services.rows import ContactView
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.common.left import LeftMark, WallNote
from app.views.common.pills import sentences
from app.views.common.tokens import Tone
from app.views.contacts.editor_kinds import Knowledge
from app.views.contacts.form import ContactForm


class NewContact(QObject):
    """made carries the new contact."""

    made = Signal(object)

    def __init__(self, desk: Desk, form: ContactForm) -> None:
        super().__init__(form)
        self._desk = desk
        self.form = form
        self._looking = Latest(desk.calls, self)
        # At the wall it says so before anything is typed.
        self.wall = WallNote(desk)
        self.wall.watch(CONTACTS)
        form.put_above(self.wall)
        self.mark = LeftMark(desk, CONTACTS, [form.save])
        form.typed.connect(self._keep)
        form.saved.connect(self._save)
        form.likeness_wished.connect(self._look_for_likeness)

    def begin(self, knowledge: Knowledge) -> None:
        """An empty form, or the draft that was left behind."""
        draft = self._draft()
        self.form.show_values(draft, knowledge, kept=bool(draft))
        if draft:
            self.form.notice.say(tr("Your draft, as you left it."), Tone.INFO)
            self.form.notice.offer(tr("Start afresh"), lambda: self._start_afresh(knowledge))
            self._look_for_likeness(draft)

    def copy(self, values: Mapping[str, str], knowledge: Knowledge) -> None:
        """The form with another contact's values, to be changed before it is saved."""
        known = {key: text for key, text in values.items() if "." not in key}
        self.form.show_values(known, knowledge, kept=True)
        self._keep()
        self._look_for_likeness(known)

    def keep_draft(self) -> None:
        """Put away what is typed, and say where it is."""
        if not self.form.dirty:
            return
        self._keep()
        self._desk.say(tr("Draft kept: Add contact brings it back"))

    @property
    def has_draft(self) -> bool:
        """Whether a form was begun and not finished."""
        return bool(self._draft())

    def _draft(self) -> dict[str, str]:
        kept = self._desk.drafts.get(CONTACT)
        return {str(key): str(text) for key, text in kept.items()}

    def _keep(self) -> None:
        """As it is typed, so that neither a kill nor the end of the program loses it."""
        if self.form.dirty:
            self._desk.drafts.keep(CONTACT, self.form.values())
        else:
            self._desk.drafts.drop(CONTACT)

    def _start_afresh(self, knowledge: Knowledge) -> None:
        self._desk.drafts.drop(CONTACT)
        self.form.show_values({}, knowledge)
        self.form.focus()

    def _save(self, values: Mapping[str, str], allow_duplicate: object) -> None:
        contacts = self._desk.app.contacts
        again = bool(allow_duplicate)
        self._desk.calls.edit(
            self,
            lambda: contacts.add(values, allow_duplicate=again),
            lambda contact: self._made(values, contact),
            lambda error: self._refused(values, error),
        )

    def _made(self, values: Mapping[str, str], contact: ContactView) -> None:
        """Show it, unless the form was left meanwhile for something else."""
        shown = self._holds(values)
        if shown or self._draft() == values:
            self._desk.drafts.drop(CONTACT)
        if shown:
            self.made.emit(contact)

    def _refused(self, values: Mapping[str, str], error: CaptelyError) -> None:
        if not self._holds(values):
            self._desk.say_error(error)
            return
        self.form.refuse(error)
        if isinstance(error, LimitReached):
            self.form.notice.say("")
            self.wall.say(sentences(error))

    def _holds(self, values: Mapping[str, str]) -> bool:
        """Whether the form is open with just these values."""
        return not self.form.isHidden() and self.form.values() == values

    def _look_for_likeness(self, values: Mapping[str, str]) -> None:
        editing = self._desk.app.editing
        self._looking.read(lambda: editing.likely_same(values), self.form.show_likeness)
