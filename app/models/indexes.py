"""Takes the contact table's indexes away for a load into an empty workspace, and brings them back.

A million rows go in several times faster when the indexes are built once, sorted, afterwards. A
kill in between leaves some missing, which every later import and the start of the program heal.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, select
from sqlalchemy.schema import CreateIndex, DropIndex, Index

from app.models.contacts import CONTACT_INDEXES, Contact
from app.models.journal import Operation
from app.models.store import Store


def drop_contact_indexes(connection: Connection) -> None:
    """Drop the indexes within the caller's writing session."""
    for index in CONTACT_INDEXES:
        connection.execute(DropIndex(index, if_exists=True))


def missing_indexes(connection: Connection) -> list[Index]:
    """The contact table's indexes that are not there."""
    there = {found["name"] for found in inspect(connection).get_indexes("contact")}
    return [index for index in CONTACT_INDEXES if index.name not in there]


def ensure_indexes(store: Store) -> int:
    """Build whatever is missing, each in its own writing session; returns how many were."""
    with store.reading() as connection:
        missing = missing_indexes(connection)
    for index in missing:
        with store.writing("index", bulk=True) as connection:
            connection.execute(CreateIndex(index, if_not_exists=True))
    return len(missing)


def heal_indexes(store: Store) -> int:
    """Like ensure_indexes, unless an unfinished import is going to build them itself."""
    loading = select(Operation.id).where(Operation.state == "open", Operation.kind == "import")
    with store.reading() as connection:
        if connection.execute(loading.limit(1)).first() is not None:
            return 0
    return ensure_indexes(store)


def is_empty(connection: Connection) -> bool:
    """True when the workspace never had a contact that is still stored, in the trash or alive."""
    return connection.execute(select(Contact.id).limit(1)).first() is None
