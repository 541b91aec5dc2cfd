"""Progress comes ten times a second at most, with a rate and a forecast that can be believed."""

from __future__ import annotations

import pytest

from app.core.errors import Cancelled
from app.services.jobs import JobContext, JobState
from tests.services.jobs.bench import Bench


def run(bench: Bench, handler) -> None:
    bench.jobs.register("rows", handler)
    bench.jobs.run(bench.jobs.create("rows", "Import leads.csv", {}))


def test_a_fast_loop_is_told_ten_times_a_second_and_once_at_its_end(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        for _ in context.each(range(4_000), total=4_000):
            bench.clock.seconds += 0.001
        return {}

    run(bench, handler)

    *running, last = bench.progress
    assert 39 <= len(running) <= 41
    assert {event.state for event in running} == {JobState.RUNNING}
    assert (last.state, last.done, last.total) == (JobState.DONE, 4_000, 4_000)


def test_the_rate_and_the_time_left_come_from_the_clock(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        for done in range(0, 501, 50):
            context.progress(done, 2_000, "checking")
            bench.clock.seconds += 0.5
        return {}

    run(bench, handler)

    at_500 = bench.progress[-2]
    assert (at_500.done, at_500.rate, at_500.eta_seconds) == (500, 100.0, 15.0)
    assert (at_500.label, at_500.message) == ("Import leads.csv", "checking")


def test_the_rate_forgets_what_was_more_than_ten_seconds_ago(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        done = 0
        for step in range(40):
            bench.clock.seconds += 1
            done += 1_000 if step < 20 else 10
            context.progress(done, None)
        return {}

    run(bench, handler)

    assert bench.progress[-2].rate == pytest.approx(10, rel=0.2)
    assert bench.progress[-2].eta_seconds is None


def test_the_next_stage_of_a_job_counts_from_its_own_beginning(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        for message, size in (("reading", 1_000), ("writing", 50)):
            for done in range(0, size, size // 10):
                context.progress(done, size, message)
                bench.clock.seconds += 1
        return {}

    run(bench, handler)

    writing = [event for event in bench.progress if event.message == "writing"]
    assert all(event.rate >= 0 for event in writing)
    assert writing[-1].rate == pytest.approx(5)


def test_nothing_is_promised_before_something_was_done(bench: Bench):
    run(bench, lambda context: context.progress(0, 100) or {})

    assert (bench.progress[0].rate, bench.progress[0].eta_seconds) == (0.0, None)


def test_a_resumed_job_counts_on_but_its_rate_is_that_of_this_run(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        with bench.store.writing("chunk") as connection:
            context.save(connection, {"next": 900}, done=900)
        bench.jobs.pause(context.job_id)
        context.check()
        return {}

    def rest(context: JobContext) -> dict[str, object]:
        for _ in context.each(range(100), total=1_000):
            bench.clock.seconds += 1
        return {}

    bench.jobs.register("rows", handler)
    job = bench.jobs.create("rows", "Import leads.csv", {})
    bench.jobs.run(job)
    bench.events.clear()
    bench.jobs.register("rows", rest)
    bench.jobs.resume(job)

    assert bench.progress[0].done == 900
    assert bench.progress[-1].done == 1_000
    assert bench.progress[-1].rate == pytest.approx(1.0)


def test_a_cancelled_run_ends_with_one_event_that_says_so(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        context.progress(7, 10)
        bench.jobs.cancel(context.job_id)
        context.check()
        return {}

    with pytest.raises(Cancelled):
        run(bench, handler)

    assert [(event.state, event.done) for event in bench.progress] == [
        (JobState.RUNNING, 7),
        (JobState.CANCELLED, 7),
    ]
