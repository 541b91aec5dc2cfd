"""All cells of a row that is wrong as a whole, below the grid, which has room for three columns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.services.importing.problems import ProblemRow
from app.services.importing.repairs import Problem
from app.views.common.boxes import Rule, column, row
from app.views.common.cells import MISSING
from app.views.common.fonts import Role
from app.views.common.labels import Para
from app.views.importing.problem_grid import main_flaw

WHOLE = (Problem.ROW, Problem.NOBODY, Problem.TOTALS)
"""Problems that no repair of a single cell would end."""

READABLE = 600


class WholeRow(QWidget):
    """In view only for a row with such a problem."""

    def __init__(self) -> None:
        super().__init__()
        self.words = Para("", Role.SMALL)
        self.words.setAccessibleName(tr("The whole row"))
        self.setLayout(column(Rule(), row(self.words, margins=(15, 8, 15, 8)), gap=0))
        self.hide()

    def show_row(self, names: Sequence[str], shown: ProblemRow | None) -> None:
        """Show the cells of this row under the columns' names, if it is wrong as a whole."""
        flaw = main_flaw(shown) if shown is not None else None
        broken = shown is not None and flaw is not None and flaw.problem in WHOLE
        if broken and shown is not None:
            self.words.setText(cells_words(names, shown.cells))
        self.setVisible(broken)


def cells_words(names: Sequence[str], cells: Sequence[str]) -> str:
    """Each cell with its column; those beyond the last column stand alone, missing ones as a dash.

    What nobody reads at a glance is left out at the end.
    """
    filled = [cell or MISSING for cell in cells] + [MISSING] * (len(names) - len(cells))
    titled = [f"{name}: {cell}" for name, cell in zip(names, filled, strict=False)]
    words = " · ".join(" ".join(each.split()) for each in [*titled, *filled[len(names) :]])
    return words if len(words) <= READABLE else words[:READABLE].rstrip() + "…"
