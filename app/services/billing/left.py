"""What is left of the plan's contacts and imports, in the words that every control shows.

A control tells it before it is used: not while plenty is left, which would be noise, but from four
fifths on, and where a plan allows a single one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core.dates import day_words
from app.core.plans import UNLIMITED
from app.core.text import grouped, tr, trn
from app.services.licence.refusals import Code

if TYPE_CHECKING:
    from app.services.billing.account import Account, Used

CONTACTS, IMPORTS = "contacts", "imports"
"""The limits that a control can use up by itself."""

MATTERS = 5
"""What is left matters once it is a fifth of the limit, as when the first notice is told."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one limit; nothing is said while nothing, or plenty, is known of it.

    short stands on the control itself, such as "3 left"; said is the whole sentence; and help what
    to do once none is left. Without a limit, and before it was read, n is None.
    """

    n: int | None = None
    short: str = ""
    said: str = ""
    help: str = ""

    @property
    def is_used_up(self) -> bool:
        """Whether the control can only explain."""
        return self.n == 0


def left_of(account: Account | None, name: str) -> Left:
    """What is left of the limit CONTACTS or IMPORTS; of "" and of what is not limited, no words."""
    if account is None or name not in _SAID:
        return Left()
    used = account.limits[name]
    if used.limit == UNLIMITED:
        return Left()
    taken = used.used + (account.overview.coming if name == CONTACTS else 0)
    n = max(0, used.limit - taken)
    if n > 1 and n * MATTERS > used.limit:
        return Left(n)
    short = trn("{n} left", "{n} left", n)
    said = _SAID[name](account, used, n)
    return Left(n, short, said, "" if n else _HELP[name](account))


def after_words(limit: int, used: int, coming: int) -> str:
    """How many more contacts fit after `coming` new ones; empty while that does not matter."""
    n = limit - used - coming
    if limit == UNLIMITED or not coming or n < 0 or n * MATTERS > limit:
        return ""
    return trn(
        "After this import {n} more contact fits: your plan holds {limit}.",
        "After this import {n} more contacts fit: your plan holds {limit}.",
        n,
        limit=grouped(limit),
    )


def over_words(account: Account) -> str:
    """What becomes of the contacts beyond what the plan holds; empty if there are none."""
    used = account.limits[CONTACTS]
    if not used.over:
        return ""
    return tr(
        "{over} of {used} contacts are over the limit of {limit}. All of them stay readable, "
        "editable and exportable for ever.",
        over=grouped(used.over),
        used=grouped(used.used),
        limit=grouped(used.limit),
    )


def may_try(account: Account | None) -> bool:
    """Whether a trial is still to be had: nothing was ever bought or tried here."""
    if account is None:
        return False
    standing = account.standing
    return standing.state is Code.NONE and standing.licence is None


def _contacts_left(_account: Account, used: Used, n: int) -> str:
    limit = grouped(used.limit)
    if n:
        return trn(
            "{n} more contact fits: your plan holds {limit}.",
            "{n} more contacts fit: your plan holds {limit}.",
            n,
            limit=limit,
        )
    if used.over:
        return tr(
            "Your plan holds {limit} contacts, and there are {used}.",
            limit=limit,
            used=grouped(used.used),
        )
    return tr("All {limit} contacts of your plan are used.", limit=limit)


def _imports_left(account: Account, used: Used, n: int) -> str:
    if n:
        return trn(
            "{n} of {limit} import is left this month.",
            "{n} of {limit} imports are left this month.",
            n,
            limit=grouped(used.limit),
        )
    return trn(
        "The one import of this month is used; there is another from {day} on.",
        "All {n} imports of this month are used; there are new ones from {day} on.",
        used.limit,
        day=day_words(account.overview.moment.month.end, year=False),
    )


def _contacts_help(account: Account) -> str:
    if account.limits[CONTACTS].over:
        return tr(
            "What is there stays readable, editable and exportable for ever. A larger plan makes "
            "room for new people."
        )
    return tr("A larger plan makes room, and so does deleting people whom you no longer need.")


def _imports_help(_account: Account) -> str:
    return tr(
        "Rows that an import rejected or parked may come back at any time; they do not count."
    )


_SAID: dict[str, Callable[[Account, Used, int], str]] = {
    CONTACTS: _contacts_left,
    IMPORTS: _imports_left,
}
_HELP: dict[str, Callable[[Account], str]] = {CONTACTS: _contacts_help, IMPORTS: _imports_help}
