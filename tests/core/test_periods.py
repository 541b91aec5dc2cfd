"""Days and months in a time zone: summer time, short months, leap years, and any anchor."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.core.periods import Months, Zone

ZONES = ("UTC", "Europe/Paris", "America/New_York", "Pacific/Kiritimati", "America/Havana")


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "moment", "day", "midnight"),
    [
        ("Europe/Paris", "2026-11-23T22:59:59", "2026-11-23", "2026-11-23T23:00"),
        ("Europe/Paris", "2026-11-23T23:00:00", "2026-11-24", "2026-11-24T23:00"),
        # The nights in which the clocks change: days of 23 and of 25 hours.
        ("Europe/Paris", "2026-03-28T23:00:00", "2026-03-29", "2026-03-29T22:00"),
        ("Europe/Paris", "2026-10-24T22:00:00", "2026-10-25", "2026-10-25T23:00"),
        # Midnight is skipped there: the day begins when the clocks jump to one.
        ("America/Havana", "2026-03-08T04:59:59", "2026-03-07", "2026-03-08T05:00"),
        ("America/Havana", "2026-03-08T05:00:00", "2026-03-08", "2026-03-09T04:00"),
        ("Pacific/Kiritimati", "2026-11-23T10:00:00", "2026-11-24", "2026-11-24T10:00"),
    ],
)
def test_a_day_turns_at_midnight_there(zone: str, moment: str, day: str, midnight: str):
    there = Zone(zone)
    assert there.day(utc(moment)) == date.fromisoformat(day)
    assert there.next_day(utc(moment)) == utc(midnight)


def test_the_zone_of_this_computer_follows_summer_time_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(os.environ, "TZ", "Europe/Paris")
    time.tzset()
    try:
        assert Zone().start(date(2026, 7, 1)) == utc("2026-06-30T22:00")
        assert Zone().start(date(2026, 12, 1)) == utc("2026-11-30T23:00")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_zone_that_nobody_knows_is_refused():
    for name in ("Mars/Olympus", "../etc/passwd", "Europe"):
        with pytest.raises(InvalidInput, match="no time zone"):
            Zone(name)


@pytest.mark.parametrize(
    ("anchor", "moment", "label", "start", "end"),
    [
        (1, "2026-11-30T23:59:59", "2026-11", "2026-11-01", "2026-12-01"),
        (1, "2026-12-01T00:00:00", "2026-12", "2026-12-01", "2027-01-01"),
        (31, "2027-02-27T12:00:00", "2027-01", "2027-01-31", "2027-02-28"),
        (31, "2027-02-28T00:00:00", "2027-02", "2027-02-28", "2027-03-31"),
        (31, "2028-02-28T12:00:00", "2028-01", "2028-01-31", "2028-02-29"),
        (31, "2028-02-29T00:00:00", "2028-02", "2028-02-29", "2028-03-31"),
        (30, "2027-04-29T12:00:00", "2027-03", "2027-03-30", "2027-04-30"),
        (15, "2026-12-20T00:00:00", "2026-12", "2026-12-15", "2027-01-15"),
    ],
)
def test_a_month_turns_on_its_anchor_or_its_last_day(anchor, moment, label, start, end):
    period = Months(Zone("UTC"), anchor).at(utc(moment))
    assert (period.label, period.start, period.end) == (label, utc(start), utc(end))


@given(
    st.sampled_from(ZONES),
    st.integers(1, 31),
    st.integers(1_577_836_800, 2_208_988_800).map(lambda s: datetime.fromtimestamp(s, UTC)),
)
def test_months_follow_one_another_without_gap_or_overlap(zone, anchor, moment):
    months = Months(Zone(zone), anchor)
    period = months.at(moment)
    assert period.start <= moment < period.end
    following = months.after(period)
    assert following.start == period.end == months.at(period.end).start
    assert months.at(period.end - timedelta(microseconds=1)) == period
    assert following.label > period.label


@pytest.mark.parametrize(
    ("anchor", "moment", "months", "day"),
    [
        (1, "2026-12-01", 3, "2027-03-01"),
        (1, "2026-11-30", 3, "2027-02-28"),
        (31, "2027-02-28", 1, "2027-03-31"),
        (1, "2028-02-29", 12, "2029-02-28"),
    ],
)
def test_months_later_is_the_same_day_or_the_last(anchor, moment, months, day):
    assert Months(Zone("UTC"), anchor).later(utc(moment), months) == utc(day)


def test_time_zones_are_known_on_a_computer_without_any():
    """Such as Windows, where they come with the package of our own dependencies."""
    told = subprocess.run(
        [sys.executable, "-c", "from app.core.periods import Zone; print(Zone('Asia/Tokyo').name)"],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONTZPATH": ""},
    )
    assert told.stdout == "Asia/Tokyo\n"
    declared = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert any(each.startswith("tzdata==") for each in declared["project"]["dependencies"])
