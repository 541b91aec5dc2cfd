"""One time for licence and ledger: what either has seen, a clock that is set back cannot undo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.limits import KnownTime
from app.core.money import MILLI
from app.core.paths import Workspace
from app.core.settings import TIME_ZONE
from app.services.credits import Attempt, Code, LedgerFilter, Step
from app.services.licence.refusals import Code as State
from tests.services.credits.bench import PROFESSIONAL, Bench
from tests.services.licence.vendor import DAY, ISSUED, LIMITS, Vendor, trusted_vendor
from tests.services.office import HeldClock, hold_clock
from tests.services.test_witness import Ring

NOON = datetime.fromtimestamp(ISSUED, UTC)
"""27 November 2026."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    return hold_clock(monkeypatch, NOON)


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    """Whose licences count, on a computer with a keyring."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", Ring())
    return trusted_vendor(tmp_path, monkeypatch)


@contextmanager
def opened(folder: Path) -> Iterator[App]:
    app = build(Workspace(folder), origin=Origin.CLI)
    app.settings.set(TIME_ZONE, "UTC")
    try:
        yield app
    finally:
        app.close()


@pytest.fixture
def paid(tmp_path: Path, clock: HeldClock, vendor: Vendor) -> Path:
    """A workspace on Professional until 30 December, with ten enrichments a day."""
    folder = tmp_path / "workspace"
    with opened(folder) as app:
        limits = LIMITS | {"enrichments_day": 10}
        app.licence.install(vendor.licence(sub=app.licence.workspace, limits=limits))
        app.credits.turn_if_due()
    return folder


def at(clock: HeldClock, days: float) -> None:
    """Set the clock to so many days after the licence was issued."""
    clock._now = NOON + timedelta(days=days)


def call(app: App, item: int) -> Code | None:
    """Enrich a contact; what forbids it."""
    held = app.credits.reserve(Step(1, item, item, "icypeas", "find_email", MILLI))
    if not isinstance(held, Attempt):
        return held.code
    app.credits.send(held.id)
    app.credits.settle(held.id, charged=0, found=0, outcome="NOT_FOUND")
    return None


def months(app: App) -> list[str]:
    rows = app.credits.ledger(limit=1_000)[1]
    return sorted(f"{row.at:%Y-%m}" for row in rows if row.kind == "grant")


def test_a_day_s_limit_does_not_move_with_a_clock_that_is_set_back(paid: Path, clock: HeldClock):
    with opened(paid) as app:
        assert [call(app, item) for item in range(11)] == [None] * 10 + [Code.DAILY]
    at(clock, 1)
    with opened(paid) as app:
        app.licence.keep_time()
    # Nothing was written on that day, but it has come.
    at(clock, 0)
    with opened(paid) as app:
        assert app.licence.current().state is State.CLOCK_ROLLBACK
        assert app.credits.overview().moment.day == "2026-11-28"
        assert [call(app, item) for item in range(20, 31)] == [None] * 10 + [Code.DAILY]
    for back in (0, -1, -2, -20):
        at(clock, back)
        with opened(paid) as app:
            assert call(app, 40) is Code.DAILY


def test_a_clock_that_is_set_back_over_the_turn_grants_no_month_again(paid: Path, clock: HeldClock):
    at(clock, 4)
    with opened(paid) as app:
        app.credits.overview()
        before = app.credits.overview().sums
    for days in (0, -40, 3, 2):
        at(clock, days)
        with opened(paid) as app:
            assert app.credits.overview().sums == before
            assert app.credits.overview().moment.month.label == "2026-12"
            # November's in two parts, of Free and of what the licence added.
            assert months(app) == ["2026-11", "2026-11", "2026-12"]


def test_a_licence_does_not_last_longer_by_a_clock_that_only_the_ledger_saw(
    paid: Path, clock: HeldClock
):
    at(clock, 25)
    with opened(paid) as app:
        call(app, 1)
        forget_marks(app)
    at(clock, 1)
    with opened(paid) as app:
        standing = app.licence.current()
        assert (standing.state, standing.at) == (State.CLOCK_ROLLBACK, ISSUED + 25 * DAY)


def forget_marks(app: App) -> None:
    """Take the three sealed marks away, as somebody who knows of them would."""
    from app.core.paths import computer_folder
    from app.services.licence import facts as kept

    for file in computer_folder().glob("*.mark"):
        file.unlink()
    ring = keyring.get_keyring()
    assert isinstance(ring, Ring)
    ring.kept = {name: text for name, text in ring.kept.items() if not name.endswith("/mark")}
    app.licence.facts.set({kept.MARK: None})
    app.licence._mark = None
    app.licence.__dict__.pop("_marks", None)


def test_a_clock_forward_and_back_brings_tomorrow_s_credits_once(paid: Path, clock: HeldClock):
    with opened(paid) as app:
        app.credits.overview()
    for days in (5, 0, 36, 0, 4, 5, 35):
        at(clock, days)
        with opened(paid) as app:
            app.credits.overview()
            plan = app.credits.ledger(LedgerFilter(kind="grant", category="plan"))[1]
    # November, December, and January, into which the clock was set and which has come at the end.
    assert sum(row.amount for row in plan) == 15_000 * MILLI


def test_a_year_by_accident_costs_neither_packs_nor_the_months_to_come(
    paid: Path, clock: HeldClock, vendor: Vendor
):
    pack = {"id": "pi_1", "credits": 500, "iat": ISSUED, "exp": ISSUED + 365 * DAY}
    with opened(paid) as app:
        text = vendor.licence(sub=app.licence.workspace, seq=ISSUED + 1, packs=[pack])
        app.licence.install(text)
        assert app.credits.overview().sums.available == 5_500 * MILLI
    at(clock, 73 * 365)
    with opened(paid) as app:
        # The licence has ended by then, and so have its credits.
        assert app.credits.overview().sums.available == 100 * MILLI
    at(clock, 1)
    with opened(paid) as app:
        app.licence.note_date(ISSUED + DAY)
        found = app.credits.overview()
        assert found.moment.day == "2026-11-28"
        assert found.sums.available == 5_500 * MILLI
        assert call(app, 1) is None
    at(clock, 5)
    with opened(paid) as app:
        assert app.credits.overview().moment.month.label == "2026-12"
        granted = [bucket.category.value for bucket in app.credits.overview().buckets]
        assert list(dict.fromkeys(granted)) == ["rollover", "plan", "pack"]
        assert app.credits.verify().ok


def test_what_ended_under_a_clock_far_ahead_ends_for_good_once_that_is_confirmed(bench: Bench):
    bench.credits.add_pack("pi_1", 500 * MILLI)
    known = datetime(2026, 11, 23, 12, tzinfo=UTC)
    later = known + timedelta(days=400)

    bench.at("2027-12-28T12:00:00")
    bench.plan(PROFESSIONAL, time=KnownTime(later, sure=known + timedelta(days=30)))
    sums = bench.credits.overview().sums
    # What was carried over in November waits with the pack, and neither can be drawn.
    assert (sums.available, sums.expired) == (5_000 * MILLI, 0)

    bench.plan(PROFESSIONAL, time=KnownTime(later, sure=later))
    sums = bench.credits.overview().sums
    assert (sums.available, sums.expired) == (5_000 * MILLI, 5_500 * MILLI)
