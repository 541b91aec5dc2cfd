"""The clock: microseconds without loss, a start and a speed for scripts."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.clock import SystemClock, clock_from_environment, from_us, to_us
from app.core.errors import InvalidInput


@given(st.timedeltas(timedelta(), timedelta(days=84_000)))
def test_microseconds_lose_nothing(since_1970):
    moment = datetime(1970, 1, 1, tzinfo=UTC) + since_1970
    assert from_us(to_us(moment)) == moment


def test_the_clock_starts_where_the_environment_says(monkeypatch):
    monkeypatch.setenv("CAPTELY_NOW", "2026-11-23T10:00:00Z")
    now = clock_from_environment().now()
    assert datetime(2026, 11, 23, 10, tzinfo=UTC) <= now < datetime(2026, 11, 23, 10, 1, tzinfo=UTC)


def test_a_fast_clock_lets_a_minute_pass_in_a_moment(monkeypatch):
    monkeypatch.setenv("CAPTELY_CLOCK_SPEED", "60000")
    fast = clock_from_environment()
    before = fast.now()
    assert fast.wait(60) is False
    assert fast.now() - before >= timedelta(seconds=60)


def test_a_wait_ends_at_once_when_woken():
    wake = threading.Event()
    wake.set()
    assert SystemClock().wait(3600, wake) is True


@pytest.mark.parametrize(
    ("name", "value"),
    [("CAPTELY_NOW", "yesterday"), ("CAPTELY_CLOCK_SPEED", "fast"), ("CAPTELY_CLOCK_SPEED", "0")],
)
def test_an_unreadable_switch_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidInput, match=name):
        clock_from_environment()


def test_the_installed_product_ignores_the_switches(monkeypatch):
    monkeypatch.setenv("CAPTELY_NOW", "2001-01-01T00:00:00Z")
    monkeypatch.setattr(clock, "is_frozen", lambda: True)
    assert clock_from_environment().now().year > 2001
