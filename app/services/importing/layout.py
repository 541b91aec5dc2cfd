"""Where the table is in a text: its delimiter and the record that holds the column names."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from typing import Literal

from app.core.errors import InvalidInput
from app.core.fields import CUSTOM_PREFIX
from app.core.text import tr
from app.services.importing.aliases import folded, known_names, labelled
from app.services.importing.shape import OWN_COLUMNS

DELIMITERS = (",", ";", "\t", "|")
_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "bar": "|"}
_SEP = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)
_SAMPLED = 300
_TOP = 12
_QUOTES = {'"': '"', "double": '"', "'": "'", "single": "'", "none": "", "": ""}
_CERTAIN = 3
"""So many quotes are no slip."""
_LONGEST_NAME = 60

_NUMBER = re.compile(r"[+-]?[\d\s.,'()/:%€$£-]*\d[\d\s.,'()/:%€$£-]*")
_VALUE = re.compile(r"\S+@\S+\.\S+|https?://\S+|www\.\S+|\+\d[\d\s().-]{6,}", re.IGNORECASE)

Records = Sequence[Sequence[str]]


def chosen_delimiter(written: str) -> str:
    """The delimiter the user typed: one character, or a word such as tab."""
    found = _WORDS.get(written.strip().lower(), written)
    if len(found) != 1 or found in '"\r\n\0':
        raise InvalidInput(
            tr("A delimiter is one character, not {written}.", written=repr(written)),
            tr("Choose a comma, a semicolon, a tab or a bar."),
        )
    return found


def sep_line(sample: str) -> str | None:
    """The delimiter that a first line like sep=; asks for, as spreadsheets write it."""
    match = _SEP.match(sample)
    ends = match is not None and (match.end() == len(sample) or sample[match.end() - 1] in "\r\n")
    return match[1] if match and ends else None


def chosen_quote(written: str) -> str:
    """The quote the user typed: " or ', a word for one of them, or none."""
    found = _QUOTES.get(written.strip().lower())
    if found is None:
        raise InvalidInput(
            tr("A quote is double, single or none, not {written}.", written=repr(written)),
            tr("It stands around values that hold a delimiter."),
        )
    return found


def find_quote(sample: str, delimiter: str | None) -> str:
    """The sign around values: single where only such stand around some, none where none closes.

    One double quote that is never closed is a slip in a list that has them; many, and not one
    that closes, are signs such as inches.
    """
    between = re.escape(f"{''.join(DELIMITERS)}{delimiter or ''}")
    sides = {
        quote: (
            len(re.findall(f"(?m)(?:^|[{between}]) *{quote}", sample)),
            len(re.findall(f"(?m){quote} *(?=[{between}]|\r?$)", sample)),
        )
        for quote in "\"'"
    }
    (opened, closed), (opened_single, closed_single) = sides['"'], sides["'"]
    if opened >= _CERTAIN and not closed and sample.count('"') == opened:
        return ""
    few, many = sorted((opened_single, closed_single))
    return "'" if not opened and few >= _CERTAIN and few * 2 > many else '"'


def is_spaced(sample: str, delimiter: str, quote: str = '"') -> bool:
    """Whether quotes open behind a delimiter and blanks, as in "Ada", "Lovelace"."""
    if not quote:
        return False
    apart = re.compile(f"{re.escape(delimiter)} +{quote}")
    return len(apart.findall(sample)) > sample.count(f"{delimiter}{quote}")


def quoting(quote: str) -> Literal[0, 3]:
    """How the csv module is told which sign stands around values."""
    return csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE


def records(sample: str, delimiter: str, quote: str = '"') -> list[list[str]]:
    """The first records of a text read with one delimiter, leniently."""
    found: list[list[str]] = []
    reader = csv.reader(
        io.StringIO(sample, newline=""),
        delimiter=delimiter,
        skipinitialspace=is_spaced(sample, delimiter, quote),
        quotechar=quote or None,
        quoting=quoting(quote),
    )
    # A field over the limit comes from an unclosed quote, which reading the rows will name.
    with suppress(csv.Error):
        found.extend(islice(reader, _SAMPLED))
    return found


def find_delimiter(sample: str, quote: str = '"') -> str:
    """The delimiter under which most records have one width and the top names known fields.

    A list of one column has no delimiter; then one is returned that does not occur in it.
    """
    score, best = max((_score(records(sample, d, quote)), -i) for i, d in enumerate(DELIMITERS))
    if score > 0:
        return DELIMITERS[-best]
    return next((d for d in DELIMITERS if d not in sample), ",")


def _score(found: Records) -> float:
    """How much the records look like a table of at least two columns, 0 for not at all."""
    widths = Counter(len(record) for record in found if _filled(record))
    if not widths:
        return 0.0
    header = find_header(found)
    width = _usual_width(found)
    if (len(found[header - 1]) if header else width) < 2 or _is_one_column(found):
        return 0.0
    consistency = widths[width] / widths.total()
    return consistency + _known_share(found) + 0.02 * min(width, 10)


def _is_one_column(found: Records) -> bool:
    """A header of one cell and commas only below it, as in a list of "Lovelace, Ada"."""
    first = next(record for record in found if _filled(record))
    return len(first) == 1 and _hits(first) == 1 and all(_hits(r) < 2 for r in found[:_TOP])


def _known_share(found: Records) -> float:
    """The share of cells that name a known field, in the best of the top records."""
    return max(
        (_hits(record) / _filled(record) for record in found[:_TOP] if _filled(record)), default=0.0
    )


def find_header(found: Records) -> int:
    """The 1-based record with the column names, 0 when the list has none.

    Titles and blank lines above are passed over; of two header records the one naming more
    fields wins. A record below the first full one is only taken when half of it names fields,
    for whatever stands above a header is never read.
    """
    width = _usual_width(found)
    top = [(n, record) for n, record in enumerate(found[:_TOP], 1) if _filled(record)]
    if not top:
        return 0
    first = next((n for n, record in top if _filled(record) * 2 > width), top[0][0])
    # Of equal ones the uppermost: the other is the same header repeated among the rows.
    hits, best = max((_hits(record), -n) for n, record in top)
    best = -best
    if best != first and hits >= min(2, width) and hits * 2 >= _filled(found[best - 1]):
        return best
    return first if _hits(found[first - 1]) > 1 or _is_header_like(found, first - 1) else 0


def _usual_width(found: Records) -> int:
    widths = Counter(len(record) for record in found if _filled(record))
    return max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))[0]


def _filled(record: Sequence[str]) -> int:
    return sum(1 for cell in record if cell.strip())


def _hits(record: Sequence[str]) -> int:
    names = known_names()
    return sum(1 for cell in record if _names_field(cell, names))


def _names_field(cell: str, names: frozenset[str]) -> bool:
    written = cell.strip()
    if not 0 < len(written) <= _LONGEST_NAME:
        return False
    if written in OWN_COLUMNS or written.startswith(CUSTOM_PREFIX) or labelled(written):
        return True
    return folded(written) in names


def _is_header_like(found: Records, at: int) -> bool:
    """No value among its cells, and no number where the rows below have numbers too."""
    record = found[at]
    if any(_VALUE.fullmatch(cell.strip()) for cell in record):
        return False
    numbers = [i for i, cell in enumerate(record) if _NUMBER.fullmatch(cell.strip())]
    if not numbers:
        return True
    if len(numbers) * 2 > _filled(record):
        return False
    below = [row for row in found[at + 1 : at + 20] if _filled(row)]
    return bool(below) and not any(
        _NUMBER.fullmatch(row[i].strip()) for row in below for i in numbers if i < len(row)
    )
