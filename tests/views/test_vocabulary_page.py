"""Fields, statuses and tags in the window: made, renamed, ordered, merged, deleted, with undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from app.core.fields import FieldKind
from app.views.common.places import Place
from app.views.vocabulary.actions import ADD_STATUS
from app.views.vocabulary.page import FIELDS, STATUSES, TAGS, VocabularyPage


@pytest.fixture
def page(people, window, until) -> VocabularyPage:
    window.show_place(Place.VOCABULARY)
    page = window.page(Place.VOCABULARY)
    until(lambda: len(page.statuses.items) == 7)
    return page


def labels(page: VocabularyPage) -> list[str]:
    model = page.shown.model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def typed(page: VocabularyPage, name: str) -> None:
    page.shown.panel.name.setText(name)
    QTest.keyClick(page.shown.panel.name, Qt.Key.Key_Return)


def test_a_field_is_made_with_its_type_and_shown_in_the_drawer(page, until, app, window, people):
    page.show_list(FIELDS)
    page.begin()
    assert not page.add.isVisible()
    card = page.fields.card
    card.kind.choose(FieldKind.MONEY.value)
    typed(page, "Budget")
    until(lambda: labels(page) == ["Budget"])
    assert page.add.isVisible()
    assert [(f.label, f.kind) for f in app.custom_fields.list()] == [("Budget", FieldKind.MONEY)]
    until(lambda: window.toast.button.text() == "Undo" and window.toast.isVisible())
    window.toast.button.click()
    until(lambda: labels(page) == [])


def test_a_field_of_choices_needs_choices_and_says_so_on_its_card(page, until, app):
    page.begin_in(FIELDS)
    card = page.fields.card
    card.kind.choose(FieldKind.CHOICE.value)
    card._show_choices_for_kind()
    typed(page, "Size")
    until(lambda: "choices" in card.error.text())
    assert card.name.text() == "Size"
    for line, text in zip(card.choices.lines, ("Small", "Large"), strict=True):
        line.line.setText(text)
    card.add.click()
    until(lambda: labels(page) == ["Size"])
    assert app.custom_fields.list()[0].choices == ("Small", "Large")


def test_renamed_choices_take_their_contacts_along_and_show_how_many(page, until, app, people):
    app.custom_fields.add("Size", FieldKind.CHOICE, ["S", "L"])
    app.contacts.change(people[0], {"custom:size": "S"})
    until(lambda: labels(page) == ["Size"])
    choices = page.fields.card.choices
    until(lambda: choices.lines[0].count.text() == "1")
    choices.lines[0].line.setText("Small")
    assert page.fields.card.save.isVisible()
    page.fields.card.save.click()
    until(lambda: app.contacts.get(people[0]).custom == {"size": "Small"})
    until(lambda: not page.fields.card.save.isVisible())


def test_a_value_that_is_no_longer_offered_is_still_counted(page, until, app, people):
    app.custom_fields.add("Size", FieldKind.CHOICE, ["S", "L"])
    app.contacts.change(people[0], {"custom:size": "S"})
    app.custom_fields.set_choices("size", ["L"])
    until(lambda: "S (1)" in page.fields.card.choices.gone.text())


def test_a_deleted_field_waits_in_the_trash_and_comes_back_with_its_values(
    page, until, app, people
):
    app.custom_fields.add("Budget", FieldKind.MONEY)
    app.contacts.change(people[0], {"custom:budget": "5"})
    until(lambda: page.fields.model.index(0, 3).data() == "1")
    assert page.fields.card.use.text() == "1 contact"
    page.fields.card.delete.click()
    until(page.fields.trash.isVisible)
    menu = page.fields.open_trash()
    assert [item.text() for item in menu.actions()] == ["Bring back Budget"]
    menu.actions()[0].trigger()
    menu.close()
    until(lambda: labels(page) == ["Budget"])
    assert app.contacts.get(people[0]).custom == {"budget": 5}


def test_a_new_status_stands_at_the_end_with_its_colour(page, until, app, window):
    window.desk.actions.run(ADD_STATUS)
    assert page.shown is page.statuses
    page.statuses.card.swatches.choose("success")
    typed(page, "In talks")
    until(lambda: labels(page)[-1] == "In talks")
    assert app.statuses.list()[-1].tone == "success"
    assert page.statuses.item.label == "In talks"


def test_a_status_is_renamed_recoloured_and_moved_by_keyboard(page, until, app, window):
    page.show_list(STATUSES)
    page.statuses.table.select(1)
    typed(page, "Spoken to")
    until(lambda: labels(page)[1] == "Spoken to")
    QTest.keyClick(page.statuses.card.swatches.buttons["accent"], Qt.Key.Key_Right)
    until(lambda: app.statuses.list()[1].tone == "success")
    page.statuses.table.setFocus()
    QTest.keySequence(page.statuses.table, QKeySequence("Ctrl+Down"))
    until(lambda: labels(page)[2] == "Spoken to")
    assert page.statuses.item.key == "contacted"


def test_a_name_that_is_taken_is_refused_on_the_card(page, until):
    page.show_list(STATUSES)
    page.statuses.table.select(1)
    typed(page, "New")
    until(lambda: "already a status" in page.statuses.card.error.text())
    assert page.statuses.card.name.text() == "New"


def test_an_archived_status_is_no_longer_offered_but_keeps_its_contacts(
    page, until, app, window, people
):
    app.contacts.change(people[0], {"status": "lost"})
    page.show_list(STATUSES)
    page.statuses.select("lost")
    until(lambda: page.statuses.item.key == "lost" and page.statuses.item.contacts == 1)
    page.statuses.card.archived.click()
    until(lambda: page.statuses.item.archived)
    contacts = window.page(Place.CONTACTS)
    until(lambda: "lost" not in dict(contacts.vocabulary.status_choices()))
    assert contacts.vocabulary.status("lost")[0] == "Lost"
    assert app.contacts.get(people[0]).values["status"] == "lost"


def test_a_status_with_contacts_is_merged_into_another_in_one_undoable_step(
    page, until, app, window, people
):
    app.contacts.change(people[0], {"status": "nurture"})
    page.show_list(STATUSES)
    page.statuses.select("nurture")
    until(lambda: page.statuses.item.key == "nurture" and page.statuses.item.contacts == 1)
    card = page.statuses.card
    assert not card.delete.isEnabled()
    assert card.merging.button.text() == "Move 1 contact and delete"
    card.merging.into.choose("qualified")
    card.merging.button.click()
    until(lambda: app.contacts.get(people[0]).values["status"] == "qualified")
    until(lambda: page.statuses.item.key == "qualified")
    window.desk.undo()
    until(lambda: app.contacts.get(people[0]).values["status"] == "nurture")


def test_the_status_of_new_contacts_can_only_be_renamed(page):
    page.show_list(STATUSES)
    page.statuses.table.select(0)
    card = page.statuses.card
    assert card.delete.isHidden()
    assert card.archived_part.isHidden()
    assert card.merging.isHidden()


def test_tags_are_renamed_recoloured_merged_and_deleted(page, until, app, people):
    app.contacts.change(people[0], {"tags": "messe, fair"})
    page.show_list(TAGS)
    until(lambda: labels(page) == ["fair", "messe"])
    page.tags.select(app.tags.named("fair"))
    until(lambda: page.tags.item.name == "fair" and page.tags.item.contacts == 1)
    page.tags.card.swatches.buttons["info"].click()
    until(lambda: app.tags.list()[0].tone == "info")
    page.tags.card.merging.merged.emit(str(app.tags.named("messe")))
    until(lambda: labels(page) == ["messe"])
    assert app.contacts.get(people[0]).tags == ("messe",)
    typed(page, "Trade fair")
    until(lambda: labels(page) == ["Trade fair"])
    page.tags.card.delete.click()
    until(lambda: labels(page) == [])
    assert page.tags.empty.isVisible()
    assert app.contacts.get(people[0]).tags == ()


def test_the_contacts_that_use_something_are_one_click_away(page, until, app, window, people):
    app.contacts.change(people[0], {"tags": "vip"})
    page.show_list(TAGS)
    until(lambda: page.tags.item is not None and page.tags.item.contacts == 1)
    page.tags.card.show_them.click()
    assert window.place is Place.CONTACTS
    until(lambda: list(window.page(Place.CONTACTS).model.ids) == [people[0]])


def test_the_settings_lead_to_each_list(page, window):
    settings = window.page(Place.SETTINGS)
    for key, shown in (("statuses", page.statuses), ("tags", page.tags), ("fields", page.fields)):
        window.show_place(Place.SETTINGS, "vocabulary")
        settings.sections["vocabulary"].buttons[key].click()
        assert window.place is Place.VOCABULARY
        assert page.shown is shown


def test_leaving_a_new_one_goes_back_to_the_chosen_one(page):
    page.show_list(STATUSES)
    page.statuses.table.select(2)
    page.begin()
    assert page.statuses.card.title.text() == "New status"
    page.statuses.card.cancel.click()
    assert page.statuses.card.name.text() == "Qualified"
    assert page.add.isVisible()


def test_a_tag_that_nobody_has_is_merged_without_moving_anybody(page, until, app):
    for name in ("fair", "expo"):
        app.tags.create(name, "info")
    page.show_list(TAGS)
    until(lambda: len(labels(page)) == 2)
    assert page.tags.card.merging.button.text() == "Merge and delete"
