"""The exports page: a file, and HubSpot with mapping, dry run, run and retry."""

from __future__ import annotations

import csv
import json

import pytest

from app.services.exporting import Fate
from app.views.common.places import Place
from app.views.exporting.page import ExportsPage
from app.views.exporting.scope import Scope


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


def test_contacts_are_written_to_a_file(page, until, tmp_path):
    file = tmp_path / "out.csv"
    page.to_file()
    page.file.export_to(file)
    until(lambda: "Wrote 5 contacts" in page.file.notice.text())
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["E-mail"] for row in rows} >= {"ada@acme.example"}


def test_chosen_contacts_are_named_until_another_visit_forgets_them(page, people):
    page.visit(Scope(f"id:{people[0]}", 1))
    assert page.runs.notice.text() == "1 contact chosen. Where should they go?"
    page.visit()
    assert page.scope == Scope()
    assert page.runs.notice.text() == ""


def test_only_the_contacts_that_were_handed_over_are_written(page, until, tmp_path, people):
    page.visit(Scope(f"id:{people[0]}", 1))
    page.to_file()
    page.file.radios["json"].click()
    page.file.export_to(tmp_path / "one.json")
    until(lambda: "Wrote 1 contact" in page.file.notice.text())
    assert "lovelace" in (tmp_path / "one.json").read_text().lower()


def test_a_search_can_say_who_is_written(page, until, tmp_path):
    page.to_file()
    page.file.query.setText("company:fjord")
    page.file.export_to(tmp_path / "fjord.csv")
    until(lambda: "Wrote 1 contact" in page.file.notice.text())


def test_a_file_that_cannot_be_written_is_told_in_words(page, until, tmp_path):
    page.to_file()
    page.file.export_to(tmp_path / "missing" / "out.csv")
    until(lambda: page.file.notice.text() and page.file.write.isEnabled())
    assert "Wrote" not in page.file.notice.text()


def test_the_dry_run_shows_each_contacts_fate_and_sends_nothing(planned, until, app):
    shown = {key: figure.number for key, figure in planned.plan.figures.figures.items()}
    assert shown["create"] == 5
    until(lambda: planned.plan.model.row(0) is not None)
    first = planned.plan.model.row(0)
    assert first is not None
    assert first.item.fate is Fate.CREATE
    assert app.exporting.runs.list() == []


def test_the_exact_request_of_the_chosen_contact_is_shown(planned, until):
    until(lambda: planned.plan.request.toPlainText())
    body = json.loads(planned.plan.request.toPlainText())
    assert body["inputs"][0]["properties"]["email"] == "ada@acme.example"


def test_contacts_that_cannot_go_say_why(page, until, app):
    app.contacts.add({"first_name": "Nobody", "last_name": "Nowhere"})
    page.to_connector()
    until(lambda: page.plan.plan is not None)
    page.plan.show_fate(Fate.SKIPPED)
    until(lambda: page.plan.model.row(0) is not None)
    assert "no e-mail" in page.plan.model.index(0, 2).data()


def test_the_run_sends_the_same_plan_and_is_listed_afterwards(planned, until, app):
    planned.plan.send.click()
    until(lambda: planned.detail.run is not None)
    assert planned.detail.figures.figures["ok"].number == 5
    planned.detail.back.click()
    until(lambda: planned.runs.model.rowCount() == 1)
    assert planned.runs.model.index(0, 2).data() == "Delivered"


def test_a_second_dry_run_finds_everything_unchanged_and_has_nothing_to_send(planned, until):
    planned.plan.send.click()
    until(lambda: planned.detail.run is not None)
    planned.to_connector()
    until(lambda: planned.plan.plan is not None)
    assert planned.plan.figures.figures["unchanged"].number == 5
    assert not planned.plan.send.isEnabled()
    assert planned.plan.send.text() == "Nothing to send"


def test_a_field_taken_out_of_the_mapping_is_no_longer_sent(planned, until):
    planned.plan.mapping.click()
    until(lambda: "company" in planned.mapping.rows)
    planned.mapping.drop("company")
    planned.mapping.save.click()
    until(lambda: planned.stack.currentWidget() is planned.plan)
    until(lambda: planned.plan.plan is not None and planned.plan.request.toPlainText())
    body = json.loads(planned.plan.request.toPlainText())
    assert "firstname" in body["inputs"][0]["properties"]
    assert "company" not in body["inputs"][0]["properties"]


def test_leaving_the_dry_run_removes_its_file(planned, until, workspace):
    assert list(workspace.plans.glob("export-*"))
    planned.plan.back.click()
    until(lambda: not list(workspace.plans.glob("export-*")))


def test_pages_without_runs_say_what_exports_are_for(page, until):
    until(lambda: page.runs.empty.isVisible())
