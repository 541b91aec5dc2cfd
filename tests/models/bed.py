"""A migrated workspace for tests of the store, the journal and what reads it."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core.actor import Actor, Origin
from app.core.changes import Changes
from app.core.events import Bus
from app.core.paths import Workspace
from app.models.contacts import (
    Contact,
    ContactKey,
    ContactTag,
    CustomField,
    Status,
    Suppression,
    Tag,
)
from app.models.migrating import migrate
from app.models.store import Store
from app.services.operations import Operations

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class HandClock:
    """A clock that moves only when a test says so."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return (self.time - START).total_seconds()

    def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
        self.time += timedelta(seconds=seconds)
        return False

    def pass_(self, **span: float) -> datetime:
        self.time += timedelta(**span)
        return self.time


class Bed:
    """One workspace, and the operations of as many people as a test needs."""

    def __init__(self, url: str, folder: Path) -> None:
        self.workspace = Workspace(folder).prepare()
        self.clock = HandClock()
        self.bus = Bus()
        self.heard: list[Changes] = []
        self.bus.subscribe(Changes, self.heard.append)
        self.store = Store(url)
        migrate(self.store, self.workspace, now=self.clock.now())
        self.operations = self.of("ann")

    def of(self, name: str) -> Operations:
        actor = Actor(name, "computer", Origin.CLI)
        return Operations(self.store, self.bus, self.clock, actor)

    def add(self, *contacts: dict[str, Any], by: Operations | None = None) -> list[int]:
        """Create contacts in one operation."""
        with (by or self.operations).recording("contact.create", "Add {n} contacts") as recorder:
            return list(recorder.create("contact", contacts))

    def edit(
        self, changes: dict[int, dict[str, Any]], *, by: Operations | None = None, table="contact"
    ) -> int:
        """Change rows in one operation and return its id."""
        with (by or self.operations).recording("contact.edit", "Edit {n} contacts") as recorder:
            recorder.update(table, changes)
            return recorder.op

    def delete(self, *ids: int, by: Operations | None = None) -> int:
        with (by or self.operations).recording("contact.delete", "Delete {n}") as recorder:
            return recorder.kill("contact", ids)

    def tags(self, *names: str, by: Operations | None = None) -> Sequence[int]:
        rows = [{"name": name, "name_key": name.casefold()} for name in names]
        with (by or self.operations).recording("tag.create", "Add tags") as recorder:
            return recorder.create("tag", rows)

    def get(self, contact: int, *names: str) -> Any:
        columns = [getattr(Contact, name) for name in names]
        with self.store.reading() as connection:
            row = connection.execute(select(*columns).where(Contact.id == contact)).one()
        return row[0] if len(names) == 1 else tuple(row)

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        with self.store.reading() as connection:
            return [tuple(row) for row in connection.execute(select(*columns).order_by(*columns))]

    def dump(self) -> dict[str, Any]:
        """Everything a user can see, without times, versions and operation ids."""
        hidden = {"version", "updated", "created", "created_op", "deleted_op", "added"}
        seen: dict[str, Any] = {}
        with self.store.reading() as connection:
            for model in (Contact, Tag, Status, CustomField, Suppression):
                columns = [c for c in model.__table__.c if c.name not in hidden]
                rows = connection.execute(
                    select(*columns).where(model.deleted_op.is_(None)).order_by(model.id)
                )
                seen[model.__tablename__] = [dict(row._mapping) for row in rows]
            alive = select(Contact.id).where(Contact.deleted_op.is_(None))
            for model in (ContactTag, ContactKey):
                rows = connection.execute(
                    select(*model.__table__.c)
                    .where(model.contact.in_(alive))
                    .order_by(*model.__table__.c)
                )
                seen[model.__tablename__] = [tuple(row) for row in rows]
        return json.loads(json.dumps(seen))
