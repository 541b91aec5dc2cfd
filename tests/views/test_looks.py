"""What keeps pages whole and in line: columns that fit their words, edges, and what floats."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QEnterEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.errors import CaptelyError
from app.views.common import painting
from app.views.common.boxes import Scrolled
from app.views.common.buttons import Btn, Kind
from app.views.common.cells import Cell, Column
from app.views.common.fonts import Role
from app.views.common.illustrations import Illustration
from app.views.common.painting import text_width
from app.views.common.pills import sentences
from app.views.common.places import Place
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.theme import theme

LONG = "a.very.long.address@with-a-long-domain.example"


@pytest.fixture
def table(qtbot):
    """A table 500 wide; its last column is there only if the others are whole."""
    columns = (
        Column("name", "Name", 80),
        Column("email", "E-mail", 120, weight=6),
        Column("at", "Changed", 80, weight=0),
        Column("tags", "Tags", 100, weight=0, rank=4),
    )
    made = Table("People", columns)
    made.setModel(ListModel(columns, made))
    made.resize(500, 200)
    qtbot.addWidget(made)
    made.show()
    return made


def widths(table: Table) -> list[int]:
    return [table.columnWidth(i) for i in range(len(table.columns))]


def show(table: Table, *emails: str) -> None:
    table.model().show([(Cell("Ada"), Cell(e), Cell("Today"), Cell("vip")) for e in emails])


def test_a_column_is_as_wide_as_the_words_in_view(table):
    show(table, "ada@acme.example", LONG)
    assert table.columnWidth(1) >= text_width(LONG, Role.BODY) + 24
    assert table.isColumnHidden(3)


def test_the_least_important_column_stays_while_the_others_are_whole(table):
    show(table, "ada@acme.example")
    assert not table.isColumnHidden(3)
    assert sum(widths(table)) <= table.viewport().width()


def test_columns_give_up_room_that_their_words_do_not_need(table):
    wide = (
        replace(column, width=160) if column.key == "name" else column for column in table.columns
    )
    table.set_columns(tuple(wide))
    table.resize(460, 200)
    show(table, "a.long.address@of-somebody.example")
    assert table.columnWidth(1) >= text_width("a.long.address@of-somebody.example", Role.BODY) + 24
    assert table.columnWidth(0) < 160


def test_a_column_of_a_width_of_ones_own_keeps_it(table):
    own = tuple(replace(c, width=200, own=True) if c.key == "name" else c for c in table.columns)
    table.set_columns(own)
    show(table, LONG)
    assert table.columnWidth(0) == 200


def test_columns_stay_where_they_are_while_rows_change(table):
    show(table, "ada@acme.example")
    before = widths(table)
    model = table.model()
    model._rows[0] = (Cell("Ada"), Cell(LONG), Cell("Today"), Cell("vip"))
    model.dataChanged.emit(model.index(0, 0), model.index(0, 3))
    assert widths(table) == before


def test_a_bar_over_the_margin_leaves_the_content_where_it_is(qtbot):
    content = QWidget()
    lines = QVBoxLayout(content)
    filler = QWidget()
    lines.addWidget(filler)
    area = Scrolled(content, "Details", over=True)
    qtbot.addWidget(area)
    area.resize(300, 200)
    area.show()
    for height in (50, 900):
        filler.setFixedHeight(height)
        qtbot.waitUntil(lambda least=height: content.height() >= least, timeout=60_000)
        assert content.width() == 300


def test_a_long_name_that_was_found_once_hides_no_column_for_good(table):
    show(table, LONG + LONG)
    assert table.isColumnHidden(3)
    show(table, "ada@acme.example")
    assert not table.isColumnHidden(3)


def test_words_of_two_lines_are_whole_where_one_line_would_cut_them(table, monkeypatch):
    cuts: list[painting.Cut] = []
    monkeypatch.setattr(painting, "audit", cuts)
    said = "HubSpot refused the value of Lifecycle stage. Correct it and retry."
    for lines, whole in ((1, False), (2, True)):
        table.model().show([(Cell("Ada"), Cell(said, lines=lines), Cell("Today"), Cell("vip"))])
        cuts.clear()
        table.grab()
        assert (said not in [cut.text for cut in cuts]) is whole


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Not an address: ada@", "Not an address: ada@. Correct it."),
        ("It failed.", "It failed. Correct it."),
        ("Really?", "Really? Correct it."),
    ],
)
def test_cause_and_next_step_are_two_sentences(message, said):
    assert sentences(CaptelyError(message, "Correct it.")) == said


def test_a_button_that_is_pointed_at_looks_different(qtbot):
    button = Btn("Import", Kind.OUTLINE)
    qtbot.addWidget(button)
    calm = button.grab().toImage()
    at = QPointF(5, 5)
    button.enterEvent(QEnterEvent(at, at, at))
    assert button.grab().toImage() != calm
    button.leaveEvent(QEvent(QEvent.Type.Leave))
    assert button.grab().toImage() == calm


@pytest.mark.parametrize("icon", ["user", "search", "share-2", "history", "tags", "database"])
def test_every_empty_page_has_a_drawing(qtbot, icon):
    drawing = Illustration(icon)
    qtbot.addWidget(drawing)
    picture = drawing.grab().toImage()
    ground = picture.pixelColor(0, 0)
    middle = (picture.pixelColor(x, y) for x in range(0, 160, 4) for y in range(0, 112, 4))
    assert any(colour != ground for colour in middle)


def test_only_one_main_action_is_in_view_while_a_contact_is_added(people, window, until):
    page = window.page(Place.CONTACTS)
    assert page.add_button.kind is Kind.PRIMARY
    page.drawer.add()
    until(lambda: page.drawer.is_editing)
    assert page.add_button.kind is Kind.OUTLINE
    page.drawer.dismiss()
    until(lambda: not page.drawer.isVisible())
    assert page.add_button.kind is Kind.PRIMARY


def test_a_file_that_hangs_over_the_window_is_told_what_happens(window):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/tmp/list.csv")])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dragEnterEvent(QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, left, none))
    target = window.floating.drop_target
    assert target.isVisible()
    assert target.accessibleName() == "Drop to import"
    window.dragLeaveEvent(QDragLeaveEvent())
    assert not target.isVisible()


def test_columns_are_fitted_anew_for_words_of_another_size(table):
    table.resize(522, 200)
    show(table, "a.long.address@of-somebody.example")
    try:
        theme().use(percent=125)
        wanted = text_width("a.long.address@of-somebody.example", Role.BODY) + 24
        assert table.columnWidth(1) >= wanted
    finally:
        theme().use(percent=100)


def test_the_edge_cuts_no_column_of_a_wide_preview_before_anybody_scrolls(qtbot):
    columns = (
        Column("line", "Row", 64, weight=0),
        *(Column(f"c{n}", f"Column {n}", 170) for n in range(8)),
    )
    table = Table("Preview", columns, sideways=True)
    qtbot.addWidget(table)
    model = ListModel(columns)
    model.show([tuple(Cell(f"{n}") for n in range(9))])
    table.setModel(model)
    table.resize(700, 200)
    table.show()
    header = table.horizontalHeader()
    ends = {header.sectionPosition(n) + header.sectionSize(n) for n in range(9)}
    assert table.viewport().width() in ends
    assert header.sectionSize(0) == 64
    assert header.sectionSize(8) == 170
