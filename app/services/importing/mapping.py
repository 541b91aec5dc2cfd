"""The preview of a list: its shape, its first rows, and what each column seems to be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from app.core.fields import Field
from app.services.importing import content
from app.services.importing.aliases import folded
from app.services.importing.dates import DateCollector, DateEvidence
from app.services.importing.guessing import ColumnGuess, guess_columns
from app.services.importing.normalise import Target
from app.services.importing.numbers import NumberCollector, NumberEvidence
from app.services.importing.opening import empty
from app.services.importing.shape import OWN_COLUMNS, FileShape, OpenQuote, RawRow, ReadOptions
from app.services.importing.tables import inspect, read_rows

SHOWN = 50
_LOOKED_AT = 300
_AT_LEAST = 5_000

__all__ = ["ColumnGuess", "Preview", "Target", "fingerprint", "preview"]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the user is shown before anything is planned.

    rows are the first 50. dates and numbers hold, by column index, the evidence of the columns
    whose values look like dates or numbers; one that is not decided has to be asked about.
    """

    shape: FileShape
    columns: tuple[ColumnGuess, ...]
    rows: tuple[RawRow, ...]
    dates: Mapping[int, DateEvidence] = field(default_factory=dict)
    numbers: Mapping[int, NumberEvidence] = field(default_factory=dict)


def preview(
    path: Path,
    options: ReadOptions | None = None,
    *,
    custom: Sequence[Field] = (),
    remembered: Mapping[str, str] | None = None,
) -> Preview:
    """Look into a list; `remembered` maps column names to the fields chosen last time.

    Raises NotFound or InvalidInput for what is no list. A mistake far down in the file, such as a
    quote that is never closed, may show only when the whole of it is read.
    """
    shape = inspect(path, options)
    rows = _readable(read_rows(shape))
    top = list(islice(rows, _LOOKED_AT))
    if not top and not any(map(_says_something, shape.columns)):
        raise empty(path)
    good = [row.cells for row in top if row.problem is None]
    values = [[cells[i] for cells in good] for i in range(len(shape.columns))]
    guesses = guess_columns(
        shape.names, shape.columns, values, custom=custom, remembered=remembered
    )
    dates, numbers = _evidence(values, rows)
    return Preview(shape, guesses, tuple(top[:SHOWN]), dates, numbers)


def _says_something(name: str) -> bool:
    return any(map(str.isalnum, name))


def fingerprint(columns: Sequence[str]) -> str:
    """What equal header texts share, so that their mapping is remembered; ours left out."""
    names = [folded(column) for column in columns if column.strip().lower() not in OWN_COLUMNS]
    return hashlib.sha256("\x1f".join(names).encode("utf-8", "surrogatepass")).hexdigest()


def _evidence(
    values: Sequence[Sequence[str]], rest: Iterator[RawRow]
) -> tuple[dict[int, DateEvidence], dict[int, NumberEvidence]]:
    """The evidence of whole columns; reading stops early only where everything is decided."""
    dates = {i: DateCollector() for i, v in enumerate(values) if _mostly(v, content.is_date)}
    numbers = {
        i: NumberCollector()
        for i, v in enumerate(values)
        if i not in dates and _mostly(v, content.is_number)
    }
    collectors: dict[int, DateCollector | NumberCollector] = {**dates, **numbers}
    for i, collector in collectors.items():
        for value in values[i]:
            collector.add(value)
    for n, row in enumerate(rest if collectors else ()):
        if n >= _AT_LEAST and n % 500 == 0:
            collectors = {i: c for i, c in collectors.items() if not c.evidence().decided}
            if not collectors:
                break
        if row.problem is None:
            for i, collector in collectors.items():
                collector.add(row.cells[i])
    return (
        {i: collector.evidence() for i, collector in dates.items()},
        {i: collector.evidence() for i, collector in numbers.items()},
    )


def _readable(rows: Iterator[RawRow]) -> Iterator[RawRow]:
    """The rows up to a quote that is never closed, which whoever reads all of them will name."""
    with suppress(OpenQuote):
        yield from rows


def _mostly(values: Sequence[str], test: Callable[[str], object]) -> bool:
    return content.share(values, test) >= 0.5
