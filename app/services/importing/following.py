"""Takes the new contacts of an import over into the search index while it goes on.

The body of the process on the other processor. It inserts the texts that the plan holds; a plan
without them has it make them from the contacts. Nobody sees these contacts before the end of the
import, hence nobody can have changed them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.services.importing.newcomers import runs_within
from app.services.importing.worker import seldom_collect
from app.services.search_file import FILLED_AT_ONCE, filling, index_ranges


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


def follow(database: Path, search: Path, plan: Path, first: int, inbox: Inbox) -> None:
    """Take over what arrives, answering with it, until None arrives.

    first is the id of the first contact that the plan creates.
    """
    seldom_collect()
    with _indexing(database, search, plan, first) as index:
        while (written := inbox.recv()) is not None:
            index(written)
            inbox.send(written)


@contextmanager
def _indexing(
    database: Path, search: Path, plan: Path, first: int
) -> Iterator[Callable[[Written], None]]:
    with filling(search, plan) as filler:

        def from_contacts(written: Written) -> None:
            index_ranges(database, search, [(written.lo, written.hi)])

        def from_plan(written: Written) -> None:
            lo = written.lo
            for after in range(written.after, written.upto, FILLED_AT_ONCE):
                values = {"after": after, "upto": min(after + FILLED_AT_ONCE, written.upto)}
                if number := filler.number(_NEWCOMERS, values):
                    hi = lo + number - 1
                    filler.put((lo, hi), _TEXTS, _SORT_NAMES, values | {"first": first})
                    lo = hi + 1

        yield from_plan if filler.number(_READY, {}) else from_contacts


_READY = "SELECT EXISTS (SELECT 1 FROM beside.search_text)"
_NEWCOMERS = f"""
SELECT sum(min(u.hi, :upto) - max(u.lo, :after + 1) + 1)
FROM beside.newcomer u WHERE {runs_within("beside.")}
"""  # noqa: S608 - a condition of ours


def _each(table: str, values: str) -> str:
    """A query for something of each contact made of some rows."""
    return f"""
        SELECT {values} FROM beside.newcomer u CROSS JOIN beside.{table} r
            ON r.n BETWEEN max(u.lo, :after + 1) AND min(u.hi, :upto)
        LEFT JOIN beside.merged m ON m.n = r.n
        WHERE {runs_within("beside.")} ORDER BY u.hi
    """  # noqa: S608 - names and a condition of ours


_TEXTS = _each("search_text", ":first + u.before + r.n - u.lo, coalesce(m.search_text, r.text)")
_SORT_NAMES = _each("row", "coalesce(m.sort_name, r.sort_name)")
