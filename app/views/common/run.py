"""Background calls for views: submit to a lane, get the answer or the error on the main thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from app.core import courtesy
from app.core.errors import Cancelled, CaptelyError, OutsideError, Unreachable
from app.core.text import tr
from app.services.jobs import Lane, Runner

log = logging.getLogger("captely.views")

T = TypeVar("T")
STOPPED = 130
REPLACED = "INTERRUPTED"


@dataclass(slots=True, eq=False)
class Asked:
    """One call; over once it was answered, or its answer is not wanted any more."""

    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[CaptelyError], None] | None
    over: bool = False

    def drop(self) -> None:
        """Hear nothing of what comes of it."""
        self.over = True


class Calls(QObject):
    """Carries calls to the runner's lanes and their answers back.

    Answers come in any order, for several calls of a lane are worked on at a time; who asks again
    before an answer is there asks through `Latest` or `Once`. An answer whose owner was closed
    meanwhile is dropped. What was stopped (by the user or by a newer call) is silent. An error goes
    to the call's own `failed`, else to the window through `refused`; anything that is not a
    CaptelyError is a defect and goes to `crashed`, and to `failed` as well. reached says of each
    call to another system whether it got there, settled that nothing is on its way.
    """

    refused = Signal(object)
    crashed = Signal(object)
    reached = Signal(bool)
    settled = Signal()
    _answered = Signal(object, object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._waiting = 0
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def waiting(self) -> int:
        """How many calls are on their way."""
        return self._waiting

    def read(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CaptelyError], None] | None = None,
    ) -> Asked:
        """Do `work` in the read pool, then `done(answer)` or `failed(error)` here."""
        return self.call(Lane.READ, owner, work, done, failed)

    def edit(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CaptelyError], None] | None = None,
    ) -> Asked:
        """The same in the lane of a person's changes."""
        return self.call(Lane.EDIT, owner, work, done, failed)

    def network(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CaptelyError], None] | None = None,
    ) -> Asked:
        """The same in the lane of calls to other systems."""
        return self.call(Lane.NETWORK, owner, work, done, failed)

    def perhaps(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CaptelyError], None] | None = None,
    ) -> None:
        """The same for work that may find no call to make, and so tells nothing of the network."""
        self.call(Lane.NETWORK, owner, work, done, failed, tells=False)

    def call(
        self,
        lane: Lane,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CaptelyError], None] | None = None,
        *,
        tells: bool = True,
    ) -> Asked:
        """Do `work` in `lane`; nothing more is done while the program closes.

        tells says that the answer of the network lane shows whether there is a network.
        """
        try:
            future = self._runner.submit(lane, work)
        except Cancelled:
            return Asked(owner, done, failed, over=True)
        if tells and lane is Lane.NETWORK:
            future.add_done_callback(self._note_reach)
        return self.follow(future, owner, done, failed)

    def _note_reach(self, future: Future[T]) -> None:
        """Called in the lane; the signal carries it to the main thread."""
        error = None if future.cancelled() else future.exception()
        if error is None or isinstance(error, OutsideError):
            self.reached.emit(not isinstance(error, Unreachable))

    def follow(
        self,
        future: Future[T],
        owner: QObject,
        done: Callable[[T], None],
        failed: Callable[[CaptelyError], None] | None = None,
    ) -> Asked:
        """Wait for a future that something else submitted, such as a job's."""
        asked = Asked(owner, done, failed)
        self._waiting += 1
        future.add_done_callback(lambda ended: self._hand_back(ended, asked))
        return asked

    def _hand_back(self, ended: Future[Any], asked: Asked) -> None:
        """Called in the lane; a window that is gone is told nothing."""
        if shiboken6.isValid(self):
            self._answered.emit(ended, asked)

    def _deliver(self, future: Future[Any], asked: Asked) -> None:
        self._waiting -= 1
        if not self._waiting:
            self.settled.emit()
        if asked.over or future.cancelled() or not shiboken6.isValid(asked.owner):
            return
        asked.over = True
        error = future.exception()
        if error is None:
            with courtesy.busy():
                asked.done(future.result())
        elif isinstance(error, CaptelyError):
            self._refuse(error, asked.failed)
        else:
            log.error("A background call failed", exc_info=error)
            self.crashed.emit(error)
            if asked.failed is not None:
                # Whatever was disabled until the answer must not stay so.
                asked.failed(_unexpected())

    def _refuse(self, error: CaptelyError, failed: Callable[[CaptelyError], None] | None) -> None:
        if error.code == REPLACED:
            return
        if failed is not None:
            failed(error)
        elif error.exit_code != STOPPED:
            self.refused.emit(error)


def _unexpected() -> CaptelyError:
    return CaptelyError(
        tr("This was not done because of an error in Captely."),
        tr("The message about the error has its details. Try again."),
    )
