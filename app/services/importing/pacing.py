"""Says how much an import writes at once: little while somebody waits to write, else much."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FIRST_CHUNK = 2_000
LEAST_CHUNK = 200
MOST_CHUNK = 50_000
CHUNK_SECONDS = 0.04
"""How long the rows between two looks for somebody who waits take."""
FIRST_SESSION_SECONDS = 0.1
SESSION_SECONDS = 3.0
"""How long chunks follow one another in one transaction if nobody does. It writes each page of an
index once, and rows in no order touch nearly all pages: short ones write ten times as much.
The first ones are short, so that a small list is soon seen to get on, and grow."""
COPY_SECONDS = 1.0
"""After so much writing the log is copied back: a page that was written twice since only once."""


class Pace:
    """The size of the chunks of one load, and the length of its transactions."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends = 0.0
        self._lasts = FIRST_SESSION_SECONDS
        self._uncopied = 0.0
        self.size = FIRST_CHUNK

    def begin(self) -> None:
        """A transaction begins."""
        lasts = min(self._lasts, SESSION_SECONDS)
        self._ends, self._lasts = self._clock() + lasts, 2 * lasts

    def is_over(self) -> bool:
        """True once it has lasted long enough."""
        return self._clock() >= self._ends

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Fit the size to how long the chunk written meanwhile takes."""
        began = self._clock()
        yield
        took = self._clock() - began
        self._uncopied += took
        wanted = int(self.size * CHUNK_SECONDS / max(took, 0.001))
        self.size = max(LEAST_CHUNK, min(wanted, self.size * 2, MOST_CHUNK))

    def is_copy_due(self) -> bool:
        """True once enough was written since the last time this was true."""
        due = self._uncopied >= COPY_SECONDS
        if due:
            self._uncopied = 0.0
        return due
