"""The errors a user can meet, each a sentence with a next step.

CaptelyError
├── InvalidInput        what was typed, chosen or opened cannot be read      exit 2
│   ├── NotFound        the thing that was named does not exist
│   ├── InvalidFields   some of the values typed for a contact cannot be read
│   ├── AlreadyThere    another contact has this e-mail address
│   ├── Conflict        somebody changed it since it was looked at
│   └── StalePlan       the world moved between the dry run and the run
├── Refused             plan, licence, credits or a suppression says no      exit 3
│   └── LimitReached    a limit, with how much of it is used and what helps; one child for each
├── OutsideError        another system failed or said no                     exit 4
│   └── Unreachable     no connection could be made: nothing was sent
├── StorageError        disk, database or folder cannot be used              exit 2
│   └── Busy            somebody else holds the lock or the lease
└── Cancelled           the user stopped it                                  exit 130
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar


class CaptelyError(Exception):
    """Something the user should be told.

    message names the cause, hint the next step, detail is shown on demand. None of the three may
    hold a key, a token, a hook URL or a whole contact.
    """

    code: ClassVar[str] = "ERROR"
    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail

    def as_dict(self) -> dict[str, Any]:
        """The `error` object of the command line's JSON."""
        words: dict[str, Any] = {"code": self.code, "message": self.message, "hint": self.hint}
        if self.detail:
            words["detail"] = self.detail
        return words


class InvalidInput(CaptelyError):
    """What was typed, chosen or opened cannot be read as meant."""

    code = "INVALID_INPUT"


class NotFound(InvalidInput):
    """The contact, job, file or field that was named does not exist."""

    code = "NOT_FOUND"


class InvalidFields(InvalidInput):
    """Some typed values cannot be read; problems has the error of each by the field's key.

    Its own words are those of the first.
    """

    def __init__(self, problems: Mapping[str, InvalidInput]) -> None:
        first = next(iter(problems.values()))
        super().__init__(first.message, first.hint, first.detail)
        self.problems = dict(problems)

    def as_dict(self) -> dict[str, Any]:
        """The `error` object, with the sentence of every field."""
        fields = {key: error.message for key, error in self.problems.items()}
        return {**super().as_dict(), "fields": fields}


class AlreadyThere(InvalidInput):
    """Another contact, whose id is `contact`, has this e-mail address."""

    def __init__(self, message: str, hint: str = "", detail: str = "", *, contact: int) -> None:
        super().__init__(message, hint, detail)
        self.contact = contact

    def as_dict(self) -> dict[str, Any]:
        """The `error` object, with the other contact's id."""
        return {**super().as_dict(), "contact": self.contact}


class Conflict(InvalidInput):
    """Somebody changed the contact since it was looked at; the message says who."""

    code = "CONFLICT"


class StalePlan(InvalidInput):
    """The world moved between the dry run and the run; rows says for how many rows."""

    code = "PLAN_STALE"

    def __init__(self, message: str, hint: str = "", detail: str = "", *, rows: int = 0) -> None:
        super().__init__(message, hint, detail)
        self.rows = rows

    def as_dict(self) -> dict[str, Any]:
        """The `error` object, with the number of rows that moved."""
        return {**super().as_dict(), "rows": self.rows}


class Refused(CaptelyError):
    """The plan, the licence, the credits or the suppression list does not allow it."""

    code = "REFUSED"
    exit_code = 3


class LimitReached(Refused):
    """A limit of the plan, of the credits or of the user's own making.

    limit, used and needed are credits or a count, None where no number says it. resets_at is when
    there is room again, in UTC, if waiting helps. remedy is one word for what does:
    buy_credits, upgrade, wait, other_provider or raise_cap.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        detail: str = "",
        *,
        limit: float | None = None,
        used: float | None = None,
        needed: float | None = None,
        resets_at: datetime | None = None,
        remedy: str = "upgrade",
    ) -> None:
        super().__init__(message, hint, detail)
        self.limit, self.used, self.needed = limit, used, needed
        self.resets_at = resets_at
        self.remedy = remedy

    def as_dict(self) -> dict[str, Any]:
        """The `error` object, with the numbers of the limit and its remedy."""
        resets = self.resets_at.isoformat().replace("+00:00", "Z") if self.resets_at else None
        return {
            **super().as_dict(),
            "limit": self.limit,
            "used": self.used,
            "needed": self.needed,
            "resets_at": resets,
            "remedy": self.remedy,
        }


class InsufficientCredits(LimitReached):
    """The balance does not cover the worst case of the next step."""

    code = "INSUFFICIENT_CREDITS"


class DailyLimit(LimitReached):
    """So many contacts were enriched today that the plan allows no more."""

    code = "DAILY_LIMIT"


class ProviderLimit(LimitReached):
    """This month's values of one provider are used up; another one may be asked."""

    code = "PROVIDER_LIMIT"


class PlanRestriction(LimitReached):
    """The plan does not include it."""

    code = "PLAN_RESTRICTION"


class SpendCap(LimitReached):
    """A cap that the user has set."""

    code = "SPEND_CAP"


class ContactLimit(LimitReached):
    """The workspace holds as many contacts as the plan allows."""

    code = "CONTACT_LIMIT"


class ImportLimit(LimitReached):
    """This month's imports are used up."""

    code = "IMPORT_LIMIT"


class SeatLimit(LimitReached):
    """Every seat of the plan is taken."""

    code = "SEAT_LIMIT"


class OutsideKind(StrEnum):
    """How a call to another system failed, which decides what may be done next."""

    AUTH = "auth"
    PERMISSION = "permission"
    VALIDATION = "validation"
    DUPLICATE = "duplicate"
    QUOTA = "quota"
    TRANSIENT = "transient"
    AMBIGUOUS = "ambiguous"
    GONE = "gone"


class OutsideError(CaptelyError):
    """Another system failed or refused; kind says how, retry_after in seconds if it told us."""

    code = "OUTSIDE"
    exit_code = 4

    def __init__(
        self,
        message: str,
        hint: str = "",
        detail: str = "",
        *,
        kind: OutsideKind,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint, detail)
        self.kind = kind
        self.retry_after = retry_after

    def as_dict(self) -> dict[str, Any]:
        """The `error` object, with the class of the failure."""
        return {**super().as_dict(), "kind": self.kind.value}


class Unreachable(OutsideError):
    """No connection could be made at all: nothing was sent, nor will the next call be."""


class StorageError(CaptelyError):
    """The disk, the database or the workspace folder cannot be used."""

    code = "STORAGE"


class Busy(StorageError):
    """Somebody else holds the lock or the lease that is needed."""

    code = "BUSY"


class Cancelled(CaptelyError):
    """The user stopped it; nothing is shown beyond what was done so far."""

    code = "CANCELLED"
    exit_code = 130
