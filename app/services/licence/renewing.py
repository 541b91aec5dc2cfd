"""Fetches the licence anew from its static address: when asked, and quietly once a day."""

from __future__ import annotations

import contextlib

from app.core.clock import Clock
from app.core.errors import InvalidInput, OutsideError
from app.core.text import tr
from app.services.http import HttpFactory
from app.services.licence import facts as kept
from app.services.licence.fetching import Fetched, checked_address, fetch, fetch_revocations
from app.services.licence.refreshing import Checked
from app.services.licence.refusals import LicenceRefused
from app.services.licence.service import Licences
from app.services.licence.standing import Standing


class Renewals:
    """Fetches what `licences` then verifies; whatever comes, a valid licence stays valid."""

    def __init__(self, licences: Licences, clock: Clock, http: HttpFactory | None = None) -> None:
        self._licences = licences
        self._facts = licences.facts
        self._clock = clock
        self._http = http or HttpFactory(clock)

    @property
    def address(self) -> str:
        """Where the licence is fetched from; empty when it comes as a file."""
        return self._facts.all().get(kept.ADDRESS, "")

    def refresh(self, address: str | None = None) -> Standing:
        """Fetch the licence from `address`, which is kept, or from where it came last time.

        Raises InvalidInput when there is no such address, OutsideError when it does not answer,
        LicenceRefused when what came is not accepted; the licence there is stays in each case.
        """
        values = self._facts.all()
        known = values.get(kept.ADDRESS)
        where = checked_address(
            address or known or _no_address(), sandbox=self._licences.is_sandbox
        )
        checked = Checked.read(values.get(kept.CHECKED))
        etag = checked.etag if where == known and kept.LICENCE in values else ""
        try:
            fetched = fetch(self._http, where, self._licences.workspace, etag=etag)
        except OutsideError:
            self._facts.set({kept.CHECKED: checked.failed(self._now()).text()})
            raise
        return self._take(where, fetched)

    def look_after(self, *, connected: bool = False) -> None:
        """What an open window does in the background: fetch it if that is due, keep the time.

        connected says that the network has just come back.
        """
        self.refresh_if_due(connected=connected)
        self._licences.keep_time()

    def refresh_if_due(self, *, connected: bool = False) -> Standing:
        """Fetch it when that is due; a failure is silent, for the licence still holds."""
        standing, values = self._licences.current(), self._facts.all()
        checked = Checked.read(values.get(kept.CHECKED))
        after = standing.licence.refresh_after if standing.licence else 0
        due = checked.is_due(self._now(), after, self._licences.workspace, connected=connected)
        if kept.ADDRESS not in values or not due:
            return standing
        try:
            return self.refresh()
        except (OutsideError, LicenceRefused, InvalidInput):
            return self._licences.current()

    def _take(self, where: str, fetched: Fetched) -> Standing:
        if fetched.date is not None:
            self._licences.note_date(fetched.date)
        revocations = fetch_revocations(self._http, where)
        if revocations is not None:
            # Anything may lie there, such as a web page; what is no list changes nothing.
            with contextlib.suppress(LicenceRefused):
                self._licences.install(revocations)
        if fetched.text is not None:
            self._licences.install(fetched.text)
        # Only now: what was not accepted is fetched whole the next time too.
        done = Checked().done(self._now(), fetched.etag)
        self._facts.set({kept.ADDRESS: where, kept.CHECKED: done.text()})
        return self._licences.current()

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def _no_address() -> str:
    raise InvalidInput(
        tr("It is not known where this workspace's licence lies."),
        tr("Import it as a file, or name its address once with: captely licence refresh --url"),
    )
