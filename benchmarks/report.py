"""One table of measured figures against their budgets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; budget is the most it may be, None where only a peer is shown."""

    what: str
    measured: float
    unit: str
    budget: float | None = None
    note: str = ""

    @property
    def kept(self) -> bool:
        """True when the budget holds."""
        return self.budget is None or self.measured <= self.budget


def show(figures: Iterable[Figure]) -> bool:
    """Print the table; True when every budget is kept."""
    figures = list(figures)
    table = Table(box=None, pad_edge=False)
    for header in ("what", "measured", "budget", "", "note"):
        table.add_column(header)
    for figure in figures:
        budget = "" if figure.budget is None else f"{figure.budget:g} {figure.unit}"
        verdict = "" if figure.budget is None else ("kept" if figure.kept else "MISSED")
        table.add_row(
            figure.what, f"{figure.measured:.3g} {figure.unit}", budget, verdict, figure.note
        )
    Console(width=140).print(table)
    return all(figure.kept for figure in figures)
