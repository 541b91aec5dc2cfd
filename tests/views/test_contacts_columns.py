"""The columns of the contacts: chosen, ordered, widened, sorted, kept for the next start."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from app.core.fields import FieldKind
from app.views.common.places import Place
from app.views.contacts.actions import (
    COLUMN_LEFT,
    COLUMN_RIGHT,
    NARROWER,
    SORT,
    WIDER,
)
from app.views.contacts.columns import USUAL, choosable, columns_of
from app.views.contacts.contact_table import ContactTable
from app.views.contacts.page import ContactsPage


@pytest.fixture
def page(people, window, until) -> ContactsPage:
    page = window.page(Place.CONTACTS)
    until(lambda: page.model.row(0) is not None and page.vocabulary.statuses)
    page.table.setFocus()
    page.table.select(0)
    return page


def shown(page: ContactsPage) -> list[str]:
    """The columns in view, without the check boxes."""
    table = page.table
    return [c.key for i, c in enumerate(table.columns) if i and not table.isColumnHidden(i)]


def cell(page: ContactsPage, row: int, key: str) -> str:
    keys = [column.key for column in page.model.columns]
    return str(page.model.index(row, keys.index(key)).data())


def drag(table: ContactTable, start: QPoint, end: QPoint) -> None:
    port = table.header.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for part in range(1, 6):
        QTest.mouseMove(port, start + (end - start) * part / 5)
        # A synthetic move carries no pressed buttons on every platform.
        table.header.mouseMoveEvent(moved(start + (end - start) * part / 5))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=end)


def moved(place: QPoint) -> QMouseEvent:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    point = QPointF(place)
    return QMouseEvent(QEvent.Type.MouseMove, point, point, Qt.MouseButton.NoButton, left, none)


def middle(table: ContactTable, index: int) -> QPoint:
    header = table.header
    left = header.sectionViewportPosition(index)
    return QPoint(left + header.sectionSize(index) // 2, header.height() // 2)


def test_every_field_tag_and_own_field_can_be_a_column(page, app, until):
    app.custom_fields.add("Budget", FieldKind.MONEY)
    until(lambda: page.vocabulary.custom)
    keys = [key for key, _title in choosable(page.vocabulary.custom)]
    assert {"name", "first_name", "tags", "score", "notes", "custom:budget"} <= set(keys)
    page.columns.choose(keys)
    until(lambda: cell(page, 0, "company") == "Acme")
    assert [column.key for column in page.model.columns[1:]] == keys
    assert cell(page, 0, "custom:budget") == "—"


def test_a_further_field_is_read_when_its_column_is_shown(page, app, people, until):
    app.contacts.change(people[0], {"notes": "Met in Turin\nand in Rome"})
    page.columns.choose(["name", "notes"])
    until(lambda: cell(page, 0, "notes") == "Met in Turin")


def test_the_chooser_shows_hides_and_moves_columns_by_keyboard(page, until):
    popover = page.doing.choose_columns()
    chooser = popover.content
    chooser.search.setText("city")
    QTest.keyClick(chooser.list, Qt.Key.Key_Space)
    assert shown(page)[-1] == "city"
    chooser.search.clear()
    for _ in range(3):
        QTest.keyClick(chooser.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert page.columns.keys.index("city") == len(page.columns.keys) - 4
    chooser.toggle("name")
    assert "name" in page.columns.keys
    chooser.toggle("city")
    assert "city" not in page.columns.keys
    chooser.reset_wished.emit()
    until(lambda: page.keeper.look.columns == ())
    assert page.columns.keys == [key for key in USUAL if key != "tags"]


def test_columns_order_widths_and_sort_are_there_after_a_restart(page, until, window, open_window):
    page.columns.choose(["name", "city", "email"])
    page.columns.fit("email")
    page.columns.sort("email", descending=True)
    window.desk.memory.flush()
    until(lambda: not window.desk.calls.waiting)
    again = open_window().page(Place.CONTACTS)
    until(lambda: again.model.row(0) is not None)
    assert again.columns.keys == ["name", "city", "email"]
    assert dict(again.keeper.look.columns)["email"] > 0
    assert (again.keeper.look.sort, again.keeper.look.descending) == ("email", True)
    assert again.table.header.sorted_by == "email"


def test_a_dragged_header_moves_its_column(page):
    table = page.table
    before = page.columns.keys
    end = middle(table, 1) - QPoint(table.columnWidth(1) // 4, 0)
    drag(table, middle(table, 3), end)
    assert page.columns.keys == [before[2], before[0], before[1], *before[3:]]
    assert page.keeper.look.sort == "name"


def test_a_dragged_edge_changes_the_width_and_a_double_click_fits_it(page):
    table = page.table
    edge = table.header.sectionViewportPosition(1) + table.columnWidth(1)
    place = QPoint(edge - 1, table.header.height() // 2)
    drag(table, place, place + QPoint(40, 0))
    wide = dict(page.keeper.look.columns)["name"]
    assert wide > 192
    edge = table.header.sectionViewportPosition(1) + table.columnWidth(1)
    place = QPoint(edge - 1, table.header.height() // 2)
    QTest.mouseDClick(table.header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert dict(page.keeper.look.columns)["name"] < wide


def test_a_click_on_a_header_sorts_by_it_and_turns_the_order_round(page, until):
    keys = [column.key for column in page.table.columns]
    place = middle(page.table, keys.index("email"))
    QTest.mouseClick(page.table.header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (page.keeper.look.sort, page.keeper.look.descending) == ("email", False)
    QTest.mouseClick(page.table.header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.keeper.look.descending
    until(lambda: cell(page, 0, "email") == "zoe@fjord.example")


def test_the_keyboard_moves_widens_and_sorts_the_present_column(page, window):
    actions, table = window.desk.actions, page.table
    table.setCurrentIndex(page.model.index(0, 2))
    key = page.columns.current
    assert actions.run(COLUMN_RIGHT)
    assert page.columns.keys.index(key) == 2
    assert page.columns.current == key
    assert actions.run(COLUMN_LEFT)
    assert page.columns.keys.index(key) == 1
    before = table.columnWidth(2)
    actions.run(WIDER)
    assert table.columnWidth(2) > before
    actions.run(NARROWER)
    assert table.columnWidth(2) <= before + 1
    actions.run(SORT)
    assert page.keeper.look.sort == key


def test_the_menu_of_a_column_hides_it(page):
    menu = page.columns.open_menu("company", None)
    words = [item.text() for item in menu.actions() if not item.isSeparator()]
    assert words[0] == "Sort ascending"
    next(item for item in menu.actions() if item.text() == "Hide column").trigger()
    assert "company" not in page.columns.keys
    menu.deleteLater()


def test_columns_give_way_to_the_drawer_and_come_back(page, people, until):
    page.columns.choose(["name", "company", "email", "city", "title", "owner", "phone", "status"])
    assert len(shown(page)) == 8
    page.open_contact(people[0])
    until(lambda: page.drawer.isVisible())
    assert shown(page)[0] == "name"
    assert len(shown(page)) < 8
    assert not page.table.horizontalScrollBar().isVisible()
    page.drawer.dismiss()
    assert len(shown(page)) == 8


@pytest.mark.parametrize(("density", "height"), [("compact", 32), ("comfortable", 48)])
def test_the_row_height_of_a_view_applies_at_once(page, density, height):
    page.keeper.change(density=density)
    assert page.table.rowHeight(0) == height
    assert page.table.rowHeight(4) == height
    page.columns.reset()
    assert page.table.rowHeight(0) == 40


def test_a_field_that_is_gone_is_left_out_and_the_order_falls_back_to_names(page, app, until):
    app.custom_fields.add("Budget", FieldKind.MONEY)
    until(lambda: page.vocabulary.custom)
    page.columns.choose(["name", "custom:budget"])
    page.columns.sort("custom:budget")
    app.custom_fields.delete("budget")
    until(lambda: not page.vocabulary.custom)
    assert page.columns.keys == ["name"]
    page.look()
    until(lambda: page.listing.finder.wanted.sort == "name")
    assert columns_of([("gone", 0)], ())[1].key == "name"
