"""Lets long work in Python go on only while the window does not paint.

Python runs one thread at a time. A thread that paints lets go of Python at every call into the
toolkit, a hundred times a frame, and each time would have to wait for its turn behind a thread
that computes: a frame of 30 ms then takes 300.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

MOST_SECONDS = 0.03
"""How long work waits at most at a time, and then goes on for as long.

A window that waits for this very work while it paints does not stop it.
"""

_idle = threading.Event()
_idle.set()
_impatient_until = 0.0


@contextmanager
def busy() -> Iterator[None]:
    """The window paints, or takes in an answer; for its own thread, may be used inside itself."""
    if not _idle.is_set():
        yield
        return
    _idle.clear()
    try:
        yield
    finally:
        _idle.set()


def give_way() -> None:
    """Wait while the window is busy; to be called by other threads, a few thousand times a second.

    Does nothing in a process without a window.
    """
    global _impatient_until
    if not _idle.is_set() and time.monotonic() >= _impatient_until and not _idle.wait(MOST_SECONDS):
        _impatient_until = time.monotonic() + MOST_SECONDS
