"""Has the search index follow a load while it goes on, in a process on the other processor."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import delete

from app.models.journal import SearchDirty
from app.models.store import Store
from app.services.importing.following import Written, follow

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

WORTH_FOLLOWING = 50_000
STEP = 25_000

_spawn = multiprocessing.get_context("spawn")


class Index(Protocol):
    """What an import needs of services.indexing."""

    def drain(self, limit_seconds: float | None = None) -> bool:
        """Index what waits; False when the time was up first."""


class Indexer:
    """Keeps the search index up with imports; database and search are the workspace's files."""

    def __init__(self, store: Store, index: Index | None, database: Path, search: Path) -> None:
        self._store = store
        self._index = index
        self._database = database
        self._search = search

    @contextmanager
    def following(self, plan: Path, rows: int, first: int) -> Iterator[Follower | None]:
        """A follower to be told of what is written, if as many `rows` of `plan` are worth it.

        first is the id of the first contact that the plan creates. At the end it has indexed all
        it was told of; if the import ends early, it ends at once.
        """
        if self._index is None or not self._store.is_sqlite or rows < WORTH_FOLLOWING:
            yield None
            return
        follower = Follower(self._store, (self._database, self._search, plan, first))
        try:
            yield follower
            follower.finish()
        finally:
            follower.end()

    def catch_up(self) -> None:
        """Index everything that still waits."""
        if self._index is not None:
            self._index.drain()


class Follower:
    """One indexing process. Should it fail, what it leaves stays marked, and is drained later."""

    def __init__(self, store: Store, arguments: tuple[Path, Path, Path, int]) -> None:
        """`arguments` are what `follow` gets before its inbox."""
        self._store = store
        self._pipe: Connection
        self._pipe, theirs = _spawn.Pipe()
        self._process = _spawn.Process(target=follow, args=(*arguments, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._waiting: Written | None = None
        self._busy = False

    def wrote(self, written: Written) -> None:
        """Contacts have been committed; they follow the last ones told of."""
        self._waiting = self._waiting.joined(written) if self._waiting else written
        with suppress(OSError, EOFError):
            if self._busy and self._pipe.poll():
                self._settle()
            if not self._busy and self._waiting.hi - self._waiting.lo >= STEP:
                self._send()

    def finish(self) -> None:
        """Wait until everything is indexed."""
        with suppress(OSError, EOFError):
            while self._busy or self._waiting:
                if self._busy:
                    self._settle()
                elif self._waiting:
                    self._send()
            self._pipe.send(None)
            self._process.join()

    def end(self) -> None:
        """Stop the process, wherever it is: each of its steps is all or nothing."""
        self._process.terminate()
        self._process.join()
        self._process.close()
        self._pipe.close()

    def _send(self) -> None:
        self._pipe.send(self._waiting)
        self._waiting, self._busy = None, True

    def _settle(self) -> None:
        """Take an answer: that range waits no longer. Nobody else can have marked it meanwhile,
        for nobody sees contacts of an import before its end."""
        done: Written = self._pipe.recv()
        self._busy = False
        with self._store.writing("search", bulk=True) as connection:
            connection.execute(
                delete(SearchDirty).where(SearchDirty.lo >= done.lo, SearchDirty.hi <= done.hi)
            )
