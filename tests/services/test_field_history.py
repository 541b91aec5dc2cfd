"""The history of single fields: folded sittings, pages, one field, and the contact as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services.field_history import FieldHistory
from tests.services.office import Office


@pytest.fixture
def history(office: Office) -> FieldHistory:
    return FieldHistory(office.store)


def told(history: FieldHistory, contact: int, field: str | None = None) -> list[tuple[object, ...]]:
    return [(s.field, s.before, s.after) for s in history.page(contact, field).steps]


def test_that_edits_of_one_sitting_are_one_step_from_first_to_last(
    office: Office, history: FieldHistory
) -> None:
    ada = office.add(full_name="Ada")
    for title in ("C", "Co", "Countess"):
        office.contacts.change(ada, {"title": title})
        office.clock.pass_by(timedelta(minutes=4))
    office.clock.pass_by(timedelta(minutes=7))
    office.contacts.change(ada, {"title": "Mathematician"})
    assert told(history, ada) == [
        ("title", "Countess", "Mathematician"),
        ("title", None, "Countess"),
    ]
    assert len(history.page(ada).steps[1].operations) == 3


def test_that_an_undone_edit_is_told_apart(office: Office, history: FieldHistory) -> None:
    ada = office.add(full_name="Ada")
    office.contacts.change(ada, {"title": "Countess"})
    office.contacts.change(ada, {"title": "Mathematician"})
    office.operations.undo()
    steps = history.page(ada).steps
    assert [(step.kind, step.undone, step.after) for step in steps] == [
        ("undo", False, "Countess"),
        ("contact.edit", True, "Mathematician"),
        ("contact.edit", False, "Countess"),
    ]


def test_that_pages_follow_each_other_without_gap(office: Office, history: FieldHistory) -> None:
    ada = office.add(full_name="Ada")
    for n in range(5):
        office.contacts.change(ada, {"city": str(n)})
        office.clock.pass_by(timedelta(hours=1))
    first = history.page(ada, limit=2)
    second = history.page(ada, limit=2, before=first.older)
    third = history.page(ada, limit=2, before=second.older)
    pages = [[step.after for step in page.steps] for page in (first, second, third)]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    assert third.older is None


def test_that_one_field_is_not_taken_for_another_that_ends_like_it(
    office: Office, history: FieldHistory
) -> None:
    office.custom.add("Home city", "text")
    ada = office.add(full_name="Ada")
    office.contacts.change(ada, {"city": "London", "custom:home_city": "Ockham", "notes": "x"})
    assert told(history, ada, "city") == [("city", None, "London")]
    assert history.fields(ada) == ("city", "custom:home_city", "notes")


def test_that_tags_come_with_their_names_even_when_deleted(
    office: Office, history: FieldHistory
) -> None:
    ada = office.add(full_name="Ada", tags="eu")
    office.contacts.change(ada, {"tags": "vip"})
    office.tags.delete(office.tags.named("eu"))
    page = history.page(ada, "tags")
    assert {page.tags[tag] for step in page.steps for tag in step.before} == {"eu"}


def test_that_a_contact_is_seen_as_it_was(office: Office, history: FieldHistory) -> None:
    office.custom.add("Budget", "money")
    before = office.clock.now()
    office.clock.pass_by(timedelta(hours=1))
    ada = office.add(full_name="Ada", tags="eu", budget="5", email__home="a@home.example")
    made = office.clock.now()
    office.clock.pass_by(timedelta(hours=1))
    office.contacts.change(
        ada, {"full_name": "Ada Byron", "tags": "", "custom:budget": "", "email.home": ""}
    )
    assert history.as_of(ada, before) is None
    past = history.as_of(ada, made)
    assert past is not None
    assert (past.name, past.tags, past.custom) == ("Ada", ("eu",), {"budget": 5})
    assert past.labelled == {"email": (("home", "a@home.example"),)}
    now = history.as_of(ada, office.clock.now())
    assert now is not None
    assert (now.name, now.tags, now.custom) == ("Ada Byron", (), {})
