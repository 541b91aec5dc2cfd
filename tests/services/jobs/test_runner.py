"""Work waits its turn in its lane, its errors reach its future, and closing loses nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import Future

import pytest

from app.core.errors import Busy, Cancelled, CaptelyError, InvalidInput
from app.services.jobs import JobContext, JobState, Lane, Runner
from tests.services.jobs.bench import Bench

PATIENCE = 30


@pytest.fixture
def runner(bench: Bench):
    runner = Runner(bench.jobs)
    yield runner
    runner.shutdown()


def most_at_once(runner: Runner, lane: Lane, works: int) -> int:
    """Submit `works` pieces that wait for one another as far as the lane lets them."""
    lock = threading.Lock()
    here, most = 0, 0
    full = threading.Event()

    def work() -> None:
        nonlocal here, most
        with lock:
            here += 1
            most = max(most, here)
            if most == expected:
                full.set()
        assert full.wait(PATIENCE)
        with lock:
            here -= 1

    expected = {Lane.READ: 3, Lane.EDIT: 1, Lane.BULK: 1, Lane.NETWORK: 8}[lane]
    for future in [runner.submit(lane, work) for _ in range(works)]:
        future.result(PATIENCE)
    return most


@pytest.mark.parametrize(
    ("lane", "threads"), [(Lane.READ, 3), (Lane.EDIT, 1), (Lane.BULK, 1), (Lane.NETWORK, 8)]
)
def test_each_lane_runs_its_own_number_of_works_at_once(runner: Runner, lane: Lane, threads: int):
    assert most_at_once(runner, lane, 20) == threads


def test_an_edit_does_not_wait_for_bulk_work(runner: Runner):
    release = threading.Event()
    bulk = runner.submit(Lane.BULK, lambda: release.wait(PATIENCE))

    edited = runner.submit(Lane.EDIT, lambda: "edited").result(PATIENCE)

    assert (edited, bulk.done()) == ("edited", False)
    release.set()
    assert bulk.result(PATIENCE)


def test_an_error_reaches_the_future_of_its_work(runner: Runner):
    def work() -> None:
        raise CaptelyError("The disk is full.")

    with pytest.raises(CaptelyError, match="disk is full"):
        runner.submit(Lane.EDIT, work).result(PATIENCE)
    assert runner.submit(Lane.EDIT, lambda: 2).result(PATIENCE) == 2


def test_a_job_runs_in_the_lane_of_its_kind(bench: Bench, runner: Runner):
    def handler(context: JobContext) -> dict[str, object]:
        return {"thread": threading.current_thread().name}

    bench.jobs.register("calls", handler, lane=Lane.NETWORK)
    view = runner.start_job(bench.jobs.create("calls", "Export", {})).result(PATIENCE)

    assert view.state is JobState.DONE
    assert view.result["thread"].startswith("captely-network")


def test_a_job_cancelled_while_it_waits_for_its_lane_does_not_start(bench: Bench, runner: Runner):
    started = []
    bench.jobs.register("rows", lambda context: started.append(context.job_id) or {})
    release = threading.Event()
    runner.submit(Lane.BULK, lambda: release.wait(PATIENCE))
    first, second = (bench.jobs.create("rows", "Import", {}) for _ in range(2))
    futures = [runner.start_job(job) for job in (first, second)]

    bench.jobs.cancel(first)
    bench.jobs.pause(second)
    release.set()

    assert [f.result(PATIENCE).state for f in futures] == [JobState.CANCELLED, JobState.PAUSED]
    assert started == []


def test_a_running_job_is_cancelled_without_waiting_for_its_lane(bench: Bench, runner: Runner):
    begun = threading.Event()

    def handler(context: JobContext) -> dict[str, object]:
        while True:
            begun.set()
            context.check()

    bench.jobs.register("rows", handler)
    job = bench.jobs.create("rows", "Import", {})
    running = runner.start_job(job)
    assert begun.wait(PATIENCE)

    runner.cancel_job(job).result(PATIENCE)

    with pytest.raises(Cancelled):
        running.result(PATIENCE)
    assert bench.jobs.view(job).state is JobState.CANCELLED


def test_what_a_stopped_job_did_is_undone_in_the_lane_of_its_kind(bench: Bench, runner: Runner):
    threads = []
    bench.jobs.register(
        "rows",
        lambda context: {},
        discard=lambda context: threads.append(threading.current_thread().name),
    )
    job = bench.jobs.create("rows", "Import", {})
    bench.jobs.pause(job)

    assert runner.cancel_job(job).result(PATIENCE).state is JobState.CANCELLED
    assert [name.rpartition("_")[0] for name in threads] == ["captely-bulk"]


def test_a_paused_job_shows_as_waiting_once_it_is_started_again(bench: Bench, runner: Runner):
    bench.jobs.register("rows", lambda context: {})
    release = threading.Event()
    job = bench.jobs.create("rows", "Import", {})
    bench.jobs.pause(job)
    runner.submit(Lane.BULK, lambda: release.wait(PATIENCE))

    future = runner.start_job(job)

    assert bench.jobs.view(job).state is JobState.QUEUED
    release.set()
    assert future.result(PATIENCE).state is JobState.DONE


def test_starting_what_runs_or_has_ended_is_refused_at_once(bench: Bench, runner: Runner):
    running, release = threading.Event(), threading.Event()

    def handler(context: JobContext) -> dict[str, object]:
        running.set()
        assert release.wait(PATIENCE)
        return {}

    bench.jobs.register("rows", handler)
    job = bench.jobs.create("rows", "Import", {})
    future = runner.start_job(job)
    assert running.wait(PATIENCE)

    with pytest.raises(Busy, match="already running"):
        runner.start_job(job)
    release.set()
    future.result(PATIENCE)
    with pytest.raises(InvalidInput, match="already ended"):
        runner.start_job(job)


def closing(bench: Bench, *, lane: Lane, wait: bool) -> tuple[Future, Future, threading.Event]:
    """Shut a runner down while one work of `lane` is under way and another waits."""
    runner = Runner(bench.jobs)
    begun, release, closed = threading.Event(), threading.Event(), threading.Event()

    def call() -> str:
        begun.set()
        assert release.wait(PATIENCE)
        return "answered"

    pair = [runner.submit(lane, call) for _ in range(9 if lane is Lane.NETWORK else 2)]
    assert begun.wait(PATIENCE)

    def shut() -> None:
        runner.shutdown(wait=wait)
        closed.set()

    thread = threading.Thread(target=shut)
    thread.start()
    if wait or lane is Lane.NETWORK:
        assert not closed.wait(0.05)
    else:
        assert closed.wait(PATIENCE)
    release.set()
    thread.join(PATIENCE)
    return pair[0], pair[-1], closed


def test_closing_waits_for_calls_in_flight_and_forgets_what_waits(bench: Bench):
    in_flight, waiting, closed = closing(bench, lane=Lane.NETWORK, wait=False)

    assert in_flight.result(PATIENCE) == "answered"
    assert waiting.cancelled()
    assert closed.is_set()


def test_closing_waits_for_other_lanes_only_when_asked(bench: Bench):
    at_once, _, _ = closing(bench, lane=Lane.READ, wait=False)
    patient, _, _ = closing(bench, lane=Lane.BULK, wait=True)

    assert (at_once.result(PATIENCE), patient.result(PATIENCE)) == ("answered", "answered")


def test_closing_interrupts_running_jobs_which_can_be_resumed(bench: Bench):
    runner = Runner(bench.jobs)
    begun = threading.Event()

    def handler(context: JobContext) -> dict[str, object]:
        while True:
            begun.set()
            context.check()

    bench.jobs.register("rows", handler)
    job = bench.jobs.create("rows", "Import", {})
    future = runner.start_job(job)
    assert begun.wait(PATIENCE)

    runner.shutdown()

    assert future.result(PATIENCE).state is JobState.INTERRUPTED
    next_start = bench.beside()
    next_start.register("rows", lambda context: {})
    assert next_start.resume(job).state is JobState.DONE


def test_no_work_is_taken_after_closing(bench: Bench):
    runner = Runner(bench.jobs)
    runner.shutdown()

    with pytest.raises(Cancelled, match="is closing"):
        runner.submit(Lane.READ, lambda: None)


def test_the_lanes_do_not_need_qt():
    seen = subprocess.run(
        [sys.executable, "-c", "import app.services.jobs, sys; print('PySide6' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert seen.stdout.strip() == "False"
