"""Where the keyboard is: it follows into the page, stays there, and Enter presses what it is on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.views.common.buttons import Btn
from app.views.common.places import Place


@pytest.fixture
def window(people, open_window):
    window = open_window()
    window.activateWindow()
    return window


def holder(window) -> object:
    """The page that has the keyboard, or None."""
    focused = QApplication.focusWidget()
    return next(
        (p for p in window.pages.made.values() if p is focused or p.isAncestorOf(focused)), None
    )


@pytest.mark.parametrize("place", list(Place))
def test_a_click_on_a_place_brings_the_keyboard_to_its_page(window, place):
    window.show_place(Place.SETTINGS if place is not Place.SETTINGS else Place.HISTORY)
    QTest.mouseClick(window.sidebar.items[place], Qt.MouseButton.LeftButton)
    assert holder(window) is window.page(place)


def test_the_keys_of_a_page_work_without_a_click_into_it(window, until):
    QTest.mouseClick(window.sidebar.items[Place.EXPORTS], Qt.MouseButton.LeftButton)
    QTest.keySequence(QApplication.focusWidget(), QKeySequence("Ctrl+Alt+F"))
    exports = window.page(Place.EXPORTS)
    assert exports.stack.currentWidget() is exports.file


def test_contacts_are_shown_with_the_keyboard_in_the_list(window):
    window.show_place(Place.SETTINGS)
    window.show_place(Place.CONTACTS)
    assert window.page(Place.CONTACTS).table.hasFocus()


def test_the_keyboard_comes_back_to_where_it_was_left(window):
    contacts = window.page(Place.CONTACTS)
    contacts.search.setFocus()
    window.show_place(Place.SETTINGS)
    window.show_place(Place.CONTACTS)
    assert contacts.search.hasFocus()


def test_who_walks_through_the_sidebar_stays_in_it(window):
    item = window.sidebar.items[Place.HISTORY]
    item.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(item, Qt.Key.Key_Space)
    assert window.place is Place.HISTORY
    assert item.hasFocus()


def test_a_control_that_goes_away_leaves_the_keyboard_in_its_page(window):
    window.show_place(Place.EXPORTS)
    exports = window.page(Place.EXPORTS)
    exports.runs.first_file.setFocus()
    exports.runs.first_file.click()
    assert holder(window) is exports
    assert not any(item.hasFocus() for item in window.sidebar.items.values())


def test_enter_presses_a_button_outside_a_dialog(qtbot):
    button = Btn("Apply")
    qtbot.addWidget(button)
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(button, Qt.Key.Key_Return)
