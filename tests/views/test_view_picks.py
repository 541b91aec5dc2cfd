"""Contacts kept in a saved view or hidden from it: by menu, keys and pills, with undo."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services.view_picks import Pick, Picks
from app.views.common.buttons import IconBtn
from app.views.common.places import Place
from app.views.contacts import actions as do
from app.views.contacts.batch_bar import MORE
from app.views.contacts.page import ContactsPage
from app.views.contacts.view_tabs import ALL


@pytest.fixture
def page(people, window, until, app) -> ContactsPage:
    """The view A, of everybody with a word that begins with an a, is shown."""
    view = app.views.save("A", "name:a").id
    page = window.page(Place.CONTACTS)
    until(lambda: page.vocabulary.statuses and page.keeper.views)
    page.keeper.enter(view)
    until(lambda: names(page) == ["Ada Lovelace", "Zoë Aalto"])
    return page


def names(page: ContactsPage) -> list[str]:
    return [str(page.model.index(row, 1).data()) for row in range(page.model.rowCount())]


def keep(page: ContactsPage, window, name: str, until) -> None:
    """Keep somebody in the view by the menu of all contacts, then show the view again."""
    view = page.keeper.views[0].id
    page.keeper.enter(ALL)
    until(lambda: name in names(page))
    page.table.select(names(page).index(name))
    menu = page.picking.menu_of_views()
    action = next(action for action in menu.actions() if action.text() == "A")
    action.trigger()
    until(lambda: page.keeper.views[0].picks.kept)
    page.keeper.enter(view)
    until(lambda: len(names(page)) == 3)


def test_somebody_is_hidden_from_a_view_and_comes_back_by_undo(page, window, until, people):
    page.table.select(0)
    window.desk.actions.run(do.HIDE)
    until(lambda: names(page) == ["Zoë Aalto"])
    pill = page.pills.picks[Pick.HIDE]
    assert pill.isVisible()
    assert pill.text() == "1 hidden from this view"
    assert page.search.text() == "name:a"
    assert not page.filters.save.isVisible()
    until(lambda: page.filters.tabs.own[page.keeper.key].count == "1")
    window.desk.undo()
    until(lambda: names(page) == ["Ada Lovelace", "Zoë Aalto"])
    assert not pill.isVisible()


def test_checked_contacts_are_kept_and_a_search_goes_on_within_the_view(page, window, until):
    keep(page, window, "Lena Fischer", until)
    until(lambda: names(page) == ["Ada Lovelace", "Lena Fischer", "Zoë Aalto"])
    assert page.pills.picks[Pick.KEEP].text() == "1 kept in this view"
    page.search.setText("name:a lena")
    until(lambda: names(page) == ["Lena Fischer"])
    page.search.setText("name:lovelace")
    until(lambda: names(page) == ["Ada Lovelace", "Lena Fischer"])
    assert page.filters.save.isVisible()
    assert page.query == 'name:lovelace picks:"A"'
    page.keeper.enter(ALL)
    until(lambda: len(names(page)) == 5)
    assert not page.pills.isVisible()


def test_the_x_of_a_pill_leaves_everybody_to_the_filter(page, window, until):
    keep(page, window, "Lena Fischer", until)
    QTest.keyClick(page.pills.picks[Pick.KEEP], Qt.Key.Key_Delete)
    until(lambda: names(page) == ["Ada Lovelace", "Zoë Aalto"])
    window.desk.undo()
    until(lambda: len(names(page)) == 3)


def test_a_pill_shows_whom_it_is_about_and_lets_single_ones_go(page, window, until, people):
    page.model.checks.add([people[0], people[4]])
    assert do.HIDE in MORE
    window.desk.actions.run(do.HIDE)
    until(lambda: not names(page))
    assert page.model.checks.count(0) == 0
    popover = page.picking.open_panel(page.pills.picks[Pick.HIDE])
    panel = popover.content
    until(popover.isVisible)
    assert set(panel.lines) == {people[0], people[4]}
    panel.lines[people[0]].findChild(IconBtn).click()
    until(lambda: names(page) == ["Ada Lovelace"])
    panel.lines[people[4]].findChild(IconBtn).click()
    until(lambda: page.keeper.picks == Picks())
    until(lambda: not shiboken6.isValid(popover))


def test_an_export_takes_what_the_view_shows(page, window, until, app):
    keep(page, window, "Lena Fischer", until)
    page.model.checks.check_all()
    assert list(page.scope().ids(app)) == sorted(page.model.ids)
    page.model.checks.toggle(page.model.ids[0])
    assert list(page.scope().ids(app)) == sorted(page.model.ids[1:])
