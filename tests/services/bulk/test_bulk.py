"""A change of many contacts: a plan that tells each one's fate, then exactly that plan."""

from __future__ import annotations

import threading

import pytest

from app.core.errors import Cancelled, InvalidInput, StalePlan
from app.core.fields import FieldKind
from app.services.bulk import Act, BulkOutcome, BulkPlan, Edit
from tests.services.office import Office

BONN = Edit(Act.SET, "city", "Bonn")


def counts(plan: BulkPlan) -> tuple[int, int, int, int]:
    """Changed, equal, blocked, missing."""
    return plan.changed, plan.equal, plan.blocked, plan.missing


def test_that_a_plan_tells_beforehand_what_is_then_done_in_one_step(office: Office) -> None:
    changing = [office.add(full_name=f"Ada {n}", company="Acme") for n in range(3)]
    equal = office.add(full_name="Ada 3", company="Acme", city="Bonn", tags="vip")
    gone = office.add(full_name="Ada 4", company="Acme")
    office.contacts.delete([gone])
    wanted, edits = [*changing, equal, gone, 99], [BONN, Edit(Act.SET, "tags", "VIP")]
    plan = office.bulk.plan(wanted, edits)
    assert counts(plan) == (3, 1, 0, 2)
    assert office.found("city:bonn") == [equal]
    assert office.bulk.run(plan) == BulkOutcome(3)
    assert office.found("city:bonn tag:vip", sort="id") == [*changing, equal]
    assert counts(office.bulk.plan(wanted, edits)) == (0, 4, 0, 2)
    assert office.operations.undo().undone == 3
    assert office.found("city:bonn") == [equal]


def test_that_a_plan_shows_a_few_values_before_and_after(office: Office) -> None:
    one = office.add(full_name="Ada", city="Kiel", tags="eu")
    plan = office.bulk.plan([one], [BONN, Edit(Act.ADD_TAGS, tags=("vip",))])
    city, tags = plan.samples
    assert (city.contact, city.name, city.title) == (one, "Ada", "City")
    assert (city.before, city.after) == ("Kiel", "Bonn")
    assert (tags.title, tags.before, tags.after) == ("Tags", "eu", "eu, vip")


def test_that_a_tag_that_is_yet_to_be_made_counts_and_is_made_by_the_run(office: Office) -> None:
    one = office.add(full_name="Ada")
    plan = office.bulk.plan([one], [Edit(Act.ADD_TAGS, tags=("fresh",))])
    assert plan.changed == 1
    assert office.tags.list() == []
    office.bulk.run(plan)
    assert office.contacts.get(one).tags == ("fresh",)


def test_that_a_query_chooses_the_contacts(office: Office) -> None:
    one = office.add(full_name="Ada", company="Acme")
    office.add(full_name="Zoé", company="Navy")
    plan = office.bulk.plan("company:acme", [Edit(Act.SET, "status", "Lost")])
    office.bulk.run(plan)
    assert office.found("status:lost") == [one]


def test_that_tags_are_given_and_taken_without_touching_the_others(office: Office) -> None:
    one = office.add(full_name="Ada", tags="a, b")
    two = office.add(full_name="Zoé", tags="c")
    edits = [Edit(Act.ADD_TAGS, tags=("c",)), Edit(Act.REMOVE_TAGS, tags=("A", "unknown"))]
    plan = office.bulk.plan("", edits)
    assert counts(plan) == (1, 1, 0, 0)
    office.bulk.run(plan)
    assert office.contacts.get(one).tags == ("b", "c")
    assert office.contacts.get(two).tags == ("c",)
    office.operations.undo()
    assert office.contacts.get(one).tags == ("a", "b")


def test_that_text_is_found_and_replaced_whatever_its_case(office: Office) -> None:
    one = office.add(full_name="Ada", company="ACME Ltd, London", website="http://acme.example")
    two = office.add(full_name="Zoé", company="Acme")
    part = Edit(Act.REPLACE, "company", "acme", "Apex")
    plan = office.bulk.plan("", [part, Edit(Act.REPLACE, "website", "acme", "apex")])
    assert counts(plan) == (2, 0, 0, 0)
    office.bulk.run(plan)
    assert office.contacts.get(one).values["company"] == "Apex Ltd, London"
    assert office.contacts.get(one).values["website"] == "http://apex.example"
    assert office.contacts.get(two).values["company"] == "Apex"
    whole = office.bulk.plan("", [Edit(Act.REPLACE, "company", "apex", "", whole=True)])
    assert counts(whole) == (1, 1, 0, 0)
    office.bulk.run(whole)
    assert office.contacts.get(two).values["company"] is None


def test_that_what_one_contact_cannot_have_blocks_it_and_no_other(office: Office) -> None:
    office.custom.add("Work mail", FieldKind.EMAIL)
    ada = office.add(full_name="Ada", email="ada@old.example")
    nobody = office.add(email="only@old.example")
    taken = office.add(full_name="Bo", email="bo@old.example")
    office.add(full_name="Bo 2", email="bo@new.example")
    moved = office.bulk.plan("", [Edit(Act.REPLACE, "email", "@old.", "@new.")])
    assert counts(moved) == (2, 1, 1, 0)
    assert [(one.count, one.contacts) for one in moved.blocks] == [(1, (taken,))]
    assert "another contact" in moved.blocks[0].reason.lower()
    broken = office.bulk.plan([ada], [Edit(Act.REPLACE, "email", "@", " at ")])
    assert [block.reason for block in broken.blocks] == ["It would not be an e-mail address."]
    cleared = office.bulk.plan([ada, nobody], [Edit(Act.CLEAR, "email")])
    assert counts(cleared) == (1, 0, 1, 0)
    office.bulk.run(cleared)
    assert office.contacts.get(nobody).values["email"] == "only@old.example"


def test_that_two_contacts_do_not_become_one_by_a_replacement(office: Office) -> None:
    office.add(full_name="Ada", email="ada1@x.example")
    office.add(full_name="Ada", email="ada2@x.example")
    plan = office.bulk.plan(
        "", [Edit(Act.REPLACE, "email", "1", "3"), Edit(Act.REPLACE, "email", "2", "3")]
    )
    assert counts(plan) == (1, 0, 1, 0)
    assert office.bulk.run(plan) == BulkOutcome(1)


def test_that_a_plan_is_refused_once_a_contact_has_changed(office: Office) -> None:
    ids = [office.add(full_name=name) for name in ("Ada", "Bo", "Cy")]
    plan = office.bulk.plan(ids, [BONN])
    office.contacts.change(ids[0], {"title": "Countess"})
    office.contacts.delete([ids[1]])
    for act in (office.bulk.run, office.bulk.start):
        with pytest.raises(StalePlan) as refused:
            act(plan)
        assert refused.value.rows == 2
    assert office.found("city:bonn") == []
    assert office.jobs.views() == []


def test_that_a_plan_is_carried_out_once(office: Office) -> None:
    plan = office.bulk.plan([office.add(full_name="Ada")], [BONN])
    office.bulk.run(plan)
    with pytest.raises(StalePlan):
        office.bulk.run(plan)


@pytest.mark.parametrize(
    ("edits", "sentence"),
    [
        ([], "There is nothing to change."),
        ([Edit(Act.SET, "colour", "red")], "There is no field 'colour'."),
        ([Edit(Act.SET, "score", "3")], "Score is kept by Captely"),
        ([Edit(Act.SET, "status", "hot")], "Status has no choice hot."),
        ([Edit(Act.CLEAR, "status")], "A contact always has a status."),
        ([Edit(Act.SET, "email", "a@b.example")], "Many contacts cannot get the same e-mail"),
        ([Edit(Act.REPLACE, "status", "new", "old")], "Text cannot be replaced in Status."),
        ([Edit(Act.REPLACE, "city", "", "x")], "There is no text to look for."),
        ([Edit(Act.ADD_TAGS, tags=("a,b",))], "The tag 'a,b' holds a comma"),
        ([Edit(Act.DELETE), BONN], "Contacts are deleted or restored, or changed"),
    ],
)
def test_that_what_no_contact_can_have_is_refused_as_a_whole(
    office: Office, edits: list[Edit], sentence: str
) -> None:
    office.add(full_name="Ada")
    office.add(full_name="Bo")
    with pytest.raises(InvalidInput) as refused:
        office.bulk.plan("", edits)
    assert refused.value.message.startswith(sentence)
    assert refused.value.hint


def test_that_planning_tells_how_far_it_is_and_can_be_stopped(office: Office) -> None:
    office.add(full_name="Ada")
    told: list[tuple[int, int | None]] = []
    office.bulk.plan("", [BONN], progress=lambda done, total, _words: told.append((done, total)))
    assert told == [(0, 1)]
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        office.bulk.plan("", [BONN], cancel=stop)
