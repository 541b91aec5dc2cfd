"""What every way of storing contacts shares: reading typed values, checking and applying them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, or_, select

from app.core.errors import AlreadyThere, InvalidInput, NotFound
from app.core.text import tr
from app.models.contacts import Contact, ContactKey
from app.models.journalled import read_fields, table_named
from app.models.recorder import Recorder
from app.models.visibility import alive
from app.services.contact_values import IDENTITY, Typed, read_typed, with_labelled
from app.services.custom_fields import read_custom_fields
from app.services.statuses import status_names


def typed_values(connection: Connection, values: Mapping[str, str], country: str) -> Typed:
    """The values as the workspace's fields read them; raises InvalidInput for none at all."""
    custom = [view.field for view in read_custom_fields(connection)]
    if not values:
        raise InvalidInput(
            tr("There is nothing to store."), tr("Write values such as email=ada@example.com.")
        )
    return read_typed(values, custom, status_names(connection), country)


def apply_typed(recorder: Recorder, contact: int, typed: Typed, tags: Sequence[int] | None) -> None:
    """Store typed values in a contact; the last thing that says who it is cannot be cleared."""
    fields = {*typed.fields, *(f"labelled:{key}" for key, _ in typed.labelled)}
    fields |= {"tags"} if tags is not None else set()
    clears = not typed.blanks().isdisjoint(IDENTITY)
    fields |= set(IDENTITY) if clears else set()
    held = read_fields(recorder.connection, table_named("contact"), [contact], sorted(fields))
    after = {**held[contact], **typed.fields}
    if clears and not any(after.get(key) for key in IDENTITY):
        raise nobody()
    wanted = {**typed.fields, **with_labelled(held[contact], typed)}
    if tags is not None:
        wanted["tags"] = list(tags)
    recorder.update("contact", {contact: wanted})


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
