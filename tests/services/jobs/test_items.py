"""A call to another system is made at most once, and one of unknown fate is never repeated."""

from __future__ import annotations

import threading

import pytest

from app.core.errors import Busy, CaptelyError, InvalidInput
from app.services.jobs import Item, ItemState, JobContext, JobState, NewItem
from tests.services.jobs.bench import Bench

FOREIGN = "otherhost[1]:4711:99:feed"
CALLS = [NewItem(contact, {"what": "upsert", "provider": "hubspot"}) for contact in (11, 12, 13)]


def fill(bench: Bench, context: JobContext) -> None:
    """Put the calls in line once, however often the job is begun."""
    if context.cursor is None:
        with bench.store.writing("fill") as connection:
            context.items.add(connection, CALLS)
            context.save(connection, {"filled": True})


def settle(bench: Bench, context: JobContext, item: Item, state: ItemState, **result) -> None:
    with bench.store.writing("settle", durable=True) as connection:
        bench.store_row(connection)
        context.items.settle(connection, item, state, result or None)


def run(bench: Bench, work, *, reads_back: bool = False):
    """Make a job of three calls and let `work` do it; returns the job's id and what it gave."""
    given = []

    def handler(context: JobContext) -> dict[str, object]:
        fill(bench, context)
        given.append(work(context))
        return {}

    bench.jobs.register("calls", handler, reads_back=reads_back)
    job = bench.jobs.create("calls", "Export", {})
    bench.jobs.run(job)
    return job, given[0]


def forsake(bench: Bench, context: JobContext) -> Item:
    """Claim an item and never hear of it, as when the process is killed during the call."""
    item = context.items.claim()
    assert item is not None
    raise CaptelyError(f"killed while asking {item.id}")


def forsaken(bench: Bench, *, reads_back: bool = False) -> int:
    def handler(context: JobContext) -> dict[str, object]:
        fill(bench, context)
        return {"item": forsake(bench, context).id}

    bench.jobs.register("calls", handler, reads_back=reads_back)
    job = bench.jobs.create("calls", "Export", {})
    with pytest.raises(CaptelyError, match="killed while asking"):
        bench.jobs.run(job)
    return job


def test_items_are_claimed_in_the_order_in_which_they_were_added(any_bench: Bench):
    def work(context: JobContext):
        return [context.items.claim() for _ in range(4)]

    _, claimed = run(any_bench, work)

    assert [item and item.contact for item in claimed] == [11, 12, 13, None]
    assert claimed[0].payload == {"what": "upsert", "provider": "hubspot"}
    assert [item.state for item in claimed[:3]] == [ItemState.ASKED] * 3


def test_a_batch_claims_several_items_for_one_call(any_bench: Bench):
    def work(context: JobContext):
        return [[item.contact for item in context.items.claim_many(2)] for _ in range(3)]

    assert run(any_bench, work)[1] == [[11, 12], [13], []]


def test_two_threads_never_claim_the_same_item(any_bench: Bench):
    def work(context: JobContext):
        claimed: list[int] = []

        def claim_all() -> None:
            while (item := context.items.claim()) is not None:
                claimed.append(item.id)

        threads = [threading.Thread(target=claim_all) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return claimed

    _, claimed = run(any_bench, work)

    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == 3


def test_a_claim_is_seen_by_everyone_before_the_call_is_made(bench: Bench):
    def work(context: JobContext):
        context.items.claim()
        return context.items.counts()

    counts = run(bench, work)[1]

    assert counts[ItemState.ASKED] == 1
    assert counts[ItemState.WAITING] == 2
    assert counts[ItemState.DONE] == 0


def test_a_settled_item_keeps_its_result_with_the_work_of_the_same_transaction(any_bench: Bench):
    def work(context: JobContext):
        settle(any_bench, context, context.items.claim(), ItemState.DONE, remote="501")
        return context.items.counts()

    counts = run(any_bench, work)[1]

    assert counts[ItemState.DONE] == 1
    assert any_bench.stored_rows() == 1


def test_an_item_is_settled_once_and_the_second_answer_stores_nothing(any_bench: Bench):
    def work(context: JobContext):
        item = context.items.claim()
        settle(any_bench, context, item, ItemState.DONE)
        with pytest.raises(InvalidInput, match="already settled"):
            settle(any_bench, context, item, ItemState.FAILED)
        return context.items.counts()

    counts = run(any_bench, work)[1]

    assert (counts[ItemState.DONE], counts[ItemState.FAILED]) == (1, 0)
    assert any_bench.stored_rows() == 1


def test_a_call_that_certainly_did_not_arrive_goes_back_in_line(bench: Bench):
    def work(context: JobContext):
        first = context.items.claim()
        settle(bench, context, first, ItemState.WAITING)
        again = context.items.claim()
        return first, again

    first, again = run(bench, work)[1]

    assert (again.id, again.attempts) == (first.id, 2)


def test_a_call_whose_answer_never_came_is_ambiguous_and_listed(any_bench: Bench):
    job = forsaken(any_bench)

    listed = any_bench.jobs.ambiguous(job)

    assert [item.contact for item in listed] == [11]
    assert any_bench.jobs.view(job).ambiguous == 1
    assert listed[0].as_dict() == {
        "id": listed[0].id,
        "contact": 11,
        "state": "ambiguous",
        "what": "upsert",
        "provider": "hubspot",
        "at": "2026-11-23T10:00:00Z",
    }


def test_after_a_kill_recovery_marks_what_was_asked_as_ambiguous(any_bench: Bench):
    def work(context: JobContext):
        context.items.claim()
        any_bench.set_row(context.job_id, lease_owner=FOREIGN, lease_until=1)
        other = any_bench.beside()
        other.recover()
        return other.view(context.job_id)

    with pytest.raises(Busy):
        run(any_bench, work)

    [view] = any_bench.jobs.views()
    assert (view.state, view.ambiguous) == (JobState.INTERRUPTED, 1)


def test_a_resumed_job_goes_on_without_repeating_the_ambiguous_call(any_bench: Bench):
    job = forsaken(any_bench)
    called = []

    def rest(context: JobContext) -> dict[str, object]:
        fill(any_bench, context)
        while (item := context.items.claim()) is not None:
            called.append(item.contact)
            settle(any_bench, context, item, ItemState.DONE)
        return {}

    any_bench.jobs.register("calls", rest)
    view = any_bench.jobs.resume(job)

    assert called == [12, 13]
    assert (view.state, view.ambiguous) == (JobState.DONE, 1)


def test_work_that_cannot_read_back_may_not_ask_again(bench: Bench):
    job = forsaken(bench)

    def ask_again(context: JobContext) -> dict[str, object]:
        [item] = context.items.ambiguous()
        settle(bench, context, item, ItemState.WAITING)
        return {}

    bench.jobs.register("calls", ask_again)

    with pytest.raises(InvalidInput, match="already settled"):
        bench.jobs.resume(job)
    assert bench.stored_rows() == 0
    assert len(bench.jobs.ambiguous(job)) == 1


def test_work_that_reads_back_settles_what_arrived_and_asks_again_what_did_not(bench: Bench):
    job = forsaken(bench, reads_back=True)

    def read_back(context: JobContext) -> dict[str, object]:
        [item] = context.items.ambiguous()
        settle(bench, context, item, ItemState.WAITING)
        return {"again": [context.items.claim().contact, bench.jobs.view(job).ambiguous]}

    bench.jobs.register("calls", read_back, reads_back=True)

    assert bench.jobs.resume(job).result == {"again": [11, 0]}


def test_an_answer_that_comes_after_the_takeover_still_counts(any_bench: Bench):
    def work(context: JobContext):
        item = context.items.claim()
        any_bench.set_row(context.job_id, lease_owner=FOREIGN, lease_until=1)
        any_bench.beside().recover()
        settle(any_bench, context, item, ItemState.DONE, remote="501")

    with pytest.raises(Busy):
        run(any_bench, work)

    [view] = any_bench.jobs.views()
    assert (view.ambiguous, any_bench.stored_rows()) == (0, 1)


def test_an_answer_to_an_earlier_asking_does_not_settle_the_later_one(bench: Bench):
    def work(context: JobContext):
        first = context.items.claim()
        settle(bench, context, first, ItemState.WAITING)
        context.items.claim()
        with pytest.raises(InvalidInput, match="already settled"):
            settle(bench, context, first, ItemState.DONE)
        return context.items.counts()

    assert run(bench, work)[1][ItemState.ASKED] == 1


def test_a_process_that_lost_its_lease_cannot_ask(any_bench: Bench):
    def work(context: JobContext):
        any_bench.set_row(context.job_id, lease_owner=FOREIGN, lease_until=2**52)
        context.items.claim()

    with pytest.raises(Busy, match="taken this job over"):
        run(any_bench, work)
    any_bench.set_row(1, lease_until=1)
    any_bench.jobs.recover()
    assert any_bench.jobs.ambiguous(1) == []


def test_adding_nothing_is_harmless(bench: Bench):
    def work(context: JobContext):
        with bench.store.writing("add") as connection:
            return context.items.add(connection, [])

    assert run(bench, work)[1] == 0
