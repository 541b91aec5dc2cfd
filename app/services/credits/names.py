"""The ledger's words: kinds of movements and accounts, categories of grants, states of calls."""

from __future__ import annotations

from enum import StrEnum

ISSUER, DEBT = 1, 2
OF_NO_GRANT = {ISSUER: "issuer", DEBT: "debt"}
"""The two accounts that belong to no grant, and their kinds."""


class Kind(StrEnum):
    """Why credits moved."""

    GRANT = "grant"
    HOLD = "hold"
    POST = "post"
    VOID = "void"
    EXPIRE = "expire"
    ROLLOVER = "rollover"
    REFUND = "refund"
    REPAY = "repay"
    CORRECT = "correct"


GIVING = (Kind.GRANT, Kind.ROLLOVER)
"""Movements from the issuer that make a grant, and carry its terms in their seal."""


class Purse(StrEnum):
    """The four accounts of a grant."""

    AVAIL = "avail"
    HOLD = "hold"
    CONSUMED = "consumed"
    EXPIRED = "expired"


_PER_GRANT = 10
"""Numbers set aside for the accounts of a grant; the first ten are those of no grant."""


def account(grant: int, purse: Purse) -> int:
    """The id of one account of a grant."""
    return grant * _PER_GRANT + 1 + tuple(Purse).index(purse)


def owner_of(account: int) -> tuple[str, int | None] | None:
    """The kind of an account and the grant it belongs to, by its id; None if there is no such."""
    if account in OF_NO_GRANT:
        return OF_NO_GRANT[account], None
    place = account % _PER_GRANT - 1
    known = account > _PER_GRANT and 0 <= place < len(Purse)
    return (tuple(Purse)[place].value, grant_of(account)) if known else None


def grant_of(account: int) -> int:
    """The grant to which an account belongs."""
    return account // _PER_GRANT


class Category(StrEnum):
    """Where a grant comes from."""

    TRIAL = "trial"
    PLAN = "plan"
    ROLLOVER = "rollover"
    PACK = "pack"
    PROMO = "promo"
    ADJUST = "adjust"


PROMOTIONAL = (Category.TRIAL, Category.PROMO)
"""Given for nothing, and drawn before what was paid for."""

ATTESTED = (Category.ROLLOVER, Category.PACK)
"""Lasts longer than a month on the ledger's word alone, and waits while that is in doubt."""

PRIORITIES = {
    Category.ROLLOVER: 20,
    Category.TRIAL: 30,
    Category.PROMO: 30,
    Category.PLAN: 40,
    Category.ADJUST: 50,
    Category.PACK: 60,
}
"""What is drawn first; a lower number goes before a higher one."""


class AttemptState(StrEnum):
    """How far a call of a provider came; settled and released are final."""

    RESERVED = "reserved"
    SENT = "sent"
    PENDING = "pending"
    AMBIGUOUS = "ambiguous"
    SETTLED = "settled"
    RELEASED = "released"


NOT_SENT, SENT = "not sent", "sent"
"""How a released call ended: only one that was sent counts among the enrichments."""


FOUND = "found "
"""How a settled call ended begins; then comes how many values it found."""


def ended(found: int) -> str:
    """How a settled call ended; sealed with its last movements, since limits go by it."""
    return f"{FOUND}{found}"


OPEN = (
    AttemptState.RESERVED,
    AttemptState.SENT,
    AttemptState.PENDING,
    AttemptState.AMBIGUOUS,
)
"""States that still hold credits."""
