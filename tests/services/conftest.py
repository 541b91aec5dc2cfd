"""Workspaces for the tests of contacts and search, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.office import Office, open_office


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """An empty workspace; the test runs on both databases."""
    with open_office(tmp_path / "workspace", database_url) as opened:
        yield opened


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """An empty workspace on SQLite, for what only a file has."""
    with open_office(tmp_path / "workspace") as opened:
        yield opened
