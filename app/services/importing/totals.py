"""Rows at the foot of a table that only add up the others: about nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.core.text import fold, tr

_TOTALS = frozenset(
    (
        "total", "totals", "grand total", "totaux", "somme", "summe", "gesamt", "gesamtsumme",
        "insgesamt", "totale", "totaal", "suma", "sum", "total general", "totale generale",
    )
)  # fmt: skip
_FIGURE = re.compile(r"[\d\s.,%€$£()+-]*")
_WRITTEN = frozenset(
    f"{word}{end}" for word in (*_TOTALS, "total général") for end in ("", ":", " :")
)


def is_totals(cells: Sequence[str]) -> bool:
    """Whether a row only adds up those above it: a word for total, and figures."""
    filled = [cell.strip() for cell in cells if cell and not cell.isspace()]
    if len(filled) < 2 or fold(filled[0]).rstrip(" :") not in _TOTALS:
        return False
    return all(_FIGURE.fullmatch(cell) for cell in filled[1:])


def may_hold(names: Iterable[str | None]) -> bool:
    """Whether one of many names is worth a closer look; cheap."""
    return not _WRITTEN.isdisjoint(map(str.lower, filter(None, names)))


def no_contact() -> str:
    """Why such a row is no contact."""
    return tr("The row only adds up the others.")
