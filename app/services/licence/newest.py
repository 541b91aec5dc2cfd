"""The newest licence as this computer keeps it beside the database, which may be an older copy.

Who puts a backup back gets the licence of then with it, which a newer one has superseded; without
this copy they would be on Free until they found that one again.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from app.services.licence.armour import LARGEST


class Newest:
    """A file with the text of the newest licence; it is verified like any other."""

    def __init__(self, folder: Path, workspace: str) -> None:
        self._file = folder / f"{workspace}.captely-licence"

    def read(self) -> str:
        """The text; empty when there is none."""
        try:
            with self._file.open("rb") as file:
                return file.read(LARGEST + 1).decode("utf-8", "replace")
        except OSError:
            return ""

    def write(self, text: str) -> None:
        """Keep a text, if this computer allows it."""
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(text, encoding="utf-8")
