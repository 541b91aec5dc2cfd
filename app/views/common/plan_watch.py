"""Follows the account for the whole window: reads it when something moved, tells of limits once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.changes import Changes
from app.core.errors import CaptelyError
from app.views.common.bridge import Bridge
from app.views.common.run import Calls

if TYPE_CHECKING:
    from app.services.billing.account import Account, Accounts

PAUSE_MS, AGAIN_MS = 1_500, 10 * 60_000


class PlanWatch(QObject):
    """read carries each Account, noticed the sentence of a limit that was just reached.

    Nothing is read before `watch` or `load`, since that takes longer than the first page may.
    """

    read = Signal(object)
    noticed = Signal(str)

    def __init__(
        self,
        accounts: Callable[[], Accounts],
        calls: Calls,
        bridge: Bridge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.account: Account | None = None
        self._accounts = accounts
        self._calls = calls
        self._bridge = bridge
        self._turn = 0
        self._watches = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.load)
        self._again = QTimer(self)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self.load)
        bridge.licence_changed.connect(self._licence_changed)

    def watch(self) -> None:
        """Read now, and whenever something moved from now on."""
        if not self._watches:
            self._watches = True
            self._bridge.changed.connect(self._changed)
            self._bridge.job_changed.connect(self.look_soon)
            self._bridge.credits_changed.connect(self.look_soon)
            # A trial ends and a month turns while nothing else happens.
            self._again.start()
            self.load()

    def load(self, failed: Callable[[CaptelyError], None] | None = None) -> None:
        """Read the account now."""
        self._turn += 1
        turn, accounts = self._turn, self._accounts
        self._calls.read(
            self, lambda: accounts().watch(), lambda account: self._show(turn, account), failed
        )

    def look_soon(self, _event: object = None) -> None:
        """Read it a moment later, once for everything that happens meanwhile."""
        if not self._pause.isActive():
            self._pause.start()

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
            self.read.emit(account)
