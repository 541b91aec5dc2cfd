"""Who of some contacts may not leave for another tool: the suppressed, and the sample's people."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from app.core.text import marked, tr
from app.services import sample, suppression

_SAMPLE = "sample"
_SUPPRESSED = {
    "unsubscribed": marked("unsubscribed"),
    "bounced": marked("e-mail bounced"),
    "do_not_contact": marked("do not contact"),
    "erased": marked("erased on request"),
}


def reasons(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Why contacts are withheld, for those of `ids` that are, inside an open session."""
    made_up = dict.fromkeys(sample.among(connection, ids), _SAMPLE)
    return made_up | suppression.reasons(connection, ids)


def words(reason: str) -> str:
    """A reason as a plan tells it."""
    if reason == _SAMPLE:
        return tr("sample data is never exported")
    return tr("suppressed: {why}", why=tr(_SUPPRESSED.get(reason, reason)))
