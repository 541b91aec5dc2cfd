"""A contact's value as one would type it into its cell, and which cells can be typed into."""

from __future__ import annotations

from datetime import datetime

from app.core.clock import from_us
from app.core.fields import BY_KEY, Field, FieldKind
from app.services.rows import ContactRow
from app.views.contacts.columns import NAME
from app.views.contacts.vocabulary import Vocabulary

IN_DRAWER = (FieldKind.LONG_TEXT,)
"""Kinds whose values have several lines, which no cell has room for."""


def field_of(key: str, vocabulary: Vocabulary) -> Field | None:
    """The field of a column; None for the name, which is made of several."""
    if key == NAME:
        return None
    own = {field.key: field for field in vocabulary.custom}
    return BY_KEY.get(key) or own.get(key)


def typed(contact: ContactRow, key: str) -> str:
    """What stands in the editor when it opens."""
    value = contact.more.get(key) if key in contact.more else getattr(contact, key, None)
    field = BY_KEY.get(key)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and field is not None and field.kind is FieldKind.MOMENT:
        value = from_us(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
