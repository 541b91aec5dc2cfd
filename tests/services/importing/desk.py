"""A workspace into which tests import lists."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core.actor import Actor, Origin
from app.core.events import Bus
from app.core.paths import Workspace
from app.core.periods import Months, Zone
from app.core.plans import UNLIMITED, Tier
from app.models.contacts import Contact, ContactKey, ContactTag, Tag
from app.models.migrating import migrate
from app.models.store import Store
from app.models.visibility import alive
from app.services.credits.doors import Doors
from app.services.importing import ImportOptions
from app.services.importing.service import Importing
from app.services.indexing import Indexing
from app.services.jobs import Jobs
from app.services.operations import Operations
from app.services.plans import catalogue

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENDLESS = catalogue().plans[Tier.ENTERPRISE].limits
SHOWN = ("first_name", "last_name", "full_name", "email", "phone", "company", "city")


class StandingClock:
    """Time that moves only when something waits, except that no two moments are the same."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        self._now += timedelta(microseconds=1)
        return self._now

    def monotonic(self) -> float:
        return self.now().timestamp()

    def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
        self._now += timedelta(seconds=seconds)
        return wake is not None and wake.is_set()


class Desk:
    """Everything an import needs, and short ways to look at its result."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self.workspace = Workspace(folder / "workspace").prepare()
        on_file = url is None or url.startswith("sqlite")
        self.store = Store.on_file(self.workspace.database) if on_file else Store(url or "")
        files = {"database": self.workspace.database, "search": self.workspace.search}
        self.bus, self.clock = Bus(), StandingClock()
        self.actor, self.limits = Actor("ada", "desk", Origin.CLI), ENDLESS
        migrate(self.store, self.workspace, now=self.clock.now())
        self.indexing = Indexing(self.store, self.bus, **(files if on_file else {}))
        self.indexing.prepare()
        self.operations = Operations(self.store, self.bus, self.clock, self.actor)
        self.jobs = Jobs(self.store, self.bus, self.clock, self.actor)
        self.importing = Importing(
            self.store, self.workspace, self.clock, self.operations, self.jobs,
            indexing=self.indexing, doors=lambda: self.doors,
        )  # fmt: skip

    @property
    def doors(self) -> Doors:
        """The doors of a plan with the limits that the test has set."""
        months = Months(Zone("UTC"), 1)
        return Doors(self.store, lambda: self.limits, lambda _c: months.at(self.now()))

    def plan(self, *, contacts: int = UNLIMITED, imports: int = UNLIMITED) -> None:
        """From now on a plan with these limits applies."""
        self.limits = replace(ENDLESS, contacts=contacts, imports_month=imports)

    def now(self) -> datetime:
        """The clock's time, in which months turn."""
        return self.clock.now()

    def list(self, text: str, name: str = "list.csv") -> Path:
        """A file with this text."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, text: str | Path, **options: Any) -> dict[str, Any]:
        """Import a list and return the verb's result."""
        path = text if isinstance(text, Path) else self.list(text)
        job = self.importing.start(path, ImportOptions(**options))
        return dict(self.jobs.run(job).result or {})

    def add(self, *contacts: dict[str, Any]) -> Sequence[int]:
        """Contacts that were there before."""
        with self.operations.recording("contact.create", "Add {n} contacts") as recorder:
            return recorder.create("contact", contacts)

    def edit(self, contact: int, **fields: Any) -> None:
        """A person's edit."""
        with self.operations.recording("contact.edit", "Edit") as recorder:
            recorder.update("contact", {contact: fields})

    def people(self, *columns: str) -> list[tuple[Any, ...]]:
        """The living contacts by id, as those columns."""
        wanted = [getattr(Contact, name) for name in columns or ("first_name", "email")]
        with self.store.reading() as connection:
            rows = select(*wanted).where(alive(connection)).order_by(Contact.id)
            return [tuple(row) for row in connection.execute(rows)]

    def tags(self) -> dict[str, set[str]]:
        """The tags of each living contact by its address."""
        with self.store.reading() as connection:
            rows = (
                select(Contact.email, Tag.name)
                .join(ContactTag, ContactTag.contact == Contact.id)
                .join(Tag, Tag.id == ContactTag.tag)
                .where(alive(connection), Tag.deleted_op.is_(None))
            )
            found: dict[str, set[str]] = {}
            for email, name in connection.execute(rows):
                found.setdefault(email, set()).add(name)
            return found

    def everything(self) -> dict[str, Any]:
        """All that an import may write, without times and versions, for comparing two states."""
        hidden = {"created", "updated", "version", "created_op", "deleted_op"}
        columns = [column for column in Contact.__table__.c if column.name not in hidden]
        with self.store.reading() as connection:
            living = select(Contact.id).where(alive(connection))
            contacts = select(*columns).where(alive(connection)).order_by(Contact.id)
            state = {"contact": [tuple(row) for row in connection.execute(contacts)]}
            for table in (ContactKey, ContactTag):
                rows = select(*table.__table__.c).where(table.contact.in_(living))
                state[table.__tablename__] = sorted(map(tuple, connection.execute(rows)))
            return state


FIVE = ("created", "updated", "unchanged", "duplicates", "rejected")


def five(result: dict[str, Any]) -> tuple[int, ...]:
    """The five numbers of a result, which must add up to its rows."""
    numbers = tuple(result[name] for name in FIVE)
    assert sum(numbers) == result["rows"]
    return numbers


@contextmanager
def open_desk(folder: Path, url: str | None = None) -> Iterator[Desk]:
    """A desk that is put away at the end."""
    desk = Desk(folder, url)
    try:
        yield desk
    finally:
        desk.store.close()
