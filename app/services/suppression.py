"""The suppression list: whom nothing may be sent to and who may not be exported."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Text, and_, case, cast, exists, func, not_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.core.clock import Clock, from_us, to_us
from app.core.errors import InvalidInput, NotFound
from app.core.text import marked, tr
from app.models.contacts import Contact, ContactKey, Suppression
from app.models.json_sql import ids_select
from app.models.store import Store
from app.services.operations import Operations

KINDS = ("email", "domain", "contact")
REASONS = ("unsubscribed", "bounced", "do_not_contact", "erased")

_EMAIL = re.compile(r"[^@\s]+@([^@\s]+)")
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class SuppressionView:
    """One entry; value is an address, a domain or a contact's id."""

    id: int
    kind: str
    value: str
    reason: str
    source: str
    added: datetime


class Suppressions:
    """Lists and changes the suppression list; every change is undoable."""

    def __init__(self, store: Store, operations: Operations, clock: Clock) -> None:
        self._store = store
        self._operations = operations
        self._clock = clock

    def list(self, kind: str | None = None) -> list[SuppressionView]:
        """Every entry, newest first, of one kind if it is given."""
        rows = select(Suppression).where(Suppression.deleted_op.is_(None))
        if kind is not None:
            rows = rows.where(Suppression.kind == _checked_kind(kind))
        with self._store.reading() as connection:
            found = connection.execute(rows.order_by(Suppression.id.desc()))
            return [
                SuppressionView(
                    row.id, row.kind, row.value, row.reason, row.source or "", from_us(row.added)
                )
                for row in found
            ]

    def add(
        self, kind: str, value: str, reason: str = "do_not_contact", *, source: str = ""
    ) -> int:
        """Suppress an address, a whole domain or one contact; the entry's id.

        An entry that is there already keeps its reason. Raises InvalidInput for a value that is
        not of its kind, NotFound for a contact that does not exist.
        """
        value = _checked_value(_checked_kind(kind), value)
        if reason not in REASONS:
            raise InvalidInput(
                tr("There is no reason '{reason}'.", reason=reason),
                tr("Choose one of {reasons}.", reasons=", ".join(REASONS)),
            )
        with self._operations.recording(
            "suppression.add", "Add to the suppression list"
        ) as recorder:
            if kind == "contact":
                _require_contact(recorder.connection, int(value))
            same = select(Suppression.id, Suppression.deleted_op).where(
                Suppression.kind == kind, Suppression.value == value
            )
            found = recorder.connection.execute(same).first()
            wanted = {"reason": reason, "source": source or None, "added": to_us(self._clock.now())}
            if found is None:
                return recorder.create("suppression", [{"kind": kind, "value": value, **wanted}])[0]
            if found.deleted_op is not None:
                recorder.revive("suppression", [found.id])
                recorder.update("suppression", {found.id: wanted})
            return int(found.id)

    def remove(self, entry: int) -> None:
        """Take an entry off the list; raises NotFound when it is not on it."""
        label = marked("Remove from the suppression list")
        with self._operations.recording("suppression.remove", label) as recorder:
            if not recorder.kill("suppression", [entry]):
                raise NotFound(tr("This entry is no longer on the suppression list."))

    def reason_for(self, ids: Collection[int]) -> dict[int, str]:
        """Why contacts are suppressed, for those of `ids` that are."""
        with self._store.reading() as connection:
            return reasons(connection, ids)

    def gate(self, connection: Connection) -> ColumnElement[bool]:
        """The condition on Contact under which it is not suppressed."""
        return gate(connection)


def gate(connection: Connection) -> ColumnElement[bool]:
    """The condition on Contact under which it is not suppressed; every export and mail uses it.

    A domain stands for its subdomains too, in the e-mail, in further labelled e-mails, and in the
    contact's company domain.
    """
    return not_(or_(*(exists(found) for found in _matches(connection))))


def reasons(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Why contacts are suppressed, for those of `ids` that are, inside an open session."""
    why = func.coalesce(*(found.limit(1).scalar_subquery() for found in _matches(connection)))
    rows = select(Contact.id, why).where(Contact.id.in_(ids_select(connection, ids)))
    return {row: reason for row, reason in connection.execute(rows) if reason is not None}


def _matches(connection: Connection) -> list[Select[Any]]:
    """For each kind, the reasons that entries give against the contact of the outer query."""
    present = Suppression.deleted_op.is_(None)
    further = select(ContactKey.email).where(ContactKey.contact == Contact.id).correlate(Contact)
    by_contact = and_(Suppression.kind == "contact", Suppression.value == cast(Contact.id, Text))
    by_email = and_(
        Suppression.kind == "email",
        or_(Suppression.value == func.lower(Contact.email), Suppression.value.in_(further)),
    )
    labelled = exists(
        further.where(_is_under(_host(connection, ContactKey.email))).correlate(
            Contact, Suppression
        )
    )
    by_domain = and_(
        Suppression.kind == "domain",
        or_(
            _is_under(_host(connection, Contact.email)),
            _is_under(func.lower(Contact.domain)),
            labelled,
        ),
    )
    return [
        select(Suppression.reason).where(present, condition).correlate(Contact)
        for condition in (by_contact, by_email, by_domain)
    ]


def _host(connection: Connection, email: Any) -> ColumnElement[str]:  # noqa: ANN401
    at = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return case((at(email, "@") > 0, func.lower(func.substr(email, at(email, "@") + 1))))


def _is_under(host: ColumnElement[str]) -> ColumnElement[bool]:
    """The host is the entry's domain or below it; LIKE would read an underscore as any letter."""
    ending = func.substr(host, func.length(host) - func.length(Suppression.value))
    return or_(host == Suppression.value, ending == "." + Suppression.value)


def _checked_kind(kind: str) -> str:
    if kind not in KINDS:
        raise InvalidInput(
            tr("A suppression is for one of {kinds}.", kinds=", ".join(KINDS)),
            tr("'{kind}' is none of them.", kind=kind),
        )
    return kind


def _checked_value(kind: str, value: str) -> str:
    tidy = value.strip().lower()
    if kind == "contact" and tidy.isascii() and tidy.isdigit() and len(tidy) < 19:
        return str(int(tidy))
    if kind == "email" and (match := _EMAIL.fullmatch(tidy)) and _DOMAIN.fullmatch(match[1]):
        return tidy
    if kind == "domain" and _DOMAIN.fullmatch(tidy.removeprefix("@")):
        return tidy.removeprefix("@")
    raise InvalidInput(
        tr("'{value}' is not what a suppression of kind {kind} needs.", value=value, kind=kind),
        tr("Write an address such as ada@example.com, a domain such as example.com, or an id."),
    )


def _require_contact(connection: Connection, contact: int) -> None:
    if connection.execute(select(Contact.id).where(Contact.id == contact)).first() is None:
        raise NotFound(tr("There is no contact {id}.", id=contact))
