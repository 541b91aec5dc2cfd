"""Guards against answers that come late, out of order or twice: the last question, or the first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QObject

from app.core.errors import CaptelyError
from app.services.jobs import Lane
from app.views.common.run import Asked, Calls

T = TypeVar("T")
Failed = Callable[[CaptelyError], None]


class Latest:
    """Asks on behalf of `owner`; only what comes of the last question is heard, if still wanted.

    For what is looked up. A change that is made is made, whoever asks for another one meanwhile:
    that is for `Once`.
    """

    def __init__(self, calls: Calls, owner: QObject) -> None:
        self._calls = calls
        self._owner = owner
        self._asked: Asked | None = None

    @property
    def waits(self) -> bool:
        """Whether an answer is on its way."""
        return self._asked is not None and not self._asked.over

    def drop(self) -> None:
        """Hear nothing of what was asked so far: what it was about is not shown any more."""
        if self._asked is not None:
            self._asked.drop()
            self._asked = None

    def read(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None
    ) -> None:
        """Do `work` in the read pool, as `Calls.read` does."""
        self.call(Lane.READ, work, done, failed)

    def edit(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None
    ) -> None:
        """The same in the lane of a person's changes."""
        self.call(Lane.EDIT, work, done, failed)

    def network(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None
    ) -> None:
        """The same in the lane of calls to other systems."""
        self.call(Lane.NETWORK, work, done, failed)

    def call(
        self,
        lane: Lane,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
    ) -> None:
        """Do `work` in `lane`."""
        self.drop()
        self._asked = self._calls.call(lane, self._owner, work, done, failed)

    def follow(
        self, future: Future[T], done: Callable[[T], None], failed: Failed | None = None
    ) -> None:
        """Wait for a future that something else submitted, such as a job's."""
        self.drop()
        self._asked = self._calls.follow(future, self._owner, done, failed)


class Once(Latest):
    """Does one thing at a time: asked again before it is done, it does nothing more.

    For what two clicks, or a key that is held, must not do twice.
    """

    def call(
        self,
        lane: Lane,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
    ) -> None:
        """Do `work` in `lane`, unless something is being done."""
        if not self.waits:
            super().call(lane, work, done, failed)
