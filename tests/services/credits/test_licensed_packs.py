"""Packs that the licence names become credits once, and what a licence left over is not lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.limits import BoughtPack
from app.core.money import MILLI
from app.core.paths import Workspace
from app.services.credits import LedgerFilter
from tests.services.credits.bench import PROFESSIONAL, Bench
from tests.services.licence.vendor import DAY, Vendor, trusted_vendor
from tests.services.office import NOON, HeldClock, hold_clock

PACK = BoughtPack("pi_1", 500 * MILLI, NOON - timedelta(days=1), NOON + timedelta(days=364))


def test_a_pack_of_the_licence_is_granted_once_however_often_it_is_read(bench: Bench) -> None:
    bench.plan(PROFESSIONAL, packs=(PACK,))
    assert bench.left() == 5_500
    bench.again()
    assert bench.left() == 5_500
    total, rows = bench.credits.ledger(LedgerFilter(category="pack"))
    assert (total, rows[0].amount) == (1, 500 * MILLI)


def test_it_lasts_as_long_as_the_licence_says(bench: Bench) -> None:
    bench.plan(PROFESSIONAL, packs=(PACK,))
    assert ("pack", 500.0, "2027-11-22 12:00") in bench.buckets()


def test_a_pack_that_was_told_of_before_is_not_granted_again(bench: Bench) -> None:
    bench.credits.add_pack("pi_1", 500 * MILLI)
    bench.plan(PROFESSIONAL, packs=(PACK,))
    assert bench.left() == 5_500


def test_a_pack_that_is_over_or_yet_to_come_grants_nothing(bench: Bench) -> None:
    over = replace(PACK, since=NOON - timedelta(days=400), until=NOON - timedelta(days=35))
    coming = replace(PACK, source="pi_2", since=NOON + timedelta(days=1))
    bench.plan(PROFESSIONAL, packs=(over, coming))
    assert bench.left() == 5_000
    bench.clock.pass_by(timedelta(days=1))
    assert bench.left() == 5_500


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    return hold_clock(monkeypatch, datetime(2026, 10, 5, tzinfo=UTC))


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    return trusted_vendor(tmp_path, monkeypatch)


@pytest.fixture
def app(tmp_path: Path, vendor: Vendor, clock: HeldClock) -> Iterator[App]:
    built = build(Workspace(tmp_path / "Nordlicht"), origin=Origin.CLI)
    yield built
    built.close()


def licence(app: App, vendor: Vendor, clock: HeldClock, **changes: object) -> str:
    at = int(clock.now().timestamp())
    return vendor.licence(sub=app.licence.workspace, iat=at, nbf=at, seq=at, **changes)


def test_the_packs_of_an_installed_licence_are_there(
    app: App, vendor: Vendor, clock: HeldClock
) -> None:
    at = int(clock.now().timestamp())
    pack = {"id": "pi_9", "credits": 2_000, "iat": at, "exp": at + 365 * DAY}
    app.licence.install(licence(app, vendor, clock, packs=[pack]))
    assert app.credits.overview().sums.available == 7_000 * MILLI


def test_a_licence_that_is_renewed_in_the_new_month_carries_the_old_month_over(
    app: App, vendor: Vendor, clock: HeldClock
) -> None:
    app.licence.install(licence(app, vendor, clock))
    assert app.credits.overview().sums.available == 5_000 * MILLI
    clock.pass_by(timedelta(days=28))
    app.licence.install(licence(app, vendor, clock))
    left: Counter[str] = Counter()
    for bucket in app.credits.overview().buckets:
        left[bucket.category.value] += bucket.left
    assert left == {"rollover": 5_000 * MILLI, "plan": 5_000 * MILLI}
