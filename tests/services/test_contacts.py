"""Contacts: what a person types is checked, stored, journalled, and can be taken back."""

from __future__ import annotations

import json

import pytest

from app.core.errors import InvalidInput, NotFound
from app.core.fields import FIELDS, FieldKind
from app.services.contacts import Contacts
from tests.services.office import Office


def test_that_a_contact_is_added_with_checked_values(office: Office) -> None:
    office.custom.add("Budget", FieldKind.MONEY)
    view = office.contacts.add(
        {
            "first_name": "  Ada ", "last_name": "Lovelace", "email": "Ada@Example.COM",
            "email.home": "countess@home.example", "phone": "01 42 68 53 00", "country": "France",
            "tags": "Prospect, EU, eu", "status": "Qualified", "budget": "1,500.50",
            "linkedin": "linkedin.com/in/ada",
        }
    )  # fmt: skip
    found = view.as_json()
    assert found["email"] == "ada@example.com"
    assert found["phone"] == "+33142685300"
    assert found["country"] == "FR"
    assert found["full_name"] == found["name"] == "Ada Lovelace"
    assert found["tags"] == ["EU", "Prospect"]
    assert found["status"] == "qualified"
    assert found["custom"] == {"budget": 1500.5}
    assert found["labelled"] == {"email": [["home", "countess@home.example"]]}
    assert found["created"] == found["updated"] == "2026-11-23T12:00:00Z"
    assert found["linkedin_url"].startswith("https://")


def test_that_the_json_of_a_contact_has_every_field_of_the_catalogue(office: Office) -> None:
    view = office.contacts.add({"full_name": "Ada"})
    found = json.loads(json.dumps(view.as_json()))
    assert {field.key for field in FIELDS} <= set(found)
    assert found["company"] is None
    assert found["score"] is None
    assert found["tags"] == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "There is nothing to store."),
        ({"compny": "Acme"}, "There is no field 'compny'. Did you mean 'company'?"),
        ({"company": "Acme"}, "Nothing says who this is."),
        ({"full_name": "Ada", "score": "5"}, "Score is kept by Captely and cannot be typed."),
        ({"full_name": "Ada", "status": ""}, "A contact always has a status."),
        ({"full_name": "Ada", "city.home": "x"}, "There is no field 'city.home'."),
    ],
)
def test_that_what_cannot_be_stored_is_refused_and_leaves_nothing(
    office: Office, values: dict[str, str], sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        office.contacts.add(values)
    assert refused.value.message.startswith(sentence)
    assert refused.value.hint
    assert office.operations.undoable() is None
    assert office.found("") == []


@pytest.mark.parametrize("values", [{"email": "no address"}, {"full_name": "A", "status": "won"}])
def test_that_values_are_refused_by_the_rules_of_an_import(
    office: Office, values: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        office.contacts.add(values)
    assert next(iter(values.values())) in refused.value.message or "won" in refused.value.message


def test_that_a_number_that_cannot_be_read_stays_as_typed(office: Office) -> None:
    view = office.contacts.add({"full_name": "Ada", "phone": "ask at the desk"})
    assert view.values["phone"] == "ask at the desk"


def test_that_numbers_are_read_as_of_the_default_country(office: Office) -> None:
    contacts = Contacts(office.store, office.operations, office.search, lambda: "FR")
    assert contacts.add({"phone": "01 42 68 53 00"}).values["phone"] == "+33142685300"
    german = contacts.add({"phone": "030 901820", "country": "Germany"})
    assert german.values["phone"] == "+4930901820"


def test_that_a_second_contact_with_an_address_is_refused_by_naming_the_first(
    office: Office,
) -> None:
    one = office.add(email="ada@example.com", email__home="home@example.com")
    other = office.add(full_name="Zoé")
    for values in ({"email": "ADA@example.com"}, {"full_name": "x", "email.a": "home@example.com"}):
        with pytest.raises(InvalidInput, match=f"Contact {one} has this e-mail address already"):
            office.contacts.add(values)
        with pytest.raises(InvalidInput, match=f"Contact {one} has this e-mail address already"):
            office.contacts.change(other, values)
    assert office.add(email="ada@example.com", allow_duplicate=True) != one
    office.contacts.delete(office.found("email:ada@example.com"))
    office.add(email="ada@example.com")


def test_that_only_the_given_fields_change_and_undo_puts_them_back(office: Office) -> None:
    one = office.add(email="ada@example.com", company="Acme", tags="a, b", email__home="h@x.eu")
    after = office.contacts.change(
        one, {"company": "", "tags": "c", "email.home": "", "email.work": "w@x.eu", "city": "Bonn"}
    )
    assert after.values["company"] is None
    assert after.values["email"] == "ada@example.com"
    assert after.tags == ("c",)
    assert after.labelled == {"email": (("work", "w@x.eu"),)}
    assert office.found("bonn") == [one]
    office.operations.undo()
    before = office.contacts.get(one)
    assert before.values["company"] == "Acme"
    assert before.values["city"] is None
    assert before.tags == ("a", "b")
    assert before.labelled == {"email": (("home", "h@x.eu"),)}


def test_that_a_further_address_is_replaced_under_its_label(office: Office) -> None:
    one = office.add(full_name="Ada", email__home="a@x.eu", email__work="w@x.eu")
    office.contacts.change(one, {"email.Home": "b@x.eu"})
    assert office.contacts.get(one).labelled["email"] == (("home", "b@x.eu"), ("work", "w@x.eu"))
    assert office.found("email:a@x.eu") == []


def test_that_a_change_that_changes_nothing_leaves_no_operation(office: Office) -> None:
    one = office.add(full_name="Ada", company="Acme")
    before = office.operations.undoable()
    assert office.contacts.change(one, {"company": "Acme"}).version == 1
    assert office.operations.undoable() == before


def test_that_a_change_on_an_older_version_is_a_conflict(office: Office) -> None:
    one = office.add(full_name="Ada")
    seen = office.contacts.get(one).version
    office.contacts.change(one, {"city": "Bonn"}, expected_version=seen)
    with pytest.raises(InvalidInput, match="changed meanwhile by ada"):
        office.contacts.change(one, {"city": "Kiel"}, expected_version=seen)
    assert office.contacts.get(one).values["city"] == "Bonn"


def test_that_the_last_thing_that_says_who_it_is_stays(office: Office) -> None:
    one = office.add(email="ada@example.com", phone="+33142685300")
    office.contacts.change(one, {"email": ""})
    with pytest.raises(InvalidInput, match="Nothing says who this is"):
        office.contacts.change(one, {"phone": ""})
    assert office.contacts.get(one).values["phone"] == "+33142685300"


def test_that_a_contact_that_is_not_there_is_not_found(office: Office) -> None:
    one = office.add(full_name="Ada")
    office.contacts.delete([one])
    for change in (
        lambda: office.contacts.get(99),
        lambda: office.contacts.change(99, {"city": "x"}),
        lambda: office.contacts.delete([99]),
        lambda: office.contacts.restore([99]),
    ):
        with pytest.raises(NotFound, match="99"):
            change()
    with pytest.raises(NotFound, match="is in the trash"):
        office.contacts.change(one, {"city": "x"})
    assert office.contacts.get(one).deleted


def test_that_deleting_and_restoring_keep_everything(office: Office) -> None:
    one, two = office.add(full_name="Ada", tags="eu"), office.add(full_name="Zoé")
    before = office.contacts.get(one)
    assert office.contacts.delete([one, two, one]) == 2
    assert office.found("") == []
    assert office.contacts.restore([one]) == 1
    after = office.contacts.get(one)
    assert (after.values["full_name"], after.tags) == (before.values["full_name"], ("eu",))
    assert office.found("") == [one]
    office.operations.undo()
    assert office.found("in:trash") == [one, two]
    assert office.operations.undo().kept == ()
    assert office.found("") == [one, two]


def test_that_undoing_a_deletion_restores_all_of_it(office: Office) -> None:
    ids = [office.add(full_name="Ada", tags="eu"), office.add(full_name="Zoé")]
    office.contacts.delete(ids)
    assert office.operations.undo().undone == 2
    assert office.found("") == ids
    assert office.found("tag:eu") == ids[:1]


def test_that_pages_count_everything_and_hold_their_part(office: Office) -> None:
    ids = [office.add(full_name=f"Person {n}") for n in range(5)]
    page = office.contacts.page("person", sort="created", descending=True, limit=2, offset=1)
    assert page.total == 5
    assert [view.id for view in page.contacts] == [ids[3], ids[2]]
    assert office.contacts.page("person", limit=0).contacts == ()
    assert office.contacts.page("person", limit=5, offset=9).total == 5
    with pytest.raises(InvalidInput):
        office.contacts.page(limit=-1)


def test_that_the_words_of_the_history_say_one_or_many(office: Office) -> None:
    ids = [office.add(full_name="Ada"), office.add(full_name="Zoé")]
    office.contacts.delete(ids[:1])
    entry = office.operations.undoable()
    assert entry is not None
    assert entry.label == "Delete a contact"
    office.contacts.restore(ids[:1])
    office.contacts.delete(ids)
    entry = office.operations.undoable()
    assert entry is not None
    assert entry.label == "Delete 2 contacts"
