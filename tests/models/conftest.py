"""Fixtures of the store's and the journal's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.models.bed import Bed


@pytest.fixture
def bed(database_url: str, tmp_path: Path) -> Iterator[Bed]:
    """A workspace on SQLite, then one on PostgreSQL."""
    bed = Bed(database_url, tmp_path / "workspace")
    yield bed
    bed.store.close()
