"""A job survives everything: it is paused, resumed, cancelled, and found again after a kill."""

from __future__ import annotations

import threading
from contextlib import nullcontext

import pytest
from sqlalchemy import text

from app.core.errors import (
    Busy,
    Cancelled,
    CaptelyError,
    InvalidInput,
    NotFound,
    OutsideError,
    OutsideKind,
    StorageError,
)
from app.services.jobs import JobContext, JobState, Lane, Paused
from app.services.jobs.owner import new_owner
from tests.held import Held
from tests.services.jobs.bench import START, Bench

FOREIGN = "otherhost[1]:4711:99:feed"


def nothing(context: JobContext) -> dict[str, object]:
    return {}


def make(bench: Bench, handler=nothing, **options) -> int:
    bench.jobs.register("rows", handler, **options)
    return bench.jobs.create("rows", "Import leads.csv", {"file": "leads.csv"}, total=3)


def counting(bench: Bench, *, stop_at: int | None = None, wish=None):
    """A handler of three chunks that keeps its cursor, and calls `wish` in the given one."""
    seen: list[int] = []

    def handler(context: JobContext) -> dict[str, object]:
        for chunk in context.each(range((context.cursor or {}).get("next", 0), 3), total=3):
            with bench.store.writing("chunk") as connection:
                seen.append(chunk)
                context.save(connection, {"next": chunk + 1}, done=chunk + 1)
            if chunk == stop_at:
                wish(context.job_id)
                bench.clock.seconds += 1
        return {"chunks": len(seen)}

    handler.seen = seen
    return handler


def test_a_new_job_waits_with_its_label_and_total(any_bench: Bench):
    job = make(any_bench)

    view = any_bench.jobs.view(job)

    assert (view.state, view.label, view.done, view.total) == ("queued", "Import leads.csv", 0, 3)
    assert (view.created, view.started, view.actor) == (START, None, "ada")
    assert any_bench.states == ["queued"]


def test_running_a_job_gives_its_handler_the_payload_and_keeps_the_result(any_bench: Bench):
    given = []

    def handler(context: JobContext) -> dict[str, object]:
        given.append((context.job_id, context.payload, context.cursor))
        return {"created": 2}

    job = make(any_bench, handler)
    view = any_bench.jobs.run(job)

    assert given == [(job, {"file": "leads.csv"}, None)]
    assert (view.state, view.result, view.message) == ("done", {"created": 2}, "")
    assert (view.started, view.ended) == (START, START)
    assert any_bench.states == ["queued", "running", "done"]


def test_a_job_that_has_ended_is_not_run_again(bench: Bench):
    job = make(bench)
    bench.jobs.run(job)

    with pytest.raises(InvalidInput, match=f"Job {job} has already ended"):
        bench.jobs.run(job)


def test_a_number_that_names_no_job_is_said_so(bench: Bench):
    bench.jobs.register("rows", nothing)

    for verb in (bench.jobs.view, bench.jobs.run, bench.jobs.pause, bench.jobs.cancel):
        with pytest.raises(NotFound, match="no job 99"):
            verb(99)


def test_a_job_of_a_kind_from_a_newer_version_is_left_alone(bench: Bench):
    job = make(bench)

    with pytest.raises(InvalidInput, match="cannot run work of the kind “rows”"):
        bench.beside().run(job)
    assert bench.jobs.view(job).state is JobState.QUEUED


def test_jobs_are_listed_newest_first_and_by_whether_they_have_ended(any_bench: Bench):
    first, second, third = (make(any_bench) for _ in range(3))
    any_bench.jobs.run(second)

    def ids(**options) -> list[int]:
        return [view.id for view in any_bench.jobs.views(**options)]

    assert ids() == [third, second, first]
    assert ids(active=True) == [third, first]
    assert ids(active=False) == [second]
    assert ids(limit=1) == [third]


def test_a_failure_with_a_sentence_is_stored_and_raised(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        raise OutsideError("HubSpot refused the key.", "Enter it again.", kind=OutsideKind.AUTH)

    job = make(bench, handler)

    with pytest.raises(OutsideError, match="refused the key"):
        bench.jobs.run(job)
    view = bench.jobs.view(job)
    assert (view.state, view.message) == ("failed", "HubSpot refused the key. Enter it again.")
    assert bench.progress[-1].state is JobState.FAILED


def test_an_unexpected_error_is_logged_once_and_told_as_a_sentence(bench: Bench, expect_log):
    def handler(context: JobContext) -> dict[str, object]:
        raise ZeroDivisionError("a bug")

    expect_log("Job 1 failed unexpectedly")
    job = make(bench, handler)

    with pytest.raises(CaptelyError, match="unexpected error") as raised:
        bench.jobs.run(job)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    assert "a bug" not in bench.jobs.view(job).message
    assert bench.jobs.view(job).state is JobState.FAILED


def test_a_failed_job_goes_on_from_its_cursor_when_it_is_resumed(bench: Bench):
    def fail(job_id: int) -> None:
        raise CaptelyError("The disk is full.")

    broken = counting(bench, stop_at=1, wish=fail)
    job = make(bench, broken)
    with pytest.raises(CaptelyError, match="disk is full"):
        bench.jobs.run(job)
    whole = counting(bench)
    bench.jobs.register("rows", whole)

    view = bench.jobs.resume(job)

    assert (broken.seen, whole.seen) == ([0, 1], [2])
    assert (view.state, view.done) == ("done", 3)


def test_a_paused_job_stops_after_its_step_and_resumes_where_it_was(any_bench: Bench):
    first = counting(any_bench, stop_at=0, wish=any_bench.jobs.pause)
    job = make(any_bench, first)

    paused = any_bench.jobs.run(job)
    second = counting(any_bench)
    any_bench.jobs.register("rows", second)
    done = any_bench.jobs.resume(job)

    assert (paused.state, paused.done, paused.ended) == ("paused", 1, None)
    assert (first.seen, second.seen) == ([0], [1, 2])
    assert (done.state, done.done) == ("done", 3)


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_another_process_can_pause_and_cancel_a_running_job(any_bench: Bench, verb: str):
    other = any_bench.beside()
    handler = counting(any_bench, stop_at=1, wish=getattr(other, verb))
    job = make(any_bench, handler)

    if verb == "cancel":
        with pytest.raises(Cancelled):
            any_bench.jobs.run(job)
    else:
        any_bench.jobs.run(job)

    assert handler.seen == [0, 1]
    assert any_bench.jobs.view(job).state == {"pause": "paused", "cancel": "cancelled"}[verb]


def test_cancelling_outdoes_pausing_whichever_was_asked_first(bench: Bench):
    other = bench.beside()

    def both(job_id: int) -> None:
        other.cancel(job_id)
        other.pause(job_id)

    job = make(bench, counting(bench, stop_at=0, wish=both))

    with pytest.raises(Cancelled):
        bench.jobs.run(job)


def test_the_pause_event_of_the_caller_pauses_the_run(bench: Bench):
    stop = threading.Event()
    handler = counting(bench, stop_at=0, wish=lambda job_id: stop.set())
    job = make(bench, handler)

    assert bench.jobs.run(job, pause=stop).state == "paused"
    assert handler.seen == [0]


@pytest.mark.parametrize("verb", ["cancel", "pause"])
def test_a_job_waits_for_a_server_only_until_it_is_asked_to_stop(bench: Bench, verb: str):
    ask = getattr(bench.beside(), verb)

    def handler(context: JobContext) -> dict[str, object]:
        ask(context.job_id)
        context.wait(3600)
        raise AssertionError("it waited to the end")

    job = make(bench, handler)

    with pytest.raises(Cancelled) if verb == "cancel" else nullcontext():
        bench.jobs.run(job)
    assert bench.clock.seconds < 5
    assert bench.jobs.view(job).state == {"cancel": "cancelled", "pause": "paused"}[verb]


def test_a_wait_that_nobody_disturbs_lasts_as_long_as_asked(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        context.wait(90)
        return {"waited": bench.clock.seconds}

    assert bench.jobs.run(make(bench, handler)).result == {"waited": 90.0}


def test_work_may_pause_itself_and_say_why(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        raise Paused("HubSpot's daily limit is used up.", "Resume after midnight.")

    view = bench.jobs.run(make(bench, handler))

    assert view.state is JobState.PAUSED
    assert view.message == "HubSpot's daily limit is used up. Resume after midnight."


def test_a_cancelled_run_is_undone_before_it_counts_as_cancelled(bench: Bench):
    undone = []

    def discard(context: JobContext) -> None:
        context.check()
        undone.append((context.cursor, bench.jobs.view(context.job_id).state))

    handler = counting(bench, stop_at=1, wish=bench.jobs.cancel)
    job = make(bench, handler, discard=discard)

    with pytest.raises(Cancelled):
        bench.jobs.run(job)
    assert undone == [({"next": 2}, "running")]
    assert bench.progress[-1].state is JobState.CANCELLED


@pytest.mark.parametrize("state", ["queued", "paused", "interrupted", "failed"])
def test_a_job_that_does_not_run_is_undone_by_whoever_cancels_it(bench: Bench, state: str):
    undone = []
    job = make(bench, discard=lambda context: undone.append(context.cursor))
    bench.set_row(job, state=state, cursor={"next": 2})

    view = bench.jobs.cancel(job)

    assert (view.state, undone) == ("cancelled", [{"next": 2}])


def test_an_undoing_that_fails_leaves_the_job_to_be_cancelled_again(bench: Bench):
    attempts = []

    def discard(context: JobContext) -> None:
        attempts.append(context.job_id)
        if len(attempts) == 1:
            raise CaptelyError("The disk is full.", "Free some space.")

    job = make(bench, discard=discard)

    with pytest.raises(CaptelyError, match="disk is full"):
        bench.jobs.cancel(job)
    assert bench.jobs.view(job).message == "The disk is full. Free some space."
    assert bench.jobs.cancel(job).state is JobState.CANCELLED


def test_pausing_a_waiting_job_keeps_it_from_being_started(bench: Bench):
    job = make(bench)
    bench.jobs.pause(job)

    assert bench.jobs.run_queued(job).state is JobState.PAUSED
    assert bench.jobs.run(job).state is JobState.DONE


@pytest.mark.parametrize("verb", ["pause", "cancel", "enqueue"])
def test_what_has_ended_cannot_be_paused_cancelled_or_queued(bench: Bench, verb: str):
    job = make(bench)
    bench.jobs.run(job)

    with pytest.raises(InvalidInput, match="already ended"):
        getattr(bench.jobs, verb)(job)


def test_a_job_that_runs_elsewhere_is_not_started_here(any_bench: Bench):
    refusals = []

    def handler(context: JobContext) -> dict[str, object]:
        for verb in (other.run, other.enqueue):
            with pytest.raises(Busy, match="already running") as refused:
                verb(context.job_id)
            refusals.append(refused.value.hint)
        return {}

    other = any_bench.beside()
    other.register("rows", nothing)
    job = make(any_bench, handler)

    assert any_bench.jobs.run(job).state is JobState.DONE
    assert len(refusals) == 2


def test_a_job_whose_lease_ran_out_is_interrupted_and_can_be_resumed(any_bench: Bench):
    job = make(any_bench)
    any_bench.set_row(job, state="running", lease_owner=FOREIGN, lease_until=1, cursor={"n": 1})

    assert any_bench.jobs.view(job).state is JobState.INTERRUPTED
    assert [view.id for view in any_bench.jobs.recover()] == [job]
    assert any_bench.row(job).state == "interrupted"
    assert any_bench.jobs.recover() == []
    assert any_bench.jobs.resume(job).state is JobState.DONE


def test_recovery_leaves_alone_what_another_machine_is_running(any_bench: Bench):
    job = make(any_bench)
    in_2100 = 4_102_444_800_000_000
    any_bench.set_row(job, state="running", lease_owner=FOREIGN, lease_until=in_2100)

    assert any_bench.jobs.recover() == []
    with pytest.raises(Busy):
        any_bench.jobs.run(job)
    assert any_bench.jobs.view(job).state is JobState.RUNNING


def test_a_dead_job_can_be_resumed_or_cancelled_without_recovery_first(bench: Bench):
    job, other = make(bench), make(bench)
    for number in (job, other):
        bench.set_row(number, state="running", lease_owner=FOREIGN, lease_until=1)

    assert bench.jobs.resume(job).state is JobState.DONE
    assert bench.jobs.cancel(other).state is JobState.CANCELLED


def test_a_lease_left_behind_by_this_very_process_is_dead(bench: Bench):
    job = make(bench)
    bench.set_row(job, state="running", lease_owner=new_owner(), lease_until=2**62)

    assert bench.jobs.view(job).state is JobState.INTERRUPTED


def test_the_heartbeat_keeps_the_lease_through_a_step_longer_than_it(bench: Bench):
    beaten = threading.Event()

    def handler(context: JobContext) -> dict[str, object]:
        context.progress(1, 3, "building indexes")
        before = bench.row(context.job_id).lease_until
        bench.lease_clock.seconds += 50
        bench.lease_clock.beat()
        while bench.row(context.job_id).lease_until == before:
            assert not beaten.wait(0.002)
        bench.lease_clock.seconds += 50
        view = other.view(context.job_id)
        assert other.recover() == []
        return {"state": view.state.value, "done": view.done, "message": view.message}

    other = bench.beside()

    result = bench.jobs.run(make(bench, handler)).result
    assert result == {"state": "running", "done": 1, "message": "building indexes"}


def test_a_process_that_slept_through_its_lease_cannot_write_any_more(any_bench: Bench):
    reached = []

    def handler(context: JobContext) -> dict[str, object]:
        any_bench.set_row(context.job_id, lease_owner=FOREIGN)
        with any_bench.store.writing("chunk") as connection:
            any_bench.store_row(connection)
            reached.append("work done")
            context.save(connection, {"next": 1})
        raise AssertionError("the chunk was committed")

    job = make(any_bench, handler)

    with pytest.raises(Busy, match="taken this job over"):
        any_bench.jobs.run(job)
    row = any_bench.row(job)
    assert reached == ["work done"]
    assert any_bench.stored_rows() == 0
    assert (row.cursor, row.lease_owner, row.state) == (None, FOREIGN, "running")


def test_a_process_that_lost_its_lease_notices_at_its_next_check(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        bench.set_row(context.job_id, lease_owner=FOREIGN)
        bench.clock.seconds += 1
        context.check()
        raise AssertionError("it went on")

    with pytest.raises(Busy, match="taken this job over"):
        bench.jobs.run(make(bench, handler))


def test_closing_the_program_interrupts_what_runs(bench: Bench):
    handler = counting(bench, stop_at=0, wish=lambda job_id: bench.jobs.stop())

    view = bench.jobs.run(make(bench, handler))

    assert (view.state, handler.seen) == ("interrupted", [0])


def test_a_job_whose_turn_comes_while_the_program_closes_does_not_get_far(bench: Bench):
    handler = counting(bench)
    job = make(bench, handler)
    bench.jobs.stop()

    assert bench.jobs.run(job).state is JobState.INTERRUPTED
    assert handler.seen == []


def test_leaving_the_program_by_force_interrupts_what_runs(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        raise KeyboardInterrupt

    job = make(bench, handler)

    with pytest.raises(KeyboardInterrupt):
        bench.jobs.run(job)
    assert bench.row(job).state == "interrupted"


def test_a_run_without_a_cursor_begins_its_count_again(bench: Bench):
    def pause_after_two(context: JobContext) -> dict[str, object]:
        for item in context.each(range(3), total=3):
            if item == 1:
                bench.jobs.pause(context.job_id)
        return {}

    job = make(bench, pause_after_two)
    assert bench.jobs.run(job).done == 2
    bench.jobs.register("rows", lambda context: {"began_at": bench.row(context.job_id).done})

    assert bench.jobs.resume(job).result == {"began_at": 0}


def test_a_result_that_cannot_be_stored_is_a_failure_of_the_job(bench: Bench, expect_log):
    expect_log("Job 1 failed unexpectedly")
    job = make(bench, lambda context: {"bad": object()})

    with pytest.raises(CaptelyError, match="unexpected error"):
        bench.jobs.run(job)
    assert bench.jobs.view(job).state is JobState.FAILED


def test_a_disk_that_is_full_at_the_end_fails_the_job_with_a_sentence(bench: Bench):
    def handler(context: JobContext) -> dict[str, object]:
        with bench.store.writing("fill the disk") as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        return {"long": "x" * 1_000_000}

    job = make(bench, handler)

    with pytest.raises(StorageError, match="disk is full"):
        bench.jobs.run(job)
    assert bench.jobs.view(job).state is JobState.FAILED
    assert bench.jobs.view(job).message.startswith("The disk is full")


def test_a_job_whose_end_cannot_be_stored_can_be_resumed_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    def unreachable(label: str, **options: bool) -> None:
        raise StorageError("The shared database cannot be reached.")

    def handler(context: JobContext) -> dict[str, object]:
        monkeypatch.setattr(bench.store, "writing", unreachable)
        return {}

    job = make(bench, handler)

    with pytest.raises(StorageError, match="cannot be reached"):
        bench.jobs.run(job)
    monkeypatch.undo()
    assert bench.row(job).state == "running"
    assert bench.jobs.view(job).state is JobState.INTERRUPTED
    bench.jobs.register("rows", nothing)
    assert bench.jobs.resume(job).state is JobState.DONE


def test_a_job_knows_its_lane(bench: Bench):
    bench.jobs.register("calls", nothing, lane=Lane.NETWORK)

    assert bench.jobs.lane(bench.jobs.create("calls", "Export", {})) is Lane.NETWORK
    assert bench.jobs.lane(make(bench)) is Lane.BULK


def test_the_json_of_a_job_has_what_scripts_rely_on(bench: Bench):
    job = make(bench)
    bench.jobs.run(job)

    assert bench.jobs.view(job).as_dict() == {
        "id": job,
        "kind": "rows",
        "state": "done",
        "label": "Import leads.csv",
        "done": 0,
        "total": 3,
        "ambiguous": 0,
        "message": "",
        "parked": 0,
        "created": "2026-11-23T10:00:00Z",
        "started": "2026-11-23T10:00:00Z",
        "ended": "2026-11-23T10:00:00Z",
    }


def test_two_threads_tell_of_a_job_in_the_order_of_its_states(bench: Bench, monkeypatch):
    """A window would else go on showing a job as running that has ended."""
    job = make(bench)
    held = Held(bench.jobs.view)
    monkeypatch.setattr(bench.jobs, "view", held)
    late = threading.Thread(target=bench.jobs.announce, args=(job,))
    late.start()
    held.wait()
    run = threading.Thread(target=bench.jobs.run, args=(job,))
    run.start()
    held.let_go()
    late.join()
    run.join()
    assert bench.states == ["queued", "queued", "running", "done"]
