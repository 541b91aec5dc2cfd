"""Reading any list: its shape first, then its rows as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import IO, TextIO

from app.core.errors import InvalidInput
from app.core.text import tr
from app.services.importing import delimited, footers, json_lists, layout, spreadsheets
from app.services.importing.encodings import Scan, scan
from app.services.importing.opening import Opened, empty, explained, opened, text_of
from app.services.importing.shape import (
    FileShape,
    RawRow,
    ReadOptions,
    Records,
    Row,
    Share,
    fit,
    joined,
)

CHUNK = 4_000
MOST_COLUMNS = 5_000
_SAMPLE = 1 << 18
_ALL = Share()


def inspect(path: Path, options: ReadOptions | None = None) -> FileShape:
    """How the file at `path` is to be read, with everything in `options` taken as given.

    Raises NotFound or InvalidInput with a sentence for whatever is no list.
    """
    options = options or ReadOptions()
    with explained(path), opened(path) as found:
        stat = path.stat()
        shape = _shape(path, found, options, size=stat.st_size, mtime_ns=stat.st_mtime_ns)
    if len(shape.columns) > MOST_COLUMNS:
        raise InvalidInput(
            tr("{name} has {n} columns.", name=path.name, n=f"{len(shape.columns):,}"),
            tr("At most {n} can be imported; is the delimiter right?", n=f"{MOST_COLUMNS:,}"),
        )
    return shape


def read_rows(shape: FileShape) -> Iterator[RawRow]:
    """Every row of the list in file order, blank ones left out; raises as `inspect` does."""
    return map(RawRow._make, _rows(shape))


def read_chunks(shape: FileShape, size: int = CHUNK, share: Share = _ALL) -> Iterator[Records]:
    """The rows in blocks of about `size`, of which several readers may each take their share."""
    if shape.kind == "csv":
        with _text(shape) as text:
            yield from delimited.blocks(text, shape, size, share)
        return
    rows, first = _rows(shape), 1
    for number in count():
        if not (block := list(islice(rows, size))):
            return
        if share.has(number):
            yield Records.of(first, block)
        first += len(block)


def _rows(shape: FileShape) -> Iterator[Row]:
    if shape.kind == "xlsx":
        with explained(shape.path), opened(shape.path) as found:
            yield from spreadsheets.rows(found.stream, shape)
    else:
        read = json_lists.rows if shape.kind == "json" else delimited.rows
        with _text(shape) as text:
            yield from read(text, shape)


@contextmanager
def _text(shape: FileShape) -> Iterator[TextIO]:
    with (
        explained(shape.path),
        opened(shape.path) as found,
        text_of(found.stream, shape.encoding or "utf-8") as text,
    ):
        yield text


def _shape(
    path: Path, found: Opened, options: ReadOptions, *, size: int, mtime_ns: int
) -> FileShape:
    base = FileShape(
        path=path, kind="csv", compression=found.compression, encoding=None, delimiter=None,
        header_row=0, columns=(), sheet=None, sheets=(), size=size, mtime_ns=mtime_ns,
        keep_going=options.keep_going,
    )  # fmt: skip
    if found.workbook:
        return spreadsheets.shape(found.stream, base, options)
    result = scan(path, found.stream, options.encoding)
    found.stream.seek(0)
    sample = _sample(found.stream, result.encoding).lstrip("\ufeff")
    if not sample.strip(" \t\r\n\0"):
        raise empty(path)
    if json_lists.looks_like(path, sample):
        found.stream.seek(0)
        with text_of(found.stream, result.encoding) as text:
            return json_lists.shape(text, base, result)
    shape = _text_shape(base, sample, result, options)
    if not footers.may_follow(result.tail):
        return shape
    found.stream.seek(0)
    with text_of(found.stream, result.encoding) as text:
        end = footers.footer(text, shape.delimiter or ",", shape.quote, columns=len(shape.columns))
    return replace(shape, footer=end)


def _sample(stream: IO[bytes], encoding: str) -> str:
    """The first quarter of a million characters, cut after a whole line."""
    text = text_of(stream, encoding)
    sample = text.read(_SAMPLE)
    whole = len(sample) < _SAMPLE
    # Closing the wrapper would close the file, which is read again from its start.
    text.detach()
    if whole:
        return sample
    return sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample


def _text_shape(base: FileShape, sample: str, result: Scan, options: ReadOptions) -> FileShape:
    asked = layout.sep_line(sample)
    quote = options.quote
    if quote is None:
        quote = layout.find_quote(sample, options.delimiter)
    if options.delimiter:
        delimiter = layout.chosen_delimiter(options.delimiter)
    else:
        delimiter = asked or layout.find_delimiter(sample, quote)
    found = layout.records(sample, delimiter, quote)
    skipped = max(options.skip_rows or 0, 1 if asked else 0)
    header = header_row(found, skipped, options, base.path)
    first = max(header, skipped) + 1
    columns = (
        joined(found, header, options.header_depth)
        if header
        else _blank_columns(found[first - 1 :])
    )
    return FileShape(
        path=base.path, kind="csv", compression=base.compression, encoding=result.encoding,
        delimiter=delimiter, header_row=header, columns=tuple(columns), sheet=None, sheets=(),
        size=base.size, mtime_ns=base.mtime_ns, sep_line=asked is not None, first_record=first,
        lines=result.lines, has_nul=result.has_nul, keep_going=base.keep_going,
        above=tuple(found[header - 2]) if header > 1 else (),
        spaced=layout.is_spaced(sample, delimiter, quote), quote=quote,
    )  # fmt: skip


def header_row(found: layout.Records, skipped: int, options: ReadOptions, path: Path) -> int:
    """The record with the column names: the chosen one, else the one detected below `skipped`.

    Raises InvalidInput when the chosen record does not exist.
    """
    chosen = options.header_row
    if chosen is None:
        below = layout.find_header(found[skipped:])
        return below + skipped if below else 0
    if chosen < 0 or chosen > len(found) or (chosen and not any(found[chosen - 1])):
        raise InvalidInput(
            tr("{name} has no column names in row {n}.", name=path.name, n=chosen),
            tr("Choose the row that holds them, or 0 when there are none."),
        )
    return chosen


def _blank_columns(found: layout.Records) -> list[str]:
    return [""] * max((len(record) for record in found), default=1)


__all__ = ["RawRow", "ReadOptions", "fit", "inspect", "read_chunks", "read_rows"]
