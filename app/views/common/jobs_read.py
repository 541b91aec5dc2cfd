"""Reads jobs without taking what was read for newer than what was heard of them meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from app.services.jobs import JobChanged, JobView
from app.views.common.desk import Desk
from app.views.common.latest import Failed, Latest


class JobsRead(QObject):
    """A job that ends between its reading and the answer would be shown as running for ever."""

    def __init__(self, desk: Desk, owner: QObject) -> None:
        super().__init__(owner)
        self._reading = Latest(desk.calls, self)
        self._moved = False
        desk.bridge.job_changed.connect(self._hear)

    def read(
        self,
        work: Callable[[], Sequence[JobView]],
        done: Callable[[Sequence[JobView]], None],
        failed: Failed | None = None,
    ) -> None:
        """Read jobs in the background, and again if one changed meanwhile; the last is answered."""

        def answered(views: Sequence[JobView]) -> None:
            if self._moved:
                self.read(work, done, failed)
            else:
                done(views)

        self._moved = False
        self._reading.read(work, answered, failed)

    def _hear(self, _event: JobChanged) -> None:
        self._moved = True
