"""An answer that comes late, after another one or twice never shows or does anything wrong."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.errors import Busy
from app.core.fields import FieldKind
from app.core.settings import ON_DUPLICATE
from app.services.bulk import Act
from app.services.drafts import CONTACT
from app.services.jobs import Lane
from app.views.common.places import Place
from app.views.contacts.changes import Changes
from app.views.contacts.drawer import CHANGES

NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def quiet(window, until):
    """Wait until nothing is on its way."""
    return lambda: until(lambda: not window.desk.calls.waiting)


@pytest.fixture
def edits(app):
    """Holds the lane of a person's changes until it is set; what is asked waits in its order."""
    gate = threading.Event()
    app.runner.submit(Lane.EDIT, lambda: gate.wait(60))
    yield gate
    gate.set()


class TestContacts:
    @pytest.fixture
    def page(self, people, window, until):
        page = window.page(Place.CONTACTS)
        until(lambda: page.model.row(0) is not None and page.vocabulary.statuses)
        return page

    @pytest.fixture
    def drawer(self, page, people, until, quiet):
        page.open_contact(people[0])
        until(lambda: page.drawer.contact is not None)
        quiet()
        return page.drawer

    def test_what_was_read_before_a_change_does_not_come_back(
        self, drawer, app, people, until, quiet, hold
    ):
        first = hold(app.contacts, "get")
        drawer.reload()
        until(lambda: first.has_begun)
        app.contacts.change(people[0], {"company": "Analytical"})
        until(lambda: drawer.details.rows["company"].value == "Analytical")
        first.let_go()
        quiet()
        assert drawer.details.rows["company"].value == "Analytical"

    def test_a_contact_that_is_gone_does_not_close_the_one_opened_since(
        self, drawer, app, people, until, quiet, hold
    ):
        first = hold(app.contacts, "get")
        drawer.open_contact(987_654)
        until(lambda: first.has_begun)
        drawer.open_contact(people[1])
        until(lambda: drawer.contact.id == people[1])
        first.let_go()
        quiet()
        assert drawer.isVisible()

    def test_a_history_of_one_field_is_not_shown_as_that_of_another(
        self, drawer, app, people, until, quiet, hold
    ):
        app.contacts.change(people[0], {"title": "Countess", "city": "London"})
        until(lambda: drawer.details.rows["city"].value == "London")
        quiet()
        first = hold(app.field_history, "page")
        drawer.show_tab(CHANGES)
        drawer.story.narrow("title")
        until(lambda: first.has_begun)
        drawer.story.narrow("city")
        until(lambda: fields_in(drawer.changes) == {"city"})
        first.let_go()
        quiet()
        assert fields_in(drawer.changes) == {"city"}

    def test_enter_pressed_twice_adds_one_contact(self, page, app, edits, until, quiet):
        page.drawer.add()
        page.drawer.form.editors["first_name"].set_text("Noor")
        for _ in range(2):
            QTest.keyClick(page.drawer.form, Qt.Key.Key_Return)
        edits.set()
        until(lambda: page.drawer.contact is not None)
        quiet()
        assert app.search.count("noor") == 1
        assert page.desk.drafts.get(CONTACT) == {}

    def test_a_contact_that_was_added_late_does_not_take_the_next_form_away(
        self, page, app, edits, until, quiet
    ):
        form = page.drawer.form
        page.drawer.add()
        form.editors["first_name"].set_text("Noor")
        form.submit()
        page.drawer.dismiss()
        page.drawer.add({"first_name": "Second"})
        edits.set()
        quiet()
        assert app.search.count("noor") == 1
        assert page.drawer.is_editing
        assert form.editors["first_name"].text() == "Second"
        assert page.desk.drafts.get(CONTACT)["first_name"] == "Second"

    def test_a_refused_edit_is_not_told_at_another_field(self, drawer, edits, window, until, quiet):
        drawer.editing.begin("email")
        drawer.editing.edit.editor.set_text("nobody")
        drawer.editing.finish()
        drawer.editing.cancel()
        drawer.editing.begin("title")
        edits.set()
        until(lambda: "not an address" in window.toast.text)
        assert drawer.editing.edit.error.text() == ""

    def test_delete_pressed_twice_is_one_change(self, page, app, people, edits, quiet):
        before = len(app.history.operations(50))
        page.table.select(0)
        chosen = page.doing.targets()
        page.bulk.delete(chosen)
        page.bulk.delete(chosen)
        edits.set()
        quiet()
        assert len(app.history.operations(50)) == before + 1

    def test_a_dialog_that_was_closed_meanwhile_is_not_asked_to_close(
        self, page, app, people, edits, until, quiet
    ):
        page.model.checks.check_all()
        dialog = page.bulk.ask_fields(page.checked(), "company", Act.SET)
        dialog.form.line.setText("Acme")
        dialog.look()
        until(lambda: dialog.apply.isEnabled())
        dialog.apply.click()
        dialog.reject()
        until(lambda: page.bulk.dialog is None)
        edits.set()
        quiet()
        until(lambda: {app.contacts.get(one).values["company"] for one in people} == {"Acme"})

    def test_an_older_vocabulary_does_not_replace_a_newer_one(self, page, app, until, quiet, hold):
        first = hold(app.statuses, "list")
        page._load_vocabulary()
        until(lambda: first.has_begun)
        app.statuses.rename("new", "Fresh")
        until(lambda: page.vocabulary.status("new")[0] == "Fresh")
        first.let_go()
        quiet()
        assert page.vocabulary.status("new")[0] == "Fresh"

    def test_an_older_list_of_views_does_not_lead_away_from_a_new_one(
        self, page, app, until, quiet, hold
    ):
        first = hold(app.views, "list")
        page.keeper.load()
        until(lambda: first.has_begun)
        page.keeper.save_as("Mine", "company:acme", page.desk.say_error)
        until(lambda: page.keeper.view is not None)
        first.let_go()
        quiet()
        assert page.keeper.view.name == "Mine"


def fields_in(changes: Changes) -> set[str]:
    """The fields whose changes are listed."""
    return {step.field for step in changes.steps}


class TestExports:
    @pytest.fixture
    def page(self, people, window):
        window.show_place(Place.EXPORTS)
        return window.page(Place.EXPORTS)

    def test_who_went_on_to_a_file_is_not_taken_to_the_dry_run(self, page, app, until, quiet, hold):
        first = hold(app.connections, "view")
        page.to_connector()
        until(lambda: first.has_begun)
        page.to_file()
        first.let_go()
        quiet()
        assert page.stack.currentWidget() is page.file

    def test_a_plan_that_is_being_sent_is_not_thrown_away_by_the_next(
        self, page, app, edits, until, quiet
    ):
        page.to_connector()
        until(lambda: page.plan.plan is not None)
        plan = page.plan.plan
        page.plan.send.click()
        page.plan.compute()
        edits.set()
        until(lambda: page.detail.run is not None)
        quiet()
        assert app.exporting.runs.get(page.detail.run).counts["ok"] == plan.to_send

    def test_a_run_that_ends_does_not_replace_the_one_opened_meanwhile(
        self, page, app, until, quiet, hold
    ):
        page.to_connector()
        until(lambda: page.plan.plan is not None)
        page.plan.send.click()
        until(lambda: page.detail.run is not None)
        done = page.detail.run
        first = hold(app.jobs, "run_queued")
        page.to_connector()
        until(lambda: page.plan.plan is not None)
        job = app.exporting.start(page.plan.plan)
        page.plan.plan = None
        page.detail.follow(job, "hubspot", "HubSpot")
        until(lambda: first.has_begun)
        page.open_run(done)
        until(lambda: page.detail.run == done)
        first.let_go()
        quiet()
        assert page.detail.run == done
        assert page.detail.job is None

    def test_what_is_changed_while_a_mapping_is_saved_is_not_taken_for_saved(
        self, page, app, until, quiet, hold
    ):
        page.to_connector()
        until(lambda: page.plan.plan is not None)
        page.plan.mapping_wished.emit()
        view = page.mapping
        until(lambda: view.editor.editing is not None and not view.notice.text())
        view.editor.remove(view.editor.draft.rule("city"))
        first = hold(app.exporting.mappings, "save")
        view.save_mapping()
        until(lambda: first.has_begun)
        view.editor.add_remote("city")
        first.let_go()
        quiet()
        assert not view.notice.text()
        assert view.editor.draft.changed
        assert page.stack.currentWidget() is view
        assert view.save.isEnabled()


class TestLists:
    def test_a_job_that_ended_meanwhile_is_not_shown_as_running(
        self, app, window, until, quiet, hold
    ):
        app.jobs.register("nap", lambda _context: {})
        job = app.jobs.create("nap", "Nap", {})
        quiet()
        first = hold(app.jobs, "views")
        window.strip.load()
        until(lambda: first.has_begun)
        app.jobs.run(job)
        until(lambda: job not in window.strip.active)
        first.let_go()
        quiet()
        assert job not in window.strip.active

    def test_an_older_list_of_fields_does_not_bring_a_deleted_one_back(
        self, app, window, until, quiet, hold
    ):
        app.custom_fields.add("Budget", FieldKind.TEXT, ())
        window.show_place(Place.VOCABULARY)
        fields = window.page(Place.VOCABULARY).fields
        quiet()
        first = hold(app.custom_fields, "list")
        fields.load()
        until(lambda: first.has_begun)
        fields.delete()
        until(lambda: not fields.items)
        first.let_go()
        quiet()
        assert not fields.items

    def test_two_clicks_delete_once_and_tell_no_error(self, app, window, edits, until, quiet):
        app.custom_fields.add("Budget", FieldKind.TEXT, ())
        window.show_place(Place.VOCABULARY)
        fields = window.page(Place.VOCABULARY).fields
        until(lambda: fields.items)
        fields.card.delete.click()
        fields.card.delete.click()
        edits.set()
        until(lambda: not fields.items)
        quiet()
        assert not fields.card.error.text()

    def test_two_clicks_on_undo_take_one_change_back(
        self, people, app, window, edits, until, quiet
    ):
        window.show_place(Place.HISTORY)
        page = window.page(Place.HISTORY)
        until(lambda: page.undo.isEnabled())
        before = len(app.history.operations(50))
        for _ in range(2):
            page.undo.click()
        edits.set()
        quiet()
        assert len(app.history.operations(50)) == before + 1
        assert not any(toast.failed for toast in window.toast.stack)

    def test_a_double_click_on_the_toast_does_not_redo_what_it_has_undone(
        self, people, app, window, until, quiet
    ):
        app.contacts.change(people[0], {"company": "Elsewhere"})
        until(lambda: window.toast.button.text() == "Undo" and window.toast.isVisible())
        button, middle = window.toast.button, window.toast.button.rect().center()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        until(lambda: button.text() == "Redo" and button.isVisible())
        # What Qt makes of the second press when it comes soon and nearly at the same place.
        second = (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease)
        for kind in second:
            left = Qt.MouseButton.LeftButton
            event = QMouseEvent(kind, middle, button.mapToGlobal(middle), left, left, NONE)
            QApplication.sendEvent(button, event)
        quiet()
        assert app.contacts.get(people[0]).values["company"] == "Acme"


class TestKeys:
    def test_enter_pressed_twice_stores_and_tests_a_key_once(self, card, app, until, quiet, hold):
        first = hold(app.connections, "test")
        card.ask()
        until(lambda: first.has_begun)
        card.ask()
        first.let_go()
        quiet()
        assert first.count == 1
        assert card.test.isEnabled()


class TestSettings:
    def test_the_last_choice_counts_also_while_one_before_it_waits(
        self, app, window, edits, until, quiet
    ):
        window.show_place(Place.SETTINGS)
        page = window.page(Place.SETTINGS)
        before = app.settings.get(ON_DUPLICATE)
        other = next(choice for choice in ON_DUPLICATE.choices if choice != before)
        page.change(ON_DUPLICATE, other)
        page.change(ON_DUPLICATE, before)
        edits.set()
        quiet()
        assert app.settings.get(ON_DUPLICATE) == before

    def test_a_draft_that_is_being_written_is_read_as_it_will_be(self, window, edits, quiet):
        drafts = window.desk.drafts
        drafts.keep(CONTACT, {"first_name": "Noor"})
        drafts.flush()
        assert drafts.get(CONTACT) == {"first_name": "Noor"}
        drafts.drop(CONTACT)
        drafts.flush()
        assert drafts.get(CONTACT) == {}
        edits.set()
        quiet()
        assert drafts.get(CONTACT) == {}

    def test_a_draft_that_could_not_be_written_is_written_with_the_next(
        self, app, window, monkeypatch, until, quiet
    ):
        drafts, real = window.desk.drafts, app.drafts.keep

        def full(*_given: object) -> None:
            raise Busy("The disk is full.")

        monkeypatch.setattr(app.drafts, "keep", full)
        drafts.keep(CONTACT, {"first_name": "Noor"})
        drafts.flush()
        until(lambda: "disk is full" in window.toast.text)
        monkeypatch.setattr(app.drafts, "keep", real)
        drafts.flush()
        quiet()
        assert app.drafts.get(CONTACT) == {"first_name": "Noor"}
