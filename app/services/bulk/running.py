"""Carries out the plan of a change of many: at once when small, else as a job in short steps.

A job's operation stays open over its steps, so that all of it is undone at once; each step moves
the cursor in its own transaction. Whoever was changed since the plan was made stops it before its
first step, and is left alone after that.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from app.core.errors import StalePlan
from app.core.text import tr, trn
from app.models.journal import Operation
from app.models.recorder import Recorder
from app.models.store import Store
from app.services.bulk.acts import Act, Edit
from app.services.bulk.edits import kind_of, label_of, prepare
from app.services.bulk.fates import NO_VERSION, Decider, versions_of
from app.services.bulk.plans import BulkPlan, edits_of, read_plan
from app.services.jobs.context import JobContext
from app.services.operations import Operations, Returns, Unlimited

KIND = "bulk"
CHECKED = 20_000
STEP = 2_000
"""Contacts in one transaction of a job: a person's own edit waits less than 250 ms for it."""


def moved_since(connection: Connection, plan: BulkPlan) -> int:
    """How many of the plan's contacts are not as they were when it was made."""
    moved = 0
    deleted = plan.edits[0].act is Act.RESTORE
    for start in range(0, len(plan.ids), CHECKED):
        chunk = plan.ids[start : start + CHECKED]
        now = versions_of(connection, chunk, deleted=deleted)
        before = plan.versions[start : start + CHECKED]
        moved += sum(
            now.get(contact, NO_VERSION) != version
            for contact, version in zip(chunk, before, strict=True)
        )
    return moved


def refuse_stale(connection: Connection, plan: BulkPlan) -> None:
    """Raises StalePlan when a contact was changed since the plan was made."""
    moved = moved_since(connection, plan)
    if moved:
        raise StalePlan(
            trn(
                "The plan is stale: {n} contact was changed since.",
                "The plan is stale: {n} contacts were changed since.",
                moved,
            ),
            tr("Look at the new plan, then change them."),
            rows=moved,
        )


class Applier:
    """Applies edits to contacts within one writing session."""

    def __init__(self, recorder: Recorder, edits: Sequence[Edit], country: str) -> None:
        self._recorder = recorder
        self._act = edits[0].act
        if self._act not in (Act.DELETE, Act.RESTORE):
            connection = recorder.connection
            prepared = prepare(connection, edits, country, recorder=recorder)
            self._decider = Decider(connection, prepared)

    def apply(self, ids: Sequence[int]) -> int:
        """How many of `ids` changed."""
        if self._act is Act.DELETE:
            return self._recorder.kill("contact", ids)
        if self._act is Act.RESTORE:
            return self._recorder.revive("contact", ids)
        fates = self._decider.decide(ids)
        return self._recorder.update("contact", fates.changes)


@dataclass(frozen=True, slots=True)
class BulkJob:
    """The work of one job; plans is the folder of plan files."""

    store: Store
    operations: Operations
    plans: Path

    def handle(self, context: JobContext) -> Mapping[str, Any]:
        """Do what the plan says, from the cursor on."""
        payload = context.payload
        path = self.plans / str(payload["plan"])
        plan = read_plan(path, edits_of(payload["edits"]), str(payload["digest"]))
        returns = returns_of(self.operations, plan)
        state = dict(context.cursor or self._begin(context, plan, returns))
        while int(state["place"]) < len(plan.ids):
            context.check()
            state = self._step(context, plan, state, returns)
            context.progress(int(state["place"]), len(plan.ids))
        self._seal(int(state["op"]))
        path.unlink(missing_ok=True)
        return {"changed": state["changed"], "kept": state["kept"], "operation": state["op"]}

    def discard(self, context: JobContext) -> None:
        """Take back what the job has changed so far."""
        operation = open_operation(self.store, context.job_id)
        if operation is not None:
            self.operations.roll_back(operation)
        (self.plans / str(context.payload["plan"])).unlink(missing_ok=True)

    def _begin(self, context: JobContext, plan: BulkPlan, returns: Returns) -> dict[str, Any]:
        operation = open_operation(self.store, context.job_id)
        if operation is None:
            with self.store.reading() as connection:
                refuse_stale(connection, plan)
                returns.foresee(connection, plan.changed)
            label = label_of(plan.edits, len(plan.ids))
            operation = self.operations.begin(kind_of(plan.edits), label, job=context.job_id)
        return {"op": operation, "place": 0, "changed": 0, "kept": 0}

    def _step(
        self, context: JobContext, plan: BulkPlan, state: Mapping[str, Any], returns: Returns
    ) -> dict[str, Any]:
        start = int(state["place"])
        chunk = plan.ids[start : start + STEP]
        versions = plan.versions[start : start + STEP]
        deleted = plan.edits[0].act is Act.RESTORE
        with self.operations.resume(int(state["op"])) as recorder:
            now = versions_of(recorder.connection, chunk, deleted=deleted)
            unmoved = array("q", _unmoved(zip(chunk, versions, strict=True), now))
            there = sum(version != NO_VERSION for version in versions)
            country = str(context.payload["country"])
            changed = Applier(recorder, plan.edits, country).apply(unmoved)
            returns.admit(recorder.connection, recorder.op)
            after = {
                "op": state["op"],
                "place": start + len(chunk),
                "changed": int(state["changed"]) + changed,
                "kept": int(state["kept"]) + there - len(unmoved),
            }
            context.save(recorder.connection, after, done=start + len(chunk))
        return after

    def _seal(self, operation: int) -> None:
        with self.store.reading() as connection:
            wanted = select(Operation.state).where(Operation.id == operation)
            state = connection.execute(wanted).scalar()
        # Sealed already when a kill came between the seal and the end of the job.
        if state == "open":
            self.operations.seal(operation)


def returns_of(operations: Operations, plan: BulkPlan) -> Returns:
    """The door of contacts that come back, for a plan that restores some."""
    return operations.returns() if plan.edits[0].act is Act.RESTORE else Unlimited()


def _unmoved(planned: Iterable[tuple[int, int]], now: Mapping[int, int]) -> Iterable[int]:
    return (contact for contact, version in planned if version and now.get(contact) == version)


def open_operation(store: Store, job: int) -> int | None:
    """The operation that a job left open, if it was begun at all."""
    wanted = select(Operation.id).where(Operation.job_id == job, Operation.state == "open")
    with store.reading() as connection:
        return connection.execute(wanted).scalar_one_or_none()
