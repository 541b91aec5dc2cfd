"""Adds, changes, deletes and restores contacts, one or many, every change undoable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.text import marked, tr
from app.models.contacts import Contact, ContactKey
from app.models.journal import Change, Operation, OpRange
from app.models.journalled import read_fields, table_named
from app.models.recorder import Recorder
from app.models.store import Store
from app.models.visibility import alive
from app.services.contact_values import IDENTITY, Typed, read_typed, with_labelled
from app.services.custom_fields import read_custom_fields
from app.services.operations import Operations
from app.services.rows import ContactView, read_views
from app.services.search import Search
from app.services.search_order import NAME
from app.services.statuses import status_labels
from app.services.tags import ensure_tags


@dataclass(frozen=True, slots=True)
class Page:
    """One page of what a query finds, and how many it finds in all."""

    total: int
    contacts: tuple[ContactView, ...]


class Contacts:
    """The contacts of a workspace.

    Values are texts as a user types them, by field name, and are read by the rules of an import;
    a blank text clears the field. Methods raise InvalidInput for a field or value that cannot be,
    NotFound for a contact that is not there, Busy and StorageError like Store.writing.
    """

    def __init__(
        self,
        store: Store,
        operations: Operations,
        search: Search,
        default_country: Callable[[], str] = str,
    ) -> None:
        """default_country gives the two letters by which numbers without a code are read."""
        self._store = store
        self._operations = operations
        self._search = search
        self._default_country = default_country

    def add(self, values: Mapping[str, str], *, allow_duplicate: bool = False) -> ContactView:
        """Add a contact; one with the same e-mail is refused unless allow_duplicate."""
        country = self._default_country()
        with self._operations.recording("contact.create", "Add a contact") as recorder:
            typed = _typed(recorder.connection, values, country)
            if not any(typed.fields.get(key) for key in IDENTITY):
                raise _nobody()
            if not allow_duplicate:
                _refuse_known(recorder.connection, _addresses(typed), but=None)
            row = {key: value for key, value in typed.fields.items() if value is not None}
            row |= with_labelled({}, typed)
            if typed.tags:
                row["tags"] = ensure_tags(recorder, typed.tags)
            contact = recorder.create("contact", [row])[0]
        return self.get(contact)

    def change(
        self,
        contact: int,
        values: Mapping[str, str],
        *,
        expected_version: int | None = None,
        allow_duplicate: bool = False,
    ) -> ContactView:
        """Set some fields of one contact.

        Raises Conflict when its version is not the expected one: somebody else was faster.
        """
        country = self._default_country()
        with self._operations.recording("contact.edit", "Change a contact") as recorder:
            connection = recorder.connection
            typed = _typed(connection, values, country)
            _require(connection, contact)
            if expected_version is not None:
                _check_version(connection, contact, expected_version)
            if not allow_duplicate:
                _refuse_known(connection, _addresses(typed), but=contact)
            tags = None if typed.tags is None else ensure_tags(recorder, typed.tags)
            _apply(recorder, contact, typed, tags)
        return self.get(contact)

    def delete(self, ids: Iterable[int]) -> int:
        """Put contacts in the trash, from which they can always come back; how many."""
        wanted = sorted(set(ids))
        with self._operations.recording("contact.delete", _label("Delete", wanted)) as recorder:
            if not (deleted := recorder.kill("contact", wanted)) and wanted:
                raise _missing(wanted[0])
        return deleted

    def restore(self, ids: Iterable[int]) -> int:
        """Take contacts out of the trash with everything that belongs to them; how many."""
        wanted = sorted(set(ids))
        with self._operations.recording("contact.restore", _label("Restore", wanted)) as recorder:
            if not (restored := recorder.revive("contact", wanted)) and wanted:
                raise NotFound(
                    tr("Contact {id} is not in the trash.", id=wanted[0]),
                    tr("Find deleted contacts with in:trash."),
                )
        return restored

    def get(self, contact: int) -> ContactView:
        """One contact with everything kept of it; one in the trash too."""
        with self._store.reading() as connection:
            hidden = select(Contact.id).where(
                Contact.id == contact, or_(alive(connection), Contact.deleted_op.is_not(None))
            )
            if connection.execute(hidden).first() is None:
                raise _missing(contact)
            return read_views(connection, [contact])[0]

    def page(
        self,
        query: str = "",
        *,
        sort: str = NAME,
        descending: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> Page:
        """Contacts that a query finds, from place `offset` on, at most `limit` of them."""
        if limit < 0 or offset < 0:
            raise InvalidInput(
                tr("A page begins at 0 or later and holds 0 or more contacts."),
                tr("Give limit and offset as whole numbers."),
            )
        total, ids = self._search.page(
            query, sort=sort, descending=descending, limit=limit, offset=offset
        )
        with self._store.reading() as connection:
            return Page(total, tuple(read_views(connection, ids)))


_LABELS = {
    "Delete": (marked("Delete a contact"), marked("Delete {n} contacts")),
    "Restore": (marked("Restore a contact"), marked("Restore {n} contacts")),
}


def _label(what: str, ids: Sequence[int]) -> str:
    one, many = _LABELS[what]
    return one if len(ids) == 1 else many


def _typed(connection: Connection, values: Mapping[str, str], country: str) -> Typed:
    custom = [view.field for view in read_custom_fields(connection)]
    if not values:
        raise InvalidInput(
            tr("There is nothing to store."), tr("Write values such as email=ada@example.com.")
        )
    return read_typed(values, custom, status_labels(connection), country)


def _apply(recorder: Recorder, contact: int, typed: Typed, tags: Sequence[int] | None) -> None:
    """Store typed values in a contact; the last thing that says who it is cannot be cleared."""
    fields = {*typed.fields, *(f"labelled:{key}" for key, _ in typed.labelled)}
    fields |= {"tags"} if tags is not None else set()
    fields |= set() if typed.blanks().isdisjoint(IDENTITY) else set(IDENTITY)
    connection, table = recorder.connection, table_named("contact")
    held = read_fields(connection, table, [contact], sorted(fields))[contact]
    after = {**held, **typed.fields}
    if not typed.blanks().isdisjoint(IDENTITY) and not any(after.get(key) for key in IDENTITY):
        raise _nobody()
    wanted = {**typed.fields, **with_labelled(held, typed)}
    if tags is not None:
        wanted["tags"] = list(tags)
    recorder.update("contact", {contact: wanted})


def _addresses(typed: Typed) -> set[str]:
    given = {value for (key, _), value in typed.labelled.items() if key == "email" and value}
    return given | ({typed.fields["email"]} if typed.fields.get("email") else set())


def _refuse_known(connection: Connection, addresses: set[str], *, but: int | None) -> None:
    if not addresses:
        return
    further = select(ContactKey.contact).where(ContactKey.email.in_(addresses))
    same_person = select(Contact.id).where(
        alive(connection), or_(Contact.email.in_(addresses), Contact.id.in_(further))
    )
    if but is not None:
        same_person = same_person.where(Contact.id != but)
    found = connection.execute(same_person.order_by(Contact.id).limit(1)).scalar()
    if found is not None:
        raise InvalidInput(
            tr("Contact {id} has this e-mail address already.", id=found),
            tr("Change that contact, or allow a duplicate on purpose."),
        )


def _require(connection: Connection, contact: int) -> None:
    rows = select(Contact.deleted_op).where(
        Contact.id == contact, or_(alive(connection), Contact.deleted_op.is_not(None))
    )
    found = connection.execute(rows).first()
    if found is None:
        raise _missing(contact)
    if found.deleted_op is not None:
        raise NotFound(
            tr("Contact {id} is in the trash.", id=contact), tr("Restore it, then change it.")
        )


def _check_version(connection: Connection, contact: int, expected: int) -> None:
    rows = select(Contact.version).where(Contact.id == contact)
    found = connection.execute(rows.with_for_update()).scalar_one()
    if found != expected:
        who = _last(connection, contact)
        raise Conflict(
            tr("Contact {id} was changed meanwhile by {who}.", id=contact, who=who),
            tr("Reload it to see that change, then make yours again."),
        )


def _last(connection: Connection, contact: int) -> str:
    """Who changed a contact last."""
    changed = select(Change.op).where(Change.tbl == "contact", Change.row == contact)
    moved = select(OpRange.op).where(
        OpRange.tbl == "contact", OpRange.lo <= contact, OpRange.hi >= contact
    )
    newest = select(func.max(changed.union_all(moved).subquery().c.op)).scalar_subquery()
    who = connection.execute(select(Operation.actor).where(Operation.id == newest)).scalar()
    return who or tr("somebody else")


def _missing(contact: int) -> NotFound:
    return NotFound(
        tr("There is no contact {id}.", id=contact), tr("Search for it, it may be in the trash.")
    )


def _nobody() -> InvalidInput:
    return InvalidInput(
        tr("Nothing says who this is."), tr("Give an e-mail, a phone, a name or a LinkedIn page.")
    )
