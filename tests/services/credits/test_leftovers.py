"""What becomes of the calls of jobs whose process has gone, whoever looks next."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.bootstrap import build
from app.core.actor import Origin
from app.core.paths import Workspace
from app.models.credits import EnrichmentAttempt
from app.models.journal import Operation
from app.services.audit import Audit
from app.services.credits import AttemptState, Step
from app.services.jobs import JobState, Lane
from tests.services.credits.bench import EMAIL, Bench, in_flight, journalled, make_job, turn_job


def states(bench: Bench) -> list[str]:
    return [state for _, state in bench.rows(EnrichmentAttempt.id, EnrichmentAttempt.state)]


def notes(bench: Bench) -> list[tuple[str, dict]]:
    with bench.store.reading() as connection:
        rows = connection.execute(select(Operation.kind, Operation.params).order_by(Operation.seq))
        return [(row.kind, row.params) for row in rows]


def test_what_a_dead_process_left_is_sorted_out_once_and_noted(bench: Bench):
    journalled(bench)
    make_job(bench, 1, JobState.RUNNING)
    in_flight(bench, 1)
    bench.credits.turn_if_due()
    assert states(bench) == ["reserved", "sent", "pending"], "it still runs"

    turn_job(bench, 1, JobState.INTERRUPTED)
    for _ in range(2):
        bench.credits.turn_if_due()
        assert states(bench) == ["released", "ambiguous", "pending"]
    assert bench.credits.overview().sums.held == 2 * EMAIL
    assert notes(bench) == [("credits.recover", {"job": 1, "released": 1, "unknown": 1})]
    assert Audit(bench.store).verify().ok


def test_a_running_job_beside_it_is_left_alone(bench: Bench):
    make_job(bench, 1, JobState.INTERRUPTED)
    make_job(bench, 2, JobState.RUNNING)
    in_flight(bench, 1)
    in_flight(bench, 2, first=10)
    bench.credits.turn_if_due()
    assert states(bench) == ["released", "ambiguous", "pending", "reserved", "sent", "pending"]


def test_the_job_that_is_resumed_reads_back_what_it_can(bench: Bench):
    make_job(bench, 1, JobState.INTERRUPTED)
    _, unheard, numbered = in_flight(bench, 1)
    bench.credits.turn_if_due()
    turn_job(bench, 1, JobState.RUNNING)

    found = bench.credits.recover(1, lambda attempt: attempt.id == unheard.id)

    assert [each.id for each in found.read_back] == [unheard.id, numbered.id]
    for attempt in found.read_back:
        bench.credits.settle(attempt.id, charged=EMAIL, found=1, outcome="FOUND")
    sums = bench.credits.overview().sums
    assert (sums.spent, sums.held) == (2 * EMAIL, 0)


@pytest.mark.parametrize(
    ("state", "days"),
    [(JobState.CANCELLED, 3), (JobState.DONE, 3), (JobState.PAUSED, 30), (JobState.FAILED, 30)],
)
def test_no_hold_stays_for_months(bench: Bench, state: JobState, days: int):
    journalled(bench)
    make_job(bench, 1, state)
    in_flight(bench, 1)
    bench.clock.pass_by(timedelta(days=days, hours=-1))
    bench.credits.turn_if_due()
    assert states(bench)[2] == "pending"

    bench.clock.pass_by(timedelta(hours=1))
    bench.credits.turn_if_due()
    assert states(bench) == ["released"] * 3
    assert bench.credits.overview().sums.held == 0
    assert "came back" in bench.credits.ledger()[1][0].note
    assert notes(bench)[-1][0] == "credits.give_up"


def test_a_call_without_a_job_is_nobody_s_but_after_72_hours(bench: Bench):
    _, unheard, _ = in_flight(bench, 1)
    bench.clock.pass_by(timedelta(days=40))
    bench.credits.turn_if_due()
    assert states(bench) == ["reserved", "sent", "pending"]
    bench.credits.lose_sight(unheard.id)
    bench.credits.turn_if_due()
    assert states(bench) == ["reserved", "released", "pending"]


def test_the_next_window_and_the_next_command_look_after_it(tmp_path: Path):
    workspace = Workspace(tmp_path / "workspace")
    app = build(workspace, origin=Origin.CLI)
    app.jobs.register("enrich", lambda context: _reserve_and_die(app, context.job_id))
    job = app.jobs.create("enrich", "Enrich", {})
    with pytest.raises(KeyboardInterrupt):
        app.jobs.run(job)
    app.close()

    window = build(workspace, origin=Origin.UI)
    window.tidy()
    window.runner.submit(Lane.BULK, lambda: None).result(timeout=60)
    assert [each.state for each in window.credits.open_attempts()] == []
    assert [entry.kind for entry in window.history.operations()] == ["credits.recover"]
    assert window.history.operations()[0].label == (
        "Recover the calls of job 1: 1 given back, 0 unknown"
    )
    window.close()


def _reserve_and_die(app, job: int) -> dict[str, object]:
    held = app.credits.reserve(Step(job, 1, 1, "icypeas", "find_email", 1_000))
    assert held.state is AttemptState.RESERVED
    raise KeyboardInterrupt
