"""A workspace with every service that contacts and search need, on either database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.actor import Actor, Origin
from app.core.events import Bus
from app.core.paths import Workspace
from app.models.migrating import migrate
from app.models.store import Store
from app.services.bulk.service import Bulk
from app.services.contacts import Contacts
from app.services.custom_fields import CustomFields
from app.services.indexing import Indexing
from app.services.jobs import Jobs
from app.services.operations import Operations
from app.services.search import Search
from app.services.statuses import Statuses
from app.services.suppression import Suppressions
from app.services.tags import Tags
from app.services.views import Views

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class HeldClock:
    """Time that only moves when a test says so."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
        self.pass_by(timedelta(seconds=seconds))
        return wake is not None and wake.is_set()

    def pass_by(self, time: timedelta) -> None:
        self._now += time


def hold_clock(monkeypatch: pytest.MonkeyPatch, start: datetime) -> HeldClock:
    """The clock of every workspace that is opened from now on."""
    held = HeldClock(start)
    monkeypatch.setattr("app.bootstrap.clock_from_environment", lambda: held)
    return held


@dataclass(frozen=True)
class Office:
    """The services under test, sharing one store, clock and actor called ada."""

    store: Store
    bus: Bus
    clock: HeldClock
    actor: Actor
    operations: Operations
    indexing: Indexing
    search: Search
    contacts: Contacts
    jobs: Jobs
    bulk: Bulk
    tags: Tags
    statuses: Statuses
    custom: CustomFields
    suppressions: Suppressions
    views: Views
    workspace: Workspace

    def add(self, *, allow_duplicate: bool = False, **values: str) -> int:
        """Add a contact and return its id; email_home stands for email.home."""
        named = {name.replace("__", "."): value for name, value in values.items()}
        return self.contacts.add(named, allow_duplicate=allow_duplicate).id

    def found(self, query: str, **options: object) -> list[int]:
        """The ids that a query finds, in order, as a table would list them."""
        return list(self.search.ids(query, **options).ids)  # type: ignore[arg-type]

    def names(self, query: str, **options: object) -> list[str]:
        """The names that a query finds, in order."""
        return [row.name for row in self.search.rows(self.found(query, **options))]


@contextmanager
def open_office(folder: Path, url: str | None = None, *, name: str = "ada") -> Iterator[Office]:
    """The workspace in `folder`, with its database at `url` if that is PostgreSQL."""
    workspace = Workspace(folder).prepare()
    on_file = url is None or url.startswith("sqlite")
    files = {"database": workspace.database, "search": workspace.search} if on_file else {}
    store = Store.on_file(*files.values()) if on_file else Store(url or "")
    bus, clock, actor = Bus(), HeldClock(), Actor(name, "desk", Origin.UI)
    indexing = Indexing(store, bus, **files)
    migrate(store, workspace, now=clock.now())
    indexing.prepare()
    operations = Operations(store, bus, clock, actor)
    search = Search(store, clock, actor, indexing)
    jobs = Jobs(store, bus, clock, actor)
    try:
        yield Office(
            store,
            bus,
            clock,
            actor,
            operations,
            indexing,
            search,
            Contacts(store, operations, search),
            jobs,
            Bulk(store, operations, search, jobs, workspace.plans),
            Tags(store, operations),
            Statuses(store, operations),
            CustomFields(store, operations),
            Suppressions(store, operations, clock),
            Views(store, operations, search),
            workspace,
        )
    finally:
        store.close()
