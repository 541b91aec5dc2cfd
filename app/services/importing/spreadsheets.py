"""Rows of an .xlsx workbook as the text a user sees, without the spreadsheet's own types."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice, zip_longest
from typing import IO, TYPE_CHECKING, Any

from app.core.errors import InvalidInput, NotFound
from app.core.text import fold, tr
from app.services.importing import footers, layout
from app.services.importing.number_formats import mask_of, masked
from app.services.importing.shape import FileShape, ReadOptions, Row, fit, joined, repeats_header

if TYPE_CHECKING:
    from openpyxl import Workbook

_TOP = 300
_STEP = 200
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})

Record = list[Any]


def shape(stream: IO[bytes], base: FileShape, options: ReadOptions) -> FileShape:
    """The shape of the chosen sheet, else of the first visible one that holds anything."""
    with _workbook(stream, base, values=True) as book:
        # What its author has hidden is looked into last.
        shown = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
        sheets = tuple(sheet.title for sheet in shown)
        name, top = _find_sheet(book, sheets, options.sheet, base)
        # The size a workbook claims for a sheet is a hint for progress, never relied upon.
        lines = int(book[name].max_row or 0)
    texts = [_trimmed([_text(value) for value in record]) for record in top]
    skipped = options.skip_rows or 0
    header = _header(texts, skipped, options, base)
    first = max(header, skipped) + 1
    # A sheet is a rectangle: values beyond the last header are a column without a name.
    width = max((len(record) for record in texts[max(header, first) - 1 :]), default=1)
    names = joined(texts, header, options.header_depth) if header else []
    columns = _padded(names, max(width, 1))
    return replace(
        base, kind="xlsx", header_row=header, columns=tuple(columns), sheet=name, sheets=sheets,
        first_record=first, lines=lines, above=tuple(texts[header - 2]) if header > 1 else (),
    )  # fmt: skip


def rows(stream: IO[bytes], shape: FileShape) -> Iterator[Row]:
    """Every row of the sheet below the header that is not blank."""
    formulas = _has_formulas(stream)
    with _workbook(stream, shape, values=True) as book:
        values = _records(book, shape.sheet or "")
        if not formulas:
            yield from _rows(zip(values, _nothing(), strict=False), shape)
            return
        with _workbook(stream, shape, values=False) as again:
            pairs: Iterable[tuple[Record, Record]] = zip_longest(
                values, _records(again, shape.sheet or ""), fillvalue=[]
            )
            yield from _rows(pairs, shape)


def _nothing() -> Iterator[Record]:
    while True:
        yield []


def _rows(pairs: Iterable[tuple[Record, Record]], shape: FileShape) -> Iterator[Row]:
    width, names = len(shape.columns), _trimmed(list(shape.columns))
    ending = False
    for line, (values, formulas) in enumerate(pairs, 1):
        if line < shape.first_record:
            continue
        cells = [_text(value) for value in values]
        missing = [
            i for i, written in enumerate(formulas)
            if isinstance(written, str) and written.startswith("=") and _lacks(values, i)
        ]  # fmt: skip
        if missing:
            yield line, _padded(cells, width), tr(
                "Cell {cell} holds a formula that was never calculated; open the file in a "
                "spreadsheet program and save it.",
                cell=f"{_letters(missing[0])}{line}",
            )  # fmt: skip
        elif shape.header_row and _trimmed(list(cells)) == names:
            yield line, _padded(cells, width), repeats_header()
        elif len(filled := [cell for cell in cells if cell.strip()]) == 1 and (
            ending or footers.is_sentence(filled[0])
        ):
            ending = True
            yield line, _padded(cells, width), footers.no_contact()
        elif filled:
            yield fit(line, cells, width)


def _letters(index: int) -> str:
    """The name of a column in a spreadsheet: A to Z, then AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _lacks(values: Record, at: int) -> bool:
    return at >= len(values) or values[at] is None


def _padded(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def _text(value: object) -> str:
    """A cell's value as typed: no ".0" after whole numbers, dates as ISO 8601."""
    if isinstance(value, str):
        return "" if value in _ERRORS else value.replace("_x000D_", "")
    convert = _TEXT.get(type(value))
    return convert(value) if convert else str(value)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _moment(value: datetime) -> str:
    if value.time() == time():
        return value.date().isoformat()
    return value.isoformat(timespec="seconds")


_TEXT: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: _number,
    datetime: _moment,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: str,
}


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _header(texts: list[list[str]], skipped: int, options: ReadOptions, base: FileShape) -> int:
    chosen = options.header_row
    if chosen is None:
        below = layout.find_header(texts[skipped:])
        return below + skipped if below else 0
    if chosen < 0 or chosen > len(texts) or (chosen and not texts[chosen - 1]):
        raise InvalidInput(
            tr("{name} has no column names in row {n}.", name=base.path.name, n=chosen),
            tr("Choose the row that holds them, or 0 when there are none."),
        )
    return chosen


def _find_sheet(
    book: Workbook,
    sheets: tuple[str, ...],
    chosen: str | None,
    base: FileShape,
) -> tuple[str, list[Record]]:
    wanted = [name for name in sheets if chosen is None or fold(name) == fold(chosen)]
    if not wanted:
        raise NotFound(
            tr("{name} has no sheet {sheet}.", name=base.path.name, sheet=chosen),
            tr("Its sheets are {sheets}.", sheets=", ".join(sheets)),
        )
    for name in wanted:
        top = list(islice(_records(book, name), _TOP))
        if any(value not in (None, "") for record in top for value in record):
            return name, top
    raise InvalidInput(
        tr("{name} is empty.", name=base.path.name),
        tr("Choose a file that holds at least one row."),
    )


def _records(book: Workbook, sheet: str) -> Iterator[Record]:
    """Every spreadsheet row from the first, blank ones included, so that numbers are right."""
    worksheet: Any = book[sheet]
    # A size that the writing program got wrong would cut rows and columns off.
    worksheet.reset_dimensions()
    source = worksheet.iter_rows()
    while True:
        with _quiet():
            step = [[_shown(cell) for cell in record] for record in islice(source, _STEP)]
        yield from step
        if len(step) < _STEP:
            return


def _shown(cell: Any) -> Any:  # noqa: ANN401 - a cell of openpyxl, or an empty one
    """The value, as a text where its format adds zeros or gaps to a whole number."""
    value = cell.value
    if type(value) is int and value >= 0 and (mask := mask_of(cell.number_format)):
        return masked(value, mask)
    return value


@contextmanager
def _quiet() -> Iterator[None]:
    """openpyxl warns about styles and validations that do not concern values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _workbook(stream: IO[bytes], base: FileShape, *, values: bool) -> Iterator[Workbook]:
    # Imported here, for it takes as long to load as everything else a worker process needs.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    stream.seek(0)
    try:
        with _quiet():
            book = load_workbook(stream, read_only=True, data_only=values, keep_links=False)
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
    ) as error:
        raise InvalidInput(
            tr("{name} is damaged or no Excel workbook.", name=base.path.name),
            tr("Open it in a spreadsheet program and save it again as .xlsx or CSV."),
            type(error).__name__,
        ) from error
    try:
        yield book
    finally:
        book.close()


def _has_formulas(stream: IO[bytes]) -> bool:
    """Whether any sheet holds a formula, whose result may be missing."""
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_mentions(archive, name) for name in names if name.endswith(".xml"))


def _mentions(archive: zipfile.ZipFile, name: str) -> bool:
    tail = b""
    with archive.open(name) as part:
        while block := part.read(1 << 18):
            if b"<f>" in tail + block or b"<f " in tail + block:
                return True
            tail = block[-3:]
    return False
