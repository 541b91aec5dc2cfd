"""Custom fields: typed by the user, deleted with their values kept for undo."""

from __future__ import annotations

import pytest

from app.core.errors import InvalidInput, NotFound
from app.core.fields import CUSTOM_KINDS, FieldKind
from tests.services.office import Office

TYPED = {
    FieldKind.TEXT: ("Some text", "Some text"),
    FieldKind.NUMBER: ("12.5", 12.5),
    FieldKind.MONEY: ("€ 1500", 1500),
    FieldKind.DATE: ("2026-01-31", "2026-01-31"),
    FieldKind.BOOL: ("yes", True),
    FieldKind.CHOICE: ("SMALL", "Small"),
    FieldKind.MULTI: ("large; small", ["Large", "Small"]),
    FieldKind.URL: ("acme.com", "https://acme.com"),
    FieldKind.EMAIL: ("Ada@Example.com", "ada@example.com"),
    FieldKind.PHONE: ("+33 1 42 68 53 00", "+33142685300"),
}


def test_that_there_is_a_value_here_for_every_kind() -> None:
    assert set(TYPED) == set(CUSTOM_KINDS)


@pytest.mark.parametrize("kind", CUSTOM_KINDS)
def test_that_values_are_stored_in_their_kind_and_found(desk: Office, kind: FieldKind) -> None:
    choices = ["Small", "Large"] if kind in (FieldKind.CHOICE, FieldKind.MULTI) else []
    field = desk.custom.add("Extra", kind, choices)
    written, stored = TYPED[kind]
    one = desk.contacts.add({"full_name": "Ada", "extra": written}).id
    assert desk.contacts.get(one).custom == {"extra": stored}
    assert field.key == "custom:extra"
    assert desk.found("has:extra") == [one]


def test_that_a_field_has_a_name_made_of_its_label(office: Office) -> None:
    names = [office.custom.add(label, "text").key for label in ("Année d'achat", "2nd", "Job")]
    assert names == ["custom:annee_d_achat", "custom:field_2nd", "custom:job_2"]
    assert [field.label for field in office.custom.fields()] == ["Année d'achat", "2nd", "Job"]


def test_that_renaming_changes_the_label_only(office: Office) -> None:
    office.custom.add("Budget", "money")
    office.custom.rename("budget", "Yearly budget")
    assert [(view.name, view.label) for view in office.custom.list()] == [
        ("budget", "Yearly budget")
    ]
    office.operations.undo()
    assert office.custom.list()[0].label == "Budget"


def test_that_a_deleted_field_is_unknown_until_undo_brings_it_and_its_values_back(
    office: Office,
) -> None:
    office.custom.add("Budget", "money")
    one = office.contacts.add({"full_name": "Ada", "budget": "10"}).id
    office.custom.delete("custom:budget")
    with pytest.raises(InvalidInput, match="There is no field 'budget'"):
        office.found("budget>5")
    office.operations.undo()
    assert office.found("budget>5") == [one]


def test_that_a_new_field_never_inherits_the_values_of_a_deleted_one(office: Office) -> None:
    office.custom.add("Budget", "money")
    office.contacts.add({"full_name": "Ada", "budget": "10"})
    office.custom.delete("budget")
    assert office.custom.add("Budget", "text").key == "custom:budget_2"
    assert office.found("has:budget_2") == []


def test_that_choices_change_and_values_chosen_before_stay(office: Office) -> None:
    office.custom.add("Size", "choice", ["Small", "Large"])
    one = office.contacts.add({"full_name": "Ada", "size": "small"}).id
    office.custom.set_choices("size", ["Large", "Huge"])
    assert office.contacts.get(one).custom == {"size": "Small"}
    with pytest.raises(InvalidInput, match="Size has no choice"):
        office.contacts.change(one, {"size": "small"})


def test_that_fields_are_reordered_as_a_whole(office: Office) -> None:
    office.custom.add("One", "text")
    office.custom.add("Two", "text")
    office.custom.reorder(["two", "one"])
    assert [view.name for view in office.custom.list()] == ["two", "one"]
    with pytest.raises(InvalidInput, match="each field exactly once"):
        office.custom.reorder(["two"])


@pytest.mark.parametrize(
    ("label", "kind", "choices"),
    [
        ("", "text", ()),
        ("x" * 61, "text", ()),
        ("Company", "text", ()),
        ("Size", "colour", ()),
        ("Size", "tags", ()),
        ("Size", "choice", ()),
        ("Size", "choice", ("a,b",)),
        ("Size", "text", ("a",)),
    ],
)
def test_that_what_cannot_be_a_field_is_refused(
    desk: Office, label: str, kind: str, choices: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.custom.add(label, kind, choices)
    assert refused.value.message
    assert desk.custom.list() == []


def test_that_a_field_that_is_not_there_is_not_found(office: Office) -> None:
    for change in (
        lambda: office.custom.rename("x", "y"),
        lambda: office.custom.delete("x"),
        lambda: office.custom.set_choices("x", ["a"]),
    ):
        with pytest.raises(NotFound, match="no custom field 'x'"):
            change()


def test_that_usage_counts_living_contacts_by_field_and_by_choice(office: Office) -> None:
    office.custom.add("Size", "choice", ["Small", "Large"])
    office.custom.add("Markets", "multi", ["EU", "US"])
    office.add(full_name="A", size="Small", markets="EU, US")
    office.add(full_name="B", size="Small", markets="EU")
    office.contacts.delete([office.add(full_name="C", size="Large")])
    office.add(full_name="D")
    assert office.custom.usage() == {"size": 2, "markets": 2}
    assert office.custom.choice_usage("size") == {"Small": 2}
    assert office.custom.choice_usage("custom:markets") == {"EU": 2, "US": 1}


def test_that_a_renamed_choice_takes_its_contacts_along_in_one_undoable_step(
    office: Office,
) -> None:
    office.custom.add("Size", "choice", ["S", "L"])
    office.custom.add("Markets", "multi", ["EU", "EEA", "US"])
    ada = office.add(full_name="Ada", size="S", markets="EU, EEA, US")
    ben = office.add(full_name="Ben", size="L")
    assert office.custom.edit_choices("size", ["Small", "L"], {"S": "Small"}) == 1
    assert office.custom.edit_choices("markets", ["EU", "US"], {"EEA": "EU"}) == 1
    assert office.contacts.get(ada).custom == {"size": "Small", "markets": ["EU", "US"]}
    assert office.contacts.get(ben).custom == {"size": "L"}
    office.operations.undo()
    assert office.contacts.get(ada).custom["markets"] == ["EU", "EEA", "US"]
    with pytest.raises(InvalidInput, match="no choice 'Huge'"):
        office.custom.edit_choices("size", ["Small", "L"], {"L": "Huge"})


def test_that_a_deleted_field_waits_in_the_trash_with_its_values(office: Office) -> None:
    office.custom.add("Budget", "money")
    ada = office.add(full_name="Ada", budget="5")
    office.custom.delete("budget")
    assert [view.label for view in office.custom.deleted()] == ["Budget"]
    office.custom.restore("budget")
    assert office.custom.deleted() == ()
    assert [view.label for view in office.custom.list()] == ["Budget"]
    assert office.contacts.get(ada).custom == {"budget": 5}
    with pytest.raises(NotFound, match="in the trash"):
        office.custom.restore("budget")


def test_that_a_field_is_not_restored_beside_one_of_the_same_name(office: Office) -> None:
    office.custom.add("Budget", "money")
    office.custom.delete("budget")
    office.custom.add("Budget", "text")
    with pytest.raises(InvalidInput, match="already a field"):
        office.custom.restore("budget")
