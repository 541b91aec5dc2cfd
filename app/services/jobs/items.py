"""The queue of a job's calls to other systems, each made at most once.

An item is committed as asked before its call is made and settled in the transaction that stores
the call's results. What is still asked when a process has gone is ambiguous: the call may or may
not have arrived. It is listed, and never repeated unless the job can read back what happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from app.core.clock import Clock, from_us, to_us
from app.core.errors import InvalidInput
from app.core.text import tr
from app.models.jobs import Job, JobItem
from app.models.store import Store, reserve
from app.services.jobs.lease import Lease


class ItemState(StrEnum):
    """What became of an item; ambiguous means that nobody knows."""

    WAITING = "waiting"
    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class NewItem:
    """One call to be made: for which contact, and what the job needs to make it."""

    contact: int | None = None
    payload: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One call of a job; updated says when it was last asked or settled, in UTC."""

    id: int
    contact: int | None
    state: ItemState
    payload: Mapping[str, Any]
    result: Mapping[str, Any] | None
    attempts: int
    updated: datetime

    def as_dict(self) -> dict[str, Any]:
        """The call in the command line's JSON; `what` is the payload's word for it."""
        return {
            "id": self.id,
            "contact": self.contact,
            "state": self.state.value,
            "what": self.payload.get("what"),
            "provider": self.payload.get("provider"),
            "at": self.updated.isoformat().replace("+00:00", "Z"),
        }


class ItemQueue:
    """The items of the job that is being run."""

    def __init__(self, store: Store, clock: Clock, lease: Lease, *, reads_back: bool) -> None:
        self._store = store
        self._clock = clock
        self._lease = lease
        self._job = lease.job_id
        self._reads_back = reads_back

    def add(self, connection: Connection, entries: Iterable[NewItem]) -> int:
        """Put calls at the end of the queue in the caller's transaction; returns how many.

        Save the job's cursor in the same transaction, or a kill adds them a second time.
        """
        new = list(entries)
        if not new:
            return 0
        first = reserve(connection, "job_item", len(new))
        now = to_us(self._clock.now())
        rows = [
            {
                "id": number,
                "job": self._job,
                "contact": entry.contact,
                "state": ItemState.WAITING,
                "payload": None if entry.payload is None else dict(entry.payload),
                "updated": now,
            }
            for number, entry in enumerate(new, first)
        ]
        connection.execute(insert(JobItem), rows)
        return len(rows)

    def claim(self) -> Item | None:
        """The next waiting item, committed to disk as asked; None when none waits."""
        return next(iter(self.claim_many(1)), None)

    def claim_many(self, limit: int) -> list[Item]:
        """Up to `limit` waiting items for one call, committed to disk as asked, oldest first.

        Only after this returns may the call be made. Raises LeaseLost.
        """
        with self._store.writing("ask", durable=True) as connection:
            self._lease.prove(connection)
            waiting = (
                select(JobItem.id)
                .where(JobItem.job == self._job, JobItem.state == ItemState.WAITING)
                .order_by(JobItem.id)
                .limit(limit)
            )
            asked = (
                update(JobItem)
                .where(JobItem.id.in_(waiting.scalar_subquery()))
                .values(
                    state=ItemState.ASKED,
                    attempts=JobItem.attempts + 1,
                    updated=to_us(self._clock.now()),
                )
                .returning(*_COLUMNS)
            )
            rows = connection.execute(asked).all()
        return sorted((_item(row) for row in rows), key=lambda item: item.id)

    def settle(
        self,
        connection: Connection,
        item: Item,
        state: ItemState,
        result: Mapping[str, Any] | None = None,
    ) -> None:
        """Store what became of an asked or ambiguous item, in the transaction of its results.

        WAITING puts it back, for a call that certainly did not arrive; an ambiguous item only
        goes back in a job that reads back. The lease need not be held any more: an answer that
        came late is still the answer. Raises InvalidInput when the item was settled or asked
        again meanwhile, so that the caller's transaction rolls back.
        """
        open_states = [ItemState.ASKED]
        if state is not ItemState.WAITING or self._reads_back:
            open_states.append(ItemState.AMBIGUOUS)
        settled = (
            update(JobItem)
            .where(
                JobItem.id == item.id,
                JobItem.job == self._job,
                JobItem.attempts == item.attempts,
                JobItem.state.in_(open_states),
            )
            .values(
                state=state,
                result=None if result is None else dict(result),
                updated=to_us(self._clock.now()),
            )
        )
        if connection.execute(settled).rowcount != 1:
            raise InvalidInput(
                tr("Call {id} of job {job} is already settled.", id=item.id, job=self._job),
                tr("Nothing was stored a second time."),
            )
        count_ambiguous(connection, self._job)

    def ambiguous(self) -> list[Item]:
        """The calls whose fate is unknown, oldest first: read back and settle them if you can."""
        with self._store.reading() as connection:
            return items_of(connection, self._job, ItemState.AMBIGUOUS)

    def counts(self) -> dict[ItemState, int]:
        """How many items are in each state; states without items are 0."""
        grouped = (
            select(JobItem.state, func.count())
            .where(JobItem.job == self._job)
            .group_by(JobItem.state)
        )
        with self._store.reading() as connection:
            found = dict(iter(connection.execute(grouped)))
        return {state: found.get(state, 0) for state in ItemState}


def lose_sight(connection: Connection, job_id: int) -> None:
    """Mark what is still asked as ambiguous: the process that asked has gone, or given up.

    Each keeps the time at which it was asked.
    """
    lost = (
        update(JobItem)
        .where(JobItem.job == job_id, JobItem.state == ItemState.ASKED)
        .values(state=ItemState.AMBIGUOUS)
    )
    if connection.execute(lost).rowcount:
        count_ambiguous(connection, job_id)


def count_ambiguous(connection: Connection, job_id: int) -> None:
    """Bring the job's number of ambiguous calls up to date."""
    counted = (
        select(func.count())
        .where(JobItem.job == job_id, JobItem.state == ItemState.AMBIGUOUS)
        .scalar_subquery()
    )
    stale = update(Job).where(Job.id == job_id, Job.ambiguous != counted)
    connection.execute(stale.values(ambiguous=counted))


def items_of(connection: Connection, job_id: int, state: ItemState) -> list[Item]:
    """The job's items in `state`, oldest first."""
    wanted: Select[Any] = (
        select(*_COLUMNS).where(JobItem.job == job_id, JobItem.state == state).order_by(JobItem.id)
    )
    return [_item(row) for row in connection.execute(wanted)]


_COLUMNS = (
    JobItem.id,
    JobItem.contact,
    JobItem.state,
    JobItem.payload,
    JobItem.result,
    JobItem.attempts,
    JobItem.updated,
)


def _item(row: Row[Any]) -> Item:
    return Item(
        id=row.id,
        contact=row.contact,
        state=ItemState(row.state),
        payload=row.payload or {},
        result=row.result,
        attempts=row.attempts,
        updated=from_us(row.updated),
    )
