"""Lays the workspace's contacts beside a plan file, as the schema `crm`.

On SQLite that is the database itself, attached for reading only. On PostgreSQL the contacts that
share an address or a key with the list are copied into a small file, so that matching is one piece
of SQL for both.
"""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, create_engine, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType, TypeEngine

from app.core.identity import DERIVED
from app.models.base import Base
from app.models.contacts import Contact, ContactKey, ContactTag, Tag
from app.models.journal import JournalHead
from app.models.store import Store
from app.models.visibility import alive
from app.services.importing import staging

BATCH = 2_000

_PLAIN: TypeEngine[Any] = NullType()

_OF_CONTACTS: tuple[tuple[Any, Any], ...] = (
    (Contact.__table__, Contact.id),
    (ContactKey.__table__, ContactKey.contact),
    (ContactTag.__table__, ContactTag.contact),
)
_WHOLE: tuple[Any, ...] = (Tag.__table__, JournalHead.__table__)


def lay_beside(store: Store, plan: Path) -> Path:
    """The SQLite file whose tables hold every contact that the rows of `plan` can meet."""
    if store.is_sqlite:
        return Path(str(store.url.database))
    copy = Path(f"{plan}.crm")
    copy.unlink(missing_ok=True)
    engine = create_engine(f"sqlite:///{copy}")
    tables = [*(table for table, _ in _OF_CONTACTS), *_WHOLE]
    Base.metadata.create_all(engine, tables=tables)
    engine.dispose()
    with store.reading() as connection, staging.opened(copy) as db, staging.reading(plan) as rows:
        db.execute("BEGIN")
        db.execute("CREATE TABLE met (id INTEGER PRIMARY KEY)")
        _meet(connection, db, rows)
        _copy(connection, db)
        db.execute("COMMIT")
    return copy


def _meet(connection: Connection, db: sqlite3.Connection, rows: sqlite3.Connection) -> None:
    """Note the living contacts that have an address or a key of the list."""
    living = alive(connection)
    addresses = "SELECT email FROM row WHERE email IS NOT NULL UNION SELECT email FROM row_email"
    columns = [getattr(Contact, name) for name in DERIVED[2:]]
    given = " UNION ".join(f"SELECT {c.key} FROM row WHERE {c.key} IS NOT NULL" for c in columns)
    for values in _parts(rows.execute(addresses)):
        _note(db, connection, select(Contact.id).where(Contact.email.in_(values), living))
        _note(db, connection, _with_further(values, living))
    for values in _parts(rows.execute(given)):
        for column in columns:
            _note(db, connection, select(Contact.id).where(column.in_(values), living))


def _with_further(values: list[Any], living: ColumnElement[bool]) -> Select[int]:
    keys = select(ContactKey.contact).join(Contact, Contact.id == ContactKey.contact)
    return keys.where(ContactKey.email.in_(values), living)


def _note(db: sqlite3.Connection, connection: Connection, ids: Select[int]) -> None:
    found = connection.execute(ids).all()
    db.executemany("INSERT OR IGNORE INTO met VALUES (?)", [tuple(row) for row in found])


def _copy(connection: Connection, db: sqlite3.Connection) -> None:
    """Copy the contacts noted, with their addresses and tags, and the tags and the head whole."""
    for part in _parts(db.execute("SELECT id FROM met")):
        for table, column in _OF_CONTACTS:
            wanted = _plain(table).where(column.in_(part))
            _insert(db, table, connection.execute(wanted).all())
    for table in _WHOLE:
        _insert(db, table, connection.execute(_plain(table)).all())


def _parts(cursor: sqlite3.Cursor) -> Iterator[list[Any]]:
    while part := cursor.fetchmany(BATCH):
        yield [value for (value,) in part]


def _plain(table: Table) -> Select[Any]:
    """Every column as the database holds it: JSON stays text."""
    return select(*(type_coerce(column, _PLAIN) for column in table.c))


def _insert(db: sqlite3.Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    marks = staging.marks(table.c.keys())
    db.executemany(f"INSERT INTO {table.name} VALUES ({marks})", [tuple(row) for row in rows])
