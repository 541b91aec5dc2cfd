"""Which editor a field gets, by its type and by what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate

from app.core.fields import Field, FieldKind
from app.core.settings import DEFAULT_COUNTRY
from app.core.text import tr
from app.services.phone_numbers import calling_codes
from app.views.contacts.editor_dates import DateEditor
from app.views.contacts.editor_lists import MultiEditor, TagsEditor
from app.views.contacts.editor_phones import PhoneEditor
from app.views.contacts.editors import (
    PLACEHOLDERS,
    BoolEditor,
    Editor,
    LineEditor,
    LongEditor,
    SelectEditor,
)
from app.views.contacts.value_words import country_name
from app.views.contacts.vocabulary import Vocabulary

if TYPE_CHECKING:
    from app.bootstrap import App

SUGGESTED = ("owner", "source", "industry", "seniority")
"""Text fields with few different values, which others' values help to type."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the editors offer: the vocabulary, what others have typed, today and the country."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    suggestions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    today: QDate = field(default_factory=QDate)
    region: str = ""

    def at(self, country: str) -> Knowledge:
        """The same for somebody in a country, by its two letters, if it is one that has numbers."""
        return replace(self, region=country) if country in calling_codes() else self


def read_knowledge(app: App, vocabulary: Vocabulary) -> Knowledge:
    """Read it from the workspace; for the read pool."""
    now = app.clock.now().astimezone()
    # Loaded here, in the background: their first editor needs them at once.
    _countries()
    _time_zones()
    return Knowledge(
        vocabulary,
        {key: app.editing.suggestions(key) for key in SUGGESTED},
        QDate(now.year, now.month, now.day),
        str(app.settings.get(DEFAULT_COUNTRY)),
    )


def make_editor(known: Field, text: str, knowledge: Knowledge) -> Editor:
    """The editor of a field, showing a value as typed."""
    editor = _blank_editor(known, knowledge)
    editor.set_text(text)
    return editor


def _blank_editor(known: Field, knowledge: Knowledge) -> Editor:
    kind = known.kind
    if known.key == "status":
        return SelectEditor(known, knowledge.vocabulary.status_choices())
    if kind is FieldKind.CHOICE:
        return SelectEditor(known, [("", tr("None")), *((c, c) for c in known.choices)])
    if kind is FieldKind.BOOL:
        return BoolEditor(known)
    if kind is FieldKind.LONG_TEXT:
        return LongEditor(known)
    if kind is FieldKind.PHONE:
        return PhoneEditor(known, knowledge.region)
    if kind in (FieldKind.DATE, FieldKind.MOMENT):
        return DateEditor(known, knowledge.today)
    if kind is FieldKind.TAGS:
        return TagsEditor(known, knowledge.vocabulary)
    if kind is FieldKind.MULTI:
        return MultiEditor(known)
    return LineEditor(known, PLACEHOLDERS.get(kind, ""), _known_values(known, knowledge))


def _known_values(known: Field, knowledge: Knowledge) -> Sequence[str]:
    if known.key == "country":
        return _countries()
    if known.key == "time_zone":
        return _time_zones()
    return knowledge.suggestions.get(known.key, ())


@lru_cache(maxsize=1)
def _countries() -> Sequence[str]:
    return sorted({country_name(region) for region in calling_codes()})


@lru_cache(maxsize=1)
def _time_zones() -> Sequence[str]:
    # Imported here: the list is read from disk, and few edit a time zone.
    from zoneinfo import available_timezones

    return sorted(zone for zone in available_timezones() if "/" in zone)
