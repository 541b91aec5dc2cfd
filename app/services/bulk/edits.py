"""What a change of many contacts does to each: set, clear, replace, tag, delete, restore."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from app.core.errors import InvalidInput
from app.core.fields import Field, FieldKind
from app.core.text import marked, tr
from app.models.recorder import Recorder
from app.services.bulk.acts import REPLACEABLE, Act, Edit
from app.services.contact_values import IDENTITY, Typed, named_field, read_typed
from app.services.custom_fields import read_custom_fields
from app.services.importing.values import Unreadable, read_value
from app.services.statuses import status_names
from app.services.tags import ensure_tags, existing_tags, tag_name


class Blocked(InvalidInput):
    """One contact cannot get the change; the others do."""


_LABELS = {
    Act.SET: (marked("Change a contact"), marked("Change {n} contacts")),
    Act.CLEAR: (marked("Change a contact"), marked("Change {n} contacts")),
    Act.REPLACE: (marked("Replace text in a contact"), marked("Replace text in {n} contacts")),
    Act.ADD_TAGS: (marked("Tag a contact"), marked("Tag {n} contacts")),
    Act.REMOVE_TAGS: (
        marked("Take tags off a contact"),
        marked("Take tags off {n} contacts"),
    ),
    Act.DELETE: (marked("Delete a contact"), marked("Delete {n} contacts")),
    Act.RESTORE: (marked("Restore a contact"), marked("Restore {n} contacts")),
}


def label_of(edits: Sequence[Edit], contacts: int) -> str:
    """The words of the operation, in English with {n}."""
    one, many = _LABELS[edits[0].act if len(edits) == 1 else Act.SET]
    return one if contacts == 1 else many


def kind_of(edits: Sequence[Edit]) -> str:
    """The kind of the operation."""
    first = edits[0].act
    if first in (Act.DELETE, Act.RESTORE):
        return f"contact.{first}"
    tagging = all(edit.act in (Act.ADD_TAGS, Act.REMOVE_TAGS) for edit in edits)
    return "contact.tag" if tagging else "contact.edit"


@dataclass(frozen=True, slots=True)
class Replacing:
    """Text found and replaced in one field; read checks what comes out."""

    field: Field
    find: re.Pattern[str]
    by: str
    read: Callable[[str], Any]

    def after(self, held: object) -> object:
        """The value after the replacement; raises Blocked when it cannot be one."""
        if not isinstance(held, str):
            return held
        changed = self.find.sub(lambda _match: self.by, held)
        return held if changed == held else self.read(changed)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Edits ready to be applied.

    given and taken are ids of tags, unknown the names of those that are yet to be made; fields
    are what must be read of a contact.
    """

    typed: Typed
    replacing: tuple[Replacing, ...] = ()
    given: frozenset[int] = frozenset()
    taken: frozenset[int] = frozenset()
    unknown: tuple[str, ...] = ()
    fields: tuple[str, ...] = field(default=())

    @property
    def addresses(self) -> bool:
        """True when e-mail addresses may come out that others have already."""
        replaced = any(one.field.key == "email" for one in self.replacing)
        return replaced or bool(self.typed.fields.get("email"))


def check(edits: Sequence[Edit]) -> None:
    """Raises InvalidInput for edits that do not go together or do nothing."""
    acts = {edit.act for edit in edits}
    if not edits:
        raise InvalidInput(tr("There is nothing to change."), tr("Name a field and its new value."))
    if acts & {Act.DELETE, Act.RESTORE} and len(edits) > 1:
        raise InvalidInput(
            tr("Contacts are deleted or restored, or changed, not both at once."),
            tr("Do one after the other."),
        )


def prepare(
    connection: Connection,
    edits: Sequence[Edit],
    country: str,
    *,
    recorder: Recorder | None = None,
) -> Prepared:
    """Read the edits as a person typed them; with a recorder, missing tags are made.

    Raises InvalidInput naming the field for a value that it cannot have.
    """
    custom = [view.field for view in read_custom_fields(connection)]
    values = {edit.field: edit.text for edit in edits if edit.act in (Act.SET, Act.CLEAR)}
    typed = Typed()
    if values:
        typed = read_typed(values, custom, status_names(connection), country)
    replacing = tuple(_replacing(e, custom, country) for e in edits if e.act is Act.REPLACE)
    given = _names(edits, Act.ADD_TAGS) + list(typed.tags or ())
    unknown: list[str] = []
    if recorder is not None:
        ids = ensure_tags(recorder, given)
    else:
        ids, unknown = existing_tags(connection, given)
    taken = existing_tags(connection, _names(edits, Act.REMOVE_TAGS))[0]
    return Prepared(
        typed,
        replacing,
        frozenset(ids),
        frozenset(taken) - frozenset(ids),
        tuple(unknown),
        _read(typed, replacing, tagging=bool(given or taken) or typed.tags is not None),
    )


def _read(typed: Typed, replacing: Sequence[Replacing], *, tagging: bool) -> tuple[str, ...]:
    """The fields that must be known of a contact to say what becomes of it."""
    fields = {*typed.fields, *(f"labelled:{key}" for key, _ in typed.labelled)}
    fields |= {one.field.key for one in replacing}
    fields |= {"tags"} if tagging else set()
    cleared = typed.blanks() | {one.field.key for one in replacing}
    fields |= set(IDENTITY) if not cleared.isdisjoint(IDENTITY) else set()
    return tuple(sorted(fields))


def _names(edits: Sequence[Edit], act: Act) -> list[str]:
    return [tag_name(name) for edit in edits if edit.act is act for name in edit.tags]


def _replacing(edit: Edit, custom: Sequence[Field], country: str) -> Replacing:
    found = named_field(edit.field, custom)
    if found.kind not in REPLACEABLE:
        raise InvalidInput(
            tr("Text cannot be replaced in {field}.", field=found.title),
            tr("Set its value instead."),
        )
    if not edit.text:
        raise InvalidInput(tr("There is no text to look for."), tr("Write what is to be replaced."))
    pattern = re.escape(edit.text)
    pattern = rf"\A\s*{pattern}\s*\Z" if edit.whole else pattern

    @lru_cache(maxsize=4_096)
    def read(text: str) -> object:
        try:
            return read_value(found, text, None, country)
        except Unreadable as error:
            if error.kept is None:
                raise Blocked(error.message, error.hint) from error
            return error.kept
        except InvalidInput as error:
            raise Blocked(_without_value(error, found), error.hint) from error

    return Replacing(found, re.compile(pattern, re.IGNORECASE), edit.by, read)


def _without_value(error: InvalidInput, found: Field) -> str:
    """One sentence for all contacts that fail alike, whatever each one's value is."""
    if found.kind is FieldKind.EMAIL:
        return tr("It would not be an e-mail address.")
    return error.message
