"""What a person can do: declared once, carried out by whoever provides it, found by its keys."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from app.views.common.actions import Action, Actions, Group
from app.views.common.places import Place
from app.views.contacts import actions as contacts
from app.views.contacts.actions import ADD
from app.views.importing import actions as importing
from app.views.shell.actions import ACTIONS, GO, UNDO


@pytest.fixture
def screen(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_every_key_and_every_shortcut_is_declared_once():
    keys = [action.key for action in ACTIONS]
    assert len(set(keys)) == len(keys)
    for action in ACTIONS:
        for other in ACTIONS:
            meet = action.everywhere or other.everywhere or action.place is other.place
            if action is not other and meet:
                shared = set(map(str, action.keys)) & set(map(str, other.keys))
                assert not shared, f"{action.key} and {other.key} share {shared}"


def test_every_place_of_the_window_can_be_reached_by_an_action():
    assert set(GO) == set(Place)


def test_every_action_of_a_new_window_is_carried_out_by_somebody(window):
    for place in Place:
        window.show_place(place)
        while window.page(place).get_ready():
            pass
    actions = window.desk.actions
    assert [a.key for a in actions.catalogue if actions._provider(a) is None] == []


def test_an_action_of_a_page_shows_the_page_first(window, until):
    window.show_place(Place.SETTINGS)
    assert window.desk.actions.run(ADD)
    assert window.place is Place.CONTACTS
    assert window.page(Place.CONTACTS).drawer.is_editing


def test_an_action_that_makes_no_sense_now_does_nothing(screen):
    action = Action("thing.do", "Do", Group.EDIT)
    actions, done = Actions(lambda place: None), []
    actions.declare([action], screen)
    assert not actions.available(action)
    actions.provide(action, lambda: done.append(1), screen, when=lambda: False)
    assert not actions.run(action)
    assert done == []


def test_letters_meant_for_a_page_are_typed_into_its_fields(screen, qtbot):
    field, other = QLineEdit(screen), QWidget(screen)
    action = Action("list.next", "Next", Group.LIST, ("J",), everywhere=False)
    actions, done = Actions(lambda place: None), []
    actions.declare([action], screen)
    actions.provide(action, lambda: done.append(1), screen)
    screen.show()
    qtbot.waitExposed(screen)
    screen.activateWindow()
    field.setFocus()
    QTest.keyClicks(field, "j")
    assert (field.text(), done) == ("j", [])
    field.clearFocus()
    screen.setFocus()
    QTest.keySequence(screen, QKeySequence("J"))
    assert done == [1]
    assert other.isEnabled()


def test_the_users_own_shortcut_replaces_the_declared_one(screen):
    first = Action("one", "One", Group.EDIT, ("Ctrl+1",))
    second = Action("two", "Two", Group.EDIT, ("Ctrl+2",))
    actions = Actions(lambda place: None)
    actions.declare([first, second], screen)
    assert actions.taken_by("Ctrl+2", first) is second
    actions.use_keys({"two": ("Ctrl+9",)})
    assert actions.taken_by("Ctrl+2", first) is None
    assert actions.shortcut(second) == "Ctrl+9"
    assert actions.shortcut(first) == "Ctrl+1"


def test_a_menu_shows_words_keys_and_what_cannot_be_done_now(screen):
    able = Action("one", "One", Group.EDIT, ("Ctrl+1",))
    unable = Action("two", "Two", Group.EDIT)
    actions = Actions(lambda place: None)
    actions.declare([able, unable], screen)
    actions.provide(able, lambda: None, screen)
    menu = actions.menu([able, None, unable], screen)
    items = menu.actions()
    assert [item.text() for item in items] == ["One", "", "Two"]
    assert [item.isEnabled() for item in items] == [True, True, False]
    assert items[0].shortcut() == QKeySequence("Ctrl+1")
    menu.deleteLater()


def test_a_held_key_walks_on_but_starts_nothing_twice(window):
    """Ctrl+Enter held would go through all steps of an import and begin it."""
    wired = window.desk.actions.wired
    window.page(Place.IMPORT)
    assert wired(contacts.NEXT).autoRepeat()
    assert not wired(importing.NEXT).autoRepeat()
    assert not wired(contacts.DELETE).autoRepeat()
    assert not wired(UNDO).autoRepeat()
