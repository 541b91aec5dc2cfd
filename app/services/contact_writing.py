"""What every way of storing contacts shares: reading typed values, checking and applying them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from app.core.errors import AlreadyThere, InvalidInput, NotFound
from app.core.text import tr
from app.models.contacts import Contact, ContactKey
from app.models.journalled import read_fields, same, settled, table_named
from app.models.json_sql import ids_select
from app.models.recorder import Recorder
from app.models.visibility import alive
from app.services.contact_values import IDENTITY, Typed, read_typed, with_labelled
from app.services.custom_fields import read_custom_fields
from app.services.statuses import status_labels


def typed_values(connection: Connection, values: Mapping[str, str], country: str) -> Typed:
    """The values as the workspace's fields read them; raises InvalidInput for none at all."""
    custom = [view.field for view in read_custom_fields(connection)]
    if not values:
        raise InvalidInput(
            tr("There is nothing to store."), tr("Write values such as email=ada@example.com.")
        )
    return read_typed(values, custom, status_labels(connection), country)


def apply_typed(
    recorder: Recorder, ids: Sequence[int], typed: Typed, tags: Sequence[int] | None
) -> tuple[int, int]:
    """Store typed values in contacts; how many are there, and how many changed."""
    present = present_fields(recorder.connection, ids, typed)
    check_identity(present, typed)
    changes = {row: wanted_fields(held, typed, tags) for row, held in present.items()}
    return len(present), recorder.update("contact", changes)


def present_fields(
    connection: Connection, ids: Sequence[int], typed: Typed
) -> dict[int, dict[str, Any]]:
    """What the living contacts among `ids` hold of everything that `typed` is about."""
    fields = {*typed.fields, *(f"labelled:{key}" for key, _ in typed.labelled)}
    fields |= {"tags"} if typed.tags is not None else set()
    fields |= set(IDENTITY) if not typed.blanks().isdisjoint(IDENTITY) else set()
    living = select(Contact.id).where(
        Contact.id.in_(ids_select(connection, ids)), alive(connection)
    )
    rows = list(connection.execute(living).scalars())
    return read_fields(connection, table_named("contact"), rows, sorted(fields))


def wanted_fields(
    held: Mapping[str, Any], typed: Typed, tags: Sequence[int] | None
) -> dict[str, Any]:
    """The journal's fields of a contact after `typed`; held are the present ones."""
    wanted = {**typed.fields, **with_labelled(held, typed)}
    if tags is not None:
        wanted["tags"] = list(tags)
    return wanted


def differs(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether storing `wanted` would change anything."""
    return any(
        not same(settled(name, value), settled(name, held[name])) for name, value in wanted.items()
    )


def check_identity(present: Mapping[int, Mapping[str, Any]], typed: Typed) -> None:
    """Refuse to clear the last thing that says who somebody is."""
    if typed.blanks().isdisjoint(IDENTITY):
        return
    for held in present.values():
        after = {**held, **typed.fields}
        if not any(after.get(key) for key in IDENTITY):
            raise nobody()


def refuse_shared_addresses(typed: Typed, ids: Sequence[int]) -> None:
    """Refuse to give one e-mail address to many contacts."""
    if addresses(typed) and len(ids) > 1:
        raise InvalidInput(
            tr("Many contacts cannot get the same e-mail address."),
            tr("Change the e-mail of one contact at a time."),
        )


def addresses(typed: Typed) -> set[str]:
    """Every e-mail address among the typed values."""
    given = {value for (key, _), value in typed.labelled.items() if key == "email" and value}
    return given | ({typed.fields["email"]} if typed.fields.get("email") else set())


def refuse_known(connection: Connection, given: set[str], *, but: int | None) -> None:
    """Raises AlreadyThere when a contact other than `but` has one of these addresses."""
    found = known_by_address(connection, given, but=but)
    if found is not None:
        raise AlreadyThere(
            tr("Contact {id} has this e-mail address already.", id=found),
            tr("Change that contact, or allow a duplicate on purpose."),
            contact=found,
        )


def known_by_address(connection: Connection, given: set[str], *, but: int | None) -> int | None:
    """The first living contact other than `but` with one of these addresses, main or further."""
    if not given:
        return None
    further = select(ContactKey.contact).where(ContactKey.email.in_(given))
    same_person = select(Contact.id).where(
        alive(connection), or_(Contact.email.in_(given), Contact.id.in_(further))
    )
    if but is not None:
        same_person = same_person.where(Contact.id != but)
    return connection.execute(same_person.order_by(Contact.id).limit(1)).scalar()


def require_alive(connection: Connection, contact: int) -> None:
    """Raises NotFound for a contact that is in the trash or was never there."""
    rows = select(Contact.deleted_op).where(
        Contact.id == contact, or_(alive(connection), Contact.deleted_op.is_not(None))
    )
    found = connection.execute(rows).first()
    if found is None:
        raise missing(contact)
    if found.deleted_op is not None:
        raise NotFound(
            tr("Contact {id} is in the trash.", id=contact), tr("Restore it, then change it.")
        )


def check_version(connection: Connection, contact: int, expected: int) -> None:
    """Raises InvalidInput when the contact has another version than the expected one."""
    rows = select(Contact.version).where(Contact.id == contact)
    found = connection.execute(rows.with_for_update()).scalar_one()
    if found != expected:
        raise InvalidInput(
            tr("Contact {id} was changed meanwhile by somebody else.", id=contact),
            tr("Reload it to see that change, then make yours again."),
        )


def missing(contact: int) -> NotFound:
    """The error for a contact that is not there."""
    return NotFound(
        tr("There is no contact {id}.", id=contact), tr("Search for it, it may be in the trash.")
    )


def nobody() -> InvalidInput:
    """The error for a contact of which nothing says who it is."""
    return InvalidInput(
        tr("Nothing says who this is."), tr("Give an e-mail, a phone, a name or a LinkedIn page.")
    )
