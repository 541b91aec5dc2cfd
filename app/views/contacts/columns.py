"""The columns of the contacts table: every field that can be one, and a contact's cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from app.core.fields import BY_KEY, FIELDS, Field, FieldKind
from app.core.text import marked, tr
from app.services.phone_numbers import glanced
from app.services.rows import IN_EVERY_ROW, ContactRow
from app.views.common.cells import MISSING, Cell, Column, Look, cell
from app.views.common.fonts import Role
from app.views.common.painting import text_width
from app.views.common.theme import theme
from app.views.common.words import (
    day_or_time,
    locale,
    long_time,
    longest_short_time,
    number,
    parsed,
    short_time,
)
from app.views.contacts.vocabulary import Vocabulary

CHECK = Column("check", "", 40, weight=0)
NAME = "name"
USUAL = (NAME, "company", "email", "status", "tags", "phone", "updated")
"""The columns of somebody who has not chosen any, in their order."""

_WIDTHS = {
    NAME: 192, "company": 144, "email": 216, "status": 116, "tags": 104, "phone": 152,
    "mobile": 128, "last_contacted": 128, "score": 80,
    "notes": 224, "address": 192, "linkedin_url": 192, "website": 176, "title": 168,
    "postal_code": 112,
}  # fmt: skip
_WEIGHTS = {NAME: 1, "company": 1, "email": 6, "tags": 1, "title": 2, "notes": 4}
_RANKS = {NAME: 0, "status": 0, "company": 1, "email": 3, "updated": 4, "tags": 5, "phone": 6}
_TITLES = {NAME: marked("Name"), "updated": marked("Changed"), "created": marked("Added")}
_NARROWEST, _USUAL_WIDTH = 64, 128
_MOMENTS, _PADDING = ("updated", "created"), 24
_PARTS = ("first_name", "last_name", "full_name")
_RIGHT = (FieldKind.NUMBER, FieldKind.MONEY)


def choosable(custom: Sequence[Field]) -> list[tuple[str, str]]:
    """Key and title of everything that can be a column, in the order of the catalogue."""
    shown = [field for field in FIELDS if field.key != "full_name"]
    return [(NAME, title_of(NAME, None)), *((f.key, title_of(f.key, f)) for f in (*shown, *custom))]


def title_of(key: str, field: Field | None) -> str:
    """What a column is called."""
    own = _TITLES.get(key)
    return tr(own) if own else field.title if field else key


def columns_of(chosen: Sequence[tuple[str, int]], custom: Sequence[Field]) -> tuple[Column, ...]:
    """The check boxes and the chosen columns (key and own width, 0 for none), or the usual ones.

    Fields that are gone are left out; the name is always there.
    """
    known = {**BY_KEY, **{field.key: field for field in custom}}
    wanted = [pair for pair in chosen if pair[0] == NAME or pair[0] in known]
    if wanted and NAME not in (key for key, _width in wanted):
        wanted.insert(0, (NAME, 0))
    wanted = wanted or [(key, 0) for key in USUAL]
    made = [_column(key, known.get(key), width, place) for place, (key, width) in enumerate(wanted)]
    return (CHECK, *made)


def further(columns: Sequence[Column]) -> tuple[str, ...]:
    """The keys that rows must be read with for these columns, beyond what every row has."""
    return tuple(column.key for column in columns[1:] if column.key not in IN_EVERY_ROW)


def with_phones(columns: Sequence[Column], custom: Sequence[Field]) -> bool:
    """Whether telephone numbers are shown."""
    own = {field.key: field.kind for field in custom}
    return any(
        (BY_KEY[column.key].kind if column.key in BY_KEY else own.get(column.key))
        is FieldKind.PHONE
        for column in columns
    )


def narrowest() -> int:
    """The least width that a column may be dragged to, at 100 % text size."""
    return _NARROWEST


def _column(key: str, field: Field | None, width: int, place: int) -> Column:
    kind = field.kind if field else FieldKind.TEXT
    return Column(
        key,
        title_of(key, field),
        width or _width(key),
        weight=0 if width else _WEIGHTS.get(key, 0),
        # Of the columns that nobody has ranked those further right give way first.
        rank=_RANKS.get(key, 7 + place),
        right=kind in _RIGHT or key in _MOMENTS,
        sort=NAME if key == NAME else key,
        own=bool(width),
        spare=key == "company" and not width,
    )


def _width(key: str) -> int:
    """The own width of a column at 100 % text size; a time is as long as the language has it."""
    if key in _MOMENTS:
        return round(text_width(longest_short_time(), Role.BODY) * 100 / theme().percent) + _PADDING
    return _WIDTHS.get(key, _USUAL_WIDTH)


def shape(contact: ContactRow, key: str, vocabulary: Vocabulary, now: datetime) -> Cell:
    """The cell of one contact in the column `key`."""
    if key == NAME:
        return Cell(contact.name or tr("No name"), Look.PERSON)
    if key == "status":
        label, tone = vocabulary.status(contact.status)
        return Cell(label, Look.PILL, tone)
    if key == "tags":
        names = ", ".join(contact.tags)
        return Cell(names, Look.TAGS, tip=names) if names else Cell(MISSING, Look.QUIET)
    value = contact.more.get(key) if key in contact.more else getattr(contact, key, None)
    if value is None or value == "":
        return Cell(MISSING, Look.QUIET)
    return _shown(value, _kind(key, vocabulary), now)


def _shown(value: object, kind: FieldKind, now: datetime) -> Cell:
    if isinstance(value, bool):
        return Cell(tr("Yes") if value else tr("No"))
    if kind is FieldKind.MOMENT and (moment := parsed(value)):
        return Cell(short_time(moment, now), tip=partial(long_time, moment))
    if kind is FieldKind.DATE and (moment := parsed(value)):
        return Cell(day_or_time(moment), tip=day_or_time(moment))
    if isinstance(value, int | float):
        return Cell(_figure(value), Look.FIGURE)
    if kind is FieldKind.PHONE:
        return Cell(glanced(str(value)), tip=str(value))
    if isinstance(value, list | tuple):
        return cell(", ".join(map(str, value)))
    words = str(value)
    return Cell(words.partition("\n")[0], tip=words)


def _figure(value: float) -> str:
    return number(value) if float(value).is_integer() else locale().toString(float(value), "f", 2)


def _kind(key: str, vocabulary: Vocabulary) -> FieldKind:
    field = BY_KEY.get(key)
    if field is not None:
        return field.kind
    return next((own.kind for own in vocabulary.custom if own.key == key), FieldKind.TEXT)
