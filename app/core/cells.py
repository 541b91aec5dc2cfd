"""How values go into one cell of a text file and come back the same: formula guard and lists.

A cell that a spreadsheet would run as a formula is written with an apostrophe before it. A cell
that begins with apostrophes and then such a sign gets one more, so that reading, which takes
exactly one away, gives back what was written.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TextIO

# "+33 6 12 34 56 78" and "-12.5" are numbers to a spreadsheet, not formulas; "-2+3" is one.
_RUNS = re.compile(r"[=@\t\r]|[+-](?!\(?\d[\d .,()\u00a0\u202f]*\Z)|'+[=@\t\r+-]")
_GUARDED = re.compile(r"'+[=@\t\r+-]")
_WRAPPING = 2
_LIKE_THOUSANDS = 3
_LIST = re.compile(r"[,;|\n]|:::")


def escape_cell(text: str) -> str:
    """`text` as it is written to a CSV file that a spreadsheet may open."""
    return f"'{text}" if _RUNS.match(text) else text


def unescape_cell(cell: str) -> str:
    """What `escape_cell` was given; any other cell is returned as it is.

    ="0612345678", with which programs keep a spreadsheet from dropping the zero, gives 0612345678.
    """
    if cell.startswith('="') and cell.endswith('"') and len(cell) > _WRAPPING:
        return cell[2:-1]
    return cell[1:] if _GUARDED.match(cell) else cell


def row_writer(out: TextIO, delimiter: str) -> Callable[[Sequence[object]], None]:
    """Writes rows of a CSV file that every reader, our own too, takes apart in the same way.

    Where a cell begins or ends with an apostrophe the row is in double quotes throughout: a file
    with a few such cells and no other quotes looks as if apostrophes stood around its values.
    """
    usual = csv.writer(out, delimiter=delimiter)
    quoted = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)

    def write(row: Sequence[object]) -> None:
        cells = [str(cell) for cell in row]
        odd = any("'" in (cell[:1], cell[-1:]) for cell in cells)
        (quoted if odd else usual).writerow(cells)

    return write


def join_list(items: Iterable[str]) -> str:
    """Several names in one cell, separated by commas; a name that holds a separator is quoted."""
    return ", ".join(_quoted(item) for item in items)


def split_list(cell: str) -> list[str]:
    """The names in a cell, between commas, semicolons, bars, lines or Google's :::; no blanks."""
    if '"' not in cell:
        return [name for part in _LIST.split(cell) if (name := part.strip())]
    # A quoted name may hold separators, so only the comma that we write separates names here.
    reader = csv.reader(io.StringIO(cell, newline=""), skipinitialspace=True)
    return [name for row in reader for part in row if (name := part.strip())]


def number_text(number: float) -> str:
    """A number as every reader takes it: no exponent, and never exactly three decimals.

    1.234 would leave open whether it is a thousand and more, or one and a bit; 1.2340 does not.
    """
    text = format(Decimal(repr(number)), "f")
    decimals = len(text.partition(".")[2])
    return f"{text}0" if decimals == _LIKE_THOUSANDS else text


def _quoted(item: str) -> str:
    if '"' in item or _LIST.search(item):
        return '"' + item.replace('"', '""') + '"'
    return item
