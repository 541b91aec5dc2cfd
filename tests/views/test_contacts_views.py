"""Saved views and cards: tabs that keep query, columns and order, lanes that cards move between."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from app.services.views import Look
from app.views.common.places import Place
from app.views.contacts import actions as do
from app.views.contacts.lane_model import MIME
from app.views.contacts.page import ContactsPage
from app.views.contacts.view_source import ViewSource
from app.views.contacts.view_tabs import ALL, TRASH


@pytest.fixture
def page(people, window, until) -> ContactsPage:
    page = window.page(Place.CONTACTS)
    until(lambda: page.model.row(0) is not None and page.vocabulary.statuses)
    until(lambda: page.keeper.loaded)
    return page


def names(page: ContactsPage) -> list[str]:
    return [str(page.model.index(row, 1).data()) for row in range(page.model.rowCount())]


def save(page: ContactsPage, name: str, until) -> int:
    panel = page.doing.save_view().content
    panel.name.setText(name)
    panel.submit()
    until(lambda: page.keeper.view is not None and page.keeper.view.name == name)
    return page.keeper.key


def test_a_view_keeps_query_columns_and_order_and_counts_what_it_finds(page, until):
    assert not page.filters.save.isVisible()
    page.search.setText("company:rivoli,x")
    page.search.setText("company:rivoli")
    assert page.filters.save.isVisible()
    page.columns.choose(["name", "company"])
    page.columns.sort("company", descending=True)
    view = save(page, "Rivoli", until)
    assert not page.filters.save.isVisible()
    until(lambda: page.filters.tabs.own[view].count == "1")
    page.filters.everything.click()
    assert (page.search.text(), page.keeper.look) == ("", Look())
    until(lambda: len(names(page)) == 5)
    page.filters.tabs.own[view].click()
    assert page.search.text() == "company:rivoli"
    assert page.columns.keys == ["name", "company"]
    until(lambda: names(page) == ["Chloé Martin"])


def test_a_changed_view_is_brought_up_to_date_or_saved_as_another(page, until):
    page.search.setText("ada")
    view = save(page, "Ada", until)
    page.search.setText("zo")
    panel = page.doing.save_view().content
    assert panel.renew.text() == "Save the changes of Ada"
    panel.renew.click()
    until(lambda: page.keeper.view is not None and page.keeper.view.query == "zo")
    assert page.keeper.key == view
    page.search.setText("lena")
    other = save(page, "Lena", until)
    assert other != view


def test_a_name_that_is_taken_is_refused_where_it_was_typed(page, until):
    page.search.setText("ada")
    save(page, "Ada", until)
    page.search.setText("zo")
    panel = page.doing.save_view().content
    panel.name.setText("ADA")
    panel.submit()
    until(lambda: "already a view 'Ada'" in panel.notice.text())
    assert panel.name.text() == "ADA"


def test_views_are_renamed_moved_and_deleted_with_undo(page, until, window, app):
    for name in ("One", "Two"):
        page.search.setText(name)
        save(page, name, until)
    one, two = (view.id for view in app.views.list())
    page.doing.rename_view(one).content.named.emit("First")
    until(lambda: page.filters.tabs.own[one].text() == "First")
    page.keeper.move(one, 1)
    until(lambda: [view.id for view in page.keeper.views] == [two, one])
    page.keeper.enter(one)
    page.keeper.delete(one)
    until(lambda: page.keeper.key == ALL)
    assert one not in page.filters.tabs.own
    window.desk.undo()
    until(lambda: one in page.filters.tabs.own)


def test_keys_go_through_the_tabs(page, until, window):
    page.search.setText("ada")
    view = save(page, "Ada", until)
    window.desk.actions.run(do.NEXT_VIEW)
    assert page.keeper.key == TRASH
    window.desk.actions.run(do.PREVIOUS_VIEW)
    assert page.keeper.key == view


def test_the_view_that_was_open_is_open_after_a_restart(page, until, window, open_window):
    page.search.setText("ada")
    view = save(page, "Ada", until)
    window.desk.memory.flush()
    until(lambda: not window.desk.calls.waiting)
    again = open_window().page(Place.CONTACTS)
    until(lambda: again.keeper.key == view and again.search.text() == "ada")
    assert again.filters.tabs.own[view].isChecked()
    until(lambda: names(again) == ["Ada Lovelace"])


def test_the_palette_and_other_pages_can_show_a_view(page, until, window, app):
    app.views.save("Zoës", "zoe")
    until(lambda: page.keeper.views)
    (found,) = ViewSource(window.desk).find("zoe", None)
    assert (found.title, found.note) == ("Zoës", "zoe")
    window.show_place(Place.SETTINGS)
    found.act()
    assert window.place is Place.CONTACTS
    until(lambda: names(page) == ["Zoë Aalto"])
    assert [name for name, _show in page.keeper.views_for_palette()] == ["Zoës"]


def lanes(page: ContactsPage) -> dict[str, list[int]]:
    return {key: list(lane.model.ids) for key, lane in page.cards.lanes.items()}


@pytest.fixture
def board(page, app, people, until) -> ContactsPage:
    app.contacts.change(people[3], {"status": "lost"})
    page.doing.toggle_kind()
    until(lambda: lanes(page)["lost"] == [people[3]])
    return page


def test_cards_stand_in_a_lane_for_each_status_with_their_number(board, people):
    assert board.list.shown is board.cards
    assert lanes(board)["new"] == [people[0], people[1], people[2], people[4]]
    assert board.cards.lanes["new"].count.text() == "4"
    assert lanes(board)["customer"] == []


def drop(board: ContactsPage, lane: str, contacts: list[int]) -> None:
    data = QMimeData()
    data.setData(MIME, ",".join(map(str, contacts)).encode())
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, left, none)
    board.cards.lanes[lane].dropEvent(event)


def test_a_card_dropped_on_another_lane_gets_its_status_in_one_step(
    board, app, people, until, window
):
    drop(board, "qualified", [people[0]])
    until(lambda: lanes(board)["qualified"] == [people[0]])
    assert app.contacts.get(people[0]).values["status"] == "qualified"
    window.desk.undo()
    until(lambda: people[0] in lanes(board)["new"])
    drop(board, "new", [people[0]])
    assert app.contacts.get(people[0]).values["status"] == "new"


def test_a_dragged_card_takes_the_checked_ones_along(board, app, people, until):
    board.model.checks.add(people[:3])
    drop(board, "customer", [people[1]])
    until(lambda: lanes(board)["customer"] == people[:3])


def test_the_keyboard_moves_a_card_and_the_focus(board, app, people, until):
    new = board.cards.lanes["new"].list
    new.setFocus()
    new.select(1)
    assert board.current() == people[1]
    QTest.keyClick(new, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    until(lambda: lanes(board)["contacted"] == [people[1]])
    board.cards.focus()
    QTest.keyClick(new, Qt.Key.Key_Right)
    until(lambda: board.cards.lanes["contacted"].list.hasFocus())
    assert board.current() == people[1]


def test_the_form_of_the_list_is_remembered(board, until, window, open_window, people):
    window.desk.memory.flush()
    until(lambda: not window.desk.calls.waiting)
    again = open_window().page(Place.CONTACTS)
    until(lambda: again.list.shown is again.cards)
    until(lambda: lanes(again)["lost"] == [people[3]])


def test_the_lanes_keep_qts_rules(board, qtmodeltester):
    qtmodeltester.check(board.cards.lanes["new"].model)
