"""Time that tests and scripts can hold: the wall clock, waits and monotonic readings."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from typing import Protocol

from app.core.errors import InvalidInput
from app.core.frozen import is_frozen
from app.core.text import tr


class Clock(Protocol):
    """Where every service reads the time and waits."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back, for pace and time-outs, at the clock's speed."""

    def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
        """Let `seconds` of this clock pass; True at once when `wake` is set meanwhile."""


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 UTC, the form in which every table stores time."""
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_us(us: int) -> datetime:
    """The aware UTC moment of `us` microseconds since 1970."""
    seconds, rest = divmod(us, 1_000_000)
    return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=rest)


class SystemClock:
    """The machine's time, optionally begun elsewhere and running faster."""

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        self._offset = to_us(start) - time.time_ns() // 1_000 if start else 0
        self._speed = speed
        self._began_us = time.time_ns() // 1_000
        self._began = time.monotonic()

    @property
    def speed(self) -> float:
        """How many of its seconds pass in a real one; time-outs of real sockets divide by it."""
        return self._speed

    def now(self) -> datetime:
        """The present instant in UTC, as begun and sped up."""
        if self._speed == 1.0:
            return from_us(time.time_ns() // 1_000 + self._offset)
        elapsed = (time.monotonic() - self._began) * self._speed
        return from_us(self._began_us + self._offset + int(elapsed * 1_000_000))

    def monotonic(self) -> float:
        """Seconds since some moment, at this clock's speed."""
        return time.monotonic() * self._speed

    def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
        """Sleep until `seconds` of this clock have passed or `wake` is set."""
        return (wake or threading.Event()).wait(max(0.0, seconds) / self._speed)


def clock_from_environment() -> SystemClock:
    """The clock of this process; unfrozen builds honour CAPTELY_NOW and CAPTELY_CLOCK_SPEED.

    Raises InvalidInput when one of the two cannot be read.
    """
    if is_frozen():
        return SystemClock()
    return SystemClock(_start(os.environ.get("CAPTELY_NOW")), _speed())


def _start(written: str | None) -> datetime | None:
    if not written:
        return None
    try:
        start = datetime.fromisoformat(written)
    except ValueError as error:
        raise InvalidInput(
            tr("CAPTELY_NOW is not a date and time: {written}", written=written),
            tr("Write it like 2026-11-23T10:00:00Z."),
        ) from error
    return start if start.tzinfo else start.replace(tzinfo=UTC)


def _speed() -> float:
    written = os.environ.get("CAPTELY_CLOCK_SPEED") or "1"
    try:
        speed = float(written)
    except ValueError:
        speed = 0.0
    if not 0 < speed < 1_000_000:
        raise InvalidInput(
            tr("CAPTELY_CLOCK_SPEED is not a positive number: {written}", written=written),
            tr("Write a number such as 60, or leave it out."),
        )
    return speed
