"""Rows painted from pictures look to the pixel as if painted cell by cell, and are never old."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.views.common.boxes import Card
from app.views.common.cells import Cell, Column, Look
from app.views.common.delegate import CellDelegate
from app.views.common.row_pictures import SPARE, RowPictures
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.desktop import prepare_application

COLUMNS = (
    Column("check", "", 40),
    Column("name", "Name", 200, weight=2),
    Column("status", "Status", 120),
    Column("tags", "Tags", 160),
    Column("size", "Size", 90, right=True),
    Column("note", "Note", 140),
)


class Checked(ListModel):
    """A list of which some rows are checked."""

    ticked: frozenset[int] = frozenset()

    def checked(self, row: int) -> bool:
        """Every row has a check box."""
        return row in self.ticked


def people(count: int, *, note: str = "met at the fair") -> list[tuple[Cell, ...]]:
    tones = list(Tone)
    return [
        (
            Cell(""),
            Cell(f"Ada Lovelace {row}", Look.PERSON),
            Cell("Working", Look.PILL, tones[row % len(tones)]),
            Cell("vip, fair, a rather long tag, another", Look.TAGS),
            Cell(f"{row * 1_000:,}", Look.FIGURE),
            Cell(f"{note} {row}", Look.QUIET),
        )
        for row in range(count)
    ]


def card_with(table: Table, width: int, height: int) -> Card:
    """A card, on which every page has its tables, with forty people."""
    model = Checked(COLUMNS, table)
    model.show(people(40))
    table.setModel(model)
    card = Card(gap=0, padding=1)
    card.body.addWidget(table)
    card.resize(width, height)
    card.show()
    QApplication.processEvents()
    return card


@pytest.fixture
def table(qapp: QApplication) -> Iterator[Table]:
    prepare_application()
    made = Table("People", COLUMNS)
    card = card_with(made, 800, 400)
    yield made
    card.close()
    shiboken6.delete(card)
    theme().use(choice="light", percent=100, density="default")


def model_of(table: Table) -> Checked:
    model = table.model()
    assert isinstance(model, Checked)
    return model


def seen(table: Table) -> QImage:
    return table.window().grab().toImage()


def cell_by_cell(table: Table, monkeypatch: pytest.MonkeyPatch) -> QImage:
    with monkeypatch.context() as patched:
        patched.setattr(RowPictures, "paint", lambda _self, _dirty: False)
        return seen(table)


def scroll_a_little(table: Table) -> None:
    table.verticalScrollBar().setValue(27)


def scroll_to_the_end(table: Table) -> None:
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())


def hover(table: Table) -> None:
    table._hover(2)


def choose(table: Table) -> None:
    table.select(3)
    table.setFocus(Qt.FocusReason.TabFocusReason)


def tick(table: Table) -> None:
    model_of(table).ticked = frozenset({0, 4})


def hide_a_column(table: Table) -> None:
    table.leave_out("tags")


def darken(_table: Table) -> None:
    theme().use(choice="dark")


def enlarge(_table: Table) -> None:
    theme().use(percent=125)


def make_compact(_table: Table) -> None:
    theme().use(density="compact")


def show_others(table: Table) -> None:
    model_of(table).show(people(12, note="wrote to us"))


def show_more(table: Table) -> None:
    model_of(table).show(people(60))


def show_nobody(table: Table) -> None:
    model_of(table).show([])


def move_a_column(table: Table) -> None:
    table.horizontalHeader().moveSection(5, 1)


ACTS = [
    scroll_a_little, scroll_to_the_end, hover, choose, tick, hide_a_column, darken, enlarge,
    make_compact, show_others, show_more, show_nobody, move_a_column,
]  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_a_change_is_seen_to_the_pixel(
    table: Table, act: Callable[[Table], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen(table)
    assert before == cell_by_cell(table, monkeypatch)
    act(table)
    QApplication.processEvents()
    after = seen(table)
    assert after == cell_by_cell(table, monkeypatch)
    assert after != before


def test_a_table_wider_than_its_room_is_painted_from_its_left_edge_on(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table("People", COLUMNS, sideways=True)
    card = card_with(table, 300, 200)
    table.horizontalScrollBar().setValue(133)
    qapp.processEvents()
    assert table.horizontalHeader().offset() == 133
    assert seen(table) == cell_by_cell(table, monkeypatch)
    card.close()


def test_a_row_that_did_not_change_is_not_painted_again(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Once more, so that the columns are as wide as these rows in view need.
    model_of(table).show(people(40))
    seen(table)
    painted: list[str] = []
    proper = CellDelegate.paint_words

    def noted(self: CellDelegate, painter, inner, shown: Cell, **how) -> None:  # type: ignore[no-untyped-def]
        painted.append(shown.text)
        proper(self, painter, inner, shown, **how)

    monkeypatch.setattr(CellDelegate, "paint_words", noted)
    seen(table)
    # But for those at the round corners of the card, which are painted in place.
    corner = list(painted)
    assert len(corner) <= 2 * (len(COLUMNS) - 1)
    painted.clear()
    changed = people(40)
    changed[2] = people(3, note="called")[2]
    model_of(table).show(changed)
    seen(table)
    assert painted == [cell.text for cell in changed[2][1:]] + corner


def test_pictures_are_kept_for_what_is_in_view_and_given_back_when_nothing_is(
    table: Table,
) -> None:
    model_of(table).show(people(2_000))
    bar = table.verticalScrollBar()
    for value in range(0, bar.maximum(), 900):
        bar.setValue(value)
        seen(table)
    assert 0 < len(table._pictures._kept) <= 2 * len(table.visible_rows()) + SPARE
    table.hide()
    assert not table._pictures._kept
