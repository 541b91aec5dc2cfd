"""Contacts written to a file: CSV and JSON that import again without loss, and vCards."""

from __future__ import annotations

import csv
import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from app.core.cells import escape_cell
from app.core.errors import Cancelled, InvalidInput, StorageError
from app.core.fields import CUSTOM_PREFIX, FIELDS, LABELLED
from app.core.text import tr
from app.models.store import Store
from app.services.exporting.vcards import vcard
from app.services.rows import read_views
from app.services.search import Search

Row = Mapping[str, Any]

CHUNK = 1_000


class FileExports:
    """Writes the contacts that match a query to a file, whole or not at all."""

    def __init__(self, store: Store, search: Search) -> None:
        self._store = store
        self._search = search

    def write(
        self,
        kind: str,
        file: Path,
        query: str = "",
        *,
        replace: bool = False,
        cancel: threading.Event | None = None,
    ) -> int:
        """How many contacts were written; kind is csv, json or vcard.

        Raises InvalidInput when the query cannot be read or the file exists and `replace` is
        False, StorageError when it cannot be written, Cancelled when `cancel` is set.
        """
        if file.exists() and not replace:
            raise InvalidInput(
                tr("The file {file} already exists.", file=str(file)),
                tr("Choose another name, or replace it with --force."),
            )

        ids = self._search.ids(query, sort="id").ids
        with _whole_file(file) as out:
            return _WRITERS[kind](out, lambda: self._rows(ids, cancel))

    def _rows(self, ids: Sequence[int], cancel: threading.Event | None) -> Iterator[Row]:
        for start in range(0, len(ids), CHUNK):
            if cancel is not None and cancel.is_set():
                raise Cancelled(tr("Cancelled; no file was written."))
            with self._store.reading() as connection:
                views = read_views(connection, ids[start : start + CHUNK])
            for view in views:
                yield view.as_json()


def _write_csv(out: TextIO, rows: Callable[[], Iterable[Row]]) -> int:
    """A column per field; custom and labelled columns only where somebody has a value."""
    custom, labelled = _extra_columns(rows())
    writer = csv.writer(out)
    headers = [field.label for field in FIELDS]
    writer.writerow(headers + [CUSTOM_PREFIX + name for name in custom] + labelled)
    written = 0
    for row in rows():
        cells = [row.get(field.key) for field in FIELDS]
        cells += [(row.get("custom") or {}).get(name) for name in custom]
        cells += [_labelled_value(row, column) for column in labelled]
        writer.writerow([escape_cell(_cell(cell)) for cell in cells])
        written += 1
    return written


def _extra_columns(rows: Iterable[Row]) -> tuple[list[str], list[str]]:
    custom: dict[str, None] = {}
    labelled: dict[str, None] = {}
    for row in rows:
        custom.update(dict.fromkeys(row.get("custom") or {}))
        for field in LABELLED:
            for label, _ in (row.get("labelled") or {}).get(field, ()):
                labelled[f"{field}.{label}"] = None
    return sorted(custom), sorted(labelled)


def _labelled_value(row: Row, column: str) -> str | None:
    field, _, wanted = column.partition(".")
    values = (row.get("labelled") or {}).get(field, ())
    return next((value for label, value in values if label == wanted), None)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value)
    return str(value)


def _write_json(out: TextIO, rows: Callable[[], Iterable[Row]]) -> int:
    written = 0
    out.write('{"contacts": [')
    for row in rows():
        out.write(",\n" if written else "\n")
        json.dump(row, out, ensure_ascii=False)
        written += 1
    out.write("\n]}\n")
    return written


def _write_vcards(out: TextIO, rows: Callable[[], Iterable[Row]]) -> int:
    written = 0
    for row in rows():
        out.write(vcard(row))
        written += 1
    return written


_WRITERS: Mapping[str, Callable[[TextIO, Callable[[], Iterable[Row]]], int]] = {
    "csv": _write_csv,
    "json": _write_json,
    "vcard": _write_vcards,
}

KINDS: Sequence[str] = tuple(_WRITERS)
"""The file forms that contacts can be written in."""


@contextmanager
def _whole_file(file: Path) -> Iterator[TextIO]:
    """Write beside the target and rename at the end, so that no half file is ever left."""
    try:
        handle, name = tempfile.mkstemp(prefix=".captely-", dir=file.absolute().parent)
    except OSError as error:
        raise _unwritable(file, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            yield out
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except OSError as error:
        raise _unwritable(file, error) from error
    finally:
        Path(name).unlink(missing_ok=True)


def _unwritable(file: Path, error: OSError) -> StorageError:
    return StorageError(
        tr("The file {file} cannot be written: {why}", file=str(file), why=error.strerror or ""),
        tr("Choose another folder, or free some space."),
    )
