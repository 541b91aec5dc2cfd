"""The command palette: finds actions, contacts, settings, and gives the keyboard back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.errors import StorageError
from app.core.settings import THEME
from app.views.common import announcing
from app.views.common.finding import Found
from app.views.common.keys import parts_of
from app.views.common.places import Place
from app.views.shell.actions import REDO, UNDO
from app.views.shell.fuzzy import match
from app.views.shell.results import Line, ResultList, ResultModel


@pytest.fixture
def palette(people, window, until):
    """Open above the contacts, with the second row of the table in focus."""
    page = window.page(Place.CONTACTS)
    until(lambda: page.model.rowCount() == len(people))
    page.table.select(1)
    page.table.setFocus()
    QTest.keySequence(window, QKeySequence("Ctrl+K"))
    return window.floating.palette


def titles(palette) -> list[str]:
    return [line.found.title for line in palette.results.lines.lines if line.found]


def headings(palette) -> list[str]:
    return [line.heading for line in palette.results.lines.lines if line.heading]


def type_in(palette, until, words: str) -> None:
    QTest.keyClicks(palette.field, words)
    until(lambda: not palette._desk.calls.waiting)


def test_import_is_first_for_its_three_letters_and_shows_its_key(palette, until):
    type_in(palette, until, "imp")
    first = palette.results.current
    assert (first.title, first.keys) == ("Import contacts", "Ctrl+I")
    assert palette.results.lines.lines[1].letters == (0, 1, 2)


def test_escape_gives_the_keyboard_back_to_the_same_cell(palette, window, until):
    table = window.page(Place.CONTACTS).table
    before = table.currentIndex()
    type_in(palette, until, "imp")
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert table.hasFocus()
    assert table.currentIndex() == before


def test_the_same_key_closes_it_and_so_does_a_click_beside_it(palette, window):
    QTest.keySequence(window, QKeySequence("Ctrl+K"))
    assert not palette.isVisible()
    QTest.keySequence(window, QKeySequence("Ctrl+K"))
    QTest.mouseClick(palette, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not palette.isVisible()


def test_enter_runs_the_action_that_was_found(palette, window, until):
    type_in(palette, until, "add cont")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert window.page(Place.CONTACTS).drawer.is_editing


def test_what_was_used_last_is_offered_first(palette, window, until):
    type_in(palette, until, "undo hist")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    QTest.keySequence(window, QKeySequence("Ctrl+K"))
    assert headings(palette)[0] == "Recent"
    assert titles(palette)[0] == "Undo history"


def test_a_contact_is_found_without_its_accents_and_opened(palette, window, people, until):
    type_in(palette, until, "chloe")
    assert "Chloé Martin" in titles(palette)
    while palette.results.current.title != "Chloé Martin":
        QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    drawer = window.page(Place.CONTACTS).drawer
    until(lambda: drawer.contact is not None and drawer.contact.id == people[1])


def test_half_a_filter_is_no_error(palette, until):
    type_in(palette, until, "status:")
    assert titles(palette) == ["Search all contacts for “status:”"]


def test_words_that_mean_nothing_still_lead_on(palette, window, until):
    type_in(palette, until, "zzzz")
    assert titles(palette) == ["Search all contacts for “zzzz”"]
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    until(lambda: window.page(Place.CONTACTS).search.text() == "zzzz")


def test_a_setting_is_found_and_shown_with_the_keyboard_on_it(palette, window, until):
    type_in(palette, until, "row height")
    assert palette.results.current.title == "Row height"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    page = window.page(Place.SETTINGS)
    assert window.place is Place.SETTINGS
    density = page.section("appearance").controls["appearance.density"]
    assert density.isAncestorOf(QApplication.focusWidget())


def test_a_mark_in_front_leaves_only_commands(palette, until):
    type_in(palette, until, "> chloe")
    assert headings(palette) == ["No command is called that"]
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.field.clear()
    type_in(palette, until, ">")
    assert set(headings(palette)) == {"Commands"}


def test_arrows_go_round_tab_goes_through_the_groups(palette, until):
    type_in(palette, until, "imp")
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.results.current.title.startswith("Search all contacts")
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.results.current.title == "Import contacts"
    QTest.keyClick(palette.field, Qt.Key.Key_Tab)
    assert palette.results.current.title.startswith("Search all contacts")
    assert palette.field.hasFocus()
    QTest.keyClick(palette.field, Qt.Key.Key_PageDown)
    QTest.keyClick(palette.field, Qt.Key.Key_PageUp)
    assert palette.results.current.title == "Import contacts"


def test_another_shortcut_closes_it_and_does_its_work(palette, window):
    QTest.keySequence(window, QKeySequence("Ctrl+4"))
    assert not palette.isVisible()
    assert window.place is Place.HISTORY


def test_a_room_can_let_its_things_be_found(palette, window, until):
    done = []

    class Views:
        heading = "Views"

        def find(self, words, interrupt):
            return [Found(f"View of {words}", lambda: done.append(words))]

    window.desk.offer(Views())
    type_in(palette, until, "old")
    assert "View of old" in titles(palette)
    palette._pick(next(li.found for li in palette.results.lines.lines if "View of" in li.spoken))
    assert done == ["old"]


def test_a_source_that_fails_says_why_and_the_rest_is_found(palette, window, until):
    class Broken:
        heading = "Broken"

        def find(self, words, interrupt):
            raise StorageError("The disk is away.", "Plug it in.")

    window.desk.offer(Broken())
    type_in(palette, until, "imp")
    assert "The disk is away. Plug it in." in headings(palette)
    assert palette.results.current.title == "Import contacts"


def test_each_letter_stops_the_search_of_the_letter_before(palette):
    QTest.keyClicks(palette.field, "c")
    first = palette._interrupt
    QTest.keyClicks(palette.field, "h")
    assert first.wanted
    assert not palette._interrupt.wanted


def test_results_are_announced(palette, until, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(announcing, "audit", said)
    type_in(palette, until, "undo")
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert any("results. Undo, Ctrl+Z" in words for words in said)
    assert said[-1].startswith("Undo history, Ctrl+Alt+Z")


def test_it_stays_inside_a_small_window_with_large_text(palette, window, until):
    window.desk.actions.run(
        next(a for a in window.desk.actions.catalogue if a.key == "view.larger")
    )
    window.resize(1024, 640)
    QTest.keySequence(window, QKeySequence("Ctrl+K"))
    ground = palette.rect()
    assert ground == palette.parentWidget().rect()
    assert ground.contains(palette.panel.geometry())


def test_the_list_is_a_proper_model(qtmodeltester):
    model = ResultModel()
    qtmodeltester.check(model)
    model.show([Line("Commands"), Line("", Found("Undo", lambda: None))])
    qtmodeltester.check(model)
    assert model.index(0, 0).flags() & Qt.ItemFlag.ItemIsSelectable == Qt.ItemFlag.NoItemFlags


def test_a_click_takes_a_row_and_a_heading_takes_none(qtbot):
    results = ResultList("Results")
    qtbot.addWidget(results)
    picked: list[Found] = []
    results.picked.connect(picked.append)
    results.show_lines([Line("Commands"), Line("", Found("Undo", lambda: None))])
    results.clicked.emit(results.lines.index(0))
    results.clicked.emit(results.lines.index(1))
    assert [found.title for found in picked] == ["Undo"]


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("undo", "Undo", "Undo history"),
        ("imp", "Import contacts", "Go to imports"),
        ("cont", "Contacts", "Import contacts"),
        ("ic", "Import contacts", "Identic"),
        ("ordner", "Ordner", "Börsenordner"),
    ],
)
def test_what_fits_better_comes_first(typed, better, worse):
    assert match(typed, better).score > match(typed, worse).score


@pytest.mark.parametrize(
    ("typed", "text", "letters"),
    [
        ("imp", "Import", (0, 1, 2)),
        ("con imp", "Import contacts", (0, 1, 2, 7, 8, 9)),
        ("ic", "Import contacts", (0, 7)),
        ("zoe", "Zoë Aalto", (0, 1, 2)),
        ("strasse", "Straße", (0, 1, 2, 3, 4, 5)),
        ("xyz", "Import contacts", None),
        ("imp xyz", "Import contacts", None),
        ("zi", "Import zinc history quiz", (7, 8)),
    ],
)
def test_the_letters_that_were_meant_are_known(typed, text, letters):
    found = match(typed, text)
    assert (found.letters if found else None) == letters


@pytest.mark.parametrize(
    ("shortcut", "parts"),
    [
        ("Ctrl+Shift+Z", ["Ctrl", "Shift", "Z"]),
        ("Ctrl++", ["Ctrl", "+"]),
        ("+", ["+"]),
        ("?", ["?"]),
        ("", []),
    ],
)
def test_a_shortcut_is_cut_into_its_keys(shortcut, parts):
    assert parts_of(shortcut) == parts


def test_the_users_own_keys_are_shown(palette, window, until):
    window.desk.actions.use_keys({UNDO.key: ("Ctrl+U",)})
    QTest.keySequence(window, QKeySequence("Ctrl+K"))
    QTest.keySequence(window, QKeySequence("Ctrl+K"))
    type_in(palette, until, "undo")
    assert palette.results.current.keys == "Ctrl+U"
    assert window.desk.actions.shortcut(REDO) == "Ctrl+Shift+Z"
    assert THEME.label in [found.title for found in palette._catalogue._settings]


def test_what_makes_sense_amid_something_is_not_offered_before(palette):
    palette.field.setText("export")
    offered = set(titles(palette))
    assert {"Export contacts", "Export to a file", "Export to a connected tool"} <= offered
    assert not offered & {"Pause the export", "Cancel the export", "Retry the failed contacts"}
    palette.field.setText("import")
    offered = set(titles(palette))
    assert {"Import contacts", "Paste contacts"} <= offered
    assert not offered & {"Next step of the import", "Save the import recipe"}
