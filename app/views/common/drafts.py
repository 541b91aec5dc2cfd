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

States = dict[str, dict[str, Any] | None]
"""What is to be written of each draft, None where it is let go."""


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
        self._waiting: States = {}
        self._writing: States = {}
        self._failed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WRITE_AFTER_MS)
        self._timer.timeout.connect(self.flush)

    def get(self, key: str) -> dict[str, Any]:
        """The draft as it is now; empty when there is none."""
        for unwritten in (self._waiting, self._writing):
            if key in unwritten:
                return dict(unwritten[key] or {})
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

    def release(self) -> States:
        """What is not written yet, or just being written, which now belongs to the caller."""
        self._timer.stop()
        unwritten, self._waiting = self._writing | self._waiting, {}
        return unwritten

    def take(self, waiting: States) -> None:
        """Write what another window has released."""
        self._waiting.update(waiting)
        self._timer.start()

    def flush(self) -> None:
        """Write what is not written yet."""
        self._timer.stop()
        waiting, self._waiting = self._waiting, {}
        if waiting:
            drafts = self._drafts()
            self._writing |= waiting
            self._calls.edit(
                self,
                lambda: _write(drafts, waiting),
                lambda _none: self._written(waiting),
                lambda error: self._refused(waiting, error),
            )

    def _written(self, states: States) -> None:
        self._failed = False
        self._settle(states)

    def _refused(self, states: States, error: CaptelyError) -> None:
        """Tell once; it is written with the next change, or at the end."""
        self._settle(states)
        self._waiting = states | self._waiting
        if not self._failed:
            self._failed = True
            self._told(error)

    def _settle(self, states: States) -> None:
        """These are written no longer, but newer ones of the same drafts may be."""
        for key, state in states.items():
            if key in self._writing and self._writing[key] is state:
                del self._writing[key]


def _write(drafts: Drafts, waiting: States) -> None:
    for key, state in waiting.items():
        if state is None:
            drafts.drop(key)
        else:
            drafts.keep(key, state)
