"""How a movement of credits is shown: what moved why, and what it did to each purse."""

from __future__ import annotations

from datetime import datetime

from app.core.money import shown
from app.core.providers import provider_name
from app.core.text import marked, tr
from app.services.credits import LedgerRow
from app.views.billing.plan_words import category_words
from app.views.billing.usage_words import outcome_words
from app.views.common.cells import MISSING, Cell, Column, Look
from app.views.common.words import long_time, short_time

KINDS = {
    "grant": marked("Granted"),
    "hold": marked("Held"),
    "post": marked("Charged"),
    "void": marked("Given back"),
    "expire": marked("Expired"),
    "rollover": marked("Rolled over"),
    "refund": marked("Refunded"),
    "repay": marked("Paid back"),
    "correct": marked("Corrected"),
}
_ASKED = {
    "find_email": marked("e-mail"),
    "email": marked("e-mail"),
    "find_phone": marked("phone"),
    "phone": marked("phone"),
    "verify_email": marked("verification"),
    "verification": marked("verification"),
}
MINUS = "\N{MINUS SIGN}"

COLUMNS = (
    Column("at", marked("When"), 128, weight=0),
    Column("kind", marked("Movement"), 104, weight=0),
    Column("what", marked("Source"), 176, weight=4),
    Column("run", marked("Run"), 88, weight=0, rank=3),
    Column("avail", marked("Available"), 104, weight=0, right=True),
    Column("hold", marked("Held"), 80, weight=0, right=True, rank=1),
    Column("consumed", marked("Spent"), 80, weight=0, right=True, rank=1),
    Column("balance", marked("Balance"), 96, weight=0, right=True),
)


def cell_of(row: LedgerRow, key: str, now: datetime) -> Cell:
    """One cell of a movement."""
    if key == "at":
        return Cell(short_time(row.at, now), tip=long_time(row.at))
    if key == "kind":
        return Cell(tr(KINDS.get(row.kind, row.kind)), Look.STRONG)
    if key == "what":
        return Cell(source_words(row), tip=source_words(row))
    if key == "run":
        return _or_dash(str(row.job) if row.job is not None else "")
    if key == "balance":
        return Cell(shown(row.balance), Look.FIGURE)
    return _or_dash(_signed(effect(row, key)))


def effect(row: LedgerRow, purse: str) -> int:
    """What a movement adds to a purse, in milli-credits; below zero is what it takes."""
    return row.amount * ((row.target == purse) - (row.source == purse))


def source_words(row: LedgerRow) -> str:
    """Where credits came from or what they were for."""
    if row.provider:
        asked = tr(_ASKED[row.op]) if row.op in _ASKED else str(row.op)
        words = [f"{provider_name(row.provider)}, {asked}"]
        if row.kind in ("post", "void") and row.outcome:
            words.append(outcome_words(row.outcome))
    else:
        words = [category_words(row.category) if row.category else tr("Debt for a refund")]
    return " · ".join((*words, row.note) if row.note else words)


def _signed(milli: int) -> str:
    if milli == 0:
        return ""
    return f"+{shown(milli)}" if milli > 0 else f"{MINUS}{shown(-milli)}"


def _or_dash(text: str) -> Cell:
    return Cell(text, Look.FIGURE) if text else Cell(MISSING, Look.QUIET)
