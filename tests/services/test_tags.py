"""Tags: made on use, renamed, merged, deleted, and all of it undone."""

from __future__ import annotations

import pytest

from app.core.errors import InvalidInput, NotFound
from tests.services.office import Office


def listed(office: Office) -> dict[str, int]:
    return {tag.name: tag.contacts for tag in office.tags.list()}


def test_that_a_tag_is_made_when_first_used_and_matched_whatever_its_case(office: Office) -> None:
    office.add(full_name="Ada", tags="Été, Big  fish")
    office.add(full_name="Zoé", tags="ete; BIG FISH")
    assert listed(office) == {"Big fish": 2, "Été": 2}
    assert office.tags.named("ÉTÉ") == office.tags.create("ete")


def test_that_a_tag_is_renamed_everywhere(office: Office) -> None:
    one = office.add(full_name="Ada", tags="old")
    office.tags.rename(office.tags.named("old"), "New")
    assert office.contacts.get(one).tags == ("New",)
    assert office.found("tag:new") == [one]
    assert office.found("tag:old") == []
    office.operations.undo()
    assert office.found("tag:old") == [one]


def test_that_a_name_in_use_is_refused_and_that_of_a_deleted_tag_is_free(office: Office) -> None:
    one, other = office.tags.create("One"), office.tags.create("Other")
    with pytest.raises(InvalidInput, match="There is already a tag 'Other'"):
        office.tags.rename(one, "OTHER")
    office.tags.delete(other)
    office.tags.rename(one, "Other")
    assert listed(office) == {"Other": 0}


def test_that_only_the_capitals_of_a_name_can_change(office: Office) -> None:
    tag = office.tags.create("eu")
    office.tags.rename(tag, "EU")
    assert listed(office) == {"EU": 0}


def test_that_merging_moves_the_contacts_and_undo_parts_them_again(office: Office) -> None:
    both = office.add(full_name="Both", tags="lead, prospect")
    lead = office.add(full_name="Lead", tags="lead")
    gained = office.tags.merge(office.tags.named("lead"), office.tags.named("prospect"))
    assert gained == 1
    assert listed(office) == {"prospect": 2}
    office.operations.undo()
    assert listed(office) == {"lead": 2, "prospect": 1}
    assert office.found("tag:prospect") == [both]
    assert office.found("tag:lead") == [both, lead]


def test_that_a_deleted_tag_leaves_its_contacts_and_undo_gives_it_back(office: Office) -> None:
    one = office.add(full_name="Ada", tags="eu")
    assert office.tags.delete(office.tags.named("eu")) == 1
    assert office.contacts.get(one).tags == ()
    office.operations.undo()
    assert office.contacts.get(one).tags == ("eu",)


def test_that_a_tag_made_again_does_not_bring_its_old_contacts(office: Office) -> None:
    office.add(full_name="Ada", tags="eu")
    office.tags.delete(office.tags.named("eu"))
    office.tags.create("EU", "info")
    (tag,) = office.tags.list()
    assert (tag.name, tag.tone, tag.contacts) == ("EU", "info", 0)


def test_that_a_tag_can_be_recoloured(office: Office) -> None:
    tag = office.tags.create("eu")
    office.tags.recolour(tag, "danger")
    assert office.tags.list()[0].tone == "danger"
    with pytest.raises(InvalidInput, match="no colour 'pink'"):
        office.tags.recolour(tag, "pink")


@pytest.mark.parametrize("name", ["", "  ", "a,b", 'say "x"', "a;b", "a|b", "x" * 81])
def test_that_a_name_that_no_tag_can_have_is_refused(office: Office, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        office.tags.create(name)
    assert refused.value.hint
    assert listed(office) == {}


def test_that_a_tag_that_is_gone_is_not_found(office: Office) -> None:
    for change in (
        lambda: office.tags.rename(9, "x"),
        lambda: office.tags.delete(9),
        lambda: office.tags.recolour(9, "info"),
        lambda: office.tags.merge(9, 10),
        lambda: office.tags.named("x"),
    ):
        with pytest.raises(NotFound):
            change()
    tag = office.tags.create("x")
    with pytest.raises(InvalidInput, match="merged with itself"):
        office.tags.merge(tag, tag)
