"""HubSpot: contacts upserted by e-mail in batches of a hundred, with a service key."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from app.core.errors import OutsideError, OutsideKind
from app.core.text import marked, tr
from app.services.connectors import (
    Account,
    Cancel,
    ConnectorKind,
    Outgoing,
    Prepared,
    Quota,
    RemoteField,
    RemoteRecord,
    Sent,
)
from app.services.connectors.hubspot import answers, faults, schema, shapes
from app.services.connectors.hubspot.answers import Refusal
from app.services.http import Call, HttpFactory, Reply, Service, Tally
from app.services.pace import Limit

VERSION = "2026-09"
ACCOUNT_VERSION = "2026-03"
ADDRESS = "https://api.hubapi.com"
CONTACTS = f"/crm/objects/{VERSION}/contacts"
PROPERTIES = f"/crm/properties/{VERSION}/contacts"
ACCOUNT = f"/account-info/{ACCOUNT_VERSION}/details"
BATCH = 100
PARALLEL = 12
"""Enough to keep the pace while a batch takes HubSpot a second and more."""
PUBLISHED = Limit(calls=100, seconds=10.0)
SHOWN_OF_KEY = 4


class HubSpot:
    """HubSpot opened with one key."""

    name = "hubspot"
    label = "HubSpot"
    batch = BATCH
    parallel = PARALLEL
    repeatable = True
    key_field = "email"
    synonyms = schema.SYNONYMS

    def __init__(self, http: HttpFactory, key: str, address: str = ADDRESS) -> None:
        self._key = key
        self._lock = threading.Lock()
        self._quota = Quota()
        service = Service(
            label=self.label,
            address=address,
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            published=PUBLISHED,
            judge=answers.judge,
            limit=self._learn,
        )
        self._http = http.client(service, key)

    @property
    def tally(self) -> Tally:
        """How many requests were made."""
        return self._http.tally

    @property
    def quota(self) -> Quota:
        """The counters of the last answer that had any."""
        with self._lock:
            return self._quota

    def test(self) -> Account:
        """Whose account the key opens, by its portal id where HubSpot tells it.

        Raises OutsideError: AUTH for a key that opens nothing, PERMISSION for a missing scope.
        """
        self._http.send(Call("GET", CONTACTS, query={"limit": "1"}, shape=shapes.page))
        try:
            details = self._http.send(Call("GET", ACCOUNT, shape=shapes.account)).json()
        except OutsideError as error:
            # Reading contacts worked, so the key is good; it may lack this one scope.
            if error.kind in {OutsideKind.AUTH, OutsideKind.QUOTA, OutsideKind.TRANSIENT}:
                raise
            details = {}
        return self._account(details)

    def fields(self) -> list[RemoteField]:
        """The properties of a contact; raises OutsideError."""
        body = self._http.send(Call("GET", PROPERTIES, shape=shapes.properties)).json()
        return schema.fields(body["results"])

    def read(
        self, keys: Sequence[str], fields: Sequence[str], cancel: Cancel = None
    ) -> dict[str, RemoteRecord]:
        """The contacts with these e-mails; raises OutsideError, Cancelled."""
        wanted = list(dict.fromkeys((self.key_field, *fields)))
        asked = {"idProperty": self.key_field, **_reading(keys, wanted)}
        try:
            body = self._read(asked, cancel)
        except Refusal as refusal:
            if refusal.body.get("category") == faults.NOT_FOUND:
                return {}
            raise
        found, strangers = answers.records(keys, body)
        missing = answers.unnamed(set(keys) - found.keys(), body)
        if len(missing) == len(strangers) == 1:
            return found | {missing.pop(): strangers[0]}
        if strangers or (missing and answers.reports_errors(body)):
            # Neither found nor reported as unknown: another address of somebody in the answer.
            found |= self._by_secondary(missing, [*found.values(), *strangers], cancel)
        return found

    def request(self, contacts: Sequence[Outgoing]) -> Prepared:
        """The exact request of `contacts`, each with its trace id and e-mail."""
        call = _writing(contacts)
        content = call.content or b""
        headers = self._http.shown_headers(call)
        return Prepared(call.method, call.path, headers, content.decode("utf-8"))

    def send(
        self, contacts: Sequence[Outgoing], cancel: Cancel = None, *, patient: bool = True
    ) -> Sent:
        """Upsert up to BATCH contacts, or update them if they go by record id.

        Raises BatchRefused, OutsideError, Cancelled.
        """
        try:
            reply = self._http.send(_writing(contacts, patient=patient), cancel)
        except Refusal as refusal:
            raise answers.refused(contacts, refusal) from None
        return answers.sort_out(contacts, reply)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _read(self, asked: Mapping[str, Any], cancel: Cancel) -> object:
        content = _json(asked).encode()
        call = Call("POST", f"{CONTACTS}/batch/read", content=content, shape=shapes.found)
        return self._http.send(call, cancel).json()

    def _by_secondary(
        self, missing: set[str], people: Sequence[RemoteRecord], cancel: Cancel
    ) -> dict[str, RemoteRecord]:
        """Whose other addresses were asked for: HubSpot finds by them but names the first."""
        asked = _reading([each.id for each in people], [schema.OTHER_ADDRESSES])
        try:
            _, records = answers.records((), self._read(asked, cancel))
        except Refusal:
            records = []
        return answers.by_other_address(missing, people, records)

    def _learn(self, reply: Reply) -> Limit | None:
        read = answers.quota(reply)
        with self._lock:
            self._quota = answers.newest(self._quota, read)
        return answers.limit(reply)

    def _account(self, details: Mapping[str, Any]) -> Account:
        portal = details.get("portalId")
        if not portal:
            return Account(
                f"key:{sha256(self._key.encode()).hexdigest()[:12]}",
                tr("HubSpot account, key ending …{end}", end=self._key[-SHOWN_OF_KEY:]),
            )
        label = tr("HubSpot account {portal}", portal=portal)
        kind = str(details.get("accountType") or "STANDARD")
        if kind != "STANDARD":
            label = f"{label} ({kind.replace('_', ' ').lower()})"
        return Account(str(portal), label)


def _writing(contacts: Sequence[Outgoing], *, patient: bool = True) -> Call:
    """Those that go by record id are updated, all others created or updated by their e-mail."""
    verb = "update" if contacts[0].record else "upsert"
    body = _json({"inputs": [_input(contact) for contact in contacts]})
    return Call(
        "POST",
        f"{CONTACTS}/batch/{verb}",
        content=body.encode("utf-8", "replace"),
        writes=True,
        looked_up=True,
        patient=patient,
    )


def _input(contact: Outgoing) -> dict[str, Any]:
    found_by = {"id": contact.record}
    if not contact.record:
        found_by = {"idProperty": HubSpot.key_field, "id": contact.key}
    return {
        **found_by,
        "objectWriteTraceId": faults.trace(contact),
        "properties": {HubSpot.key_field: contact.key, **contact.values},
    }


def _reading(ids: Sequence[str], properties: Sequence[str]) -> dict[str, Any]:
    return {
        "inputs": [{"id": each} for each in ids],
        "properties": list(properties),
        "propertiesWithHistory": [],
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


KIND = ConnectorKind(
    name=HubSpot.name,
    label=HubSpot.label,
    key_words=marked("Service key or private-app token"),
    key_hint=(
        marked(
            "In HubSpot, make a service key with the scopes crm.objects.contacts.read, "
            "crm.objects.contacts.write and crm.schemas.contacts.read."
        )
    ),
    address=ADDRESS,
    open=HubSpot,
    environment=("CAPTELY_HUBSPOT_KEY", "HUBSPOT_API_KEY"),
)
