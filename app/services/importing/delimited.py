"""Rows of a delimited text, read as a stream, each with the line on which it begins.

Quotes are read strictly first. A record that breaks the rules on its one line is read leniently,
as spreadsheets do. One that runs over several lines has usually swallowed its neighbours after a
stray quote: then its first line alone is rejected and reading goes on with the second.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypedDict

from app.core.cells import unescape_cell
from app.core.errors import InvalidInput
from app.core.text import tr
from app.services.importing.shape import FileShape, OpenQuote, Row, fit, repeats_header

FIELD_LIMIT = 1 << 20


def rows(text: Iterable[str], shape: FileShape) -> Iterator[Row]:
    """Every record below the header that is not blank, in file order.

    Raises InvalidInput naming the line when a quote is never closed, unless shape.keep_going.
    """
    csv.field_size_limit(FIELD_LIMIT)
    return _Reader(text, shape).rows()


class _Form(TypedDict):
    delimiter: str
    skipinitialspace: bool


class _Reader:
    """Reads one file; held are the lines of the record being read, kept for a second look."""

    def __init__(self, text: Iterable[str], shape: FileShape) -> None:
        self.text = iter(text)
        self.shape = shape
        self.form = _Form(delimiter=shape.delimiter or ",", skipinitialspace=shape.spaced)
        self.width = len(shape.columns)
        self.held: list[str] = []
        self.again: list[str] = []
        self.passed = 0
        self.ended = False

    def _lines(self) -> Iterator[str]:
        """The lines given back by a repair, the next one last, then those of the file."""
        hold = self.held.append
        while self.again:
            hold(self.again.pop())
            yield self.held[-1]
        for line in self.text:
            hold(line)
            yield line
        self.ended = True

    def rows(self) -> Iterator[Row]:
        """The rows, reading on behind each record that breaks the rules of quoting."""
        before, skip = 0, self.shape.first_record - 1
        while True:
            reader = csv.reader(self._lines(), **self.form, strict=True)
            try:
                yield from self._good(reader, before, skip)
                return
            except csv.Error as error:
                if not self.held:
                    raise _unreadable(self.shape, error) from error
                line = before + reader.line_num - len(self.held) + 1
                skip -= self.passed
                row, used = self._repaired(line)
                if skip <= 0:
                    yield row
                skip = max(0, skip - 1)
                self.again.extend(reversed(self.held[used:]))
                before = line - 1 + used
                self.ended = False

    def _good(self, reader: Iterator[list[str]], before: int, skip: int) -> Iterator[Row]:
        """The records up to the next one that breaks the rules of quoting."""
        held, width, has_nul = self.held, self.width, self.shape.has_nul
        names = list(self.shape.columns)
        held.clear()
        self.passed = 0
        line = before + 1
        for _ in islice(reader, skip):
            self.passed += 1
            line += len(held)
            held.clear()
        for cells in reader:
            odd = len(held) > 1 or len(cells) != width or has_nul
            if odd or "'" in held[0] or '="' in held[0]:
                row = self._unusual(line, cells, line + len(held) - 1)
            elif cells == names:
                row = (line, cells, repeats_header())
            else:
                row = (line, cells, None)
            line += len(held)
            held.clear()
            # Spreadsheets write rows of nothing but delimiters below a table.
            if row[2] or row[1][0].strip() or any(map(str.strip, row[1])):
                yield row

    def _unusual(self, line: int, cells: list[str], end: int) -> Row:
        """A record of several lines, or one with a guarded formula or a NUL byte."""
        cells = [unescape_cell(cell) for cell in cells]
        if any("\0" in cell for cell in cells):
            return (
                line,
                [cell.replace("\0", "") for cell in cells],
                tr("The row holds a NUL byte, so the file may be damaged there."),
            )
        if len(self.held) > 1 and cells and len(cells) != self.width:
            return line, cells, tr(
                "Lines {line} to {end} run together: a quote is missing or too many.",
                line=line, end=end,
            )  # fmt: skip
        return fit(line, cells, self.width)

    def _repaired(self, line: int) -> tuple[Row, int]:
        """The row to give for the record in `held`, and how many of the lines it uses up."""
        held = self.held
        endless = self.ended or sum(map(len, held)) > FIELD_LIMIT
        # An even number of quotes on one line: each that opens is closed.
        if endless and (len(held) == 1 or '"' not in held[0]) and held[0].count('"') % 2 == 0:
            raise _too_large(line)
        if endless and not self.shape.keep_going:
            raise _never_closed(self._opening_line(held, line))
        cells = None if endless else self._leniently(held)
        if cells is not None and not self._swallowed(held):
            return fit(line, [unescape_cell(cell) for cell in cells], self.width), len(held)
        problem = tr("Line {line} opens a quote that is never closed.", line=line)
        first = csv.reader(held[:1], **self.form, quoting=csv.QUOTE_NONE)
        return (line, next(first, []), problem), 1

    def _leniently(self, held: list[str]) -> list[str] | None:
        """The one record in `held`, stray quotes kept; None when it does not end there."""
        try:
            found = list(csv.reader([*held, "\0"], **self.form))
        except csv.Error:
            return None
        return found[0] if len(found) == 2 and found[1] == ["\0"] else None

    def _swallowed(self, held: list[str]) -> bool:
        """Whether one of the inner lines would be a whole row by itself."""
        inner = csv.reader(iter(held[1:]), **self.form, quoting=csv.QUOTE_NONE)
        return self.width > 1 and any(len(cells) == self.width for cells in inner)

    def _opening_line(self, held: list[str], line: int) -> int:
        """The line of the quote itself, which may be below the line where its record begins."""
        try:
            record = next(csv.reader(iter(held), **self.form), [])
        except csv.Error:
            return line
        return line + sum(_breaks(cell) for cell in record[:-1])


def _breaks(cell: str) -> int:
    return cell.count("\n") or cell.count("\r")


def _unreadable(shape: FileShape, error: csv.Error) -> InvalidInput:
    return InvalidInput(
        tr("{name} cannot be read as a list.", name=shape.path.name),
        tr("Export it again as CSV or .xlsx."),
        str(error),
    )


def _too_large(line: int) -> InvalidInput:
    return InvalidInput(
        tr("Line {line} holds a value of more than 1 MB.", line=line),
        tr("This is no list of contacts, or its delimiter is another one."),
    )


def _never_closed(line: int) -> OpenQuote:
    return OpenQuote(
        tr("Line {line} opens a quote that is never closed.", line=line),
        tr("Close or remove the quote on that line, then import the file again."),
        line=line,
    )
