"""Contacts written to a file: CSV and JSON that import again without loss, and vCards."""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, select

from app.core.cells import escape_cell, join_list, number_text, row_writer
from app.core.errors import Cancelled, InvalidInput, StorageError
from app.core.fields import BY_KEY, CUSTOM_PREFIX, FIELDS
from app.core.text import tr
from app.models.contacts import Contact
from app.models.json_sql import ids_select
from app.models.store import Store
from app.services import suppression
from app.services.custom_fields import read_custom_fields
from app.services.exporting.vcards import vcard
from app.services.rows import read_views
from app.services.search import Search

Row = Mapping[str, Any]
Progress = Callable[[int, int], None]

CHUNK = 1_000
CSV = "csv"
BYTE_ORDER_MARK = "\ufeff"
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How contacts are written.

    columns are the field keys of a CSV file in their order, empty for every field and further
    value; delimiter is between its cells; mark puts the byte-order mark first, without which
    Excel takes UTF-8 for another encoding. suppressed is False to leave out whom the suppression
    list names.
    """

    columns: tuple[str, ...] = ()
    delimiter: str = ","
    mark: bool = False
    suppressed: bool = True


EVERYTHING = FileOptions()


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
        options: FileOptions = EVERYTHING,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> int:
        """How many contacts were written; kind is csv, json or vcard.

        Raises InvalidInput when the query cannot be read or the file exists and `replace` is
        False, StorageError when it cannot be written, Cancelled when `cancel` is set.
        """
        if not replace:
            _refuse_existing(file)
        ids: Sequence[int] = self._search.ids(query, sort="id").ids
        with _whole_file(file, replace=replace) as out, self._store.reading() as connection:
            if not options.suppressed:
                ids = _allowed(connection, ids)
            if options.mark and kind == CSV:
                out.write(BYTE_ORDER_MARK)
            selected = _Selected(connection, ids, options, progress, cancel)
            return _WRITERS[kind](out, selected)

    def withheld(self, query: str = "") -> int:
        """How many of the contacts that match stand on the suppression list."""
        ids = self._search.ids(query, sort="id").ids
        with self._store.reading() as connection:
            return len(ids) - len(_allowed(connection, ids))


class _Selected:
    """The contacts to write, as one unchanging view of the workspace, however often they are read.

    A view keeps its columns: what somebody adds while the file is written is not in it at all,
    instead of half.
    """

    def __init__(
        self,
        connection: Connection,
        ids: Sequence[int],
        options: FileOptions,
        progress: Progress | None,
        cancel: threading.Event | None,
    ) -> None:
        self.options = options
        self._connection = connection
        self._ids = ids
        self._progress = progress
        self._cancel = cancel

    def rows(self) -> Iterator[Row]:
        """Each contact as a dictionary; full_name only where it was typed, see `_typed_names`."""
        done = 0
        for ids in self._chunks():
            typed = _typed_names(self._connection, ids)
            for view in read_views(self._connection, ids):
                yield view.as_json() | {"full_name": typed[view.id]}
            done += len(ids)
            if self._progress is not None:
                self._progress(done, len(self._ids))

    def custom(self) -> list[str]:
        """The names of the user's own fields, in the user's order."""
        return [field.name for field in read_custom_fields(self._connection)]

    def labelled(self) -> list[str]:
        """The further values that somebody has, as columns such as email.home."""
        found: dict[str, None] = {}
        for ids in self._chunks():
            wanted = select(Contact.labelled).where(
                Contact.id.in_(ids_select(self._connection, ids)), Contact.labelled.is_not(None)
            )
            for document in self._connection.execute(wanted).scalars():
                for field, pairs in document.items():
                    found.update((f"{field}.{label}", None) for label, _ in pairs)
        return sorted(found)

    def _chunks(self) -> Iterator[Sequence[int]]:
        for start in range(0, len(self._ids), CHUNK):
            if self._cancel is not None and self._cancel.is_set():
                raise Cancelled(tr("Cancelled; no file was written."))
            yield self._ids[start : start + CHUNK]


def _allowed(connection: Connection, ids: Sequence[int]) -> list[int]:
    """Those of `ids` that the suppression list does not name, in the same order."""
    allowed: list[int] = []
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        withheld = suppression.reasons(connection, chunk)
        allowed += [each for each in chunk if each not in withheld]
    return allowed


def _typed_names(connection: Connection, ids: Sequence[int]) -> dict[int, str | None]:
    """The full names that were typed, None where it follows from first and last name.

    Written as a value, a name that follows would be a typed one after the file is imported, and
    then stay as it is when somebody marries.
    """
    wanted = select(Contact.id, Contact.full_name).where(
        Contact.id.in_(ids_select(connection, ids))
    )
    return {row.id: row.full_name for row in connection.execute(wanted)}


def _write_csv(out: TextIO, selected: _Selected) -> int:
    """The chosen columns, else one per field and custom field, and labelled ones in use."""
    columns = selected.options.columns or _every_column(selected)
    titles = {field.key: field.label for field in FIELDS}
    write = row_writer(out, selected.options.delimiter)
    write([titles.get(column, column) for column in columns])
    written = 0
    for row in selected.rows():
        write([escape_cell(_cell(_value(row, column))) for column in columns])
        written += 1
    return written


def _every_column(selected: _Selected) -> tuple[str, ...]:
    own = (CUSTOM_PREFIX + name for name in selected.custom())
    return (*(field.key for field in FIELDS), *own, *selected.labelled())


def _value(row: Row, column: str) -> object:
    """The value of a field key, of custom:<name>, or of a labelled column such as email.home."""
    if column.startswith(CUSTOM_PREFIX):
        return row["custom"].get(column.removeprefix(CUSTOM_PREFIX))
    return row[column] if column in BY_KEY else _labelled_value(row, column)


def _labelled_value(row: Row, column: str) -> str | None:
    field, _, wanted = column.partition(".")
    values = row["labelled"].get(field, ())
    return next((value for label, value in values if label == wanted), None)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, list | tuple):
        return join_list(str(one) for one in value)
    return str(value)


def _write_json(out: TextIO, selected: _Selected) -> int:
    custom = frozenset(selected.custom())
    written = 0
    out.write('{"contacts": [')
    for row in selected.rows():
        own = {name: value for name, value in row["custom"].items() if name in custom}
        out.write(",\n" if written else "\n")
        json.dump({**row, "custom": own}, out, ensure_ascii=False)
        written += 1
    out.write("\n]}\n")
    return written


def _write_vcards(out: TextIO, selected: _Selected) -> int:
    written = 0
    for row in selected.rows():
        out.write(vcard(row))
        written += 1
    return written


_WRITERS: Mapping[str, Callable[[TextIO, _Selected], int]] = {
    CSV: _write_csv,
    "json": _write_json,
    "vcard": _write_vcards,
}

KINDS: Sequence[str] = tuple(_WRITERS)
"""The file forms that contacts can be written in."""


@contextmanager
def _whole_file(file: Path, *, replace: bool) -> Iterator[TextIO]:
    """Write beside the target and rename at the end, so that no half file is ever left."""
    if file.exists() and not file.is_file() and not file.is_dir():
        # Renaming onto it would put a file in the place of a device such as /dev/stdout.
        raise InvalidInput(
            tr("{file} is a pipe or a device, not a file.", file=str(file)),
            tr("Choose another name."),
        )
    beside = file.absolute().parent / f".captely-{uuid.uuid4().hex}.part"
    try:
        # Not a temporary file of the library's: this one gets the rights that the user's files get.
        with beside.open("x", encoding="utf-8", newline="") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        if not replace:
            _refuse_existing(file)
        beside.replace(file)
    except OSError as error:
        raise _unwritable(file, error) from error
    finally:
        beside.unlink(missing_ok=True)


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise InvalidInput(
            tr("The file {file} already exists.", file=str(file)),
            tr("Choose another name, or replace it with --force."),
        )


def _unwritable(file: Path, error: OSError) -> StorageError:
    return StorageError(
        tr("The file {file} cannot be written: {why}", file=str(file), why=error.strerror or ""),
        tr("Choose another folder, or free some space."),
    )
