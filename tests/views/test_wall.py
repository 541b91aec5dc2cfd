"""The window where a plan is full: what it says, who comes in, what waits, and what helps."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.paths import Workspace
from app.services.importing import ImportOptions
from app.services.jobs import JobState
from app.views.common.places import Place
from app.views.contacts.actions import ADD, DUPLICATE, EXPORT
from app.views.importing.page import REVIEW, RUN, ImportPage
from app.views.shell.catalogue import Catalogue
from tests.views.test_accessibility import check

LIMIT = 100


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A real workspace on Free."""
    return Workspace(tmp_path / "Nordlicht")


@pytest.fixture
def app(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setenv("CAPTELY_NOW", "2026-11-23T10:00:00Z")
    built = build(workspace, origin=Origin.UI)
    yield built
    built.close()


def listed(path: Path, people: int, first: int = 0) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("First name", "Email", "Company"))
        for n in range(first, first + people):
            writer.writerow((f"P{n}", f"p{n}@example.com", f"Firm {n:03}"))
    return path


@pytest.fixture
def full(app: App, tmp_path: Path) -> None:
    """As many contacts as Free holds, by the month's one import."""
    app.jobs.run(app.importing.start(listed(tmp_path / "first.csv", LIMIT), ImportOptions()))


@pytest.fixture
def nearly(app: App, tmp_path: Path) -> None:
    """Two contacts fewer."""
    app.jobs.run(app.importing.start(listed(tmp_path / "first.csv", LIMIT - 2), ImportOptions()))


@pytest.fixture
def page(window) -> ImportPage:
    window.show_place(Place.IMPORT)
    return window.page(Place.IMPORT)


@pytest.fixture
def reviewed(page, tmp_path, until) -> ImportPage:
    """The review of a list of three people too many."""
    page.choose(listed(tmp_path / "messe.csv", LIMIT + 3))
    until(lambda: page.next.isVisible() and page.next.isEnabled())
    page.next.click()
    page.next.click()
    until(lambda: page.plan is not None and page.at(REVIEW))
    return page


def parked(page: ImportPage) -> list[str]:
    return [str(row.values["first_name"]) for row in page.plan.rows("parked")]


def test_the_review_says_how_many_fit_and_lets_the_user_choose_which(
    reviewed, window, until, monkeypatch
):
    wall = reviewed.review.wall
    assert not wall.isHidden()
    assert wall.title.text() == "100 of 103 fit"
    assert "Your plan holds 100 contacts, of which 0 are used. 3 rows wait" in wall.words.text()
    assert reviewed.review.limits.text() == "100 of 103 fit: your plan holds 100 contacts."
    assert reviewed.next.text() == "Import 100, park 3"
    assert reviewed.next.isEnabled()
    assert parked(reviewed) == ["P100", "P101", "P102"]
    check(window, reviewed, monkeypatch)

    before = reviewed.plan
    wall.order.choose("company")
    wall.way.choose(value=True)
    wall.order.picked.emit("company")
    until(lambda: reviewed.plan is not before)
    assert parked(reviewed) == ["P0", "P1", "P2"]
    assert not wall.way.isHidden()

    before = reviewed.plan
    wall.field.choose("company")
    wall.field.picked.emit("company")
    wall.text.setText("firm 00")
    wall.text.editingFinished.emit()
    until(lambda: reviewed.plan is not before)
    assert wall.title.text() == "10 of 103 fit"
    assert reviewed.next.text() == "Import 10, park 93"
    until(lambda: reviewed.next.isEnabled())


def test_what_fits_is_imported_and_the_rest_waits_under_jobs(reviewed, window, app, until):
    reviewed.next.click()
    until(lambda: reviewed.run.result)
    assert reviewed.at(RUN)
    said = reviewed.run.notice.text()
    assert "100 of 103 fit: your plan holds 100 contacts. 3 rows wait as a paused job" in said
    assert reviewed.run.done_title.text() == "103 rows read"
    assert app.contacts.page().total == LIMIT

    [job] = app.jobs.views(active=True)
    assert (job.state, job.parked) == (JobState.PAUSED, 3)
    actions = window.desk.actions
    actions.run(next(a for a in actions.catalogue if a.key == "view.jobs"))
    until(lambda: job.id in window.floating.job_centre.cards)
    shown = window.floating.job_centre.cards[job.id]
    assert shown.state.text == "Paused"
    assert shown.problem.text() == "3 rows parked: the plan holds 100 contacts."
    assert (shown.resume.text(), shown.cancel.text()) == ("Resume", "Discard rows")
    shown.cancel.click()
    assert shown.cancel.text() == "Discard 3 rows for good"
    assert job.id not in window.strip.lines

    reviewed.start_over()
    until(lambda: job.id in reviewed.left_over.cards)
    card = reviewed.left_over.cards[job.id]
    assert card.roll_back.text() == "Discard rows"

    card.resume.click()
    until(lambda: "0 of 3 fit" in reviewed.run.notice.text())
    assert app.jobs.view(job.id).state is JobState.PAUSED

    reviewed.start_over()
    until(lambda: job.id in reviewed.left_over.cards)
    card = reviewed.left_over.cards[job.id]
    card.roll_back.click()
    assert card.roll_back.text() == "Discard 3 rows for good"
    card.roll_back.click()
    # A notice of the plan may come on top of it.
    until(lambda: "3 parked rows are dropped." in [each.text for each in window.toast.stack])
    assert app.jobs.view(job.id).state is JobState.CANCELLED
    assert app.contacts.page().total == LIMIT


def test_a_second_import_of_the_month_is_not_begun(full, page, tmp_path, until, window):
    page.choose(listed(tmp_path / "more.csv", 2, first=500))
    # Such a list was imported before, so its review comes at once.
    until(lambda: page.plan is not None)
    assert "1 of 1 imports are used this month." in page.review.limits.text()
    assert not page.next.isEnabled()
    page.review.wall.plan.click()
    until(lambda: window.place is Place.PLAN)


def test_a_trial_is_asked_of_the_vendor_in_one_click(reviewed, window, app, until):
    reviewed.review.wall.trial.click()
    until(lambda: window.place is Place.PLAN)
    notice = window.page(Place.PLAN).notice
    assert "lasts 14 days and needs no card. Your vendor grants it with a licence" in notice.text()
    until(lambda: QGuiApplication.clipboard().text() == app.licence.workspace)
    assert app.licence.current().plan == "free"


def test_a_contact_too_many_is_refused_with_what_is_typed_and_the_way_to_the_plan(
    full, window, app, until
):
    window.show_place(Place.CONTACTS)
    page = window.page(Place.CONTACTS)
    page.add_button.click()
    form = page.drawer.form
    form.editors["first_name"].set_text("Ada")
    form.save.click()
    wall = page.drawer.new.wall
    until(lambda: wall.text().startswith("All 100 contacts of your plan are used."))
    until(lambda: form.save.isEnabled())
    assert form.editors["first_name"].text() == "Ada"
    assert app.contacts.page().total == LIMIT
    wall.plan.click()
    until(lambda: window.place is Place.PLAN)


# What is left, before anything is used ---------------------------------------------------------


def test_what_adds_a_contact_tells_how_many_are_left_and_follows_at_once(
    nearly, window, app, until, monkeypatch
):
    window.show_place(Place.CONTACTS)
    page = window.page(Place.CONTACTS)
    add, import_ = page.add_button, page.import_button
    until(lambda: add.trail == "2 left")
    assert add.accessibleDescription() == "2 more contacts fit: your plan holds 100."
    assert import_.trail == "0 left"
    assert import_.accessibleDescription().startswith("The one import of this month is used")
    until(lambda: page.table.isVisible())
    check(window, page, monkeypatch)

    actions = window.desk.actions
    titles = [item.text() for item in actions.menu([ADD, DUPLICATE, EXPORT], page).actions()]
    assert titles[:2] == ["Add contact · 2 left", "Duplicate contact · 2 left"]
    assert " left" not in titles[2]
    catalogue = Catalogue(window.desk)
    catalogue.refresh()
    lines = catalogue.lines("add contact", commands_only=True)
    assert next(line.found.note for line in lines if line.found) == "2 left"

    add.click()
    assert page.drawer.form.save.trail == "2 left"
    assert page.drawer.new.wall.text() == ""
    app.contacts.add({"first_name": "Ada"})
    until(lambda: (add.trail, page.drawer.form.save.trail) == ("1 left", "1 left"))
    app.contacts.add({"first_name": "Zoe"})
    until(lambda: page.drawer.new.wall.text())
    assert page.drawer.new.wall.accessibleName().startswith("All 100 contacts of your plan")
    page.drawer.new.wall.trial.click()
    until(lambda: window.place is Place.PLAN)
    assert "needs no card" in window.page(Place.PLAN).notice.text()


def test_nothing_is_said_while_plenty_is_left(people, window, until):
    window.show_place(Place.CONTACTS)
    page = window.page(Place.CONTACTS)
    until(lambda: window.desk.plan.account is not None)
    assert (page.add_button.trail, page.add_button.accessibleDescription()) == ("", "")


def test_the_wizard_tells_the_last_import_of_the_month_before_it_is_used(reviewed, window, until):
    until(lambda: reviewed.next.trail == "1 import left")
    assert reviewed.next.accessibleDescription() == "1 of 1 import is left this month."
    assert reviewed.full.text() == ""
    reviewed.next.click()
    until(lambda: reviewed.run.result)
    reviewed.start_over()
    until(lambda: reviewed.full.text().startswith("The one import of this month is used"))
    assert reviewed.file.zone.choose.trail == "0 left"
