"""Settings as a JSON file: taken to another computer or workspace; there are no secrets in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import InvalidInput, StorageError
from app.core.settings import BY_KEY, Value
from app.core.text import tr
from app.services.settings import Settings

FORM = 1
LARGEST_FILE = 1_000_000


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What an import of settings did: the values before, by key, and the keys it does not know."""

    before: Mapping[str, Value]
    unknown: tuple[str, ...]


def write_settings(settings: Settings, file: Path) -> int:
    """Write all that differs from the defaults; how many. Raises StorageError."""
    values = settings.exported(device=True)
    document = {"captely_settings": FORM, "settings": values}
    try:
        file.write_text(
            json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n",
            encoding="utf-8",
        )
    except OSError as error:
        raise StorageError(
            tr("The file {file} cannot be written: {why}", file=file, why=error.strerror or ""),
            tr("Choose another folder, or free some space."),
        ) from error
    return len(values)


def read_settings(file: Path) -> dict[str, object]:
    """The values in a file by key; raises InvalidInput with a sentence for what is none."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise _not_settings(file, tr("it is far too large"))
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(
            tr("The file {file} cannot be read.", file=file), tr("Check its name.")
        ) from error
    except ValueError as error:
        raise _not_settings(file, tr("it is not JSON")) from error
    if not isinstance(document, dict) or document.get("captely_settings") != FORM:
        raise _not_settings(file, tr("it was not written by Captely, or by a newer one"))
    values = document.get("settings")
    if not isinstance(values, dict):
        raise _not_settings(file, tr("it holds no settings"))
    return values


def take_over_file(settings: Settings, file: Path) -> TakenOver:
    """Store the settings of a file, all or none; raises InvalidInput."""
    values = read_settings(file)
    now = settings.all()
    unknown = settings.take_over(values, device=True)
    taken = [key for key in values if key in BY_KEY and key not in unknown]
    return TakenOver({key: now[key] for key in taken}, tuple(unknown))


def _not_settings(file: Path, why: str) -> InvalidInput:
    return InvalidInput(
        tr("The file {file} holds no settings: {why}.", file=file.name, why=why),
        tr("Choose a file that was written by an export of settings."),
    )
