"""What is typed and not finished, given to the workspace's drafts a moment after each change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer

from app.core.errors import CaptelyError
from app.services.drafts import Drafts
from app.views.common.run import Calls

WRITE_AFTER_MS = 300


class DraftKeeper(QObject):
    """Writes in the lane of a person's changes; a disk that refuses is told once."""

    def __init__(
        self,
        drafts: Callable[[], Drafts],
        calls: Calls,
        told: Callable[[CaptelyError], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._drafts, self._calls, self._told = drafts, calls, told
        self._waiting: dict[str, dict[str, Any] | None] = {}
        self._failed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WRITE_AFTER_MS)
        self._timer.timeout.connect(self.flush)

    def get(self, key: str) -> dict[str, Any]:
        """The draft as it is now; empty when there is none."""
        if key in self._waiting:
            return dict(self._waiting[key] or {})
        return self._drafts().get(key)

    def keep(self, key: str, state: Mapping[str, Any]) -> None:
        """Keep a draft; raises TypeError if it is no JSON."""
        # A copy made now: whoever keeps it goes on changing it.
        self._waiting[key] = json.loads(json.dumps(dict(state)))
        self._timer.start()

    def drop(self, key: str) -> None:
        """Let a draft go."""
        self._waiting[key] = None
        self._timer.start()

    def release(self) -> dict[str, dict[str, Any] | None]:
        """What is not written yet, which now belongs to the caller."""
        self._timer.stop()
        waiting, self._waiting = self._waiting, {}
        return waiting

    def take(self, waiting: Mapping[str, dict[str, Any] | None]) -> None:
        """Write what another window has released."""
        self._waiting.update(waiting)
        self._timer.start()

    def flush(self) -> None:
        """Write what is not written yet."""
        if waiting := self.release():
            drafts = self._drafts()
            self._calls.edit(self, lambda: _write(drafts, waiting), self._written, self._refused)

    def _written(self, _none: None) -> None:
        self._failed = False

    def _refused(self, error: CaptelyError) -> None:
        if not self._failed:
            self._failed = True
            self._told(error)


def _write(drafts: Drafts, waiting: Mapping[str, dict[str, Any] | None]) -> None:
    for key, state in waiting.items():
        if state is None:
            drafts.drop(key)
        else:
            drafts.keep(key, state)
