"""Contacts edited in the cells of the table: Enter saves, Escape does not, others stay safe."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.views.common.inputs import Select
from app.views.common.places import Place
from app.views.contacts.page import ContactsPage


@pytest.fixture
def page(people, window, until) -> ContactsPage:
    page = window.page(Place.CONTACTS)
    until(lambda: page.model.row(0) is not None and page.vocabulary.statuses)
    window.activateWindow()
    page.table.setFocus()
    page.table.select(0)
    return page


def begin(page: ContactsPage, row: int, key: str) -> QLineEdit:
    keys = [column.key for column in page.model.columns]
    page.table.setCurrentIndex(page.model.index(row, keys.index(key)))
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    assert page.editing.editor is not None
    return page.editing.editor.input


def test_f2_edits_the_cell_and_enter_saves_one_undoable_step(page, app, people, until, window):
    line = begin(page, 0, "company")
    assert line.text() == "Acme"
    line.setText("Apex")
    QTest.keyClick(line, Qt.Key.Key_Return)
    until(lambda: app.contacts.get(people[0]).values["company"] == "Apex")
    until(lambda: not page.editing.is_open)
    assert page.table.hasFocus()
    window.desk.undo()
    until(lambda: app.contacts.get(people[0]).values["company"] == "Acme")


def test_escape_keeps_what_was_there(page, app, people):
    line = begin(page, 0, "company")
    line.setText("Apex")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert not page.editing.is_open
    assert app.contacts.get(people[0]).values["company"] == "Acme"
    assert page.table.hasFocus()


def test_tab_saves_and_goes_on_through_the_row(page, app, people, until):
    line = begin(page, 0, "company")
    line.setText("Apex")
    QTest.keyClick(line, Qt.Key.Key_Tab)
    until(lambda: page.editing.editor is not None and page.editing.editor.field.key == "email")
    line = page.editing.editor.input
    line.setText("ada@apex.example")
    QTest.keyClick(line, Qt.Key.Key_Tab)
    until(lambda: page.editing.editor is not None and page.editing.editor.field.key == "status")
    values = app.contacts.get(people[0]).values
    assert (values["company"], values["email"]) == ("Apex", "ada@apex.example")


def test_a_status_is_chosen_from_a_list(page, app, people, until):
    select = begin(page, 1, "status")
    assert isinstance(select, Select)
    select.choose("lost")
    page.editing.editor.submit(0)
    until(lambda: app.contacts.get(people[1]).values["status"] == "lost")


def test_what_cannot_be_is_said_at_the_cell_and_stays_typed(page, app, people, until):
    line = begin(page, 0, "email")
    line.setText("nobody")
    QTest.keyClick(line, Qt.Key.Key_Return)
    editor = page.editing.editor
    until(lambda: "E-mail is not an address: nobody." in editor.notice.text())
    assert line.text() == "nobody"
    assert line.isEnabled()
    assert app.contacts.get(people[0]).values["email"] == "ada@acme.example"


def test_a_change_of_somebody_else_is_named_and_not_overwritten(page, app, people, until):
    line = begin(page, 0, "company")
    app.contacts.change(people[0], {"title": "Countess"})
    line.setText("Apex")
    QTest.keyClick(line, Qt.Key.Key_Return)
    editor = page.editing.editor
    until(lambda: f"changed meanwhile by {app.actor.name}" in editor.notice.text())
    assert app.contacts.get(people[0]).values["company"] == "Acme"
    until(lambda: page.editing._version == app.contacts.get(people[0]).version)
    editor.submit(0)
    until(lambda: app.contacts.get(people[0]).values["company"] == "Apex")


def test_a_double_click_edits_and_what_is_kept_by_captely_says_so(page, until, window):
    keys = [column.key for column in page.model.columns]
    place = page.table.visualRect(page.model.index(0, keys.index("company"))).center()
    QTest.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.editing.is_open
    page.editing.cancel()
    page.editing.begin(0, keys.index("updated"))
    assert not page.editing.is_open
    assert "is kept by Captely" in window.toast.text


def test_letters_typed_into_a_cell_are_no_shortcuts(page, people):
    line = begin(page, 0, "company")
    line.clear()
    QTest.keyClicks(line, "jkxep")
    assert line.text() == "jkxep"
    assert page.checked().count == 0
    assert page.current() == people[0]
