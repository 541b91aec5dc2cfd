"""What a table shows: its columns and the kinds of cell a delegate can paint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt

from app.core.text import tr
from app.views.common.tokens import Tone

CELL_ROLE = Qt.ItemDataRole.UserRole + 1
CHECKED_ROLE = Qt.ItemDataRole.UserRole + 2
MISSING = "—"


class Look(Enum):
    """How a cell is painted."""

    TEXT = "text"
    STRONG = "strong"
    QUIET = "quiet"
    FIGURE = "figure"
    PILL = "pill"
    PERSON = "person"
    TAGS = "tags"
    CODE = "code"
    PROBLEM = "problem"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as it is painted and as it is spoken; tip is what hovering adds.

    A tip that takes a while to word is given as what words it: few are ever looked at. lines is
    how many lines plain words may take, in a table whose rows have the height for them.
    """

    text: str
    look: Look = Look.TEXT
    tone: Tone = Tone.NEUTRAL
    tip: str | Callable[[], str] = ""
    lines: int = 1

    @property
    def tip_words(self) -> str:
        """The tip in words."""
        return self.tip if isinstance(self.tip, str) else self.tip()


WAITING_CELL = Cell("", Look.WAITING)


def cell(text: str | None, look: Look = Look.TEXT) -> Cell:
    """A cell of plain text, with a dash where there is none."""
    return Cell(text, look) if text else Cell(MISSING, Look.QUIET)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; its title is marked, and translated where it is shown.

    width is its least width at 100 % text size, weight its share of what is left over. Columns
    with a higher rank give way first when there is not enough room. sort is the key that a click
    on the header sorts by, empty for none. own is true for a width that the user has chosen, which
    the words in the column do not change. spare is true for one that goes, whatever its rank, if
    nothing in the others is cut without it.
    """

    key: str
    title: str
    width: int
    weight: int = 1
    rank: int = 0
    right: bool = False
    sort: str = ""
    own: bool = False
    spare: bool = False

    @property
    def words(self) -> str:
        """The title in the user's language; the column of check boxes has none."""
        return tr(self.title) if self.title else ""
