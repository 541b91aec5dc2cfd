"""What floats above the pages: shortcut sheet, menu, messages, and what changes the look."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtNetwork import QNetworkInformation
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.core.errors import OutsideError, OutsideKind, Unreachable
from app.core.settings import DENSITY, FONT_SIZE, THEME
from app.views.common import announcing
from app.views.common.actions import Group
from app.views.common.desk import Toast
from app.views.common.motion import Glide
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.shell.actions import ACTIONS, MENU, UNDO
from app.views.shell.menu import menu_bar, window_menu
from app.views.shell.network import Network
from app.views.shell.system_motion import take
from app.views.shell.view_actions import COMPACT, DARK, QUIT, SYSTEM


def words_in(sheet) -> list[str]:
    return [line.found.title for line in sheet.results.lines.lines if line.found]


def test_the_sheet_prints_every_action_that_has_keys_by_group(window):
    QTest.keySequence(window, QKeySequence("F1"))
    sheet = window.floating.sheet
    assert sheet.isVisible()
    assert sheet.field.hasFocus()
    assert set(words_in(sheet)) == {action.title for action in ACTIONS if action.keys}
    heads = [line.heading for line in sheet.results.lines.lines if line.heading]
    assert heads == [g.value for g in Group if any(a.group is g and a.keys for a in ACTIONS)]


def test_the_sheet_shows_the_users_own_keys_and_follows_them(window):
    window.floating.sheet.open()
    window.desk.actions.use_keys({UNDO.key: ("Ctrl+U",)})
    undo = next(
        li.found for li in window.floating.sheet.results.lines.lines if li.spoken == "Undo, Ctrl+U"
    )
    assert undo.keys == "Ctrl+U"


def test_the_sheet_is_searched_by_words_and_by_keys(window):
    sheet = window.floating.sheet
    sheet.open()
    QTest.keyClicks(sheet.field, "dark")
    assert words_in(sheet) == ["Dark theme"]
    sheet.field.setText("ctrl+k")
    assert words_in(sheet) == ["Find anything"]
    sheet.field.setText("zzzz")
    assert sheet.results.lines.lines[0].heading == "No shortcut is called that"


def test_enter_in_the_sheet_does_it(window):
    window.floating.sheet.open()
    QTest.keyClicks(window.floating.sheet.field, "history")
    QTest.keyClick(window.floating.sheet.field, Qt.Key.Key_Return)
    assert not window.floating.sheet.isVisible()
    assert window.place is Place.HISTORY


def test_a_panel_gives_the_keyboard_back_and_only_one_is_open(people, window, until):
    table = window.page(Place.CONTACTS).table
    table.setFocus()
    QTest.keySequence(window, QKeySequence("?"))
    assert window.floating.sheet.isVisible()
    QTest.keySequence(window, QKeySequence("Ctrl+J"))
    assert not window.floating.sheet.isVisible()
    assert window.floating.job_centre.isVisible()
    QTest.keyClick(window.floating.job_centre.search, Qt.Key.Key_Escape)
    assert not window.floating.job_centre.isVisible()
    assert table.hasFocus()


def test_a_panel_leaves_room_for_the_page_in_a_small_window(window):
    window.resize(1024, 640)
    theme().use(percent=150)
    window.floating.sheet.open()
    assert window.floating.sheet.x() > 0
    sheet, pages = window.floating.sheet, window.pages
    assert sheet.height() == pages.height()
    # What the ribbon of a practice workspace says stays whole.
    assert sheet.y() == pages.mapTo(window.centralWidget(), QPoint(0, 0)).y() > 0


def test_the_question_mark_is_typed_into_fields(people, window):
    search = window.page(Place.CONTACTS).search
    search.setFocus()
    QTest.keyClicks(search, "?")
    assert search.text() == "?"
    assert not window.floating.sheet.isVisible()


def test_the_menu_has_every_action_in_its_group(window):
    menu = window_menu(window.desk.actions, window)
    submenus = {item.text(): item.menu() for item in menu.actions() if item.menu()}
    listed = [item.text() for sub in submenus.values() for item in sub.actions()]
    assert sorted(listed) == sorted(a.title for a in ACTIONS if a is not QUIT)
    assert menu.actions()[-1].text() == "Quit"
    assert "Undo" in [item.text() for item in submenus["Edit"].actions()]
    menu.deleteLater()


def test_the_person_at_the_foot_opens_the_menu(window, until):
    assert window.desk.actions.run(MENU)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, QMenu)
    popup.close()


def test_the_bar_of_macos_shows_the_actions_that_listen_for_the_keys(window):
    bar = menu_bar(window.desk.actions, window)
    items = [item for menu in bar.findChildren(QMenu) for item in menu.actions()]
    by_text = {item.text(): item for item in items}
    assert by_text["Undo"] is window.desk.actions.wired(UNDO)
    assert by_text["Quit"].menuRole() is QAction.MenuRole.QuitRole
    assert {a.title for a in ACTIONS} <= set(by_text)
    bar.deleteLater()


@pytest.mark.parametrize(
    ("action", "setting", "value", "words"),
    [(DARK, THEME, "dark", "Dark theme"), (COMPACT, DENSITY, "compact", "Compact rows")],
)
def test_the_look_changes_at_once_and_the_toast_takes_it_back(
    window, app, until, action, setting, value, words
):
    before = app.settings.get(setting)
    window.desk.actions.run(action)
    assert value in (theme().choice, theme().density)
    until(lambda: window.toast.text == f"Appearance changed: {words}")
    assert app.settings.get(setting) == value
    window.toast.button.click()
    until(lambda: app.settings.get(setting) == before)
    assert value not in (theme().choice, theme().density)


def test_a_look_that_is_there_already_is_left_alone(window, until):
    window.desk.actions.run(SYSTEM)
    until(lambda: window.toast.text == "Theme like the system: it is that already")


def test_the_text_grows_and_shrinks_by_keys_as_far_as_it_goes(window, app, until):
    QTest.keySequence(window, QKeySequence("Ctrl++"))
    assert theme().percent == 110
    QTest.keySequence(window, QKeySequence("Ctrl+0"))
    assert theme().percent == 100
    QTest.keySequence(window, QKeySequence("Ctrl+-"))
    QTest.keySequence(window, QKeySequence("Ctrl+-"))
    assert theme().percent == 90
    until(lambda: app.settings.get(FONT_SIZE) == 90)
    theme().use(percent=150)
    window.view.resize_text(1)
    assert theme().percent == 150


def test_the_settings_page_follows_what_is_changed_elsewhere(window, until):
    window.show_place(Place.SETTINGS)
    cards = window.page(Place.SETTINGS).section("appearance").controls[THEME.key].cards
    window.desk.actions.run(DARK)
    until(cards["dark"].isChecked)


def test_the_sidebar_stays_as_it_was_wished(open_window, until):
    first = open_window()
    QTest.keySequence(first, QKeySequence("Ctrl+B"))
    assert first.sidebar.width() == 56
    first.resize(1400, 800)
    assert first.sidebar.width() == 56
    first.close()
    until(lambda: not first.desk.calls.waiting)
    second = open_window()
    assert second.sidebar.width() == 56
    QTest.keySequence(second, QKeySequence("Ctrl+B"))
    assert second.sidebar.width() == 220


def test_full_screen_goes_and_comes_back(window):
    QTest.keySequence(window, QKeySequence("F11"))
    assert window.isFullScreen()
    QTest.keySequence(window, QKeySequence("F11"))
    assert not window.isFullScreen()


def test_quit_closes_the_window(window):
    QTest.keySequence(window, QKeySequence("Ctrl+Q"))
    assert not window.isVisible()


def test_the_newest_message_is_in_front_and_the_others_are_counted(window):
    for text in ("One", "Two", "Two", "Three"):
        window.desk.say(text)
    assert window.toast.text == "Three"
    assert window.toast.behind.text == "+2"
    window.toast.dismiss()
    assert window.toast.text == "Two"
    assert window.toast._timer.isActive()
    window.toast._timer.timeout.emit()
    assert not window.toast.isVisible()


def test_the_message_is_reached_by_keyboard_stays_meanwhile_and_gives_it_back(people, window):
    table = window.page(Place.CONTACTS).table
    table.setFocus()
    done: list[str] = []
    window.desk.say("Deleted", "Undo", lambda: done.append("undone"))
    QTest.keySequence(window, QKeySequence("F6"))
    assert window.toast.button.hasFocus()
    assert not window.toast._timer.isActive()
    QTest.keyClick(window.toast.button, Qt.Key.Key_Escape)
    assert table.hasFocus()
    window.desk.say("Deleted", "Undo", lambda: done.append("undone"))
    QTest.keySequence(window, QKeySequence("Ctrl+Shift+U"))
    QTest.keyClick(window.toast.button, Qt.Key.Key_Space)
    assert done == ["undone"]


def test_without_a_message_its_key_does_nothing(people, window):
    table = window.page(Place.CONTACTS).table
    table.setFocus()
    QTest.keySequence(window, QKeySequence("F6"))
    assert table.hasFocus()


def test_a_message_is_announced(window, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(announcing, "audit", said)
    window.desk.say("3 contacts deleted", "Undo", lambda: None)
    assert said == ["3 contacts deleted Undo"]


def test_the_ring_of_a_message_moves_with_it(window):
    window.toast.show_toast(Toast("Deleted", "Undo", lambda: None))
    window.toast.focus()
    ring = window.toast.button._ring
    window.toast.move(10, 10)
    button = window.toast.button
    corner = button.mapTo(window, QPoint(0, 0))
    around = QRect(ring.mapTo(window, QPoint(0, 0)), ring.size())
    assert around.contains(QRect(corner, button.size()))


def test_movements_obey_the_setting(qtbot, window):
    steps: list[float] = []
    glide = Glide(steps.append, 150, window)
    theme().use(motion="off")
    glide.enter()
    assert steps == [1.0]
    ended: list[int] = []
    theme().use(motion="on")
    glide.leave(lambda: ended.append(1))
    assert glide.moving
    qtbot.waitUntil(lambda: ended == [1], timeout=60_000)
    assert steps[-1] == 0.0


def test_the_pill_says_offline_when_the_system_does(window):
    network, states = window.network, QNetworkInformation.Reachability
    network.told(states.Disconnected)
    assert window.sidebar.offline.isVisible()
    assert "Everything local works" in window.sidebar.offline.accessibleName()
    network.told(states.Unknown)
    assert window.sidebar.offline.isVisible()
    network.told(states.Online)
    assert not window.sidebar.offline.isVisible()


def test_without_word_of_the_system_our_own_calls_tell(window, until):
    calls = window.desk.calls

    def fail() -> None:
        raise Unreachable("It cannot be reached.", kind=OutsideKind.TRANSIENT)

    def refuse() -> None:
        raise OutsideError("No.", kind=OutsideKind.AUTH)

    calls.network(window, fail, lambda _none: None, lambda _error: None)
    until(window.sidebar.offline.isVisible)
    calls.network(window, refuse, lambda _none: None, lambda _error: None)
    until(lambda: not window.sidebar.offline.isVisible())


def test_nothing_is_asked_of_the_system_in_tests(window):
    network = Network(window)
    network.watch()
    assert network._information is None
    assert not network.offline


@pytest.mark.parametrize(
    ("answer", "moves"), [(False, False), (True, True), (None, True), ("no", True)]
)
def test_the_computer_is_believed_when_it_says_yes_or_no(monkeypatch, answer, moves):
    monkeypatch.setattr(theme(), "system_moves", True)
    take(answer)
    assert theme().system_moves is moves
    theme().use(motion="on")
    assert theme().moves
    theme().use(motion="system")


def test_the_palette_covers_a_window_that_is_resized(window):
    window.floating.palette.open(Place.CONTACTS)
    window.resize(1100, 700)
    QApplication.sendEvent(window, QEvent(QEvent.Type.None_))
    assert window.floating.palette.size() == window.centralWidget().size()
