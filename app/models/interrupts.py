"""Lets another thread cut a running read short, as the next keystroke does."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.core.errors import Busy, CaptelyError
from app.core.text import tr


class Interrupted(CaptelyError):
    """A read was given up because a newer one replaced it; never shown."""

    code = "INTERRUPTED"
    exit_code = 130


class Interrupt:
    """Lets another thread cut a running read short."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: Any = None
        self._wanted = False

    @property
    def wanted(self) -> bool:
        """True once the read should stop."""
        return self._wanted

    def stop(self) -> None:
        """Stop the read that uses this, now or as soon as it begins; never waits for a server."""
        if self._wanted:
            return
        with self._lock:
            self._wanted = True
            if hasattr(self._connection, "interrupt"):
                self._connection.interrupt()
            elif self._connection is not None:
                threading.Thread(target=self._cancel, name="captely-cancel", daemon=True).start()

    def _cancel(self) -> None:
        """Ask the server, which may take a while or not answer, to stop."""
        with self._lock, contextlib.suppress(Exception):
            if self._connection is not None:
                self._connection.cancel_safe()

    @contextmanager
    def watching(self, connection: Any) -> Iterator[None]:  # noqa: ANN401
        """Attach to the driver's connection for the time of one read."""
        with self._lock:
            if self._wanted:
                raise Interrupted("interrupted")
            self._connection = connection
        try:
            yield
        finally:
            with self._lock:
                self._connection = None


def cut_short(interrupt: Interrupt | None) -> CaptelyError:
    """What a read says that was stopped: nothing if that was wanted, and somebody else asks anew.

    A server also stops what takes longer than it allows, and now and then the read that follows on
    the same connection in place of the one that was meant.
    """
    if interrupt is not None and interrupt.wanted:
        return Interrupted("interrupted")
    return Busy(tr("The database stopped before it had answered."), tr("Try again."))
