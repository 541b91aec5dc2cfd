"""Copies SQLite's write-ahead log into the database file, outside of anybody's turn to write.

Left to itself a commit does that copying for the writer whose commit finds the log too long, who
then waits for what a million other rows have left there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

COPIED_FROM = 48_000
"""Pages in the log from which on bulk work copies them, between two of its transactions. A page
of an index that several of these have written is copied once."""
FORCED_FROM = 128_000
"""Pages from which on any commit copies them, where no bulk work has."""

_FRAMES_AT, _FRAMES_BYTES = 16, 4


def frames(database: Path) -> int:
    """How many pages the log of a database holds, 0 when nobody has it open.

    It is mxFrame of the index header, see "WAL-index format" in SQLite's documentation.
    """
    try:
        with database.with_name(f"{database.name}-shm").open("rb") as index:
            index.seek(_FRAMES_AT)
            return int.from_bytes(index.read(_FRAMES_BYTES), sys.byteorder)
    except OSError:
        return 0


def copy_back(connection: Any) -> None:  # noqa: ANN401
    """Copy the log back as far as readers allow, while others go on reading and writing."""
    connection.execute("PRAGMA main.wal_checkpoint(PASSIVE)").fetchall()
