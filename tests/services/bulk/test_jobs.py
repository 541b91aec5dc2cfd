"""A change of very many contacts is a job: in short steps, stopped, resumed and taken back."""

from __future__ import annotations

import pytest

from app.core.errors import Cancelled, InvalidInput
from app.services.bulk import Act, Edit, running
from app.services.jobs import JobState
from tests.services.office import Office

BONN = Edit(Act.SET, "city", "Bonn")


@pytest.fixture
def seven(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seven contacts, changed two at a time."""
    monkeypatch.setattr(running, "STEP", 2)
    return [office.add(full_name=f"Ada {n}") for n in range(7)]


def test_that_a_job_does_the_whole_plan_as_one_step(office: Office, seven: list[int]) -> None:
    job = office.bulk.start(office.bulk.plan("", [BONN]))
    done = office.jobs.run(job)
    assert (done.state, done.done, done.total) == (JobState.DONE, 7, 7)
    assert done.result is not None
    assert (done.result["changed"], done.result["kept"]) == (7, 0)
    assert office.found("city:bonn", sort="id") == seven
    assert list(office.workspace.plans.glob("bulk-*")) == []
    assert office.operations.undo().undone == 7
    assert office.found("city:bonn") == []


@pytest.mark.parametrize(("act", "left"), [(Act.DELETE, 0), (Act.RESTORE, 7)])
def test_that_deleting_and_restoring_many_are_jobs_too(
    office: Office, seven: list[int], act: Act, left: int
) -> None:
    if act is Act.RESTORE:
        office.contacts.delete(seven)
    plan = office.bulk.plan(seven, [Edit(act)])
    assert plan.changed == 7
    office.jobs.run(office.bulk.start(plan))
    assert len(office.found("")) == left
    office.operations.undo()
    assert len(office.found("")) == 7 - left


def test_that_who_was_changed_while_it_ran_is_left_alone(
    office: Office, seven: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = running.BulkJob._step

    def stepping(self, context, plan, state, returns):  # type: ignore[no-untyped-def]
        if state["place"] == 2:
            office.contacts.change(seven[3], {"title": "Countess"})
        return plain(self, context, plan, state, returns)

    monkeypatch.setattr(running.BulkJob, "_step", stepping)
    done = office.jobs.run(office.bulk.start(office.bulk.plan("", [BONN])))
    assert done.result is not None
    assert (done.result["changed"], done.result["kept"]) == (6, 1)
    assert office.contacts.get(seven[3]).values["city"] is None


def test_that_a_cancelled_job_leaves_everybody_as_before(
    office: Office, seven: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [office.contacts.get(one).values["city"] for one in seven]
    plain = running.BulkJob._step

    def stepping(self, context, plan, state, returns):  # type: ignore[no-untyped-def]
        if state["place"] == 4:
            office.jobs.cancel(job)
        return plain(self, context, plan, state, returns)

    monkeypatch.setattr(running.BulkJob, "_step", stepping)
    job = office.bulk.start(office.bulk.plan("", [BONN]))
    with pytest.raises(Cancelled):
        office.jobs.run(job)
    assert office.jobs.view(job).state is JobState.CANCELLED
    assert [office.contacts.get(one).values["city"] for one in seven] == before
    assert list(office.workspace.plans.glob("bulk-*")) == []


def test_that_a_job_that_was_stopped_goes_on_where_it_was(
    office: Office, seven: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = running.BulkJob._step

    def failing(self, context, plan, state, returns):  # type: ignore[no-untyped-def]
        if state["place"] == 4:
            raise InvalidInput("The disk went away.")
        return plain(self, context, plan, state, returns)

    monkeypatch.setattr(running.BulkJob, "_step", failing)
    job = office.bulk.start(office.bulk.plan("", [BONN]))
    with pytest.raises(InvalidInput):
        office.jobs.run(job)
    assert office.bulk.sweep() == 0
    monkeypatch.setattr(running.BulkJob, "_step", plain)
    done = office.jobs.resume(job)
    assert done.result is not None
    assert done.result["changed"] == 7
    assert office.operations.undo().undone == 7


def test_that_an_altered_plan_file_is_not_carried_out(office: Office, seven: list[int]) -> None:
    job = office.bulk.start(office.bulk.plan("", [BONN]))
    (file,) = office.workspace.plans.glob("bulk-*")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match="cannot be read any more"):
        office.jobs.run(job)
    assert office.found("city:bonn") == []


def test_that_plans_nobody_needs_are_swept(office: Office, seven: list[int]) -> None:
    kept = office.bulk.start(office.bulk.plan("", [BONN]))
    (office.workspace.plans / "bulk-left.plan").write_bytes(b"")
    assert office.bulk.sweep() == 1
    office.jobs.cancel(kept)
    assert office.bulk.sweep() == 0
