"""The fields as the import pages offer them: grouped, with words and icons."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.fields import BY_KEY, LABELLED, Field, FieldKind
from app.core.text import marked, tr
from app.views.importing.choices import Choice

IGNORE, SPLIT, NEW = "", "full_name:split", "+"

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        marked("Person"),
        ("first_name", "last_name", "full_name", SPLIT, "title", "seniority"),
    ),
    (
        marked("Reach"),
        ("email", "email.2", "phone", "phone.2", "mobile", "mobile.2", "linkedin_url", "website"),
    ),
    (marked("Company"), ("company", "domain", "industry")),
    (
        marked("Place"),
        ("address", "city", "postal_code", "region", "country", "time_zone"),
    ),
    (
        marked("Sales"),
        ("status", "owner", "source", "tags", "last_contacted", "notes"),
    ),
)

_ICONS = {
    "title": "briefcase", "company": "building-2", "domain": "globe", "email": "mail",
    "phone": "phone", "mobile": "phone", "linkedin_url": "link", "website": "globe",
    "tags": "tags", "status": "list-checks", "source": "tag", "notes": "file-text",
    "owner": "user", "country": "globe", "industry": "building-2", "time_zone": "clock",
    "address": "map-pin", "city": "map-pin", "postal_code": "map-pin", "region": "map-pin",
    "first_name": "user", "last_name": "user", "full_name": "users", "seniority": "briefcase",
}  # fmt: skip
_BY_KIND = {
    FieldKind.NUMBER: "hash", FieldKind.MONEY: "credit-card", FieldKind.DATE: "calendar",
    FieldKind.MOMENT: "calendar", FieldKind.BOOL: "check", FieldKind.CHOICE: "list-checks",
    FieldKind.MULTI: "list-checks", FieldKind.URL: "globe", FieldKind.EMAIL: "mail",
    FieldKind.PHONE: "phone",
}  # fmt: skip

KIND_WORDS = {
    FieldKind.TEXT: marked("Text"),
    FieldKind.NUMBER: marked("Number"),
    FieldKind.MONEY: marked("Amount of money"),
    FieldKind.DATE: marked("Date"),
    FieldKind.BOOL: marked("Yes or no"),
    FieldKind.CHOICE: marked("One of some choices"),
    FieldKind.MULTI: marked("Several of some choices"),
    FieldKind.URL: marked("Web address"),
    FieldKind.EMAIL: marked("E-mail"),
    FieldKind.PHONE: marked("Phone"),
}


def field_title(key: str, custom: Sequence[Field] = ()) -> str:
    """The words for a field's key."""
    if key == IGNORE:
        return tr("Ignored")
    if key == SPLIT:
        return tr("First and last name")
    known = BY_KEY | {field.key: field for field in custom}
    if key in known:
        return known[key].title
    base, dot, label = key.partition(".")
    if dot and base in LABELLED:
        if label == "2":
            return tr("{field}, second", field=BY_KEY[base].title)
        return tr("{field} ({label})", field=BY_KEY[base].title, label=label)
    return key.partition(":")[2] or key


def field_icon(key: str, custom: Sequence[Field] = ()) -> str:
    """The icon of a field."""
    if key == IGNORE:
        return "circle-x"
    base = key.partition(".")[0].partition(":")[0]
    if base in _ICONS:
        return _ICONS[base]
    known = BY_KEY | {field.key: field for field in custom}
    return _BY_KIND.get(known[key].kind, "type") if key in known else "type"


def choices(custom: Sequence[Field], *, new: bool = True) -> list[Choice]:
    """What a column can be put into, with headings."""
    found = [Choice(IGNORE, field_title(IGNORE), "circle-x", "ignore skip")]
    if new:
        words = tr("New field from this column…")
        found.append(Choice(NEW, words, "plus", "create add custom"))
    for heading, keys in _GROUPS:
        found.append(Choice(None, tr(heading)))
        found += [_choice(key, custom) for key in keys]
    if custom:
        found.append(Choice(None, tr("Your own fields")))
        found += [_choice(field.key, custom) for field in custom]
    return found


def _choice(key: str, custom: Sequence[Field]) -> Choice:
    known = BY_KEY.get(key)
    finds = " ".join((key, *known.aliases)) if known else key
    return Choice(key, field_title(key, custom), field_icon(key, custom), finds)
