"""Everything the drawer shows of one contact, read at once in the background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.effects import Effect
from app.services.field_history import FieldPage
from app.services.history import Source, TimelineEntry
from app.services.rows import ContactView
from app.views.contacts.details import Card
from app.views.contacts.provenance import Reader
from app.views.contacts.vocabulary import Vocabulary

if TYPE_CHECKING:
    from app.bootstrap import App

FIRST_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Dossier:
    """A contact with the sources of its values, the newest of its timeline and its changes."""

    contact: ContactView
    sources: Mapping[str, Source]
    timeline: tuple[TimelineEntry, ...]
    effects: tuple[Effect, ...]
    steps: FieldPage
    changed_fields: tuple[str, ...]


def read_dossier(app: App, contact: int) -> Dossier:
    """Read it; for the read pool. Raises NotFound for a contact that never was."""
    return Dossier(
        app.contacts.get(contact),
        app.history.provenance(contact),
        tuple(app.history.timeline(contact, FIRST_ENTRIES)),
        app.effects.of_contact(contact),
        app.field_history.page(contact),
        app.field_history.fields(contact),
    )


def card_of(app: App, dossier: Dossier, vocabulary: Vocabulary) -> Card:
    """What the details show of it."""
    reader = Reader(app.actor.name, app.clock.now(), vocabulary, dossier.steps.tags)
    return Card(dossier.contact, dossier.sources, reader)
