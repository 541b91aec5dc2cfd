"""What the database drivers' errors mean for the user."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.core.errors import Busy, StorageError
from app.core.text import marked, tr


def is_locked(error: BaseException) -> bool:
    """True when another writer holds the database."""
    cause = _cause(error)
    return isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)


def is_interrupt(error: DBAPIError) -> bool:
    """True when the read was cut short on purpose."""
    return "interrupted" in str(error.orig) or type(error.orig).__name__ == "QueryCanceled"


def storage_error(
    error: SQLAlchemyError | sqlite3.Error, database: Path | None = None
) -> StorageError | None:
    """The sentence for a failure of disk, file or server; None for an error of the program.

    database is the file, to find out why SQLite could not open it or what lies beside it.
    """
    cause = _cause(error)
    said = str(cause)
    if is_locked(error) or type(cause).__name__ == "DeadlockDetected":
        return Busy(
            tr("Somebody else is writing to this workspace."),
            tr("Wait until they have finished and try again."),
        )
    if isinstance(cause, sqlite3.IntegrityError):
        # Such messages name columns, and a column may be called anything.
        return None
    for words, message, hint in _SENTENCES:
        if any(word in said for word in words):
            if words is _UNOPENED and database is not None:
                message, hint = _why_unopened(database) or (message, hint)
            return StorageError(tr(message), tr(hint), said)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return StorageError(tr(_UNREACHABLE[0]), tr(_UNREACHABLE[1]), said)
    return None


def forget_values(error: SQLAlchemyError | sqlite3.Error) -> None:
    """Cut what PostgreSQL adds of the row's own contents, which must not reach a log."""
    for told in (error, _cause(error)):
        told.args = tuple(
            part.partition("\nDETAIL:")[0] if isinstance(part, str) else part for part in told.args
        )


def _cause(error: BaseException) -> BaseException:
    return getattr(error, "orig", None) or error


def _why_unopened(database: Path) -> tuple[str, str] | None:
    """SQLite says the same of a full disk and of a folder that it may not write to."""
    try:
        free = shutil.disk_usage(database.parent).free
    except OSError:
        return None
    if not os.access(database.parent, os.W_OK):
        return _NOT_WRITABLE
    return _FULL if free < NEEDED_BYTES else None


NEEDED_BYTES = 1 << 20
"""What SQLite needs beside a database to open it, with some room."""

_FULL = (marked("The disk is full; nothing was changed."), marked("Free some space and try again."))
_NOT_WRITABLE = (
    marked("The workspace cannot be written to."),
    marked("Make its folder writable, or choose another workspace."),
)
_UNOPENED = ("unable to open database", "disk I/O error")
_UNREACHABLE = (
    marked("The shared database cannot be reached."),
    marked("Check the network and the server, then try again."),
)

_SENTENCES = (
    (("disk is full", "No space left"), *_FULL),
    (("readonly database", "read-only"), *_NOT_WRITABLE),
    (
        ("malformed", "not a database"),
        marked("The workspace's database is damaged."),
        marked("Restore a backup from the folder backups beside it."),
    ),
    (
        _UNOPENED,
        marked("The workspace's database cannot be opened."),
        marked("Check that its folder exists and that the disk works."),
    ),
    (
        ("password authentication failed", "no password supplied", 'role "'),
        marked("The shared database does not let you in."),
        marked("Check the user and the password in its address."),
    ),
    (
        (
            "connection failed",
            "Connection refused",
            "connection timeout",
            "could not connect",
            "failed to resolve host",
            "terminating connection",
            "server closed the connection",
            "the connection is closed",
            "the connection is lost",
            "consuming input failed",
        ),
        *_UNREACHABLE,
    ),
)
