"""The search line of the contacts: completions, mistakes at their place, filters as pills."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.errors import StorageError
from app.views.common.places import Place
from app.views.contacts.page import ContactsPage


@pytest.fixture
def page(people, window, until) -> ContactsPage:
    page = window.page(Place.CONTACTS)
    until(lambda: page.model.row(0) is not None and page.vocabulary.statuses)
    window.activateWindow()
    page.search.setFocus(Qt.FocusReason.MouseFocusReason)
    return page


def names(page: ContactsPage) -> list[str]:
    return [str(page.model.index(row, 1).data()) for row in range(page.model.rowCount())]


def offered(page: ContactsPage) -> list[str]:
    return [one.insert for one in page.search.list.items]


def test_typing_offers_completions_and_enter_takes_the_chosen_one(page, until):
    QTest.keyClicks(page.search, "sta")
    assert page.search.list.isVisible()
    assert offered(page)[0] == "status:"
    QTest.keyClick(page.search, Qt.Key.Key_Down)
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert page.search.text() == "status:"
    assert "qualified" in offered(page)
    QTest.keyClicks(page.search, "q")
    QTest.keyClick(page.search, Qt.Key.Key_Tab)
    assert page.search.text() == "status:qualified "
    assert not page.search.list.isVisible()
    until(lambda: names(page) == [])


def test_the_empty_line_offers_examples_and_what_was_searched_before(page, until, window):
    page.search.setText("ada")
    page.search.remember()
    page.search.clear()
    page.search.suggest()
    assert offered(page)[0] == "ada"
    assert "status:new" in offered(page)
    window.desk.memory.flush()
    assert page.keeper.recent == ["ada"]


def test_escape_closes_the_list_then_clears_the_line_then_leaves(page, until):
    QTest.keyClicks(page.search, "ad")
    QTest.keyClick(page.search, Qt.Key.Key_Escape)
    assert not page.search.list.isVisible()
    assert page.search.text() == "ad"
    QTest.keyClick(page.search, Qt.Key.Key_Escape)
    assert page.search.text() == ""
    until(lambda: len(names(page)) == 5)
    QTest.keyClick(page.search, Qt.Key.Key_Escape)
    until(lambda: page.table.hasFocus())


def test_a_mistake_is_said_at_the_line_with_the_part_that_is_wrong(page, until):
    page.search.setText("ada colour:red")
    until(lambda: "“colour:red”" in page.notice.text())
    assert "There is no field 'colour'." in page.notice.text()
    assert page.search.property("invalid") is True
    page.search.setText("ada")
    until(lambda: page.notice.text() == "")
    assert page.search.property("invalid") is False


def test_nothing_is_called_wrong_while_it_is_being_typed(page, until, window):
    QTest.keyClicks(page.search, "status:q")
    assert page.search.list.isVisible()
    until(lambda: page.search.has_fault and not window.desk.calls.waiting)
    assert page.notice.text() == ""
    assert page.pills.pills == []
    QTest.keyClick(page.search, Qt.Key.Key_Escape)
    assert "There is no status 'q'" in page.notice.text()


def test_filters_of_the_line_are_pills_that_can_be_taken_away(page, until):
    page.search.setText("status:new company:ac -tag:eu ada")
    words = [pill.text() for pill in page.pills.pills]
    assert words == ["Status is New", "Company contains ac", "Tags is not eu"]
    QTest.keyClick(page.pills.pills[1], Qt.Key.Key_Delete)
    assert page.search.text() == "status:new -tag:eu ada"
    cross = page.pills.pills[0]._cross().center().toPoint()
    QTest.mouseClick(page.pills.pills[0], Qt.MouseButton.LeftButton, pos=cross)
    assert page.search.text() == "-tag:eu ada"
    until(lambda: names(page) == ["Ada Lovelace"])


def test_a_pill_is_changed_in_the_builder_and_the_line_follows(page, until):
    page.search.setText("status:new ada")
    editor = page.pills.open_editor(page.pills.pills[0]).content
    assert [key for key, check in editor.checks.items() if check.isChecked()] == ["new"]
    editor.checks["lost"].click()
    editor.apply.click()
    assert page.search.text() == "status:new,lost ada"
    assert page.pills.pills[0].text() == "Status is New or Lost"


def test_a_new_filter_is_built_without_knowing_the_language(page, until):
    editor = page.filters.open_editor().content
    editor.field.choose("company")
    editor._field_picked()
    editor.line.setText("wis")
    editor.apply.click()
    assert page.search.text() == "company:wis"
    until(lambda: names(page) == ["Grzegorz Nowak"])
    editor = page.filters.open_editor().content
    editor.field.choose("phone")
    editor._field_picked()
    editor.relation.choose("is empty")
    editor._show_values(())
    assert editor.line is None
    editor.apply.click()
    assert page.search.text() == "company:wis no:phone"


def test_a_filter_without_a_value_waits_for_it(page):
    popover = page.filters.open_editor()
    editor = popover.content
    editor.field.choose("city")
    editor._field_picked()
    editor.apply.click()
    assert popover.isVisible()
    assert page.search.text() == ""
    QTest.keyClick(popover, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


def test_a_list_that_cannot_be_read_says_why_and_offers_to_try_again(page, until, app, monkeypatch):
    def broken(*_args, **_how):
        raise StorageError("The disk is full.", "Free some space.")

    plain = type(app.search).ids
    monkeypatch.setattr(type(app.search), "ids", broken)
    page.look_again()
    until(lambda: page.list.shown is page.list.trouble)
    assert "The disk is full." in page.list.trouble.sentence.text()
    monkeypatch.setattr(type(app.search), "ids", plain)
    page.list.retry.click()
    until(lambda: page.list.shown is page.table)


def test_bars_stand_for_rows_only_when_the_wait_is_long(page, until):
    assert page.table.skeleton.isHidden()
    page.listing.finder.waiting.emit()
    assert page.table.skeleton.isVisible()
    assert page.table.header.isVisible()
    page.look_again()
    until(lambda: page.table.skeleton.isHidden())


def test_an_empty_trash_is_no_failed_search(page, until):
    page.filters.trash.click()
    until(lambda: page.list.shown is page.list.trash_empty)
    page.search.setText("nobody")
    until(lambda: page.list.shown is page.list.no_match)
