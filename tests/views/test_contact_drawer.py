"""The drawer: one contact seen, edited in place, followed through its history, and gone through."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QDate, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.core.fields import FieldKind
from app.services.drafts import CONTACT
from app.services.field_history import PAGE
from app.views.common.places import Place
from app.views.contacts.actions import COPY_EMAIL, DELETE, DUPLICATE, NEXT
from app.views.contacts.drawer import Drawer
from app.views.contacts.editor_dates import DateEditor
from app.views.contacts.editor_lists import MultiEditor, TagsEditor
from app.views.contacts.editor_phones import PhoneEditor


@pytest.fixture
def page(people, window):
    return window.page(Place.CONTACTS)


@pytest.fixture
def drawer(page, people, until) -> Drawer:
    """Ada's drawer, open beside the list with her row marked."""
    until(lambda: len(page.model.ids) == 5)
    page.table.select(0)
    page.open_contact(people[0])
    until(lambda: page.drawer.contact is not None)
    return page.drawer


def edit(drawer: Drawer, key: str, text: str) -> None:
    """Open a field's editor and type."""
    drawer.editing.begin(key)
    opened = drawer.editing.edit
    assert opened is not None
    opened.editor.set_text(text)


def press(drawer: Drawer, key: Qt.Key) -> None:
    opened = drawer.editing.edit
    assert opened is not None
    QTest.keyClick(opened.editor.focusProxy(), key)


def test_enter_saves_an_edit_in_place_and_the_toast_takes_it_back(
    drawer, until, window, people, app
):
    QTest.keyClick(drawer.details.rows["title"].row, Qt.Key.Key_Return)
    edit_ = drawer.editing.edit
    QTest.keyClicks(edit_.editor.focusProxy(), "Countess")
    press(drawer, Qt.Key.Key_Return)
    until(lambda: app.contacts.get(people[0]).values["title"] == "Countess")
    until(lambda: drawer.details.rows["title"].value == "Countess")
    assert drawer.editing.edit is None
    until(lambda: window.toast.button.text() == "Undo" and window.toast.isVisible())
    window.toast.button.click()
    until(lambda: app.contacts.get(people[0]).values["title"] is None)


def test_escape_gives_an_edit_up_and_changes_nothing(drawer, app, people):
    before = app.contacts.get(people[0])
    edit(drawer, "company", "Elsewhere")
    press(drawer, Qt.Key.Key_Escape)
    assert drawer.editing.edit is None
    assert drawer.details.rows["company"].value == "Acme"
    assert app.contacts.get(people[0]) == before


def test_tab_saves_and_opens_the_next_field(drawer, until, app, people):
    edit(drawer, "company", "Babbage & Co")
    press(drawer, Qt.Key.Key_Tab)
    until(lambda: drawer.editing.key == "title")
    assert app.contacts.get(people[0]).values["company"] == "Babbage & Co"
    press(drawer, Qt.Key.Key_Backtab)
    until(lambda: drawer.editing.key == "company")


def test_a_refused_value_says_why_below_its_field_and_keeps_what_was_typed(drawer, until):
    edit(drawer, "email", "not an address")
    press(drawer, Qt.Key.Key_Return)
    until(lambda: "not an address" in drawer.editing.edit.error.text())
    opened = drawer.editing.edit
    assert not opened.error.isHidden()
    assert opened.text == "not an address"
    opened.editor.set_text("ada@lovelace.example")
    assert opened.error.isHidden()
    press(drawer, Qt.Key.Key_Return)
    until(lambda: drawer.details.rows["email"].value == "ada@lovelace.example")


def test_somebody_elses_address_can_be_looked_at_or_taken_on_purpose(drawer, until, app, people):
    edit(drawer, "email", "chloe@rivoli.example")
    press(drawer, Qt.Key.Key_Return)
    until(lambda: drawer.editing.edit.others.isVisible())
    drawer.editing.edit.anyway.click()
    until(lambda: drawer.editing.edit is None)
    assert app.contacts.get(people[0]).values["email"] == "chloe@rivoli.example"
    edit(drawer, "email", "lena@nordwind.example")
    press(drawer, Qt.Key.Key_Return)
    until(lambda: drawer.editing.edit.others.isVisible())
    drawer.editing.edit.others.click()
    until(lambda: drawer.contact.id == people[3])


def test_a_change_by_somebody_else_meanwhile_shows_both_values_of_that_field(
    drawer, until, app, people
):
    edit(drawer, "title", "Mathematician")
    app.contacts.change(people[0], {"title": "Countess", "city": "London"})
    until(lambda: drawer.contact.values["city"] == "London")
    press(drawer, Qt.Key.Key_Return)
    until(lambda: drawer.editing.edit.conflict.isVisible())
    assert app.contacts.get(people[0]).values["title"] == "Countess"
    drawer.editing.edit.conflict.mine.click()
    until(lambda: app.contacts.get(people[0]).values["title"] == "Mathematician")
    assert app.contacts.get(people[0]).values["city"] == "London"


def test_taking_theirs_closes_the_editor_and_stores_nothing(drawer, until, app, people):
    edit(drawer, "title", "Mathematician")
    app.contacts.change(people[0], {"title": "Countess"})
    press(drawer, Qt.Key.Key_Return)
    until(lambda: drawer.editing.edit.conflict.isVisible())
    drawer.editing.edit.conflict.theirs.click()
    until(lambda: drawer.details.rows["title"].value == "Countess")
    assert drawer.editing.edit is None


def test_a_change_elsewhere_refreshes_the_drawer_and_leaves_an_open_editor_alone(
    drawer, until, app, people
):
    edit(drawer, "title", "Mathem")
    app.contacts.change(people[0], {"city": "London"})
    until(lambda: drawer.details.rows["city"].value == "London")
    assert drawer.editing.edit.text == "Mathem"


def test_j_and_k_go_through_the_list_and_save_what_is_open(page, drawer, until, app, people):
    edit(drawer, "title", "Countess")
    page.desk.actions.run(NEXT)
    until(lambda: drawer.contact.id == people[1])
    assert app.contacts.get(people[0]).values["title"] == "Countess"
    page.table.setFocus()
    QTest.keySequence(page.table, QKeySequence("K"))
    until(lambda: drawer.contact.id == people[0])
    drawer.next.click()
    until(lambda: drawer.contact.id == people[1])


def test_an_edit_that_is_refused_keeps_its_contact_in_view(page, drawer, until, people):
    edit(drawer, "email", "nonsense")
    drawer.next.click()
    until(lambda: drawer.editing.edit.error.text())
    page.table.select(2)
    until(lambda: not page.desk.calls.waiting)
    assert drawer.contact.id == people[0]
    assert page.model.contact_id(page.table.currentIndex().row()) == people[0]
    assert drawer.editing.edit.text == "nonsense"


def test_closing_the_drawer_saves_an_open_edit(drawer, until, app, people):
    edit(drawer, "title", "Countess")
    drawer.dismiss()
    until(lambda: not drawer.isVisible())
    assert app.contacts.get(people[0]).values["title"] == "Countess"


def test_a_click_on_the_status_offers_the_others(drawer, until, app, people):
    menu = drawer.head.open_menu()
    assert [item.text() for item in menu.actions()][:3] == ["New", "Contacted", "Qualified"]
    next(item for item in menu.actions() if item.data() == "qualified").trigger()
    menu.close()
    until(lambda: app.contacts.get(people[0]).values["status"] == "qualified")
    until(lambda: drawer.head.status.text() == "Qualified")


def test_tags_are_completed_added_and_taken_away(drawer, until, app, people, page):
    app.tags.create("Messe")
    until(lambda: page.vocabulary.tags == ("Messe",))
    drawer.editing.begin("tags")
    editor = drawer.editing.edit.editor
    assert isinstance(editor, TagsEditor)
    QTest.keyClicks(editor.line, "messe,dach")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert editor.names == ["Messe", "dach"]
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    until(lambda: drawer.details.rows["tags"].value == "dach, Messe")
    drawer.editing.begin("tags")
    editor = drawer.editing.edit.editor
    QTest.keyClick(editor.line, Qt.Key.Key_Backspace)
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    until(lambda: app.contacts.get(people[0]).tags == ("dach",))


def test_a_number_is_read_in_the_country_beside_it_and_shown_in_groups(drawer, until, app, people):
    drawer.editing.begin("phone")
    editor = drawer.editing.edit.editor
    assert isinstance(editor, PhoneEditor)
    QTest.keyClicks(editor.line, "01 42 68 53 00")
    assert "country" in editor.hint()
    editor.country.choose("FR")
    assert editor.hint() == ""
    press(drawer, Qt.Key.Key_Return)
    until(lambda: app.contacts.get(people[0]).values["phone"] == "+33142685300")
    until(lambda: drawer.details.rows["phone"].value == "+33 1 42 68 53 00")


def test_a_typed_country_code_sets_the_country(drawer):
    drawer.editing.begin("phone")
    editor = drawer.editing.edit.editor
    QTest.keyClicks(editor.line, "+49 30 901820")
    assert editor.country.value() == "DE"


def test_a_date_is_typed_or_picked_in_the_calendar(drawer, until, app, people, page):
    field = app.custom_fields.add("Contract end", FieldKind.DATE)
    until(lambda: field.key in drawer.details.rows)
    drawer.editing.begin(field.key)
    editor = drawer.editing.edit.editor
    assert isinstance(editor, DateEditor)
    editor.set_text("2026-12-24")
    QTest.keyClick(editor.line, Qt.Key.Key_Down)
    month = editor.calendar.month
    assert month.day == QDate(2026, 12, 24)
    QTest.keyClick(month, Qt.Key.Key_PageDown)
    QTest.keyClick(month, Qt.Key.Key_Left)
    QTest.keyClick(month, Qt.Key.Key_Return)
    until(lambda: app.contacts.get(people[0]).custom == {"contract_end": "2027-01-23"})
    until(lambda: drawer.details.rows[field.key].value == "23 January 2027")


def test_choices_are_switched_on_and_off(drawer, until, app, people):
    field = app.custom_fields.add("Languages", FieldKind.MULTI, ["French", "German"])
    until(lambda: field.key in drawer.details.rows)
    drawer.editing.begin(field.key)
    editor = drawer.editing.edit.editor
    assert isinstance(editor, MultiEditor)
    editor.chips["German"].click()
    QTest.keyClick(editor.chips["German"], Qt.Key.Key_Return)
    until(lambda: app.contacts.get(people[0]).custom == {"languages": ["German"]})


def test_a_yes_or_no_is_saved_by_one_click(drawer, until, app, people):
    field = app.custom_fields.add("Newsletter", FieldKind.BOOL)
    until(lambda: field.key in drawer.details.rows)
    drawer.editing.begin(field.key)
    drawer.editing.edit.editor.segments.picked.emit("yes")
    until(lambda: app.contacts.get(people[0]).custom == {"newsletter": True})
    until(lambda: drawer.details.rows[field.key].value == "Yes")


def test_further_addresses_are_added_relabelled_made_primary_and_removed(
    drawer, until, app, people
):
    def further():
        return app.contacts.get(people[0]).labelled.get("email", ())

    drawer.editing.add("email")
    drawer.editing.edit.label.setText("home")
    drawer.editing.edit.editor.set_text("ada@home.example")
    press(drawer, Qt.Key.Key_Return)
    until(lambda: further() == (("home", "ada@home.example"),))
    until(lambda: "email.home" in drawer.details.rows and drawer.editing.edit is None)

    drawer.editing.begin("email.home")
    drawer.editing.edit.label.setText("private")
    press(drawer, Qt.Key.Key_Return)
    until(lambda: further() == (("private", "ada@home.example"),))
    until(lambda: "email.private" in drawer.details.rows)

    chosen(drawer, "email.private", "Make it the main one")
    until(lambda: app.contacts.get(people[0]).values["email"] == "ada@home.example")
    assert further() == (("other", "ada@acme.example"),)
    until(lambda: "email.other" in drawer.details.rows)

    chosen(drawer, "email.other", "Remove")
    until(lambda: further() == ())
    until(lambda: "email.other" not in drawer.details.rows)


def chosen(drawer: Drawer, key: str, words: str) -> None:
    menu = drawer.menus.menu(key)
    next(item for item in menu.actions() if item.text() == words).trigger()
    menu.deleteLater()


def test_a_label_that_is_taken_is_refused_below_the_field(drawer, until, app, people):
    app.contacts.change(people[0], {"email.home": "ada@home.example"})
    until(lambda: "email.home" in drawer.details.rows)
    drawer.editing.add("email")
    drawer.editing.edit.label.setText("Home")
    drawer.editing.edit.editor.set_text("countess@home.example")
    press(drawer, Qt.Key.Key_Return)
    assert "already a value called" in drawer.editing.edit.error.text()


def test_each_value_tells_by_keyboard_where_it_came_from_and_what_it_was(
    drawer, until, app, people
):
    app.contacts.change(people[0], {"company": "Babbage & Co"})
    until(lambda: drawer.details.rows["company"].value == "Babbage & Co")
    shown = drawer.details.rows["company"]
    QTest.keyClick(shown.row, Qt.Key.Key_Space)
    assert shown.row.source.startswith("Typed by you, today")
    assert shown.panel.sentence.text() == "Typed by you"
    assert shown.panel.when.text().startswith("23 November 2026")
    assert shown.panel.before.text() == "Before: Acme"
    assert "Before: Acme" in shown.row.toolTip()
    shown.panel.restore.click()
    until(lambda: app.contacts.get(people[0]).values["company"] == "Acme")


def test_an_empty_field_shows_a_dash_and_rare_ones_only_on_request(drawer):
    assert drawer.details.rows["title"].value == ""
    assert not drawer.details.rows["title"].isHidden()
    assert drawer.details.rows["website"].isHidden()
    drawer.details.more.click()
    assert not drawer.details.rows["website"].isHidden()


def test_the_history_narrows_to_a_field_and_puts_one_value_back(drawer, until, app, people):
    app.contacts.change(people[0], {"title": "Countess"})
    app.contacts.change(people[0], {"company": "Babbage & Co"})
    until(lambda: len(drawer.changes.rows) == 2)
    drawer.details.history_wished.emit("company")
    until(lambda: [row.title for row in drawer.changes.rows] == ["Company"])
    (row,) = drawer.changes.rows
    assert (row.old, row.new) == ("Acme", "Babbage & Co")
    assert row.detail == "by you, in the window"
    row.restore.click()
    until(lambda: app.contacts.get(people[0]).values["company"] == "Acme")
    assert app.contacts.get(people[0]).values["title"] == "Countess"
    assert app.operations.undoable().label == "Restore an earlier value"


def test_a_long_history_is_read_page_by_page(drawer, until, app, people):
    for n in range(PAGE + 5):
        app.contacts.change(people[0], {"title": f"Title {n}"})
    until(lambda: not drawer.changes.older.isHidden())
    until(lambda: not drawer.desk.calls.waiting)
    assert drawer.changes.rows[0].new == f"Title {PAGE + 4}"
    assert drawer.changes.rows[0].old == "Title 4"
    drawer.changes.older.click()
    until(lambda: drawer.changes.older.isHidden())
    assert [row.old for row in drawer.changes.rows] == ["Title 4", ""]


def test_a_contact_can_be_seen_as_it_was_and_not_be_edited_then(
    drawer, until, app, people, monkeypatch
):
    app.contacts.change(people[0], {"title": "Countess"})
    until(lambda: drawer.changes.rows)
    moment = drawer.changes.rows[0].step.at
    app.contacts.change(people[0], {"title": "Mathematician"})
    until(lambda: drawer.details.rows["title"].value == "Mathematician")
    drawer.changes.moment_wished.emit(moment)
    until(lambda: drawer.details.rows["title"].value == "Countess")
    assert "As it was" in drawer.notice.text()
    drawer.editing.begin("title")
    assert drawer.editing.edit is None
    drawer.notice._run_action()
    until(lambda: drawer.details.rows["title"].value == "Mathematician")


def test_the_timeline_folds_a_sitting_and_names_what_changed(drawer, until, app, people):
    app.contacts.change(people[0], {"title": "Countess"})
    app.contacts.change(people[0], {"status": "qualified"})
    until(lambda: drawer.tabs[1].count == "2")
    newest = drawer.timeline.rows[0]
    assert newest.title == "2 fields changed"
    assert "Job title" in newest.detail
    assert len(drawer.timeline.entries) == 2
    drawer.timeline.filter.choose("EXPORTS")
    drawer.timeline.filter.picked.emit("EXPORTS")
    assert drawer.timeline.entries == []


def test_a_new_contact_appears_in_the_list_and_in_the_drawer(page, until, app):
    page.add_button.click()
    editors = page.drawer.form.editors
    editors["first_name"].set_text("Noor")
    editors["last_name"].set_text("de Vries")
    editors["email"].set_text("Noor@Polder.example")
    page.drawer.form.save.click()
    until(lambda: page.drawer.contact is not None)
    until(lambda: page.drawer.details.rows["email"].value == "noor@polder.example")
    until(lambda: 6 in [len(page.model.ids)])


def test_every_wrong_value_of_the_form_is_named_beside_its_field(page, until):
    page.add_button.click()
    form = page.drawer.form
    form.editors["email"].set_text("not an address")
    form.more.click()
    form.editors["last_contacted"].set_text("soon")
    form.save.click()
    until(lambda: not form.fields["email"].error.isHidden())
    assert "no date" in form.fields["last_contacted"].error.text()
    assert form.fields["last_contacted"].isVisible()
    assert form.editors["email"].text() == "not an address"
    assert form.save.isEnabled()
    assert form.notice.text() == ""


def test_a_form_that_names_nobody_says_so_above_its_fields(page, until):
    page.add_button.click()
    page.drawer.form.editors["company"].set_text("Acme")
    page.drawer.form.save.click()
    until(lambda: "Nothing says who this is" in page.drawer.form.notice.text())


def test_the_form_says_who_is_likely_the_same_person_and_opens_them(page, until, people, app):
    app.contacts.change(people[1], {"phone": "+33 1 42 68 53 00"})
    page.add_button.click()
    form = page.drawer.form
    form.editors["email"].set_text("ada@acme.example")
    form.editors["phone"].set_text("+33142685300")
    until(lambda: "Ada Lovelace" in form.fields["email"].alike.text())
    assert "Chloé Martin" in form.fields["phone"].alike.text()
    form.fields["phone"].open.clicked.emit()
    until(lambda: page.drawer.contact is not None and page.drawer.contact.id == people[1])
    assert page.desk.drafts.get(CONTACT)["email"] == "ada@acme.example"


def test_a_known_address_can_be_added_all_the_same(page, until, app):
    page.add_button.click()
    form = page.drawer.form
    form.editors["email"].set_text("ada@acme.example")
    form.save.click()
    until(lambda: form.fields["email"].anyway.isVisible())
    form.fields["email"].anyway.click()
    until(lambda: page.drawer.contact is not None)
    assert app.contacts.page("email:ada@acme.example").total == 2


def test_an_unsaved_form_comes_back_as_it_was_left(page, until, people):
    page.add_button.click()
    page.drawer.form.editors["first_name"].set_text("Noor")
    page.open_contact(people[0])
    until(lambda: page.drawer.contact is not None)
    page.drawer.add()
    assert page.drawer.form.editors["first_name"].text() == "Noor"
    assert "draft" in page.drawer.form.notice.text()
    page.drawer.form.notice._run_action()
    assert page.drawer.form.editors["first_name"].text() == ""


def test_a_copy_is_a_form_with_what_colleagues_share(page, drawer, until):
    page.desk.actions.run(DUPLICATE)
    until(lambda: drawer.is_editing)
    assert drawer.form.editors["company"].text() == "Acme"
    assert drawer.form.editors["email"].text() == ""


def test_mail_and_calls_are_handed_to_the_computer(drawer, until, app, people, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: not opened.append(url.toString()))
    drawer.mail.click()
    assert not drawer.call.isEnabled()
    app.contacts.change(people[0], {"phone": "+33 1 42 68 53 00"})
    until(drawer.call.isEnabled)
    drawer.call.click()
    assert opened == ["mailto:ada@acme.example", "tel:+33142685300"]


def test_without_a_mail_program_the_address_is_copied(drawer, window, until, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: not isinstance(url, QUrl))
    drawer.mail.click()
    assert QGuiApplication.clipboard().text() == "ada@acme.example"
    until(lambda: "No program" in window.toast.text)


def test_the_address_is_copied_by_its_action(page, drawer, window, until):
    QGuiApplication.clipboard().setText("")
    page.desk.actions.run(COPY_EMAIL)
    until(lambda: QGuiApplication.clipboard().text() == "ada@acme.example")


def test_what_is_done_in_the_drawer_is_about_its_contact_and_not_the_lists(
    page, drawer, until, people, app
):
    page.model.checks.add([people[3]])
    page.open_contact(people[2])
    until(lambda: drawer.contact.id == people[2])
    drawer.details.rows["email"].row.setFocus()
    assert drawer.focused == people[2]
    page.desk.actions.run(DELETE)
    until(lambda: app.contacts.get(people[2]).deleted)
    assert not app.contacts.get(people[3]).deleted
    drawer.menu_wished.emit(people[2], page.mapToGlobal(page.rect().center()))
    assert page.doing.targets().count == 1


def test_a_contact_in_the_trash_is_shown_as_such_and_can_only_be_restored(
    page, drawer, until, people
):
    page.desk.actions.run(DELETE)
    until(lambda: len(page.model.ids) == 4)
    until(drawer.restore.isVisible)
    assert "in the trash" in drawer.notice.text()
    drawer.editing.begin("title")
    assert drawer.editing.edit is None
    drawer.restore.click()
    until(lambda: not drawer.contact.deleted)
    assert not drawer.restore.isVisible()


def test_the_width_is_dragged_within_limits_by_keyboard_too_and_remembered(drawer, page, until):
    page.window().resize(1600, 800)
    until(lambda: drawer.width() == 420)
    QTest.keyClick(drawer.grip, Qt.Key.Key_Left)
    assert drawer.width() == 436
    drawer.grip.dragged.emit(1000)
    assert drawer.width() == 560
    drawer.grip.dragged.emit(-1000)
    assert drawer.width() == 360
    drawer.grip.dropped.emit()
    assert page.desk.memory.get("contacts.drawer")["width"] == 360
    later = Drawer(page.desk)
    assert later._wide == 360
    later.deleteLater()


def test_the_list_stays_in_view_beside_the_drawer(drawer, page):
    page.window().resize(1280, 800)
    right = page.table.mapTo(page, page.table.rect().topRight()).x()
    assert right < drawer.x()


def test_values_are_copied_by_ctrl_c(drawer):
    row = drawer.details.rows["email"].row
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "ada@acme.example"


def test_a_long_note_is_edited_in_lines_and_saved_by_ctrl_enter(drawer, until, app, people):
    drawer.editing.begin("notes")
    area = drawer.editing.edit.editor.area
    QTest.keyClicks(area, "First")
    QTest.keyClick(area, Qt.Key.Key_Return)
    QTest.keyClicks(area, "Second")
    QTest.keyClick(area, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    until(lambda: app.contacts.get(people[0]).values["notes"] == "First\nSecond")


def test_the_clocks_moment_of_a_contact_reads_as_a_date(drawer, until, app, people):
    app.contacts.change(people[0], {"last_contacted": "2026-07-16"})
    until(lambda: drawer.details.rows["last_contacted"].value == "16 July 2026")
    assert app.contacts.get(people[0]).values["last_contacted"] == datetime(2026, 7, 16, tzinfo=UTC)


def test_an_editor_is_a_line_that_the_keyboard_is_in(drawer):
    drawer.editing.begin("company")
    line = drawer.editing.edit.editor.focusProxy()
    assert isinstance(line, QLineEdit)
    assert line.hasFocus()
    assert line.selectedText() == "Acme"
