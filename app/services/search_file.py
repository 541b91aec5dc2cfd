"""The SQLite file of the search index: its schema, and filling it from the contacts.

Bulk work fills it in a process of its own, which imports this module and nothing heavier, so that
a million rows of folding neither hold the window's interpreter nor wait for it. The file holds
nothing that the database does not: a missing, damaged or older one is made again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.services.search_keys import PAGE_ROWS, empty_page, name_key, packed, unpacked
from app.services.search_text import SEARCH_COLUMNS, Texts

FORMAT = 1
CHUNK_ROWS = 2_000
BUSY_SECONDS = 30.0
HASH_BYTES = 16 * 1024 * 1024
"""What the full-text index gathers in memory before it writes a segment."""

_SCHEMA = """
CREATE TABLE doc (contact INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE name_page (number INTEGER PRIMARY KEY, change INTEGER NOT NULL, keys BLOB NOT NULL);
CREATE INDEX ix_name_page_change ON name_page (change);
CREATE VIRTUAL TABLE words USING fts5(
    text, content='doc', content_rowid='contact', detail=none, columnsize=0, tokenize='ascii'
);
"""
# The tokenizer: the text is folded already, so that every byte above 127 belongs to a word.

_READ = f"""
SELECT id, sort_name, {", ".join(SEARCH_COLUMNS)} FROM contact
WHERE id BETWEEN ? AND ? AND deleted_op IS NULL ORDER BY id LIMIT {CHUNK_ROWS}
"""  # noqa: S608 - column names of ours

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Documents:
    """What the index keeps of some contacts, side by side, by ascending id."""

    contacts: Sequence[int]
    sort_names: Sequence[str]
    texts: Sequence[str]


Part = tuple[int, int, Documents]
"""The documents of the contacts from the first id to the second, ends included."""


def ensure(search: Path) -> None:
    """Make an empty index unless there is a whole one of this format.

    What cannot be read, or is of another format, is replaced: all of it is in the database.
    """
    if abs(_version(search)) == FORMAT:
        return
    for suffix in ("", "-wal", "-shm"):
        search.with_name(search.name + suffix).unlink(missing_ok=True)
    with closing(_connect(search)) as connection:
        connection.executescript(_SCHEMA)
        connection.execute(f"INSERT INTO words(words, rank) VALUES('hashsize', {HASH_BYTES})")
        # Negative until `confirm`: nobody has yet asked for the contacts to be taken over.
        connection.execute(f"PRAGMA user_version = {-FORMAT}")


def is_confirmed(search: Path) -> bool:
    """True once `confirm` has been called for the present file."""
    return _version(search) == FORMAT


def confirm(search: Path) -> None:
    """Note that every contact is either in the index or waits to be taken over."""
    with closing(_connect(search)) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT}")


def _version(search: Path) -> int:
    """The format of the file, negative when unconfirmed, 0 when it is none or is damaged.

    Raises sqlite3.OperationalError when it cannot be opened just now, as on a full disk.
    """
    if not search.is_file():
        return 0
    try:
        with closing(sqlite3.connect(search, timeout=BUSY_SECONDS)) as connection:
            connection.execute("SELECT rowid FROM words WHERE words MATCH 'a' LIMIT 1").fetchall()
            connection.execute("SELECT contact FROM doc LIMIT 1").fetchall()
            connection.execute("SELECT number FROM name_page LIMIT 1").fetchall()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        passing = isinstance(error, sqlite3.OperationalError) and "no such" not in str(error)
        if passing:
            raise
        return 0
    return int(version)


def index_ranges(database: Path, search: Path, ranges: Iterable[Range]) -> int:
    """Take over the contacts of `ranges`, ends included; the number of contacts now indexed.

    Commits by chunks. Repeating a range is harmless, so a killed run is simply run again.
    """
    done, texts = 0, Texts()
    with closing(_reader(database)) as source, closing(_connect(search)) as target:
        for lo, hi in ranges:
            while lo <= hi:
                last, rows = _index_chunk(source, target, texts, lo, hi)
                lo, done = last + 1, done + rows
    return done


@contextmanager
def filling(search: Path) -> Iterator[Callable[[Iterable[Part]], None]]:
    """A function that puts ready documents in the place of what there is of their ranges.

    All that it is given at once is one transaction, and so one sorted run of the full-text index:
    many small ones would have to be merged again and again. For contacts that nobody else can
    change meanwhile, or an older text might win.
    """
    with closing(_connect(search)) as target:

        def put(parts: Iterable[Part]) -> None:
            with _writing(target):
                for lo, hi, documents in parts:
                    _replace(target, lo, hi, documents)

        yield put


def clear(search: Path) -> None:
    """Forget everything, while others may have the file open."""
    with closing(_connect(search)) as target, _writing(target):
        target.execute("INSERT INTO words(words) VALUES('delete-all')")
        target.execute("DELETE FROM doc")
        target.execute("UPDATE name_page SET keys = zeroblob(length(keys)), change = change + 1")


def _index_chunk(
    source: sqlite3.Connection, target: sqlite3.Connection, texts: Texts, lo: int, hi: int
) -> tuple[int, int]:
    """Index the first contacts of lo..hi; the last id that is settled and how many were found.

    The contacts are read once the index is locked: a second indexer that read them earlier could
    otherwise put an older text over a newer one.
    """
    with _writing(target):
        rows = source.execute(_READ, (lo, hi)).fetchall()
        last = rows[-1][0] if len(rows) == CHUNK_ROWS else hi
        _replace(target, lo, last, _documents(texts, rows))
    return last, len(rows)


def _documents(texts: Texts, rows: Sequence[Sequence[Any]]) -> Documents:
    if not rows:
        return Documents((), (), ())
    contacts, sort_names, *columns = zip(*rows, strict=True)
    given = [column if any(column) else None for column in columns]
    return Documents(contacts, sort_names, texts.of(given))


def _replace(target: sqlite3.Connection, lo: int, hi: int, documents: Documents) -> None:
    """Put documents in the place of what there is of lo..hi."""
    _forget(target, lo, hi)
    pairs = zip(documents.contacts, documents.texts, strict=True)
    target.executemany("INSERT INTO doc(contact, text) VALUES (?, ?)", pairs)
    keys = map(name_key, documents.sort_names)
    _write_keys(target, lo, hi, dict(zip(documents.contacts, keys, strict=True)))
    target.execute(
        "INSERT INTO words(rowid, text)"
        " SELECT contact, text FROM doc WHERE contact BETWEEN ? AND ?",
        (lo, hi),
    )


def _forget(target: sqlite3.Connection, lo: int, hi: int) -> None:
    # External content: the words can only be taken out with the text that brought them in.
    target.execute(
        "INSERT INTO words(words, rowid, text)"
        " SELECT 'delete', contact, text FROM doc WHERE contact BETWEEN ? AND ?",
        (lo, hi),
    )
    target.execute("DELETE FROM doc WHERE contact BETWEEN ? AND ?", (lo, hi))


def _write_keys(target: sqlite3.Connection, lo: int, hi: int, keys: Mapping[int, int]) -> None:
    """Set the name keys of lo..hi; contacts without one lose theirs."""
    (change,) = target.execute("SELECT coalesce(max(change), 0) + 1 FROM name_page").fetchone()
    last = min(hi // PAGE_ROWS, max(keys, default=0) // PAGE_ROWS)
    (kept,) = target.execute("SELECT coalesce(max(number), -1) FROM name_page").fetchone()
    for number in range(lo // PAGE_ROWS, max(last, min(hi // PAGE_ROWS, kept)) + 1):
        found = target.execute("SELECT keys FROM name_page WHERE number = ?", (number,)).fetchone()
        page, start = (unpacked(found[0]) if found else empty_page()), number * PAGE_ROWS
        for place in range(max(lo, start), min(hi, start + PAGE_ROWS - 1) + 1):
            page[place - start] = keys.get(place, 0)
        target.execute(
            "INSERT OR REPLACE INTO name_page(number, change, keys) VALUES (?, ?, ?)",
            (number, change, packed(page)),
        )


def _reader(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database, timeout=BUSY_SECONDS)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect(search: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(search, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA cache_size = -32768")
    return connection


@contextmanager
def _writing(connection: sqlite3.Connection) -> Iterator[Any]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
