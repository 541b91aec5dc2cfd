"""Moves the rows of a plan into the contact table, one SQL statement a chunk.

On SQLite the plan file is attached to the writer and read by INSERT .. SELECT; on PostgreSQL the
same SELECT feeds COPY. New contacts get consecutive ids in file order.
"""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert

from app.core.identity import DERIVED
from app.models.applying import add_labelled_keys
from app.models.contacts import Contact
from app.models.importing import ImportOrigin
from app.models.recorder import Recorder
from app.services.importing import staging
from app.services.importing.newcomers import runs_within
from app.services.importing.planned import ImportPlan

STAGED = "import_diff"


@dataclass(frozen=True, slots=True)
class Loader:
    """Loads one plan in chunks of rows. rows is an open connection to the plan file.

    The newcomers get consecutive ids in file order, from `first` on.
    """

    plan: ImportPlan
    rows: sqlite3.Connection
    batch: int
    first: int
    merged: bool
    further: bool
    tags: tuple[int, ...]

    def load(self, recorder: Recorder, after: int, upto: int, lo: int) -> int:
        """Create the contacts of the rows behind `after` up to `upto`, the first of which is `lo`.

        Returns how many there were. On SQLite the session has the plan attached.
        """
        connection = recorder.connection
        chunk = {"after": after, "upto": upto, "first": self.first}
        if connection.dialect.name == "sqlite":
            made = self._insert(connection, chunk, recorder)
        else:
            made = self._copy(connection, chunk, recorder)
        if made:
            self._beside(recorder, chunk, lo, lo + made - 1)
        return made

    def _insert(self, connection: Connection, chunk: dict[str, int], recorder: Recorder) -> int:
        statement = f"INSERT INTO contact ({', '.join(self._columns)}) {self._select('plan.')}"
        facts = {"op": recorder.op, "at": recorder.at_us, "source": self._source}
        return int(connection.exec_driver_sql(statement, chunk | facts).rowcount)

    def _copy(self, connection: Connection, chunk: dict[str, int], recorder: Recorder) -> int:
        facts = {"op": recorder.op, "at": recorder.at_us, "source": self._source}
        found = self.rows.execute(self._select(""), chunk | facts)
        columns = ", ".join(self._columns)
        return _copy_rows(connection, f"contact ({columns})", found)

    @property
    def _natives(self) -> tuple[str, ...]:
        natives = self.plan.layout.natives
        return natives if "source" in natives or not self._source else (*natives, "source")

    @property
    def _columns(self) -> tuple[str, ...]:
        documents = ("custom", "labelled")
        return ("id", *self._natives, *documents, *DERIVED, "created", "updated", "created_op")

    @property
    def _source(self) -> str | None:
        return self.plan.options.get("source") or None

    def _select(self, schema: str) -> str:
        values = [self._value(column) for column in self._columns[1:-3]]
        return f"SELECT {_ID}, {', '.join(values)}, :at, :at, :op FROM {self._created(schema)}"

    def _value(self, column: str) -> str:
        if column == "source" and column not in self.plan.layout.natives:
            return ":source"
        value = f"r.{column}"
        if self.merged:
            value = f"CASE WHEN m.n IS NULL THEN r.{column} ELSE m.{column} END"
        if column == "status":
            return f"coalesce({value}, 'new')"
        if column == "source" and self._source:
            return f"coalesce({value}, :source)"
        return value

    def _created(self, schema: str) -> str:
        """The rows of a chunk that become contacts."""
        others = f" LEFT JOIN {schema}merged m ON m.n = r.n" if self.merged else ""
        return (
            f"{schema}newcomer u CROSS JOIN {schema}row r "
            f"ON r.n BETWEEN max(u.lo, :after + 1) AND min(u.hi, :upto){others} "
            f"WHERE {runs_within(schema)}"
        )

    def _beside(self, recorder: Recorder, chunk: dict[str, int], first: int, last: int) -> None:
        """What belongs to new contacts in other tables: journal, origin, addresses, tags."""
        recorder.created("contact", first, last)
        self._origins(recorder.connection, chunk)
        if self.further:
            add_labelled_keys(recorder.connection, Contact.id.between(first, last))
        if self.plan.layout.tags is not None:
            self._row_tags(recorder.connection, chunk)
        for tag in self.tags:
            recorder.tag_range(first, last, tag)

    def _origins(self, connection: Connection, chunk: dict[str, int]) -> None:
        runs = self.rows.execute(
            "SELECT :first + before + n - lo, :first + before + last - lo, line + n - lo FROM "
            "(SELECT *, max(lo, :after + 1) AS n, min(hi, :upto) AS last FROM newcomer u "
            f"WHERE {runs_within()})",
            chunk,
        )
        rows = [{"batch": self.batch, "lo": lo, "hi": hi, "row": line} for lo, hi, line in runs]
        connection.execute(insert(ImportOrigin), rows)

    def _row_tags(self, connection: Connection, chunk: dict[str, int]) -> None:
        named = self._value("tags")
        pairs = (
            "SELECT DISTINCT x.id, t.tag FROM "
            f"(SELECT {_ID} AS id, {named} AS tags FROM {self._created('{0}')}) x "
            "CROSS JOIN json_each(x.tags) j CROSS JOIN {0}tag_id t ON t.name = j.value"
        )
        always = f" WHERE t.tag NOT IN ({', '.join(map(str, self.tags))})" if self.tags else ""
        if connection.dialect.name == "sqlite":
            query = pairs.format("plan.") + always
            connection.exec_driver_sql(f"INSERT INTO contact_tag (contact, tag) {query}", chunk)
        else:
            found = self.rows.execute(pairs.format("") + always, chunk)
            _copy_rows(connection, "contact_tag (contact, tag)", found)


_ID = ":first + u.before + r.n - u.lo"


@contextmanager
def loader(plan: ImportPlan, batch: int, first: int, tags: tuple[int, ...]) -> Iterator[Loader]:
    """A loader of `plan` that gives ids from `first` on, and `tags` to everybody."""
    with staging.reading(plan.path) as rows:

        def any_of(query: str) -> bool:
            return rows.execute(query).fetchone() is not None

        merged = any_of("SELECT 1 FROM merged LIMIT 1")
        further = any_of("SELECT 1 FROM row_email LIMIT 1") or any_of(
            "SELECT 1 FROM merged WHERE labelled IS NOT NULL LIMIT 1"
        )
        yield Loader(plan, rows, batch, first, merged, further, tags)


@dataclass(frozen=True, slots=True)
class Changes:
    """The plan's changes of contacts, laid beside the tables; retagged ones win over plain ones."""

    connection: Connection
    rows: sqlite3.Connection
    retagged: bool

    @contextmanager
    def staged(self, moved: list[int]) -> Iterator[str]:
        """The name of a table with row, mask, before and after, without the rows in `moved`."""
        without = f" AND row NOT IN ({', '.join(map(str, moved))})" if moved else ""
        if self.connection.dialect.name == "sqlite":
            # A view, so that a million changes are not copied into memory first.
            wanted = self._select("plan.", "row, mask, before, after", without)
            self.connection.exec_driver_sql(f"CREATE TEMP VIEW {STAGED} AS {wanted}")
            yield STAGED
            self.connection.exec_driver_sql(f"DROP VIEW temp.{STAGED}")
            return
        self.connection.exec_driver_sql(
            f'CREATE TEMP TABLE {STAGED} ("row" bigint PRIMARY KEY, mask text, before text, '
            "after text) ON COMMIT DROP"
        )
        found = self.rows.execute(self._select("", "row, mask, before, after", without))
        _copy_rows(self.connection, STAGED, found)
        yield STAGED

    def moved(self) -> list[int]:
        """Contacts to be changed that somebody else has changed since the plan was made."""
        if self.connection.dialect.name == "sqlite":
            versions = f"({self._select('plan.', 'row, version', '')})"
        else:
            versions = "import_version"
            self.connection.exec_driver_sql(
                f'CREATE TEMP TABLE {versions} ("row" bigint, version bigint) ON COMMIT DROP'
            )
            found = self.rows.execute(self._select("", "row, version", ""))
            _copy_rows(self.connection, versions, found)
            # Held until the end of the session, so that nobody changes them under our hands.
            self.connection.exec_driver_sql(
                f'SELECT c.id FROM contact c JOIN {versions} v ON v."row" = c.id '
                "ORDER BY c.id FOR UPDATE OF c"
            )
        query = (
            f'SELECT v."row" FROM {versions} v JOIN contact c ON c.id = v."row" '
            "WHERE c.version <> v.version OR c.deleted_op IS NOT NULL"
        )
        return sorted(self.connection.exec_driver_sql(query).scalars())

    def keep_rows(self, batch: int) -> None:
        """Remember for each changed contact the first row of the file that is about it."""
        if self.connection.dialect.name == "sqlite":
            found = self._rows_of("plan.", batch)
            self.connection.exec_driver_sql(
                f"INSERT INTO import_origin (batch, lo, hi, row) {found}"
            )
        else:
            rows = self.rows.execute(self._rows_of("", batch))
            _copy_rows(self.connection, 'import_origin (batch, lo, hi, "row")', rows)

    def _rows_of(self, schema: str, batch: int) -> str:
        changed = self._select(schema, "row", "")
        return (
            f"SELECT {batch:d}, c.row, c.row, r.line FROM ({changed}) c "
            f"JOIN {schema}row r ON r.n = "
            f"(SELECT min(f.n) FROM {schema}fate f WHERE f.contact = c.row)"
        )

    def _select(self, schema: str, columns: str, without: str) -> str:
        plain = f"SELECT {columns} FROM {schema}diff WHERE true{without}"
        if not self.retagged:
            return plain
        return (
            f"{plain} AND row NOT IN (SELECT row FROM {schema}retagged) UNION ALL "
            f"SELECT {columns} FROM {schema}retagged WHERE mask <> ''{without}"
        )


def _copy_rows(connection: Connection, target: str, rows: sqlite3.Cursor) -> int:
    cursor: Any = connection.connection.cursor()
    with cursor:
        with cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return int(cursor.rowcount)
