"""The pace of calls: as fast as allowed, never faster, however the server counts."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from app.core.clock import SystemClock
from app.core.errors import Cancelled
from app.services.pace import Limit, Pace


class Held(SystemClock):
    """A clock that stands still but for waiting, which takes no real time."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 1_000.0

    def monotonic(self) -> float:
        return self.at

    def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
        self.at += seconds
        return wake is not None and wake.is_set()


class Server:
    """Counts calls over a rolling window, and refuses those above the limit."""

    def __init__(self, clock: SystemClock, calls: int, seconds: float) -> None:
        self._clock, self._calls, self._seconds = clock, calls, seconds
        self._window: deque[float] = deque()
        self._lock = threading.Lock()
        self.refused = 0

    def call(self) -> Limit:
        with self._lock:
            now = self._clock.monotonic()
            while self._window and self._window[0] <= now - self._seconds:
                self._window.popleft()
            if len(self._window) >= self._calls:
                self.refused += 1
            else:
                self._window.append(now)
            return Limit(self._calls, self._seconds, self._calls - len(self._window))


def spend(pace: Pace, server: Server, calls: int) -> None:
    for _ in range(calls):
        with pace.slot():
            pace.learn(server.call())


def test_it_uses_nine_tenths_of_the_limit_and_at_least_95_percent_of_that() -> None:
    clock = Held()
    pace, server = Pace(clock, Limit(100, 10.0)), Server(clock, 100, 10.0)
    began = clock.at
    spend(pace, server, 900)
    allowed = 90 / 10.0
    # The last 90 need no interval after them.
    assert (900 - 90) / (clock.at - began) >= 0.95 * allowed
    assert clock.at - began >= 89.9
    assert server.refused == 0


def test_a_server_that_allows_less_than_it_publishes_is_never_overrun() -> None:
    clock = Held()
    pace, server = Pace(clock, Limit(100, 10.0)), Server(clock, 7, 3.0)
    spend(pace, server, 40)
    assert server.refused == 0
    assert pace.limit.calls == 7


def test_a_server_that_allows_more_is_used_more() -> None:
    clock = Held()
    pace, server = Pace(clock, Limit(100, 10.0)), Server(clock, 190, 10.0)
    began = clock.at
    spend(pace, server, 171)
    assert clock.at == began
    assert server.refused == 0


def test_calls_of_other_programs_under_the_same_key_are_left_room_for() -> None:
    clock = Held()
    pace, server = Pace(clock, Limit(100, 10.0)), Server(clock, 100, 10.0)
    for _ in range(80):
        server.call()
    spend(pace, server, 60)
    assert server.refused == 0


def test_a_restart_forgets_nothing_that_the_server_still_counts() -> None:
    clock = Held()
    server = Server(clock, 100, 10.0)
    spend(Pace(clock, Limit(100, 10.0)), server, 90)
    spend(Pace(clock, Limit(100, 10.0)), server, 90)
    assert server.refused == 0


def test_until_the_limit_is_known_calls_go_one_at_a_time() -> None:
    clock = SystemClock(speed=50)
    pace, server = Pace(clock, Limit(100, 10.0)), Server(clock, 5, 2.0)
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(spend, pace, server, 2) for _ in range(8)]:
            done.result()
    assert server.refused == 0


def test_slow_answers_from_many_threads_do_not_overrun_it_either() -> None:
    clock = SystemClock(speed=200)
    pace, server = Pace(clock, Limit(10, 5.0)), Server(clock, 10, 5.0)

    def call(number: int) -> None:
        with pace.slot():
            clock.wait(number % 3)
            seen = server.call()
            clock.wait(number % 2)
            pace.learn(seen)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(call, number) for number in range(45)]:
            done.result()
    assert server.refused == 0


def test_a_pause_holds_everybody() -> None:
    clock = Held()
    pace = Pace(clock, Limit(100, 10.0))
    pace.pause(7.0)
    began = clock.at
    with pace.slot():
        assert clock.at - began == pytest.approx(7.0)


def test_it_tells_how_long_a_pause_still_is() -> None:
    clock = Held()
    pace = Pace(clock, Limit(10, 10.0))
    assert pace.rest_left == 0
    pace.pause(30)
    clock.at += 6
    assert pace.rest_left == 24
    clock.at += 60
    assert pace.rest_left == 0


def test_waiting_for_a_slot_ends_when_the_user_cancels() -> None:
    clock = Held()
    pace = Pace(clock, Limit(100, 10.0))
    pace.pause(1_000.0)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled), pace.slot(cancel):
        pytest.fail("it was let through")


def test_a_call_that_failed_still_counts() -> None:
    clock = Held()
    pace = Pace(clock, Limit(1, 10.0))
    with pytest.raises(RuntimeError), pace.slot():
        raise RuntimeError("no answer")
    pace.learn(None)
    began = clock.at
    with pace.slot():
        assert clock.at - began == pytest.approx(10.0)


class Slow(Held):
    """A clock on which answers to calls that are under way come when they are due."""

    def __init__(self) -> None:
        super().__init__()
        self.due: deque[tuple[float, ExitStack]] = deque()

    def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
        until = self.at + seconds
        while self.due and self.due[0][0] <= until:
            self.at, answered = self.due.popleft()
            answered.close()
        self.at = until
        return super().wait(0.0, wake)


@pytest.mark.parametrize("latency", [0.0, 0.5, 1.0])
def test_slow_answers_do_not_slow_the_pace(latency: float) -> None:
    clock = Slow()
    pace, server = Pace(clock, Limit(100, 10.0)), Server(clock, 100, 10.0)
    spend(pace, server, 1)
    sent_at = [clock.at]
    for _ in range(899):
        call = ExitStack()
        call.enter_context(pace.slot())
        pace.learn(server.call())
        sent_at.append(clock.at)
        clock.due.append((clock.at + latency, call))
        if len(clock.due) == 10:
            clock.wait(clock.due[0][0] - clock.at)
    assert server.refused == 0
    assert 810 / (sent_at[810] - sent_at[0]) >= 0.95 * 9.0
    assert all(later - sent >= 10.0 for sent, later in zip(sent_at, sent_at[90:], strict=False))


def test_calls_that_stay_under_way_never_become_as_many_as_the_limit() -> None:
    clock = Slow()
    pace = Pace(clock, Limit(100, 10.0))
    spend(pace, Server(clock, 100, 10.0), 1)
    most = 0
    for _ in range(400):
        call = ExitStack()
        call.enter_context(pace.slot())
        clock.due.append((clock.at + 25.0, call))
        most = max(most, len(clock.due))
    assert most == 99
