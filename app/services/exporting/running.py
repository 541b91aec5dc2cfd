"""Executes a plan: each batch noted in the ledger, sent, and settled; a kill loses nothing.

The thread of the job does all writing; calls run in a small pool, so that a slow destination does
not hold the pace down. Nothing new is sent once something is wrong with the connection.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from app.core.errors import (
    Cancelled,
    CaptelyError,
    OutsideError,
    OutsideKind,
    StalePlan,
)
from app.core.text import tr, trn
from app.models.contacts import Contact
from app.models.store import Store
from app.models.visibility import alive
from app.services.connectors import Connector, ItemFailure, ItemResult
from app.services.exporting import withholding
from app.services.exporting.delivery import Courier, Delivery
from app.services.exporting.isolating import is_passing
from app.services.exporting.ledger import Ledger, State, unknown
from app.services.exporting.planfile import SENT, Fate, PlanFile, PlanItem
from app.services.jobs import JobContext

CHUNK = 1_000


@dataclass(slots=True)
class Execution:
    """One execution of a plan file by a job; run is the export_run it belongs to."""

    run: int
    store: Store
    connector: Connector
    courier: Courier
    ledger: Ledger
    file: PlanFile
    context: JobContext
    withheld: dict[Fate, int] = field(default_factory=lambda: dict.fromkeys(SENT, 0))
    failure: CaptelyError | None = None
    _done: int = 0
    _total: int = 0
    _succeeded: bool = False
    _troubled: bool = False
    _halted: bool = False
    _held: Delivery | None = None
    _flights: deque[Future[Delivery]] = field(default_factory=deque)
    _before: dict[str, int] = field(default_factory=dict)

    def execute(self) -> None:
        """Send what the plan says, from where an earlier execution stopped.

        Raises StalePlan before anything is sent when contacts changed since the plan; OutsideError
        when the destination cannot be used, with the rest kept for a resume; Cancelled, Paused.
        """
        counts = self.file.counts()
        self._total = sum(counts[fate] for fate in SENT)
        if self.context.cursor is None:
            self._begin()
        self._before = {name: int(value) for name, value in (self.context.cursor or {}).items()}
        with ThreadPoolExecutor(self.connector.parallel) as pool:
            try:
                self._send_all(pool)
            except BaseException:
                self.courier.stopping.set()
                raise
            finally:
                self._land(keep=0)
        if self._halted:
            # The last calls of all were stopped before they were made.
            self.context.check()
        if self._succeeded and self.failure is None:
            self._settle_held()
        if self._held is not None:
            self.failure = self.failure or self._held.failure
        if self.failure is not None:
            raise self.failure

    def calls(self) -> dict[str, int]:
        """Requests made for this run so far, by all its executions."""
        tally = self.connector.tally
        return {
            "writes": self._before.get("writes", 0) + tally.writes,
            "reads": self._before.get("reads", 0) + tally.reads,
        }

    def _send_all(self, pool: ThreadPoolExecutor) -> None:
        for number in range(self.file.batches()):
            self.context.check()
            if self._succeeded and self.connector.quota.day_left == 0:
                # The next call would be refused for certain.
                self.failure = _day_over(self.connector.label)
                return
            waiting = self._waiting(self.file.batch(number))
            if waiting:
                doubtful = self._note(waiting)
                contacts = [item.outgoing for item in waiting]
                self._flights.append(pool.submit(self.courier.deliver, contacts, doubtful))
            self._land(keep=self._width() - 1)
            if self.failure is not None:
                return

    def _width(self) -> int:
        """How many calls may be under way at once."""
        if not self._succeeded:
            # If the key is bad, seven more calls would only repeat it.
            return 1
        day_left = self.connector.quota.day_left
        width = self.connector.parallel
        return width if day_left is None else max(1, min(width, day_left))

    def _waiting(self, items: list[PlanItem]) -> list[PlanItem]:
        """Those of a batch that this run has not settled and that may still leave."""
        ids = [item.contact for item in items]
        with self.store.reading() as connection:
            settled = self.ledger.settled(
                connection, self.run, ids, repeatable=self.connector.repeatable
            )
            present = _versions(connection, ids)
            withheld = withholding.reasons(connection, ids)
        self._done += len(settled)
        waiting = []
        for item in items:
            if item.contact in settled:
                continue
            if item.contact in withheld or item.contact not in present:
                # Since the plan was made somebody said that this person must not be exported.
                self.withheld[item.fate] += 1
                continue
            waiting.append(item)
        return waiting

    def _note(self, items: Sequence[PlanItem]) -> set[int]:
        """Note a batch as sent; returns whom an earlier execution may have sent already."""
        contacts = [item.contact for item in items]
        with self.store.writing("export", durable=True) as connection:
            self.context.lease.prove(connection)
            doubtful = self.ledger.in_doubt(connection, self.run, contacts)
            self.ledger.note(connection, self.run, items, State.SENT)
        return doubtful

    def _land(self, *, keep: int) -> None:
        """Settle flights, oldest first, until only `keep` are in the air."""
        while len(self._flights) > keep or (self._flights and self._flights[0].done()):
            delivery = self._flights.popleft().result()
            self._judge(delivery)
            self._settle(delivery)
            self.context.progress(self._done, self._total)

    def _settle(self, delivery: Delivery) -> None:
        self._done += len(delivery.results)
        with self.store.writing("export results", durable=True) as connection:
            self.ledger.settle(connection, self.run, delivery.results)
            waiting = [contact.contact for contact in delivery.waiting]
            self.ledger.put_back(connection, self.run, waiting)
            ambiguous = unknown(connection, self.run)
            self.context.save(connection, self.calls(), done=self._done, ambiguous=ambiguous)

    def _judge(self, delivery: Delivery) -> None:
        """Decide whether the run goes on after this batch."""
        failure = delivery.failure
        if failure is None:
            self._succeeded, self._troubled = True, False
            self._settle_held()
        elif isinstance(failure, Cancelled):
            self._halted = True
            self.courier.stopping.set()
        elif self._troubled or not is_passing(failure):
            self.failure = self.failure or failure
            self.courier.stopping.set()
        else:
            # One batch that the destination chokes on must not hold up all others for ever. The
            # next batch tells whether it is this one's fault: in an outage everybody waits.
            self._troubled = True
            self._held = delivery

    def _settle_held(self) -> None:
        held, self._held = self._held, None
        if held is not None and held.failure is not None:
            given_up = Delivery(waiting=held.waiting)
            _give_up(given_up, held.failure)
            self._settle(given_up)

    def _begin(self) -> None:
        """Refuse a stale plan; take over what the plan found to be there already."""
        stale = sum(self._stale(items) for items in self.file.chunks(SENT, CHUNK))
        if stale:
            raise StalePlan(
                trn(
                    "The plan is stale: {n} row changed since it was made.",
                    "The plan is stale: {n} rows changed since it was made.",
                    stale,
                ),
                tr("Plan the export again; nothing was sent."),
                rows=stale,
            )
        for items in self.file.chunks((Fate.UNCHANGED,), CHUNK):
            found = [item for item in items if not item.known]
            with self.store.writing("export unchanged", bulk=True) as connection:
                self.ledger.note(connection, self.run, found, State.UNCHANGED)
        with self.store.writing("export begins") as connection:
            self.context.save(connection, {"writes": 0, "reads": 0}, done=0)

    def _stale(self, items: Sequence[PlanItem]) -> int:
        ids = [item.contact for item in items]
        with self.store.reading() as connection:
            present = _versions(connection, ids)
            withheld = withholding.reasons(connection, ids)
        return sum(
            present.get(item.contact) != item.version or item.contact in withheld for item in items
        )


def _versions(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    wanted = select(Contact.id, Contact.version).where(Contact.id.in_(ids), alive(connection))
    return {row.id: row.version for row in connection.execute(wanted)}


def _day_over(label: str) -> OutsideError:
    return OutsideError(
        tr("{label}'s daily limit of calls is used up.", label=label),
        tr("Resume the export tomorrow; what is left to do is kept."),
        kind=OutsideKind.QUOTA,
    )


def _give_up(delivery: Delivery, failure: CaptelyError) -> None:
    hint = tr("Retry the failed ones in a while.")
    reason = ItemFailure(OutsideKind.TRANSIENT, failure.message, hint, failure.detail)
    delivery.results += [ItemResult(each.contact, failure=reason) for each in delivery.waiting]
    delivery.waiting.clear()
