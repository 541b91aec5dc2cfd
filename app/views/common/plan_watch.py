"""Follows the account for the whole window: reads it when something moved, tells of limits once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from app.core.changes import Changes
from app.core.errors import CaptelyError
from app.services.billing.left import Left, left_of
from app.views.common.bridge import Bridge
from app.views.common.run import Calls

if TYPE_CHECKING:
    from app.services.billing.account import Account, Accounts

SOON_MS = 100
"""What changes together, such as a job and its contacts, is read together."""

PAUSE_MS, AGAIN_MS, RENEW_MS = 1_500, 10 * 60_000, 60 * 60_000
AFTER_TURN_MS = 1_000
"""A reading just before a turn would find nothing new, and the next one would be long after it."""


class PlanWatch(QObject):
    """read carries each Account, noticed the sentence of a limit that was just reached.

    Nothing is read before `watch` or `load`, since that takes longer than the first page may.
    renew fetches the licence if that is due, told whether the network has just come back. speed is
    how many seconds of the account's time pass in one.
    """

    read = Signal(object)
    noticed = Signal(str)

    def __init__(
        self,
        accounts: Callable[[], Accounts],
        calls: Calls,
        bridge: Bridge,
        renew: Callable[[bool], object],
        parent: QObject | None = None,
        *,
        speed: float = 1.0,
    ) -> None:
        super().__init__(parent)
        self.account: Account | None = None
        self._accounts = accounts
        self._calls = calls
        self._bridge = bridge
        self._turn = 0
        self._watches = False
        self._since = QElapsedTimer()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self.load)
        self._renew, self._speed = renew, speed
        self._again = QTimer(self)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self.load)
        self._turning = QTimer(self)
        self._turning.setSingleShot(True)
        self._turning.timeout.connect(self.load)
        self._renewing = QTimer(self)
        self._renewing.setInterval(RENEW_MS)
        self._renewing.timeout.connect(self.renew)
        bridge.licence_changed.connect(self._licence_changed)

    def left(self, limit: str) -> Left:
        """What is left of a limit by the last reading."""
        return left_of(self.account, limit)

    def watch(self) -> None:
        """Read now, and whenever something moved from now on."""
        if not self._watches:
            self._watches = True
            self._bridge.changed.connect(self._changed)
            self._bridge.job_changed.connect(self.look_soon)
            self._bridge.credits_changed.connect(self.look_soon)
            # A trial ends and a month turns while nothing else happens, or a computer sleeps.
            self._again.start()
            self._renewing.start()
            self.load()

    def renew(self, *, connected: bool = False) -> None:
        """Fetch the licence if that is due, at most daily; connected: the network is back."""
        if self._watches:
            renew = self._renew
            self._calls.perhaps(self, lambda: renew(connected), self.look_soon, self._unrenewed)

    def hear_of_network(self, offline: bool) -> None:  # noqa: FBT001 - a signal's argument
        """Once it is back, what could not be fetched without it is."""
        if not offline:
            self.renew(connected=True)

    def _unrenewed(self, _error: CaptelyError) -> None:
        """What is wrong with it, the next reading tells."""
        self.look_soon()

    def load(self, failed: Callable[[CaptelyError], None] | None = None) -> None:
        """Read the account now."""
        self._turn += 1
        self._since.start()
        turn, accounts = self._turn, self._accounts
        self._calls.read(
            self, lambda: accounts().watch(), lambda account: self._show(turn, account), failed
        )

    def look_soon(self, _event: object = None) -> None:
        """Read it at once, and while things go on happening once in a while for all of them."""
        if not self._pause.isActive():
            quiet = not self._since.isValid() or self._since.elapsed() >= PAUSE_MS
            self._pause.start(SOON_MS if quiet else PAUSE_MS)

    def _licence_changed(self) -> None:
        if self._watches or self.account is not None:
            self.load()

    def _changed(self, changes: Changes) -> None:
        if changes.touches("contact"):
            self.look_soon()

    def _show(self, turn: int, account: Account) -> None:
        for notice in account.notices:
            self.noticed.emit(notice.text)
        if turn == self._turn:
            self.account = account
            self._turn_later(account)
            self.read.emit(account)

    def _turn_later(self, account: Account) -> None:
        """Read again when the day or the month turns, or something ends, if that is soon."""
        seconds = (account.turns - account.now).total_seconds() / self._speed
        if self._watches and seconds * 1_000 < AGAIN_MS:
            self._turning.start(int(seconds * 1_000) + AFTER_TURN_MS)
