"""What changed, so that each view can decide whether to look again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.core.events import Event

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of one table: single ids, and inclusive ranges for bulk work."""

    ids: frozenset[int] = frozenset()
    ranges: tuple[tuple[int, int], ...] = ()

    def covers(self, row: int) -> bool:
        """True when `row` is among them."""
        return row in self.ids or any(lo <= row <= hi for lo, hi in self.ranges)


@dataclass(frozen=True, slots=True)
class Changes(Event):
    """One sealed operation: its id, its words, and the rows it touched by table."""

    operation: int
    label: str
    tables: Mapping[str, Span] = field(default_factory=dict)
    undoable: bool = True

    def touches(self, table: str) -> bool:
        """True when a row of `table` changed."""
        return table in self.tables


@dataclass(frozen=True, slots=True)
class SearchCaughtUp(Event):
    """The search index holds every change up to now."""


@dataclass(frozen=True, slots=True)
class LicenceChanged(Event):
    """Another licence holds, or what is known of it changed; read the standing anew."""


@dataclass(frozen=True, slots=True)
class CreditsChanged(Event):
    """Credits moved and are on the disk: whoever shows a balance looks again."""
