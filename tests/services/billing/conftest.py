"""A workspace with a clock that is held and an issuer that it trusts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.paths import Workspace
from tests.services.licence.vendor import Vendor, trusted_vendor
from tests.services.office import HeldClock, hold_clock

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    return hold_clock(monkeypatch, NOW)


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    return trusted_vendor(tmp_path, monkeypatch)


@pytest.fixture
def app(tmp_path: Path, vendor: Vendor, clock: HeldClock) -> Iterator[App]:
    built = build(Workspace(tmp_path / "Nordlicht"), origin=Origin.CLI)
    yield built
    built.close()
