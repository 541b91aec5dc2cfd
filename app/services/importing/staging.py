"""The plan file of an import: a SQLite file that holds the rows of a list and what becomes of each.

The worker process writes it, the run reads it; it belongs to one import and is deleted with it.
Nothing here knows the workspace's database, and only the standard library is imported, so that a
worker starts at once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.errors import StorageError
from app.core.fields import CUSTOM_PREFIX
from app.core.identity import DERIVED, DERIVING
from app.core.text import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHERS = (
    "domain", "title", "seniority", "linkedin_url", "website", "address", "city", "postal_code",
    "region", "country", "time_zone", "industry", "notes", "status", "owner", "source",
    "last_contacted",
)  # fmt: skip
"""Columns a plan has if the list has them."""

CACHE_KIB = 16_384

FORMAT = 2
"""Of plan files. Count it up with every change of their tables or of what a run takes from them:
an import that another version has planned and not ended is then refused instead of misread."""


@dataclass(frozen=True)
class Layout:
    """Which columns the rows of one plan have; fields are the keys the normaliser fills."""

    fields: tuple[str, ...]

    @cached_property
    def natives(self) -> tuple[str, ...]:
        """Columns of the contact table that a row can give."""
        return DERIVING + tuple(field for field in OTHERS if field in self.fields)

    @cached_property
    def customs(self) -> tuple[tuple[int, str], ...]:
        """Position and name of each custom field."""
        return tuple(
            (i, field.removeprefix(CUSTOM_PREFIX))
            for i, field in enumerate(self.fields)
            if field.startswith(CUSTOM_PREFIX)
        )

    @cached_property
    def labelled(self) -> tuple[tuple[int, str, str], ...]:
        """Position, field and label of each further e-mail or phone."""
        return tuple(
            (i, *_labels(field))
            for i, field in enumerate(self.fields)
            if "." in field and not field.startswith(CUSTOM_PREFIX)
        )

    @cached_property
    def tags(self) -> int | None:
        """Position of the tags, if the list has a column of them."""
        return self.fields.index("tags") if "tags" in self.fields else None

    @property
    def given(self) -> tuple[str, ...]:
        """Every field that the rows may give a value of, by its key."""
        names = (f"{field}.{label}" for _, field, label in self.labelled)
        customs = (f"{CUSTOM_PREFIX}{name}" for _, name in self.customs)
        tags = ("tags",) if self.tags is not None else ()
        return (*self.natives, *customs, *names, *tags)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Every column of a row's own values, in the order of the table."""
        return (*self.natives, "custom", "labelled", "tags")

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column of the table of rows; the keys come early, where a scan reads them fast."""
        return ("n", "line", *DERIVED, *self.values)


def _labels(field: str) -> tuple[str, str]:
    key, _, label = field.partition(".")
    return key, label


def packed(
    layout: Layout, found: Sequence[Sequence[Any] | None], size: int
) -> list[Sequence[Any] | None]:
    """The `values` columns of `size` rows from the normaliser's columns; None for blank ones."""
    at = {field: i for i, field in enumerate(layout.fields)}
    natives = [found[at[column]] if column in at else None for column in layout.natives]
    special = [i for i, *_ in layout.customs + layout.labelled]
    special += [layout.tags] if layout.tags is not None else []
    if all(found[i] is None for i in special):
        return [*natives, None, None, None]
    nothing = (None,) * size
    rows = zip(*(nothing if column is None else column for column in found), strict=True)
    columns = zip(*(_packed(layout, values) for values in rows), strict=True)
    return [*natives, *(column if any(column) else None for column in columns)]


def _packed(layout: Layout, values: Sequence[Any]) -> tuple[str | None, str | None, str | None]:
    custom = {name: values[i] for i, name in layout.customs if values[i] is not None}
    labelled: dict[str, list[list[str]]] = {}
    for i, field, label in layout.labelled:
        if values[i] is not None:
            labelled.setdefault(field, []).append([label, values[i]])
    tags = values[layout.tags] if layout.tags is not None else None
    return as_json(custom), as_json(labelled), as_json(tags)


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def as_json(value: Any) -> str | None:  # noqa: ANN401
    """Canonical JSON as the journal writes it; None for what is empty."""
    return _encode(value) if value else None


def canonical(value: object) -> str:
    """Canonical JSON as the journal writes it, of anything."""
    return _encode(value)


def opened_json(text: str | None) -> Any:  # noqa: ANN401
    """What `canonical` wrote."""
    return None if text is None else json.loads(text)


def create(path: Path, layout: Layout) -> None:
    """Make an empty plan file; one left over from an interrupted planning is replaced.

    Raises StorageError when the folder cannot be written.
    """
    remove(path)
    kinds = {"last_contacted": "INTEGER"}
    values = ", ".join(f"{column} {kinds.get(column, 'TEXT')}" for column in layout.values)
    with opened(path) as db:
        # Two workers append chunks in turn, so a chunk may be written before an earlier one.
        db.executescript(
            f"""
            PRAGMA page_size = 8192;
            CREATE TABLE row (n INTEGER PRIMARY KEY, line INTEGER, sort_name TEXT,
                company_key TEXT, name_phone_key INTEGER, name_mobile_key INTEGER,
                name_company_key INTEGER, {values});
            CREATE TABLE line_run (n INTEGER PRIMARY KEY, line INTEGER);
            CREATE TABLE search_text (n INTEGER PRIMARY KEY, text TEXT);
            CREATE TABLE row_email (email TEXT, n INTEGER);
            CREATE TABLE bare_key (key INTEGER, n INTEGER);
            CREATE TABLE reject (n INTEGER PRIMARY KEY, line INTEGER, error TEXT, cells TEXT);
            CREATE TABLE warning (n INTEGER, line INTEGER, message TEXT);
            CREATE TABLE original (n INTEGER PRIMARY KEY, cells TEXT);
            CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
            """
        )
        set_meta(db, format=FORMAT)


@contextmanager
def opened(path: Path, *, cache_kib: int = CACHE_KIB) -> Iterator[sqlite3.Connection]:
    """A connection to a plan file being made; no journal, for a broken one is made anew.

    Raises StorageError when the disk is full or refuses.
    """
    try:
        db = sqlite3.connect(path.absolute().as_uri(), isolation_level=None, timeout=120, uri=True)
        with closing(db):
            db.execute("PRAGMA main.journal_mode = OFF")
            db.execute("PRAGMA main.synchronous = OFF")
            db.execute(f"PRAGMA main.cache_size = -{cache_kib}")
            yield db
    except sqlite3.Error as error:
        raise plan_error(error) from error


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads a finished plan file."""
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        with closing(db):
            yield db
    except sqlite3.Error as error:
        raise plan_error(error) from error


def plan_error(error: sqlite3.Error) -> Exception:
    """The sentence for a plan file that cannot be written or read; an interrupt stays itself."""
    said = str(error)
    if "interrupted" in said:
        return error
    if "full" in said or "I/O" in said:
        return StorageError(
            tr("The disk is full; nothing was imported."),
            tr("Free some space in the workspace's folder and try again."),
            said,
        )
    return StorageError(
        tr("The plan of the import cannot be used."),
        tr("Check that the workspace's folder can be written, then import again."),
        said,
    )


def script(db: sqlite3.Connection, statements: str) -> None:
    """Run statements one after the other; unlike executescript it leaves the transaction open."""
    for statement in statements.split(";"):
        if statement.strip():
            db.execute(statement)


def set_meta(db: sqlite3.Connection, **values: object) -> None:
    """Remember facts about the plan, as JSON."""
    db.executemany(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)",
        [(key, canonical(value)) for key, value in values.items()],
    )


def get_meta(db: sqlite3.Connection) -> dict[str, Any]:
    """Everything remembered about the plan."""
    return {key: json.loads(value) for key, value in db.execute("SELECT key, value FROM meta")}


def remove(path: Path) -> None:
    """Delete a plan file and whatever SQLite left beside it."""
    for suffix in ("", "-journal", "-wal", "-shm", ".crm", ".crm-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def marks(columns: Sequence[object]) -> str:
    """As many question marks as there are columns."""
    return ", ".join("?" * len(columns))
