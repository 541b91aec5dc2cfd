"""Edits of one contact as its card makes them: field by field, against what the user saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from app.core.clock import to_us
from app.core.errors import InvalidInput, NotFound
from app.core.fields import CUSTOM_PREFIX
from app.core.text import fold, tr
from app.models.contacts import Contact, CustomField, Status, Tag
from app.models.journal import Change
from app.models.journalled import LABELLED_PREFIX, TAGS, image
from app.models.recorder import Recorder
from app.models.store import Store
from app.models.visibility import alive
from app.services.contact_values import IDENTITY, Typed, checked_label
from app.services.contact_writing import (
    addresses,
    apply_typed,
    known_by_address,
    nobody,
    refuse_known,
    require_alive,
    typed_values,
)
from app.services.importing.emails import addresses as written_addresses
from app.services.importing.phones import e164
from app.services.operations import Operations
from app.services.rows import ContactView, read_views
from app.services.tags import ensure_tags, tag_key


@dataclass(frozen=True, slots=True)
class Edited:
    """The contact after an edit, and the fields left alone because somebody else changed them."""

    contact: ContactView
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """A contact that is there already with the same `field`, which is email or phone."""

    contact: int
    name: str
    field: str


class Editing:
    """Changes one contact; raises NotFound for one in the trash, InvalidFields for bad values."""

    def __init__(
        self, store: Store, operations: Operations, default_country: Callable[[], str] = str
    ) -> None:
        """default_country gives the two letters by which numbers without a code are read."""
        self._store = store
        self._operations = operations
        self._default_country = default_country

    def change(
        self, seen: ContactView, values: Mapping[str, str], *, allow_duplicate: bool = False
    ) -> Edited:
        """Store typed values in the contact that was `seen`.

        A field that somebody else has changed since, to something else, is left as it is and
        named; the others are stored. Raises AlreadyThere for another contact's e-mail address.
        """
        country = self._default_country()
        with self._operations.recording("contact.edit", "Change a contact") as recorder:
            connection = recorder.connection
            typed = typed_values(connection, values, country)
            now = _held(connection, seen.id)
            conflicts = tuple(
                key
                for key in values
                if now.value(key) != seen.value(key) and not _agrees(typed, now, key)
            )
            left = {key: text for key, text in values.items() if key not in conflicts}
            if left:
                self._store_typed(
                    recorder,
                    seen.id,
                    typed_values(connection, left, country),
                    allow_duplicate=allow_duplicate,
                )
        return Edited(self._view(seen.id), conflicts)

    def make_primary(self, contact: int, field: str, label: str) -> ContactView:
        """Make a further value the main one of `field`; the old main one stays as a further."""
        with self._operations.recording("contact.edit", "Change the main value") as recorder:
            now = _held(recorder.connection, contact)
            pairs = [list(pair) for pair in now.labelled.get(field, ())]
            place = _place_of(pairs, label)
            if place is None:
                raise NotFound(
                    tr("There is no further value '{label}'.", label=label),
                    tr("Somebody may have removed it; look at the history."),
                )
            promoted = pairs.pop(place)[1]
            if (old := now.values.get(field)) is not None:
                pairs.insert(place, [_free_label(pairs, tr("other")), old])
            after = {field: promoted, f"{LABELLED_PREFIX}{field}": pairs or None}
            recorder.update("contact", {contact: after})
        return self._view(contact)

    def relabel(self, contact: int, field: str, label: str, new: str) -> ContactView:
        """Give a further value another label; it keeps its place."""
        wanted = checked_label(new)
        with self._operations.recording("contact.edit", "Relabel a value") as recorder:
            now = _held(recorder.connection, contact)
            pairs = [list(pair) for pair in now.labelled.get(field, ())]
            place = _place_of(pairs, label)
            taken = _place_of(pairs, wanted)
            if place is None:
                raise NotFound(tr("There is no further value '{label}'.", label=label))
            if taken not in (None, place):
                raise InvalidInput(
                    tr("There is already a value called '{label}'.", label=wanted),
                    tr("Choose another label."),
                )
            pairs[place][0] = wanted
            recorder.update("contact", {contact: {f"{LABELLED_PREFIX}{field}": pairs}})
        return self._view(contact)

    def put_back(self, contact: int, field: str, operation: int) -> ContactView:
        """Give a field the value it had before an operation of the history, as a new operation.

        Raises InvalidInput when that value can no longer be: its field, status or tag is gone.
        """
        with self._operations.recording("contact.edit", "Restore an earlier value") as recorder:
            connection = recorder.connection
            require_alive(connection, contact)
            value = _before(connection, contact, field, operation)
            if field == TAGS:
                value = _living_tags(connection, value or ())
            _check_possible(connection, field, value)
            if value is None and field in IDENTITY:
                held = _held(connection, contact)
                if not any(held.values.get(key) for key in IDENTITY if key != field):
                    raise nobody()
            if value is not None and field == "email":
                refuse_known(connection, {value}, but=contact)
            recorder.update("contact", {contact: {field: value}})
        return self._view(contact)

    def likely_same(
        self, values: Mapping[str, str], *, but: int | None = None
    ) -> tuple[Likeness, ...]:
        """Contacts other than `but` with an e-mail or phone among the typed values, one for each.

        What cannot be read yet, since it is still being typed, is like nobody.
        """
        country = values.get("country", "") or self._default_country()
        found: list[Likeness] = []
        with self._store.reading() as connection:
            for field in ("email", "phone", "mobile"):
                contact = _same(connection, field, values.get(field, ""), country, but)
                if contact is not None and contact not in {one.contact for one in found}:
                    (view,) = read_views(connection, [contact])
                    kind = "email" if field == "email" else "phone"
                    found.append(Likeness(contact, view.name, kind))
        return tuple(found)

    def suggestions(self, field: str, most: int = 200) -> tuple[str, ...]:
        """Values that contacts have in a text field with few different ones, such as owner."""
        column = getattr(Contact, field)
        with self._store.reading() as connection:
            rows = select(column).distinct().where(alive(connection), column.is_not(None))
            return tuple(sorted(connection.execute(rows.limit(most)).scalars(), key=fold))

    def _store_typed(
        self, recorder: Recorder, contact: int, typed: Typed, *, allow_duplicate: bool
    ) -> None:
        if not allow_duplicate:
            refuse_known(recorder.connection, addresses(typed), but=contact)
        tags = None if typed.tags is None else ensure_tags(recorder, typed.tags)
        apply_typed(recorder, contact, typed, tags)

    def _view(self, contact: int) -> ContactView:
        with self._store.reading() as connection:
            return read_views(connection, [contact])[0]


def _held(connection: Connection, contact: int) -> ContactView:
    """The contact as it is, kept from others until the writing session ends."""
    require_alive(connection, contact)
    connection.execute(select(Contact.id).where(Contact.id == contact).with_for_update())
    return read_views(connection, [contact])[0]


def _agrees(typed: Typed, now: ContactView, key: str) -> bool:
    """Whether somebody else's value is the very one that was typed."""
    held = now.value(key)
    if key == TAGS:
        return {tag_key(name) for name in typed.tags or ()} == {tag_key(name) for name in held}
    field, dot, label = key.partition(".")
    if dot and not key.startswith(CUSTOM_PREFIX):
        return bool(typed.labelled.get((field, label)) == held)
    moment = to_us(held) if hasattr(held, "timestamp") else held
    return bool(typed.fields.get(key) == moment)


def _place_of(pairs: list[list[str]], label: str) -> int | None:
    return next((at for at, pair in enumerate(pairs) if fold(pair[0]) == fold(label)), None)


def _free_label(pairs: list[list[str]], wanted: str) -> str:
    label, n = wanted, 2
    while _place_of(pairs, label) is not None:
        label, n = f"{wanted} {n}", n + 1
    return label


def _before(connection: Connection, contact: int, field: str, operation: int) -> Any:  # noqa: ANN401
    rows = select(Change.before).where(
        Change.op == operation, Change.tbl == "contact", Change.row == contact
    )
    before = image(connection.execute(rows).scalar())
    if field not in before:
        raise NotFound(
            tr("The history has no such value any more."), tr("Reload it and choose again.")
        )
    return before[field]


def _living_tags(connection: Connection, tags: Any) -> list[int]:  # noqa: ANN401
    living = select(Tag.id).where(Tag.id.in_(list(tags)), Tag.deleted_op.is_(None))
    return list(connection.execute(living).scalars())


def _check_possible(connection: Connection, field: str, value: Any) -> None:  # noqa: ANN401
    if field == "status":
        there = select(Status.id).where(Status.key == value, Status.deleted_op.is_(None))
    elif field.startswith(CUSTOM_PREFIX):
        name = field.removeprefix(CUSTOM_PREFIX)
        there = select(CustomField.id).where(
            CustomField.name == name, CustomField.deleted_op.is_(None)
        )
    else:
        return
    if connection.execute(there).first() is None:
        raise InvalidInput(
            tr("What this value belonged to was deleted since."),
            tr("Bring the status or field back first, then restore the value."),
        )


def _same(
    connection: Connection, field: str, text: str, country: str, but: int | None
) -> int | None:
    if not text.strip():
        return None
    try:
        if field == "email":
            return known_by_address(connection, set(written_addresses(text)), but=but)
        number = e164(text.strip(), country)
    except (ValueError, InvalidInput):
        return None
    same = select(Contact.id).where(
        alive(connection), or_(Contact.phone == number, Contact.mobile == number)
    )
    if but is not None:
        same = same.where(Contact.id != but)
    return connection.execute(same.order_by(Contact.id).limit(1)).scalar()
