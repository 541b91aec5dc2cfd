"""How far a job is, how fast it goes and how long it will take, told ten times a second at most."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from app.core.clock import Clock
from app.core.events import Bus, Event
from app.services.jobs.view import JobState

INTERVAL_SECONDS = 0.1
WINDOW_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class JobProgress(Event):
    """How far a job is: rate in steps a second, eta_seconds None while it cannot be told.

    The last event of every run carries the state in which the run ended.
    """

    job_id: int
    kind: str
    label: str
    state: JobState
    done: int
    total: int | None
    rate: float
    eta_seconds: float | None
    message: str


class Meter:
    """Counts one run of a job and publishes its progress; may be called from several threads.

    The rate is that of the last ten seconds, so that a pause or a slow start does not bend the
    forecast for ever.
    """

    def __init__(
        self, bus: Bus, clock: Clock, job: tuple[int, str, str], done: int, total: int | None
    ) -> None:
        self.done = done
        self.total = total
        self.message = ""
        self._bus = bus
        self._clock = clock
        self._job_id, self._kind, self._label = job
        self._lock = threading.Lock()
        now = clock.monotonic()
        self._samples = deque([(now, done)])
        self._due = now

    def move(self, done: int, total: int | None, message: str) -> None:
        """Note where the job is, and publish it when the last event is long enough ago."""
        with self._lock:
            self.done, self.total, self.message = done, total, message
            now = self._clock.monotonic()
            if now < self._due:
                return
            self._due = now + INTERVAL_SECONDS
            event = self._event(JobState.RUNNING, now)
        self._bus.publish(event)

    def end(self, state: JobState, message: str) -> None:
        """Publish how the run ended, in any case."""
        with self._lock:
            self.message = message
            event = self._event(state, self._clock.monotonic())
        self._bus.publish(event)

    def _event(self, state: JobState, now: float) -> JobProgress:
        rate = self._rate(now)
        left = None if self.total is None else max(0, self.total - self.done)
        return JobProgress(
            job_id=self._job_id,
            kind=self._kind,
            label=self._label,
            state=state,
            done=self.done,
            total=self.total,
            rate=rate,
            eta_seconds=left / rate if left is not None and rate else None,
            message=self.message,
        )

    def _rate(self, now: float) -> float:
        if self.done < self._samples[-1][1]:
            # The next stage of a job counts from the beginning again.
            self._samples = deque([(now, self.done)])
        self._samples.append((now, self.done))
        while len(self._samples) > 2 and now - self._samples[1][0] >= WINDOW_SECONDS:
            self._samples.popleft()
        began, before = self._samples[0]
        return (self.done - before) / (now - began) if now > began else 0.0
