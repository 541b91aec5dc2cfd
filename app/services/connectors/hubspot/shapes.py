"""Whether a good answer holds what its call promises: one that does not is asked for again.

`{"status":"COMPLETE"}` without results to a question for contacts would otherwise read as "nobody
is there", and everybody would be taken for new.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.errors import OutsideError, OutsideKind
from app.services.connectors.hubspot.answers import passing, unreadable
from app.services.connectors.hubspot.faults import NOT_FOUND, listed, mapped
from app.services.connectors.hubspot.schema import KEY
from app.services.http import Reply

FINAL = frozenset({NOT_FOUND, "VALIDATION_ERROR", None})
"""Why a contact is for good not in the answer to a batch read; any other reason may pass."""


def page(reply: Reply) -> OutsideError | None:
    """A page of contacts: a list of results, whatever is in it."""
    return None if isinstance(_body(reply).get("results"), list) else _formless(reply)


def properties(reply: Reply) -> OutsideError | None:
    """The properties: among them the e-mail, which every account has."""
    names = [mapped(each).get("name") for each in listed(_body(reply).get("results"))]
    return None if KEY in names else _formless(reply)


def account(reply: Reply) -> OutsideError | None:
    """The account: with its number, or else its key would pass for another account."""
    return None if _body(reply).get("portalId") else _formless(reply)


def found(reply: Reply) -> OutsideError | None:
    """The contacts of a batch read: all of it done, and everybody in it has an id."""
    body = _body(reply)
    results = body.get("results")
    reasons = [mapped(error).get("category") for error in listed(body.get("errors"))]
    if body.get("status") not in {"COMPLETE", None} or not FINAL.issuperset(reasons):
        return passing(reply)
    if not isinstance(results, list) or not all(mapped(each).get("id") for each in results):
        return _formless(reply)
    return None


def _body(reply: Reply) -> Mapping[str, Any]:
    return mapped(reply.json())


def _formless(reply: Reply) -> OutsideError:
    return unreadable(OutsideKind.TRANSIENT, reply.detail())
