"""Has the search index follow a load while it goes on, on the other processor."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

WORTH_FOLLOWING = 100_000
STEP_ROWS = 100_000
POLL_SECONDS = 0.25


class Index(Protocol):
    """What an import needs of services.indexing."""

    def pending(self) -> int:
        """How many contacts wait to be indexed."""

    def drain(self, limit_seconds: float | None = None) -> bool:
        """Index what waits; False when the time was up first."""


class Indexer:
    """Drains the search index beside a load."""

    def __init__(self, index: Index | None) -> None:
        self._index = index

    @contextmanager
    def following(self, rows: int) -> Iterator[None]:
        """Index meanwhile in steps, if as many `rows` are worth it."""
        if self._index is None or rows < WORTH_FOLLOWING:
            yield
            return
        ended = threading.Event()
        thread = threading.Thread(target=self._follow, args=(ended,), name="import indexing")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def catch_up(self) -> None:
        """Index everything that still waits."""
        if self._index is not None:
            self._index.drain()

    def _follow(self, ended: threading.Event) -> None:
        index = self._index
        while index is not None and not ended.wait(POLL_SECONDS):
            if index.pending() >= STEP_ROWS:
                index.drain()
