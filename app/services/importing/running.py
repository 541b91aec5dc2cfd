"""Carries out the plan of an import, so that a kill at any point loses nothing and repeats nothing.

New contacts go in chunk by chunk under an open operation, which keeps them invisible; the job's
cursor moves with each transaction of chunks. The last transaction changes the contacts that were
there before, and seals the operation: then everything is there at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from app.core.clock import Clock, to_us
from app.core.errors import StorageError
from app.core.text import marked, tr
from app.models.importing import ImportBatch, ImportOrigin
from app.models.indexes import drop_contact_indexes, ensure_indexes, has_others
from app.models.journal import Operation
from app.models.store import Store, reserve
from app.models.waiting import GaveWay
from app.services.importing import crm, joining, staging, tagging, worker
from app.services.importing.admission import Admission
from app.services.importing.following import Written
from app.services.importing.indexer import Follower, Indexer
from app.services.importing.loading import Loader, loader
from app.services.importing.memory import Memory
from app.services.importing.merging import OnDuplicate
from app.services.importing.pacing import Pace
from app.services.importing.parked import ParkingLot
from app.services.importing.planned import ImportPlan
from app.services.importing.rejects import write_rejects
from app.services.importing.sealing import LeftOver, Sealing
from app.services.importing.tagging import Tagging, retag
from app.services.jobs.context import JobContext, Paused
from app.services.operations import Operations
from app.services.tags import ensure_tags, tag_key

KIND = "import"
LOAD_WITHOUT_INDEXES = 20_000
RETAG_APART = 20_000
TRIES = 8
"""How often the last transaction begins anew for others before they have to wait for it."""


@dataclass(frozen=True, slots=True)
class Running:
    """What carrying out a plan needs of the workspace."""

    store: Store
    clock: Clock
    operations: Operations
    memory: Memory
    indexer: Indexer
    rejects: Path
    lot: ParkingLot
    admission: Admission

    def carry_out(self, context: JobContext, plan: ImportPlan) -> dict[str, Any]:
        """Do what `plan` says, from the job's cursor on, and return the verb's result.

        Raises Cancelled, Paused, ContactLimit and ImportLimit before anything is written, and
        StorageError when the disk is full; then `take_back` undoes.
        """
        if (context.cursor or {}).get("phase") != "loading":
            self._begin(context, plan)
        elif context.cursor:
            self._go_on_without_indexes(context.cursor, plan)
        first = (context.cursor or {})["first"]
        try:
            with self.indexer.following(plan.path, plan.counts.created, first) as follower:
                self._load(context, plan, follower)
                ensure_indexes(self.store)
        except Paused:
            # People go on working until it is resumed. At the end of the program nobody does, and
            # the next start builds them.
            if not context.closing:
                with suppress(StorageError):
                    ensure_indexes(self.store)
            raise
        # Only now, for as soon as people see the contacts they may change their texts.
        result = self._finish(context, plan)
        self.indexer.catch_up()
        return result

    def ended(self, cursor: Mapping[str, Any]) -> dict[str, Any]:
        """The result of an import whose last transaction is behind."""
        self.indexer.catch_up()
        return dict(cursor["result"])

    def take_back(self, context: JobContext) -> None:
        """Remove everything that the job has written so far; nothing of it was visible."""
        op = _open_operation(self.store, context.job_id)
        if op is not None:
            self.operations.roll_back(op)
        with self.store.writing("roll back", bulk=True) as connection:
            batches = select(ImportBatch.id).where(ImportBatch.job == context.job_id)
            connection.execute(delete(ImportOrigin).where(ImportOrigin.batch.in_(batches)))
            connection.execute(delete(ImportBatch).where(ImportBatch.job == context.job_id))
            context.save(connection, {}, done=0)
        for rejects in self.rejects.glob(f"*-rejected-{context.job_id}.csv"):
            rejects.unlink(missing_ok=True)
        self.lot.forget(context.job_id)
        ensure_indexes(self.store)

    def _begin(self, context: JobContext, plan: ImportPlan) -> None:
        """Open the operation; reserve the ids; make the tags; let go of the indexes if it pays."""
        counts = plan.counts
        entrance = self.admission.entrance(plan)
        op = _open_operation(self.store, context.job_id)
        if op is None:
            label = marked("Import a list: {created} new, {updated} updated")
            params = {"created": counts.created, "updated": counts.updated}
            op = self.operations.begin(KIND, label, params=params, job=context.job_id)
        row_tags = tagging.names_in(plan.path) if plan.layout.tags is not None else []
        with self.operations.resume(op) as recorder:
            connection = recorder.connection
            everyone = ensure_tags(recorder, plan.tags)
            named = ensure_tags(recorder, row_tags)
            # Behind the tags and before the ids, as everybody does who adds contacts: no two wait
            # for each other.
            entrance(connection)
            first = reserve(connection, "contact", counts.created) if counts.created else 0
            bare = self._without_indexes(connection, counts.created)
            state = {
                "phase": "loading",
                "op": op,
                "batch": self._batch(connection, context.job_id, op, plan, first),
                "after": 0,
                "first": first,
                "next": first,
                "everyone": everyone,
                "tags": dict(zip(map(tag_key, row_tags), named, strict=True)),
                "bare": bare,
            }
            context.save(connection, state, done=0)

    def _without_indexes(self, connection: Connection, created: int) -> bool:
        enough = self.store.is_sqlite and created >= LOAD_WITHOUT_INDEXES
        worth = enough and not has_others(connection)
        if worth:
            drop_contact_indexes(connection)
        return worth

    def _go_on_without_indexes(self, state: Mapping[str, Any], plan: ImportPlan) -> None:
        """Let go of them again for what is left of a load that was paused, if nobody is there."""
        left = plan.counts.created - (state["next"] - state["first"])
        if not state["bare"] or left < LOAD_WITHOUT_INDEXES:
            return
        with self.store.writing("load", bulk=True) as connection:
            if not has_others(connection, state["first"], state["next"] - 1):
                drop_contact_indexes(connection)

    def _batch(
        self, connection: Connection, job: int, op: int, plan: ImportPlan, first: int
    ) -> int:
        batch = reserve(connection, "import_batch", 1)
        created = plan.counts.created
        connection.execute(
            insert(ImportBatch).values(
                id=batch,
                job=job,
                op=op,
                file_name=plan.source.name,
                file_sha256=plan.sha256,
                options=dict(plan.options),
                counts=plan.counts.as_dict(),
                lo=first if created else None,
                hi=first + created - 1 if created else None,
                at_us=to_us(self.clock.now()),
            )
        )
        return batch

    def _load(self, context: JobContext, plan: ImportPlan, follower: Follower | None) -> None:
        """Create the new contacts, in transactions that end when somebody else wants to write."""
        pace, state = Pace(), dict(context.cursor or {})
        self._retag(context, plan, state)
        tags = tuple(state["everyone"])
        with loader(plan, state["batch"], state["first"], tags) as load:
            while state["after"] < plan.counts.all:
                moved = self._write(context, load, pace, state)
                if pace.is_copy_due():
                    self.store.shorten_log()
                if follower is not None and moved["next"] > state["next"]:
                    ids = state["next"], moved["next"] - 1
                    follower.wrote(Written(*ids, state["after"], moved["after"]))
                state = moved

    def _write(
        self, context: JobContext, load: Loader, pace: Pace, state: dict[str, Any]
    ) -> dict[str, Any]:
        """One transaction of chunks; the cursor behind them."""
        plan, total = load.plan, load.plan.counts.all
        with self.operations.resume(state["op"], attach=self._attached(plan)) as recorder:
            pace.begin()
            while True:
                context.check()
                upto = min(total, state["after"] + pace.size)
                with pace.kept():
                    made = load.load(recorder, state["after"], upto, state["next"])
                state = {**state, "after": upto, "next": state["next"] + made}
                context.progress(upto, total, tr("Writing contacts"))
                if upto == total or pace.is_over() or self.store.is_wanted():
                    break
            context.save(recorder.connection, state, done=upto)
        return state

    def _retag(self, context: JobContext, plan: ImportPlan, state: Mapping[str, Any]) -> None:
        if not tagging.are_given(plan, state):
            return
        beside = Path(f"{plan.path}.crm")
        people = beside if beside.exists() else crm.lay_beside(self.store, plan.path)
        skips = plan.options["on_duplicate"] == OnDuplicate.SKIP.value
        everyone = () if skips else tuple(state["everyone"])
        work = Tagging(plan.path, people, dict(state["tags"]), everyone)
        if plan.counts.rows - plan.counts.created < RETAG_APART:
            retag(lambda _: context.check(), work)
        else:
            worker.run([(retag, (work,))], lambda *_: None, context.check)

    def _attached(self, plan: ImportPlan) -> Path | None:
        return plan.path if self.store.is_sqlite else None

    def _finish(self, context: JobContext, plan: ImportPlan) -> dict[str, Any]:
        """What is left once the new contacts are written: the rows left over, and the last
        transaction."""
        rejects = write_rejects(plan, self.rejects, context.job_id)
        parked = self.lot.write(plan, context.payload, context.job_id)
        state, tries = dict(context.cursor or {}), TRIES
        with staging.reading(plan.path) as rows:
            left = LeftOver(rejects, parked, self.lot)
            sealing = Sealing(self.operations, self.memory, plan, rows, left, state)
            while True:
                context.check()
                with self.store.reading() as connection:
                    joins = joining.look(connection, plan, rows)
                try:
                    return sealing.seal(context, joins, self._attached(plan), yielding=tries > 0)
                except joining.Outrun:
                    continue
                except GaveWay:
                    context.cursor, tries = state, tries - 1


def _open_operation(store: Store, job: int) -> int | None:
    """The operation that this job left open, if it was begun at all."""
    wanted = select(Operation.id).where(Operation.job_id == job, Operation.state == "open")
    with store.reading() as connection:
        return connection.execute(wanted).scalar_one_or_none()
