"""The SQLite file of the search index: its schema, and filling it from the contacts.

Bulk work fills it in a process of its own, which imports this module and nothing heavier, so that
a million rows of folding neither hold the window's interpreter nor wait for it. The file holds
nothing that the database does not: a missing, damaged or older one is made again.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app.services.search_keys import KEY_BYTES, PAGE_ROWS, empty_page, name_key, packed, unpacked
from app.services.search_text import SEARCH_COLUMNS, Texts

FORMAT = 1
CHUNK_ROWS = 2_000
BUSY_SECONDS = 30.0
HASH_BYTES = 4 * 1024 * 1024
"""What the full-text index gathers in memory before it writes a run: more no longer fits a
processor's cache, and takes longer by a third."""
FILLED_AT_ONCE = 25_000
"""How many documents of usual length that is."""
AUTOMERGE = 4
"""From how many runs of a kind on each change merges a part of them, as is the default."""
MOST_RUNS = 500
"""How many runs may wait for that. A list of a million contacts leaves forty, and with the default
of sixteen the next change would have to merge all of them at once."""

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
        _configure(connection, hashsize=HASH_BYTES, crisismerge=MOST_RUNS)
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
        # A filler that was killed has left it at 0.
        _configure(target, automerge=AUTOMERGE)
        for lo, hi in ranges:
            while lo <= hi:
                last, rows = _index_chunk(source, target, texts, lo, hi)
                lo, done = last + 1, done + rows
    return done


class Filler:
    """Takes over ready documents from another SQLite file, whose tables it sees as `beside`.

    For contacts that nobody else can change meanwhile, or an older text might win.
    """

    def __init__(self, target: sqlite3.Connection) -> None:
        self._target = target

    def number(self, query: str, values: Mapping[str, int]) -> int:
        """The one number that a query gives, 0 for none."""
        return self._target.execute(query, values).fetchone()[0] or 0

    def put(self, span: Range, texts: str, sort_names: str, values: Mapping[str, int]) -> None:
        """Put documents in the place of what there is of the contacts in `span`, in one go.

        texts and sort_names are queries with `values`. The former gives contacts and texts, the
        latter the sort name of every contact in the span, by ascending id.
        """
        target = self._target
        with _writing(target):
            _configure(target, automerge=0)
            _forget(target, *span)
            target.execute(f"INSERT INTO doc(contact, text) {texts}", values)
            _learn(target, *span)
            names = target.execute(sort_names, values)
            _write_keys(target, *span, array("Q", [name_key(name) for (name,) in names]))


@contextmanager
def filling(search: Path, beside: Path) -> Iterator[Filler]:
    """A filler from the file `beside`, which writes run after run and merges none of them."""
    with closing(_connect(search)) as target:
        target.execute("ATTACH DATABASE ? AS beside", (f"{beside.absolute().as_uri()}?mode=ro",))
        _configure(target, hashsize=HASH_BYTES, crisismerge=MOST_RUNS)
        try:
            yield Filler(target)
        finally:
            _configure(target, automerge=AUTOMERGE)


def _configure(connection: sqlite3.Connection, **settings: int) -> None:
    """Have the full-text index kept with other settings from now on, by whomever."""
    there = dict(connection.execute("SELECT k, v FROM words_config"))
    for setting, value in settings.items():
        if there.get(setting) != value:
            connection.execute("INSERT INTO words(words, rank) VALUES (?, ?)", (setting, value))


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
        _forget(target, lo, last)
        target.executemany("INSERT INTO doc(contact, text) VALUES (?, ?)", _documents(texts, rows))
        _write_keys(target, lo, last, _keys(rows, lo))
        _learn(target, lo, last)
    return last, len(rows)


def _documents(texts: Texts, rows: Sequence[Sequence[Any]]) -> Iterable[tuple[int, str]]:
    if not rows:
        return ()
    contacts, _, *columns = zip(*rows, strict=True)
    given = [column if any(column) else None for column in columns]
    return zip(contacts, texts.of(given), strict=True)


def _learn(target: sqlite3.Connection, lo: int, hi: int) -> None:
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


def _keys(rows: Sequence[Sequence[Any]], lo: int) -> array[int]:
    """The name keys of the contacts from `lo` to the last one, 0 for those that are not there."""
    keys = array("Q", bytes((rows[-1][0] - lo + 1) * KEY_BYTES if rows else 0))
    for contact, sort_name, *_ in rows:
        keys[contact - lo] = name_key(sort_name)
    return keys


def _write_keys(target: sqlite3.Connection, lo: int, hi: int, keys: array[int]) -> None:
    """Set the name keys of lo..hi to `keys`, which begin at `lo`; later contacts lose theirs."""
    (change,) = target.execute("SELECT coalesce(max(change), 0) + 1 FROM name_page").fetchone()
    (kept,) = target.execute("SELECT coalesce(max(number), -1) FROM name_page").fetchone()
    last = min(hi // PAGE_ROWS, max(kept, (lo + len(keys) - 1) // PAGE_ROWS))
    for number in range(lo // PAGE_ROWS, last + 1):
        found = target.execute("SELECT keys FROM name_page WHERE number = ?", (number,)).fetchone()
        page, start = (unpacked(found[0]) if found else empty_page()), number * PAGE_ROWS
        first, behind = max(lo, start), min(hi + 1, start + PAGE_ROWS)
        given = keys[first - lo : behind - lo]
        given.frombytes(bytes((behind - first - len(given)) * KEY_BYTES))
        page[first - start : behind - start] = given
        target.execute(
            "INSERT OR REPLACE INTO name_page(number, change, keys) VALUES (?, ?, ?)",
            (number, change, packed(page)),
        )


def _reader(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database, timeout=BUSY_SECONDS)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect(search: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        search.absolute().as_uri(), timeout=BUSY_SECONDS, isolation_level=None, uri=True
    )
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
