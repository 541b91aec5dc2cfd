"""What is begun and not finished, kept in the workspace's folder until it is finished or let go."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.core.errors import StorageError
from app.core.text import tr

CONTACT, IMPORT, MAPPING, BULK, FIELD = "contact", "import", "mapping", "bulk", "field"
"""The drafts there are; that of a mapping is followed by the name of its destination."""
_READABLE_BY_OWNER = 0o600


class Drafts:
    """One small JSON file for each, written as it changes, so that a kill loses next to nothing.

    They lie beside the database and not in it: a team shares that one, and what somebody has not
    finished is no business of others. Keys and passphrases never become part of a draft.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, key: str, state: Mapping[str, Any]) -> None:
        """Keep a draft in place of the one before; raises StorageError."""
        file = self._file(key)
        fresh = file.with_suffix(".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _READABLE_BY_OWNER)
            with open(handle, "w", encoding="utf-8") as stream:
                json.dump(dict(state), stream, ensure_ascii=False)
            # At once, so that a kill leaves this draft or the one before.
            fresh.replace(file)
        except OSError as error:
            raise StorageError(
                tr("The draft cannot be kept: {why}", why=error.strerror or ""),
                tr("Free some space in the workspace's folder, or finish it now."),
            ) from error

    def get(self, key: str) -> dict[str, Any]:
        """A kept draft; empty when there is none that can be read."""
        try:
            kept = json.loads(self._file(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def drop(self, key: str) -> None:
        """Let a draft go."""
        self._file(key).unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.json"
