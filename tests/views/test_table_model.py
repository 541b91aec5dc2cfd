"""The item models keep Qt's rules and read only the pages that are looked at."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.core.errors import Busy
from app.views.common.cells import CELL_ROLE, CHECKED_ROLE, WAITING_CELL, Cell, Column
from app.views.common.places import Place
from app.views.common.table_model import KEPT_PAGES, PAGE, ListModel, PagedModel
from tests.held import Held

COLUMNS = (Column("name", "Name", 100), Column("n", "Rows", 60, right=True))


@pytest.fixture
def numbers(calls):
    """A model of a million rows which notes the pages it was asked for."""
    asked: list[tuple[int, int]] = []

    def fetch(first: int, last: int) -> list[int]:
        asked.append((first, last))
        return list(range(first, last))

    model: PagedModel[int] = PagedModel(calls, COLUMNS, lambda n, key: Cell(f"{key} {n}"))
    model.show(1_000_000, fetch)
    return model, asked


def test_the_list_model_keeps_qts_rules(qtmodeltester):
    model = ListModel(COLUMNS)
    model.show([(Cell("Ada"), Cell("1")), (Cell("Zoë"), Cell("2"))])
    qtmodeltester.check(model)


def test_the_paged_model_keeps_qts_rules_while_pages_arrive(qtmodeltester, numbers, until):
    model, _asked = numbers
    model.show(250, lambda first, last: list(range(first, last)))
    qtmodeltester.check(model)
    until(lambda: model.row(0) is not None)


def test_the_contacts_model_keeps_qts_rules(people, window, qtmodeltester):
    qtmodeltester.check(window.page(Place.CONTACTS).model)


def test_a_row_is_waiting_until_its_page_is_there(numbers, until):
    model, asked = numbers
    assert model.index(0, 0).data(CELL_ROLE) is WAITING_CELL
    until(lambda: model.index(0, 0).data(CELL_ROLE) == Cell("name 0"))
    assert asked == [(0, PAGE)]


def test_a_jump_to_the_end_reads_only_the_last_page(numbers, until):
    model, asked = numbers
    model.index(999_999, 0).data()
    until(lambda: model.row(999_999) == 999_999)
    assert asked == [(999_900, 1_000_000)]


def test_pages_looked_at_long_ago_are_forgotten(numbers, until):
    model, _asked = numbers
    for page in range(KEPT_PAGES + 5):
        model.index(page * PAGE, 0).data()
        until(lambda p=page: model.row(p * PAGE) is not None)
    assert model.row(0) is None


def test_a_late_page_of_an_older_list_is_dropped(numbers, until):
    model, _asked = numbers
    model.index(0, 0).data()
    model.show(3, lambda first, last: [7, 8, 9])
    model.index(0, 0).data()
    until(lambda: model.row(0) is not None)
    assert model.row(0) == 7


def test_figures_are_right_aligned_and_cells_speak_their_column(until):
    model = ListModel(COLUMNS)
    model.show([(Cell("Ada"), Cell("1,204"))])
    assert model.index(0, 1).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Name: Ada"


def test_a_page_that_cannot_be_read_is_told_and_asked_for_again(calls, until):
    told: list[object] = []
    calls.refused.connect(told.append)
    answers = iter([Busy("The database is busy.", "Try again."), None])

    def fetch(first: int, last: int) -> list[int]:
        problem = next(answers)
        if problem is not None:
            raise problem
        return list(range(first, last))

    model: PagedModel[int] = PagedModel(calls, COLUMNS, lambda n, key: Cell(str(n)))
    model.show(10, fetch)
    model.index(0, 0).data()
    until(lambda: len(told) == 1)
    model.index(0, 0).data()
    until(lambda: model.row(0) == 0)


def test_a_tip_may_be_worded_when_it_is_looked_at():
    model = ListModel(COLUMNS)
    model.show([(Cell("Ada", tip=lambda: "worded now"), Cell("1", tip="worded before"))])
    tips = [model.index(0, column).data(Qt.ItemDataRole.ToolTipRole) for column in range(2)]
    assert tips == ["worded now", "worded before"]


def test_the_painter_is_told_what_the_model_says(people, window):
    model = window.page(Place.CONTACTS).model
    model.checks.toggle(people[1])
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            index = model.index(row, column)
            assert model.checked(row) == index.data(CHECKED_ROLE)
            shown = model.cell(row, model.columns[column]) if column else None
            assert shown == index.data(CELL_ROLE)


def test_a_contact_is_found_again_on_a_page_at_hand_or_far_from_it(people, window):
    model = window.page(Place.CONTACTS).model
    ids = [*range(10_000, 10_000 + 3 * PAGE), people[0]]
    model.show_ids(ids)
    assert model.row_of(people[0]) == 3 * PAGE
    assert model.row_of(ids[7]) == 7
    assert model.row_of(5) is None


def test_rows_that_were_read_before_a_change_do_not_replace_newer_ones(calls, until):
    state = ["old"]
    read = Held(lambda _first, _last: [state[0]])
    model: PagedModel[str] = PagedModel(calls, COLUMNS, lambda word, key: Cell(word))
    model.show(1, read)
    model.index(0, 0).data()
    until(lambda: read.has_begun)
    state[0] = "new"
    model.refresh()
    until(lambda: model.row(0) == "new")
    read.let_go()
    until(lambda: not calls.waiting)
    assert model.row(0) == "new"


def test_a_page_that_was_only_asked_for_outlives_a_refresh(calls, until):
    model: PagedModel[int] = PagedModel(calls, COLUMNS, lambda n, key: Cell(str(n)))
    model.show(1_000, lambda first, last: list(range(first, last)))
    model.index(0, 0).data()
    until(lambda: model.row(0) == 0)
    model.index(900, 0).data()
    model.refresh()
    until(lambda: model.row(900) == 900)
