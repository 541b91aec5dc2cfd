"""What the command palette lists, and how a room of the product lets its things be found there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.services.search import Interrupt


@dataclass(frozen=True, slots=True)
class Found:
    """One thing to open or do: its words, quieter words beside them, and what Enter does.

    keys is its shortcut as written here. With a key it is remembered among the recent ones. terms
    are further words by which it is found.
    """

    title: str
    act: Callable[[], object]
    icon: str = ""
    note: str = ""
    keys: str = ""
    key: str = ""
    terms: str = ""


class PaletteSource(Protocol):
    """Lets the palette find contacts, views or whatever else a room has.

    Given to `Desk.offer`. heading is marked, and translated where it is shown.
    """

    @property
    def heading(self) -> str:
        """The heading of its group."""

    def find(self, words: str, interrupt: Interrupt) -> Sequence[Found]:
        """A handful of things for these words, the best first.

        Called in the read lane with every letter typed, so it touches no widget and is over
        within 16 ms; interrupt is stopped by the next letter. An error is shown in the palette.
        """
