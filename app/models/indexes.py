"""Takes the contact table's indexes away for a load into an empty workspace, and brings them back.

A million rows go in several times faster when the indexes are built once, sorted, afterwards. A
pause brings them back too, for people then go on working without the load; what a kill leaves
missing is healed by the start of the program and by every later import.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import Connection, inspect, or_, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, DropIndex, Index

from app.models.contacts import CONTACT_INDEXES, Contact, for_servers
from app.models.jobs import Job
from app.models.journal import Operation
from app.models.store import BUSY_SECONDS, Store
from app.models.store_errors import storage_error

SORT_KIB = 16_384


def drop_contact_indexes(connection: Connection) -> None:
    """Drop the indexes within the caller's writing session."""
    for index in CONTACT_INDEXES:
        connection.execute(DropIndex(index, if_exists=True))


def missing_indexes(connection: Connection) -> list[Index]:
    """The contact table's indexes that are not there."""
    there = {found["name"] for found in inspect(connection).get_indexes("contact")}
    return [index for index in CONTACT_INDEXES if index.name not in there]


def ensure_indexes(store: Store) -> int:
    """Build whatever is missing, each in its own transaction; returns how many were.

    Raises StorageError when the disk is full or somebody else writes for too long; what was built
    until then stays.
    """
    with store.reading() as connection:
        missing = missing_indexes(connection)
    build = _build_on_file if store.is_sqlite else _build_on_server
    for index in missing:
        build(store, index)
    return len(missing)


def _build_on_server(store: Store, index: Index) -> None:
    for_servers()
    with store.writing("index", bulk=True) as connection:
        connection.execute(CreateIndex(index, if_not_exists=True))


def _build_on_file(store: Store, index: Index) -> None:
    """On a connection of its own, which sorts in a temporary file instead of in memory.

    A million rows sorted in memory would take more of it than the rest of an import, and longer.
    """
    statement = str(CreateIndex(index, if_not_exists=True).compile(dialect=sqlite.dialect()))
    address = str(store.url.database)
    try:
        with closing(sqlite3.connect(address, BUSY_SECONDS, isolation_level=None)) as database:
            database.execute("PRAGMA temp_store = FILE")
            database.execute(f"PRAGMA cache_size = -{SORT_KIB}")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(statement)
    except sqlite3.Error as error:
        raise storage_error(error) or error from error


def heal_indexes(store: Store) -> int:
    """Like ensure_indexes, unless an import that is running is going to build them itself."""
    loading = (
        select(Operation.id)
        .join(Job, Job.id == Operation.job_id)
        .where(Operation.state == "open", Operation.kind == "import", Job.state == "running")
    )
    with store.reading() as connection:
        if connection.execute(loading.limit(1)).first() is not None:
            return 0
    return ensure_indexes(store)


def has_others(connection: Connection, lo: int = 0, hi: int = 0) -> bool:
    """True when any contact but lo..hi is stored, in the trash or alive."""
    others = or_(Contact.id < lo, Contact.id > hi)
    return connection.execute(select(Contact.id).where(others).limit(1)).first() is not None
