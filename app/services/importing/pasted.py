"""Cells copied from a spreadsheet, a web page or a text become a file to import like any other."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

from app.core.errors import InvalidInput, StorageError
from app.core.text import tr

PREFIX = "Pasted"
_LARGEST = 64 << 20


def keep_pasted(folder: Path, text: str, html: str, now: datetime) -> Path:
    """Write what was copied into a file of `folder` and return its path.

    html is taken where it holds a table and the text has no columns. Raises InvalidInput when
    there is nothing like a list, StorageError when the file cannot be written.
    """
    content = _as_text(text, html)
    if len(content) > _LARGEST:
        raise InvalidInput(
            tr("The clipboard holds more than can be pasted."),
            tr("Save it as a file and import that."),
        )
    path = folder / f"{PREFIX} {now:%Y-%m-%d %H.%M.%S}.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="", errors="replace")
    except OSError as error:
        raise StorageError(
            tr("What was pasted cannot be kept."),
            tr("Free some space in the workspace's folder and paste again."),
            str(error),
        ) from error
    return path


def drop_pasted(folder: Path, *, but: Path | None = None) -> None:
    """Remove what was pasted before; for the start of the program, when no import waits for it."""
    for path in folder.glob(f"{PREFIX} *.csv"):
        if path != but:
            path.unlink(missing_ok=True)


def _as_text(text: str, html: str) -> str:
    if "\t" not in text and (rows := tables_of(html)):
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        return out.getvalue()
    if len([line for line in text.splitlines() if line.strip()]) < 2:
        raise InvalidInput(
            tr("There are no rows to paste."),
            tr("Copy some rows with their column names in a spreadsheet first."),
        )
    return text


def tables_of(html: str) -> list[list[str]]:
    """The cells of the largest table in a piece of HTML; empty when there is none."""
    if "<t" not in html.lower():
        return []
    parser = _Tables()
    parser.feed(html)
    parser.close()
    tables = [[row for row in table if any(row)] for table in parser.tables]
    return max(tables, key=len, default=[])


class _Tables(HTMLParser):
    """Gathers the text of cells; a cell over several columns leaves the others blank."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self._end_cell()
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self._end_cell()
            self._cell = []
            written = dict(attrs).get("colspan") or "1"
            self._span = min(100, int(written)) if written.isdigit() else 1
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        """Words of a cell."""
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        lines = "".join(self._cell).split("\n")
        words = " ".join(" ".join(line.split()) for line in lines).strip()
        if not self.tables[-1]:
            self.tables[-1].append([])
        self.tables[-1][-1] += [words, *[""] * (self._span - 1)]
        self._cell = None
