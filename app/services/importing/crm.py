"""Lays the workspace's contacts beside a plan file, as the schema `crm`.

On SQLite that is the database itself, attached for reading only. On PostgreSQL the contacts that
share an address or a key with the list are copied into a small file, so that matching is one piece
of SQL for both.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, or_, select, text

from app.core.identity import DERIVED
from app.models.base import Base
from app.models.contacts import Contact, ContactKey, ContactTag, Tag
from app.models.journal import JournalHead
from app.models.store import Store
from app.models.visibility import open_ranges
from app.services.importing import staging

BATCH = 2_000

_TABLES: tuple[Any, ...] = (
    Contact.__table__, ContactKey.__table__, ContactTag.__table__, Tag.__table__,
    JournalHead.__table__,
)  # fmt: skip


def hidden_ranges(store: Store) -> tuple[tuple[int, int], ...]:
    """Contacts of imports under way, which do not count as there."""
    with store.reading() as connection:
        return tuple(open_ranges(connection))


def lay_beside(store: Store, plan: Path) -> Path:
    """The SQLite file whose tables hold every contact that the rows of `plan` can meet."""
    if store.is_sqlite:
        return Path(str(store.url.database))
    copy = Path(f"{plan}.crm")
    copy.unlink(missing_ok=True)
    engine = create_engine(f"sqlite:///{copy}")
    Base.metadata.create_all(engine, tables=list(_TABLES))
    engine.dispose()
    with store.reading() as connection, staging.opened(copy) as db, staging.reading(plan) as rows:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        _send_keys(connection, rows)
        _copy(connection, db)
    return copy


def _send_keys(connection: Connection, rows: sqlite3.Connection) -> None:
    """Put the list's addresses and keys into temporary tables of the server."""
    connection.exec_driver_sql(
        "CREATE TEMP TABLE import_email (email text) ON COMMIT DROP"
    )
    connection.exec_driver_sql("CREATE TEMP TABLE import_key (key bigint) ON COMMIT DROP")
    addresses = "SELECT email FROM row WHERE email IS NOT NULL UNION SELECT email FROM row_email"
    keys = " UNION ".join(
        f"SELECT {key} FROM row WHERE {key} IS NOT NULL" for key in DERIVED[2:]  # noqa: S608
    )
    cursor: Any = connection.connection.cursor()
    with cursor:
        for table, query in (("import_email", addresses), ("import_key", keys)):
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows.execute(query):
                    copy.write_row(row)
    connection.exec_driver_sql("ANALYZE import_email")
    connection.exec_driver_sql("ANALYZE import_key")


def _copy(connection: Connection, db: sqlite3.Connection) -> None:
    keys = text("SELECT key FROM import_key")
    addresses = text("SELECT email FROM import_email")
    meets = or_(
        Contact.email.in_(addresses),
        Contact.id.in_(select(ContactKey.contact).where(ContactKey.email.in_(addresses))),
        Contact.name_phone_key.in_(keys),
        Contact.name_mobile_key.in_(keys),
        Contact.name_company_key.in_(keys),
    )
    ids = select(Contact.id).where(Contact.deleted_op.is_(None), meets)
    of_contact = {"contact": Contact.id, "contact_key": ContactKey.contact, "contact_tag": ContactTag.contact}
    db.execute("BEGIN")
    for table in _TABLES:
        wanted = _plain(table)
        if table.name in of_contact:
            wanted = wanted.where(of_contact[table.name].in_(ids))
        _insert(db, table, connection.execution_options(yield_per=BATCH).execute(wanted))
    db.execute("COMMIT")


def _plain(table: Table) -> Any:  # noqa: ANN401
    """Every column as the database holds it: JSON stays text."""
    columns = ", ".join(f'"{table.name}"."{column.name}"' for column in table.c)
    return select(text(columns)).select_from(table)


def _insert(db: sqlite3.Connection, table: Table, rows: Any) -> None:  # noqa: ANN401
    marks = staging.marks(table.c.keys())
    for part in rows.partitions():
        db.executemany(
            f"INSERT INTO {table.name} VALUES ({marks})",  # noqa: S608 - names of our tables
            [tuple(row) for row in part],
        )
