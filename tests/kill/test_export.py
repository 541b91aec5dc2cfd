"""An export killed at any boundary of a write and resumed loses nobody and makes nobody twice.

The kills aim: at each step around the nth write, from our side and from the server's, and at
random moments counted from the arrival of a write there. What the dead process left in doubt is
shown until the resume, which looks whether it arrived before it sends it again.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from app.core.actor import Actor, Origin
from app.core.clock import SystemClock
from app.core.events import Bus
from app.core.paths import Workspace
from app.models.store import Store
from app.sandbox.server import Answer, Request
from app.services.connections import Connections
from app.services.exporting import Exporting
from app.services.http import HttpFactory
from app.services.jobs import Jobs, JobState
from app.services.secrets import Secrets
from tests.kill.harness import Child, Kill, Nursery
from tests.services.exporting.bench import KEY, SPEED, Bench

PEOPLE = 450
BATCH = 100
WRITES = 5
EVERY = os.environ.get("CAPTELY_TEST_PROFILE") == "full"
AIMED = range(1, WRITES + 1) if EVERY else (2, WRITES)

LOOKING = "app.services.exporting.running:Execution._waiting"
NOTING = "app.services.exporting.ledger:Ledger.note"
NOTED = "app.services.exporting.running:Execution._note"
CALL = "app.services.connectors.hubspot:HubSpot.send"
SETTLING = "app.services.exporting.ledger:Ledger.settle"
SETTLED = "app.services.exporting.running:Execution._settle"
FINISHING = "app.services.exporting.planfile:PlanFile.remove"


def run_export(folder: str, server: str, job: int) -> dict[str, Any]:
    """In a child: recover as at a start, then run the export job to its end."""
    workspace = Workspace(Path(folder))
    clock = SystemClock(speed=SPEED)
    store, bus = Store(f"sqlite:///{workspace.database}"), Bus()
    jobs = Jobs(store, bus, clock, Actor("ada", "desk", Origin.CLI))
    secrets = Secrets(workspace.folder, environment={"CAPTELY_HUBSPOT_KEY": KEY})
    connections = Connections(store, secrets, HttpFactory(clock, {"hubspot": server}), clock, bus)
    Exporting(workspace, store, connections, jobs, clock)
    jobs.recover()
    result = dict(jobs.run(job).result or {})
    store.close()
    return result


@dataclass(slots=True)
class Planned:
    """A workspace whose export is planned and waits for its job; kills counts those that struck."""

    bench: Bench
    ids: list[int]
    job: int
    kills: int = 0

    @property
    def told(self) -> tuple[str, str, int]:
        """The arguments of `run_export`."""
        return str(self.bench.workspace.folder), self.bench.server, self.job

    @property
    def ended(self) -> bool:
        """Whether the job has ended: a late kill may meet a child that has only to exit."""
        return self.bench.jobs.view(self.job).state is JobState.DONE

    def batch(self, nth: int) -> list[int]:
        """The contacts of the nth request of the plan."""
        return self.ids[(nth - 1) * BATCH : nth * BATCH]

    def writes(self) -> dict[int, int]:
        """How often each contact that is there was written, once each is told by its e-mail."""
        there = [(each.values["email"], each.writes) for each in self.bench.practice.book.all()]
        assert len({email for email, _ in there}) == len(there), "somebody is there twice"
        return {self.ids[int(email[3:-13]) - 1]: count for email, count in there}

    def look(self) -> tuple[dict[int, int], dict[int, str]]:
        """After a kill: what is there and what the ledger says, which must show every doubt."""
        self.kills += 1
        self.bench.jobs.recover()
        there, ledger = self.writes(), self.bench.ledger()
        done = {contact for contact, state in ledger.items() if state == "ok"}
        doubtful = {contact for contact, state in ledger.items() if state == "ambiguous"}
        assert done <= there.keys() <= done | doubtful
        assert "sent" not in ledger.values(), "a call of unknown fate is not shown"
        view = self.bench.jobs.view(self.job)
        assert view.ambiguous == len(doubtful)
        shown = self.bench.exporting.runs.unknown(self.job)
        assert {call["contact"] for call in shown} == doubtful
        assert view.state in {JobState.QUEUED, JobState.INTERRUPTED, JobState.DONE}
        return there, ledger

    def finish(self, nursery: Nursery) -> None:
        """Resume to the end: all are there once, and another export has nothing to send."""
        if not self.ended:
            result = nursery.run(run_export, *self.told).value
            assert {name: result[name] for name in ("create", "ok", "failed", "pending")} == {
                "create": PEOPLE,
                "ok": PEOPLE,
                "failed": 0,
                "pending": 0,
            }
        assert self.writes().keys() == set(self.ids), "somebody was lost"
        assert max(self.writes().values()) <= self.kills + 1
        assert Counter(self.bench.ledger().values()) == {"ok": PEOPLE}
        assert list(self.bench.workspace.plans.iterdir()) == []
        assert self.bench.jobs.view(self.job).ambiguous == 0
        before = len(self.bench.sandbox.requests())
        again = self.bench.export(self.ids)
        assert (again["unchanged"], again["requests"]) == (PEOPLE, 0)
        assert len(self.bench.sandbox.requests()) == before


@dataclass(slots=True)
class Ambush:
    """Waits at the server for the nth write and kills who sent it.

    With taken the write has its effect before the kill, else it is lost. With delay the sender
    gets its answer and lives that many seconds longer.
    """

    nth: int
    taken: bool = True
    delay: float | None = None
    _seen: int = 0
    _child: Child | None = None
    _ready: threading.Event = field(default_factory=threading.Event)
    _timer: threading.Timer | None = None

    def run(self, planned: Planned, nursery: Nursery) -> bool:
        """Run the export into the ambush; True when it was killed."""
        practice = planned.bench.practice
        proper = practice._upsert
        practice._upsert = lambda request: self._meet(request, proper)  # type: ignore[method-assign]
        try:
            self._child = nursery.start(run_export, *planned.told)
            self._ready.set()
            return self._child.wait().killed
        finally:
            if self._timer is not None:
                # Whoever comes later may have the number of this process.
                self._timer.cancel()
                self._timer.join()
            practice._upsert = proper  # type: ignore[method-assign]

    def _meet(self, request: Request, proper: Callable[[Request], Answer]) -> Answer:
        self._seen += 1
        if self._seen != self.nth:
            return proper(request)
        assert self._ready.wait(10.0)
        answer = proper(request) if self.taken else Answer()
        assert self._child is not None
        if self.delay is None:
            self._child.kill()
            return replace(answer, dropped=True)
        self._timer = threading.Timer(self.delay, self._child.kill)
        self._timer.start()
        return answer


BenchMaker = Callable[[], Planned]


@pytest.fixture
def planned(tmp_path: Path) -> Iterator[BenchMaker]:
    """Make workspaces whose export is planned."""
    made: list[Bench] = []

    def make() -> Planned:
        bench = Bench(tmp_path / str(len(made)))
        made.append(bench)
        ids = bench.people(PEOPLE)
        return Planned(bench, ids, bench.exporting.start(bench.plan(ids)))

    yield make
    for bench in made:
        bench.close()


@pytest.mark.parametrize("nth", AIMED)
@pytest.mark.parametrize(
    ("kill", "left"),
    [
        pytest.param(Kill(at=LOOKING), "", id="between two batches"),
        pytest.param(Kill(at=NOTING), "", id="before the intent is written"),
        pytest.param(Kill(at=NOTING, after=True), "", id="before the intent is committed"),
        pytest.param(Kill(at=NOTED, after=True), "ambiguous", id="after the intent"),
        pytest.param(Kill(at=SETTLING), "ambiguous", id="before the result is written"),
        pytest.param(Kill(at=SETTLING, after=True), "ambiguous", id="before its commit"),
        pytest.param(Kill(at=SETTLED, after=True), "ok", id="after the result"),
    ],
)
def test_a_kill_at_a_boundary_of_our_own(
    planned: BenchMaker, nursery: Nursery, kill: Kill, left: str, nth: int
) -> None:
    export = planned()
    assert nursery.run(run_export, *export.told, kill=replace(kill, nth=nth)).killed

    there, ledger = export.look()
    aimed = export.batch(nth)
    assert {ledger.get(contact, "") for contact in aimed} == {left}
    arrived = kill.at in (SETTLING, SETTLED)
    assert there.keys() & set(aimed) == (set(aimed) if arrived else set())
    export.finish(nursery)
    assert {export.writes()[contact] for contact in aimed} == {1}


@pytest.mark.parametrize("nth", AIMED)
@pytest.mark.parametrize("after", [False, True], ids=["before the call", "once it is answered"])
def test_a_kill_in_the_thread_that_calls(
    planned: BenchMaker, nursery: Nursery, nth: int, *, after: bool
) -> None:
    export = planned()
    kill = Kill(at=CALL, nth=nth, after=after)
    assert nursery.run(run_export, *export.told, kill=kill).killed

    there, ledger = export.look()
    doubtful = {contact for contact, state in ledger.items() if state == "ambiguous"}
    assert doubtful
    assert doubtful & there.keys() or not after
    export.finish(nursery)


@pytest.mark.parametrize("nth", AIMED)
@pytest.mark.parametrize("taken", [False, True], ids=["lost on its way", "taken by the server"])
def test_a_kill_while_a_write_is_under_way(
    planned: BenchMaker, nursery: Nursery, nth: int, *, taken: bool
) -> None:
    export = planned()
    assert Ambush(nth, taken=taken).run(export, nursery)

    there, ledger = export.look()
    doubtful = {contact for contact, state in ledger.items() if state == "ambiguous"}
    assert len(doubtful & there.keys()) >= (50 if taken else 0)
    assert len(doubtful - there.keys()) >= (0 if taken else 50)
    export.finish(nursery)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_kill_when_all_is_sent_and_the_plan_is_thrown_away(
    planned: BenchMaker, nursery: Nursery, *, after: bool
) -> None:
    export = planned()
    assert nursery.run(run_export, *export.told, kill=Kill(at=FINISHING, after=after)).killed

    there, ledger = export.look()
    assert len(there) == Counter(ledger.values())["ok"] == PEOPLE
    export.finish(nursery)


def test_kills_at_any_commit(planned: BenchMaker, nursery: Nursery) -> None:
    # Not counted beforehand: a slow run saves its progress more often than a fast one.
    for nth in count(1, 1 if EVERY else 5):
        export = planned()
        killed = nursery.run(run_export, *export.told, kill=Kill(at="commit", nth=nth)).killed
        if killed:
            export.look()
        export.finish(nursery)
        if not killed:
            break
    assert nth > 3 * WRITES, "a write has its intent, its result and its progress"


def test_kills_at_random_moments_after_a_write_has_arrived(
    planned: BenchMaker, nursery: Nursery
) -> None:
    chance = random.Random(1815)
    whole = nursery.run(run_export, *planned().told).seconds
    struck = 0
    for _ in range(120 if EVERY else 5):
        export = planned()
        for _ in range(2):
            moment = None if chance.random() < 0.2 else chance.uniform(0.0, whole / WRITES)
            ambush = Ambush(chance.randint(1, WRITES - 1), chance.random() < 0.8, moment)
            if not ambush.run(export, nursery):
                break
            export.look()
            if export.ended:
                break
        struck += export.kills
        export.finish(nursery)
    assert struck >= (100 if EVERY else 4)
