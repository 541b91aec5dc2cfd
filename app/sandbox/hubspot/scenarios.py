"""Every trouble that HubSpot's contract speaks of, as a scenario with a name.

A scenario may break a call, change its answer, or lose the answer after the call had its effect.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from app.sandbox.hubspot import spoiling
from app.sandbox.hubspot.errors import error, over_limit
from app.sandbox.server import Answer, Request

SILENCE_SECONDS = 300.0
SLOW_SECONDS = 3.0
PARTIAL_ROWS = 3
Proper = Callable[[Request], Answer]
"""Answers a request as on a good day."""

TROUBLED = 2
"""Which write meets a passing trouble: the second, so that some contacts are already there."""


@dataclass(slots=True)
class Script:
    """One scenario being played: the writes it has seen, the contacts and calls it spoiled."""

    name: str
    writes: int = 0
    spoiled: set[str] = field(default_factory=set)
    spoiled_calls: int = 0

    def play(self, request: Request, proper: Proper) -> Answer:
        """Answer `request`, where `proper` is what a good day's answer would be."""
        if is_write(request):
            self.writes += 1
        return SCENARIOS[self.name].play(self, request, proper)


Play = Callable[[Script, Request, Proper], Answer]
Which = Callable[[Request], bool]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A trouble and the words that explain it."""

    words: str
    play: Play


def is_write(request: Request) -> bool:
    """True for a batch that changes contacts."""
    return request.path.endswith("/batch/upsert")


def is_lookup(request: Request) -> bool:
    """True for a batch that asks for contacts."""
    return request.path.endswith("/batch/read")


def _normal(_script: Script, request: Request, proper: Proper) -> Answer:
    return proper(request)


def _once(answer: Callable[[], Answer]) -> Play:
    """One troubled write, the second; it has no effect."""

    def play(script: Script, request: Request, proper: Proper) -> Answer:
        if is_write(request) and script.writes == TROUBLED:
            return answer()
        return proper(request)

    return play


def _first_writes(count: int, answer: Callable[[], Answer]) -> Play:
    def play(script: Script, request: Request, proper: Proper) -> Answer:
        if is_write(request) and script.writes <= count:
            return answer()
        return proper(request)

    return play


def _from_second_write(answer: Callable[[], Answer]) -> Play:
    def play(script: Script, request: Request, proper: Proper) -> Answer:
        if is_write(request) and script.writes >= TROUBLED:
            return answer()
        return proper(request)

    return play


def _always(answer: Callable[[], Answer]) -> Play:
    return lambda _script, _request, _proper: answer()


def _lost_answer(script: Script, request: Request, proper: Proper) -> Answer:
    answer = proper(request)
    if is_write(request) and script.writes == 1:
        return replace(answer, delay=SILENCE_SECONDS)
    return answer


def _dropped(script: Script, request: Request, proper: Proper) -> Answer:
    answer = proper(request)
    return replace(answer, dropped=is_write(request) and script.writes == 1)


def _slow(_script: Script, request: Request, proper: Proper) -> Answer:
    return replace(proper(request), delay=SLOW_SECONDS)


def _partial(locate: Callable[[Mapping[str, Any]], dict[str, Any]], status: int = 200) -> Play:
    """The first three contacts are refused on their first coming; `locate` says how it is told."""

    def play(script: Script, request: Request, proper: Proper) -> Answer:
        if not is_write(request):
            return proper(request)
        inputs = json.loads(request.body)["inputs"]
        bad = [each for each in inputs if _spoils(script, each["id"])]
        if not bad:
            return proper(request)
        good = [each for each in inputs if each not in bad]
        rest = replace(request, body=json.dumps({"inputs": good}).encode())
        body: dict[str, Any] = {"status": "COMPLETE", "results": [], **spoiling.moments()}
        if good:
            answer = proper(rest)
            body = dict(answer.body) if isinstance(answer.body, dict) else body
        body["errors"] = [{**_row_error(), **locate(each)} for each in bad]
        body["numErrors"] = len(bad)
        return Answer(status, body)

    return play


def _spoils(script: Script, email: str) -> bool:
    if email in script.spoiled or len(script.spoiled) >= PARTIAL_ROWS:
        return False
    script.spoiled.add(email)
    return True


def _row_error() -> dict[str, Any]:
    return {
        "status": "error",
        "category": "VALIDATION_ERROR",
        "message": "A required property is missing for this lifecycle stage",
        "context": {},
        "errors": [],
        "links": {},
    }


def _by_trace(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"context": {"objectWriteTraceId": [given.get("objectWriteTraceId", "")]}}


def _by_email(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"message": f"Contact {given['id']} lacks a required property"}


def _by_nothing(_given: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _bad_row(refusal: Callable[[Mapping[str, Any]], Answer]) -> Play:
    """The first contact ever sent can never be taken, and its whole batch fails with it."""

    def play(script: Script, request: Request, proper: Proper) -> Answer:
        if not is_write(request):
            return proper(request)
        inputs = json.loads(request.body)["inputs"]
        if not script.spoiled:
            script.spoiled.add(inputs[0]["id"])
        bad = next((each for each in inputs if each["id"] in script.spoiled), None)
        if bad is None:
            return proper(request)
        return refusal(bad)

    return play


def _not_valid(_given: Mapping[str, Any]) -> Answer:
    return error(400, "VALIDATION_ERROR", "Property values were not valid")


def _not_valid_named(given: Mapping[str, Any]) -> Answer:
    return error(400, "VALIDATION_ERROR", f"Property values were not valid for {given['id']}")


def _conflict(_given: Mapping[str, Any]) -> Answer:
    return error(409, "CONFLICT", "Contact already exists. Existing ID: 77")


def _broken(_given: Mapping[str, Any]) -> Answer:
    return error(500, "INTERNAL_ERROR", "internal error")


def _hung_up(_given: Mapping[str, Any]) -> Answer:
    return replace(_broken(_given), dropped=True)


def _web_page() -> Answer:
    return Answer(200, "<html><title>Sign in to the guest network</title></html>")


def _misshapen(spoil: Callable[[Answer], Answer], *, on: Which, times: int = 2) -> Play:
    """The first calls of a kind have their effect, but their answers are not what they should be.

    times is how many: two reads are asked again, while one write is looked up.
    """

    def play(script: Script, request: Request, proper: Proper) -> Answer:
        answer = proper(request)
        if on(request) and script.spoiled_calls < times:
            script.spoiled_calls += 1
            return spoil(answer)
        return answer

    return play


def _in_two_seconds(form: str) -> dict[str, str]:
    now = datetime.now(UTC)
    then = now + timedelta(seconds=2)
    if form == "iso":
        return {"Retry-After": then.isoformat(), "Date": format_datetime(now, usegmt=True)}
    return {"Retry-After": format_datetime(then, usegmt=True)}


def _burst(headers: Callable[[], Mapping[str, str]]) -> Play:
    return _once(lambda: over_limit("TEN_SECONDLY_ROLLING", headers()))


def _down() -> Answer:
    return error(503, "SERVICE_UNAVAILABLE", "Service unavailable")


def _revoked() -> Answer:
    return error(401, "EXPIRED_AUTHENTICATION", "The key was revoked")


def _gone() -> Answer:
    return error(410, "GONE", "This version of the API has been turned off")


def _forbidden() -> Answer:
    scopes = {"context": {"requiredGranularScopes": ["crm.objects.contacts.write"]}}
    return error(
        403, "MISSING_SCOPES", "This key lacks a scope", errors=[{"message": "", **scopes}]
    )


SCENARIOS: dict[str, Scenario] = {
    "normal": Scenario("Everything works.", _normal),
    "rate_limited": Scenario(
        "The second write gets a 429 with Retry-After 2.", _burst(lambda: {"Retry-After": "2"})
    ),
    "rate_limited_date": Scenario(
        "The second write gets a 429 whose Retry-After is an HTTP date.",
        _burst(lambda: _in_two_seconds("http")),
    ),
    "rate_limited_iso": Scenario(
        "The second write gets a 429 whose Retry-After is an ISO moment.",
        _burst(lambda: _in_two_seconds("iso")),
    ),
    "rate_limited_silent": Scenario(
        "The second write gets a 429 without Retry-After.", _burst(dict)
    ),
    "daily": Scenario(
        "From the second write on the daily limit is used up.",
        _from_second_write(lambda: over_limit("DAILY")),
    ),
    "partial": Scenario("Three contacts are refused once, named by trace id.", _partial(_by_trace)),
    "partial_email": Scenario(
        "Three contacts are refused once, named by e-mail in the sentence.", _partial(_by_email)
    ),
    "partial_unnamed": Scenario(
        "Three contacts are refused once, and the answer does not say which.",
        _partial(_by_nothing),
    ),
    "partial_207": Scenario(
        "As partial_unnamed, with status 207.", _partial(_by_nothing, status=207)
    ),
    "bad_row": Scenario(
        "The first contact makes every batch it is in fail, unnamed.", _bad_row(_not_valid)
    ),
    "bad_row_named": Scenario(
        "The first contact makes every batch it is in fail, named by e-mail.",
        _bad_row(_not_valid_named),
    ),
    "poisoned_row": Scenario(
        "The first contact makes HubSpot break (500) on every batch it is in.", _bad_row(_broken)
    ),
    "poisoned_row_dropped": Scenario(
        "The first contact makes HubSpot hang up on every batch it is in.", _bad_row(_hung_up)
    ),
    "conflict": Scenario("The first contact gets a 409 for its batch.", _bad_row(_conflict)),
    "unauthorized": Scenario("The key is not accepted.", _always(_revoked)),
    "revoked": Scenario(
        "The key is revoked from the second write on.", _from_second_write(_revoked)
    ),
    "gone": Scenario("The interface was turned off: every call gets a 410.", _always(_gone)),
    "gone_midway": Scenario(
        "The interface is turned off from the second write on.", _from_second_write(_gone)
    ),
    "forbidden": Scenario("The key may not write.", _from_second_write(_forbidden)),
    "locked": Scenario(
        "The second write meets a lock (423).", _once(lambda: error(423, "LOCKED", "Locked"))
    ),
    "migrating": Scenario(
        "The second write meets a migration (477, Retry-After 3).",
        _once(lambda: Answer(477, {"message": "Migration"}, {"Retry-After": "3"})),
    ),
    "migrating_for_a_day": Scenario(
        "From the second write on a migration is under way (477, Retry-After a day).",
        _from_second_write(lambda: Answer(477, {"message": "Migration"}, {"Retry-After": "86400"})),
    ),
    "outage": Scenario("From the second write on every one gets a 503.", _from_second_write(_down)),
    "unavailable": Scenario(
        "The first two writes get a 503, then all works.", _first_writes(2, _down)
    ),
    "down": Scenario("Every call gets a 503.", _always(_down)),
    "timeout": Scenario("The first write is taken but its answer never comes.", _lost_answer),
    "dropped": Scenario("The first write is taken, then the connection breaks.", _dropped),
    "read_without_results": Scenario(
        "The first two questions for contacts are answered COMPLETE without results.",
        _misshapen(spoiling.without_results, on=is_lookup),
    ),
    "read_pending": Scenario(
        "The first two questions for contacts are answered PENDING, with no results yet.",
        _misshapen(spoiling.not_yet, on=is_lookup),
    ),
    "read_cut_short": Scenario(
        "The answers to the first two questions for contacts break off in the middle.",
        _misshapen(spoiling.cut_short, on=is_lookup),
    ),
    "read_empty": Scenario(
        "The answers to the first two questions for contacts are empty.",
        _misshapen(spoiling.no_body, on=is_lookup),
    ),
    "never_results": Scenario(
        "Every question for contacts is answered COMPLETE without results.",
        _misshapen(spoiling.without_results, on=is_lookup, times=1_000_000),
    ),
    "write_without_results": Scenario(
        "The first write is taken and answered COMPLETE without results.",
        _misshapen(spoiling.without_results, on=is_write, times=1),
    ),
    "write_cut_short": Scenario(
        "The first write is taken, its answer breaks off in the middle.",
        _misshapen(spoiling.cut_short, on=is_write, times=1),
    ),
    "write_empty": Scenario(
        "The first write is taken, its answer is empty.",
        _misshapen(spoiling.no_body, on=is_write, times=1),
    ),
    "write_gateway_page": Scenario(
        "The first write is taken, but a gateway answers with its own page and a 400.",
        _misshapen(spoiling.page_of_a_gateway, on=is_write, times=1),
    ),
    "write_gateway_timeout": Scenario(
        "The first write is taken, but a gateway answers 504.",
        _misshapen(spoiling.gateway_timeout, on=is_write, times=1),
    ),
    "write_of_others": Scenario(
        "The first write is taken, its answer tells of other contacts.",
        _misshapen(spoiling.of_others, on=is_write, times=1),
    ),
    "slow": Scenario("Every answer takes three seconds.", _slow),
    "web_page": Scenario("A guest network's sign-in page answers instead.", _always(_web_page)),
}
