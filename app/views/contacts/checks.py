"""Which contacts are checked: single ones, or all that match but a few."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class Chosen:
    """Some contacts, as they were chosen; `ids` may take a while, so it is asked in the background.

    matching is everything that was found then; without it the contacts are those named.
    """

    count: int
    named: frozenset[int] = frozenset()
    matching: Sequence[int] | None = None

    def ids(self) -> Sequence[int]:
        """The ids: in the order of the list when all of it was chosen."""
        if self.matching is None:
            return sorted(self.named)
        if not self.named:
            return self.matching
        return array("q", (one for one in self.matching if one not in self.named))


class Checks(QObject):
    """Kept by id, so that checks survive sorting; a new search clears them."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: set[int] = set()
        self._all = False

    @property
    def everything(self) -> bool:
        """True when all matching contacts are checked, but for a few taken out."""
        return self._all

    def has(self, contact: int) -> bool:
        """True when the contact is checked."""
        return (contact in self._ids) is not self._all

    @property
    def state(self) -> tuple[bool, frozenset[int]]:
        """What is checked, for the list of another window."""
        return self._all, frozenset(self._ids)

    def take(self, state: tuple[bool, frozenset[int]]) -> None:
        """Check what was checked in another window's list of the same contacts."""
        self._all, self._ids = state[0], set(state[1])
        self.changed.emit()

    def toggle(self, contact: int) -> None:
        """Check or uncheck one contact."""
        self._ids ^= {contact}
        self.changed.emit()

    def add(self, contacts: Iterable[int]) -> None:
        """Check some more."""
        if self._all:
            self._ids.difference_update(contacts)
        else:
            self._ids.update(contacts)
        self.changed.emit()

    def check_all(self) -> None:
        """Check all that match."""
        self._all, self._ids = True, set()
        self.changed.emit()

    def clear(self) -> None:
        """Check none."""
        if self._all or self._ids:
            self._all, self._ids = False, set()
            self.changed.emit()

    def count(self, total: int) -> int:
        """How many of `total` matching contacts are checked."""
        return max(0, total - len(self._ids)) if self._all else len(self._ids)

    def chosen(self, matching: Sequence[int]) -> Chosen:
        """The checked contacts, when `matching` were found."""
        named = frozenset(self._ids)
        return Chosen(self.count(len(matching)), named, matching if self._all else None)

    def query(self, matching: str) -> str:
        """The checked contacts in the query language, when `matching` found the list."""
        named = ",".join(str(contact) for contact in sorted(self._ids))
        if not self._all:
            return f"id:{named}"
        return f"{matching} -id:{named}".strip() if named else matching
