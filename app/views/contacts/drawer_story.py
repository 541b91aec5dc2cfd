"""What the drawer's timeline and history tabs show, page by page, and the contact as it was."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.services.effects import Effect
from app.services.field_history import FieldPage
from app.services.history import Source, TimelineEntry
from app.services.rows import ContactView
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.contacts.changes import Changes
from app.views.contacts.details import Card
from app.views.contacts.dossier import FIRST_ENTRIES, Dossier
from app.views.contacts.timeline import Timeline, timeline_rows


class Story(QObject):
    """Fills the two tabs from a dossier and reads on when asked.

    counted carries the words of the timeline's count; past_found a view and its moment.
    """

    counted = Signal(str)
    past_found = Signal(object, object)

    def __init__(self, desk: Desk, timeline: Timeline, changes: Changes) -> None:
        super().__init__(timeline)
        self._desk = desk
        self.timeline = timeline
        self.changes = changes
        self._card: Card | None = None
        self._entries: tuple[TimelineEntry, ...] = ()
        self._effects: tuple[Effect, ...] = ()
        self._sources: tuple[Source, ...] = ()
        self._older: int | None = None
        self._first = FieldPage((), None, {})
        self._reading_entries = Latest(desk.calls, self)
        self._reading_changes = Latest(desk.calls, self)
        self._reading_past = Latest(desk.calls, self)
        timeline.older_wished.connect(self._read_older_entries)
        changes.filter_wished.connect(lambda _field: self._read_changes())
        changes.older_wished.connect(self._read_older_changes)
        changes.moment_wished.connect(self._read_past)

    def show(self, dossier: Dossier, card: Card) -> None:
        """Show the newest of both."""
        other = self._card is None or self._card.contact.id != card.contact.id
        self._card = card
        self._reading_entries.drop()
        self._reading_past.drop()
        self._effects, self._sources = dossier.effects, tuple(dossier.sources.values())
        self._entries = dossier.timeline
        self._show_entries(more=len(dossier.timeline) == FIRST_ENTRIES)
        self._first = dossier.steps
        if card.reader is not None:
            self.changes.offer_fields(dossier.changed_fields, card.reader)
        if other:
            self.changes.filter.choose("")
        self._read_changes()

    def narrow(self, field: str) -> None:
        """Show the changes of one field."""
        self.changes.filter.choose(field)
        self._read_changes()

    def _show_entries(self, *, more: bool) -> None:
        reader = self._card.reader if self._card is not None else None
        if reader is None:
            return
        rows = timeline_rows(self._entries, self._effects, reader, self._sources)
        self.timeline.show_rows(rows, older=more)
        self.counted.emit(f"{len(rows)}+" if more else str(len(rows)))

    def _read_older_entries(self) -> None:
        card, history = self._card, self._desk.app.history
        if card is None or not self._entries:
            return
        contact, last = card.contact.id, self._entries[-1].seq
        self._reading_entries.read(
            lambda: tuple(history.timeline(contact, FIRST_ENTRIES, before=last)), self._add_entries
        )

    def _add_entries(self, found: tuple[TimelineEntry, ...]) -> None:
        self._entries = (*self._entries, *found)
        self._show_entries(more=len(found) == FIRST_ENTRIES)

    def _read_changes(self) -> None:
        """The newest changes, of one field if the list is narrowed to it."""
        field = str(self.changes.filter.value() or "")
        if field:
            self._ask(field, None, first=True)
        else:
            self._reading_changes.drop()
            self._show_changes(self._first, first=True)

    def _read_older_changes(self) -> None:
        if self._older is not None:
            self._ask(str(self.changes.filter.value() or ""), self._older, first=False)

    def _ask(self, field: str, before: int | None, *, first: bool) -> None:
        card, history = self._card, self._desk.app.field_history
        if card is not None:
            contact = card.contact.id
            self._reading_changes.read(
                lambda: history.page(contact, field or None, before=before),
                lambda page: self._show_changes(page, first=first),
            )

    def _show_changes(self, page: FieldPage, *, first: bool) -> None:
        card = self._card
        if card is None or card.reader is None:
            return
        self._older = page.older
        if first:
            self.changes.show_page(page, card.reader, can_restore=not card.locked)
        else:
            self.changes.add_page(page, card.reader)

    def _read_past(self, moment: datetime) -> None:
        card, history = self._card, self._desk.app.field_history
        if card is not None:
            contact = card.contact.id
            self._reading_past.read(
                lambda: history.as_of(contact, moment), lambda past: self._tell_past(past, moment)
            )

    def _tell_past(self, past: ContactView | None, moment: datetime) -> None:
        if past is not None:
            self.past_found.emit(past, moment)
