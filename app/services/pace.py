"""The pace of calls under one credential: learned from its answers, shared by all its callers.

Two counts hold calls back. Our own share is counted from the moment a call is sent, so that slow
answers do not slow the pace. The whole limit is counted until one interval after the answer: the
server counted the call somewhere in between, so no window of its, rolling or fixed, overflows.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.core.clock import Clock
from app.core.errors import Cancelled
from app.core.text import tr

SHARE = 0.9
"""The part of the published limit that we use; the rest is left to the account's other tools."""

POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in any `seconds`; `left` is what the server says remains of the present."""

    calls: int
    seconds: float
    left: int | None = None


class Pace:
    """Lets calls through no faster than SHARE of the limit.

    Until the first answer has told the limit, calls go one at a time: a server that allows five
    must not be met with ninety.
    """

    def __init__(self, clock: Clock, published: Limit) -> None:
        self._clock = clock
        self._limit = published
        self._known = False
        self._lock = threading.Lock()
        self._under_way = 0
        # When each of our calls leaves a window begun at its sending, and at its answer; and when
        # those of other programs do.
        self._share_back_at: deque[float] = deque()
        self._freed_at: deque[float] = deque()
        self._others_freed_at: deque[float] = deque()
        self._paused_until = 0.0

    @property
    def limit(self) -> Limit:
        """The limit as last learned, else as published."""
        return self._limit

    @property
    def allowed(self) -> int:
        """Calls in each interval that we permit ourselves."""
        return max(1, int(self._limit.calls * SHARE))

    @contextmanager
    def slot(self, cancel: threading.Event | None = None) -> Iterator[None]:
        """Wait for a free slot and hold it during one call.

        Raises Cancelled when `cancel` is set while waiting.
        """
        self._enter(cancel)
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
                self._freed_at.append(self._clock.monotonic() + self._limit.seconds)

    def learn(self, limit: Limit | None) -> None:
        """Take over what an answer said; None when it said nothing of limits."""
        with self._lock:
            self._known = True
            if limit is not None and limit.calls > 0 and limit.seconds > 0:
                self._limit = limit
                self._count_others(limit)

    def pause(self, seconds: float) -> None:
        """Let nobody through for `seconds`: the server asked for rest."""
        with self._lock:
            until = self._clock.monotonic() + max(0.0, seconds)
            self._paused_until = max(self._paused_until, until)

    @property
    def rest_left(self) -> float:
        """Seconds until calls go on, 0 unless the server asked for rest."""
        with self._lock:
            return max(0.0, self._paused_until - self._clock.monotonic())

    def _count_others(self, limit: Limit) -> None:
        # Another process, or we ourselves before a restart, used calls we have no slots for.
        if limit.left is None:
            return
        used = limit.calls - limit.left
        unseen = used - self._counted()
        until = self._clock.monotonic() + limit.seconds
        self._others_freed_at.extend(until for _ in range(max(0, unseen)))

    def _counted(self) -> int:
        """The calls that the server may be counting at this moment."""
        return self._under_way + len(self._freed_at) + len(self._others_freed_at)

    def _enter(self, cancel: threading.Event | None) -> None:
        while True:
            with self._lock:
                delay = self._delay()
                if delay == 0.0:
                    self._under_way += 1
                    self._share_back_at.append(self._clock.monotonic() + self._limit.seconds)
                    return
            if cancel is not None and cancel.is_set():
                raise Cancelled(tr("Stopped while waiting for the rate limit."))
            self._clock.wait(min(delay, POLL_SECONDS), cancel)

    def _delay(self) -> float:
        now = self._clock.monotonic()
        counts = (self._share_back_at, self._freed_at, self._others_freed_at)
        for count in counts:
            while count and count[0] <= now:
                count.popleft()
        if now < self._paused_until:
            return self._paused_until - now
        if not self._known and self._under_way:
            return POLL_SECONDS
        has_share = len(self._share_back_at) + len(self._others_freed_at) < self.allowed
        if has_share and self._counted() < max(self._limit.calls - 1, self.allowed):
            return 0.0
        return min((count[0] - now for count in counts if count), default=POLL_SECONDS)
