"""Where a workspace's data lies, how much room it takes, and when it was last copied."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.core.paths import Workspace


@dataclass(frozen=True, slots=True)
class DataFolder:
    """size is of everything in the folder, backups of the copies alone; free None if unknown."""

    path: Path
    size: int
    free: int | None
    backups: int
    last_backup: datetime | None


def look_at(workspace: Workspace) -> DataFolder:
    """Measure the folder; what cannot be read counts as nothing."""
    copies = _files(workspace.backups)
    newest = max((_changed(each) for each in copies), default=None)
    return DataFolder(
        path=workspace.folder,
        size=sum(_size(each) for each in _files(workspace.folder)),
        free=_free(workspace.folder),
        backups=len(copies),
        last_backup=None if newest is None else datetime.fromtimestamp(newest, tz=UTC),
    )


def _files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        # Gone since it was listed, as the journal of a database often is.
        return 0


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
