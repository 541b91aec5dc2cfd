"""A contact's values in words: as they are read in the drawer, and as one would type them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from PySide6.QtCore import QDate, QLocale

from app.core.cells import join_list, number_text
from app.core.fields import BY_KEY, CUSTOM_PREFIX, Field, FieldKind
from app.core.identity import display_name
from app.core.text import marked, tr
from app.services.importing.countries import country_code
from app.services.phone_numbers import grouped
from app.services.rows import ContactView
from app.views.common.words import day_or_time, locale, parsed
from app.views.contacts.vocabulary import Vocabulary

_FURTHER = {
    "email": marked("Further e-mails"),
    "phone": marked("Further phones"),
    "mobile": marked("Further mobiles"),
}


def field_title(key: str, vocabulary: Vocabulary) -> str:
    """What a field of the journal is called, a deleted one by the name it had in files."""
    head, colon, rest = key.partition(":")
    if head == "labelled":
        return tr(_FURTHER.get(rest, rest))
    known = vocabulary.field(key)
    if known is not None:
        return known.title
    return rest if colon else key


def value_words(
    key: str, value: Any, vocabulary: Vocabulary, tags: Mapping[int, str] | None = None
) -> str:
    """A value as it is read, by the field's key in the journal; "" for none."""
    if value is None or value in ("", [], ()):
        return ""
    if key == "status":
        return vocabulary.status(str(value))[0]
    if key == "tags":
        names = tags or {}
        return ", ".join(names.get(one, str(one)) for one in value)
    if key.startswith("labelled:"):
        field = BY_KEY[key.partition(":")[2]]
        return ", ".join(f"{label}: {_plain(field, one)}" for label, one in value)
    return _plain(vocabulary.field(key), value)


def _plain(field: Field | None, value: Any) -> str:
    kind = field.kind if field is not None else FieldKind.TEXT
    if isinstance(value, bool):
        return tr("Yes") if value else tr("No")
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    if field is not None and field.key == "country":
        return country_name(str(value))
    if kind is FieldKind.PHONE:
        return grouped(str(value))
    if kind is FieldKind.MOMENT:
        moment = parsed(value)
        return day_or_time(moment) if moment else str(value)
    if kind is FieldKind.DATE:
        day = QDate.fromString(str(value), "yyyy-MM-dd")
        return locale().toString(day, "d MMMM yyyy") if day.isValid() else str(value)
    if isinstance(value, int | float) and kind in (FieldKind.NUMBER, FieldKind.MONEY):
        return _figure(value)
    return str(value)


def _figure(value: float) -> str:
    if isinstance(value, int):
        return locale().toString(value)
    return locale().toString(value, "f", QLocale.FloatingPointPrecisionOption.FloatingPointShortest)


def country_name(code: str) -> str:
    """A country by its two letters, in words; what is no code stays as it is."""
    territory = QLocale.codeToTerritory(code) if len(code) == 2 else QLocale.Country.AnyCountry
    if territory is QLocale.Country.AnyCountry:
        return code
    return QLocale.territoryToString(territory)


def typed_words(value: Any) -> str:
    """A value as one would type it, and as the same value is read again."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return _typed_moment(value)
    if isinstance(value, list | tuple):
        return join_list([str(part) for part in value])
    return number_text(value) if isinstance(value, int | float) else str(value)


def _typed_moment(moment: datetime) -> str:
    if moment.astimezone(UTC).time() == time():
        # A date alone is stored as its first instant.
        return moment.astimezone(UTC).date().isoformat()
    return moment.astimezone().strftime("%Y-%m-%d %H:%M %z")


def typed_value(contact: ContactView, key: str) -> str:
    """One field of a contact as one would type it; a full name that nobody typed is blank."""
    value = contact.value(key)
    if key == "full_name":
        first, last = contact.values.get("first_name"), contact.values.get("last_name")
        if value == display_name(first, last, None):
            return ""
    if key == "country" and value:
        name = country_name(str(value))
        # Only a name by which the same country is found again; otherwise its letters.
        return name if country_code(name) == value else str(value)
    if key in ("phone", "mobile") or key.partition(".")[0] in ("phone", "mobile"):
        return grouped(str(value)) if value else ""
    return typed_words(value)


def typed_contact(contact: ContactView, vocabulary: Vocabulary) -> dict[str, str]:
    """Every editable value of a contact as one would type it."""
    fields = [field.key for field in (*BY_KEY.values(), *vocabulary.custom) if field.editable]
    typed = {key: typed_value(contact, key) for key in fields}
    typed |= {
        f"{field}.{label}": str(value)
        for field, pairs in contact.labelled.items()
        for label, value in pairs
    }
    return {key: text for key, text in typed.items() if text}


def base_key(key: str) -> str:
    """The field of a further value: email for email.home."""
    return key if key.startswith(CUSTOM_PREFIX) else key.partition(".")[0]


def journal_key(key: str) -> str:
    """Where the journal keeps a field: labelled:email for email.home."""
    base = base_key(key)
    return key if base == key else f"labelled:{base}"
