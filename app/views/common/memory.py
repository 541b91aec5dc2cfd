"""What the pages remember on this computer: filters, columns, order, drawer, by a key of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer

from app.core.settings import PAGE_MEMORY, Setting

WRITE_AFTER_MS = 1_000


class Memory(QObject):
    """Small JSON objects by key, such as "contacts" or "contacts.columns".

    A page reads its own with `get` when it is made and hands the whole object to `put` whenever it
    changes, as often as it likes: the settings are written in the edit lane once things are quiet,
    and when the window closes. Nothing of a contact belongs here, only how things are shown. What
    another version wrote may have another shape, so a page checks what it gets.
    """

    def __init__(
        self, text: str, write: Callable[[Setting, str], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._write = write
        self._kept = _read(text)
        self._written = self.text
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WRITE_AFTER_MS)
        self._timer.timeout.connect(self.flush)

    def get(self, key: str) -> dict[str, Any]:
        """What was put under `key` last, on this computer; empty when nothing was."""
        return dict(self._kept.get(key, {}))

    def put(self, key: str, state: Mapping[str, Any]) -> None:
        """Remember `state`, in place of what was under `key`; raises TypeError if it is no JSON."""
        # A copy made now: the page may go on changing its lists.
        kept = json.loads(json.dumps(dict(state)))
        if self._kept.get(key) != kept:
            self._kept[key] = kept
            self._timer.start()

    @property
    def text(self) -> str:
        """All of it, as it is stored."""
        return json.dumps(self._kept, sort_keys=True)

    def close(self) -> None:
        """Write what is not written yet, and nothing any more."""
        self.flush()
        self._write = _nowhere

    def flush(self) -> None:
        """Write what is not written yet."""
        self._timer.stop()
        text = self.text
        if text != self._written:
            self._written = text
            self._write(PAGE_MEMORY, text)


def _nowhere(_setting: Setting, _text: str) -> None:
    """Another window remembers from now on."""


def _read(text: str) -> dict[str, dict[str, Any]]:
    """The stored objects; without those that cannot be read."""
    try:
        stored = json.loads(text) if text else {}
    except ValueError:
        return {}
    if not isinstance(stored, dict):
        return {}
    return {key: value for key, value in stored.items() if isinstance(value, dict)}
