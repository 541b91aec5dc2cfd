"""The answer of a limit that says no: its code, its numbers, when there is room, what helps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core import errors
from app.core.money import MILLI, shown
from app.core.providers import provider_name
from app.core.text import marked, tr


class Code(StrEnum):
    """Which limit it is."""

    BALANCE = "INSUFFICIENT_CREDITS"
    DAILY = "DAILY_LIMIT"
    PROVIDER = "PROVIDER_LIMIT"
    PACKAGE = "PLAN_RESTRICTION"
    CAP = "SPEND_CAP"
    CONTACTS = "CONTACT_LIMIT"
    IMPORTS = "IMPORT_LIMIT"
    SEATS = "SEAT_LIMIT"


class Remedy(StrEnum):
    """What helps."""

    BUY = "buy_credits"
    UPGRADE = "upgrade"
    WAIT = "wait"
    OTHER_PROVIDER = "other_provider"
    RAISE_CAP = "raise_cap"


@dataclass(frozen=True, slots=True)
class Denial:
    """One limit that is reached; numbers are decimal credits or counts, resets_at is UTC.

    subject names the provider or the cap that it is about. skips_provider says that another
    provider may still be asked.
    """

    code: Code
    limit: float | None
    used: float | None
    needed: float | None
    remedy: Remedy
    resets_at: datetime | None = None
    subject: str = ""
    skips_provider: bool = False

    def error(self) -> errors.LimitReached:
        """The same as an error with its sentences."""
        kind, message, hint = _WORDS[self.code]
        if self.code is Code.PROVIDER and self.limit is None:
            message, hint = _RESTS
        if self.code is Code.CONTACTS and self.subject == RETURNED:
            message, hint = _BACK
        elif self.code is Code.CONTACTS and self.needed == 1:
            message = _FULL
        capped = _CAPPED.get(self.subject, _CAPPED["provider"])
        subject = provider_name(self.subject)
        values = {
            "limit": _written(self.limit),
            "used": _written(self.used),
            "needed": _written(self.needed),
            "room": _written(max(0, (self.limit or 0) - (self.used or 0))),
            "subject": subject,
            "capped": tr(capped, provider=subject),
        }
        return kind(
            tr(message, **values),
            tr(hint, **values),
            limit=self.limit,
            used=self.used,
            needed=self.needed,
            resets_at=self.resets_at,
            remedy=self.remedy.value,
        )


def _written(number: float | None) -> str:
    return shown(round((number or 0) * MILLI))


_CAPPED = {
    "run": marked("this run"),
    "day": marked("today"),
    "month": marked("this month"),
    "provider": marked("{provider} this month"),
}
"""What a cap is on, by the subject of its denial; any other subject is a provider."""

_RESTS = (
    marked("{subject} cannot be asked at present: its own quota is used up, or it keeps failing."),
    marked("The other providers go on; look at its connection."),
)

RETURNED = "returned"
"""The subject of a denial of contacts that were to come out of the trash."""

_BACK = (
    marked("{room} of {needed} may come back: your plan holds {limit} contacts."),
    marked(
        "Others took their places, and they stay safe in the trash. Bring fewer back, delete "
        "others, or choose a larger plan."
    ),
)

_FULL = marked("All {limit} contacts of your plan are used.")

_WORDS: dict[Code, tuple[type[errors.LimitReached], str, str]] = {
    Code.BALANCE: (
        errors.InsufficientCredits,
        marked("{room} credits are left, and the next step may cost {needed}."),
        marked("Buy a pack of credits, choose a larger plan, or wait for the next month."),
    ),
    Code.DAILY: (
        errors.DailyLimit,
        marked("{used} of {limit} contacts were enriched today."),
        marked("Go on after midnight, or choose a larger plan."),
    ),
    Code.PROVIDER: (
        errors.ProviderLimit,
        marked("{subject} has found {used} of {limit} values this month."),
        marked("The other providers go on; wait for the next month, or choose a larger plan."),
    ),
    Code.PACKAGE: (
        errors.PlanRestriction,
        marked("Your plan does not include {subject}."),
        marked("Choose a plan that does, or leave it out."),
    ),
    Code.CAP: (
        errors.SpendCap,
        marked("{used} of the {limit} credits are spent that you allow for {capped}."),
        marked("Raise your own cap, or go on when its time is over."),
    ),
    Code.CONTACTS: (
        errors.ContactLimit,
        marked("{room} of {needed} fit: your plan holds {limit} contacts."),
        marked("Choose a larger plan, or delete contacts that you no longer need."),
    ),
    Code.IMPORTS: (
        errors.ImportLimit,
        marked("{used} of {limit} imports are used this month."),
        marked("Wait for the next month, or choose a larger plan."),
    ),
    Code.SEATS: (
        errors.SeatLimit,
        marked("{used} of {limit} seats are taken."),
        marked("Choose a larger plan, or free a seat."),
    ),
}
