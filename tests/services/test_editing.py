"""Edits of one contact against what was seen: conflicts field by field, main values, put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import AlreadyThere, InvalidFields, InvalidInput, NotFound
from app.services.editing import Editing
from app.services.field_history import FieldHistory
from tests.services.office import Office, open_office


@pytest.fixture
def editing(office: Office) -> Editing:
    return Editing(office.store, office.operations)


@pytest.fixture
def colleague(office: Office, tmp_path: Path, database_url: str) -> Iterator[Office]:
    """Ben, in the same workspace."""
    with open_office(tmp_path / "workspace", database_url, name="ben") as opened:
        yield opened


def test_that_only_the_fields_changed_by_somebody_else_are_left_alone(
    office: Office, colleague: Office, editing: Editing
) -> None:
    seen = office.contacts.get(office.add(full_name="Ada", title="Miss", city="London"))
    colleague.contacts.change(seen.id, {"title": "Countess"})
    edited = editing.change(seen, {"title": "Mathematician", "city": "Ockham"})
    assert edited.conflicts == ("title",)
    assert edited.contact.values["title"] == "Countess"
    assert edited.contact.values["city"] == "Ockham"
    again = editing.change(edited.contact, {"title": "Mathematician"})
    assert again.conflicts == ()
    assert again.contact.values["title"] == "Mathematician"


def test_that_the_same_change_made_twice_is_no_conflict(
    office: Office, colleague: Office, editing: Editing
) -> None:
    seen = office.contacts.get(office.add(full_name="Ada", tags="eu"))
    colleague.contacts.change(
        seen.id, {"title": "Countess", "tags": "eu, vip", "last_contacted": "2026-07-16"}
    )
    values = {"title": "Countess", "tags": "VIP, eu", "last_contacted": "2026-07-16"}
    assert editing.change(seen, values).conflicts == ()


def test_that_further_values_and_own_fields_conflict_one_by_one(
    office: Office, colleague: Office, editing: Editing
) -> None:
    office.custom.add("Budget", "money")
    seen = office.contacts.get(office.add(full_name="Ada", email__home="a@home.example"))
    colleague.contacts.change(seen.id, {"email.home": "b@home.example", "custom:budget": "5"})
    edited = editing.change(seen, {"email.home": "c@home.example", "custom:budget": "7"})
    assert edited.conflicts == ("email.home", "custom:budget")
    assert edited.contact.labelled == {"email": (("home", "b@home.example"),)}
    assert edited.contact.custom == {"budget": 5}


def test_that_every_bad_value_is_named_with_its_field(office: Office, editing: Editing) -> None:
    seen = office.contacts.get(office.add(full_name="Ada"))
    with pytest.raises(InvalidFields) as refused:
        editing.change(seen, {"email": "nonsense", "title": "Countess", "score": "3"})
    assert set(refused.value.problems) == {"email", "score"}
    assert set(refused.value.as_dict()["fields"]) == {"email", "score"}
    assert office.contacts.get(seen.id) == seen


def test_that_anothers_address_is_refused_with_the_other_named(
    office: Office, editing: Editing
) -> None:
    other = office.add(full_name="Chloé", email="c@rivoli.example")
    seen = office.contacts.get(office.add(full_name="Ada"))
    with pytest.raises(AlreadyThere) as refused:
        editing.change(seen, {"email": "c@rivoli.example"})
    assert refused.value.contact == other
    again = editing.change(seen, {"email": "c@rivoli.example"}, allow_duplicate=True)
    assert again.contact.values["email"] == "c@rivoli.example"


def test_that_a_contact_in_the_trash_is_not_edited(office: Office, editing: Editing) -> None:
    seen = office.contacts.get(office.add(full_name="Ada"))
    office.contacts.delete([seen.id])
    with pytest.raises(NotFound, match="in the trash"):
        editing.change(seen, {"title": "Countess"})


def test_that_the_main_address_and_a_further_one_change_places(
    office: Office, editing: Editing
) -> None:
    ada = office.add(email="ada@work.example", email__home="a@home.example", email__other="o@x.eu")
    view = editing.make_primary(ada, "email", "home")
    assert view.values["email"] == "a@home.example"
    assert view.labelled == {"email": (("other 2", "ada@work.example"), ("other", "o@x.eu"))}
    assert office.found("email:a@home.example") == [ada]
    office.operations.undo()
    assert office.contacts.get(ada).values["email"] == "ada@work.example"
    with pytest.raises(NotFound, match="no further value"):
        editing.make_primary(ada, "email", "nowhere")


def test_that_a_value_is_relabelled_in_its_place(office: Office, editing: Editing) -> None:
    ada = office.add(full_name="Ada", phone__home="+33142685300", phone__work="+33142685301")
    view = editing.relabel(ada, "phone", "home", "Flat")
    assert view.labelled == {"phone": (("flat", "+33142685300"), ("work", "+33142685301"))}
    with pytest.raises(InvalidInput, match="already a value called"):
        editing.relabel(ada, "phone", "flat", "work")
    with pytest.raises(InvalidInput, match="A label is"):
        editing.relabel(ada, "phone", "flat", "a, b")


def test_that_one_earlier_value_is_put_back_as_a_new_operation(
    office: Office, editing: Editing
) -> None:
    ada = office.add(full_name="Ada", title="Miss", city="London")
    office.contacts.change(ada, {"title": "Countess", "city": "Ockham"})
    (step,) = FieldHistory(office.store).page(ada, "title").steps
    office.contacts.change(ada, {"title": "Mathematician"})
    view = editing.put_back(ada, "title", step.oldest)
    assert (view.values["title"], view.values["city"]) == ("Miss", "Ockham")
    office.operations.undo()
    assert office.contacts.get(ada).values["title"] == "Mathematician"


def test_that_tags_are_put_back_without_those_that_were_deleted(
    office: Office, editing: Editing
) -> None:
    ada = office.add(full_name="Ada", tags="eu, vip")
    office.contacts.change(ada, {"tags": "new"})
    (step,) = FieldHistory(office.store).page(ada, "tags").steps
    office.tags.delete(office.tags.named("vip"))
    assert editing.put_back(ada, "tags", step.oldest).tags == ("eu",)


def test_that_a_value_whose_field_or_status_is_gone_is_not_put_back(
    office: Office, editing: Editing
) -> None:
    office.custom.add("Budget", "money")
    ada = office.add(full_name="Ada", status="lost", budget="5")
    office.contacts.change(ada, {"status": "new", "custom:budget": "7"})
    steps = {step.field: step for step in FieldHistory(office.store).page(ada).steps}
    office.statuses.delete("lost")
    office.custom.delete("budget")
    for field in ("status", "custom:budget"):
        with pytest.raises(InvalidInput, match="deleted since"):
            editing.put_back(ada, field, steps[field].oldest)


def test_that_putting_back_never_leaves_nobody_or_anothers_address(
    office: Office, editing: Editing
) -> None:
    ada = office.add(email="ada@old.example")
    office.contacts.change(ada, {"full_name": "Ada"})
    office.contacts.change(ada, {"email": "ada@new.example"})
    office.add(full_name="Ben", email="ada@old.example")
    history = FieldHistory(office.store)
    (email,) = history.page(ada, "email").steps
    with pytest.raises(AlreadyThere):
        editing.put_back(ada, "email", email.oldest)
    office.contacts.change(ada, {"email": ""})
    (name,) = history.page(ada, "full_name").steps
    with pytest.raises(InvalidInput, match="Nothing says who"):
        editing.put_back(ada, "full_name", name.oldest)
    with pytest.raises(NotFound, match="no such value"):
        editing.put_back(ada, "city", name.oldest)


def test_that_the_likely_same_are_found_by_any_address_or_number(
    office: Office, editing: Editing
) -> None:
    ada = office.add(full_name="Ada", email="ada@x.example", email__home="a@home.example")
    ben = office.add(full_name="Ben", mobile="+33612345678")
    typed = {"email": "A@home.example", "phone": "06 12 34 56 78", "country": "FR"}
    found = editing.likely_same(typed)
    assert [(one.contact, one.name, one.field) for one in found] == [
        (ada, "Ada", "email"),
        (ben, "Ben", "phone"),
    ]
    assert [one.contact for one in editing.likely_same(typed, but=ada)] == [ben]
    assert editing.likely_same({"email": "half@", "phone": "06"}) == ()


def test_that_suggestions_are_what_living_contacts_have(office: Office, editing: Editing) -> None:
    office.add(full_name="Ada", owner="ben")
    office.add(full_name="Ben", owner="Zoë")
    office.contacts.delete([office.add(full_name="Gone", owner="nobody")])
    assert editing.suggestions("owner") == ("ben", "Zoë")
