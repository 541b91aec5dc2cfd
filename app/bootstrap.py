"""The composition root: builds every service of one workspace once; Qt-free."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from app.core.actor import Actor, Origin, current_actor
from app.core.clock import Clock, clock_from_environment
from app.core.events import Bus
from app.core.paths import Workspace
from app.core.settings import DEFAULT_COUNTRY
from app.models.migrating import migrate
from app.models.store import Store
from app.sandbox import Sandbox
from app.services.audit import Audit
from app.services.connections import Connections
from app.services.contacts import Contacts
from app.services.custom_fields import CustomFields
from app.services.exporting.files import FileExports
from app.services.exporting.service import Exporting
from app.services.health import Health
from app.services.history import History
from app.services.http import HttpFactory
from app.services.importing.service import Importing
from app.services.indexing import Indexing
from app.services.jobs import Jobs, Lane, Runner
from app.services.operations import Operations
from app.services.search import Search
from app.services.secrets import Keyring, Secrets
from app.services.settings import Settings
from app.services.statuses import Statuses
from app.services.suppression import Suppressions
from app.services.tags import Tags
from app.services.witness import Witness

PRACTICE_KEY = "practice-key-of-the-sandbox"


@dataclass(frozen=True, slots=True)
class App:
    """Every service of one open workspace; `close` ends them in the right order."""

    workspace: Workspace
    store: Store
    bus: Bus
    clock: Clock
    actor: Actor
    settings: Settings
    operations: Operations
    history: History
    audit: Audit
    indexing: Indexing
    search: Search
    contacts: Contacts
    tags: Tags
    statuses: Statuses
    custom_fields: CustomFields
    suppressions: Suppressions
    jobs: Jobs
    runner: Runner
    importing: Importing
    file_exports: FileExports
    secrets: Secrets
    connections: Connections
    exporting: Exporting
    health: Health
    closing: tuple[Callable[[], None], ...]

    def close(self) -> None:
        """Stop what runs and close the database; a running job becomes resumable."""
        for end in self.closing:
            end()


def build(workspace: Workspace, *, origin: Origin, database_url: str | None = None) -> App:
    """Open a workspace with all its services.

    database_url is a team's PostgreSQL; without it, and without CAPTELY_DATABASE_URL, the
    workspace's own SQLite file is used. Raises StorageError when it cannot be opened or was made
    by a newer Captely, InvalidInput for an unreadable switch in the environment.
    """
    workspace.prepare()
    clock, bus, actor = clock_from_environment(), Bus(), current_actor(origin)
    practice = Sandbox(workspace.folder, clock) if workspace.is_sandbox else None
    store = _open_store(workspace, clock, database_url or os.environ.get("CAPTELY_DATABASE_URL"))
    files = (workspace.database, workspace.search) if store.is_sqlite else (None, None)
    indexing = Indexing(store, bus, database=files[0], search=files[1])
    indexing.prepare()
    operations = Operations(store, bus, clock, actor)
    jobs = Jobs(store, bus, clock, actor)
    runner = Runner(jobs)
    settings = Settings(store, actor)
    search = Search(store, clock, actor, indexing, wait=origin is Origin.CLI)
    keyring = Keyring()
    witness = Witness(store, keyring, clock, workspace)
    witness.follow(bus)
    secrets = _secrets(workspace, keyring)
    http = HttpFactory(clock, practice.start() if practice else None)
    connections = Connections(store, secrets, http, clock, bus)
    importing = Importing(store, workspace, clock, operations, jobs, indexing=indexing)
    exporting = Exporting(workspace, store, connections, jobs, clock)
    jobs.recover()
    closing: list[Callable[[], None]] = [
        runner.shutdown,
        *([practice.stop] if practice else []),
        partial(witness.settle, soon=origin is Origin.UI),
        store.close,
    ]
    if origin is Origin.UI:
        # Not the bulk lane: a person's edit must be found while an import runs there for minutes.
        closing.insert(0, indexing.follow(lambda drain: runner.submit(Lane.READ, drain)))
        runner.submit(Lane.BULK, importing.recover)
        runner.submit(Lane.BULK, exporting.sweep)
        runner.submit(Lane.READ, witness.remember)
    return App(
        workspace=workspace,
        store=store,
        bus=bus,
        clock=clock,
        actor=actor,
        settings=settings,
        operations=operations,
        history=History(store),
        audit=(audit := Audit(store, witness)),
        indexing=indexing,
        search=search,
        contacts=Contacts(store, operations, search, lambda: str(settings.get(DEFAULT_COUNTRY))),
        tags=Tags(store, operations),
        statuses=Statuses(store, operations),
        custom_fields=CustomFields(store, operations),
        suppressions=Suppressions(store, operations, clock),
        jobs=jobs,
        runner=runner,
        importing=importing,
        file_exports=FileExports(store, search),
        secrets=secrets,
        connections=connections,
        exporting=exporting,
        health=Health(workspace, store, audit, keyring, jobs, indexing),
        closing=tuple(closing),
    )


def _open_store(workspace: Workspace, clock: Clock, url: str | None) -> Store:
    """The database, made or upgraded first, before anybody reads the search file beside it."""
    plain = Store(url) if url else Store.on_file(workspace.database)
    migrate(plain, workspace, now=clock.now())
    if not plain.is_sqlite:
        return plain
    plain.close()
    return Store.on_file(workspace.database, workspace.search)


def _secrets(workspace: Workspace, keyring: Keyring) -> Secrets:
    """The keys of a workspace; a sandbox sees a practice key and never a real one."""
    if workspace.is_sandbox:
        practice_keys = {"CAPTELY_HUBSPOT_KEY": PRACTICE_KEY}
        return Secrets(workspace.folder, keyring=keyring, environment=practice_keys)
    return Secrets(workspace.folder, keyring=keyring)
