"""Closing the window: open edits are saved, what cannot be is asked about, and all is as it was."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from app.bootstrap import build
from app.core.actor import Origin
from app.core.settings import WINDOW_STATE
from app.services.jobs import Lane
from app.views.common.places import Place
from app.views.contacts.drawer import TIMELINE


@pytest.fixture
def page(people, window, until):
    """The contacts page with five people."""
    page = window.page(Place.CONTACTS)
    until(lambda: len(page.model.ids) == 5)
    return page


def open_cell(page, key, text):
    keys = [column.key for column in page.model.columns]
    page.editing.begin(0, keys.index(key))
    page.editing.editor.input.setText(text)


@pytest.fixture
def drawer(page, people, until):
    """Ada's drawer."""
    page.open_contact(people[0])
    until(lambda: page.drawer.contact is not None)
    return page.drawer


def open_field(drawer, key, text):
    drawer.editing.begin(key)
    drawer.editing.edit.editor.set_text(text)


def test_an_open_cell_is_saved_by_closing(page, window, app, people, until):
    open_cell(page, "company", "Apex")
    assert not window.close()
    until(lambda: not window.isVisible())
    assert app.contacts.get(people[0]).values["company"] == "Apex"


def test_an_open_field_of_the_drawer_is_saved_by_closing(drawer, window, app, people, until):
    open_field(drawer, "title", "Countess")
    window.close()
    until(lambda: not window.isVisible())
    assert app.contacts.get(people[0]).values["title"] == "Countess"


def test_what_cannot_be_saved_keeps_the_window_open_until_one_says_otherwise(
    drawer, window, app, people, until
):
    open_field(drawer, "email", "nobody")
    window.close()
    until(lambda: "cannot be saved" in window.toast.text)
    assert window.isVisible()
    assert drawer.editing.edit.text == "nobody"
    window.toast.button.click()
    assert not window.isVisible()
    assert app.contacts.get(people[0]).values["email"] == "ada@acme.example"


def test_a_wrong_cell_keeps_the_window_open_too(page, window, until):
    open_cell(page, "email", "nobody")
    window.close()
    until(lambda: "cannot be saved" in window.toast.text)
    assert page.editing.editor.text == "nobody"


def test_an_editor_in_which_nothing_was_typed_does_not_hold_the_window(drawer, window):
    drawer.editing.begin("title")
    assert window.close()


def test_a_start_shows_what_the_last_one_showed(page, drawer, window, open_window, people, until):
    page.search.setText("ada")
    until(lambda: list(page.model.ids) == [people[0]])
    drawer.show_tab(TIMELINE)
    page.keeper.change(columns=(("name", 240), ("email", 300)))
    window.close()
    until(lambda: not window.desk.calls.waiting)

    again = open_window().page(Place.CONTACTS)
    until(lambda: list(again.model.ids) == [people[0]])
    assert again.search.text() == "ada"
    until(lambda: again.drawer.isVisible())
    assert again.drawer.contact.id == people[0]
    assert again.drawer.tabs[TIMELINE].isChecked()
    assert dict(again.keeper.look.columns) == {"name": 240, "email": 300}


def test_a_contact_that_is_gone_leaves_the_drawer_closed(drawer, window, open_window, app, until):
    window.desk.memory.put("contacts.drawer", {"contact": 987_654})
    window.close()
    until(lambda: not window.desk.calls.waiting)
    again = open_window().page(Place.CONTACTS)
    until(lambda: len(again.model.ids) == 5)
    assert not again.drawer.isVisible()


def test_the_settings_come_back_where_they_were_left(window, open_window, until):
    window.show_place(Place.SETTINGS)
    window.page(Place.SETTINGS).show_section("export")
    window.close()
    until(lambda: not window.desk.calls.waiting)
    again = open_window()
    assert again.place is Place.SETTINGS
    assert again.page(Place.SETTINGS).shown == "export"


def test_changes_that_wait_for_their_turn_are_made_before_the_end(workspace):
    app = build(workspace, origin=Origin.UI)
    for place in ("history", "exports", "settings"):
        app.runner.submit(Lane.EDIT, lambda text=place: app.settings.set(WINDOW_STATE, text))
    app.close()
    again = build(workspace, origin=Origin.CLI)
    assert again.settings.get(WINDOW_STATE) == "settings"
    again.close()


@pytest.mark.parametrize("keys", ["Ctrl+3", "Ctrl+I"])
def test_an_open_cell_is_saved_by_leaving_the_page_with_a_key(
    page, window, app, people, until, keys
):
    open_cell(page, "company", "Apex")
    QTest.keySequence(window, QKeySequence(keys))
    assert window.place is not Place.CONTACTS
    until(lambda: app.contacts.get(people[0]).values["company"] == "Apex")
    until(lambda: not page.editing.is_open)


def test_an_open_field_is_saved_by_leaving_the_page_with_a_key(drawer, window, app, people, until):
    open_field(drawer, "title", "Countess")
    QTest.keySequence(window, QKeySequence("Ctrl+3"))
    until(lambda: app.contacts.get(people[0]).values["title"] == "Countess")


def test_a_cell_that_is_refused_on_the_way_brings_its_page_back(page, window, until):
    open_cell(page, "email", "nobody")
    QTest.keySequence(window, QKeySequence("Ctrl+3"))
    until(lambda: window.place is Place.CONTACTS)
    assert page.editing.editor.text == "nobody"
    assert "not an address" in page.editing.editor.notice.text()


def test_a_cell_in_which_nothing_was_typed_is_closed_by_leaving(page, window, people):
    page.editing.begin(0, 2)
    QTest.keySequence(window, QKeySequence("Ctrl+3"))
    assert not page.editing.is_open
