"""Rows of a JSON file: a list of flat objects, our own export of contacts, or one object a line.

The text is decoded object by object, so that memory does not grow with the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from app.core.cells import join_list, number_text
from app.core.errors import InvalidInput
from app.core.text import is_whole, made_whole, tr
from app.services.importing.encodings import Scan
from app.services.importing.shape import FileShape, Row

_BLOCK = 1 << 18
_LARGEST = 16 << 20
_START = re.compile(r"\ufeff?\s*(\[\s*(\{|\])|\{\s*[\"}])")
_BLANKS = " \t\r\n\ufeff"
_OWN = ("custom", "labelled")

Cells = dict[str, str]


def looks_like(path: Path, sample: str) -> bool:
    """Whether a text is JSON, by its name or its first characters."""
    named = path.suffix.lower() in (".json", ".jsonl", ".ndjson")
    return (named and sample.lstrip(_BLANKS)[:1] in ("[", "{")) or bool(_START.match(sample))


def shape(text: IO[str], base: FileShape, scanned: Scan) -> FileShape:
    """The shape, with the keys of all objects in the order in which they first appear."""
    columns: dict[str, None] = {}
    count = 0
    for count, (_, cells) in enumerate(_objects(text, base.path), 1):  # noqa: B007
        columns.update(dict.fromkeys(cells))
    if not count or not columns:
        raise InvalidInput(
            tr("{name} holds no contacts.", name=base.path.name),
            tr("Choose a file with a list of objects, one for each contact."),
        )
    return replace(
        base, kind="json", encoding=scanned.encoding, header_row=0, columns=tuple(columns),
        lines=count,
    )  # fmt: skip


def rows(text: IO[str], shape: FileShape) -> Iterator[Row]:
    """Every object as a row in the order of shape.columns."""
    for line, cells in _objects(text, shape.path):
        row = [cells.get(column, "") for column in shape.columns]
        if any("\0" in cell for cell in row):
            yield line, row, tr("The row holds a NUL byte, so the file may be damaged there.")
        elif not all(map(is_whole, row)):
            half = tr("The row holds half a letter, so the file may be damaged there.")
            yield line, list(map(made_whole, row)), half
        elif any(cell.strip() for cell in row):
            yield line, row, None


def _objects(text: IO[str], path: Path) -> Iterator[tuple[int, Cells]]:
    source = _Source(text, path)
    found = source.objects()
    for line, value in found:
        if not isinstance(value, dict):
            raise source.error(tr("A contact is an object with names and values."))
        yield line, _flat(value, source)


class _Source:
    """A window over the text that slides from one JSON value to the next."""

    def __init__(self, text: IO[str], path: Path) -> None:
        self.text = text
        self.path = path
        self.buffer = ""
        self.at = 0
        self.line = 1
        self.ended = False
        self.decode = json.JSONDecoder().raw_decode

    def objects(self) -> Iterator[tuple[int, Any]]:
        first = self.peek()
        if first == "[":
            yield from self._list()
        elif first == "{":
            yield from self._object_or_lines()

    def _list(self) -> Iterator[tuple[int, Any]]:
        self.take("[")
        while self.peek() != "]":
            line = self.line
            yield line, self.value()
            if self.peek() == ",":
                self.take(",")
            elif self.peek() != "]":
                raise self.error(tr("It is cut off or damaged at line {n}.", n=self.line))
        self.take("]")

    def _object_or_lines(self) -> Iterator[tuple[int, Any]]:
        """Our own export is {"contacts": [...]}; otherwise each line is one object."""
        while self.peek() == "{":
            start, line = self.at, self.line
            if self._find_contacts():
                yield from self._list()
                return
            self._rewind(start, line)
            yield line, self.value()
        if self.peek():
            raise self.error(tr("It is cut off or damaged at line {n}.", n=self.line))

    def _rewind(self, start: int, line: int) -> None:
        self.at, self.line = start, line

    def _find_contacts(self) -> bool:
        """Move to the list under "contacts", if the object has one before anything large."""
        text = self.buffer[self.at : self.at + _BLOCK]
        match = re.match(
            r'\{\s*(?:"\w+"\s*:\s*(?:-?[\d.]+|"[^"\\]*"|true|false|null)\s*,\s*)*"contacts"\s*:\s*(?=\[)',
            text,
        )
        if match is None:
            return False
        self._advance(self.at + match.end())
        return True

    def peek(self) -> str:
        """The next character that is no blank, empty at the end."""
        while True:
            rest = self.buffer[self.at : self.at + 1]
            if rest and rest not in _BLANKS:
                return rest
            if rest:
                here = self.at
                while here < len(self.buffer) and self.buffer[here] in _BLANKS:
                    here += 1
                self._advance(here)
            elif not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Step over a sign that `peek` has seen."""
        self._advance(self.at + len(sign))

    def value(self) -> Any:  # noqa: ANN401
        """The JSON value here, reading on until it is whole."""
        while True:
            try:
                found, end = self.decode(self.buffer, self.at)
            except (ValueError, RecursionError) as error:
                if len(self.buffer) - self.at < _LARGEST and self._more():
                    continue
                raise self.error(
                    tr("It is cut off or damaged at line {n}.", n=self.line)
                ) from error
            # A number at the very end of the window may go on in the next one.
            if end == len(self.buffer) and self._more():
                continue
            self._advance(end)
            return found

    def _advance(self, end: int) -> None:
        self.line += self.buffer.count("\n", self.at, end)
        self.at = end

    def _more(self) -> bool:
        if self.ended:
            return False
        block = self.text.read(max(_BLOCK, len(self.buffer) - self.at))
        self.ended = not block
        self.buffer = self.buffer[self.at :] + block
        self.at = 0
        return bool(block)

    def error(self, hint: str) -> InvalidInput:
        """The sentence for a file that is JSON but no list of contacts."""
        return InvalidInput(tr("{name} is no list of contacts in JSON.", name=self.path.name), hint)


def _flat(value: dict[str, Any], source: _Source) -> Cells:
    cells: Cells = {}
    for key, item in value.items():
        if key in _OWN and isinstance(item, dict):
            cells.update(_own(key, item, source))
        else:
            cells[key] = _cell(key, item, source)
    return cells


def _own(key: str, item: dict[str, Any], source: _Source) -> Cells:
    """The two nested parts of our own export: custom fields, and further labelled values."""
    if key == "custom":
        return {f"custom:{name}": _cell(name, inner, source) for name, inner in item.items()}
    cells: Cells = {}
    for field, pairs in item.items():
        for pair in pairs if isinstance(pairs, list) else ():
            if not (isinstance(pair, list) and len(pair) == 2):
                raise source.error(tr("The value of {key} is nested.", key=key))
            cells[f"{field}.{pair[0]}"] = _cell(key, pair[1], source)
    return cells


def _cell(key: str, item: object, source: _Source) -> str:
    if item is None:
        return ""
    if isinstance(item, str):
        return item
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, float) and item.is_integer() and abs(item) < 1e15:
        return str(int(item))
    if isinstance(item, int | float):
        return number_text(item)
    if isinstance(item, list) and not any(isinstance(part, dict | list) for part in item):
        return join_list(_cell(key, part, source) for part in item)
    raise source.error(
        tr("The value of {key} is nested; each must be a text or a number.", key=key)
    )
