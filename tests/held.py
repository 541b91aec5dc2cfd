"""Holds the answer of a background call back, so that a later one overtakes it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

PATIENCE = 60


class Held:
    """The first call of a function has its answer at once and gives it only when it is let go."""

    def __init__(self, real: Callable[..., Any]) -> None:
        self._real = real
        self._calls = itertools.count()
        self._begun, self._free = threading.Event(), threading.Event()
        self.count = 0

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Do it; the first caller waits afterwards."""
        number = next(self._calls)
        self.count = number + 1
        try:
            return self._real(*given, **named)
        finally:
            if number == 0:
                self._begun.set()
                self._free.wait(PATIENCE)

    @property
    def has_begun(self) -> bool:
        """Whether the first call has its answer, and waits."""
        return self._begun.is_set()

    def wait(self) -> None:
        """Wait until the first call has its answer."""
        assert self._begun.wait(PATIENCE)

    def let_go(self) -> None:
        """Give the first answer."""
        self._free.set()
