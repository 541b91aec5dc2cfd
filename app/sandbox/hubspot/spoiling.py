"""What becomes of a good answer on its way, or in a server that keeps no promise."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from app.sandbox.server import Answer


def moments() -> dict[str, str]:
    """When an answer was begun and ended."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"startedAt": now, "completedAt": now}


def without_results(answer: Answer) -> Answer:
    """COMPLETE, but nothing in it."""
    return Answer(200, {"status": "COMPLETE", **moments()}, answer.headers)


def not_yet(answer: Answer) -> Answer:
    """It is still being worked on."""
    body = dict(answer.body) if isinstance(answer.body, dict) else {}
    return replace(answer, body={**body, "status": "PENDING", "results": []})


def cut_short(answer: Answer) -> Answer:
    """The first half of the text."""
    whole = json.dumps(answer.body)
    return replace(answer, body=whole[: len(whole) // 2])


def no_body(answer: Answer) -> Answer:
    """A status and nothing else."""
    return replace(answer, body="")


def of_others(answer: Answer) -> Answer:
    """The results of other contacts."""
    whole = json.dumps(answer.body)
    return replace(answer, body=json.loads(whole.replace('"c_', '"x_').replace("@", ".other@")))


def page_of_a_gateway(answer: Answer) -> Answer:
    """A gateway's own page instead of the answer."""
    return Answer(400, "<html><title>400 Bad Request</title></html>", answer.headers)


def gateway_timeout(answer: Answer) -> Answer:
    """A gateway that did not wait for the answer."""
    return Answer(504, "<html><title>504 Gateway Time-out</title></html>", answer.headers)
