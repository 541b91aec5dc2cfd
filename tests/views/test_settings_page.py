"""The settings: found by any word, applied at once, undone from the toast, taken in a file."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.core.settings import (
    DEFAULT_COUNTRY,
    DENSITY,
    FILE_DELIMITER,
    FONT_SIZE,
    LEAVE_OUT_SUPPRESSED,
    SETTINGS,
    SHORTCUTS,
    THEME,
    USER_NAME,
)
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.contacts.actions import ADD, FIND
from app.views.settings.rows import SettingRow
from app.views.settings.sections import SECTIONS
from app.views.settings.shortcuts import read_keys, written_keys
from app.views.shell.actions import UNDO


@pytest.fixture
def settings(window):
    window.show_place(Place.SETTINGS)
    return window.page(Place.SETTINGS)


def control(settings, setting):
    name = setting.key.partition(".")[0]
    return settings.section(name).controls[setting.key]


def test_every_shown_setting_stands_in_a_section(settings):
    rows = {row.key for kind in SECTIONS for row in settings.section(kind.key).rows}
    assert {setting.key for setting in SETTINGS if setting.shown} <= rows


def test_a_theme_applies_at_once_and_is_kept(settings, until, app):
    settings.show_section("appearance")
    control(settings, THEME).cards["dark"].click()
    until(lambda: app.settings.get(THEME) == "dark")
    until(lambda: theme().tokens.mode == "dark")


def test_row_height_and_text_size_change_every_list(settings, until, window):
    table = window.page(Place.CONTACTS).table
    settings.change(DENSITY, "compact")
    until(lambda: table.verticalHeader().defaultSectionSize() == 32)
    settings.change(FONT_SIZE, 125)
    until(lambda: table.verticalHeader().defaultSectionSize() == 40)


def test_a_changed_setting_can_be_undone_from_its_toast(settings, until, app, window):
    settings.change(DENSITY, "comfortable")
    until(lambda: window.toast.text == "Appearance changed: Row height, Comfortable")
    window.toast.button.click()
    until(lambda: app.settings.get(DENSITY) == "default")


def test_a_typed_setting_is_kept_when_the_field_is_left(settings, until, app):
    settings.show_section("import")
    line = control(settings, DEFAULT_COUNTRY)
    line.setText("FR")
    line.editingFinished.emit()
    until(lambda: app.settings.get(DEFAULT_COUNTRY) == "FR")


def test_a_switch_turns_a_setting_off_and_says_so(settings, until, app, window):
    settings.show_section("export")
    control(settings, LEAVE_OUT_SUPPRESSED).click()
    until(lambda: app.settings.get(LEAVE_OUT_SUPPRESSED) is False)
    until(lambda: window.toast.text.endswith("is now off"))


@pytest.mark.parametrize(
    ("typed", "section", "title"),
    [
        ("row HEIGHT", "appearance", "Row height"),
        ("spacing", "appearance", "Row height"),
        ("semicolon", "export", "Between the cells of a CSV file"),
        ("unsubscribed", "export", "Leave out who must not be contacted"),
        ("hotkey add contact", "shortcuts", "Add contact"),
        ("lgpl", "about", "Licences"),
        ("disk full", "data", "Free on this disk"),
    ],
)
def test_a_setting_is_found_by_title_help_or_another_word(settings, typed, section, title):
    settings.search.setText(typed)
    assert settings.shown == section
    assert settings.index.entries[section].found >= 1
    rows = settings.section(section).rows
    found = [row.title.text() for row in rows if row.matches(typed.lower().split())]
    assert title in found


def test_a_search_counts_what_it_finds_in_each_section_and_ends_without_a_trace(settings):
    settings.search.setText("semicolon")
    assert settings.found.text() == "1 match in 1 section"
    assert settings.index.entries["export"].found == 1
    settings.search.clear()
    assert settings.found.text() == ""
    assert not any(entry.searching for entry in settings.index.entries.values())


def test_a_word_that_stands_nowhere_is_told_so_and_can_be_cleared(settings):
    settings.search.setText("xyzzy")
    assert settings._stack.currentWidget() is settings._none
    settings.search.clear()
    assert settings._stack.currentWidget() is not settings._none


def test_the_palette_leads_to_a_setting_and_marks_it(settings, window):
    window.desk.go(Place.SETTINGS, FILE_DELIMITER.key)
    assert settings.shown == "export"
    assert settings.section("export").row(FILE_DELIMITER.key).is_flashing
    window.desk.go(Place.SETTINGS, "shortcuts")
    assert settings.shown == "shortcuts"


def test_the_arrows_go_through_the_index(settings):
    settings.show_section("user")
    QTest.keyClick(settings.index.entries["user"], Qt.Key.Key_Down)
    assert settings.shown == "appearance"
    QTest.keyClick(settings.index.entries["appearance"], Qt.Key.Key_Up)
    assert settings.shown == "user"


@pytest.fixture
def shortcuts(settings):
    settings.show_section("shortcuts")
    return settings.section("shortcuts")


def record(shortcuts, action, key, modifiers=Qt.KeyboardModifier.NoModifier):
    recorder = shortcuts.recorders[action.key]
    recorder.click()
    assert recorder.recording
    QTest.keyClick(recorder, key, modifiers)


def test_pressed_keys_become_the_shortcut_and_are_kept(shortcuts, until, app, window):
    record(shortcuts, ADD, Qt.Key.Key_F9, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.desk.actions.keys_of(ADD) == ("Ctrl+F9",))
    assert read_keys(str(app.settings.get(SHORTCUTS))) == {ADD.key: ("Ctrl+F9",)}
    assert shortcuts.recorders[ADD.key].chips() == [QKeySequence("Ctrl+F9").toString()]
    window.toast.button.click()
    until(lambda: window.desk.actions.keys_of(ADD) == ADD.keys)


def test_keys_that_mean_something_else_name_it_and_can_be_taken_over(shortcuts, until, window):
    record(shortcuts, ADD, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "Ctrl+Z already does “Undo”" in shortcuts.notice.text()
    assert window.desk.actions.keys_of(ADD) == ADD.keys
    shortcuts.notice._action.click()
    until(lambda: window.desk.actions.keys_of(ADD) == ("Ctrl+Z",))
    assert window.desk.actions.keys_of(UNDO) == ()
    assert shortcuts.notice.text() == ""


def test_one_shortcut_or_all_can_be_put_back(shortcuts, until, window):
    actions = window.desk.actions
    record(shortcuts, ADD, Qt.Key.Key_F9)
    until(lambda: actions.keys_of(ADD) == ("F9",))
    record(shortcuts, FIND, Qt.Key.Key_F8)
    until(lambda: actions.keys_of(FIND) == ("F8",))
    shortcuts.resets[ADD.key].click()
    until(lambda: actions.keys_of(ADD) == ADD.keys)
    assert actions.keys_of(FIND) == ("F8",)
    shortcuts.reset_all.click()
    until(lambda: actions.keys_of(FIND) == FIND.keys)
    assert not shortcuts.reset_all.isEnabled()


def test_escape_ends_recording_and_backspace_takes_the_shortcut_away(shortcuts, until, window):
    record(shortcuts, ADD, Qt.Key.Key_Escape)
    assert not shortcuts.recorders[ADD.key].recording
    record(shortcuts, ADD, Qt.Key.Key_Backspace)
    until(lambda: window.desk.actions.keys_of(ADD) == ())


def test_the_window_does_not_act_on_keys_that_are_recorded(shortcuts, window, until):
    record(shortcuts, ADD, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.place is Place.SETTINGS
    assert "Contacts" in shortcuts.notice.text()


def test_own_shortcuts_hold_in_the_next_window(app, open_window):
    app.settings.set(SHORTCUTS, written_keys({ADD.key: ("Ctrl+F9",)}))
    assert open_window().desk.actions.keys_of(ADD) == ("Ctrl+F9",)


@pytest.mark.parametrize("text", ["{", "[1]", '{"contacts.add": "Ctrl+F9"}'])
def test_shortcuts_that_cannot_be_read_are_as_declared(text):
    assert read_keys(text) == {}


def test_settings_go_to_a_file_and_come_back_on_another_computer(
    settings, until, app, window, tmp_path
):
    file = tmp_path / "settings.json"
    app.settings.set(THEME, "dark")
    app.settings.set(DEFAULT_COUNTRY, "FR")
    app.settings.set(SHORTCUTS, written_keys({ADD.key: ("Ctrl+F9",)}))
    settings.export_to(file)
    until(file.exists)
    written = json.loads(file.read_text())["settings"]
    assert written == {
        THEME.key: "dark",
        DEFAULT_COUNTRY.key: "FR",
        SHORTCUTS.key: written_keys({ADD.key: ("Ctrl+F9",)}),
    }
    for setting in (THEME, DEFAULT_COUNTRY, SHORTCUTS):
        app.settings.reset(setting)
    settings.import_from(file)
    until(lambda: window.toast.text == "Took over 3 settings")
    assert app.settings.get(DEFAULT_COUNTRY) == "FR"
    assert theme().tokens.mode == "dark"
    assert window.desk.actions.keys_of(ADD) == ("Ctrl+F9",)
    window.toast.button.click()
    until(lambda: app.settings.get(DEFAULT_COUNTRY) == "")


def test_a_file_of_something_else_is_refused_and_nothing_changes(settings, until, app, tmp_path):
    file = tmp_path / "other.json"
    file.write_text('{"settings": {"user.name": "Eve"}}')
    settings.import_from(file)
    until(lambda: "holds no settings" in settings.notice.text())
    assert app.settings.get(USER_NAME) == ""


def test_without_a_keyring_its_section_says_why_and_offers_two_ways(settings, until):
    settings.show_section("connections")
    vault = settings.section("connections").vault
    until(vault.isVisible)
    assert vault.session.isVisible()
    assert vault.seal.isVisible()


def test_the_data_folder_tells_its_place_and_size(settings, until, app):
    settings.show_section("data")
    section = settings.section("data")
    until(lambda: section.room.text())
    assert "B" in section.room.text()
    assert section.backup.text() == ""
    # Below the last row in view there is no line.
    shown = [part for part in section._card.findChildren(QWidget) if part.isVisible()]
    shown = [part for part in shown if part.parent() is section._card]
    assert isinstance(shown[-1], SettingRow)
    (app.workspace.backups / "captely-0001.db").write_bytes(b"x" * 2_000)
    settings.show_section("data")
    until(lambda: section.backup.text().startswith("1 copy"))


def test_the_licences_are_the_shipped_text(settings):
    settings.show_section("about")
    text = settings.section("about").text.toPlainText()
    assert "pyside6-essentials" in text
    assert "Inter" in text
