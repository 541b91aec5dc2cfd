"""Adds, changes, deletes and restores contacts, one or many, every change undoable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, or_, select

from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.text import marked, tr
from app.models.contacts import Contact
from app.models.journal import Change, Operation, OpRange
from app.models.store import Store
from app.models.visibility import alive
from app.services.contact_values import IDENTITY, with_labelled
from app.services.contact_writing import (
    addresses,
    apply_typed,
    missing,
    nobody,
    refuse_known,
    require_alive,
    typed_values,
)
from app.services.operations import Operations
from app.services.rows import ContactView, read_views
from app.services.search import Search
from app.services.search_order import NAME
from app.services.tags import ensure_tags

if TYPE_CHECKING:
    from app.services.credits.doors import Doors


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
        doors: Callable[[], Doors] | None = None,
    ) -> None:
        """default_country gives the two letters by which numbers without a code are read.

        doors say how many contacts the plan holds; without them it is any number.
        """
        self._store = store
        self._operations = operations
        self._search = search
        self._default_country = default_country
        self._doors = doors

    def add(self, values: Mapping[str, str], *, allow_duplicate: bool = False) -> ContactView:
        """Add a contact; one with the same e-mail is refused unless allow_duplicate.

        Raises ContactLimit when the plan holds no more.
        """
        country = self._default_country()
        door = self._doors().for_contacts() if self._doors is not None else None
        with self._operations.recording("contact.create", "Add a contact") as recorder:
            typed = typed_values(recorder.connection, values, country)
            if not any(typed.fields.get(key) for key in IDENTITY):
                raise nobody()
            if not allow_duplicate:
                refuse_known(recorder.connection, addresses(typed), but=None)
            row = {key: value for key, value in typed.fields.items() if value is not None}
            row |= with_labelled({}, typed)
            if typed.tags:
                row["tags"] = ensure_tags(recorder, typed.tags)
            if door is not None:
                door.admit(recorder.connection, 1)
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
            typed = typed_values(connection, values, country)
            require_alive(connection, contact)
            if expected_version is not None:
                _check_version(connection, contact, expected_version)
            if not allow_duplicate:
                refuse_known(connection, addresses(typed), but=contact)
            tags = None if typed.tags is None else ensure_tags(recorder, typed.tags)
            apply_typed(recorder, contact, typed, tags)
        return self.get(contact)

    def delete(self, ids: Iterable[int]) -> int:
        """Put contacts in the trash, from which they can always come back; how many."""
        wanted = sorted(set(ids))
        with self._operations.recording("contact.delete", _label("Delete", wanted)) as recorder:
            if not (deleted := recorder.kill("contact", wanted)) and wanted:
                raise missing(wanted[0])
        return deleted

    def restore(self, ids: Iterable[int]) -> int:
        """Take contacts out of the trash with everything that belongs to them; how many.

        Raises LimitReached when the plan does not hold them.
        """
        wanted, returns = sorted(set(ids)), self._operations.returns()
        with self._operations.recording("contact.restore", _label("Restore", wanted)) as recorder:
            if not (restored := recorder.revive("contact", wanted)) and wanted:
                raise NotFound(
                    tr("Contact {id} is not in the trash.", id=wanted[0]),
                    tr("Find deleted contacts with in:trash."),
                )
            returns.admit(recorder.connection, recorder.op)
        return restored

    def get(self, contact: int) -> ContactView:
        """One contact with everything kept of it; one in the trash too."""
        with self._store.reading() as connection:
            hidden = select(Contact.id).where(
                Contact.id == contact, or_(alive(connection), Contact.deleted_op.is_not(None))
            )
            if connection.execute(hidden).first() is None:
                raise missing(contact)
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
