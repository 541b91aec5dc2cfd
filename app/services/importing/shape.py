"""What a list looks like before its values are read: the options, the shape and the raw rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from app.core.errors import InvalidInput
from app.core.text import fold, tr

OWN_COLUMNS = ("_row", "_error")
"""Columns that our own files of rejected rows carry; they belong to no contact."""


class OpenQuote(InvalidInput):
    """A quote that is never closed; the list can be read without its line."""

    def __init__(self, message: str, hint: str = "", detail: str = "", *, line: int = 0) -> None:
        super().__init__(message, hint, detail)
        self.line = line


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user says about a file; None leaves it to detection.

    header_row is the 1-based number of the record with the column names, 0 says that there is
    none. skip_rows leaves out that many records at the top. keep_going reads on after a line
    that opens a quote which is never closed: that line is rejected instead of the whole file.
    header_depth is how many records, the last of them header_row, make up the column names. quote
    is the sign around values that hold a delimiter, "" for none.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    skip_rows: int | None = None
    keep_going: bool = False
    header_depth: int = 1
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class FileShape:
    """How a file is to be read, and the columns found in it.

    kind is csv, xlsx or json. columns holds the header texts as they stand in the file,
    duplicates and blanks included; header_row is 0 when there is none. lines estimates the
    records of the file for progress, 0 when unknown. has_nul says that NUL bytes were seen.
    quote is the sign around values that hold a delimiter, "" for none, and spaced says that blanks
    stand between a delimiter and an opening one. above is the record above the column names, if
    there is one. footer has the lines of a report's footer, which are not read, with what they say.
    size is in bytes and mtime_ns in nanoseconds, both of the file on disk.
    """

    path: Path
    kind: str
    compression: str | None
    encoding: str | None
    delimiter: str | None
    header_row: int
    columns: tuple[str, ...]
    sheet: str | None
    sheets: tuple[str, ...]
    size: int
    mtime_ns: int
    sep_line: bool = False
    first_record: int = 1
    lines: int = 0
    has_nul: bool = False
    keep_going: bool = False
    above: tuple[str, ...] = ()
    spaced: bool = False
    quote: str = '"'
    footer: tuple[tuple[int, str], ...] = ()

    @property
    def last_line(self) -> int | None:
        """The last line that is read, None for that of the file."""
        return self.footer[0][0] - 1 if self.footer else None

    @property
    def names(self) -> tuple[str, ...]:
        """A distinct name for each column: "Email", "Email (2)", "Column 3"."""
        return unique_names(self.columns)


class RawRow(NamedTuple):
    """One record of a file.

    line is the 1-based line or spreadsheet row where it begins; problem, if any, is the sentence
    for which the row is rejected.
    """

    line: int
    cells: list[str]
    problem: str | None = None


Row = tuple[int, list[str], str | None]
"""A RawRow as a plain tuple, which is made faster."""


@dataclass(frozen=True, slots=True)
class Records:
    """Rows that follow one another in a file, side by side: their lines, and their cells.

    first is the number of the first one, counted from 1 in the file. problems has the sentences
    of those that are rejected, by their place from 0.
    """

    first: int
    lines: Sequence[int]
    cells: Sequence[list[str]]
    problems: Mapping[int, str]

    @classmethod
    def of(cls, first: int, rows: Sequence[Row]) -> Self:
        """The same records, given one by one."""
        problems = {i: problem for i, (_, _, problem) in enumerate(rows) if problem is not None}
        return cls(first, [row[0] for row in rows], [row[1] for row in rows], problems)

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Row]:
        for place, (line, cells) in enumerate(zip(self.lines, self.cells, strict=True)):
            yield line, cells, self.problems.get(place)

    def without(self, places: Collection[int]) -> Records:
        """The other records."""
        return Records.of(self.first, [r for i, r in enumerate(self) if i not in places])


@dataclass(frozen=True, slots=True)
class Share:
    """Which blocks of a file one of several readers takes: every `parts`-th, from `part` on."""

    part: int = 0
    parts: int = 1

    def has(self, number: int) -> bool:
        """Whether the block with this number, counted from 0, belongs to it."""
        return number % self.parts == self.part


def unique_names(columns: Sequence[str]) -> tuple[str, ...]:
    """A distinct name for each header text, so that a mapping can tell equal headers apart."""
    taken: set[str] = set()
    names = []
    for number, column in enumerate(columns, 1):
        base = name = " ".join(column.split()) or tr("Column {n}", n=number)
        copy = 2
        while fold(name) in taken:
            name = f"{base} ({copy})"
            copy += 1
        taken.add(fold(name))
        names.append(name)
    return tuple(names)


def joined(records: Sequence[Sequence[str]], header_row: int, depth: int) -> list[str]:
    """The column names that several header records make together, the upper ones first.

    A cell that stands over several columns is written in the first of them only, so it holds for
    the blank ones on its right.
    """
    if depth < 2:
        return list(records[header_row - 1])
    rows = [list(record) for record in records[max(0, header_row - depth) : header_row]]
    width = max(map(len, rows), default=0)
    names = [""] * width
    for number, row in enumerate(rows):
        held = ""
        for i in range(width):
            written = " ".join(row[i].split()) if i < len(row) else ""
            last = number == len(rows) - 1
            held = written if written or last else held
            names[i] = f"{names[i]} {held}".strip() if held not in names[i].split() else names[i]
    return names


def repeats_header() -> str:
    """Why a row that stands there as the header does is no contact."""
    return tr("The row repeats the names of the columns.")


def fit(line: int, cells: list[str], width: int) -> Row:
    """A record of another width than the header: padded, trimmed of blanks, or with a problem.

    Spreadsheets leave out trailing blank cells, so a shorter record is padded; a longer one
    cannot be told apart from one whose values have moved.
    """
    if len(cells) <= width:
        cells.extend([""] * (width - len(cells)))
        return line, cells, None
    if not any(cell.strip() for cell in cells[width:]):
        return line, cells[:width], None
    filled = len(cells)
    while not cells[filled - 1].strip():
        filled -= 1
    problem = tr("The row has {n} values for {columns} columns.", n=filled, columns=width)
    return line, cells, problem
