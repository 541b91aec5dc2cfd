"""Whole, checked copies of a workspace's SQLite database, taken while it is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.core.errors import StorageError
from app.core.paths import flush
from app.core.text import tr
from app.models.store import Store
from app.models.store_errors import storage_error

PAGES_A_STEP = 2_000


def save_copy(store: Store, target: Path) -> None:
    """Copy the database to `target`, which appears only when it is whole and on the disk.

    Raises StorageError when there is no room or the database is damaged; `target` is then absent.
    """
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        _copy(store, part)
        _check(part)
        flush(part)
        part.replace(target)
        flush(target.parent)
    except (sqlite3.Error, OSError) as error:
        said = storage_error(error) if isinstance(error, sqlite3.Error) else None
        raise said or StorageError(
            tr("The backup could not be written; nothing was changed."),
            tr("Make room in its folder, or make it writable, and try again."),
            str(error),
        ) from error
    finally:
        part.unlink(missing_ok=True)


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Delete all but the `count` newest files of `folder` that match `pattern`."""
    files = sorted(folder.glob(pattern), key=lambda file: (file.stat().st_mtime_ns, file.name))
    for file in files[:-count]:
        file.unlink()


def _copy(store: Store, part: Path) -> None:
    with store.reading() as connection, closing(sqlite3.connect(part)) as copy:
        source = connection.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise TypeError("only a SQLite database can be copied")
        source.backup(copy, pages=PAGES_A_STEP)
        # The copy is one file that needs no companions, so that moving it cannot lose a part.
        copy.execute("PRAGMA journal_mode = DELETE")


def _check(part: Path) -> None:
    with closing(sqlite3.connect(part)) as copy:
        found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise StorageError(
            tr("The workspace's database is damaged, so it was not copied."),
            tr("Restore an earlier backup from the folder backups."),
            found,
        )
