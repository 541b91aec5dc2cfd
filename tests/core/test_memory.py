"""Memory given back after much was used for a moment."""

from __future__ import annotations

import pytest

from app.core import memory


def test_giving_back_memory_is_harmless_here() -> None:
    memory.give_back()
    memory.give_back()


def test_where_nobody_can_be_asked_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    memory._trim.cache_clear()
    try:
        memory.give_back()
        assert memory._trim() is None
    finally:
        memory._trim.cache_clear()
