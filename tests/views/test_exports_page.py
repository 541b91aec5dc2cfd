"""The exports page: a file, and HubSpot with its dry run, run, retry and history."""

from __future__ import annotations

import csv
import json
import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.core.errors import InvalidInput
from app.core.settings import FILE_DELIMITER, LEAVE_OUT_SUPPRESSED
from app.services.exporting import Fate, FieldMapping, Rule
from app.views.common.places import Place
from app.views.exporting.page import ExportsPage
from app.views.exporting.picker import Picker
from app.views.exporting.run_rows import countdown
from app.views.exporting.scope import Scope
from app.views.exporting.scope_picker import EVERYBODY, HANDED, SEARCH


@pytest.fixture
def page(people, window) -> ExportsPage:
    window.show_place(Place.EXPORTS)
    return window.page(Place.EXPORTS)


@pytest.fixture
def planned(page, until) -> ExportsPage:
    """The page with a dry run of everybody."""
    page.to_connector()
    until(lambda: page.plan.plan is not None)
    return page


@pytest.fixture
def sent(planned, until) -> ExportsPage:
    """The page once everybody was sent."""
    planned.plan.send.click()
    until(lambda: planned.detail.run is not None)
    return planned


class TestFile:
    @pytest.fixture
    def file(self, page, until):
        """The view of a file export, with its contacts counted."""
        page.to_file()
        until(lambda: page.file.scope.count is not None and page.file.columns.columns)
        return page.file

    def test_contacts_are_written_to_a_file(self, file, until, tmp_path):
        file.export_to(tmp_path / "out.csv")
        until(lambda: "Wrote 5 contacts" in file.notice.text())
        with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert {row["E-mail"] for row in rows} >= {"ada@acme.example"}
        assert file.notice._action.text() == "Show in folder"

    def test_only_the_contacts_that_were_handed_over_are_written(
        self, page, until, tmp_path, people
    ):
        page.visit(Scope(f"id:{people[0]}", 1))
        page.to_file()
        until(lambda: page.file.scope.count == 1)
        page.file.pick_kind("json")
        page.file.export_to(tmp_path / "one.json")
        until(lambda: "Wrote 1 contact" in page.file.notice.text())
        assert "lovelace" in (tmp_path / "one.json").read_text().lower()

    def test_a_search_can_say_who_is_written(self, file, until, tmp_path):
        file.scope.kind.choose(SEARCH)
        file.scope.query.setText("company:fjord")
        file.scope.query.editingFinished.emit()
        until(lambda: file.scope.count == 1)
        file.export_to(tmp_path / "fjord.csv")
        until(lambda: "Wrote 1 contact" in file.notice.text())

    def test_a_search_that_cannot_be_read_says_why(self, file, until):
        file.scope.kind.choose(SEARCH)
        file.scope.query.setText("colour:red")
        file.scope.query.editingFinished.emit()
        until(lambda: "colour" in file.scope.words.text())

    def test_a_file_that_cannot_be_written_is_told_in_words(self, file, until, tmp_path):
        file.export_to(tmp_path / "missing" / "out.csv")
        until(lambda: file.notice.text() and file.write.isEnabled())
        assert "Wrote" not in file.notice.text()

    def test_chosen_columns_come_in_the_chosen_order_and_are_remembered(
        self, file, page, until, tmp_path
    ):
        file.columns.none.click()
        assert not file.write.isEnabled()
        file.columns.toggle(3)
        file.columns.table.select(3)
        for _ in range(2):
            QTest.keyClick(file.columns.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        file.columns.toggle(2)
        assert file.columns.chosen() == ("email", "last_name")
        file.export_to(tmp_path / "two.csv")
        until(lambda: "Wrote" in file.notice.text())
        assert (tmp_path / "two.csv").read_text().splitlines()[0] == "E-mail,Last name"
        page.to_file()
        until(lambda: file.columns.chosen() == ("email", "last_name"))
        file.columns.reset.click()
        assert file.options().columns == ()

    def test_the_settings_say_how_a_file_begins(self, page, until, tmp_path, app):
        app.settings.set(FILE_DELIMITER, ";")
        page.to_file()
        until(lambda: page.file.columns.columns)
        page.file.mark.setChecked(True)
        page.file.export_to(tmp_path / "excel.csv")
        until(lambda: "Wrote" in page.file.notice.text())
        content = (tmp_path / "excel.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbfFirst name;Last name;")

    def test_who_must_not_be_contacted_is_counted_and_left_out(
        self, page, until, tmp_path, app, people
    ):
        app.suppressions.add("contact", str(people[0]))
        page.to_file()
        until(lambda: page.file.scope.withheld == 1)
        assert page.file.leave_out.text() == "Leave out 1 contact who must not be contacted"
        assert page.file.leave_out.isChecked()
        page.file.export_to(tmp_path / "four.csv")
        until(lambda: "Wrote 4 contacts" in page.file.notice.text())
        page.file.leave_out.setChecked(False)
        page.file.export_to(tmp_path / "five.csv")
        until(lambda: "Wrote 5 contacts" in page.file.notice.text())
        assert app.settings.get(LEAVE_OUT_SUPPRESSED) is True

    def test_a_cancelled_export_leaves_no_file(self, file, until, tmp_path):
        file.export_to(tmp_path / "out.csv")
        file.notice._action.click()
        until(lambda: file.write.isEnabled())
        if "Cancelled" in file.notice.text():
            assert not (tmp_path / "out.csv").exists()


class TestScope:
    def test_chosen_contacts_are_named_until_another_visit_forgets_them(self, page, people):
        page.visit(Scope(f"id:{people[0]}", 1))
        assert page.runs.notice.text() == "1 contact chosen. Where should they go?"
        page.visit()
        assert page.scope == Scope()
        assert page.runs.notice.text() == ""

    def test_everybody_or_the_selection_can_be_chosen_anew(self, page, until, people):
        page.visit(Scope(f"id:{people[0]}", 1))
        page.to_connector()
        until(lambda: page.plan.plan is not None)
        assert page.plan.plan.counts["create"] == 1
        assert page.plan.scope.kind.value() == HANDED
        page.plan.scope.kind.choose(EVERYBODY)
        page.plan.scope.kind.picked.emit(EVERYBODY)
        until(lambda: page.plan.plan is not None and page.plan.plan.counts["create"] == 5)

    def test_a_saved_view_can_be_exported(self, page, until, app):
        view = app.views.save("Fjord people", "company:fjord")
        page.to_connector()
        until(lambda: page.plan.scope.kind.findText("View: Fjord people") >= 0)
        page.plan.scope.kind.choose(f"view:{view.id}")
        page.plan.scope.kind.picked.emit(f"view:{view.id}")
        until(lambda: page.plan.plan is not None and page.plan.plan.counts["create"] == 1)
        assert "Fjord people" in page.plan.header.count.text()


class TestDryRun:
    def test_each_contacts_fate_is_shown_and_nothing_is_sent(self, planned, until, app):
        shown = {key: figure.number for key, figure in planned.plan.figures.figures.items()}
        assert shown["create"] == 5
        until(lambda: planned.plan.model.row(0) is not None)
        first = planned.plan.model.row(0)
        assert first is not None
        assert first.item.fate is Fate.CREATE
        assert planned.plan.model.index(0, 2).data() == "Not in HubSpot yet"
        assert app.exporting.runs.list() == []

    def test_the_exact_request_of_the_chosen_contact_is_shown_and_copied(self, planned, until):
        text = planned.plan.request.text
        until(text.toPlainText)
        head, _, written = text.toPlainText().partition("\n\n")
        assert head.startswith("POST /crm/objects/2026-09/contacts/batch/upsert\nHost: 127.0.0.1")
        assert "Authorization: Bearer •••" in head
        body = json.loads(written)
        assert body["inputs"][0]["properties"]["email"] == "ada@acme.example"
        assert planned.plan.request.whose.text() == "Ada Lovelace, request 1, 1 of 5"
        planned.plan.request.copy.click()
        assert QGuiApplication.clipboard().text() == text.toPlainText()

    def test_the_next_contacts_request_is_one_key_away(self, planned, until):
        until(planned.plan.request.text.toPlainText)
        planned.plan.step(1)
        until(lambda: planned.plan.request.whose.text().startswith("Chloé Martin"))
        planned.plan.step(-1)
        until(lambda: planned.plan.request.whose.text().startswith("Ada Lovelace"))

    def test_what_differs_there_is_named_and_marked(self, sent, until, app, people):
        app.contacts.change(people[0], {"title": "Countess"})
        sent.to_connector()
        until(lambda: sent.plan.plan is not None)
        sent.plan.show_fate(Fate.UPDATE)
        until(lambda: sent.plan.model.row(0) is not None)
        assert sent.plan.model.index(0, 2).data() == "Job title"
        until(lambda: "jobtitle: blank → Countess" in sent.plan.request.differs.text())
        text = sent.plan.request.text
        marked = [mark.cursor.block().text() for mark in text.extraSelections()]
        assert [line.strip() for line in marked] == ['"jobtitle": "Countess",']

    def test_contacts_that_cannot_go_say_why(self, page, until, app):
        app.contacts.add({"first_name": "Nobody", "last_name": "Nowhere"})
        page.to_connector()
        until(lambda: page.plan.plan is not None)
        page.plan.show_fate(Fate.SKIPPED)
        until(lambda: page.plan.model.row(0) is not None)
        assert page.plan.model.index(0, 2).data() == "No e-mail, HubSpot needs one"
        until(lambda: "Nothing is sent" in page.plan.request.text.toPlainText())
        assert not page.plan.request.copy.isEnabled()

    def test_account_requests_time_and_quota_stand_beside_it(self, planned):
        said = planned.plan.facts.text()
        assert "Account: HubSpot account" in said
        assert "Requests: 1 writes, 1 reads" in said
        assert "Takes about: 1 s at 9 a second" in said
        assert "Daily quota used: 1 of 249," in said

    def test_the_plan_can_be_kept_as_a_file(self, planned, until, tmp_path, window):
        planned.plan.save_to(tmp_path / "plan.json")
        until(lambda: "Wrote the plan" in window.toast.text)
        plan = json.loads((tmp_path / "plan.json").read_text())
        assert len(plan["contacts"]) == 5

    def test_leaving_removes_its_file(self, planned, until, workspace):
        assert list(workspace.plans.glob("export-*"))
        planned.plan.back.click()
        until(lambda: not list(workspace.plans.glob("export-*")))

    def test_another_account_than_last_time_must_be_confirmed(self, planned, until):
        plan = planned.plan
        made = replace(plan.plan, before="Another portal")
        plan.plan = made
        plan._confirmed = False
        plan._ask_about_account(made)
        plan._allow()
        assert "Another portal" in plan.notice.text()
        assert not plan.send.isEnabled()
        plan.notice._action.click()
        assert plan.send.isEnabled()


class TestBackfill:
    def test_a_new_field_of_the_mapping_concerns_those_sent_earlier(self, sent, until, app, people):
        app.contacts.change(people[0], {"industry": "Mathematics"})
        mapping = app.exporting.mappings.get("hubspot")
        rules = (*mapping.rules, Rule("lifecyclestage", constant="lead"))
        app.exporting.mappings.save(FieldMapping("hubspot", rules))
        sent.visit(Scope(f"id:{people[0]}", 1))
        sent.to_connector()
        until(lambda: sent.plan.plan is not None)
        bar = sent.plan.backfill
        assert bar.text() == (
            "lifecyclestage is new in the mapping: 5 contacts sent earlier lack it. "
            "Backfill them too?"
        )
        bar.show_them.click()
        until(lambda: sent.plan.plan is not None and sent.plan.plan.counts["update"] == 5)
        assert "5 contacts sent earlier" in sent.plan.header.count.text()
        bar.back.click()
        until(lambda: sent.plan.plan is not None and sent.plan.plan.counts["update"] == 1)

    def test_those_in_the_export_may_be_left_as_they_are(self, sent, until, app):
        mapping = app.exporting.mappings.get("hubspot")
        rules = (*mapping.rules, Rule("lifecyclestage", constant="lead"))
        app.exporting.mappings.save(FieldMapping("hubspot", rules))
        app.contacts.add({"first_name": "New", "email": "new@acme.example"})
        sent.to_connector()
        until(lambda: sent.plan.plan is not None)
        assert "5 contacts sent earlier get it" in sent.plan.backfill.text()
        sent.plan.backfill.leave.click()
        until(lambda: sent.plan.plan is not None and sent.plan.plan.to_send == 1)

    def test_an_unchanged_mapping_asks_nothing(self, sent, until):
        sent.to_connector()
        until(lambda: sent.plan.plan is not None)
        assert sent.plan.backfill.text() == ""


class TestRun:
    def test_the_same_plan_is_sent_and_listed_afterwards(self, sent, until):
        assert sent.detail.figures.figures["ok"].number == 5
        assert sent.detail.notice.text() == "5 delivered."
        sent.detail.back.click()
        until(lambda: sent.runs.model.rowCount() == 1)
        assert sent.runs.model.index(0, 0).data() == "HubSpot"
        assert sent.runs.model.index(0, 2).data() == "Delivered"

    def test_a_second_time_at_once_there_is_nothing_to_do(self, sent, until):
        sent.to_connector()
        until(lambda: sent.plan.plan is not None)
        assert sent.plan.figures.figures["unchanged"].number == 5
        assert not sent.plan.send.isEnabled()
        assert sent.plan.send.text() == "Nothing to send"
        assert "HubSpot has 5 contacts exactly like this" in sent.plan.notice.text()

    def test_a_plan_that_became_stale_sends_nothing_and_leads_to_a_new_one(
        self, planned, until, app, people
    ):
        app.contacts.change(people[0], {"title": "Countess"})
        planned.plan.send.click()
        until(lambda: "stale" in planned.detail.notice.text())
        planned.detail.notice._action.click()
        until(lambda: planned.stack.currentWidget() is planned.plan and planned.plan.plan)
        assert planned.plan.plan.counts["create"] == 5

    def test_a_run_of_the_past_is_opened_from_the_list(self, sent, until):
        sent.show_runs()
        until(lambda: sent.runs.model.rowCount() == 1)
        sent.runs.table.opened.emit(0)
        until(lambda: sent.detail.model.rowCount() == 5)
        assert "HubSpot account" in sent.detail.header.count.text()

    def test_without_runs_the_page_says_what_exports_are_for(self, page, until):
        until(lambda: page.runs.empty.isVisible())

    @pytest.mark.parametrize(("seconds", "words"), [(24.4, "0:24"), (61, "1:01"), (0, "0:00")])
    def test_a_pause_is_counted_down(self, seconds, words):
        assert countdown(seconds) == words

    def test_while_hubspot_wants_a_pause_it_is_said_for_how_long(self, sent, monkeypatch, app):
        monkeypatch.setattr(app.connections, "rest_left", lambda name: 24.0)
        sent.detail.job = 99
        sent.detail._say("100 of 250")
        said = sent.detail.words.text()
        assert said == "100 of 250 · HubSpot asked for a pause, resuming in 0:24"
        sent.detail.job = None


def test_a_long_request_is_wrapped_and_copied_as_it_is(planned, until):
    text = planned.plan.request.text
    until(lambda: "POST" in text.toPlainText())
    text.setFixedWidth(200)
    assert text.horizontalScrollBar().maximum() == 0
    planned.plan.request.copy_text()
    assert "/crm/objects/2026-09/contacts/batch/upsert" in QGuiApplication.clipboard().text()


def test_a_dry_run_that_fails_leaves_no_numbers_of_the_one_before(planned, until, monkeypatch):
    def refused(*_given, **_named):
        raise InvalidInput("HubSpot does not accept the key.")

    monkeypatch.setattr(planned.desk.app.exporting, "plan", refused)
    planned.plan.compute()
    until(lambda: "does not accept" in planned.plan.notice.text())
    assert {tab.count for tab in planned.plan.tabs.values()} == {"0"}
    assert not planned.plan.request.text.toPlainText()


def test_an_answer_for_a_contact_chosen_before_is_not_shown(planned, until, monkeypatch):
    exporting, asked = planned.desk.app.exporting, []
    real, gate = exporting.request_of, threading.Event()

    def slow(plan, contact):
        asked.append(contact)
        request = real(plan, contact)
        if len(asked) == 1:
            gate.wait(30)
        return request

    until(lambda: planned.plan.model.row(2) is not None and not planned.desk.calls.waiting)
    monkeypatch.setattr(exporting, "request_of", slow)
    planned.plan.table.select(1)
    until(lambda: len(asked) == 1)
    planned.plan.table.select(2)
    third = planned.plan.model.row(2).called
    until(lambda: third in planned.plan.request.whose.text())
    gate.set()
    until(lambda: not planned.desk.calls.waiting)
    assert third in planned.plan.request.whose.text()


def test_its_place_leads_from_a_dry_run_and_a_run_back_to_all_runs(sent, window, until):
    place = window.sidebar.items[Place.EXPORTS]
    place.click()
    assert sent.stack.currentWidget() is sent.runs
    sent.to_connector()
    until(lambda: sent.plan.plan is not None)
    place.click()
    assert sent.stack.currentWidget() is sent.runs
    assert sent.plan.plan is None


def test_what_is_listed_is_exported_without_selecting_it(people, window, until):
    contacts = window.page(Place.CONTACTS)
    contacts.search.setText("company:fjord")
    until(lambda: len(contacts.model.ids) == 1)
    contacts.export_button.click()
    page = window.page(Place.EXPORTS)
    assert window.place is Place.EXPORTS
    assert page.scope == Scope("company:fjord")


def test_a_field_that_nothing_suggests_is_asked_for(planned, window, until):
    planned.plan.mapping_wished.emit()
    editor = planned.mapping.editor
    until(lambda: editor.editing is not None)
    editor.add_remote("hs_lead_status")
    assert editor.draft.rule("hs_lead_status") == Rule("hs_lead_status", constant="")
    picker = next(one for one in window.findChildren(Picker) if one.isVisible())
    picker.choose([choice.key for choice in picker.shown].index("status"))
    assert editor.draft.rule("hs_lead_status").source == "status"
