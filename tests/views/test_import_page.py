"""The import page: from a dropped file over mapping and review to a finished, undoable import."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from app.core.fields import FieldKind
from app.services.jobs import JobState
from app.views.common.buttons import Kind
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.importing.actions import IMPORT
from app.views.importing.field_words import IGNORE, SPLIT, choices
from app.views.importing.new_field_dialog import NewFieldDialog
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


@pytest.fixture
def imported(reviewed, until) -> ImportPage:
    """The page with the import done."""
    reviewed.next.click()
    until(lambda: reviewed.run.result)
    return reviewed


def shown(page: ImportPage) -> dict[str, int]:
    return {key: figure.number for key, figure in page.review.figures.figures.items()}


# The file


def test_a_file_is_shown_as_it_was_read_before_anything_happens(page, file, until, app):
    page.choose(file)
    until(lambda: page.file.model.rowCount() == 4)
    assert page.file.form.encoding.value() == "cp1252"
    assert page.file.form.delimiter.value() == ";"
    assert page.file.model.index(0, 1).data() == "Jürgen"
    assert app.search.count("") == 0


def test_each_way_of_reading_says_what_speaks_for_it(page, file, until):
    page.choose(file)
    form = page.file.form
    until(lambda: form._facts[form.encoding].text())
    assert form._facts[form.encoding].text() == "6 accents read well"
    assert form._facts[form.delimiter].text() == "Every row fits"
    assert "4 rows, 5 columns" in page.file.facts.text()


def test_another_encoding_is_read_at_once_into_the_preview(page, file, until):
    page.choose(file)
    until(lambda: page.file.model.rowCount() == 4)
    page.file.form.encoding.picked.emit("mac_roman")
    until(lambda: page.file.model.index(0, 1).data() != "Jürgen")
    assert page.draft is not None
    assert page.draft.read.encoding == "mac_roman"


def test_the_quotes_are_found_and_can_be_chosen(page, tmp_path, until):
    path = tmp_path / "single.csv"
    path.write_text("Name,Firm\n'Ada','A, B'\n'Bob','C'\n'Cid','D'\n")
    page.choose(path)
    until(lambda: page.draft is not None and page.draft.preview is not None)
    assert page.file.form.quote.currentText() == "Single  '"
    assert page.draft.preview.rows[0].cells == ["Ada", "A, B"]
    page.file.form.quote.picked.emit("")
    until(lambda: page.draft.preview.rows[0].cells[0] == "'Ada'")
    assert page.file.form.quote.currentText() == "None"


def test_no_word_of_the_reading_form_is_cut_in_a_small_window_with_large_text(
    page, window, file, until
):
    window.resize(1024, 640)
    theme().use(choice="light", percent=125, density="default", motion="reduced")
    page.choose(file)
    until(lambda: page.draft is not None and page.draft.look is not None)
    shown = [control for control in page.file.form._controls if control.isVisible()]
    assert len(shown) == 5
    until(lambda: all(one.width() >= one.minimumSizeHint().width() for one in shown))
    assert len({page.file.form._parts[one].y() for one in shown}) == 2


def test_a_file_without_column_names_can_say_so(page, file, until):
    page.choose(file)
    until(lambda: page.file.model.rowCount() == 4)
    page.file.form.header.picked.emit("0")
    until(lambda: page.file.model.rowCount() == 5)


def test_two_rows_of_names_can_be_joined_and_lines_on_top_left_out(page, tmp_path, until):
    path = tmp_path / "two.csv"
    path.write_text("Work,,Home\nFirst name,Email,City\nAda,a@b.example,Paris\n")
    page.choose(path)
    until(lambda: page.file.form._facts[page.file.form.header].text())
    assert "Two header rows" in page.file.form._facts[page.file.form.header].text()
    page.file.form.header.picked.emit("2+")
    until(lambda: page.draft.preview.shape.names[0] == "Work First name")
    page.file.form.skip.picked.emit(1)
    until(lambda: page.draft.preview.shape.names[0] == "First name")


def test_what_was_decided_about_columns_that_are_gone_is_let_go(page, file, until):
    page.choose(file)
    until(lambda: page.has_preview)
    page.draft.mapping["Firma"] = "notes"
    page.file.form.header.picked.emit("2")
    until(lambda: page.draft.preview.shape.header_row == 2)
    assert page.draft.mapping == {}
    page.next.click()
    page.mapping.choose("j.gross@alpenblick.example", "email")
    page.next.click()
    until(lambda: page.plan is not None)


def test_characters_that_cannot_be_seen_can_be_shown(page, tmp_path, until):
    path = tmp_path / "list.csv"
    path.write_text("Name,Email\n Ada ,a@b.example\n")
    page.choose(path)
    until(lambda: page.file.model.rowCount() == 1)
    page.file.signs.click()
    assert page.file.model.index(0, 1).data() == "·Ada·"


def test_a_file_that_is_no_list_is_refused_in_words(page, tmp_path, until):
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    page.choose(path)
    until(lambda: "picture.png is a picture, not a list" in page.file.notice.text())
    assert not page.next.isVisible()


@pytest.mark.parametrize("what", ["gone", "empty", "folder"])
def test_what_cannot_be_read_says_why_and_what_to_do(page, tmp_path, until, what):
    path = tmp_path / what
    if what == "empty":
        path.write_text("")
    elif what == "folder":
        path.mkdir()
    page.choose(path)
    until(lambda: page.file.notice.text())
    words = {"gone": "There is no file gone", "empty": "empty is empty", "folder": "is a folder"}
    assert words[what] in page.file.notice.text()
    assert page.file.notice.text().count(".") >= 2


def test_a_quote_that_is_never_closed_can_be_left_out_with_its_line(page, tmp_path, until, app):
    path = tmp_path / "quote.csv"
    path.write_text('Name,Email\nAda,a@b.example\n"Bob,b@b.example\nEve,e@b.example\n')
    page.choose(path)
    until(lambda: "Line 3 opens a quote" in page.file.quote.text())
    page.next.click()
    page.next.click()
    until(lambda: "Line 3 opens a quote" in page.file.notice.text())
    assert page.stack.currentIndex() == FILE
    page.file.notice._action.click()
    until(lambda: page.draft.read.keep_going and not page.file.notice.text())
    until(page.next.isEnabled)
    page.next.click()
    page.next.click()
    until(lambda: page.plan is not None)
    assert (page.plan.counts.created, page.plan.counts.rejected) == (2, 1)


def test_a_line_of_totals_at_the_end_is_left_out_on_a_click(page, tmp_path, until):
    path = tmp_path / "totals.csv"
    path.write_text("Name,Revenue,Email\nAda,10,a@b.example\nTotal,10,\n")
    page.choose(path)
    until(lambda: "looks like a line of totals" in page.file.totals.text())
    page.file.totals._action.click()
    assert "is left out" in page.file.totals.text()
    page.next.click()
    page.next.click()
    until(lambda: page.plan is not None)
    assert page.plan.counts.rows == 1


def test_a_list_without_rows_says_so_and_cannot_be_imported(page, tmp_path, until):
    path = tmp_path / "bare.csv"
    path.write_text("First name,Email\n")
    page.choose(path)
    until(lambda: "no rows below" in page.file.preview_count.text())
    page.next.click()
    page.next.click()
    until(lambda: page.plan is not None)
    assert not page.next.isEnabled()
    assert page.next.text() == "Nothing to import"


def test_a_thousand_columns_are_shown_and_mapped(page, tmp_path, until):
    path = tmp_path / "wide.csv"
    names = ["Email", *(f"Field {n}" for n in range(999))]
    path.write_text(",".join(names) + "\na@b.example" + ",x" * 999 + "\n")
    page.choose(path)
    until(lambda: page.next.isVisible() and page.next.isEnabled())
    page.next.click()
    assert page.mapping.model.rowCount() == 1000
    assert page.draft.mapped["Email"] == "email"


def test_files_opened_lately_are_offered_as_long_as_they_are_there(page, file, tmp_path, until):
    page.choose(file)
    until(lambda: page.has_preview)
    page.back.click()
    page.visit()
    assert [button.text() for button in page.file.zone.recent] == ["messe.csv"]
    page.file.zone.recent[0].click()
    until(lambda: page.has_preview)
    page.start_over()
    file.unlink()
    page.start_over()
    assert page.file.zone.recent == []


def drop(window, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(100, 100),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)


def test_a_file_dropped_on_the_window_begins_an_import(window, file, until):
    drop(window, file)
    assert window.place is Place.IMPORT
    until(lambda: window.page(Place.IMPORT).file.model.rowCount() == 4)


def test_several_files_dropped_at_once_are_answered_in_words(window, file, until):
    drop(window, file, file)
    assert "one list at a time" in window.page(Place.IMPORT).file.notice.text()
    assert window.page(Place.IMPORT).draft is None


def test_cells_copied_in_a_spreadsheet_are_pasted_as_a_list(page, until, app):
    mime = QMimeData()
    mime.setText("First name\tE-Mail\nZoë\tzoe@fjord.example\n")
    QApplication.clipboard().setMimeData(mime)
    page.errands.paste()
    until(lambda: page.has_preview)
    assert page.file.model.index(0, 1).data() == "Zoë"
    assert page.draft.path.parent == app.workspace.plans


def test_a_clipboard_without_rows_says_what_to_copy(page, until):
    QApplication.clipboard().setText("hello")
    page.errands.paste()
    until(lambda: "no rows to paste" in page.file.notice.text())


# The mapping


def test_each_column_shows_samples_and_its_guessed_field(mapped):
    entries = {entry.name: entry for entry in mapped.mapping.model.entries}
    assert entries["Vorname"].field == "first_name"
    assert entries["E-Mail"].samples.startswith("j.gross@alpenblick.example")
    assert (entries["Eintritt"].field_words, entries["Eintritt"].words) == (
        "Ignored", "Not imported",
    )  # fmt: skip
    assert mapped.mapping._count.text() == "4 mapped, 1 ignored"


def test_a_field_is_picked_from_a_searchable_list_by_keys_alone(mapped, qtbot):
    mapped.mapping.table.setFocus()
    mapped.mapping.table.select(2)
    qtbot.keyClick(mapped.mapping.table, Qt.Key.Key_Space)
    picker = mapped.mapping.picker
    assert picker.model.shown[picker.list.currentIndex().row()].key == "company"
    qtbot.keyClicks(picker.search, "industr")
    assert [choice.key for choice in picker.model.shown] == ["industry"]
    picker.search.setText("job title")
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    assert mapped.draft.mapping == {"Firma": "title"}
    assert mapped.mapping.model.entries[2].words == "Chosen by you"


def test_a_changed_mapping_is_what_is_imported(mapped, until, app):
    mapped.mapping.choose("Firma", "notes")
    mapped.next.click()
    until(lambda: mapped.plan is not None)
    mapped.next.click()
    until(lambda: mapped.run.result)
    view = app.contacts.page("zoe").contacts[0]
    assert view.values["notes"] == "Fjord"
    assert view.values["company"] is None


def test_without_any_mapped_column_there_is_no_next_step(mapped):
    for name in list(mapped.mapping.mapped()):
        mapped.mapping.choose(name, IGNORE)
    assert not any(mapped.mapping.mapped().values())
    assert not mapped.next.isEnabled()


def test_a_field_that_two_columns_fill_is_named_in_a_sentence(mapped):
    mapped.mapping.choose("Nachname", "company")
    assert "“Nachname” and “Firma” both go into Company" in mapped.mapping.twice.text()
    mapped.mapping.choose("Nachname", "last_name")
    assert mapped.mapping.twice.text() == ""


def test_a_whole_name_can_be_split(page, tmp_path, until, app):
    path = tmp_path / "names.csv"
    path.write_text("Name,Email\nAda Lovelace,a@b.example\n")
    page.choose(path)
    until(lambda: page.has_preview and page.next.isEnabled())
    page.next.click()
    page.mapping.choose("Name", SPLIT)
    assert page.mapping.model.entries[0].field_words == "First and last name"
    page.next.click()
    until(lambda: page.plan is not None)
    page.next.click()
    until(lambda: page.run.result)
    values = app.contacts.page("").contacts[0].values
    assert (values["first_name"], values["last_name"]) == ("Ada", "Lovelace")


def test_a_column_becomes_a_field_of_ones_own_with_its_type_guessed(mapped, until, app):
    mapped.mapping.field_wished.emit("Eintritt")
    dialog = mapped.findChild(NewFieldDialog)
    assert dialog.kind.value() == FieldKind.DATE.value
    dialog.make.click()
    until(lambda: mapped.draft.mapped["Eintritt"] == "custom:eintritt")
    assert [field.label for field in app.custom_fields.fields()] == ["Eintritt"]
    assert mapped.mapping.model.entries[4].words == "New field"
    mapped.next.click()
    until(lambda: mapped.plan is not None)
    assert mapped.plan.rows()[0].values["custom:eintritt"] == "2026-03-17"


def test_every_field_is_offered_once_and_in_a_group(app):
    keys = [choice.key for choice in choices(()) if choice.key]
    assert len(keys) == len(set(keys))
    assert {"first_name", "email", "email.2", "notes", "time_zone"} <= set(keys)


def test_dates_that_can_be_read_two_ways_are_asked_about_and_never_guessed(page, tmp_path, until):
    path = tmp_path / "dates.csv"
    path.write_text("email,last contacted\na@b.example,03/04/2026\nc@d.example,05/06/2026\n")
    page.choose(path)
    until(lambda: page.next.isVisible() and page.next.isEnabled())
    page.next.click()
    question = page.mapping.options.questions["last contacted"]
    assert not page.next.isEnabled()
    assert question.radios["dmy"].text() == "Day first: 3 April"
    assert question.radios["mdy"].text() == "Month first: March 4"
    question.radios["mdy"].click()
    assert page.next.isEnabled()


def test_dates_that_decide_themselves_say_by_how_many_rows(page, tmp_path, until):
    path = tmp_path / "dates.csv"
    path.write_text("email,last contacted\na@b.example,17/04/2026\nc@d.example,05/06/2026\n")
    page.choose(path)
    until(lambda: page.next.isVisible() and page.next.isEnabled())
    page.next.click()
    assert "1 row has a day above 12" in page.mapping.options._evidence.text()
    assert page.mapping.options.questions == {}


def test_numbers_that_can_be_read_two_ways_are_asked_about(page, tmp_path, until, app):
    app.custom_fields.add("Revenue", FieldKind.NUMBER)
    path = tmp_path / "numbers.csv"
    path.write_text('email,Revenue\na@b.example,"1,234"\nc@d.example,"5,678"\n')
    page.choose(path)
    until(lambda: page.next.isVisible() and page.next.isEnabled())
    page.next.click()
    question = page.mapping.options.questions["Revenue"]
    assert not page.next.isEnabled()
    question.radios["."].click()
    page.next.click()
    until(lambda: page.plan is not None)
    assert page.plan.rows()[0].values["custom:revenue"] == 1234


def test_tags_and_a_source_are_given_to_every_row(mapped, until, app, qtbot):
    qtbot.keyClicks(mapped.mapping.options.tags, "messe, dach")
    qtbot.keyClicks(mapped.mapping.options.source, "Fair 2026")
    mapped.next.click()
    until(lambda: mapped.plan is not None)
    mapped.next.click()
    until(lambda: mapped.run.result)
    assert app.search.count("tag:messe tag:dach") == 2
    assert app.contacts.page("zoe").contacts[0].values["source"] == "Fair 2026"


# The plan and the import


def test_the_review_shows_the_five_numbers_and_every_rows_fate(reviewed, until, app):
    assert shown(reviewed) == {
        "created": 2, "updated": 0, "unchanged": 0, "duplicates": 1, "rejected": 1,
    }  # fmt: skip
    assert reviewed.next.text() == "Import 2 contacts"
    rows = reviewed.review.rows
    rows.show_fate("rejected")
    until(lambda: "E-mail" in (rows.model.index(0, 4).data() or ""))
    assert app.search.count("") == 0


def test_the_result_is_what_the_review_said(imported):
    assert {key: imported.run.result[key] for key in shown(imported)} == shown(imported)
    done = {key: figure.number for key, figure in imported.run.figures.figures.items()}
    assert done == shown(imported)


def test_another_rule_for_people_already_there_makes_another_plan(reviewed, until, app):
    app.contacts.add({"first_name": "Zoë", "email": "zoe@fjord.example"})
    before = reviewed.plan
    reviewed.review.policy.radios["update"].click()
    until(lambda: reviewed.plan is not before)
    assert reviewed.plan.counts.updated == 1
    before = reviewed.plan
    reviewed.review.policy.radios["skip"].click()
    until(lambda: reviewed.plan is not before)
    assert reviewed.plan.counts.unchanged == 1


def test_a_single_field_can_have_its_own_rule(reviewed, until, app):
    app.contacts.add({"first_name": "Zoe", "company": "Old", "email": "zoe@fjord.example"})
    before = reviewed.plan
    reviewed.review.policy.more.click()
    reviewed.review.policy.selects["company"].picked.emit("update")
    until(lambda: reviewed.plan is not before)
    updated = reviewed.plan.rows("updated")[0]
    assert updated.changes["company"] == ("Old", "Fjord")
    assert "first_name" not in updated.changes


def test_rows_are_shown_beside_the_contacts_they_belong_to(mapped, until, app):
    app.contacts.add({"first_name": "Zoe", "email": "zoe@fjord.example"})
    mapped.next.click()
    until(lambda: mapped.plan is not None)
    assert [card.pair.line for card in mapped.review.matches.pairs] == [3, 5]
    assert "2 by e-mail" in mapped.review.matches.words.text()


def test_the_import_ends_with_its_numbers_and_its_rejected_rows(imported, app):
    assert imported.stack.currentIndex() == RUN
    assert app.search.count("") == 2
    assert imported.run.save.isVisible()
    assert Path(imported.run.result["rejects_file"]).exists()


def test_rejected_rows_are_saved_where_the_user_likes(imported, until, tmp_path, monkeypatch):
    path = tmp_path / "mine.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    imported.run.save.click()
    until(path.exists)
    assert "_error" in path.read_text("utf-8-sig").splitlines()[0]


def test_rejected_rows_are_saved_before_the_import(reviewed, until, tmp_path, monkeypatch):
    path = tmp_path / "mine.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    reviewed.review.rejects.click()
    until(path.exists)
    assert len(path.read_text("utf-8-sig").splitlines()) == 2


def test_the_file_of_rejected_rows_goes_straight_to_the_review(imported, until):
    imported.run.correct.click()
    until(lambda: imported.plan is not None)
    assert imported.stack.currentIndex() == REVIEW
    assert imported.plan.counts.rejected == 1


def test_a_second_list_of_the_same_shape_needs_two_keystrokes(
    imported, until, tmp_path, qtbot, app
):
    path = tmp_path / "next.csv"
    path.write_text("\n".join((ROWS[0], ROWS[1].replace("j.gross", "k.klein"))), "cp1252")
    imported.choose(path)
    until(lambda: imported.plan is not None and imported.next.isEnabled())
    assert imported.next.hasFocus()
    qtbot.keyClick(imported.next, Qt.Key.Key_Return)
    until(lambda: imported.run.result and imported.run.result["created"] == 1)
    assert app.search.count("") == 3


def test_back_from_a_list_that_mapped_itself_shows_the_mapping(imported, until, file):
    imported.choose(file)
    until(lambda: imported.plan is not None)
    imported.back.click()
    assert imported.stack.currentIndex() == MAPPING
    assert {entry.words for entry in imported.mapping.model.entries if entry.field} == {
        "Remembered"
    }
    assert "your import of messe.csv" in imported.mapping.options._lately.text()


def test_what_is_remembered_can_be_forgotten(imported, until, file):
    imported.choose(file)
    until(lambda: imported.plan is not None)
    imported.back.click()
    imported.mapping.options.forget.click()
    until(lambda: imported.at(FILE) and imported.next.isEnabled())
    assert imported.draft.remembered is None


def test_a_recipe_is_saved_and_used_for_another_list(mapped, until, tmp_path, monkeypatch):
    path = tmp_path / "fair.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    mapped.mapping.choose("Firma", "notes")
    mapped.mapping.options.save.click()
    until(path.exists)
    mapped.mapping.choose("Firma", "company")
    mapped.mapping.options.load.click()
    until(lambda: mapped.draft.mapped["Firma"] == "notes")
    assert "follows fair" in mapped.mapping.options._lately.text()


def test_a_finished_import_can_be_undone_on_its_card(imported, until, app):
    imported.run.undo.click()
    until(lambda: app.search.count("") == 0)
    until(lambda: imported.run.done_title.text() == "The import is undone")
    assert not imported.run.undo.isVisible()


def test_the_imported_contacts_can_be_shown(imported, until, window):
    imported.run.open.click()
    contacts = window.page(Place.CONTACTS)
    assert window.place is Place.CONTACTS
    until(lambda: contacts.model.rowCount() == 2)
    assert contacts.search.text() == f"import:{imported.run.result['batch']}"


def test_a_plan_that_went_stale_is_refused_and_says_for_how_many_rows(reviewed, until, app):
    app.contacts.add({"first_name": "Zoë", "email": "zoe@fjord.example"})
    reviewed.next.click()
    until(lambda: "stale" in reviewed.run.notice.text())
    assert app.search.count("") == 1
    reviewed.run.again_wished.emit()
    until(lambda: reviewed.plan is not None)
    assert reviewed.plan.counts.created == 1


def test_a_file_that_changes_between_the_steps_is_read_as_it_is_now(mapped, file, until):
    file.write_text(f"{ROWS[0]}\n{ROWS[1]}\n", "cp1252")
    mapped.next.click()
    until(lambda: mapped.plan is not None)
    assert mapped.plan.counts.rows == 1


def test_a_file_that_vanishes_between_the_steps_says_so(mapped, file, until):
    file.unlink()
    mapped.next.click()
    until(lambda: "There is no file messe.csv" in mapped.mapping.notice.text())
    assert mapped.stack.currentIndex() == MAPPING


def test_buttons_pressed_twice_do_things_once(mapped, until, app):
    mapped.next.click()
    mapped.next.click()
    until(lambda: mapped.plan is not None)
    mapped.next.click()
    mapped.next.click()
    until(lambda: mapped.run.result)
    mapped.run.undo.click()
    mapped.run.undo.click()
    until(lambda: app.search.count("") == 0)
    assert [entry.kind for entry in app.history.operations()] == ["undo", "import"]


def test_a_plan_that_is_not_carried_out_leaves_no_file_behind(reviewed, until, workspace):
    assert list(workspace.plans.iterdir())
    reviewed.back.click()
    reviewed.start_over()
    until(lambda: not list(workspace.plans.glob("import-*")))


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


def test_an_import_can_be_cancelled_and_leaves_nothing(reviewed, until, app):
    reviewed.next.click()
    until(lambda: reviewed.job)
    reviewed.run.cancel.click()
    until(lambda: reviewed.job is None)
    if not reviewed.run.result:
        assert reviewed.run.words.text() == "Cancelled. Nothing was changed."
        assert app.search.count("") == 0


def test_an_import_that_stopped_is_resumed(page, file, until, app):
    job = app.importing.start(file)
    app.jobs.pause(job)
    page.visit()
    until(lambda: job in page.left_over.cards)
    page.left_over.cards[job].resume.click()
    assert page.stack.currentIndex() == RUN
    until(lambda: page.run.result)
    assert app.jobs.view(job).state is JobState.DONE
    assert app.search.count("") == 2


def test_an_import_that_stopped_is_rolled_back(page, file, until, app):
    job = app.importing.start(file)
    app.jobs.pause(job)
    page.visit()
    until(lambda: job in page.left_over.cards)
    page.left_over.cards[job].roll_back.click()
    until(lambda: not page.left_over.cards)
    assert app.jobs.view(job).state is JobState.CANCELLED
    assert app.search.count("") == 0


def test_where_a_contact_came_from_names_the_list_its_hash_and_the_row(imported, app, file):
    contact = app.contacts.page("zoe").contacts[0].id
    source = app.history.provenance(contact)["email"]
    assert (source.file, source.row) == ("messe.csv", 3)
    assert source.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_an_undone_import_offers_the_next_one_and_nothing_that_is_gone(imported, until):
    imported.run.undo.click()
    until(lambda: imported.run.done_title.text() == "The import is undone")
    assert imported.run.more.kind is Kind.PRIMARY
    assert not imported.run.open.isVisible()
    assert not imported.run.undo.isVisible()


def test_the_key_of_an_import_begins_another_one_after_a_finished_one(imported, window):
    window.show_place(Place.CONTACTS)
    window.desk.actions.run(IMPORT)
    assert imported.stack.currentIndex() == FILE
    assert imported.file.zone.choose.isVisible()


def test_its_place_leads_from_a_finished_import_to_the_next(imported, window):
    window.sidebar.items[Place.IMPORT].click()
    assert imported.stack.currentIndex() == FILE


def test_what_was_imported_is_shown_with_the_keyboard_in_the_list(imported, window, until):
    window.activateWindow()
    imported.run.open.click()
    contacts = window.page(Place.CONTACTS)
    until(lambda: contacts.model.ids)
    assert contacts.table.hasFocus()
    assert [pill.text() for pill in contacts.pills.pills] == ["From import 1"]
