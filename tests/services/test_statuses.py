"""Statuses: the pipeline that users shape, undoable, never leaving a contact without one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.errors import InvalidInput, NotFound
from app.core.fields import DEFAULT_STATUSES
from app.core.paths import resources
from app.core.text import use_language
from tests.services.office import Office


def keys(office: Office) -> list[str]:
    return [status.key for status in office.statuses.list()]


def test_that_a_new_workspace_has_the_default_pipeline(office: Office) -> None:
    assert tuple(keys(office)) == DEFAULT_STATUSES == tuple(office.statuses.keys())


def test_that_a_status_is_added_at_the_end_and_used_by_its_label_or_key(office: Office) -> None:
    assert office.statuses.add("In Talks", "info") == "in_talks"
    assert keys(office)[-1] == "in_talks"
    one = office.add(full_name="Ada", status="in talks")
    assert office.contacts.get(one).values["status"] == "in_talks"
    assert office.found("status:in_talks") == office.found('status:"In talks"') == [one]
    office.operations.undo()
    office.operations.undo()
    assert "in_talks" not in keys(office)


def test_that_renaming_keeps_the_contacts(office: Office) -> None:
    one = office.add(full_name="Ada", status="lost")
    office.statuses.rename("lost", "Not now")
    assert office.found('status:"not now"') == office.found("status:lost") == [one]


def test_that_statuses_are_reordered_only_as_a_whole(office: Office) -> None:
    office.statuses.reorder(list(reversed(DEFAULT_STATUSES)))
    assert keys(office) == list(reversed(DEFAULT_STATUSES))
    office.operations.undo()
    assert tuple(keys(office)) == DEFAULT_STATUSES
    with pytest.raises(InvalidInput, match="each status exactly once"):
        office.statuses.reorder(["new", "new", *DEFAULT_STATUSES[2:]])


def test_that_a_used_status_is_deleted_only_by_moving_its_contacts(office: Office) -> None:
    one = office.add(full_name="Ada", status="lost")
    trashed = office.add(full_name="Zoé", status="lost")
    office.contacts.delete([trashed])
    with pytest.raises(InvalidInput, match="2 contacts have the status 'Lost'"):
        office.statuses.delete("lost")
    with pytest.raises(InvalidInput, match="cannot move to the status that is deleted"):
        office.statuses.delete("lost", move_to="lost")
    assert office.statuses.delete("lost", move_to="nurture") == 2
    assert office.contacts.get(one).values["status"] == "nurture"
    assert office.contacts.get(trashed).values["status"] == "nurture"
    office.operations.undo()
    assert office.contacts.get(one).values["status"] == "lost"
    assert "lost" in keys(office)


def test_that_an_unused_status_is_deleted_and_can_be_added_again(office: Office) -> None:
    assert office.statuses.delete("lost") == 0
    assert "lost" not in keys(office)
    assert office.statuses.add("Lost", "danger") == "lost"
    assert office.statuses.list()[-1].tone == "danger"


def test_that_the_status_of_new_contacts_stays(office: Office) -> None:
    with pytest.raises(InvalidInput, match="status of new contacts"):
        office.statuses.delete("new")


def test_that_labels_are_unique_and_not_blank(office: Office) -> None:
    for label in ("new", "NEW", "", " - ", "x" * 41):
        with pytest.raises(InvalidInput):
            office.statuses.add(label)
    with pytest.raises(InvalidInput, match="already a status 'New'"):
        office.statuses.rename("lost", "new")
    office.statuses.recolour("lost", "danger")
    assert {s.key: s.tone for s in office.statuses.list()}["lost"] == "danger"


def test_that_an_unknown_status_is_named_with_those_there_are(office: Office) -> None:
    with pytest.raises(NotFound) as missing:
        office.statuses.rename("won", "Won")
    assert missing.value.message == "There is no status 'won'."
    assert "customer" in missing.value.hint


def test_that_an_archived_status_stays_with_its_contacts_and_can_be_offered_again(
    office: Office,
) -> None:
    ada = office.add(full_name="Ada", status="lost")
    office.statuses.archive("lost")
    assert {s.key: s.archived for s in office.statuses.list()}["lost"]
    assert office.contacts.get(ada).values["status"] == "lost"
    office.statuses.archive("lost", archived=False)
    assert not any(status.archived for status in office.statuses.list())
    office.statuses.archive("lost")
    office.operations.undo()
    assert not any(status.archived for status in office.statuses.list())
    with pytest.raises(InvalidInput, match="new contacts"):
        office.statuses.archive("new")


@pytest.fixture
def in_french() -> Iterator[None]:
    use_language("fr", resources() / "locales")
    yield
    use_language("en", resources() / "locales")


def titles(office: Office) -> dict[str, str]:
    return {status.key: status.title for status in office.statuses.list()}


@pytest.mark.usefixtures("in_french")
def test_that_a_built_in_status_is_called_in_the_users_language_until_it_is_renamed(
    office: Office,
) -> None:
    assert titles(office)["new"] == office.statuses.keys()["new"] == "Nouveau"
    office.statuses.rename("new", "Frais")
    assert titles(office)["new"] == "Frais"
    office.operations.undo()
    assert titles(office)["new"] == "Nouveau"
    assert {status.key: status.label for status in office.statuses.list()}["new"] == "New"


@pytest.mark.usefixtures("in_french")
def test_that_a_status_answers_to_key_label_and_title(office: Office) -> None:
    written = ("lost", "Lost", "Perdu")
    people = [office.add(full_name=f"P {name}", status=name) for name in written]
    for name in written:
        assert sorted(office.found(f"status:{name}")) == people


@pytest.mark.usefixtures("in_french")
def test_that_no_two_statuses_are_called_the_same_in_the_users_language(office: Office) -> None:
    with pytest.raises(InvalidInput):
        office.statuses.add("perdu")


def test_that_the_command_line_knows_the_english_labels_alone(office: Office) -> None:
    assert titles(office)["lost"] == "Lost"
    with pytest.raises(InvalidInput):
        office.found("status:Perdu")
