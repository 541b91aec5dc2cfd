"""The history of exports: every run, and what became of each contact in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from app.core.clock import from_us
from app.core.errors import InvalidInput, NotFound
from app.core.text import tr
from app.models.exports import ExportItem, ExportRun
from app.models.jobs import Job
from app.models.store import Store
from app.services.exporting.ledger import State
from app.services.jobs import JobState

TROUBLE = (State.FAILED, State.AMBIGUOUS)


@dataclass(frozen=True, slots=True)
class RunView:
    """One run in the history; counts hold fates and outcomes as in the verb's JSON."""

    id: int
    job: int | None
    connector: str
    account: str
    at: datetime
    counts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ItemView:
    """One contact of a run."""

    contact: int
    email: str
    action: str
    state: State
    remote_id: str
    kind: str
    message: str
    hint: str
    detail: str
    correlation_id: str
    attempts: int

    def as_failure(self) -> dict[str, Any]:
        """The entry of failures[] in the verb's JSON."""
        return {
            "contact": self.contact,
            "email": self.email,
            "kind": self.kind,
            "message": self.message,
            "hint": self.hint,
            "detail": self.detail,
            "correlation_id": self.correlation_id,
        }


class Runs:
    """The runs of one workspace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self, *, limit: int = 50, offset: int = 0) -> list[RunView]:
        """The newest runs first."""
        wanted = select(ExportRun).order_by(ExportRun.id.desc()).limit(limit).offset(offset)
        with self._store.reading() as session:
            return [_run_view(row) for row in session.execute(wanted)]

    def get(self, run_id: int) -> RunView:
        """One run; raises NotFound."""
        with self._store.reading() as session:
            return _run_view(_row(session, run_id))

    def items(
        self, run_id: int, states: Sequence[State] = tuple(State), *, limit: int, offset: int = 0
    ) -> tuple[ItemView, ...]:
        """A page of a run's contacts in these states."""
        wanted = (
            select(ExportItem)
            .where(ExportItem.run == run_id, ExportItem.state.in_(states))
            .order_by(ExportItem.contact)
            .limit(limit)
            .offset(offset)
        )
        with self._store.reading() as session:
            return tuple(_item_view(row) for row in session.execute(wanted))

    def states(self, run_id: int) -> dict[State, int]:
        """How many contacts a run has noted in each state."""
        wanted = (
            select(ExportItem.state, func.count())
            .where(ExportItem.run == run_id)
            .group_by(ExportItem.state)
        )
        with self._store.reading() as session:
            found = {row[0]: int(row[1]) for row in session.execute(wanted)}
        return {state: found.get(state.value, 0) for state in State}

    def to_retry(self, run_id: int) -> Retry:
        """What failed or stayed unknown in a run; raises InvalidInput when nothing does still."""
        wanted = (
            select(ExportItem.contact)
            .where(ExportItem.run == run_id, ExportItem.state.in_(TROUBLE))
            .order_by(ExportItem.contact)
        )
        with self._store.reading() as session:
            row = _row(session, run_id)
            ids = tuple(session.execute(wanted).scalars())
            if not ids:
                raise _nothing_to_retry(session, row)
        return Retry(row.connector, row.container, row.mapping, ids)

    def unknown(self, job_id: int) -> tuple[dict[str, Any], ...]:
        """The contacts of a job whose fate stayed unknown, as calls in the command line's JSON."""
        wanted = (
            select(ExportItem.__table__)
            .join(ExportRun, ExportRun.id == ExportItem.run)
            .where(ExportRun.job == job_id, ExportItem.state == State.AMBIGUOUS)
            .order_by(ExportItem.contact)
        )
        with self._store.reading() as session:
            return tuple(_unknown_call(row) for row in session.execute(wanted))

    def keep_counts(self, run_id: int, counts: Mapping[str, Any]) -> None:
        """Add figures to a run."""
        with self._store.writing("export counts") as session:
            before = _row(session, run_id).counts
            session.execute(
                update(ExportRun).where(ExportRun.id == run_id).values(counts={**before, **counts})
            )


@dataclass(frozen=True, slots=True)
class Retry:
    """The contacts of a run to be exported again, and with which mapping."""

    connector: str
    container: str
    mapping: Mapping[str, Any]
    contacts: tuple[int, ...]


def _row(session: Connection, run_id: int) -> Any:  # noqa: ANN401
    row = session.execute(select(ExportRun).where(ExportRun.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(
            tr("There is no export {id}.", id=run_id), tr("Look at the list of exports.")
        )
    return row


def _later_with_trouble(session: Connection, run: Any) -> int | None:  # noqa: ANN401
    """The newest run after this one, to the same place, in which something failed."""
    wanted = (
        select(func.max(ExportRun.id))
        .join(ExportItem, ExportItem.run == ExportRun.id)
        .where(
            ExportRun.id > run.id,
            ExportRun.connector == run.connector,
            ExportRun.container == run.container,
            ExportItem.state.in_(TROUBLE),
        )
    )
    found: int | None = session.execute(wanted).scalar()
    return found


def _nothing_to_retry(session: Connection, run: Any) -> InvalidInput:  # noqa: ANN401
    state = session.execute(select(Job.state).where(Job.id == run.job)).scalar()
    if state not in (None, JobState.DONE, JobState.CANCELLED):
        return InvalidInput(
            tr("Export {id} has not come to its end, and nothing failed in it so far.", id=run.id),
            tr("Go on with it: captely job resume {job}", job=run.job),
        )
    if not any(run.counts.get(trouble.value) for trouble in TROUBLE):
        return InvalidInput(tr("Nothing of this export failed."), tr("There is nothing to retry."))
    message = tr("What failed in export {id} was sent again since.", id=run.id)
    later = _later_with_trouble(session, run)
    if later is None:
        return InvalidInput(message, tr("There is nothing to retry."))
    return InvalidInput(message, tr("Retry export {id}: that is where it failed last.", id=later))


def _run_view(row: Any) -> RunView:  # noqa: ANN401
    return RunView(
        row.id, row.job, row.connector, row.account_label, from_us(row.at_us), row.counts
    )


def _unknown_call(row: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": row.id,
        "contact": row.contact,
        "state": row.state,
        "what": row.action,
        "provider": row.connector,
        "at": from_us(row.at_us).isoformat().replace("+00:00", "Z"),
    }


def _item_view(row: Any) -> ItemView:  # noqa: ANN401
    return ItemView(
        contact=row.contact,
        email=row.dedupe_key,
        action=row.action,
        state=State(row.state),
        remote_id=row.remote_id or "",
        kind=row.error_kind or "",
        message=row.error or "",
        hint=row.hint or "",
        detail=row.detail or "",
        correlation_id=row.correlation or "",
        attempts=row.attempts,
    )
