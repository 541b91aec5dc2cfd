"""Why HubSpot refused something, in our words, and which contacts its errors mean."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.core.errors import OutsideKind
from app.core.text import tr
from app.services.connectors import ItemFailure, Outgoing
from app.services.redaction import REDACTOR

LONGEST_SAID = 300
LONGEST_DETAIL = 2_000

MAPPING_CODES = frozenset({"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE", "READ_ONLY_PROPERTY"})
"""Faults of a property, which every contact that carries it shares."""

NOT_FOUND = "OBJECT_NOT_FOUND"
_KINDS = {"CONFLICT": OutsideKind.DUPLICATE, NOT_FOUND: OutsideKind.GONE}
_TRACE = re.compile(r"\bc_\d+\b")
_EMAIL = re.compile(r"[^\s\"'<>\[\](),;:]+@[^\s\"'<>\[\](),;:]+")
_PROPERTY = re.compile(r"[Pp]roperty [\"'“]?([a-z0-9_]+)[\"'”]? (?:does not exist|is read.?only)")
_LIST = re.compile(r"\[\s*\{.*\}\s*\]", re.DOTALL)


def trace(contact: Outgoing) -> str:
    """The objectWriteTraceId of a contact, by which its result is found again."""
    return f"c_{contact.contact}"


def failure_of(body: Mapping[str, Any], kind: OutsideKind, detail: str) -> ItemFailure:
    """The words for one of HubSpot's error objects."""
    faults = list(_faults(body))
    code = next((code for _, code, _ in faults if code), "")
    name = next((field for field, _, _ in faults if field), "")
    said = next((said for _, _, said in faults if said), str(body.get("message") or ""))
    # A server may repeat the key in its sentence; masked before it is cut, for half a key is one.
    words = _words(kind, code, REDACTOR.clean(name), REDACTOR.clean(said)[:LONGEST_SAID])
    return ItemFailure(kind, *words, detail, _correlation(body))


def row_failure(error: Mapping[str, Any], body: Mapping[str, Any]) -> ItemFailure:
    """The words for an error about one row; the correlation may stand on the answer around it."""
    kind = _KINDS.get(str(error.get("category")), OutsideKind.VALIDATION)
    raw = REDACTOR.clean(json.dumps(error, ensure_ascii=False))[:LONGEST_DETAIL]
    failure = failure_of(error, kind, raw)
    if failure.correlation:
        return failure
    return ItemFailure(kind, failure.message, failure.hint, failure.detail, _correlation(body))


def traced(errors: Iterable[Mapping[str, Any]], contacts: Sequence[Outgoing]) -> list[Outgoing]:
    """The contacts that errors name by trace id."""
    texts = [text for error in errors for text in strings(error)]
    traces = {found for text in texts for found in _TRACE.findall(text)}
    return [contact for contact in contacts if trace(contact) in traces]


def located(errors: Sequence[Mapping[str, Any]], contacts: Sequence[Outgoing]) -> list[Outgoing]:
    """The contacts errors name by trace id; only without any, those named by their e-mail."""
    if named := traced(errors, contacts):
        return named
    texts = [text for error in errors for text in strings(error)]
    emails = {found.lower().rstrip(".") for text in texts for found in _EMAIL.findall(text)}
    return [contact for contact in contacts if contact.key in emails]


def carriers(contacts: Sequence[Outgoing], body: Mapping[str, Any]) -> list[Outgoing]:
    """The contacts that carry a property which no contact may carry."""
    names = {
        name
        for name, code, said in _faults(body)
        if name and (code in MAPPING_CODES or _PROPERTY.search(said))
    }
    return [contact for contact in contacts if not names.isdisjoint(contact.values)]


def _words(kind: OutsideKind, code: str, name: str, said: str) -> tuple[str, str]:
    if code in MAPPING_CODES or _PROPERTY.search(said):
        return (
            tr(
                "HubSpot does not take values for the property {name}: {said}", name=name, said=said
            ),
            tr("Refresh HubSpot's fields in the mapping and choose another one."),
        )
    if kind is OutsideKind.GONE:
        return (
            tr("HubSpot no longer has this contact's record."),
            tr("Retry the failed ones: it is made anew."),
        )
    if code == "INVALID_EMAIL":
        return (
            tr("HubSpot does not accept the e-mail address."),
            tr("Correct the address, then retry the failed ones."),
        )
    if kind is OutsideKind.DUPLICATE or code == "CONFLICT":
        return (
            tr("HubSpot already has this person elsewhere: {said}", said=said),
            tr("Merge the two in HubSpot, or correct the e-mail, then retry the failed ones."),
        )
    if name:
        return (
            tr("HubSpot refused the value of {name}: {said}", name=name, said=said),
            tr("Correct the value or its mapping, then retry the failed ones."),
        )
    return (
        tr("HubSpot refused this contact: {said}", said=said or tr("no reason given")),
        tr("Correct the contact, then retry the failed ones."),
    )


def _faults(body: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Field, code and words of every fault in an error object, however deep HubSpot put them."""
    for error in map(mapped, listed(body.get("errors"))):
        inside = mapped(error.get("context"))
        name = str(error.get("in") or _first(inside.get("propertyName")) or "")
        said = str(error.get("message") or "")
        yield _bare(name or _named(said)), str(error.get("code") or ""), said
    message = str(body.get("message") or "")
    for error in _embedded(message):
        yield (
            str(error.get("name") or ""),
            str(error.get("error") or ""),
            str(error.get("message") or ""),
        )
    context = mapped(body.get("context"))
    about = str(_first(context.get("propertyName")) or "") or _named(message)
    if about:
        yield _bare(about), str(body.get("subCategory") or ""), message


def _embedded(message: str) -> Iterator[Mapping[str, Any]]:
    """The faults that HubSpot writes as JSON inside the sentence of a 400."""
    match = _LIST.search(message)
    if match is None:
        return
    try:
        found = json.loads(match.group())
    except ValueError:
        return
    yield from map(mapped, listed(found))


def strings(value: object) -> Iterator[str]:
    """Every text in a JSON value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def _named(said: str) -> str:
    match = _PROPERTY.search(said)
    return match.group(1) if match else ""


def _bare(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _correlation(body: Mapping[str, Any]) -> str:
    return REDACTOR.clean(str(body.get("correlationId") or ""))


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def listed(value: object) -> list[Any]:
    """The value if it is a list, else an empty one: every field of an error is optional."""
    return value if isinstance(value, list) else []


def mapped(value: object) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}
