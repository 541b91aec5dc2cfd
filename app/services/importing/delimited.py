"""Rows of a delimited text, read as a stream, each with the line on which it begins.

A block of lines each of which is one record is read at once. Elsewhere records are read one by
one: quotes strictly first. A record that breaks the rules on its one line is read leniently,
as spreadsheets do. One that runs over several lines has usually swallowed its neighbours after a
stray quote: then its first line alone is rejected and reading goes on with the second.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import Literal, TypedDict

from app.core.cells import unescape_cell
from app.core.errors import InvalidInput
from app.core.text import grouped, tr
from app.services.importing.layout import quoting
from app.services.importing.shape import (
    FileShape,
    OpenQuote,
    Records,
    Row,
    Share,
    fit,
    repeats_header,
)

FIELD_LIMIT = 1 << 20

_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))


def rows(text: Iterable[str], shape: FileShape) -> Iterator[Row]:
    """Every record below the header that is not blank, in file order.

    Raises InvalidInput naming the line when a quote is never closed, unless shape.keep_going.
    """
    csv.field_size_limit(FIELD_LIMIT)
    return _Reader(text, shape).rows()


def blocks(text: Iterable[str], shape: FileShape, size: int, share: Share) -> Iterator[Records]:
    """The same records in blocks of about `size`, of which only those of `share` are given."""
    csv.field_size_limit(FIELD_LIMIT)
    return _Reader(text, shape).blocks(size, share)


class _Form(TypedDict):
    delimiter: str
    skipinitialspace: bool
    quotechar: str | None
    quoting: Literal[0, 3]


class _Reader:
    """Reads one file.

    before are the lines of the records that are behind, held those of the record being read, kept
    for a second look; again are lines that were given back, the next one last.
    """

    def __init__(self, text: Iterable[str], shape: FileShape) -> None:
        self.text = iter(text) if shape.last_line is None else islice(text, shape.last_line)
        self.shape = shape
        self.quote = shape.quote
        self.form = _Form(
            delimiter=shape.delimiter or ",",
            skipinitialspace=shape.spaced,
            quotechar=shape.quote or None,
            quoting=quoting(shape.quote),
        )
        self.plainly: _Form = {**self.form, "quoting": csv.QUOTE_NONE}
        self.width = len(shape.columns)
        self.skip = shape.first_record - 1
        self.before = 0
        self.held: list[str] = []
        self.again: list[str] = []
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
        while True:
            reader = csv.reader(self._lines(), **self.form, strict=True)
            try:
                yield from self._good(reader)
                return
            except csv.Error as error:
                if not self.held:
                    raise _unreadable(self.shape, error) from error
                row, used = self._repaired(self.before + 1)
                self.again.extend(reversed(self.held[used:]))
                self.before += used
                self.ended = False
                if self.skip:
                    self.skip -= 1
                else:
                    yield row

    def blocks(self, size: int, share: Share) -> Iterator[Records]:
        """The rows, read at once as far as each line is one record, else one by one."""
        first = 1
        for number in count():
            mine = share.has(number)
            passed = None if mine else self._passed(size)
            if passed is None:
                block = self._at_once(size, first) or self._one_by_one(size, first)
                if mine and len(block):
                    yield block
                passed = len(block)
            first += passed
            if self.ended:
                return

    def _passed(self, size: int) -> int | None:
        """How many rows the next `size` lines hold, None if that takes reading them.

        Only lines with a quote are looked into, so it takes a sixth of the time.
        """
        if not (lines := self._take(size)):
            return None
        cells = self._records([line for line in lines if self.quote and self.quote in line])
        if cells is None:
            self.again.extend(reversed(lines))
            return None
        self.before += len(lines)
        nothing = self.form["delimiter"] + _SPACES
        blank = sum(1 for line in lines if not line.strip(nothing))
        return len(lines) - blank - sum(map(_is_blank, cells))

    def _at_once(self, size: int, first: int) -> Records | None:
        """The rows of the next `size` lines, None if some record may be of several lines."""
        if not (lines := self._take(size)):
            return None
        cells = self._records(lines)
        if cells is None:
            self.again.extend(reversed(lines))
            return None
        begin, width, problems = self.before + 1, self.width, dict[int, str]()
        names = list(self.shape.columns)
        for place, (line, record) in enumerate(zip(lines, cells, strict=True)):
            if len(record) != width or "'" in line or '="' in line:
                _, cells[place], problem = self._unusual(begin + place, record, begin + place)
                if problem is not None:
                    problems[place] = problem
            elif record == names:
                problems[place] = repeats_header()
        self.before += len(lines)
        block = Records(first, range(begin, begin + len(lines)), cells, problems)
        blank = {i for i, record in enumerate(cells) if not record[0].strip() and _is_blank(record)}
        blank -= problems.keys()
        return block.without(blank) if blank else block

    def _take(self, size: int) -> list[str]:
        """The next lines, none if they have to be read one by one."""
        if self.skip or self.again or self.shape.has_nul:
            return []
        self.held.clear()
        lines = list(islice(self.text, size))
        if max(map(len, lines), default=0) < FIELD_LIMIT:
            return lines
        self.again.extend(reversed(lines))
        return []

    def _records(self, lines: list[str]) -> list[list[str]] | None:
        """The records of some lines, None if they are not one for each line."""
        try:
            cells = list(csv.reader(lines, **self.form, strict=True))
        except csv.Error:
            return None
        return cells if len(cells) == len(lines) else None

    def _one_by_one(self, size: int, first: int) -> Records:
        """Records up to the end of the lines given back, at least `size` if there are as many."""
        found: list[Row] = []
        for row in self.rows():
            found.append(row)
            if len(found) >= size and not self.again:
                break
        else:
            self.ended = True
        return Records.of(first, found)

    def _good(self, reader: Iterator[list[str]]) -> Iterator[Row]:
        """The records up to the next one that breaks the rules of quoting."""
        held, width, has_nul = self.held, self.width, self.shape.has_nul
        names = list(self.shape.columns)
        held.clear()
        for _ in islice(reader, self.skip):
            self.skip -= 1
            self.before += len(held)
            held.clear()
        for cells in reader:
            line = self.before + 1
            odd = len(held) > 1 or len(cells) != width or has_nul
            if odd or "'" in held[0] or '="' in held[0]:
                row = self._unusual(line, cells, line + len(held) - 1)
            elif cells == names:
                row = (line, cells, repeats_header())
            else:
                row = (line, cells, None)
            self.before += len(held)
            held.clear()
            if row[2] or not _is_blank(row[1]):
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
        held, quote = self.held, self.quote
        endless = self.ended or sum(map(len, held)) > FIELD_LIMIT
        quotes = held[0].count(quote) if quote else 0
        # An even number of quotes on one line: each that opens is closed.
        if endless and (len(held) == 1 or not quotes) and quotes % 2 == 0:
            raise _too_large(line)
        if endless and not self.shape.keep_going:
            raise _never_closed(self._opening_line(held, line))
        cells = None if endless else self._leniently(held)
        if cells is not None and not self._swallowed(held):
            return fit(line, [unescape_cell(cell) for cell in cells], self.width), len(held)
        problem = tr("Line {line} opens a quote that is never closed.", line=grouped(line))
        first = csv.reader(held[:1], **self.plainly)
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
        inner = csv.reader(iter(held[1:]), **self.plainly)
        return self.width > 1 and any(len(cells) == self.width for cells in inner)

    def _opening_line(self, held: list[str], line: int) -> int:
        """The line of the quote itself, which may be below the line where its record begins."""
        try:
            record = next(csv.reader(iter(held), **self.form), [])
        except csv.Error:
            return line
        return line + sum(_breaks(cell) for cell in record[:-1])


def _is_blank(cells: list[str]) -> bool:
    """Spreadsheets write rows of nothing but delimiters below a table."""
    return not any(map(str.strip, cells))


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
        tr("Line {line} opens a quote that is never closed.", line=grouped(line)),
        tr("Close or remove the quote on that line, then import the file again."),
        line=line,
    )
