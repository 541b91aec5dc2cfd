"""An export that is killed at any moment and resumed loses nobody and makes nobody twice."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.actor import Actor, Origin
from app.core.clock import SystemClock
from app.core.events import Bus
from app.core.paths import Workspace
from app.models.store import Store
from app.services.connections import Connections
from app.services.exporting import Exporting
from app.services.http import HttpFactory
from app.services.jobs import Jobs
from app.services.secrets import Secrets
from tests.kill.harness import Kill, Nursery
from tests.services.exporting.bench import KEY, SPEED, Bench

PEOPLE = 450
BEFORE_A_CALL = "app.services.http:HttpClient._exchange"
SETTLING = "app.services.exporting.ledger:Ledger.settle"
NOTING = "app.services.exporting.ledger:Ledger.note"
FINISHING = "app.services.exporting.planfile:PlanFile.remove"
EVERY = os.environ.get("CAPTELY_TEST_PROFILE") == "full"


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


BenchMaker = Callable[[], tuple[Bench, int]]


@pytest.fixture
def planned(tmp_path: Path) -> Iterator[BenchMaker]:
    """Make a workspace whose export is planned and waits for its job."""
    made: list[Bench] = []

    def make() -> tuple[Bench, int]:
        bench = Bench(tmp_path / str(len(made)))
        made.append(bench)
        return bench, bench.exporting.start(bench.plan(bench.people(PEOPLE)))

    yield make
    for bench in made:
        bench.close()


def kill_and_resume(planned: BenchMaker, nursery: Nursery, *kills: Kill) -> int:
    """Run an export that is killed again and again, resume it, and look; returns the kills."""
    bench, job = planned()
    told = (str(bench.workspace.folder), bench.server, job)
    died = 0
    for kill in kills:
        if not nursery.run(run_export, *told, kill=kill).killed:
            break
        died += 1
    there = {each.values["email"] for each in bench.practice.book.all()}
    ledger = Counter(bench.ledger().values())
    # What the ledger calls done is there; what is there was at least noted before it was sent.
    assert ledger["ok"] <= len(there) <= sum(ledger.values())
    result = nursery.run(run_export, *told).value if died == len(kills) else None
    emails = [each.values["email"] for each in bench.practice.book.all()]
    assert len(emails) == len(set(emails)) == PEOPLE
    assert Counter(bench.ledger().values()) == {"ok": PEOPLE}
    assert max(each.writes for each in bench.practice.book.all()) <= len(kills) + 1
    if result is not None:
        assert {name: result[name] for name in ("create", "ok", "failed", "pending")} == {
            "create": PEOPLE,
            "ok": PEOPLE,
            "failed": 0,
            "pending": 0,
        }
    assert list(bench.workspace.plans.iterdir()) == []
    return died


@pytest.mark.parametrize(
    "kill",
    [
        Kill(at=BEFORE_A_CALL, nth=1),
        Kill(at=BEFORE_A_CALL, nth=1, after=True),
        Kill(at=BEFORE_A_CALL, nth=3),
        Kill(at=BEFORE_A_CALL, nth=3, after=True),
        Kill(at=NOTING, nth=2),
        Kill(at=NOTING, nth=2, after=True),
        Kill(at=SETTLING, nth=1),
        Kill(at=SETTLING, nth=3, after=True),
        Kill(at=FINISHING, nth=1),
        Kill(at=FINISHING, nth=1, after=True),
    ],
    ids=lambda kill: (
        f"{kill.at.rpartition('.')[2]}-{kill.nth}-{'after' if kill.after else 'before'}"
    ),
)
def test_a_kill_at_any_step_is_made_good_by_a_resume(
    planned: BenchMaker, nursery: Nursery, kill: Kill
) -> None:
    assert kill_and_resume(planned, nursery, kill) == 1


def test_kills_at_any_commit(planned: BenchMaker, nursery: Nursery) -> None:
    for nth in range(1, 30 if EVERY else 16, 1 if EVERY else 3):
        assert kill_and_resume(planned, nursery, Kill(at="commit", nth=nth)) == 1


def test_kills_at_any_moment_even_twice(planned: BenchMaker, nursery: Nursery) -> None:
    moments = random.Random(1815)
    died = 0
    for _ in range(40 if EVERY else 5):
        first, second = (Kill(seconds=moments.uniform(0.01, 0.15)) for _ in range(2))
        died += kill_and_resume(planned, nursery, first, second)
    assert died >= 5
