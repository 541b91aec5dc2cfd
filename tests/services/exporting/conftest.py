"""The bench on which exports are tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services.exporting.bench import Bench

BenchMaker = Callable[..., Bench]


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[BenchMaker]:
    """Make a bench with a scenario; it is closed at the end."""
    made: list[Bench] = []

    def make(scenario: str = "normal", **options: Any) -> Bench:
        made.append(Bench(tmp_path / str(len(made)), scenario=scenario, **options))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench: BenchMaker) -> Bench:
    """A bench whose HubSpot behaves."""
    return make_bench()
