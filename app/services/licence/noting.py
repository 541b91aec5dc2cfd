"""Notes in the journal what became of licences: installed, refused, fallen to Free, clock back.

Each is noted once: what was last told is kept for each computer, so that neither a daily attempt
to fetch the same damaged text nor every look at a clock that stays behind makes another entry.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from hashlib import sha256

from app.core.errors import CaptelyError
from app.core.text import marked
from app.services.licence.claims import Claims
from app.services.licence.facts import REFUSED, TOLD, Facts
from app.services.licence.high_water import Time
from app.services.licence.refusals import Code, LicenceRefused
from app.services.licence.verifying import Revocations

log = logging.getLogger("captely.licence")

Journal = Callable[[str, str, Mapping[str, str | int]], object]
"""Enters something by its kind and label, with what fills the label."""

INSTALL, REFUSE, REVOKE = "licence.install", "licence.refuse", "licence.revoke"
FALL, CLOCK = "licence.fall", "licence.clock"

_INSTALLED = marked("Install a licence: {plan}")
_LISTED = marked("Take over a list of withdrawn licences")
_FELL = marked("Fall to Free: the licence does not hold any more")
_CLOCK_BACK = marked("Notice that the computer's clock was set back")
_DAMAGED = marked("Refuse a licence that is damaged or was changed")
_NEWER = marked("Refuse a licence that needs a newer Captely")
_WITHDRAWN = marked("Refuse a licence that was withdrawn")

_REFUSED = {
    Code.BAD_SIGNATURE: _DAMAGED,
    Code.MALFORMED: _DAMAGED,
    Code.UNKNOWN_KEY: _NEWER,
    Code.UNSUPPORTED_VERSION: _NEWER,
    Code.KEY_OUT_OF_WINDOW: _WITHDRAWN,
    Code.REVOKED: _WITHDRAWN,
    Code.WRONG_WORKSPACE: marked("Refuse the licence of another workspace"),
    Code.WRONG_DEVICE: marked("Refuse a licence for other computers"),
    Code.WRONG_MODE: marked("Refuse a test licence"),
    Code.WRONG_PRODUCT: marked("Refuse the licence of another product"),
    Code.SUPERSEDED: marked("Refuse a licence older than the one there is"),
    Code.CLOCK_BEHIND: marked("Refuse a licence that has not begun"),
    Code.EXPIRED: marked("Refuse a licence that has ended"),
}
_SHOWN = 16


class Notes:
    """Tells the journal; what the journal has against it is no concern of the licence."""

    def __init__(self, facts: Facts, journal: Journal | None) -> None:
        self._facts = facts
        self._journal = journal

    def installed(self, claims: Claims) -> None:
        """Another licence holds from now on."""
        params = {"plan": claims.plan.value, "seq": claims.seq, "licence": claims.licence[:64]}
        self._enter(INSTALL, _INSTALLED, params)

    def listed(self, revocations: Revocations) -> None:
        """Another list of what was withdrawn counts from now on."""
        self._enter(REVOKE, _LISTED, {"seq": revocations.seq})

    def refused(self, refused: LicenceRefused, text: str) -> None:
        """A text was not accepted; the same one, refused again for the same reason, is no news."""
        digest = sha256(text.encode("utf-8", "replace")).hexdigest()[:_SHOWN]
        if self._is_news(REFUSED, f"{refused.reason.value} {digest}"):
            label = _REFUSED.get(refused.reason, _DAMAGED)
            self._enter(REFUSE, label, {"reason": refused.reason.value, "digest": digest})

    def observed(self, refused: LicenceRefused | None, time: Time) -> None:
        """How the licence that is kept was found; told when it begins to be so."""
        state = refused.reason if refused is not None else time.trouble
        news = self._is_news(TOLD, state.value if state else "")
        if not news or state is None:
            return
        if refused is not None:
            self._enter(FALL, _FELL, {"reason": state.value})
        else:
            behind = max(0, time.known - time.clock) // 3_600
            self._enter(CLOCK, _CLOCK_BACK, {"reason": state.value, "hours": behind})

    def _is_news(self, key: str, said: str) -> bool:
        if self._journal is None or self._facts.all().get(key, "") == said:
            return False
        try:
            self._facts.set({key: said or None})
        except CaptelyError as error:
            log.warning("What was told of the licence could not be kept: %s", error.message)
        return True

    def _enter(self, kind: str, label: str, params: Mapping[str, str | int]) -> None:
        if self._journal is None:
            return
        try:
            self._journal(kind, label, params)
        except CaptelyError as error:
            log.warning("The licence could not be noted in the journal: %s", error.message)
