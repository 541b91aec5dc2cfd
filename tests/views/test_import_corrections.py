"""The review of an import: the grid of problem rows, and everything that puts them right."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.modeltest import ModelTester

from app.core.fields import FieldKind
from app.services.importing.problems import Problems, Wanted
from app.services.importing.repairs import Problem
from app.services.jobs import JobState, Lane
from app.views.common.cells import CELL_ROLE
from app.views.common.places import Place
from app.views.importing.page import ImportPage
from app.views.importing.problem_grid import main_flaw
from app.views.importing.problems_view import CHANGES, GRID, NOTHING
from app.views.importing.review_step import PROBLEMS, ROWS, RULES, VALUES
from app.views.importing.values_view import BLANK, CREATE, KEEP
from app.views.importing.whole_row import cells_words
from tests.held import Held

LIST = (
    "First name,Email,Phone,Status,Country\n"
    "Ada,ada(at)acme.example,,new,FR\n"
    "Bob,bob(at)acme.example,,Interested,Atlantis\n"
    "Eve,eve@wisla,,Interested,FR\n"
    "Zoë,zoe@fjord.example,3.36123E+10,new,FR\n"
    "Uwe,uwe@fjord.example,,new,FR\n"
)


@pytest.fixture
def begin(window, tmp_path: Path, until):
    """Read a list and go to its review."""

    def beginning(text: str) -> ImportPage:
        path = tmp_path / "list.csv"
        path.write_text(text, "utf-8")
        window.show_place(Place.IMPORT)
        page = window.page(Place.IMPORT)
        page.choose(path)
        until(lambda: page.next.isVisible() and page.next.isEnabled())
        page.next.click()
        page.next.click()
        until(lambda: page.plan is not None)
        return page

    return beginning


@pytest.fixture
def page(begin) -> ImportPage:
    return begin(LIST)


@pytest.fixture
def again(page, until):
    """Do something and wait for the plan that follows."""

    def doing(act) -> None:
        before = page.plan
        act()
        until(lambda: page.plan is not before and page.plan is not None)

    return doing


def tabs(page: ImportPage) -> dict[str, str]:
    return {key: tab.count for key, tab in page.review.problems.tabs.items()}


def at(page: ImportPage, row: int, column: str) -> object:
    keys = [column.key for column in page.review.problems.model.columns]
    return page.review.problems.model.index(row, keys.index(column))


def test_errors_and_warnings_are_counted_and_listed(page, until):
    assert tabs(page) == {"": "4", "errors": "3", "warnings": "1", "fixed": "0"}
    until(lambda: at(page, 0, "c1").data() == "ada(at)acme.example")
    assert at(page, 0, "why").data() == "E-mail has no @. Replace “(at)” with “@”?"
    assert at(page, 3, "why").data() == "Digits were lost in the file. Imported as it stands"
    assert page.review.stack.currentIndex() == PROBLEMS


def test_rows_are_filtered_by_level_and_by_column_and_kind(page, until):
    problems = page.review.problems
    problems.tabs["warnings"].click()
    assert problems.model.rowCount() == 1
    problems.tabs[""].click()
    problems.filter.picked.emit("1:no_at")
    until(lambda: problems.model.rowCount() == 2)
    assert problems.wanted == Wanted("", 1, Problem.NO_AT)
    words = [problems.filter.itemText(i) for i in range(problems.filter.count())]
    assert "Email (3)" in words
    assert "Email: E-mail has no @ (2)" in words
    assert problems.filter.value() == "1:no_at" or problems.filter.currentData() is not None


def test_a_cell_is_changed_in_place_and_the_counts_fall(page, until, again, qtbot, app):
    table = page.review.problems.table
    until(lambda: at(page, 0, "c1").data())
    table.setFocus()
    table.setCurrentIndex(at(page, 0, "c1"))

    def type_anew() -> None:
        qtbot.keyClick(table, Qt.Key.Key_F2)
        editor = table.viewport().findChild(QLineEdit)
        editor.setText("ada@acme.example")
        qtbot.keyClick(editor, Qt.Key.Key_Return)

    again(type_anew)
    assert tabs(page) == {"": "3", "errors": "2", "warnings": "1", "fixed": "1"}
    assert page.review.figures.figures["rejected"].number == 2
    assert page.next.text() == "Import 3 contacts"


def test_typing_over_a_cell_begins_to_change_it(page, until, qtbot):
    table = page.review.problems.table
    until(lambda: at(page, 0, "c1").data())
    table.setCurrentIndex(at(page, 0, "c1"))
    table.setFocus()
    qtbot.keyClicks(table, "x")
    editor = table.viewport().findChild(QLineEdit)
    assert editor.text() == "x"


def test_the_offered_repair_is_done_by_one_key_and_can_be_taken_back(page, until, again, qtbot):
    table = page.review.problems.table
    until(lambda: at(page, 0, "c1").data())
    table.setCurrentIndex(at(page, 0, "c1"))
    again(lambda: qtbot.keyClick(table, Qt.Key.Key_Space))
    assert tabs(page)["errors"] == "2"
    again(lambda: qtbot.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier))
    assert tabs(page)["errors"] == "3"
    assert not page.draft.fixes


def test_undo_in_the_review_leaves_the_contacts_alone(page, app, until, again, qtbot):
    app.contacts.add({"first_name": "Kim"})
    table = page.review.problems.table
    until(lambda: at(page, 0, "c1").data())
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert app.search.count("kim") == 1


def test_fix_all_like_this_shows_what_it_would_change_before_it_does(page, until, again):
    problems = page.review.problems
    until(lambda: problems.fix_all.isEnabled())
    problems.fix_all.click()
    assert problems.stack.currentIndex() == CHANGES
    until(lambda: problems.changes.count == 2)
    assert problems.changes.model.index(0, 1).data() == "ada(at)acme.example"
    assert problems.changes.model.index(0, 2).data() == "ada@acme.example"
    assert problems.changes.apply.text() == "Apply to 2 cells"
    assert tabs(page)["errors"] == "3"
    again(problems.changes.apply.click)
    # One of the two rows still has a status that nobody knows.
    assert tabs(page) == {"": "3", "errors": "1", "warnings": "2", "fixed": "2"}
    assert problems.stack.currentIndex() == GRID


def test_a_rule_that_was_only_looked_at_changes_nothing(page, until):
    problems = page.review.problems
    until(lambda: problems.fix_all.isEnabled())
    problems.fix_all.click()
    until(lambda: problems.changes.count == 2)
    problems.changes.cancel.click()
    assert problems.stack.currentIndex() == GRID
    assert not page.draft.fixes


def test_find_and_replace_is_previewed_while_one_types(page, until, again, qtbot):
    problems = page.review.problems
    problems.replace.click()
    problems.changes.where.choose("First name")
    problems.changes.wanted_text.clear()
    qtbot.keyClicks(problems.changes.wanted_text, "u")
    until(lambda: problems.changes.count == 1)
    qtbot.keyClicks(problems.changes.put, "O")
    problems.changes.match_case.click()
    until(lambda: problems.changes.words.text() == "Nothing changes.")
    problems.changes.match_case.click()
    until(lambda: problems.changes.count == 1)
    again(problems.changes.apply.click)
    assert page.plan.rows()[-1].values["first_name"] == "Owe"


def test_a_cell_is_emptied_by_delete(page, until, again, qtbot):
    table = page.review.problems.table
    page.review.problems.tabs["warnings"].click()
    until(lambda: at(page, 0, "c2").data() == "3.36123E+10")
    table.setCurrentIndex(at(page, 0, "c2"))
    again(lambda: qtbot.keyClick(table, Qt.Key.Key_Delete))
    assert tabs(page)["warnings"] == "0"


def test_all_values_with_the_same_problem_can_be_left_blank(page, until, again):
    problems = page.review.problems
    problems.tabs["warnings"].click()
    until(lambda: problems.current() is not None)
    problems.offer_rule(clear=True)
    until(lambda: problems.changes.count == 1)
    again(problems.changes.apply.click)
    assert tabs(page)["warnings"] == "0"


def test_a_line_is_left_out_and_the_menu_offers_what_makes_sense(page, until, again):
    problems = page.review.problems
    until(lambda: problems.current() is not None)
    menu = problems.menu()
    words = {action.text(): action for action in menu.actions() if action.text()}
    assert words["Fix this"].isEnabled()
    assert words["Fix all like this"].isEnabled()
    again(words["Leave the line out"].trigger)
    assert page.plan.counts.rows == 4
    words["Copy the cell"].trigger()
    assert QApplication.clipboard().text()


def test_everything_put_right_says_so(begin, until):
    page = begin("First name,Email\nAda,ada(at)acme.example\n")
    problems = page.review.problems
    until(lambda: problems.current() is not None)
    problems.repair(0)
    until(lambda: problems.stack.currentIndex() == NOTHING)
    assert problems.nothing.title.text() == "Nothing wants a look"
    problems.tabs["fixed"].click()
    until(lambda: at(page, 0, "c1").data() == "ada@acme.example")
    assert "Was: ada(at)acme.example" in at(page, 0, "c1").data(Qt.ItemDataRole.ToolTipRole)


def test_a_list_without_problems_begins_with_what_matters(begin):
    page = begin("First name,Email\nAda,ada@acme.example\n")
    assert page.review.stack.currentIndex() == ROWS
    assert page.next.hasFocus()


def test_fixed_rows_are_imported_as_they_were_put_right(page, until, again, app):
    problems = page.review.problems
    until(lambda: problems.fix_all.isEnabled())
    problems.fix_all.click()
    until(lambda: problems.changes.count == 2)
    again(problems.changes.apply.click)
    page.next.click()
    until(lambda: page.run.result)
    assert page.run.result["created"] == 4
    assert app.search.count("email:bob@acme.example") == 1


def test_what_was_put_right_once_is_put_right_in_the_next_list(page, until, again, tmp_path):
    problems = page.review.problems
    until(lambda: problems.fix_all.isEnabled())
    problems.fix_all.click()
    until(lambda: problems.changes.count == 2)
    again(problems.changes.apply.click)
    page.next.click()
    until(lambda: page.run.result)
    path = tmp_path / "next.csv"
    path.write_text(LIST.splitlines()[0] + "\nKim,kim(at)acme.example,,new,FR\n")
    page.choose(path)
    until(lambda: page.plan is not None)
    assert (page.plan.counts.created, page.plan.counts.rejected) == (1, 0)


# Unknown values


def values(page: ImportPage) -> dict[str, str]:
    return {line.value.text: line.becomes for line in page.review.values.model.lines}


def row_of(page: ImportPage, text: str) -> int:
    return [line.value.text for line in page.review.values.model.lines].index(text)


def test_unknown_values_are_listed_with_what_becomes_of_them(page):
    assert values(page) == {"Interested": "Left out", "Atlantis": "Kept as written"}
    counts = {line.value.text: line.value.count for line in page.review.values.model.lines}
    assert counts == {"Interested": 2, "Atlantis": 1}
    assert page.review.views[VALUES].count == "2"


def test_a_value_becomes_one_that_is_known_or_blank_or_stays(page, again):
    again(lambda: page.review.values.decide(row_of(page, "Interested"), "qualified"))
    assert values(page)["Interested"] == "Qualified"
    again(lambda: page.review.values.decide(row_of(page, "Atlantis"), BLANK))
    assert values(page)["Atlantis"] == "Left blank"
    assert page.review.views[VALUES].count == "0"
    again(lambda: page.review.values.decide(row_of(page, "Atlantis"), KEEP))
    assert values(page)["Atlantis"] == "Kept as written"


def test_a_status_is_made_of_a_value_nobody_knows(page, until, app):
    before = page.plan
    page.review.values.decide(row_of(page, "Interested"), CREATE)
    until(lambda: page.plan is not before and page.plan is not None)
    assert "Interested" in app.statuses.keys().values()
    assert "Interested" not in values(page)


def test_a_choice_is_added_to_a_field_of_ones_own(begin, until, app):
    app.custom_fields.add("Size", FieldKind.CHOICE, ["Small", "Large"])
    page = begin("First name,Email,Size\nAda,a@b.example,Huge\n")
    before = page.plan
    page.review.values.decide(row_of(page, "Huge"), CREATE)
    until(lambda: page.plan is not before and page.plan is not None)
    assert app.custom_fields.fields()[0].choices == ("Small", "Large", "Huge")
    assert page.plan.rows()[0].values["custom:size"] == "Huge"


def test_what_a_value_can_become_is_searched_by_typing(page, qtbot):
    page.review.show_view(VALUES)
    page.review.values.pick(row_of(page, "Atlantis"), "germ")
    picker = page.review.values.picker
    assert [choice.key for choice in picker.model.shown] == ["DE"]
    picker.close()


# Long lists and stopping


def test_a_plan_that_is_stopped_leaves_the_one_before(page, until):
    before = page.plan
    page.review.policy.radios["update"].click()
    page.review.stop_wished.emit()
    until(lambda: not page.desk.calls.waiting)
    assert page.plan is before
    assert page.draft.on_duplicate == "fill"
    assert page.review.policy.radios["fill"].isChecked()
    assert page.next.isEnabled()


def test_a_grid_of_many_rows_reads_only_the_pages_in_view(begin, until):
    rows = "".join(f"P{n},p{n}(at)b.example\n" for n in range(3_000))
    page = begin("First name,Email\n" + rows)
    model = page.review.problems.model
    assert model.rowCount() == 3_000
    until(lambda: model.index(0, 0).data())
    page.review.problems.table.scrollToBottom()
    until(lambda: model.row(2_999) is not None)
    assert len(model._pages) < 5


def test_the_grid_is_a_sound_model(page, until):
    until(lambda: page.review.problems.current() is not None)
    ModelTester(None).check(page.review.problems.model)
    ModelTester(None).check(page.review.values.model)
    ModelTester(None).check(page.mapping.model)


def test_a_wrong_value_whose_column_is_not_in_view_stands_beside_its_problem(page, until):
    table, model = page.review.problems.table, page.review.problems.model
    until(lambda: model.row(0) is not None)
    row, keys = model.row(0), [column.key for column in model.columns]
    flaw = main_flaw(row)
    assert page.review.problems.tabs[""].isChecked()
    assert table._delegate._elsewhere(model, row) == ""
    table.setColumnHidden(keys.index(f"c{flaw.column}"), True)
    assert table._delegate._elsewhere(model, row) == row.cells[flaw.column].strip()


def test_cells_say_their_problem_to_a_screen_reader(page, until):
    until(lambda: page.review.problems.current() is not None)
    index = at(page, 0, "c1")
    said = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Email: ada(at)acme.example, E-mail has no @"
    assert index.data(CELL_ROLE).tip == "E-mail has no @. Replace “(at)” with “@”?"


def test_in_a_small_window_the_rules_are_a_view_of_their_own(page, window, until):
    review = page.review
    window.resize(1280, 800)
    until(lambda: review.views[RULES].isHidden())
    assert review.policy.isVisible()
    window.resize(1024, 640)
    until(lambda: review.views[RULES].isVisible())
    assert not review.policy.isVisible()
    review.views[RULES].click()
    assert review.policy.isVisible()
    window.resize(1280, 800)
    until(lambda: review.views[PROBLEMS].isChecked() and review.policy.isVisible())


def test_a_row_with_too_many_cells_is_shown_whole(begin, until):
    page = begin("First name,Email,Phone\nAda,ada@x.example,1,Berlin,extra\nBo,bo(at)x.example,2\n")
    problems = page.review.problems
    until(lambda: problems.model.row(0) is not None)
    problems.table.select(0)
    until(lambda: problems.whole.isVisible())
    said = problems.whole.words.text()
    assert said == "First name: Ada · Email: ada@x.example · Phone: 1 · Berlin · extra"
    problems.table.select(1)
    assert not problems.whole.isVisible()


def test_cells_that_are_missing_are_dashes():
    assert cells_words(("Name", "Email", "Phone"), ("Ada",)) == "Name: Ada · Email: — · Phone: —"


def test_another_level_leaves_what_was_only_looked_at(page, until):
    problems = page.review.problems
    problems.offer_rule()
    until(lambda: problems.changes.count)
    problems.tabs["warnings"].click()
    assert problems.stack.currentIndex() == GRID
    assert problems.wanted == Wanted("warnings")
    assert page.draft.fixes == type(page.draft.fixes)()


def test_enter_applies_the_rule_that_is_offered(page, until, again, qtbot):
    problems = page.review.problems
    problems.offer_rule()
    until(lambda: problems.changes.count)
    again(lambda: qtbot.keyClick(problems.changes.apply, Qt.Key.Key_Return))
    assert tabs(page)["fixed"] == "2"


def test_what_a_rule_would_do_is_not_shown_in_the_search_opened_since(page, until, monkeypatch):
    problems = page.review.problems
    held = Held(Problems.by_rule)
    monkeypatch.setattr(Problems, "by_rule", lambda self, rule: held(self, rule))
    until(lambda: problems.fix_all.isEnabled())
    problems.fix_all.click()
    until(lambda: held.has_begun)
    problems.close_changes()
    problems.search()
    problems.changes.wanted_text.clear()
    problems.changes._find()
    held.let_go()
    until(lambda: not page.desk.calls.waiting)
    assert problems.changes.count == 0
    assert not problems.changes.apply.isEnabled()


def test_a_replacement_cannot_be_applied_before_it_was_shown(page, until, qtbot):
    changes = page.review.problems.changes
    page.review.problems.replace.click()
    changes.where.choose("First name")
    changes.wanted_text.clear()
    qtbot.keyClicks(changes.wanted_text, "u")
    until(lambda: changes.apply.isEnabled())
    qtbot.keyClicks(changes.put, "O")
    assert not changes.apply.isEnabled()
    until(lambda: changes.apply.isEnabled())


def test_an_import_can_be_given_up_before_it_has_begun(page, app, until):
    until(lambda: page.next.isEnabled())
    gate = threading.Event()
    app.runner.submit(Lane.EDIT, lambda: gate.wait(60))
    page.next.click()
    page.next.click()
    page.run.cancel.click()
    gate.set()
    until(lambda: page.job is None)
    assert page.run.words.text() == "Cancelled. Nothing was changed."
    assert [view.state for view in app.jobs.views()] == [JobState.CANCELLED]
    assert app.search.count("") == 0
