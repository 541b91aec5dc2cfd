"""Takes the new contacts of an import over into the search index while it goes on.

The body of the process on the other processor. It inserts the texts that the plan holds; a plan
without them has it make them from the contacts. Nobody sees these contacts before the end of the
import, hence nobody can have changed them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from app.services.importing import staging
from app.services.importing.newcomers import runs_within
from app.services.importing.worker import seldom_collect
from app.services.search_file import Documents, Part, filling, index_ranges

CHUNK = 5_000
AT_ONCE = 20
"""How many chunks are one transaction: it locks the index for about a second."""


@dataclass(frozen=True, slots=True)
class Written:
    """Contacts lo..hi have been made of the plan's rows behind `after` up to `upto`."""

    lo: int
    hi: int
    after: int
    upto: int

    def joined(self, later: Written) -> Written:
        """These and those that follow them."""
        return Written(self.lo, later.hi, self.after, later.upto)


class Inbox(Protocol):
    """One end of a pipe between two processes."""

    def recv(self) -> Written | None:
        """What to index next, or None at the end."""

    def send(self, done: Written, /) -> None:
        """Tell that it is indexed."""


def follow(database: Path, search: Path, plan: Path, inbox: Inbox) -> None:
    """Take over what arrives, answering with it, until None arrives."""
    seldom_collect()
    with _indexing(database, search, plan) as index:
        while (written := inbox.recv()) is not None:
            index(written)
            inbox.send(written)


@contextmanager
def _indexing(database: Path, search: Path, plan: Path) -> Iterator[Callable[[Written], None]]:
    with staging.reading(plan) as rows, filling(search) as put:

        def from_contacts(written: Written) -> None:
            index_ranges(database, search, [(written.lo, written.hi)])

        def from_plan(written: Written) -> None:
            cursor = rows.execute(_READY, {"after": written.after, "upto": written.upto})
            parts = _parts(cursor, written.lo)
            for first in parts:
                put(chain([first], islice(parts, AT_ONCE - 1)))

        ready = rows.execute("SELECT 1 FROM search_text LIMIT 1").fetchone()
        yield from_plan if ready else from_contacts


def _parts(cursor: sqlite3.Cursor, lo: int) -> Iterator[Part]:
    while found := cursor.fetchmany(CHUNK):
        hi = lo + len(found) - 1
        names, texts = zip(*found, strict=True)
        yield lo, hi, Documents(range(lo, hi + 1), names, texts)
        lo = hi + 1


_READY = f"""
SELECT coalesce(m.sort_name, r.sort_name), coalesce(m.search_text, t.text)
FROM newcomer u CROSS JOIN search_text t ON t.n BETWEEN max(u.lo, :after + 1) AND min(u.hi, :upto)
CROSS JOIN row r ON r.n = t.n LEFT JOIN merged m ON m.n = t.n WHERE {runs_within()} ORDER BY u.hi
"""  # noqa: S608 - a condition of ours
