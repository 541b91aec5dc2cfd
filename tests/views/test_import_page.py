"""The import page: from a dropped file over mapping and review to a finished, undoable import."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from app.views.common.places import Place
from app.views.importing.page import FILE, MAPPING, REVIEW, RUN, ImportPage

ROWS = (
    "Vorname;Nachname;Firma;E-Mail;Eintritt",
    "Jürgen;Groß;Alpenblick;j.gross@alpenblick.example;17/03/2026",
    "Zoë;Müller;Fjord;zoe@fjord.example;21/05/2026",
    "Ada;Lovelace;Acme;ada(at)acme.example;30/06/2026",
    "Zoë;Müller;Fjord;zoe@fjord.example;21/05/2026",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "messe.csv"
    path.write_text("\n".join(ROWS), encoding="cp1252")
    return path


@pytest.fixture
def page(window) -> ImportPage:
    window.show_place(Place.IMPORT)
    return window.page(Place.IMPORT)


@pytest.fixture
def mapped(page, file, until) -> ImportPage:
    """The page with the file read, at the mapping."""
    page.choose(file)
    until(lambda: page.next.isVisible() and page.next.isEnabled())
    page.next.click()
    assert page.stack.currentIndex() == MAPPING
    return page


@pytest.fixture
def reviewed(mapped, until) -> ImportPage:
    """The page with the plan made, at the review."""
    mapped.next.click()
    until(lambda: mapped.plan is not None)
    return mapped


def test_a_file_is_shown_as_it_was_read_before_anything_happens(page, file, until, app):
    page.choose(file)
    until(lambda: page.file.model.rowCount() == 4)
    assert page.file.encoding.value() == "cp1252"
    assert page.file.delimiter.value() == ";"
    assert page.file.model.index(0, 1).data() == "Jürgen"
    assert app.search.count("") == 0


def test_another_encoding_is_read_at_once_into_the_preview(page, file, until):
    page.choose(file)
    until(lambda: page.file.model.rowCount() == 4)
    page.file.reread.emit("encoding", "mac_roman")
    until(lambda: page.file.model.index(0, 1).data() != "Jürgen")
    assert page.draft is not None
    assert page.draft.read.encoding == "mac_roman"


def test_a_file_without_column_names_can_say_so(page, file, until):
    page.choose(file)
    until(lambda: page.file.model.rowCount() == 4)
    page.file.reread.emit("header_row", 0)
    until(lambda: page.file.model.rowCount() == 5)


def test_a_file_that_is_no_list_is_refused_in_words(page, tmp_path, until):
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2_000))
    page.choose(path)
    until(lambda: page.file.notice.text())
    assert page.stack.currentIndex() == FILE
    assert not page.next.isVisible()


def test_each_column_shows_samples_and_its_guessed_field(mapped):
    assert mapped.mapping.mapped()["Vorname"] == "first_name"
    assert mapped.mapping.mapped()["E-Mail"] == "email"
    assert mapped.mapping.selects["E-Mail"].value() == "email"


def test_a_changed_mapping_is_what_is_imported(mapped, until, app):
    select = mapped.mapping.selects["Firma"]
    select.choose("notes")
    select.picked.emit("notes")
    mapped.next.click()
    until(lambda: mapped.plan is not None)
    mapped.next.click()
    until(lambda: mapped.run.result)
    view = app.contacts.page("zoe").contacts[0]
    assert view.values["notes"] == "Fjord"
    assert view.values["company"] is None


def test_without_any_mapped_column_there_is_no_next_step(mapped):
    for name, select in mapped.mapping.selects.items():
        select.choose("")
        select.picked.emit("")
        assert mapped.mapping.mapped()[name] == ""
    assert not mapped.next.isEnabled()


def test_dates_that_can_be_read_two_ways_are_asked_about_and_never_guessed(page, tmp_path, until):
    path = tmp_path / "dates.csv"
    path.write_text("email,last contacted\na@b.example,03/04/2026\nc@d.example,05/06/2026\n")
    page.choose(path)
    until(lambda: page.next.isVisible() and page.next.isEnabled())
    page.next.click()
    assert list(page.mapping.options.questions) == ["last contacted"]
    assert not page.next.isEnabled()
    page.mapping.options.questions["last contacted"].radios["mdy"].click()
    assert page.next.isEnabled()


def test_the_review_shows_the_five_numbers_and_every_rows_fate(reviewed, until, app):
    shown = {key: figure.number for key, figure in reviewed.review.figures.figures.items()}
    assert shown == {
        "created": 2, "updated": 0, "unchanged": 0, "duplicates": 1, "rejected": 1,
    }  # fmt: skip
    assert reviewed.next.text() == "Import 2 contacts"
    until(lambda: "E-mail" in (reviewed.review.model.index(0, 4).data() or ""))
    assert app.search.count("") == 0


def test_another_rule_for_people_already_there_makes_another_plan(reviewed, until, app):
    app.contacts.add({"first_name": "Zoë", "email": "zoe@fjord.example"})
    reviewed.review.radios["update"].click()
    until(lambda: reviewed.plan is not None)
    assert reviewed.plan.counts.updated == 1
    reviewed.review.radios["skip"].click()
    until(lambda: reviewed.plan is not None)
    assert reviewed.plan.counts.unchanged == 1


def test_the_import_ends_with_its_numbers_and_its_rejected_rows(reviewed, until, app):
    reviewed.next.click()
    until(lambda: reviewed.run.result)
    assert reviewed.stack.currentIndex() == RUN
    assert app.search.count("") == 2
    assert reviewed.run.rejects.isVisible()
    assert Path(reviewed.run.result["rejects_file"]).exists()


def test_a_finished_import_can_be_undone_on_its_card(reviewed, until, app):
    reviewed.next.click()
    until(lambda: reviewed.run.result)
    reviewed.run.undo.click()
    until(lambda: app.search.count("") == 0)
    until(lambda: not reviewed.run.undo.isEnabled())


def test_the_imported_contacts_can_be_shown(reviewed, until, window):
    reviewed.next.click()
    until(lambda: reviewed.run.result)
    reviewed.run.open.click()
    contacts = window.page(Place.CONTACTS)
    assert window.place is Place.CONTACTS
    until(lambda: contacts.model.rowCount() == 2)
    assert contacts.search.text() == f"import:{reviewed.run.result['batch']}"


def test_a_plan_that_went_stale_is_refused_and_says_for_how_many_rows(reviewed, until, app):
    app.contacts.add({"first_name": "Zoë", "email": "zoe@fjord.example"})
    reviewed.next.click()
    until(lambda: "stale" in reviewed.run.notice.text())
    assert app.search.count("") == 1
    reviewed.run.again_wished.emit()
    until(lambda: reviewed.plan is not None)
    assert reviewed.plan.counts.created == 1


def test_a_plan_that_is_not_carried_out_leaves_no_file_behind(reviewed, until, workspace):
    assert list(workspace.plans.iterdir())
    reviewed.back.click()
    reviewed.start_over()
    until(lambda: not list(workspace.plans.glob("import-*")))


def test_a_file_dropped_on_the_window_begins_an_import(window, file, until):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    event = QDropEvent(
        QPointF(100, 100),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    assert window.place is Place.IMPORT
    until(lambda: window.page(Place.IMPORT).file.model.rowCount() == 4)


def test_back_returns_to_the_mapping_with_every_choice_kept(reviewed):
    assert reviewed.draft is not None
    reviewed.draft.tags = ("messe",)
    reviewed.back.click()
    assert reviewed.stack.currentIndex() == MAPPING
    assert reviewed.draft.tags == ("messe",)


def test_the_steps_say_where_one_is(reviewed):
    assert reviewed.stack.currentIndex() == REVIEW
    assert "Step 3 of 4" in reviewed.steps.accessibleName()


def test_a_plan_in_the_making_is_stopped_by_back_and_leaves_nothing(mapped, until, workspace):
    mapped.next.click()
    assert mapped.stack.currentIndex() == REVIEW
    mapped.back.click()
    assert mapped.stack.currentIndex() == MAPPING
    until(lambda: not mapped.desk.calls.waiting)
    assert mapped.plan is None
    assert mapped.stack.currentIndex() == MAPPING
    assert not list(workspace.plans.glob("import-*"))
