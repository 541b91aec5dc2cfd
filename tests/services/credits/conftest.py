"""Workspaces with credits, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.credits.bench import Bench, check_ledger, open_bench


@pytest.fixture
def bench(database_url: str, tmp_path: Path) -> Iterator[Bench]:
    """A workspace on the Professional plan; its ledger must be right when the test ends."""
    with open_bench(database_url, tmp_path) as opened:
        yield opened
        check_ledger(opened.store)


@pytest.fixture
def file_bench(sqlite_url: str, tmp_path: Path) -> Iterator[Bench]:
    """The same on a SQLite file, which a test may damage."""
    with open_bench(sqlite_url, tmp_path) as opened:
        yield opened
