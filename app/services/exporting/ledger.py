"""The ledger of remote writes: what was sent where, written before each call and settled after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, bindparam, case, func, insert, select, update

from app.core.clock import Clock, to_us
from app.core.errors import OutsideKind
from app.models.exports import ExportItem
from app.models.store import reserve
from app.services.connectors import ItemFailure, ItemResult
from app.services.exporting.planfile import Fate, PlanItem


class State(StrEnum):
    """What became of a contact at the destination; sent means that no answer is known yet."""

    PENDING = "pending"
    SENT = "sent"
    OK = "ok"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"


SETTLED = (State.OK, State.FAILED, State.AMBIGUOUS)


class Known(NamedTuple):
    """What the ledger knows of a contact: the digest that is there now, if any, and as what."""

    digest: str = ""
    remote_id: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Where things are sent: a connector, one account there, and a container in it."""

    connector: str
    account: str
    container: str = ""

    def condition(self) -> Any:  # noqa: ANN401
        """The condition on ExportItem for this target."""
        return (
            (ExportItem.connector == self.connector)
            & (ExportItem.account == self.account)
            & (ExportItem.container == self.container)
        )


class Ledger:
    """The ledger of one target."""

    def __init__(self, target: Target, clock: Clock) -> None:
        self.target = target
        self._clock = clock

    def known(self, connection: Connection, contacts: Sequence[int]) -> dict[int, Known]:
        """What is known of these contacts; the digest only of what certainly is there."""
        wanted = select(
            ExportItem.contact,
            ExportItem.state,
            ExportItem.payload_sha256,
            ExportItem.remote_id,
            ExportItem.dedupe_key,
        ).where(self.target.condition(), ExportItem.contact.in_(contacts))
        return {
            row.contact: Known(
                row.payload_sha256 if row.state in {State.OK, State.UNCHANGED} else "",
                row.remote_id or "",
                row.dedupe_key,
            )
            for row in connection.execute(wanted)
        }

    def settled(
        self, connection: Connection, run: int, contacts: Sequence[int], *, repeatable: bool
    ) -> set[int]:
        """Those of `contacts` that this run leaves alone when it is resumed.

        A fate that stayed unknown is settled by sending again, where that is `repeatable`.
        """
        states = [each for each in SETTLED if not (repeatable and each is State.AMBIGUOUS)]
        wanted = select(ExportItem.contact).where(
            self.target.condition(),
            ExportItem.contact.in_(contacts),
            ExportItem.run == run,
            ExportItem.state.in_(states),
        )
        return set(connection.execute(wanted).scalars())

    def note(
        self, connection: Connection, run: int, items: Iterable[PlanItem], state: State
    ) -> None:
        """Write that these contacts are about to be sent, or were found unchanged."""
        rows = {item.contact: self._row(run, item, state) for item in items}
        if not rows:
            return
        there = select(ExportItem.contact).where(
            self.target.condition(), ExportItem.contact.in_(rows)
        )
        existing = set(connection.execute(there.with_for_update()).scalars())
        new = [row for contact, row in rows.items() if contact not in existing]
        if new:
            first = reserve(connection, "export_item", len(new))
            numbered = [{**row, "id": number} for number, row in enumerate(new, first)]
            connection.execute(insert(ExportItem), numbered)
        old = [row for contact, row in rows.items() if contact in existing]
        if old:
            connection.execute(self._rewrite(), [_bound(row) for row in old])

    def settle(self, connection: Connection, run: int, results: Iterable[ItemResult]) -> None:
        """Write what became of sent contacts."""
        rows = [self._outcome(run, result) for result in results]
        if rows:
            connection.execute(_settlement(self.target), rows)

    def put_back(self, connection: Connection, run: int, contacts: Sequence[int]) -> None:
        """Contacts that certainly were not taken wait again."""
        connection.execute(
            update(ExportItem)
            .where(
                self.target.condition(),
                ExportItem.run == run,
                ExportItem.contact.in_(contacts),
                ExportItem.state == State.SENT,
            )
            .values(state=State.PENDING)
        )

    def in_doubt(self, connection: Connection, run: int, contacts: Sequence[int]) -> set[int]:
        """Those of `contacts` that this run may have sent already without hearing of it."""
        wanted = select(ExportItem.contact).where(
            self.target.condition(),
            ExportItem.contact.in_(contacts),
            ExportItem.run == run,
            ExportItem.state.in_((State.SENT, State.AMBIGUOUS)),
        )
        return set(connection.execute(wanted).scalars())

    def counts(self, connection: Connection, run: int) -> dict[State, int]:
        """How many contacts of this run are in each state."""
        wanted = (
            select(ExportItem.state, func.count())
            .where(ExportItem.run == run)
            .group_by(ExportItem.state)
        )
        found = {row.state: row[1] for row in connection.execute(wanted)}
        return {state: found.get(state.value, 0) for state in State}

    def _row(self, run: int, item: PlanItem, state: State) -> dict[str, Any]:
        return {
            "run": run,
            "connector": self.target.connector,
            "account": self.target.account,
            "container": self.target.container,
            "contact": item.contact,
            "dedupe_key": item.key,
            "payload_sha256": item.sha256,
            "remote_id": item.remote_id or None,
            "action": item.fate.value,
            "state": state.value,
            "error_kind": None,
            "error": None,
            "hint": None,
            "detail": None,
            "correlation": None,
            "attempts": int(state is State.SENT),
            "at_us": to_us(self._clock.now()),
        }

    def _rewrite(self) -> Any:  # noqa: ANN401
        kept = ("connector", "account", "container", "contact", "attempts", "remote_id")
        names = [
            name for name in self._row(0, PlanItem(0, Fate.CREATE), State.SENT) if name not in kept
        ]
        return (
            update(ExportItem)
            .where(self.target.condition(), ExportItem.contact == bindparam("b_contact"))
            .values(
                {name: bindparam(f"b_{name}") for name in names}
                | {
                    "attempts": ExportItem.attempts + bindparam("b_attempts"),
                    "remote_id": func.coalesce(
                        bindparam("b_remote_id", type_=Text), ExportItem.remote_id
                    ),
                }
            )
        )

    def _outcome(self, run: int, result: ItemResult) -> dict[str, Any]:
        failure = result.failure
        return {
            "b_run": run,
            "b_contact": result.contact,
            "b_state": _state_of(failure).value,
            "b_remote_id": result.remote_id or None,
            "b_lost": int(failure is not None and failure.kind is OutsideKind.GONE),
            "b_error_kind": failure.kind.value if failure else None,
            "b_error": failure.message if failure else None,
            "b_hint": failure.hint if failure else None,
            "b_detail": failure.detail if failure else None,
            "b_correlation": failure.correlation if failure else None,
            "b_at_us": to_us(self._clock.now()),
        }


def unknown(connection: Connection, run: int) -> int:
    """How many contacts of a run are ambiguous; cheap however large the run is."""
    wanted = select(func.count()).where(ExportItem.run == run, ExportItem.state == State.AMBIGUOUS)
    return int(connection.execute(wanted).scalar_one())


def lose_sight(connection: Connection, run: int) -> None:
    """Mark what a run had sent without hearing of it as ambiguous: its process has gone."""
    lost = update(ExportItem).where(ExportItem.run == run, ExportItem.state == State.SENT)
    connection.execute(lost.values(state=State.AMBIGUOUS))


def _state_of(failure: ItemFailure | None) -> State:
    if failure is None:
        return State.OK
    return State.AMBIGUOUS if failure.kind is OutsideKind.AMBIGUOUS else State.FAILED


def _settlement(target: Target) -> Any:  # noqa: ANN401
    # A record that is gone there must not be updated by its old id again.
    kept = case(
        (bindparam("b_lost") == 1, None),
        else_=func.coalesce(bindparam("b_remote_id", type_=Text), ExportItem.remote_id),
    )
    names = ("state", "error_kind", "error", "hint", "detail", "correlation", "at_us")
    return (
        update(ExportItem)
        .where(
            target.condition(),
            ExportItem.contact == bindparam("b_contact"),
            ExportItem.run == bindparam("b_run"),
        )
        .values({name: bindparam(f"b_{name}") for name in names} | {"remote_id": kept})
    )


def _bound(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("connector", "account", "container")
    return {f"b_{name}": value for name, value in row.items() if name not in kept}
