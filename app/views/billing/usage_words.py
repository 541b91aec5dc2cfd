"""How the outcomes of calls are called, and how many calls there were."""

from __future__ import annotations

from app.core.money import shown
from app.core.text import marked, tr, trn
from app.services.credits.analysis import Share

FEWEST = 5
"""With fewer calls than that, a chart would say more than is known."""

_OUTCOMES = {
    "": marked("Not answered yet"),
    "found": marked("Found"),
    "not_found": marked("Not found"),
    "miss": marked("Not found"),
    "catch_all": marked("Catch-all address"),
    "invalid": marked("Invalid"),
    "rate_limited": marked("Too many requests"),
    "timeout": marked("No answer in time"),
    "error": marked("Failed"),
}


def outcome_words(outcome: str) -> str:
    """An outcome in plain words; one that nobody named yet as it stands."""
    known = _OUTCOMES.get(outcome.casefold())
    return tr(known) if known else outcome.replace("_", " ").capitalize()


def outcome_colour(outcome: str) -> str:
    """The token of an outcome's bar: only what was found has the colour of success."""
    return {"found": "chart.2", "catch_all": "chart.3"}.get(outcome.casefold(), "chart.6")


def calls_words(calls: int) -> str:
    """So many calls."""
    return trn("{n} call", "{n} calls", calls)


def share_words(share: Share) -> str:
    """What stands below the name of a share."""
    held = tr(", {credits} held", credits=shown(share.held)) if share.held else ""
    return tr("{found} found of {calls}", found=share.found, calls=share.calls) + held
