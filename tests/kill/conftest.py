"""The nursery of children that the kill tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.kill.harness import Nursery

PRELOADED = (
    "app.services.jobs",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """One pre-imported process from which every child of this session is forked."""
    if not hasattr(os, "fork"):
        pytest.skip("this system cannot fork, which the kill tests need")
    with Nursery(PRELOADED) as nursery:
        yield nursery
