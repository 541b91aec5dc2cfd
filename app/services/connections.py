"""The connections to other systems: their keys, whose account each opens, and how they are."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection as Session
from sqlalchemy import delete, insert, select, update

from app.core.clock import Clock, from_us, to_us
from app.core.errors import InvalidInput, NotFound, OutsideError, OutsideKind
from app.core.events import Bus, Event
from app.core.text import tr
from app.models.exports import Connection
from app.models.store import Store
from app.services.connectors import (
    Account,
    Connector,
    ConnectorKind,
    Option,
    Quota,
    RemoteField,
    RemoteKind,
    connector_kinds,
)
from app.services.http import HttpFactory
from app.services.secrets import Place, Secrets

FIELDS_FRESH_SECONDS = 3_600

HEALTH_UNKNOWN, HEALTH_OK, HEALTH_WARNING, HEALTH_FAILED = "unknown", "ok", "warning", "failed"

_LINE = "\n"
"""Between what went wrong and the next step, in what is kept of a failure."""
_BROKEN = frozenset({OutsideKind.AUTH, OutsideKind.PERMISSION, OutsideKind.GONE})


@dataclass(frozen=True, slots=True)
class ConnectionChanged(Event):
    """A key was entered, tested or forgotten, or an export met trouble with it."""

    name: str


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """What is known of one connection.

    message and hint say what went wrong and the next step, such as the scopes that a key lacks.
    health is ok, failed (the key opens nothing, or the address is no more), warning (a passing
    trouble such as a used-up quota), or unknown when the present key was not tested. key_place
    says where the key comes from, variable names it when that is the environment. No key is in
    here.
    """

    name: str
    label: str
    key_words: str
    key_hint: str
    key_place: Place | None
    variable: str | None
    account: Account | None
    health: str
    message: str
    checked: datetime | None
    quota: Quota
    fields_at: datetime | None
    hint: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The entry of connections[] in the command line's JSON."""
        return {
            "name": self.name,
            "label": self.label,
            "key": None if self.key_place is None else self.key_place.value,
            "variable": self.variable,
            "account": self.account and {"id": self.account.id, "label": self.account.label},
            "health": self.health,
            "message": self.message,
            "hint": self.hint,
            "checked": self.checked and self.checked.isoformat().replace("+00:00", "Z"),
            "quota": asdict(self.quota),
        }


@dataclass(frozen=True, slots=True)
class RemoteFields:
    """The fields of a destination as fetched at `at`."""

    fields: tuple[RemoteField, ...]
    at: datetime

    def get(self, name: str) -> RemoteField | None:
        """The field of this name."""
        return next((field for field in self.fields if field.name == name), None)


class Connections:
    """The connections of one workspace."""

    def __init__(
        self, store: Store, secrets: Secrets, http: HttpFactory, clock: Clock, bus: Bus
    ) -> None:
        self._store = store
        self._secrets = secrets
        self._http = http
        self._clock = clock
        self._bus = bus
        self._kinds = {kind.name: kind for kind in connector_kinds()}

    def destinations(self) -> dict[str, str]:
        """The label of every connection that could be made, by name; asks nobody."""
        return {name: kind.label for name, kind in self._kinds.items()}

    def list(self) -> list[ConnectionView]:
        """Every connection that could be made, with how it is."""
        return [self.view(name) for name in self._kinds]

    def view(self, name: str) -> ConnectionView:
        """How one connection is; raises NotFound."""
        kind = self.kind(name)
        row = self._row(kind, self._secrets.get(name))
        message, _, hint = row.get("message", "").partition(_LINE)
        return ConnectionView(
            name=kind.name,
            label=kind.label,
            key_words=tr(kind.key_words),
            key_hint=tr(kind.key_hint),
            key_place=self._secrets.where(name),
            variable=self._secrets.variable(name),
            account=_account(row),
            health=row.get("health", HEALTH_UNKNOWN),
            message=message,
            hint=hint,
            checked=_moment(row.get("checked")),
            quota=Quota(**(row.get("quota") or {})),
            fields_at=_moment(row.get("fields_at")),
        )

    def kind(self, name: str) -> ConnectorKind:
        """The destination of this name; raises NotFound."""
        if name in self._kinds:
            return self._kinds[name]
        near = difflib.get_close_matches(name, self._kinds, 1)
        raise NotFound(
            tr("There is no connection named {name}.", name=name),
            tr("Did you mean {near}?", near=near[0])
            if near
            else tr("Choose one of: {names}", names=", ".join(sorted(self._kinds))),
        )

    def set(self, name: str, key: str) -> Place:
        """Keep a key and say where; what was known with another key is forgotten.

        Raises NotFound, InvalidInput for what cannot be a key.
        """
        place = self._secrets.set(self.kind(name).name, key)
        self._bus.publish(ConnectionChanged(name))
        return place

    def forget(self, name: str) -> None:
        """Remove the key and everything learnt with it."""
        kind = self.kind(name)
        self._secrets.delete(name)
        with self._store.writing("forget connection") as session:
            session.execute(delete(Connection).where(Connection.name == kind.name))
        self._bus.publish(ConnectionChanged(name))

    def test(self, name: str) -> Account:
        """Ask whose account the key opens, and keep the answer.

        Raises OutsideError with the reason, which is kept too, or InvalidInput without a key.
        """
        connector = self.open(name)
        try:
            account = connector.test()
        except OutsideError as error:
            self.report(name, connector, error)
            raise
        finally:
            connector.close()
        known = {"health": HEALTH_OK, "message": "", **_account_columns(account)}
        self._learn(name, known, connector)
        return account

    def account(self, name: str) -> Account:
        """Whose account the present key opens, asked only if it is not known yet."""
        kind, key = self._keyed(name)
        row = self._row(kind, key)
        known = _account(row)
        return known if known and row["health"] != HEALTH_FAILED else self.test(name)

    def target(self, name: str, account: Account) -> str:
        """The account as the export ledger knows it.

        A practice or test server at another address holds other contacts, even for one portal.
        """
        kind = self.kind(name)
        address = self._http.address(name, kind.address)
        return account.id if address == kind.address else f"{account.id}@{address}"

    def rest_left(self, name: str) -> float:
        """Seconds until the destination takes calls again, because it asked us to wait; else 0."""
        kind = self.kind(name)
        return self._http.rest_left(self._http.address(name, kind.address))

    def open(self, name: str) -> Connector:
        """The connector with the present key; raises InvalidInput when there is none."""
        kind, key = self._keyed(name)
        return kind.open(self._http, key, self._http.address(name, kind.address))

    def fields(self, name: str, *, refresh: bool = False) -> RemoteFields:
        """The destination's fields, fetched anew when they are older than an hour.

        Raises OutsideError when they must be fetched and cannot.
        """
        kind, key = self._keyed(name)
        row = self._row(kind, key)
        at = _moment(row.get("fields_at"))
        if row.get("fields") and at and not refresh and self._is_fresh(at):
            return RemoteFields(tuple(_field_of(each) for each in row["fields"]), at)
        connector = self.open(name)
        try:
            fetched = connector.fields()
        finally:
            connector.close()
        now = self._clock.now()
        stored = [asdict(field) for field in fetched]
        self._learn(name, {"fields": stored, "fields_at": to_us(now)}, connector)
        return RemoteFields(tuple(fetched), now)

    def outdate_fields(self, name: str) -> None:
        """Fetch the fields again next time: the destination said that they changed."""
        with self._store.writing("outdate fields") as session:
            session.execute(
                update(Connection).where(Connection.name == name).values(fields_at=None)
            )

    def report(self, name: str, connector: Connector, failure: OutsideError | None) -> None:
        """Keep what an export learnt about the connection: its counters, and trouble with it."""
        if failure is None:
            self._learn(name, {"health": HEALTH_OK, "message": ""}, connector)
            return
        health = HEALTH_FAILED if failure.kind in _BROKEN else HEALTH_WARNING
        told = _LINE.join(part for part in (failure.message, failure.hint) if part)
        self._learn(name, {"health": health, "message": told}, connector)

    def _keyed(self, name: str) -> tuple[ConnectorKind, str]:
        kind = self.kind(name)
        key = self._secrets.need(name)
        if key is None:
            raise InvalidInput(
                tr("There is no key for {label} yet.", label=kind.label),
                tr(
                    "Enter it under Connections, or set {variable}.",
                    variable=kind.environment[0] if kind.environment else "",
                ),
            )
        return kind, key

    def _row(self, kind: ConnectorKind, key: str | None) -> Mapping[str, Any]:
        """What was learnt with this very key at this very address; empty when nothing was."""
        if key is None:
            return {}
        wanted = select(Connection.__table__).where(Connection.name == kind.name)
        with self._store.reading() as session:
            row = session.execute(wanted).mappings().one_or_none()
        same = (
            row is not None
            and row["fingerprint"] == _fingerprint(key)
            and row["address"] == self._http.address(kind.name, kind.address)
        )
        return dict(row) if row is not None and same else {}

    def _learn(self, name: str, values: Mapping[str, Any], connector: Connector) -> None:
        kind, key = self._keyed(name)
        now = to_us(self._clock.now())
        fresh = {
            "fingerprint": _fingerprint(key),
            "address": self._http.address(name, kind.address),
            "quota": asdict(connector.quota),
            **({"checked": now} if "health" in values else {}),
            **values,
        }
        with self._store.writing("connection") as session:
            _upsert(session, name, fresh)
        self._bus.publish(ConnectionChanged(name))

    def _is_fresh(self, at: datetime) -> bool:
        return 0 <= (self._clock.now() - at).total_seconds() < FIELDS_FRESH_SECONDS


_BLANK = {
    "account": None,
    "account_label": None,
    "health": HEALTH_UNKNOWN,
    "message": "",
    "fields": None,
    "fields_at": None,
    "checked": None,
    "quota": None,
}


def _upsert(session: Session, name: str, values: Mapping[str, Any]) -> None:
    row = session.execute(
        select(Connection.fingerprint, Connection.address)
        .where(Connection.name == name)
        .with_for_update()
    ).one_or_none()
    if row is None:
        session.execute(insert(Connection).values(name=name, **(_BLANK | dict(values))))
        return
    # Another key, or another server: nothing of what was known before holds for it.
    same = (row.fingerprint, row.address) == (values["fingerprint"], values["address"])
    kept = dict(values) if same else _BLANK | dict(values)
    session.execute(update(Connection).where(Connection.name == name).values(**kept))


def _fingerprint(key: str) -> str:
    return sha256(f"captely-connection/{key}".encode()).hexdigest()[:16]


def _account(row: Mapping[str, Any]) -> Account | None:
    return Account(row["account"], row["account_label"] or "") if row.get("account") else None


def _account_columns(account: Account) -> dict[str, str]:
    return {"account": account.id, "account_label": account.label}


def _moment(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)


def _field_of(stored: Mapping[str, Any]) -> RemoteField:
    options = tuple(Option(**option) for option in stored["options"])
    return RemoteField(**{**stored, "kind": RemoteKind(stored["kind"]), "options": options})
