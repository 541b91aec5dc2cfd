"""The composition root: builds every service of one workspace once; Qt-free.

What a window needs for its first page is built by `build`. The rest is built when it is first
asked for, and only then are its modules imported: a start that imported them all would take
twice as long.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.actor import Actor, Origin, current_actor
from app.core.clock import Clock, clock_from_environment
from app.core.errors import CaptelyError
from app.core.events import Bus
from app.core.limits import Entitlement
from app.core.paths import Workspace, ledger_seals
from app.core.settings import DEFAULT_COUNTRY
from app.models.opening import open_store
from app.models.store import Store
from app.services.indexing import Indexing
from app.services.jobs import Jobs, JobView, Lane, Runner
from app.services.operations import Operations
from app.services.search import Search
from app.services.settings import Settings
from app.services.witness import Witness

if TYPE_CHECKING:
    from app.services.audit import Audit
    from app.services.billing.account import Accounts
    from app.services.bulk.service import Bulk
    from app.services.connections import Connections
    from app.services.contacts import Contacts
    from app.services.credits import Credits
    from app.services.custom_fields import CustomFields
    from app.services.drafts import Drafts
    from app.services.editing import Editing
    from app.services.effects import Effects
    from app.services.exporting.files import FileExports
    from app.services.exporting.service import Exporting
    from app.services.field_history import FieldHistory
    from app.services.health import Health
    from app.services.history import History
    from app.services.importing.service import Importing
    from app.services.licence.renewing import Renewals
    from app.services.licence.service import Licences, Practice
    from app.services.sample import Sample
    from app.services.secrets import Keyring, Secrets
    from app.services.statuses import Statuses
    from app.services.suppression import Suppressions
    from app.services.tags import Tags
    from app.services.views import Views

PRACTICE_KEY = "practice-key-of-the-sandbox"


@dataclass(frozen=True)
class App:
    """Every service of one open workspace; `close` ends them in the right order.

    practice maps the name of a connection to the address of its practice server, in a sandbox.
    recovered are the jobs whose process was found dead at the start.
    """

    workspace: Workspace
    store: Store
    bus: Bus
    clock: Clock
    actor: Actor
    settings: Settings
    operations: Operations
    indexing: Indexing
    search: Search
    witness: Witness
    jobs: Jobs
    runner: Runner
    practice: Mapping[str, str]
    closing: tuple[Callable[[], None], ...]
    recovered: list[JobView] = field(default_factory=list)

    def close(self) -> None:
        """Stop what runs and close the database; a running job becomes resumable."""
        for end in self.closing:
            end()

    def tidy(self) -> None:
        """Deal in the background with what the last run left behind; for an open window."""
        self.runner.submit(Lane.READ, self.indexing.drain)
        self.runner.submit(Lane.BULK, lambda: self._recover_imports())
        self.runner.submit(Lane.BULK, lambda: self.exporting.sweep())
        self.runner.submit(Lane.READ, self.witness.remember)
        self.runner.submit(Lane.BULK, lambda: self.bulk.sweep())
        self.runner.submit(Lane.BULK, lambda: self.credits.turn_if_due())
        self.runner.submit(Lane.NETWORK, lambda: self.renewals.look_after())

    def _recover_imports(self) -> None:
        from app.services.drafts import IMPORT

        # A pasted list that somebody is still preparing is not one that nobody wants.
        draft = self.drafts.get(IMPORT).get("path")
        self.importing.recover(wanted=Path(draft) if isinstance(draft, str) else None)

    def _note_date(self, true: datetime) -> None:
        # Whatever is wrong with the licence, the call that was answered is none of it.
        with contextlib.suppress(CaptelyError):
            self.licence.note_date(int(true.timestamp()))

    def _default_country(self) -> str:
        return str(self.settings.get(DEFAULT_COUNTRY))

    @cached_property
    def contacts(self) -> Contacts:
        """Reads and changes contacts."""
        from app.services.contacts import Contacts

        doors, country = (lambda: self.credits.doors), self._default_country
        return Contacts(self.store, self.operations, self.search, country, doors)

    @cached_property
    def bulk(self) -> Bulk:
        """Changes many contacts at once."""
        from app.services.bulk.service import Bulk

        plans, country = self.workspace.plans, self._default_country
        return Bulk(self.store, self.operations, self.search, self.jobs, plans, country)

    @cached_property
    def editing(self) -> Editing:
        """Changes one contact field by field, as its card does."""
        from app.services.editing import Editing

        return Editing(self.store, self.operations, self._default_country)

    @cached_property
    def tags(self) -> Tags:
        """The tags that contacts carry."""
        from app.services.tags import Tags

        return Tags(self.store, self.operations)

    @cached_property
    def statuses(self) -> Statuses:
        """The statuses that contacts have."""
        from app.services.statuses import Statuses

        return Statuses(self.store, self.operations)

    @cached_property
    def custom_fields(self) -> CustomFields:
        """The user's own fields."""
        from app.services.custom_fields import CustomFields

        return CustomFields(self.store, self.operations)

    @cached_property
    def views(self) -> Views:
        """The saved views of the contacts."""
        from app.services.views import Views

        return Views(self.store, self.operations, self.search)

    @cached_property
    def suppressions(self) -> Suppressions:
        """Who must never be written to."""
        from app.services.suppression import Suppressions

        return Suppressions(self.store, self.operations, self.clock)

    @cached_property
    def history(self) -> History:
        """What was done, to one contact or to all."""
        from app.services.history import History

        return History(self.store)

    @cached_property
    def field_history(self) -> FieldHistory:
        """Every change of single fields."""
        from app.services.field_history import FieldHistory

        return FieldHistory(self.store)

    @cached_property
    def effects(self) -> Effects:
        """What left the workspace with a contact."""
        from app.services.effects import Effects

        return Effects(self.store)

    @cached_property
    def audit(self) -> Audit:
        """Verifies the chain of operations."""
        from app.services.audit import Audit

        return Audit(self.store, self.witness)

    @cached_property
    def importing(self) -> Importing:
        """Brings contact lists in."""
        from app.services.importing.service import Importing

        space, clock, operations = self.workspace, self.clock, self.operations
        return Importing(
            self.store, space, clock, operations, self.jobs, indexing=self.indexing,
            doors=lambda: self.credits.doors,
        )  # fmt: skip

    @cached_property
    def drafts(self) -> Drafts:
        """What is begun and not finished."""
        from app.services.drafts import Drafts

        return Drafts(self.workspace.drafts)

    @cached_property
    def sample(self) -> Sample:
        """Made-up contacts to try things on."""
        from app.services.sample import Sample

        return Sample(self.store, self.operations, lambda: self.importing)

    @cached_property
    def file_exports(self) -> FileExports:
        """Writes contacts to files."""
        from app.services.exporting.files import FileExports

        return FileExports(self.store, self.search)

    @cached_property
    def keyring(self) -> Keyring:
        """The system's keyring, if there is one."""
        from app.services.secrets import Keyring

        return Keyring()

    @cached_property
    def secrets(self) -> Secrets:
        """The keys of the workspace; a sandbox sees a practice key and never a real one."""
        from app.services.secrets import Secrets

        folder, keyring = self.workspace.folder, self.keyring
        if self.workspace.is_sandbox:
            practice_keys = {"CAPTELY_HUBSPOT_KEY": PRACTICE_KEY}
            return Secrets(folder, keyring=keyring, environment=practice_keys)
        return Secrets(folder, keyring=keyring)

    @cached_property
    def connections(self) -> Connections:
        """The accounts at other systems."""
        from app.services.connections import Connections
        from app.services.http import HttpFactory

        http = HttpFactory(self.clock, self.practice or None, lambda true: self._note_date(true))
        return Connections(self.store, self.secrets, http, self.clock, self.bus)

    @cached_property
    def exporting(self) -> Exporting:
        """Sends contacts to other systems."""
        from app.services.exporting.service import Exporting

        connections, jobs = self.connections, self.jobs
        return Exporting(self.workspace, self.store, connections, jobs, self.clock)

    @cached_property
    def credits(self) -> Credits:
        """The credits: grants, holds, limits and the ledger of all of them."""
        from app.services.credits import Credits, Door

        door = Door(lambda: self.keyring, ledger_seals(), self.licence.workspace)
        store, clock, device = self.store, self.clock, self.actor.device
        return Credits(
            store, clock, door, device, self.settings, self.entitlement, self.bus,
            self.operations.enter_within,
        )  # fmt: skip

    @cached_property
    def accounts(self) -> Accounts:
        """How the plan stands, and what is used of it."""
        from app.services.billing.account import Accounts

        credits_, licence, settings = self.credits, self.licence, self.settings
        return Accounts(self.store, credits_, licence, self.renewals, settings, self.clock)

    def entitlement(self) -> Entitlement:
        """What the workspace's licence, or Free without one, means for its credits now."""
        from app.services.licence.entitling import entitlement_of

        return entitlement_of(self.licence.current())

    @cached_property
    def licence(self) -> Licences:
        """What this workspace may do."""
        from app.services.licence.opening import open_licences

        keyring, computer = (lambda: self.keyring), self.actor.device
        practice = _practice_licence(self.clock) if self.workspace.is_sandbox else None
        return open_licences(
            self.store, keyring, self.clock, self.bus, computer, practice,
            before=lambda: self.credits.turn_if_due(), journal=self.operations.enter,
        )  # fmt: skip

    @cached_property
    def renewals(self) -> Renewals:
        """Fetches the licence anew."""
        from app.services.licence.renewing import Renewals

        return Renewals(self.licence, self.clock)

    @cached_property
    def health(self) -> Health:
        """Says what is not in order."""
        from app.services.health import Health

        audit, jobs, credits_ = self.audit, self.jobs, self.credits
        return Health(
            self.workspace, self.store, audit, self.keyring, jobs, self.indexing, credits_,
            self.licence,
        )  # fmt: skip


def build(workspace: Workspace, *, origin: Origin, database_url: str | None = None) -> App:
    """Open a workspace with all its services.

    database_url is a team's PostgreSQL; without it, and without CAPTELY_DATABASE_URL, the
    workspace's own SQLite file is used. Raises StorageError when it cannot be opened or was made
    by a newer Captely, InvalidInput for an unreadable switch in the environment.
    """
    workspace.prepare()
    clock, bus, actor = clock_from_environment(), Bus(), current_actor(origin)
    url = database_url or os.environ.get("CAPTELY_DATABASE_URL")
    store = open_store(workspace, url, now=clock.now())
    files = (workspace.database, workspace.search) if store.is_sqlite else (None, None)
    indexing = Indexing(store, bus, database=files[0], search=files[1])
    indexing.prepare()
    jobs = Jobs(store, bus, clock, actor)
    runner = Runner(jobs)
    practice, stop_practice = _practice(workspace, clock)
    witness = Witness(store, lambda: app.keyring, clock, workspace)
    witness.follow(bus)
    settle = partial(witness.settle, soon=origin is Origin.UI)
    closing: list[Callable[[], None]] = [
        runner.shutdown, *stop_practice, settle, lambda: _keep_time(app), store.close,
    ]  # fmt: skip
    if origin is Origin.UI:
        # Not the bulk lane: a person's edit must be found while an import runs there for minutes.
        closing.insert(0, indexing.follow(lambda drain: runner.submit(Lane.READ, drain)))
    app = App(
        workspace=workspace,
        store=store,
        bus=bus,
        clock=clock,
        actor=actor,
        settings=Settings(store, actor),
        operations=Operations(store, bus, clock, actor),
        indexing=indexing,
        search=Search(store, clock, actor, indexing, wait=origin is Origin.CLI),
        witness=witness,
        jobs=jobs,
        runner=runner,
        practice=practice,
        closing=tuple(closing),
    )
    app.operations.returns = lambda: app.credits.doors.for_returns()
    jobs.expect("import", lambda: app.importing)
    jobs.expect("export", lambda: app.exporting)
    jobs.expect("bulk", lambda: app.bulk)
    # Once every kind is known: each marks in its own way what its dead job had in flight.
    app.recovered.extend(jobs.recover())
    return app


def _keep_time(app: App) -> None:
    # Only if somebody asked for it: who did not should not wait for the keyring at the end.
    if "licence" in vars(app):
        app.licence.keep_time()


def _practice_licence(clock: Clock) -> Practice:
    from app.sandbox.licence import practice_licence

    return partial(practice_licence, clock)


def _practice(
    workspace: Workspace, clock: Clock
) -> tuple[Mapping[str, str], list[Callable[[], None]]]:
    """The addresses of the practice servers of a sandbox, and what stops them."""
    if not workspace.is_sandbox:
        return {}, []
    from app.sandbox import Sandbox

    sandbox = Sandbox(workspace.folder, clock)
    return sandbox.start(), [sandbox.stop]
