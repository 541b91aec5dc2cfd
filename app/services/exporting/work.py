"""The export job: runs a plan file under its lease and makes the result of the verb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from app.core.clock import Clock
from app.core.errors import InvalidInput, OutsideError
from app.core.paths import Workspace
from app.core.text import tr
from app.models.exports import ExportRun
from app.models.jobs import Job
from app.models.store import Store
from app.services.connections import Connections
from app.services.connectors import Connector
from app.services.exporting.delivery import Courier
from app.services.exporting.ledger import Ledger, State, Target, lose_sight, unknown
from app.services.exporting.planfile import SENT, Fate, PlanFile, remove
from app.services.exporting.plans import ExportPlan, plan_of
from app.services.exporting.running import Execution
from app.services.exporting.runs import TROUBLE, Runs
from app.services.jobs import JobContext

FAILURES_SHOWN = 1_000
FINISHED = "finished"
_SHOWN = ("run", "ok", "failed", "ambiguous", "pending", "requests")


class ExportStopped(OutsideError):
    """The destination made the run stop; what is left waits in the job.

    standing is how far the run came, as in the verb's JSON.
    """

    def __init__(self, failure: OutsideError, job: int, standing: Mapping[str, Any]) -> None:
        super().__init__(
            failure.message,
            failure.hint,
            failure.detail,
            kind=failure.kind,
            retry_after=failure.retry_after,
        )
        self.job = job
        self.standing = standing

    def as_dict(self) -> dict[str, Any]:
        """The `error` object, with the job to resume and how far it came."""
        shown = {name: self.standing[name] for name in _SHOWN}
        return {**super().as_dict(), "job": self.job, **shown}


@dataclass(frozen=True, slots=True)
class Work:
    """What the jobs of kind `export` do."""

    workspace: Workspace
    store: Store
    connections: Connections
    clock: Clock
    runs: Runs

    def handle(self, context: JobContext) -> dict[str, Any]:
        """Run the job's plan from where it stopped; the verb's JSON.

        Raises ExportStopped, StalePlan, InvalidInput when the plan is gone, Cancelled, Paused.
        """
        run = int(context.payload["run"])
        path = self._plan_path(context)
        if not path.exists() and self.runs.get(run).counts.get(FINISHED):
            # Killed after the last contact, before the job was marked as done.
            return self._finished(run)
        file = PlanFile.open(path)
        try:
            plan = plan_of(file)
            if plan.digest != file.computed_digest():
                raise InvalidInput(
                    tr("The export's plan file was changed."), tr("Plan the export again.")
                )
            connector = self.connections.open(plan.connector)
            try:
                return self._execute(self._execution(run, file, plan, connector, context), plan)
            finally:
                connector.close()
        finally:
            file.close()

    def discard(self, context: JobContext) -> None:
        """Throw the plan away; what was sent stays there, and the ledger knows it."""
        remove(self._plan_path(context))

    def lose_sight(self, connection: Connection, job: int) -> None:
        """Show as ambiguous what the job of a process that has gone had sent and not heard of."""
        wanted = select(ExportRun.id).where(ExportRun.job == job)
        for run in connection.execute(wanted).scalars().all():
            lose_sight(connection, run)
            count = update(Job).where(Job.id == job)
            connection.execute(count.values(ambiguous=unknown(connection, run)))

    def _plan_path(self, context: JobContext) -> Path:
        return self.workspace.plans / str(context.payload["plan"])

    def _execution(
        self,
        run: int,
        file: PlanFile,
        plan: ExportPlan,
        connector: Connector,
        context: JobContext,
    ) -> Execution:
        target = Target(plan.connector, file.meta()["target"], plan.container)
        fields = {}
        if plan.to_send:
            # A plan with nothing to send makes no call at all.
            self._refuse_other_account(plan, target)
            known = self.connections.fields(plan.connector)
            fields = {each.name: each for each in known.fields}
        return Execution(
            run=run,
            store=self.store,
            connector=connector,
            courier=Courier(connector, fields, context.halt),
            ledger=Ledger(target, self.clock),
            file=file,
            context=context,
        )

    def _refuse_other_account(self, plan: ExportPlan, target: Target) -> None:
        account = self.connections.account(plan.connector)
        if self.connections.target(plan.connector, account) != target.account:
            raise InvalidInput(
                tr(
                    "The plan was made for {before}, but the key now opens {account}.",
                    before=plan.account.label,
                    account=account.label,
                ),
                tr("Plan the export again."),
            )

    def _execute(self, execution: Execution, plan: ExportPlan) -> dict[str, Any]:
        failure: OutsideError | None = None
        try:
            execution.execute()
        except OutsideError as stopped:
            failure = stopped
        finally:
            result = self._result(execution, plan)
            self.runs.keep_counts(execution.run, _numbers(result))
        if any(execution.calls().values()):
            self.connections.report(plan.connector, execution.connector, failure)
        if failure is not None:
            raise ExportStopped(failure, execution.context.job_id, result) from failure
        if any(each["kind"] == "validation" for each in result["failures"]):
            # What the destination refuses may have changed there since its fields were fetched.
            self.connections.outdate_fields(plan.connector)
        self.runs.keep_counts(execution.run, {FINISHED: True})
        execution.file.remove()
        return result

    def _result(self, execution: Execution, plan: ExportPlan) -> dict[str, Any]:
        with self.store.reading() as session:
            states = execution.ledger.counts(session, execution.run)
        counts = dict(plan.counts)
        for fate, number in execution.withheld.items():
            counts[fate.value] -= number
            counts[Fate.SKIPPED.value] += number
        outcomes = {
            "ok": states[State.OK],
            "failed": states[State.FAILED],
            "ambiguous": states[State.AMBIGUOUS],
        }
        to_send = sum(counts[fate.value] for fate in SENT)
        calls = execution.calls()
        return {
            "run": execution.run,
            **counts,
            **outcomes,
            "pending": to_send - sum(outcomes.values()),
            "requests": calls["writes"],
            "reads": plan.reads + calls["reads"],
            "failures": self._failures(execution.run),
            "account": {"id": plan.account.id, "label": plan.account.label},
            "warnings": list(plan.warnings),
        }

    def _finished(self, run: int) -> dict[str, Any]:
        return {**_numbers(self.runs.get(run).counts), "failures": self._failures(run)}

    def _failures(self, run: int) -> list[dict[str, Any]]:
        trouble = self.runs.items(run, TROUBLE, limit=FAILURES_SHOWN)
        return [item.as_failure() for item in trouble]


def _numbers(values: Mapping[str, Any]) -> dict[str, int]:
    return {name: each for name, each in values.items() if type(each) is int}
