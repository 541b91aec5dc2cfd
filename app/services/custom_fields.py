"""The fields that users make themselves: typed, renamed, deleted with their values kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.sql.elements import ColumnElement

from app.core.errors import InvalidInput, NotFound
from app.core.fields import BY_KEY, CUSTOM_KINDS, CUSTOM_PREFIX, Field, FieldKind, custom_field
from app.core.text import fold, search_words, tr, trn
from app.models.contacts import CustomField
from app.models.recorder import Recorder
from app.models.store import Store
from app.services.field_usage import contacts_with, field_counts, value_counts
from app.services.operations import Operations
from app.services.query import SPECIAL

LONGEST = 60
MOST_CHOICES = 500


@dataclass(frozen=True, slots=True)
class CustomFieldView:
    """One field of the user's own; name is its place in custom:<name>."""

    id: int
    name: str
    label: str
    kind: FieldKind
    choices: tuple[str, ...]
    position: int

    @property
    def field(self) -> Field:
        """The same as an entry of the field catalogue."""
        return custom_field(self.name, self.label, self.kind, self.choices)


class CustomFields:
    """Lists and changes custom fields; raises NotFound for one that is not there."""

    def __init__(self, store: Store, operations: Operations) -> None:
        self._store = store
        self._operations = operations

    def list(self) -> list[CustomFieldView]:
        """Every custom field in the user's order."""
        with self._store.reading() as connection:
            return read_custom_fields(connection)

    def fields(self) -> tuple[Field, ...]:
        """The custom fields as entries of the catalogue, for parsing, mapping and forms."""
        return tuple(view.field for view in self.list())

    def add(self, label: str, kind: FieldKind | str, choices: Sequence[str] = ()) -> Field:
        """Make a field; its name is made of the label. Its kind never changes."""
        label, kind = _checked_label(label), _checked_kind(kind)
        listed = _checked_choices(kind, choices)
        with self._operations.recording("field.create", "Add a custom field") as recorder:
            connection = recorder.connection
            _refuse_same_label(connection, label, but=None)
            name = _free_name(connection, label)
            last = connection.execute(select(func.max(CustomField.position))).scalar() or 0
            row = {
                "name": name,
                "label": label,
                "kind": kind.value,
                "choices": list(listed) or None,
                "position": last + 1,
            }
            recorder.create("custom_field", [row])
        return custom_field(name, label, kind, listed)

    def rename(self, name: str, label: str) -> None:
        """Change what a field is called; its name in files and queries stays."""
        label = _checked_label(label)
        with self._operations.recording("field.edit", "Rename a custom field") as recorder:
            row = _require(recorder.connection, name)
            _refuse_same_label(recorder.connection, label, but=row.id)
            recorder.update("custom_field", {row.id: {"label": label}})

    def set_choices(self, name: str, choices: Sequence[str]) -> None:
        """Change what a choice field offers; values chosen before stay with their contacts."""
        with self._operations.recording("field.edit", "Change a field's choices") as recorder:
            row = _require(recorder.connection, name)
            listed = _checked_choices(FieldKind(row.kind), choices)
            recorder.update("custom_field", {row.id: {"choices": list(listed)}})

    def edit_choices(
        self, name: str, choices: Sequence[str], renamed: Mapping[str, str] | None = None
    ) -> int:
        """Change what a choice field offers, and rename chosen values along; how many contacts.

        renamed maps old choices to new ones; contacts that have one get the other. One choice may
        take over another's contacts. Values of choices that are left out stay with their contacts.
        """
        moves = {old: new for old, new in (renamed or {}).items() if old != new}
        with self._operations.recording("field.edit", "Change a field's choices") as recorder:
            row = _require(recorder.connection, name)
            listed = _checked_choices(FieldKind(row.kind), choices)
            unknown = next((new for new in moves.values() if new not in listed), None)
            if unknown is not None:
                raise InvalidInput(
                    tr("There is no choice '{choice}'.", choice=unknown),
                    tr("Add it to the list, then rename others to it."),
                )
            recorder.update("custom_field", {row.id: {"choices": list(listed)}})
            return _move_choices(recorder, row.name, moves)

    def reorder(self, names: Sequence[str]) -> None:
        """Put the fields in this order, which must name each exactly once."""
        with self._operations.recording("field.edit", "Reorder the custom fields") as recorder:
            ids = {view.name: view.id for view in read_custom_fields(recorder.connection)}
            if sorted(names) != sorted(ids):
                raise InvalidInput(
                    tr("The new order does not name each field exactly once."),
                    tr("Reload the list, somebody may have changed it, and try again."),
                )
            moved = {ids[name]: {"position": place} for place, name in enumerate(names)}
            recorder.update("custom_field", moved)

    def delete(self, name: str) -> None:
        """Take a field out of sight; its values stay for undo and come back with it."""
        with self._operations.recording("field.delete", "Delete a custom field") as recorder:
            recorder.kill("custom_field", [_require(recorder.connection, name).id])

    def deleted(self) -> tuple[CustomFieldView, ...]:
        """The fields in the trash, the last made first."""
        with self._store.reading() as connection:
            return tuple(_views(connection, CustomField.deleted_op.is_not(None))[::-1])

    def restore(self, name: str) -> None:
        """Take a field out of the trash, with the values that contacts have in it."""
        with self._operations.recording("field.restore", "Restore a custom field") as recorder:
            connection = recorder.connection
            rows = select(CustomField.id, CustomField.label).where(
                CustomField.name == name.removeprefix(CUSTOM_PREFIX),
                CustomField.deleted_op.is_not(None),
            )
            found = connection.execute(rows).first()
            if found is None:
                raise NotFound(tr("There is no field '{name}' in the trash.", name=name))
            _refuse_same_label(connection, found.label, but=found.id)
            recorder.revive("custom_field", [found.id])

    def usage(self) -> dict[str, int]:
        """How many contacts have a value, by the field's name; a field of nobody is left out."""
        with self._store.reading() as connection:
            return field_counts(connection)

    def choice_usage(self, name: str) -> dict[str, int]:
        """How many contacts have each value of a field, those no longer offered too."""
        with self._store.reading() as connection:
            return value_counts(connection, name.removeprefix(CUSTOM_PREFIX))


def read_custom_fields(connection: Connection) -> list[CustomFieldView]:
    """Every custom field in the user's order, inside an open session."""
    return _views(connection, CustomField.deleted_op.is_(None))


def _views(connection: Connection, which: ColumnElement[bool]) -> list[CustomFieldView]:
    rows = select(CustomField).where(which).order_by(CustomField.position, CustomField.id)
    return [
        CustomFieldView(
            row.id, row.name, row.label, FieldKind(row.kind), tuple(row.choices or ()), row.position
        )
        for row in connection.execute(rows)
    ]


def _move_choices(recorder: Recorder, name: str, moves: Mapping[str, str]) -> int:
    if not moves:
        return 0
    field = f"{CUSTOM_PREFIX}{name}"
    changes: dict[int, dict[str, Any]] = {}
    for contact, value in contacts_with(recorder.connection, name, moves):
        if isinstance(value, list):
            after: Any = list(dict.fromkeys(moves.get(one, one) for one in value))
        else:
            after = moves.get(value, value)
        changes[contact] = {field: after}
    return recorder.update("contact", changes)


def _checked_label(label: str) -> str:
    tidy = " ".join(label.split())
    if not search_words(tidy) or len(tidy) > LONGEST:
        raise InvalidInput(
            trn(
                "A field needs a name of at most {n} letter.",
                "A field needs a name of at most {n} letters.",
                LONGEST,
            ),
            tr("Write one such as Budget or Contract end."),
        )
    return tidy


def _checked_kind(kind: FieldKind | str) -> FieldKind:
    try:
        wanted = FieldKind(kind)
    except ValueError:
        wanted = FieldKind.TAGS
    if wanted not in CUSTOM_KINDS:
        raise InvalidInput(
            tr("There is no type of field '{kind}'.", kind=str(kind)),
            tr("Choose one of {kinds}.", kinds=", ".join(CUSTOM_KINDS)),
        )
    return wanted


def _checked_choices(kind: FieldKind, choices: Sequence[str]) -> tuple[str, ...]:
    if kind not in (FieldKind.CHOICE, FieldKind.MULTI):
        if choices:
            raise InvalidInput(
                tr("A field of type {kind} has no choices.", kind=kind.value),
                tr("Make it a choice or multi field, or leave the choices out."),
            )
        return ()
    tidy = {fold(one): one for one in (" ".join(choice.split()) for choice in choices) if one}
    if not tidy or len(tidy) > MOST_CHOICES or any(re.search(r'[,;"|]', key) for key in tidy):
        raise InvalidInput(
            tr(
                "A choice field needs 1 to {most} choices without comma, semicolon, bar or quote.",
                most=MOST_CHOICES,
            ),
            tr("Write each choice once, for example Small, Medium and Large."),
        )
    return tuple(tidy.values())


def _free_name(connection: Connection, label: str) -> str:
    """A name that no field has, no deleted one either: its values would come back."""
    wanted = re.sub(r"\W", "", search_words(label)[1:].replace(" ", "_"))
    if not wanted[0].isalpha():
        wanted = f"field_{wanted}"
    taken = {*connection.execute(select(CustomField.name)).scalars(), *BY_KEY, *SPECIAL}
    name, n = wanted, 2
    while name in taken:
        name, n = f"{wanted}_{n}", n + 1
    return name


def _refuse_same_label(connection: Connection, label: str, *, but: int | None) -> None:
    same = {fold(field.label): field.label for field in BY_KEY.values()}
    same |= {
        fold(view.label): view.label for view in read_custom_fields(connection) if view.id != but
    }
    if fold(label) in same:
        raise InvalidInput(
            tr("There is already a field '{label}'.", label=same[fold(label)]),
            tr("Choose another name."),
        )


def _require(connection: Connection, name: str) -> Any:  # noqa: ANN401
    wanted = name.removeprefix(CUSTOM_PREFIX)
    rows = select(CustomField.id, CustomField.name, CustomField.kind)
    found = connection.execute(
        rows.where(CustomField.name == wanted, CustomField.deleted_op.is_(None))
    ).first()
    if found is None:
        raise NotFound(
            tr("There is no custom field '{name}'.", name=wanted),
            tr("Undo brings back a deleted one."),
        )
    return found
