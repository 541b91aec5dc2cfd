"""The contacts page: finding, adding, editing, deleting and changing many, all with undo."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from app.views.common.cells import CHECKED_ROLE
from app.views.common.places import Place
from app.views.contacts.actions import DELETE
from app.views.contacts.page import ContactsPage
from app.views.exporting.scope import Scope


@pytest.fixture
def page(people, window) -> ContactsPage:
    return window.page(Place.CONTACTS)


def names(page: ContactsPage) -> list[str]:
    """The names in the table, in their order."""
    column = [c.key for c in page.model.columns].index("name")
    return [page.model.index(row, column).data() for row in range(page.model.rowCount())]


def test_all_contacts_are_listed_by_name_with_their_number(page, until):
    everybody = ["Ada Lovelace", "Chloé Martin", "Grzegorz Nowak", "Lena Fischer", "Zoë Aalto"]
    until(lambda: names(page) == everybody)
    until(lambda: page.header.count.text() == "5")


def test_typing_narrows_the_list_without_accents_and_from_the_first_letters(page, until):
    page.search.setText("chl mar")
    until(lambda: names(page) == ["Chloé Martin"])
    until(lambda: page.header.count.text() == "1")


def test_only_the_last_of_several_quick_searches_is_shown(page, until):
    for typed in ("a", "ad", "ada", "zo"):
        page.search.setText(typed)
    until(lambda: names(page) == ["Zoë Aalto"])


def test_a_search_that_cannot_be_read_says_why_and_keeps_the_list(page, until):
    page.search.setText("colour:red")
    until(lambda: "colour" in page.notice.text())
    assert len(names(page)) == 5
    page.search.clear()
    until(lambda: page.notice.text() == "")


def test_no_match_offers_to_clear_search_and_filters(page, until):
    page.search.setText("nobody")
    until(lambda: page.list.shown is page.list.no_match)
    page.list.clear_button.click()
    until(lambda: len(names(page)) == 5)
    assert page.search.text() == ""


def test_an_empty_workspace_offers_to_import_or_to_add(window, until):
    page = window.page(Place.CONTACTS)
    until(lambda: page.beginning.is_welcome)
    page.beginning.welcome.empty.click()
    assert page.beginning.empty.isVisible()
    assert not page.list.isVisible()
    page.beginning.first_import.click()
    assert window.place is Place.IMPORT


def test_a_click_on_a_header_sorts_and_a_second_one_turns_the_order_round(page, until):
    page.sort_by("company")
    until(lambda: names(page)[0] == "Ada Lovelace")
    page.sort_by("company")
    until(lambda: names(page)[0] == "Grzegorz Nowak")


def test_the_main_thread_never_reads_the_database(page, until, app, people, monkeypatch):
    seen: list[threading.Thread] = []
    plain = type(app.store).reading

    def reading(self, interrupt=None):
        seen.append(threading.current_thread())
        return plain(self, interrupt)

    monkeypatch.setattr(type(app.store), "reading", reading)
    page.search.setText("ada")
    until(lambda: names(page) == ["Ada Lovelace"])
    page.open_contact(people[0])
    until(lambda: page.drawer.contact is not None)
    assert seen
    assert threading.main_thread() not in seen


def test_a_deleted_contact_leaves_the_list_and_comes_back_by_ctrl_z(page, until, window, people):
    page.open_contact(people[0])
    until(lambda: page.drawer.contact is not None)
    page.table.select(0)
    page.desk.actions.run(DELETE)
    until(lambda: "Ada Lovelace" not in names(page))
    until(page.drawer.restore.isVisible)
    page.table.setFocus()
    QTest.keySequence(window, QKeySequence("Ctrl+Z"))
    until(lambda: "Ada Lovelace" in names(page))


def test_what_is_in_the_trash_can_be_restored_from_there(page, until, app, people):
    app.contacts.delete(people[:2])
    page.filters.trash.click()
    until(lambda: sorted(names(page)) == ["Ada Lovelace", "Chloé Martin"])
    page.model.checks.check_all()
    assert not page.batch.delete.isVisible()
    page.batch.restore.click()
    until(lambda: names(page) == [])
    page.filters.everything.click()
    until(lambda: len(names(page)) == 5)


def test_checked_contacts_get_a_status_together(page, until, app, people):
    page.model.checks.add(people[:3])
    page.bulk.set_status(page.checked(), "qualified")
    until(lambda: [app.contacts.get(i).values["status"] for i in people[:3]] == ["qualified"] * 3)
    assert app.contacts.get(people[3]).values["status"] == "new"
    until(lambda: not page.model.checks.count(5))


def test_checked_contacts_are_tagged_in_one_undoable_step(page, until, app, people, window):
    page.model.checks.add(people[:2])
    dialog = page.bulk.ask_tags(page.checked(), (), adding=True)
    dialog.line.setText("messe, dach")
    assert dialog.apply.isEnabled()
    dialog.apply.click()
    until(lambda: app.contacts.get(people[0]).tags == ("dach", "messe"))
    until(lambda: page.vocabulary.tags == ("dach", "messe"))
    window.desk.undo()
    until(lambda: app.contacts.get(people[1]).tags == ())


def test_select_all_means_every_match_and_not_only_what_is_in_view(page, people):
    page.model.checks.check_all()
    page.model.checks.toggle(people[0])
    assert page.model.checks.count(5) == 4
    assert people[0] not in page.checked().ids()
    assert len(page.checked().ids()) == 4
    assert page.scope() == Scope(f"-id:{people[0]}", 4)


def test_space_checks_the_current_row_and_shift_extends(page, qtbot):
    page.table.setFocus()
    page.table.select(0)
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    page.table.select(2)
    QTest.keyClick(page.table, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    checked = [page.model.index(row, 0).data(CHECKED_ROLE) for row in range(5)]
    assert checked == [True, True, True, False, False]


def test_the_selected_row_stays_marked_when_the_order_changes(page, until, people):
    page.table.select(0)
    page.sort_by("name")
    until(lambda: names(page)[0] == "Zoë Aalto")
    until(lambda: page.model.contact_id(page.table.currentIndex().row()) == people[0])


def test_a_change_made_elsewhere_appears_by_itself(page, until, app, people):
    app.contacts.change(people[0], {"last_name": "Byron"})
    until(lambda: "Ada Byron" in names(page))


def test_the_export_button_hands_the_checked_contacts_over(page, until, window, people):
    page.model.checks.add([people[1]])
    page.batch.export.click()
    assert window.place is Place.EXPORTS
    assert window.page(Place.EXPORTS).scope == Scope(f"id:{people[1]}", 1)
