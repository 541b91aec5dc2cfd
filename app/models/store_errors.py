"""What the database drivers' errors mean for the user."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.core.errors import Busy, StorageError
from app.core.text import tr


def is_locked(error: BaseException) -> bool:
    """True when another writer holds the database."""
    cause = _cause(error)
    return isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)


def is_interrupt(error: DBAPIError) -> bool:
    """True when the read was cut short on purpose."""
    return "interrupted" in str(error.orig) or type(error.orig).__name__ == "QueryCanceled"


def storage_error(error: SQLAlchemyError | sqlite3.Error) -> StorageError | None:
    """The sentence for a failure of disk, file or server; None for an error of the program."""
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


_UNREACHABLE = (
    "The shared database cannot be reached.",
    "Check the network and the server, then try again.",
)

_SENTENCES = (
    (
        ("disk is full", "No space left"),
        "The disk is full; nothing was changed.",
        "Free some space and try again.",
    ),
    (
        ("readonly database", "read-only"),
        "The workspace cannot be written to.",
        "Make its folder writable, or choose another workspace.",
    ),
    (
        ("malformed", "not a database"),
        "The workspace's database is damaged.",
        "Restore a backup from the folder backups beside it.",
    ),
    (
        ("unable to open database", "disk I/O error"),
        "The workspace's database cannot be opened.",
        "Check that its folder exists and that the disk works.",
    ),
    (
        ("password authentication failed", "no password supplied", 'role "'),
        "The shared database does not let you in.",
        "Check the user and the password in its address.",
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
