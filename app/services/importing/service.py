"""Importing as the rest of the product sees it: preview, dry run, and the job that imports."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.core.clock import Clock
from app.core.errors import (
    Cancelled,
    CaptelyError,
    ContactLimit,
    InvalidInput,
    LimitReached,
    StalePlan,
    StorageError,
)
from app.core.paths import Workspace
from app.core.text import tr, trn
from app.models.indexes import heal_indexes
from app.models.jobs import Job
from app.models.store import Store
from app.services.importing import staging
from app.services.importing.admission import Admission, require_consent
from app.services.importing.correcting import Correcting
from app.services.importing.indexer import Index, Indexer
from app.services.importing.mapping import Preview
from app.services.importing.memory import Memory
from app.services.importing.opening import explained
from app.services.importing.options import ImportOptions
from app.services.importing.parked import MARK, ParkingLot, waiting_words
from app.services.importing.pasted import drop_pasted
from app.services.importing.planned import ImportPlan
from app.services.importing.planning import OtherFormat, Planner, load
from app.services.importing.running import KIND, Running
from app.services.jobs.context import JobContext, Paused
from app.services.jobs.jobs import Jobs
from app.services.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.services.credits.doors import Doors

FETCHING, RETURNED = "fetching", "returned"
"""Phases of a job of parked rows: they are read, and they wait again in another job."""
TRIES = 5
"""How often a list is planned anew because somebody else was faster with the last places."""

Progress = Callable[[int, int | None, str], None]


class Importing:
    """Imports contact lists into one workspace.

    Its job is of the kind `import` and its result has the keys of the verb: batch, rows, created,
    updated, unchanged, duplicates, rejected, parked, rejects_file, encoding, delimiter, header_row,
    mapping, tags, warnings, job, operation and parking.
    """

    def __init__(
        self,
        store: Store,
        workspace: Workspace,
        clock: Clock,
        operations: Operations,
        jobs: Jobs,
        *,
        indexing: Index | None = None,
        doors: Callable[[], Doors] | None = None,
    ) -> None:
        """doors say how many imports and contacts the plan allows; without them, any number."""
        self._store = store
        self._workspace = workspace
        self._jobs = jobs
        self.admission = Admission(store, doors)
        memory = Memory(store, clock)
        self._planner = Planner(store, memory, self.admission.places)
        self.correcting = Correcting(store, self._planner, workspace, clock)
        indexer = Indexer(store, indexing, workspace.database, workspace.search)
        self._lot = ParkingLot(workspace.parked, jobs, KIND)
        self._running = Running(
            store, clock, operations, memory, indexer, workspace.rejects, self._lot, self.admission
        )
        jobs.register(KIND, self._handle, discard=self._discard)

    def preview(self, path: Path, options: ImportOptions | None = None) -> Preview:
        """The list's shape, its first rows and the mapping suggested for it.

        Raises NotFound and InvalidInput with a sentence for what is no list.
        """
        return self._planner.preview(path, options or ImportOptions())

    def plan(
        self,
        path: Path,
        options: ImportOptions | None = None,
        *,
        progress: Progress | None = None,
        cancel: Event | None = None,
        notes: bool = False,
    ) -> ImportPlan:
        """What importing the list would do; hand it to `start_plan`, else to `forget`.

        notes adds what `Problems` reads, for somebody who will correct the list. Raises Cancelled
        when `cancel` is set meanwhile, else as `Planner.plan`.
        """
        plan_file = self._workspace.plans / f"import-{uuid.uuid4().hex[:12]}.db"
        with _removed_on_error(plan_file):
            return self._planner.plan(
                path, options or ImportOptions(), plan_file, progress or _silent, _check(cancel),
                notes=notes,
            )  # fmt: skip

    def dry_run(
        self,
        path: Path,
        options: ImportOptions | None = None,
        *,
        cancel: Event | None = None,
        json_file: Path | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """The verb's result without importing anything; json_file gets each row's fate.

        Raises as `plan`, and StorageError when json_file cannot be written.
        """
        plan = self.plan(path, options, progress=progress, cancel=cancel)
        try:
            if json_file is not None:
                _write_json(plan, json_file)
            return plan.result()
        finally:
            self.forget(plan)

    def forget(self, plan: ImportPlan) -> None:
        """Remove a plan that will not be carried out."""
        staging.remove(plan.path)

    def start(self, path: Path, options: ImportOptions | None = None) -> int:
        """Make the job that plans and imports the list; returns its id.

        Raises NotFound when there is no such file, InvalidInput for bad options, ImportLimit when
        this month's imports are used up.
        """
        options = options or ImportOptions()
        options.policy  # noqa: B018 - refuses an unknown rule now and not in the job
        stat = _stat(path)
        payload = {
            "path": os.path.abspath(path),
            "options": options.as_dict(),
            "size": stat.st_size,
            "mtime_ns": stat.st_mtime_ns,
        }
        self.admission.require_import(path, options.source)
        return self._create(path, payload, None)

    def start_plan(self, plan: ImportPlan) -> int:
        """Make the job that carries out exactly `plan`; returns its id.

        The job fails with StalePlan when the contacts have changed so that rows would now have
        another fate. Raises ImportLimit and ContactLimit as `admission.refusal` gives them.
        """
        if (refusal := self.admission.refusal(plan)) is not None:
            raise refusal
        payload = {"path": str(plan.source), "plan": plan.path.name, "digest": plan.digest}
        return self._create(plan.source, payload, plan.counts.all)

    def recover(self, *, wanted: Path | None = None) -> int:
        """Heal what a kill may have left: missing indexes, and plans that nobody will carry out.

        For the start of the program, when no plan is on anybody's screen; `wanted` is a list that
        somebody goes on preparing. Returns the number of plans removed.
        """
        heal_indexes(self._store)
        unfinished = select(Job.id, Job.payload, Job.cursor).where(
            Job.kind == KIND, Job.state.not_in(("done", "cancelled"))
        )
        with self._store.reading() as connection:
            jobs = connection.execute(unfinished).all()
        planned = {
            self._plan_file(job, payload)
            for job, payload, cursor in jobs
            # Parked rows wait for months, and have no plan before they are fetched.
            if cursor or MARK not in payload
        }
        left = [file for file in self._workspace.plans.glob("import-*.db") if file not in planned]
        for file in left:
            staging.remove(file)
        if not planned:
            drop_pasted(self._workspace.plans, but=wanted)
        return len(left)

    def _create(self, path: Path, payload: dict[str, Any], total: int | None) -> int:
        label = tr("Import of {name}", name=path.name)
        return self._jobs.create(KIND, label, payload, total=total)

    def _handle(self, context: JobContext) -> dict[str, Any]:
        plan_file = self._plan_file(context.job_id, context.payload)
        if not _is_sealed(context):
            try:
                result = self._carry_out(context, plan_file)
            except (Cancelled, OtherFormat):
                # The version that planned it can still go on with what is there.
                raise
            except Paused:
                self._wait_again(context)
                raise
            except CaptelyError as error:
                self._give_up(context)
                if isinstance(error, LimitReached):
                    self._refuse(context, plan_file, error)
                raise
        else:
            # Killed after the last transaction: everything is there, only the job was not ended.
            result = self._running.ended(context.cursor or {})
        staging.remove(plan_file)
        self._leave(context, result)
        return result

    def _carry_out(self, context: JobContext, plan_file: Path) -> dict[str, Any]:
        """Plan and run; who lost the last places to somebody else meanwhile parks some more."""
        phase = (context.cursor or {}).get("phase")
        if phase == RETURNED:
            raise Cancelled(tr("The job was cancelled."))
        if phase is None and MARK in context.payload:
            with self._store.writing("import parked rows") as connection:
                context.save(connection, {"phase": FETCHING}, done=0)
        for left in range(TRIES, -1, -1):
            plan = self._planned(context, plan_file)
            if (context.cursor or {}).get("phase") != "loading":
                require_consent(plan, fetching=MARK in context.payload)
            try:
                return self._running.carry_out(context, plan)
            except ContactLimit:
                if not left or "plan" in context.payload:
                    raise
                self._running.take_back(context)
        raise AssertionError("the last try returns or raises")

    def _leave(self, context: JobContext, result: Mapping[str, Any]) -> None:
        """What is left to do behind a sealed import: its parked rows are known, and their list."""
        if MARK in context.payload:
            Path(context.payload["path"]).unlink(missing_ok=True)
        if result.get("parking"):
            self._jobs.announce(result["parking"]["job"])

    def _refuse(self, context: JobContext, plan_file: Path, error: LimitReached) -> None:
        """A refused list is planned anew if it is tried again; parked rows go on waiting."""
        staging.remove(plan_file)
        if MARK in context.payload:
            self._wait_again(context)
            rows = context.payload[MARK]["rows"]
            context.progress(0, rows)
            full = isinstance(error, ContactLimit)
            why = waiting_words(rows, int(error.limit or 0)) if full else error.message
            raise Paused(why, cause=error) from error

    def _wait_again(self, context: JobContext) -> None:
        """Parked rows of which nothing is written are as they were before the job began."""
        if MARK in context.payload and (context.cursor or {}).get("phase") != "loading":
            with self._store.writing("park rows again") as connection:
                context.lease.prove(connection, {"cursor": None})
            context.cursor = None

    def _discard(self, context: JobContext) -> None:
        phase, begun = (context.cursor or {}).get("phase"), context.cursor is not None
        if _is_sealed(context):
            # Only the job was not ended yet: what people see already is undone like any change.
            self._undo(context)
        elif phase != RETURNED:
            self._running.take_back(context)
            if MARK in context.payload:
                self._discard_parked(context, begun=begun)
        staging.remove(self._plan_file(context.job_id, context.payload))

    def _discard_parked(self, context: JobContext, *, begun: bool) -> None:
        """Drop parked rows that wait; those of a job that had begun wait again, in another job."""
        if begun:
            with self._store.writing("park rows again") as connection:
                job = self._lot.again(connection, context.job_id, context.payload)
                context.save(connection, {"phase": RETURNED}, done=0)
            self._jobs.announce(job)
        else:
            Path(context.payload["path"]).unlink(missing_ok=True)

    def _undo(self, context: JobContext) -> None:
        operation = (context.cursor or {})["result"]["operation"]
        # Somebody may have undone it by hand since.
        with suppress(InvalidInput):
            if operation is not None:
                self._running.operations.undo(operation)

    def _give_up(self, context: JobContext) -> None:
        """A failed import leaves nothing behind, as far as the disk allows."""
        if _is_sealed(context):
            return
        # What could not be removed stays invisible; cancelling the job tries again.
        with suppress(StorageError):
            self._running.take_back(context)

    def _planned(self, context: JobContext, plan_file: Path) -> ImportPlan:
        phase = (context.cursor or {}).get("phase")
        if phase in (None, FETCHING) and "plan" not in context.payload:
            plan = self._make_plan(context, plan_file)
        else:
            plan = self._load(context, plan_file)
        if phase == "loading":
            return plan
        if phase is None and "digest" in context.payload:
            self._require_true(context, plan)
        with self._store.writing("import planned") as connection:
            context.save(connection, {"phase": "planned"}, done=0)
        return plan

    def _load(self, context: JobContext, plan_file: Path) -> ImportPlan:
        """The plan; one that nobody saw or began is made anew for another version or room."""
        own = (context.cursor or {}).get("phase") == "planned" and "plan" not in context.payload
        with suppress(OtherFormat) if own else nullcontext():
            plan = load(plan_file)
            room = self._planner.places(ImportOptions.from_dict(plan.options))
            if not own or plan.wall is None or (plan.wall.limit, plan.wall.used) == room:
                return plan
        return self._make_plan(context, plan_file)

    def _make_plan(self, context: JobContext, plan_file: Path) -> ImportPlan:
        payload = context.payload
        path = Path(payload["path"])
        stat = _stat(path)
        if (stat.st_size, stat.st_mtime_ns) != (payload["size"], payload["mtime_ns"]):
            raise InvalidInput(
                tr("{name} has changed since this import was begun.", name=path.name),
                tr("Cancel this import and import the file as it is now."),
            )
        options = ImportOptions.from_dict(payload["options"])
        return self._planner.plan(path, options, plan_file, context.progress, context.check)

    def _require_true(self, context: JobContext, plan: ImportPlan) -> None:
        rows = self._planner.still_true(plan, context.progress, context.check)
        if rows or plan.digest != context.payload["digest"]:
            raise StalePlan(
                trn("The plan is stale: {n} row.", "The plan is stale: {n} rows.", rows),
                tr("Contacts have changed since it was made; look at the new plan and start it."),
                rows=rows,
            )

    def _plan_file(self, job: int, payload: Mapping[str, Any]) -> Path:
        return self._workspace.plans / str(payload.get("plan", f"import-{job}.db"))


def _is_sealed(context: JobContext) -> bool:
    """Whether the last transaction of an import is behind, and everything of it visible."""
    return (context.cursor or {}).get("phase") == "done"


def _silent(done: int, total: int | None, words: str) -> None:
    """Progress that nobody looks at."""


def _check(cancel: Event | None) -> Callable[[], None]:
    def check() -> None:
        if cancel is not None and cancel.is_set():
            raise Cancelled(tr("The import was cancelled."))

    return check


def _stat(path: Path) -> os.stat_result:
    with explained(path):
        return path.stat()


@contextmanager
def _removed_on_error(plan_file: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        staging.remove(plan_file)
        raise


def _write_json(plan: ImportPlan, json_file: Path) -> None:
    try:
        with json_file.open("w", encoding="utf-8") as stream:
            plan.write_json(stream)
    except OSError as error:
        raise StorageError(
            tr("The plan cannot be written to {path}.", path=str(json_file)),
            tr("Choose another file or folder."),
            str(error),
        ) from error
