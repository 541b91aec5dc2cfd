"""Exports to other systems: mapping, dry run, the run itself, its history, and retries."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import insert, select, update

from app.core.clock import Clock, to_us
from app.core.errors import InvalidInput, OutsideError, StorageError
from app.core.paths import Workspace
from app.core.text import tr, trn
from app.models.exports import ExportRun
from app.models.store import Store, reserve
from app.services.connections import Connections
from app.services.connectors import Account, Cancel, Connector
from app.services.exporting.backfill import Backfill, backfill, behind
from app.services.exporting.ledger import Ledger, Target
from app.services.exporting.mapping import FieldMapping, unmapped_choices
from app.services.exporting.mapping_file import mapping_from
from app.services.exporting.mappings import Mappings
from app.services.exporting.planfile import SENT, Fate, PlanFile, PlanItem, remove
from app.services.exporting.planning import Planner, Renderer
from app.services.exporting.plans import ExportPlan, Forecast, Request, forecast, plan_of
from app.services.exporting.runs import Runs
from app.services.exporting.work import Work
from app.services.jobs import Jobs, Lane

JOB_KIND = "export"
UNUSED_SECONDS = 7 * 86_400

Progress = Callable[[int, int], None]


class Exporting:
    """Exports of one workspace; runs is their history, mappings the field mappings."""

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        connections: Connections,
        jobs: Jobs,
        clock: Clock,
    ) -> None:
        self._workspace = workspace
        self._store = store
        self._connections = connections
        self._jobs = jobs
        self._clock = clock
        self.runs = Runs(store)
        self.mappings = Mappings(store, connections, clock)
        work = Work(workspace, store, connections, clock, self.runs)
        jobs.register(
            JOB_KIND,
            work.handle,
            discard=work.discard,
            lane=Lane.NETWORK,
            reads_back=True,
            lost=work.lose_sight,
        )

    def plan(
        self,
        name: str,
        ids: Sequence[int],
        *,
        mapping: FieldMapping | None = None,
        container: str = "",
        progress: Progress | None = None,
        cancel: Cancel = None,
    ) -> ExportPlan:
        """Decide each contact's fate without sending anything.

        mapping None takes the saved or automatic one. Raises OutsideError when the destination
        cannot be asked, InvalidInput without a key or for a mapping that cannot work, Cancelled.
        """
        account = self._connections.account(name)
        mapping = mapping or self.mappings.get(name, container)
        self.mappings.check(mapping)
        connector = self._connections.open(name)
        path = self._workspace.plans / f"export-{secrets.token_hex(6)}.db"
        file = PlanFile.create(path)
        try:
            plan = self._plan(
                _Wanted(connector, account, mapping, container, progress or _silent, cancel),
                ids,
                file,
            )
        except BaseException as failure:
            file.remove()
            if isinstance(failure, OutsideError):
                self._connections.report(name, connector, failure)
            raise
        finally:
            connector.close()
        file.close()
        return plan

    def open_plan(self, path: Path) -> ExportPlan:
        """A plan made earlier, from its file; raises InvalidInput when it cannot be run."""
        file = PlanFile.open(path)
        try:
            return plan_of(file)
        finally:
            file.close()

    def items_of(
        self, plan: ExportPlan, fates: Sequence[Fate] = tuple(Fate), *, limit: int, offset: int = 0
    ) -> list[PlanItem]:
        """A page of a plan's contacts, for the dry run's table."""
        file = PlanFile.open(plan.path)
        try:
            return file.items(fates, limit=limit, offset=offset)
        finally:
            file.close()

    def request_of(self, plan: ExportPlan, contact: int) -> Request | None:
        """The exact request that will send one contact, and where it stands in it."""
        file = PlanFile.open(plan.path)
        connector = self._connections.open(plan.connector)
        try:
            item = file.item(contact)
            if item is None or item.fate not in SENT or item.batch is None:
                return None
            place, size = file.place_in_batch(item)
            prepared = connector.request([item.outgoing])
            return Request(prepared, item.batch + 1, place, size, item.before or {})
        finally:
            connector.close()
            file.close()

    def dry_run(self, plan: ExportPlan) -> dict[str, Any]:
        """The export verb's JSON of a plan that is not run.

        It has the first request whole, the others are in `write_plan`; and whom a changed mapping
        concerns, see `backfill`.
        """
        late = self.backfill(plan)
        file = PlanFile.open(plan.path)
        connector = self._connections.open(plan.connector)
        try:
            batch = file.batch(0)
            first = connector.request([item.outgoing for item in batch]) if batch else None
        finally:
            connector.close()
            file.close()
        return {
            **plan.as_result(),
            "first_request": None if first is None else json.loads(first.as_json()),
            "backfill": {
                "fields": list(late.fields),
                "planned": len(late.planned),
                "outside": len(late.outside),
            },
        }

    def backfill(self, plan: ExportPlan) -> Backfill:
        """Whom the plan's mapping would give fields that earlier exports left out."""
        file = PlanFile.open(plan.path)
        try:
            planned, sent = file.contacts(), file.contacts(SENT)
            account = file.meta()["target"]
        finally:
            file.close()
        target = Target(plan.connector, account, plan.container)
        with self._store.reading() as session:
            return backfill(session, target, plan.mapping, planned, sent)

    def behind(
        self, name: str, mapping: FieldMapping | None = None, container: str = ""
    ) -> list[int]:
        """The contacts sent to a destination without some field that the mapping has now.

        mapping None takes the saved or automatic one. It asks the destination nothing about them;
        raises like `plan`.
        """
        mapping = mapping or self.mappings.get(name, container)
        account = self._connections.target(name, self._connections.account(name))
        with self._store.reading() as session:
            found = behind(session, Target(name, account, container), mapping)
            return [contact for contact, _ in found]

    def forecast(self, plan: ExportPlan) -> Forecast:
        """How long a plan takes, and what it uses of the day's quota."""
        return forecast(plan, self._connections.view(plan.connector).quota)

    def write_plan(self, plan: ExportPlan, stream: IO[str]) -> None:
        """Stream the whole plan as JSON: fates, reasons, and each request as it will be sent."""
        file = PlanFile.open(plan.path)
        connector = self._connections.open(plan.connector)
        try:
            requests = (
                connector.request([item.outgoing for item in file.batch(number)]).as_json()
                for number in range(file.batches())
            )
            file.write_json(stream, file.meta(), requests)
        finally:
            connector.close()
            file.close()

    def save_plan(self, plan: ExportPlan, file: Path) -> None:
        """Write the whole plan to a file; raises StorageError when it cannot be written."""
        try:
            with file.open("w", encoding="utf-8") as stream:
                self.write_plan(plan, stream)
        except OSError as error:
            raise StorageError(
                tr("The file {file} cannot be written: {why}", file=file, why=error.strerror or ""),
                tr("Choose another folder, or free some space."),
            ) from error

    def discard(self, plan: ExportPlan) -> None:
        """Delete a plan that will not be run; it holds personal data."""
        remove(plan.path)

    def start(self, plan: ExportPlan, *, confirm_account: bool = False) -> int:
        """Make the job that runs a plan; returns its id, to be run by Jobs.

        Raises InvalidInput when the plan goes to another account than the last export did and
        that was not confirmed.
        """
        if plan.before is not None and not confirm_account:
            raise InvalidInput(
                tr(
                    "This goes to {account}, but the last export went to {before}.",
                    account=plan.account.label,
                    before=plan.before,
                ),
                tr("Confirm that this account is meant; on the command line with --yes."),
            )
        file = PlanFile.open(plan.path)
        file.close()
        run = self._record_run(plan)
        label = trn(
            "Export {n} contact to {label}",
            "Export {n} contacts to {label}",
            plan.to_send,
            label=plan.label,
        )
        job = self._jobs.create(
            JOB_KIND, label, {"run": run, "plan": plan.path.name}, total=plan.to_send
        )
        with self._store.writing("export job") as session:
            session.execute(update(ExportRun).where(ExportRun.id == run).values(job=job))
        return job

    def plan_retry(self, run_id: int, *, cancel: Cancel = None) -> ExportPlan:
        """A plan of the contacts that failed or stayed unknown in a run, as they are now."""
        retry = self.runs.to_retry(run_id)
        return self.plan(
            retry.connector,
            retry.contacts,
            mapping=mapping_from(retry.connector, retry.mapping),
            container=retry.container,
            cancel=cancel,
        )

    def sweep(self) -> int:
        """Delete plan files that nobody ran within a week; returns how many."""
        kept = {view.id for view in self._jobs.views(active=True, limit=10_000)}
        with self._store.reading() as session:
            rows = session.execute(select(ExportRun.job, ExportRun.counts))
            needed = {row.counts.get("plan") for row in rows if row.job in kept}
        before = self._clock.now().timestamp() - UNUSED_SECONDS
        old = [
            path
            for path in self._workspace.plans.glob("export-*.db")
            if path.name not in needed and path.stat().st_mtime < before
        ]
        for path in old:
            remove(path)
        return len(old)

    def _plan(self, wanted: _Wanted, ids: Sequence[int], file: PlanFile) -> ExportPlan:
        connector, name = wanted.connector, wanted.connector.name
        local, remote = self.mappings.fields(name)
        fields = {each.name: each for each in remote.fields}
        target = Target(name, self._connections.target(name, wanted.account), wanted.container)
        planner = Planner(
            store=self._store,
            connector=connector,
            ledger=Ledger(target, self._clock),
            file=file,
            renderer=Renderer(wanted.mapping, connector.key_field, fields),
            label=connector.label,
            progress=wanted.progress,
            cancel=wanted.cancel,
        )
        planner.plan(ids)
        file.seal(
            {
                "connector": name,
                "label": connector.label,
                "container": wanted.container,
                "account": [wanted.account.id, wanted.account.label],
                "target": target.account,
                "mapping": wanted.mapping.as_dict(),
                "before": self._account_before(name, wanted.container, wanted.account),
                "unmapped": unmapped_choices(wanted.mapping, local, remote.fields),
                "warnings": _warnings(planner),
                "reads": connector.tally.reads,
            }
        )
        return plan_of(file)

    def _account_before(self, name: str, container: str, account: Account) -> str | None:
        """The label of the account that the last export went to, if it was another one."""
        wanted = (
            select(ExportRun.account, ExportRun.account_label)
            .where(ExportRun.connector == name, ExportRun.container == container)
            .order_by(ExportRun.id.desc())
            .limit(1)
        )
        with self._store.reading() as session:
            row = session.execute(wanted).one_or_none()
        return row.account_label if row is not None and row.account != account.id else None

    def _record_run(self, plan: ExportPlan) -> int:
        with self._store.writing("export run") as session:
            run = reserve(session, "export_run", 1)
            session.execute(
                insert(ExportRun).values(
                    id=run,
                    connector=plan.connector,
                    container=plan.container,
                    account=plan.account.id,
                    account_label=plan.account.label,
                    plan_digest=plan.digest,
                    mapping=plan.mapping.as_dict(),
                    counts={**plan.counts, "plan": plan.path.name},
                    at_us=to_us(self._clock.now()),
                )
            )
        return run


@dataclass(frozen=True, slots=True)
class _Wanted:
    connector: Connector
    account: Account
    mapping: FieldMapping
    container: str
    progress: Progress
    cancel: Cancel


def _warnings(planner: Planner) -> list[str]:
    if not planner.split_names:
        return []
    return [
        trn(
            "For {n} contact first and last name were taken from the full name.",
            "For {n} contacts first and last name were taken from the full name.",
            planner.split_names,
        )
    ]


def _silent(done: int, total: int) -> None:
    """No progress is wanted."""
    del done, total
