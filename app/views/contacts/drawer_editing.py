"""Carries an edit in place through: one editor at a time, saved, or refused, or mine and theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from app.core.errors import CaptelyError, InvalidFields, InvalidInput
from app.core.fields import BY_KEY
from app.core.text import fold, tr
from app.services.history import Source
from app.services.rows import ContactView
from app.views.common.desk import Desk
from app.views.contacts.details import Card, Details
from app.views.contacts.editor_kinds import make_editor
from app.views.contacts.field_edit import LABELS, FieldEdit
from app.views.contacts.provenance import Reader
from app.views.contacts.value_box import ValueBox
from app.views.contacts.value_words import base_key, journal_key, typed_value, value_words

if TYPE_CHECKING:
    from app.services.editing import Edited

Then = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What became of an edit, and who changed the fields that were left alone."""

    edited: Edited
    sources: Mapping[str, Source]


class FieldEditing(QObject):
    """Opens the editors of a drawer's details and saves what they hold.

    saved carries the contact after each change, stayed its id when an edit was refused while the
    user was on the way elsewhere, open_wished another contact's id.
    """

    saved = Signal(object)
    stayed = Signal(int)
    open_wished = Signal(int)

    def __init__(self, desk: Desk, details: Details) -> None:
        super().__init__(details)
        self._desk = desk
        self._details = details
        self.key = ""
        self._seen: ContactView | None = None
        self._saving = False
        self._next: Then | None = None
        details.edit_wished.connect(self.begin)
        details.add_wished.connect(self.add)

    @property
    def edit(self) -> FieldEdit | None:
        """The open editor."""
        found = self._details.rows.get(self.key)
        return found.edit if found is not None else None

    def begin(self, key: str) -> None:
        """Open the editor of a field, after saving the one that is open."""
        if self.edit is not None:
            if key != self.key:
                self.finish(lambda: self.begin(key))
            return
        card = self._details.card
        shown = self._details.show_box(key) if card and not card.locked else None
        if card is not None and shown is not None:
            self._open(shown, typed_value(card.contact, key), card.contact)

    def add(self, name: str) -> None:
        """Open the editor of one more e-mail or phone; of the main one if that is missing."""
        card = self._details.card
        if self.edit is not None:
            self.finish(lambda: self.add(name))
        elif card is not None and not card.locked and not card.contact.values.get(name):
            self.begin(name)
        elif card is not None and not card.locked:
            taken = {fold(label) for label, _ in card.contact.labelled.get(name, ())}
            label = next((one for one in LABELS if one not in taken), f"other {len(taken)}")
            self._open(self._details.add_box(name, label), "", card.contact)

    def finish(self, then: Then | None = None) -> None:
        """Save what is open, or close it if nothing was changed, and go on once that is done.

        What was refused stays open with its reason, and nothing goes on.
        """
        edit = self.edit
        if edit is None:
            _go_on(then)
        elif not edit.dirty:
            self._close()
            _go_on(then)
        else:
            self._save(then)

    def cancel(self) -> None:
        """Close the editor; what was typed is given up on purpose."""
        key = self.key
        self._close()
        self._focus(key)

    def _open(self, shown: ValueBox, text: str, contact: ContactView) -> None:
        base = base_key(shown.key)
        known = self._details.vocabulary.field(base) or BY_KEY[base]
        label = shown.key.partition(".")[2] if base != shown.key else None
        country = str(contact.values.get("country") or "")
        knowledge = self._details.knowledge.at(country)
        edit = FieldEdit(make_editor(known, text, knowledge), label=label)
        self.key, self._seen, self._saving = shown.key, contact, False
        key = shown.key
        edit.saved.connect(lambda: self.finish(lambda: self._focus(key)))
        edit.left.connect(self._left)
        edit.cancelled.connect(self.cancel)
        edit.theirs_wished.connect(self.cancel)
        edit.duplicate_wished.connect(lambda: self._save(None, allow_duplicate=True))
        edit.open_wished.connect(self._open_other)
        shown.begin(edit)

    def _left(self, step: int) -> None:
        """Tab opens the next field's editor, a click elsewhere only saves."""
        keys = self._details.editable_keys()
        place = keys.index(self.key) + step if self.key in keys and step else -1
        following = keys[place] if 0 <= place < len(keys) else None
        self.finish((lambda: self.begin(following)) if following else None)

    def _open_other(self, contact: int) -> None:
        self._close()
        self.open_wished.emit(contact)

    def _save(self, then: Then | None, *, allow_duplicate: bool = False) -> None:
        edit, seen = self.edit, self._seen
        if self._saving:
            self._next = then or self._next
            return
        if edit is None or seen is None:
            return
        try:
            values = self._values(edit, seen)
        except InvalidInput as error:
            self._refused(edit, error)
            return
        self._saving = True
        app, sent = self._desk.app, edit.text

        def work() -> _Answer:
            edited = app.editing.change(seen, values, allow_duplicate=allow_duplicate)
            sources = app.history.provenance(seen.id) if edited.conflicts else {}
            return _Answer(edited, sources)

        self._desk.calls.edit(
            self,
            work,
            lambda answer: self._stored(edit, sent, answer, then),
            lambda error: self._refused(edit, error),
        )

    def _values(self, edit: FieldEdit, seen: ContactView) -> dict[str, str]:
        """What to store; a further value with a new label leaves its old one."""
        name = base_key(self.key)
        if edit.label is None:
            return {self.key: edit.text}
        old, new = self.key.partition(".")[2], edit.label_text
        if not edit.text:
            return {self.key: ""}
        if not new:
            raise InvalidInput(tr("A further value needs a label."), tr("Write work or home."))
        others = {fold(label) for label, _ in seen.labelled.get(name, ())} - {fold(old)}
        if fold(new) in others:
            raise InvalidInput(
                tr("There is already a value called '{label}'.", label=new),
                tr("Choose another label."),
            )
        stored = {f"{name}.{new}": edit.text}
        moved = fold(old) != fold(new) and seen.value(self.key) is not None
        return {self.key: "", **stored} if moved else stored

    def _stored(self, edit: FieldEdit, sent: str, answer: _Answer, then: Then | None) -> None:
        edited = answer.edited
        if edit is not self.edit:
            self.saved.emit(edited.contact)
            return
        self._saving, self._seen = False, edited.contact
        if edited.conflicts:
            self._show_conflict(edit, self.key, answer)
        elif edit.text == sent:
            following, self._next = self._next or then, None
            self._close()
            self.saved.emit(edited.contact)
            _go_on(following)

    def _show_conflict(self, edit: FieldEdit, key: str, answer: _Answer) -> None:
        source = answer.sources.get(journal_key(key))
        contact, words = answer.edited.contact, self._details.vocabulary
        theirs = value_words(base_key(key), contact.value(key), words)
        if key == "tags":
            theirs = ", ".join(contact.tags)
        edit.refuse(None)
        who = source.actor if source is not None else tr("Somebody")
        edit.show_conflict("" if who == self._desk.app.actor.name else who, theirs, edit.text)
        self._details.show_card(Card(contact, answer.sources, _reader(self._details)))
        self.stayed.emit(contact.id)

    def _refused(self, edit: FieldEdit, error: CaptelyError) -> None:
        seen = self._seen
        if edit is not self.edit or seen is None:
            # Another field is open by now, which this is not about.
            self._desk.say_error(error)
            return
        self._saving, self._next = False, None
        own = error.problems.get(self.key) if isinstance(error, InvalidFields) else None
        edit.refuse(own or error)
        edit.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.stayed.emit(seen.id)

    def _close(self) -> None:
        shown = self._details.rows.get(self.key)
        key, self.key, self._seen = self.key, "", None
        if shown is None:
            return
        shown.end()
        card = self._details.card
        if card is not None and base_key(key) != key and card.contact.value(key) is None:
            self._details.drop_box(key)
        elif card is not None:
            self._details.show_card(card)

    def _focus(self, key: str) -> None:
        shown = self._details.rows.get(key)
        if shown is not None:
            shown.row.setFocus(Qt.FocusReason.TabFocusReason)


def _reader(details: Details) -> Reader | None:
    return details.card.reader if details.card is not None else None


def _go_on(then: Then | None) -> None:
    if then is not None:
        then()
