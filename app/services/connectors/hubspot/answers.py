"""What HubSpot's answers mean: which contacts were taken, which not, and why.

Decided by the body, never by the status code alone: a 200 may hold failures, and so may a 207.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from app.core.errors import OutsideError, OutsideKind
from app.core.text import tr, trn
from app.services.connectors import (
    BatchRefused,
    ItemResult,
    Outgoing,
    Quota,
    RemoteRecord,
    Sent,
)
from app.services.connectors.hubspot.faults import (
    NOT_FOUND,
    carriers,
    failure_of,
    listed,
    located,
    mapped,
    row_failure,
    strings,
    trace,
    traced,
)
from app.services.connectors.hubspot.schema import OTHER_ADDRESSES
from app.services.http import Reply
from app.services.pace import Limit
from app.services.redaction import REDACTOR

log = logging.getLogger("captely.hubspot")

DAY_SECONDS = 86_400.0
INTERVAL_SECONDS = 10.0
LONGEST_NUMBER = 19
"""Digits of a counter; a longer one is rubbish, which Python refuses to read."""
OTHERS_SEPARATOR = ";"
RESTING = frozenset({408, 423, 425, 477})
"""Answers below 500 that pass by themselves: time-out, lock, too early, migration."""

CONTENT = {
    400: OutsideKind.VALIDATION,
    409: OutsideKind.DUPLICATE,
    413: OutsideKind.VALIDATION,
    422: OutsideKind.VALIDATION,
}
"""Answers that blame what was sent, so that another content may pass."""

BLAMING = CONTENT.keys() - {413}
"""Those that mean it only in HubSpot's own words; any gateway may say that a body is too large."""


class Refusal(OutsideError):
    """HubSpot refused the content of a call; body is its answer."""

    def __init__(self, body: Mapping[str, Any], reply: Reply, kind: OutsideKind) -> None:
        failure = failure_of(body, kind, reply.detail())
        super().__init__(failure.message, failure.hint, failure.detail, kind=kind)
        self.body = body


def judge(reply: Reply) -> OutsideError | None:
    """The failure an answer stands for, None for a 2xx; sets no time to wait but a day's.

    A 2xx that is no JSON object is one too: a sign-in page, or an answer cut short on its way.
    """
    answer = reply.json()
    if 200 <= reply.status < 300:
        if isinstance(answer, Mapping):
            return None
        return unreadable(OutsideKind.AMBIGUOUS, reply.detail())
    if reply.status in BLAMING and not isinstance(answer, Mapping):
        # A gateway's page, not HubSpot: no contact is to blame.
        return unreadable(OutsideKind.AMBIGUOUS, reply.detail())
    body = mapped(answer)
    log.info(
        "HubSpot answered %s %s, correlation %s",
        reply.status,
        body.get("category") or body.get("errorType") or "",
        body.get("correlationId") or "none",
    )
    if reply.status in CONTENT:
        return Refusal(body, reply, CONTENT[reply.status])
    return _call_failure(reply, body)


def unreadable(kind: OutsideKind, detail: str = "") -> OutsideError:
    """The error for an answer that is not what the contract says."""
    return OutsideError(
        tr("HubSpot's answer cannot be read."),
        tr("Check whether a proxy or a login page of your network is in between."),
        detail,
        kind=kind,
    )


def limit(reply: Reply) -> Limit | None:
    """The burst limit by the answer's headers, None when it names none."""
    calls = _number(reply, "x-hubspot-ratelimit-max")
    if calls is None:
        return None
    interval = _number(reply, "x-hubspot-ratelimit-interval-milliseconds")
    seconds = interval / 1000 if interval else INTERVAL_SECONDS
    return Limit(calls, seconds, _number(reply, "x-hubspot-ratelimit-remaining"))


def quota(reply: Reply) -> Quota:
    """The counters in the answer's headers."""
    burst = limit(reply)
    return Quota(
        burst.calls if burst else None,
        burst.seconds if burst else None,
        _number(reply, "x-hubspot-ratelimit-daily"),
        _number(reply, "x-hubspot-ratelimit-daily-remaining"),
    )


def newest(before: Quota, now: Quota) -> Quota:
    """`now` completed by what only `before` knows; error answers often lack the headers."""
    return Quota(
        now.burst or before.burst,
        now.burst_seconds or before.burst_seconds,
        now.day if now.day is not None else before.day,
        now.day_left if now.day_left is not None else before.day_left,
    )


def records(
    keys: Sequence[str], body: object
) -> tuple[dict[str, RemoteRecord], list[RemoteRecord]]:
    """The contacts of a batch/read answer by the asked e-mail, and those with another e-mail."""
    asked = set(keys)
    found: dict[str, RemoteRecord] = {}
    strangers: list[RemoteRecord] = []
    for result in map(mapped, listed(mapped(body).get("results"))):
        record = _record(result)
        email = record.values.get("email", "").strip().lower()
        if email in asked:
            found[email] = record
        else:
            strangers.append(record)
    return found, strangers


def reports_errors(body: object) -> bool:
    """True when the answer says of some of what was asked for why it is not there."""
    return bool(listed(mapped(body).get("errors")))


def unnamed(missing: set[str], body: object) -> set[str]:
    """Those of the missing e-mails that the answer does not report as unknown."""
    told = {text.lower() for text in strings(listed(mapped(body).get("errors")))}
    return {email for email in missing if not any(email in text for text in told)}


def by_other_address(
    missing: set[str], people: Sequence[RemoteRecord], records: Sequence[RemoteRecord]
) -> dict[str, RemoteRecord]:
    """The people by the missing e-mails; `records` are the same with their other addresses."""
    others = {each.id: each.values.get(OTHER_ADDRESSES, "").lower() for each in records}
    found: dict[str, RemoteRecord] = {}
    for person in people:
        for address in others.get(person.id, "").split(OTHERS_SEPARATOR):
            if address.strip() in missing:
                found[address.strip()] = person
    return found


def sort_out(contacts: Sequence[Outgoing], reply: Reply) -> Sent:
    """Each contact's fate by a 2xx answer to an upsert; raises OutsideError if it is unreadable."""
    body = mapped(reply.json())
    results = body.get("results")
    errors = [mapped(error) for error in listed(body.get("errors"))]
    if not isinstance(results, list):
        if not errors:
            raise unreadable(OutsideKind.AMBIGUOUS, reply.detail())
        results = []
    open_ones = {contact.contact: contact for contact in contacts}
    fates, nameless = _taken(contacts, [mapped(each) for each in results], open_ones)
    whole = nameless == len(open_ones) and not errors
    if whole and body.get("status") in {"COMPLETE", None}:
        # A result for everybody and no error: all taken, even if one cannot be told apart.
        fates += [ItemResult(contact) for contact in open_ones]
        return Sent(tuple(fates))
    fates += _refused(errors, open_ones, body)
    return Sent(tuple(fates), tuple(open_ones.values()))


def refused(contacts: Sequence[Outgoing], refusal: Refusal) -> BatchRefused:
    """The refusal of a whole batch, with the contacts it names by trace id or by property.

    Those named by e-mail are only suspects: the sentence about a conflict names both sides.
    """
    body = refusal.body
    failure = failure_of(body, refusal.kind, refusal.detail)
    guilty = traced([body], contacts)
    suspects = [] if guilty else located([body], contacts)
    if not suspects:
        guilty = guilty or carriers(contacts, body)
    named = [ItemResult(contact.contact, failure=failure) for contact in guilty]
    return BatchRefused(failure, named, suspects)


def _call_failure(reply: Reply, body: Mapping[str, Any]) -> OutsideError:
    if reply.status == 401:
        words = (
            tr("HubSpot does not accept the key."),
            tr("It may have been revoked: make a new one in HubSpot, enter it under Connections."),
        )
        return OutsideError(*words, reply.detail(), kind=OutsideKind.AUTH)
    if reply.status == 403:
        return OutsideError(
            tr("The HubSpot key may not do this."),
            _scopes(body),
            reply.detail(),
            kind=OutsideKind.PERMISSION,
        )
    if reply.status == 429:
        return _over_limit(reply, body)
    if reply.status == 404 and body.get("category") == NOT_FOUND:
        return Refusal(body, reply, OutsideKind.GONE)
    if reply.status in (404, 410):
        return OutsideError(
            tr("HubSpot does not know this call."),
            tr("Install the latest Captely; this version's HubSpot interface may have ended."),
            reply.detail(),
            kind=OutsideKind.GONE,
        )
    if reply.status < 500 and reply.status not in RESTING:
        return OutsideError(
            tr("HubSpot did not understand the call (HTTP {status}).", status=reply.status),
            tr("Install the latest Captely; if it is the latest, report this with the details."),
            reply.detail(),
            kind=OutsideKind.VALIDATION,
        )
    return passing(reply)


def passing(reply: Reply) -> OutsideError:
    """The error for an answer that is another one a little later."""
    hint = tr("Try again later; what is left to do is kept.")
    return OutsideError(
        tr("HubSpot cannot take requests at the moment."),
        _come_back(reply) if _number(reply, "retry-after") else hint,
        reply.detail(),
        kind=OutsideKind.TRANSIENT,
    )


def _over_limit(reply: Reply, body: Mapping[str, Any]) -> OutsideError:
    policy = str(body.get("policyName") or "")
    daily = policy == "DAILY" or (
        not policy
        and (
            "daily" in str(body.get("message") or "").lower()
            or _number(reply, "x-hubspot-ratelimit-daily-remaining") == 0
        )
    )
    if daily:
        return OutsideError(
            tr("HubSpot's daily limit of calls is used up."),
            tr("Resume the export tomorrow; what is left to do is kept."),
            reply.detail(),
            kind=OutsideKind.QUOTA,
            retry_after=DAY_SECONDS,
        )
    return OutsideError(
        tr("HubSpot allows no more calls at the moment."),
        _come_back(reply),
        reply.detail(),
        kind=OutsideKind.QUOTA,
    )


def _come_back(reply: Reply) -> str:
    minutes = max(1, ceil((_number(reply, "retry-after") or 0) / 60))
    return trn(
        "Wait a minute and resume; what is left to do is kept.",
        "Wait {n} minutes and resume; what is left to do is kept.",
        minutes,
    )


def _scopes(body: Mapping[str, Any]) -> str:
    wanted: list[str] = []
    for error in (body, *map(mapped, listed(body.get("errors")))):
        context = mapped(error.get("context"))
        for name in ("requiredGranularScopes", "requiredScopes", "missingScopes"):
            wanted += [str(scope) for scope in listed(context.get(name))]
    scopes = REDACTOR.clean(", ".join(dict.fromkeys(wanted))) or (
        "crm.objects.contacts.read, crm.objects.contacts.write, crm.schemas.contacts.read"
    )
    return tr("Give the key these scopes in HubSpot, then test again: {scopes}", scopes=scopes)


def _taken(
    contacts: Sequence[Outgoing],
    results: Sequence[Mapping[str, Any]],
    open_ones: dict[int, Outgoing],
) -> tuple[list[ItemResult], int]:
    """The contacts that results name, taken out of `open_ones`, and how many name nobody."""
    taken: list[ItemResult] = []
    nameless = 0
    by_trace = {trace(contact): contact for contact in contacts}
    by_email = {contact.key: contact for contact in contacts}
    for result in results:
        email = mapped(result.get("properties")).get("email")
        contact = by_trace.get(str(result.get("objectWriteTraceId"))) or by_email.get(
            str(email or "").lower()
        )
        if not result.get("id"):
            # No record, no proof: whether it was taken is looked up.
            continue
        if contact is None:
            # One that names somebody else says nothing of ours.
            nameless += not (email or result.get("objectWriteTraceId"))
        elif open_ones.pop(contact.contact, None):
            new = result.get("new")
            created = new if isinstance(new, bool) else None
            taken.append(ItemResult(contact.contact, str(result["id"]), created))
    return taken, nameless


def _refused(
    errors: Sequence[Mapping[str, Any]], open_ones: dict[int, Outgoing], body: Mapping[str, Any]
) -> Iterator[ItemResult]:
    nameless: list[Mapping[str, Any]] = []
    for error in errors:
        named = located([error], list(open_ones.values()))
        if not named:
            nameless.append(error)
        for contact in named:
            del open_ones[contact.contact]
            yield ItemResult(contact.contact, failure=row_failure(error, body))
    if len(nameless) == len(open_ones) == 1:
        contact_id, _ = open_ones.popitem()
        yield ItemResult(contact_id, failure=row_failure(nameless[0], body))


def _record(result: Mapping[str, Any]) -> RemoteRecord:
    values = mapped(result.get("properties"))
    return RemoteRecord(
        str(result.get("id") or ""),
        {str(name): str(value) for name, value in values.items() if value not in (None, "")},
    )


def _number(reply: Reply, header: str) -> int | None:
    written = reply.headers.get(header, "")
    return int(written) if written.isdecimal() and len(written) <= LONGEST_NUMBER else None
