"""A workspace with licences, on SQLite and, for what the database keeps, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.licence.bed import Bed, open_bed


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[Bed]:
    with open_bed(tmp_path) as opened:
        yield opened


@pytest.fixture
def any_bed(tmp_path: Path, database_url: str) -> Iterator[Bed]:
    with open_bed(tmp_path, database_url) as opened:
        yield opened
