"""Keeps the search index in step with the contacts.

Every change of a contact leaves a range in search_dirty, in the same transaction; draining takes
the ranges over and removes them once the index has committed, so that a kill in between repeats
work and loses none. Small drains happen in the calling thread, large ones in another process.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from app.core.changes import Changes, SearchCaughtUp
from app.core.events import Bus
from app.models.contacts import Contact
from app.models.journal import SearchDirty
from app.models.json_sql import runs
from app.models.search import DOC_POSTGRES, create_postgres_search
from app.models.store import Store, next_id
from app.models.store_errors import storage_error
from app.services import search_file
from app.services.rows import TEXT_COLUMNS
from app.services.search_file import Range
from app.services.search_text import document

SMALL = 5_000
"""Up to this many contacts are indexed at once, where they are waited for: about 50 ms."""
APART = 20_000
"""From this many contacts on the work goes to a process of its own."""
BATCH = 2_000
"""Dirty ranges taken in one go."""
ADVISORY_LOCK = 0x4361707465

Dirty = Sequence[tuple[int, int, int]]


class Indexing:
    """The search index of one workspace, in a file on SQLite and a table on PostgreSQL.

    database and search are the two files; neither is used on PostgreSQL. Make it before anybody
    reads through the store, because readers attach the file as they find it, then migrate, then
    call `prepare`.
    """

    def __init__(
        self, store: Store, bus: Bus, *, database: Path | None = None, search: Path | None = None
    ) -> None:
        self._store = store
        self._bus = bus
        self._database = database
        self._search = search
        self._turn = threading.Lock()
        self._following = threading.Lock()
        self._asked = threading.Event()
        if search is not None:
            with _explained(search):
                search_file.ensure(search)

    def prepare(self) -> bool:
        """Have every contact taken over if the index had to be made; True then.

        That is when it was missing, damaged or of an older format; `drain` does the work.
        """
        if self._search is not None:
            with _explained(self._search):
                if search_file.is_confirmed(self._search):
                    return False
                self._mark_everything()
                search_file.confirm(self._search)
            return True
        with self._store.writing("search") as connection:
            if connection.dialect.has_table(connection, DOC_POSTGRES.name):
                return False
            create_postgres_search(connection)
            _mark_everything(connection)
        return True

    def rebuild(self) -> None:
        """Forget the index and take over every contact again."""
        self._mark_everything()
        if self._search is not None:
            with _explained(self._search):
                search_file.clear(self._search)
        else:
            with self._store.writing("search") as connection:
                connection.execute(delete(DOC_POSTGRES))
        self.drain()

    def pending(self) -> int:
        """At most how many contacts wait to be taken over."""
        with self._store.reading() as connection:
            return pending_rows(connection)

    def drain(self, limit_seconds: float | None = None) -> bool:
        """Take pending contacts over; True when none was left, False when the time was up first."""
        deadline = None if limit_seconds is None else time.monotonic() + limit_seconds
        worked = False
        with self._turn:
            while batch := self._next_batch():
                if worked and deadline is not None and time.monotonic() > deadline:
                    return False
                self._take_over(batch)
                worked = True
        if worked:
            self._bus.publish(SearchCaughtUp())
        return True

    def catch_up(self, *, most: int = SMALL) -> bool:
        """Drain if at most `most` contacts wait, so that a search finds what was just typed."""
        waiting = self.pending()
        return waiting == 0 or (waiting <= most and self.drain())

    def follow(self, submit: Callable[[Callable[[], object]], object]) -> Callable[[], None]:
        """Have `submit` run a drain in some lane after changes of contacts; returns the end of it.

        Changes that come before it has begun are served by it. Those that come later, while it
        takes over a million contacts for a minute, keep no further thread of the lane waiting for
        its end: it looks again.
        """

        def drain() -> None:
            while self._asked.is_set() and self._following.acquire(blocking=False):
                try:
                    self._asked.clear()
                    self.drain()
                finally:
                    self._following.release()

        def heard(changes: Changes) -> None:
            if changes.touches("contact") and not self._asked.is_set():
                self._asked.set()
                submit(drain)

        return self._bus.subscribe(Changes, heard)

    def _mark_everything(self) -> None:
        with self._store.writing("search") as connection:
            _mark_everything(connection)

    def _next_batch(self) -> Dirty:
        rows = select(SearchDirty.id, SearchDirty.lo, SearchDirty.hi).order_by(SearchDirty.id)
        with self._store.reading() as connection:
            return [(row.id, row.lo, row.hi) for row in connection.execute(rows.limit(BATCH))]

    def _take_over(self, batch: Dirty) -> None:
        ranges = _merged([(lo, hi) for _, lo, hi in batch])
        if self._search is not None and self._database is not None:
            with _explained(self._search):
                _fill(self._database, self._search, ranges)
        else:
            for lo, hi in ranges:
                self._fill_table(lo, hi)
        done = [dirty for dirty, _, _ in batch]
        # Not as bulk work: searches wait for it, and that of others can take seconds.
        with self._store.writing("search") as connection:
            for first, last in runs(done):
                connection.execute(delete(SearchDirty).where(SearchDirty.id.between(first, last)))

    def _fill_table(self, lo: int, hi: int) -> None:
        while lo <= hi:
            with self._store.writing("search", bulk=True) as connection:
                lo = _index_on_server(connection, lo, hi) + 1


def pending_rows(connection: Connection) -> int:
    """At most how many contacts wait to be taken over, inside an open session."""
    # As text, because it is asked before every search.
    waiting = "SELECT coalesce(sum(hi - lo + 1), 0) FROM search_dirty"
    return int(connection.exec_driver_sql(waiting).scalar_one())


@contextmanager
def _explained(search: Path) -> Iterator[None]:
    """Turns what the index's own file cannot do into the sentences of the store."""
    try:
        yield
    except sqlite3.Error as error:
        raise storage_error(error, search) or error from error


def _mark_everything(connection: Connection) -> None:
    last = next_id(connection, "contact") - 1
    if last > 0:
        connection.execute(insert(SearchDirty).values(lo=1, hi=last))


def _fill(database: Path, search: Path, ranges: Sequence[Range]) -> None:
    if sum(hi - lo + 1 for lo, hi in ranges) >= APART:
        with suppress(OSError):
            if _fill_apart(database, search, ranges):
                return
    search_file.index_ranges(database, search, ranges)


def _fill_apart(database: Path, search: Path, ranges: Sequence[Range]) -> bool:
    """Index in another process; False when it failed, and the caller does it and hears why."""
    arguments: tuple[Any, ...] = (database, search, list(ranges))
    process = multiprocessing.get_context("spawn").Process(
        target=search_file.index_ranges, args=arguments, daemon=True
    )
    process.start()
    process.join()
    return process.exitcode == 0


def _merged(ranges: Sequence[Range]) -> list[Range]:
    merged: list[Range] = []
    for lo, hi in sorted(ranges):
        if merged and lo <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(hi, merged[-1][1]))
        else:
            merged.append((lo, hi))
    return merged


def _index_on_server(connection: Connection, lo: int, hi: int) -> int:
    """Index the first contacts of lo..hi; the last id that is settled.

    The lock lets one indexer at a time read and write, so that no older text wins.
    """
    from sqlalchemy.dialects.postgresql import insert as upsert

    connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
    wanted = (
        select(Contact.id, *TEXT_COLUMNS)
        .where(Contact.id.between(lo, hi), Contact.deleted_op.is_(None))
        .order_by(Contact.id)
        .limit(search_file.CHUNK_ROWS)
    )
    rows = connection.execute(wanted).all()
    last: int = rows[-1][0] if len(rows) == search_file.CHUNK_ROWS else hi
    connection.execute(delete(DOC_POSTGRES).where(DOC_POSTGRES.c.contact.between(lo, last)))
    docs = [{"contact": row[0], "text": document(row[1:])} for row in rows]
    if docs:
        connection.execute(upsert(DOC_POSTGRES).on_conflict_do_nothing(), docs)
    return last
