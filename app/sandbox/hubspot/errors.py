"""The error bodies of the practice HubSpot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

from app.sandbox.server import Answer


def error(status: int, category: str, message: str, **more: object) -> Answer:
    """One of HubSpot's error bodies."""
    body = {"status": "error", "category": category, "message": message, **more}
    return Answer(status, {**body, "correlationId": str(uuid4())})


def over_limit(policy: str, headers: Mapping[str, str] | None = None) -> Answer:
    """The body of a 429."""
    body = {
        "status": "error",
        "message": "You have reached your rate limit.",
        "errorType": "RATE_LIMIT",
        "policyName": policy,
        "correlationId": str(uuid4()),
    }
    return Answer(429, body, headers or {})


def invalid(found: Sequence[tuple[str, str, str]]) -> Answer:
    """The 400 that refuses a whole request because of these faults of one contact."""
    details = [{"message": words, "in": name, "code": code} for name, code, words in found]
    return error(400, "VALIDATION_ERROR", found[0][2], errors=details)
