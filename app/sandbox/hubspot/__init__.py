"""A practice HubSpot that keeps to the contract: strict bodies, partial answers, a real limit."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from app.core.clock import Clock
from app.sandbox.hubspot import requests
from app.sandbox.hubspot.contacts import ContactBook, Stored, shown
from app.sandbox.hubspot.errors import error, invalid, over_limit
from app.sandbox.hubspot.properties import STANDARD, Property, faults
from app.sandbox.hubspot.scenarios import SCENARIOS, Script
from app.sandbox.server import Answer, Request

OBJECTS = ("/crm/objects/2026-09/contacts", "/crm/v3/objects/contacts")
PROPERTIES = ("/crm/properties/2026-09/contacts", "/crm/v3/properties/contacts")
ACCOUNT = ("/account-info/2026-03/details", "/account-info/v3/details")
PORTAL = 24_681_012
DAY_CALLS = 250_000


class PracticeHubSpot:
    """One practice account that any key opens, unless a scenario says otherwise.

    calls and seconds are its burst limit, which it enforces over a rolling window.
    """

    name: ClassVar[str] = "hubspot"
    scenarios: Mapping[str, str] = {name: each.words for name, each in SCENARIOS.items()}

    def __init__(
        self, clock: Clock, scenario: str = "normal", *, calls: int = 100, seconds: float = 10.0
    ) -> None:
        self.clock = clock
        self.book = ContactBook()
        self.properties = {each.name: each for each in STANDARD}
        self.portal = PORTAL
        self.calls, self.seconds = calls, seconds
        self.day_calls = DAY_CALLS
        self.refused_for_rate = 0
        self._script = Script(scenario)
        self._lock = threading.Lock()
        self._window: deque[float] = deque()
        self._today = 0

    def add_property(self, wanted: Property) -> None:
        """Add a property to the account, or replace the one of this name."""
        self.properties[wanted.name] = wanted

    def play(self, scenario: str) -> None:
        """Change the scenario while the server runs."""
        self._script = Script(scenario)

    def handle(self, request: Request) -> Answer:
        """Authenticate, count, let the scenario have its way, and answer."""
        with self._lock:
            if not request.headers.get("authorization", "").startswith("Bearer "):
                return error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found")
            limited = self._count()
            answer = limited or self._script.play(request, self._route)
            return Answer(
                answer.status,
                answer.body,
                {**self._rate_headers(), **answer.headers},
                answer.delay,
                answer.dropped,
            )

    def _route(self, request: Request) -> Answer:
        routes: dict[tuple[str, str], Callable[[Request], Answer]] = {}
        for base in OBJECTS:
            routes["GET", base] = self._page
            routes["POST", base] = self._create
            routes["POST", f"{base}/batch/upsert"] = self._upsert
            routes["POST", f"{base}/batch/read"] = self._read
            routes["POST", f"{base}/batch/update"] = self._update
        for base in PROPERTIES:
            routes["GET", base] = self._list_properties
        for base in ACCOUNT:
            routes["GET", base] = self._account
        route = routes.get((request.method, request.path))
        if route is None:
            return error(404, "NOT_FOUND", "resource not found")
        if request.method == "POST" and not request.headers.get("content-type", "").startswith(
            "application/json"
        ):
            return error(415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be application/json")
        try:
            return route(request)
        except (requests.Malformed, ValueError) as fault:
            return error(400, "VALIDATION_ERROR", str(fault))

    def _page(self, request: Request) -> Answer:
        limit = int(request.query.get("limit") or 10)
        if not 1 <= limit <= 100:
            return error(400, "VALIDATION_ERROR", "limit must be from 1 to 100")
        after = int(request.query.get("after") or 0)
        contacts = self.book.all()[after : after + limit]
        body: dict[str, Any] = {"results": [shown(each) for each in contacts]}
        if after + limit < len(self.book):
            body["paging"] = {"next": {"after": str(after + limit)}}
        return Answer(200, body)

    def _create(self, request: Request) -> Answer:
        values = requests.create(request.json())
        if found := list(faults(self.properties, values)):
            return invalid(found)
        existing = self.book.find(values.get("email", ""), by="email")
        if existing is not None:
            return error(409, "CONFLICT", f"Contact already exists. Existing ID: {existing.id}")
        contact, _ = self.book.write(None, values, self.clock.now())
        return Answer(201, shown(contact))

    def _upsert(self, request: Request) -> Answer:
        inputs = requests.upsert(request.json())
        for each in inputs:
            if each.get("idProperty") != "email":
                return error(400, "VALIDATION_ERROR", "idProperty must name a unique property")
        return self._write_all(inputs, self._upsert_fault, by="email")

    def _update(self, request: Request) -> Answer:
        inputs = requests.update(request.json())
        if any(each.get("idProperty") for each in inputs):
            return error(400, "VALIDATION_ERROR", "idProperty email is a non-unique 0-1 property")
        return self._write_all(inputs, self._update_fault, by=None)

    def _write_all(
        self,
        inputs: Sequence[Mapping[str, Any]],
        fault_of: Callable[[Mapping[str, Any]], list[tuple[str, str, str]]],
        *,
        by: str | None,
    ) -> Answer:
        keys = [str(each["id"]).strip().lower() for each in inputs]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            return error(400, "VALIDATION_ERROR", f"Duplicate IDs found in batch input: [{twice}]")
        wrong = {place: found for place, each in enumerate(inputs) if (found := fault_of(each))}
        traces = [each.get("objectWriteTraceId") for each in inputs]
        if wrong and len({trace for trace in traces if trace}) < len(inputs):
            # Partial answers need a trace id on every input; without them all or nothing.
            return invalid(next(iter(wrong.values())))
        started = self._moment()
        results = [
            self._write_one(each, by=by) for place, each in enumerate(inputs) if place not in wrong
        ]
        errors = [_row_error(str(traces[place]), found) for place, found in wrong.items()]
        return self._batch(results, errors, started)

    def _write_one(self, given: Mapping[str, Any], *, by: str | None) -> dict[str, Any]:
        values = dict(given["properties"])
        if by == "email":
            values.setdefault("email", given["id"])
        before = self.book.find(given["id"], by=by)
        contact, new = self.book.write(before, values, self.clock.now())
        answer = {**shown(contact), "new": new}
        if trace := given.get("objectWriteTraceId"):
            answer["objectWriteTraceId"] = trace
        return answer

    def _upsert_fault(self, given: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        return list(faults(self.properties, {"email": given["id"], **given["properties"]}))

    def _update_fault(self, given: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        if self.book.find(given["id"], by=None) is None:
            return [("id", "OBJECT_NOT_FOUND", f"No contact with ID {given['id']} exists")]
        return list(faults(self.properties, given["properties"]))

    def _read(self, request: Request) -> Answer:
        asked = requests.read(request.json())
        started = self._moment()
        found: list[Stored] = []
        missing: list[str] = []
        for each in asked["inputs"]:
            contact = self.book.find(each["id"], by=asked.get("idProperty"))
            if contact is None:
                missing.append(each["id"])
            else:
                found.append(contact)
        names = dict.fromkeys(asked["properties"])
        errors = [
            {
                "status": "error",
                "category": "OBJECT_NOT_FOUND",
                "message": "Could not get some CONTACT objects, they may be deleted or not exist.",
                "context": {"ids": missing},
                "errors": [],
                "links": {},
            }
        ]
        return self._batch(
            [shown(each, names) for each in found], errors if missing else [], started
        )

    def _list_properties(self, _request: Request) -> Answer:
        return Answer(200, {"results": [each.described() for each in self.properties.values()]})

    def _account(self, _request: Request) -> Answer:
        return Answer(
            200,
            {
                "portalId": self.portal,
                "accountType": "DEVELOPER_TEST",
                "timeZone": "Europe/Paris",
                "companyCurrency": "EUR",
                "additionalCurrencies": [],
                "utcOffset": "+01:00",
                "utcOffsetMilliseconds": 3_600_000,
                "uiDomain": "app.practice.example",
                "dataHostingLocation": "eu1",
            },
        )

    def _batch(
        self, results: list[dict[str, Any]], errors: list[dict[str, Any]], started: str
    ) -> Answer:
        body: dict[str, Any] = {
            "status": "COMPLETE",
            "results": results,
            "startedAt": started,
            "completedAt": self._moment(),
        }
        if errors:
            body |= {"numErrors": len(errors), "errors": errors}
        return Answer(200, body)

    def _moment(self) -> str:
        return self.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _count(self) -> Answer | None:
        now = self.clock.monotonic()
        while self._window and self._window[0] <= now - self.seconds:
            self._window.popleft()
        if self._today >= self.day_calls:
            self.refused_for_rate += 1
            return over_limit("DAILY")
        self._window.append(now)
        self._today += 1
        if len(self._window) <= self.calls:
            return None
        # A refused call does not count against the next window, nor against the day.
        self._window.pop()
        self._today -= 1
        self.refused_for_rate += 1
        return over_limit("TEN_SECONDLY_ROLLING")

    def _rate_headers(self) -> dict[str, str]:
        return {
            "X-HubSpot-RateLimit-Max": str(self.calls),
            "X-HubSpot-RateLimit-Remaining": str(self.calls - len(self._window)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(int(self.seconds * 1000)),
            "X-HubSpot-RateLimit-Daily": str(self.day_calls),
            "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, self.day_calls - self._today)),
        }


def _row_error(trace: str, found: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    missing = found[0][1] == "OBJECT_NOT_FOUND"
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND" if missing else "VALIDATION_ERROR",
        "message": found[0][2],
        "context": {"objectWriteTraceId": [trace]},
        "errors": [{"message": words, "in": name, "code": code} for name, code, words in found],
        "links": {},
    }
