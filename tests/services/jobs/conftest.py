"""Fixtures of the jobs' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.jobs.bench import Bench


@pytest.fixture
def bench(sqlite_url: str) -> Iterator[Bench]:
    """Jobs on a SQLite file."""
    bench = Bench(sqlite_url)
    yield bench
    bench.store.close()


@pytest.fixture
def any_bench(database_url: str) -> Iterator[Bench]:
    """Jobs on SQLite, then on PostgreSQL."""
    bench = Bench(database_url)
    yield bench
    bench.store.close()
