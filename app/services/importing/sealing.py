"""The last transaction of an import: changes of older contacts, and what is remembered of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import update

from app.models.importing import ImportBatch
from app.models.recorder import Recorder
from app.services.importing import joining, tagging
from app.services.importing.loading import Changes
from app.services.importing.memory import Memory
from app.services.importing.options import ImportOptions
from app.services.importing.parked import MARK, ParkingLot
from app.services.importing.planned import ImportPlan
from app.services.importing.recipes import Recipe
from app.services.importing.revising import revise
from app.services.jobs.context import JobContext
from app.services.operations import Operations


@dataclass(frozen=True, slots=True)
class LeftOver:
    """The files of rows that do not come in, None where there are none; the lot of parked ones."""

    rejects: Path | None
    parked: Path | None
    lot: ParkingLot


@dataclass(frozen=True, slots=True)
class Sealing:
    """What it needs: rows is an open connection to the plan file, state the cursor of the load."""

    operations: Operations
    memory: Memory
    plan: ImportPlan
    rows: sqlite3.Connection
    left: LeftOver
    state: Mapping[str, Any]

    def seal(
        self, context: JobContext, joins: joining.Joins, attach: Path | None, *, yielding: bool
    ) -> dict[str, Any]:
        """Change the older contacts and make all of the import visible at once; its result.

        attach and yielding are as in Operations.resume. Raises GaveWay, and Outrun when `joins` is
        no longer all; nothing has changed then but the context's cursor.
        """
        state, op = dict(self.state), self.state["op"]
        session = self.operations.resume(op, sealing=True, yielding=yielding, attach=attach)
        with session as recorder:
            self._change(recorder)
            plan = joining.join(recorder, self.plan, self.rows, joins, state)
            if recorder.is_empty():
                # Nothing new in the list: then there is no operation to point at.
                own = update(ImportBatch).where(ImportBatch.id == state["batch"])
                recorder.connection.execute(own.values(op=None))
                op = None
            if MARK not in context.payload:
                # The list of parked rows lacks what was put right in the first list.
                self._remember(recorder)
            joining.require_all(recorder.connection, plan, self.rows, joins)
            result = plan.result() | {
                "batch": state["batch"],
                "rejects_file": str(self.left.rejects) if self.left.rejects else None,
                "job": context.job_id,
                "operation": op,
                "parking": self._park(recorder, context.payload),
            }
            done = {"phase": "done", "result": result}
            context.save(recorder.connection, done, done=plan.counts.all)
        return result

    def _park(self, recorder: Recorder, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        """Leave the parked rows to a job of their own, made with all the rest or not at all."""
        wall, file, lot = self.plan.wall, self.left.parked, self.left.lot
        if wall is None or file is None:
            return None
        job = lot.add(recorder.connection, self.plan, payload, file)
        return {**wall.as_dict(), "job": job, "file": str(file)}

    def _change(self, recorder: Recorder) -> None:
        retagged = tagging.are_given(self.plan, self.state)
        changes = Changes(recorder.connection, self.rows, retagged)
        moved = changes.moved()
        with changes.staged(moved) as staged:
            recorder.update_staged("contact", staged)
        changes.keep_rows(self.state["batch"])
        if moved:
            revise(recorder, self.plan, self.rows, moved, self.state)

    def _remember(self, recorder: Recorder) -> None:
        plan, options = self.plan, ImportOptions.from_dict(self.plan.options)
        recipe = Recipe.of(plan.columns, plan.mapping, options)
        recipe = recipe.with_found(plan.targets, plan.names)
        self.memory.remember(recorder.connection, plan.fingerprint, recipe, plan.source.name)
