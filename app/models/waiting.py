"""Lets a writer who waits for the database be seen by whoever writes at length, in any process.

SQLite has one writer at a time and tells nobody who waits. So a waiting writer of another process
touches a file beside the database, and long work looks for it while its statements run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from app.core.errors import CaptelyError

FRESH_SECONDS = 1.0
"""A hand raised longer ago belongs to a writer that has gone, or was killed while it waited."""
LOOK_EVERY = 30_000
"""Steps of SQLite's machine between two looks: about ten milliseconds of writing."""


class GaveWay(CaptelyError):
    """Long writing was given up, unchanged, for somebody who waits; it is to be tried again."""

    code = "GAVE_WAY"


class Hands:
    """The raised hands of those who wait for one database file."""

    def __init__(self, database: Path) -> None:
        self._file = database.with_name(f"{database.name}-wanted")

    def raise_one(self) -> None:
        """Ask for the database, as a person does and bulk work never.

        To be called again every few milliseconds for as long as one waits.
        """
        with suppress(OSError):
            self._file.touch()

    def lower(self) -> None:
        """Ask no longer. Others who still wait raise theirs again."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)

    def are_up(self) -> bool:
        """True while somebody waits."""
        try:
            raised = self._file.stat().st_mtime
        except OSError:
            return False
        return abs(time.time() - raised) < FRESH_SECONDS


@contextmanager
def giving_way(connection: Any, somebody_waits: Callable[[], bool]) -> Iterator[None]:  # noqa: ANN401
    """End the statements of a SQLite connection as soon as `somebody_waits`.

    Raises GaveWay in place of the driver's error; the transaction is then rolled back by SQLite.
    """
    gave_way = False

    def look() -> bool:
        nonlocal gave_way
        gave_way = gave_way or somebody_waits()
        return gave_way

    connection.set_progress_handler(look, LOOK_EVERY)
    try:
        yield
    except Exception as error:
        if gave_way and "interrupted" in str(error):
            raise GaveWay("gave way") from error
        raise
    finally:
        connection.set_progress_handler(None, 0)
