"""Why a licence is not accepted: one code and one sentence for each reason."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from app.core.errors import Refused
from app.core.text import marked, tr


class Code(StrEnum):
    """How a licence stands or why it was refused; the names are those of the contract."""

    NONE = "none"
    ACTIVE = "active"
    TRIAL = "trial"
    ACTIVATING = "activating"
    REFRESH_DUE = "refresh_due"
    OFFLINE = "offline"
    GRACE = "grace"
    EXPIRED = "expired"
    PAST_DUE = "past_due"
    BAD_SIGNATURE = "bad_signature"
    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    UNSUPPORTED_VERSION = "unsupported_version"
    KEY_OUT_OF_WINDOW = "key_out_of_window"
    REVOKED = "revoked"
    WRONG_WORKSPACE = "wrong_workspace"
    WRONG_DEVICE = "wrong_device"
    WRONG_MODE = "wrong_mode"
    WRONG_PRODUCT = "wrong_product"
    SUPERSEDED = "superseded"
    CLOCK_BEHIND = "clock_behind"
    CLOCK_ROLLBACK = "clock_rollback"


_DAMAGED = marked("This licence file is damaged or was changed.")
_ASK_FOR_A_COPY = marked("Ask for a new copy; your current plan is unaffected.")
_NEWER = marked("This licence needs a newer Captely.")
_UPDATE = marked("Update, then import again.")
_WITHDRAWN = marked("This licence has been withdrawn.")
_ASK_VENDOR = marked("Ask your vendor for a new one.")

SENTENCES: Mapping[Code, tuple[str, str]] = {
    Code.BAD_SIGNATURE: (_DAMAGED, _ASK_FOR_A_COPY),
    Code.MALFORMED: (_DAMAGED, _ASK_FOR_A_COPY),
    Code.UNKNOWN_KEY: (_NEWER, _UPDATE),
    Code.UNSUPPORTED_VERSION: (_NEWER, _UPDATE),
    Code.KEY_OUT_OF_WINDOW: (_WITHDRAWN, _ASK_VENDOR),
    Code.REVOKED: (_WITHDRAWN, _ASK_VENDOR),
    Code.WRONG_WORKSPACE: (
        marked("This licence is for workspace …{theirs}; yours is …{ours}."),
        marked("Send your workspace ID to your vendor: {workspace}"),
    ),
    Code.WRONG_DEVICE: (
        marked("This licence is for other computers than this one."),
        marked("Send the ID of this computer to your vendor: {device}"),
    ),
    Code.WRONG_MODE: (
        marked("This is a test licence, and this workspace is a real one."),
        marked("Use it in a sandbox workspace, or ask your vendor for a real licence."),
    ),
    Code.WRONG_PRODUCT: (
        marked("This licence is for another product."),
        marked("Choose a licence of Captely."),
    ),
    Code.SUPERSEDED: (
        marked("You already have a newer licence (issued {issued})."),
        marked("Your current plan is unaffected."),
    ),
    Code.CLOCK_BEHIND: (
        marked("This licence counts from {starts} on."),
        marked("Set this computer's clock, or import it then."),
    ),
    Code.EXPIRED: (
        marked("This licence ended on {ended}."),
        marked("Ask your vendor for a new one; your current plan is unaffected."),
    ),
}


_UNDATED = marked("This workspace already had a newer licence.")
"""Superseded, where it is not known when the newer one was issued."""


class LicenceRefused(Refused):
    """A licence or a list of revocations that is not accepted; reason says why."""

    def __init__(self, reason: Code, detail: str = "", **values: object) -> None:
        message, hint = SENTENCES[reason]
        if reason is Code.SUPERSEDED and not values.get("issued"):
            message = _UNDATED
        super().__init__(tr(message, **values), tr(hint, **values), detail)
        self.reason = reason

    def as_dict(self) -> dict[str, Any]:
        """The `error` object; its code is the reason's, in capitals like all codes."""
        words = super().as_dict()
        return {**words, "code": self.reason.value.upper(), "state": self.reason.value}
