"""Contacts picked and changed together: keys, plans, jobs, copies, and how it is taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest

from app.services.bulk import Act
from app.views.common.places import Place
from app.views.contacts import actions as do
from app.views.contacts import bulk
from app.views.contacts.page import ContactsPage


@pytest.fixture
def page(people, window, until) -> ContactsPage:
    page = window.page(Place.CONTACTS)
    until(lambda: page.model.row(0) is not None and page.vocabulary.statuses)
    window.activateWindow()
    page.table.setFocus()
    page.table.select(0)
    return page


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """The addresses that were handed to the programs of the computer."""
    urls: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: urls.append(url.toString()) or True
    )
    return urls


def press(page: ContactsPage, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(page.table, key, modifier)


def field(app, people, key: str) -> list[object]:
    return [app.contacts.get(one).values[key] for one in people]


def test_j_k_x_and_escape_walk_and_check(page, people):
    press(page, Qt.Key.Key_J)
    press(page, Qt.Key.Key_X)
    press(page, Qt.Key.Key_J)
    press(page, Qt.Key.Key_X)
    press(page, Qt.Key.Key_K)
    assert page.current() == people[1]
    assert list(page.checked().ids()) == people[1:3]
    press(page, Qt.Key.Key_Escape)
    assert page.checked().count == 0


def test_ctrl_a_checks_everything_that_matches(page, people, until):
    press(page, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.checked().count == 5
    assert page.batch.count.text() == "5 contacts selected"
    assert not page.batch.all.isVisible()


def test_ctrl_and_shift_clicks_check_without_opening_anything(page, people):
    table = page.table

    def click(row: int, modifier: Qt.KeyboardModifier) -> None:
        place = table.visualRect(page.model.index(row, 2)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifier, place)

    click(0, Qt.KeyboardModifier.ControlModifier)
    click(3, Qt.KeyboardModifier.ShiftModifier)
    assert list(page.checked().ids()) == people[:4]
    place = table.visualRect(page.model.index(4, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.MiddleButton, pos=place)
    assert not page.drawer.isVisible()


def test_a_few_are_changed_at_once_and_taken_back_together(page, app, people, until, window):
    page.model.checks.add(people[:3])
    page.bulk.set_status(page.checked(), "lost")
    until(lambda: field(app, people[:3], "status") == ["lost"] * 3)
    until(lambda: page.checked().count == 0)
    window.desk.undo()
    until(lambda: field(app, people, "status") == ["new"] * 5)


def test_many_are_changed_only_after_their_plan_was_seen(
    page, app, people, until, monkeypatch, window
):
    app.contacts.change(people[0], {"status": "lost"})
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    page.model.checks.check_all()
    page.bulk.set_status(page.checked(), "lost")
    dialog = page.bulk.dialog
    until(lambda: dialog.plan is not None)
    assert dialog.view.words.text() == "4 will change, 1 already equal, 0 blocked"
    assert dialog.apply.text() == "Change 4 contacts"
    assert field(app, people, "status").count("lost") == 1
    dialog.apply.click()
    until(lambda: field(app, people, "status") == ["lost"] * 5)
    window.desk.undo()
    until(lambda: field(app, people, "status").count("lost") == 1)


def test_the_form_plans_while_one_types_and_says_what_cannot_be(page, app, people, until):
    page.model.checks.check_all()
    dialog = page.bulk.ask_fields(page.checked(), "email", Act.REPLACE)
    form = dialog.form
    form.line.setText("acme")
    form.by.setText("apex")
    dialog.look()
    until(lambda: dialog.plan is not None)
    assert (dialog.plan.changed, dialog.plan.equal) == (1, 4)
    form.show_field("email", Act.SET)
    form.line.setText("one@for.example")
    dialog.look()
    until(lambda: "same e-mail address" in dialog.notice.text())
    assert not dialog.apply.isEnabled()
    form.show_field("city", Act.SET)
    form.line.setText("Bonn")
    dialog.look()
    until(lambda: dialog.plan is not None)
    dialog.apply.click()
    until(lambda: field(app, people, "city") == ["Bonn"] * 5)


def test_a_stale_plan_is_refused_and_made_anew(page, app, people, until):
    page.model.checks.check_all()
    dialog = page.bulk.ask_fields(page.checked(), "city", Act.SET)
    dialog.form.line.setText("Bonn")
    dialog.look()
    until(lambda: dialog.plan is not None)
    app.contacts.change(people[0], {"city": "Kiel"})
    dialog.apply.click()
    until(lambda: "The plan is stale: 1 contact was changed since." in dialog.notice.text())
    assert field(app, people, "city")[1:] == [None] * 4
    until(lambda: dialog.plan is not None)
    dialog.apply.click()
    until(lambda: field(app, people, "city") == ["Bonn"] * 5)


def test_very_many_are_changed_by_a_job(page, app, people, until, monkeypatch):
    monkeypatch.setattr("app.services.bulk.service.SMALL", 2)
    page.model.checks.check_all()
    page.bulk.delete(page.checked())
    until(lambda: page.bulk.dialog is not None and page.bulk.dialog.plan is not None)
    assert page.bulk.dialog.apply.text() == "Move 5 contacts to the trash"
    page.bulk.dialog.apply.click()
    until(lambda: [job.state for job in app.jobs.views()] == ["done"])
    until(lambda: page.model.rowCount() == 0)
    until(page.beginning.empty.isVisible)
    app.operations.undo()
    until(lambda: page.model.rowCount() == 5)


def test_one_key_copies_the_addresses_of_the_checked_or_of_the_present_one(page, until, people):
    clipboard = QGuiApplication.clipboard()
    press(page, Qt.Key.Key_E)
    until(lambda: clipboard.text() == "ada@acme.example")
    page.model.checks.add(people[:2])
    press(page, Qt.Key.Key_E)
    until(lambda: clipboard.text() == "ada@acme.example\nchloe@rivoli.example")


def test_somebody_without_a_number_is_said_so(page, until, window):
    press(page, Qt.Key.Key_P)
    until(lambda: window.toast.text == "This contact has no phone number.")


def test_mail_and_calls_go_to_the_programs_of_the_computer(
    page, until, window, people, app, opened
):
    app.contacts.change(people[0], {"phone": "+44 20 7946 0958"})
    actions = window.desk.actions
    actions.run(do.WRITE)
    until(lambda: opened == ["mailto:ada@acme.example"])
    actions.run(do.CALL)
    until(lambda: opened[-1] == "tel:+442079460958")
    page.model.checks.add(people[:2])
    actions.run(do.WRITE)
    until(lambda: opened[-1] == "mailto:?bcc=ada@acme.example,chloe@rivoli.example")


def test_without_a_program_the_address_is_copied(page, until, window, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    window.desk.actions.run(do.WRITE)
    until(lambda: QGuiApplication.clipboard().text() == "ada@acme.example")
    until(lambda: "No program here opens that" in window.toast.text)


def test_a_duplicate_takes_along_what_colleagues_share(page, until, window, app, people):
    app.contacts.change(people[0], {"city": "London", "phone": "+44 20 7946 0958"})
    window.desk.actions.run(do.DUPLICATE)
    until(lambda: page.drawer.is_editing)
    typed = page.drawer.form.values()
    assert (typed["company"], typed["city"]) == ("Acme", "London")
    assert {"email", "phone"}.isdisjoint(typed)


def test_j_goes_on_from_inside_the_drawer_and_the_drawer_follows(page, people, until):
    page.open_contact(people[0])
    until(lambda: page.drawer.contact is not None)
    page.drawer.tabs[0].setFocus()
    QTest.keyClick(page.drawer.tabs[0], Qt.Key.Key_J)
    until(lambda: page.drawer.contact is not None and page.drawer.contact.id == people[1])


def test_delete_pressed_beside_the_list_leaves_the_contacts_alone(page, people, app, until, window):
    page.filters.add.setFocus()
    QTest.keyClick(page.filters.add, Qt.Key.Key_Delete)
    until(lambda: not window.desk.calls.waiting)
    assert not app.contacts.get(people[0]).deleted


def test_the_context_menu_is_about_the_row_alone_unless_it_is_checked(page, people, app, until):
    page.model.checks.add(people[:2])
    page.doing._menu_of(people[3], None)
    assert list(page.doing.targets().ids()) == [people[3]]
    page.doing._forget_only()
    page.doing._menu_of(people[0], None)
    assert list(page.doing.targets().ids()) == people[:2]


def test_delete_and_restore_by_keys(page, until, people, window, app):
    press(page, Qt.Key.Key_Delete)
    until(lambda: page.model.rowCount() == 4)
    assert not window.desk.actions.available(do.RESTORE)
    page.keeper.enter(-1)
    until(lambda: page.model.rowCount() == 1 and page.model.row(0) is not None)
    page.table.select(0)
    assert not window.desk.actions.available(do.STATUS)
    window.desk.actions.run(do.RESTORE)
    until(lambda: not app.contacts.get(people[0]).deleted)


def test_a_capital_letter_goes_to_the_first_name_that_begins_so(page, people, until):
    press(page, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    until(lambda: page.current() == people[3])
    assert page.jump.isVisible()
    QTest.keyClick(page.jump.line, Qt.Key.Key_Return)
    assert page.jump.isHidden()
    assert page.table.hasFocus()
