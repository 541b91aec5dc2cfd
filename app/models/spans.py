"""Collects which rows an operation touched, exactly while they are few and roughly beyond."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.changes import Span

FEW_IDS = 1_000
FEW_RANGES = 1_000


class Touched:
    """The rows of one table; memory stays small however many they are."""

    def __init__(self) -> None:
        self._ids: set[int] = set()
        self._ranges: list[tuple[int, int]] = []

    def add(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Note inclusive ranges of rows."""
        for lo, hi in ranges:
            if lo == hi and len(self._ids) < FEW_IDS:
                self._ids.add(lo)
            elif self._ranges and self._ranges[-1][1] == lo - 1:
                self._ranges[-1] = (self._ranges[-1][0], hi)
            else:
                self._ranges.append((lo, hi))
        if len(self._ranges) > FEW_RANGES:
            self._ranges = [(min(lo for lo, _ in self._ranges), max(hi for _, hi in self._ranges))]

    def span(self) -> Span:
        """What views are told."""
        return Span(frozenset(self._ids), tuple(self._ranges))
