"""Writes rows that an import could not take into a file to be corrected and imported again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from app.core.cells import escape_cell, row_writer
from app.core.errors import StorageError
from app.core.text import tr
from app.services.importing import staging
from app.services.importing.planned import ImportPlan
from app.services.importing.shape import OWN_COLUMNS


def write_rejects(plan: ImportPlan, folder: Path, job: int) -> Path | None:
    """The file of rejected rows, None when there are none.

    It has the list's own columns and cells as they stand, then `_row`, the line in the list, and
    `_error`. Raises StorageError when it cannot be written.
    """
    if not plan.counts.rejected:
        return None
    path = folder / f"{file_stem(plan.source.name)}-rejected-{job}.csv"
    save_rejects(plan, path)
    return path


def file_stem(name: str) -> str:
    """What a file of left-over rows is called after: the list's name in letters that all take."""
    return re.sub(r"[^\w.-]+", "_", name.partition(".")[0]) or "list"


def save_rejects(plan: ImportPlan, path: Path) -> None:
    """Write the file of rejected rows; raises StorageError when it cannot be written."""
    part = path.with_suffix(".part")
    own = [column for column in plan.columns if column in OWN_COLUMNS]
    keep = [i for i, column in enumerate(plan.columns) if column not in own]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            write = row_writer(file, plan.delimiter or ",")
            write([*(plan.columns[i] for i in keep), *OWN_COLUMNS])
            for row in _rows(plan, keep):
                write(row)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(
            tr("The file of rejected rows cannot be written: {path}", path=str(path)),
            tr("Make room or make the folder writable; the import itself was not changed."),
            str(error),
        ) from error


def _rows(plan: ImportPlan, keep: list[int]) -> Iterator[list[object]]:
    width = len(plan.columns)
    with staging.reading(plan.path) as db:
        for line, error, cells in db.execute("SELECT line, error, cells FROM reject ORDER BY n"):
            values = staging.opened_json(cells)
            # A row too long for the header keeps its further values, behind the others.
            further = values[width:]
            kept = [values[i] if i < len(values) else "" for i in keep]
            yield [*map(escape_cell, kept), line, error, *map(escape_cell, further)]
