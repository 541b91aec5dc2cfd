"""A workspace with contacts, a practice HubSpot, and the export services between them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from sqlalchemy import create_engine, insert, select, update

from app.core.actor import Actor, Origin
from app.core.clock import Clock, SystemClock
from app.core.events import Bus
from app.core.fields import DEFAULT_STATUSES
from app.core.paths import Workspace
from app.models.base import Base
from app.models.contacts import Contact, CustomField, Status, Suppression
from app.models.exports import ExportItem
from app.models.store import Store
from app.sandbox import Sandbox
from app.sandbox.hubspot import PracticeHubSpot
from app.services.connections import Connections
from app.services.exporting import Exporting, ExportPlan, FieldMapping, mapping_from
from app.services.http import HttpFactory
from app.services.jobs import Jobs
from app.services.secrets import Keyring, Secrets

KEY = "pat-eu1-0123456789abcdef"
SPEED = 40.0


class Bench:
    """Everything an export needs; `practice` is what stands behind the practice server.

    Time runs 40 times faster for both sides, so that rate limits and time-outs are real but short.
    """

    def __init__(
        self,
        folder: Path,
        *,
        scenario: str = "normal",
        url: str | None = None,
        clock: Clock | None = None,
        key: str = KEY,
        server: str | None = None,
    ) -> None:
        self.clock = clock or SystemClock(speed=SPEED)
        self.workspace = Workspace(folder / "workspace").prepare()
        self.sandbox = Sandbox(folder, self.clock, {"hubspot": scenario})
        self.environment = {"CAPTELY_HUBSPOT_KEY": key}
        self.store = Store(url or f"sqlite:///{self.workspace.database}")
        make_tables(self.store)
        self.bus = Bus()
        self.server = server or self.sandbox.start()["hubspot"]
        self.started = server is None
        self.open()

    def open(self) -> None:
        """Make the services anew, as a restart of the program does."""
        actor = Actor("ada", "desk", Origin.CLI)
        self.secrets = Secrets(
            self.workspace.folder, keyring=Keyring(limit=1.0), environment=self.environment
        )
        self.jobs = Jobs(self.store, self.bus, self.clock, actor)
        self.connections = Connections(
            self.store,
            self.secrets,
            HttpFactory(self.clock, {"hubspot": self.server}),
            self.clock,
            self.bus,
        )
        self.exporting = Exporting(
            self.workspace, self.store, self.connections, self.jobs, self.clock
        )

    @property
    def practice(self) -> PracticeHubSpot:
        return cast("PracticeHubSpot", self.sandbox.practice("hubspot"))

    def close(self) -> None:
        if self.started:
            self.sandbox.stop()
        self.store.close()

    def add(self, *contacts: Mapping[str, Any]) -> list[int]:
        """Put contacts into the database as an import would; returns their ids."""
        with self.store.writing("test") as connection:
            last = connection.execute(select(Contact.id).order_by(Contact.id.desc())).scalar() or 0
            rows = [
                {"created_op": 1, "created": 1, "updated": 1, "id": last + place, **each}
                for place, each in enumerate(contacts, 1)
            ]
            for row in rows:
                connection.execute(insert(Contact).values(**row))
        return [row["id"] for row in rows]

    def people(self, count: int, **more: Any) -> list[int]:
        """Add this many people with names and addresses of their own."""
        return self.add(
            *(
                {"first_name": f"Ada {n}", "last_name": "Byron", "email": f"ada{n}@acme.example"}
                | more
                for n in range(1, count + 1)
            )
        )

    def edit(self, contact: int, **values: Any) -> None:
        with self.store.writing("test") as connection:
            connection.execute(
                update(Contact)
                .where(Contact.id == contact)
                .values(**values, version=Contact.version + 1)
            )

    def suppress(self, kind: str, value: str, reason: str = "unsubscribed") -> None:
        with self.store.writing("test") as connection:
            connection.execute(
                insert(Suppression).values(
                    id=secrets.randbelow(1_000_000),
                    kind=kind,
                    value=value,
                    reason=reason,
                    added=1,
                    created_op=1,
                )
            )

    def custom(self, name: str, kind: str, choices: list[str] | None = None) -> None:
        with self.store.writing("test") as connection:
            connection.execute(
                insert(CustomField).values(
                    id=secrets.randbelow(1_000_000),
                    name=name,
                    label=name.title(),
                    kind=kind,
                    choices=choices,
                    created_op=1,
                )
            )

    def plan(self, ids: list[int], mapping: object = None, **options: Any) -> ExportPlan:
        chosen = None if mapping is None else self.mapping(mapping)
        return self.exporting.plan("hubspot", ids, mapping=chosen, **options)

    def mapping(self, written: object) -> FieldMapping:
        return mapping_from("hubspot", written)

    def run(self, plan: ExportPlan, **options: Any) -> dict[str, Any]:
        """Run a plan to its end and return the verb's JSON."""
        view = self.jobs.run(self.exporting.start(plan, **options))
        return dict(view.result or {})

    def export(self, ids: list[int], mapping: object = None, **options: Any) -> dict[str, Any]:
        """Plan and run at once, as the verb does."""
        return self.run(self.plan(ids, mapping), **options)

    def writes(self) -> list[dict[str, Any]]:
        """The logged requests that write."""
        return [
            each
            for each in self.sandbox.requests()
            if each["path"].endswith(("/batch/upsert", "/batch/update"))
        ]

    def there(self) -> dict[str, dict[str, str]]:
        """What the practice account holds, by e-mail."""
        return {each.values["email"]: dict(each.values) for each in self.practice.book.all()}

    def ledger(self) -> dict[int, str]:
        """The ledger's state by contact."""
        with self.store.reading() as connection:
            rows = connection.execute(select(ExportItem.contact, ExportItem.state))
            return {row.contact: row.state for row in rows}


def make_tables(store: Store) -> None:
    """The schema and the default statuses, without the journal's furniture."""
    engine = create_engine(store.url)
    Base.metadata.create_all(engine)
    engine.dispose()
    with store.writing("test") as connection:
        if connection.execute(select(Status.id)).first() is None:
            for place, key in enumerate(DEFAULT_STATUSES, 1):
                connection.execute(
                    insert(Status).values(
                        id=place, key=key, label=key.title(), position=place, created_op=1
                    )
                )
