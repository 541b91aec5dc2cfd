"""Reads the text of a licence from a file, no more of it than a licence may have."""

from __future__ import annotations

from pathlib import Path

from app.core.errors import InvalidInput
from app.core.text import tr
from app.services.licence.armour import LARGEST

SUFFIX = ".captely-licence"


def read_text(file: Path) -> str:
    """The text of a licence file; what is no text is later refused as a licence.

    Raises InvalidInput when the file cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST + 1).decode("utf-8", "replace")
    except OSError as error:
        raise InvalidInput(
            tr("The file {file} cannot be read.", file=file.name), tr("Check its name.")
        ) from error
