"""Long work lets a busy window go first, and is never stopped by it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core import courtesy


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each wait would have been; none is made, and none sees the window idle."""
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    monkeypatch.setattr(courtesy, "_impatient_until", 0.0)
    monkeypatch.setattr(courtesy._idle, "wait", wait)
    return waits


def test_without_a_busy_window_nothing_waits(waited: list[float]) -> None:
    courtesy.give_way()
    assert not waited


def test_work_waits_while_the_window_is_busy_and_not_afterwards(waited: list[float]) -> None:
    with courtesy.busy():
        with courtesy.busy():
            pass
        courtesy.give_way()
    courtesy.give_way()
    assert waited == [courtesy.MOST_SECONDS]


def test_a_window_that_stays_busy_stops_work_half_of_the_time_at_most(
    waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr(courtesy.time, "monotonic", lambda: now[0])
    with courtesy.busy():
        courtesy.give_way()
        courtesy.give_way()
        assert len(waited) == 1
        now[0] += courtesy.MOST_SECONDS
        courtesy.give_way()
    assert len(waited) == 2


def test_work_goes_on_as_soon_as_the_window_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "_impatient_until", 0.0)
    monkeypatch.setattr(courtesy, "MOST_SECONDS", 60.0)
    with ThreadPoolExecutor(1) as pool:
        with courtesy.busy():
            work = pool.submit(courtesy.give_way)
        work.result(30)


def test_an_error_leaves_the_window_idle() -> None:
    with pytest.raises(ZeroDivisionError), courtesy.busy():
        raise ZeroDivisionError
    assert courtesy._idle.is_set()
