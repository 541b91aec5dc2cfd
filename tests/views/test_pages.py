"""Pages made ahead of the first visit, and windows dressed one by one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QMainWindow

from app.core.errors import CaptelyError
from app.views import desktop
from app.views.common.completing import complete
from app.views.common.labels import Label
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.shell.crash import CrashNotice
from app.views.shell.refusal import RefusalDialog


@pytest.fixture
def wait_for(qtbot):
    """Wait until a window has made everything ahead; the modules of all pages are read then."""

    def wait(window):
        qtbot.waitUntil(lambda: window.pages.ahead.done, timeout=60_000)

    return wait


@pytest.fixture
def ahead(window, wait_for):
    """The window after a quiet while."""
    window.pages.ahead.begin()
    wait_for(window)
    return window


def test_every_page_is_whole_before_somebody_visits_it(ahead):
    assert set(ahead.pages.made) == set(Place)
    for page in ahead.pages.made.values():
        assert ahead.pages.indexOf(page) >= 0
        assert not page.get_ready()
    assert ahead.pages.currentWidget() is ahead.page(Place.CONTACTS)


def test_what_was_made_ahead_is_what_is_visited(ahead):
    before = dict(ahead.pages.made)
    for place in Place:
        ahead.show_place(place)
        assert ahead.pages.currentWidget() is before[place]


def test_a_page_that_is_visited_before_its_turn_is_made_once(window, wait_for):
    visited = window.page(Place.SETTINGS)
    window.pages.ahead.begin()
    wait_for(window)
    assert window.pages.made[Place.SETTINGS] is visited
    assert window.pages.count() == len(Place)


def test_nothing_is_made_ahead_in_a_window_that_nobody_has_left_alone(window):
    assert set(window.pages.made) == {Place.CONTACTS}
    assert not window.pages.ahead.begun


def test_a_window_that_closes_makes_nothing_more(window):
    window.pages.ahead.begin()
    half = window.pages.make(Place.HISTORY)
    window.pages.end()
    assert window.pages.ahead.done
    assert window.isAncestorOf(half)


def test_the_window_in_another_language_gets_ready_as_the_one_before(ahead, wait_for):
    desktop.replace_window(ahead, "en")
    successor = ahead.successor
    assert successor.pages.ahead.begun
    wait_for(successor)


class _Restyled(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += event.type() is QEvent.Type.StyleChange
        return super().eventFilter(watched, event)


def test_other_rows_or_motion_leave_the_style_of_everything_as_it_is(window):
    counted = _Restyled()
    window.sidebar.installEventFilter(counted)
    theme().use(density="compact")
    theme().use(motion="off")
    assert not counted.times
    theme().use(choice="dark")
    assert counted.times


def test_a_switch_of_the_theme_reaches_what_a_window_holds_and_opens(window):
    theme().use(choice="dark")
    dark = theme().tokens.hex("bg.app")
    page = window.page(Place.CONTACTS)
    for part in (window.sidebar, page.header):
        assert dark in part.styleSheet()
    theme().use(choice="light")
    assert dark not in window.sidebar.styleSheet() + page.header.styleSheet()
    assert page.search.testAttribute(Qt.WidgetAttribute.WA_StyleSheet)


def test_what_nobody_sees_comes_to_another_look_when_it_is_shown_or_in_a_quiet_moment(ahead, until):
    theme().use(choice="dark", percent=125)
    dark = theme().tokens.hex("bg.app")
    seen, hidden = ahead.page(Place.CONTACTS), ahead.page(Place.SETTINGS)
    assert dark in seen.header.styleSheet()
    assert dark not in hidden.header.styleSheet()
    ahead.show_place(Place.SETTINGS)
    assert dark in hidden.header.styleSheet()
    assert hidden.header.title.font().pixelSize() == 25
    until(lambda: not theme().dressing.waiting)
    for place in Place:
        for part in ahead.page(place).parts():
            assert dark in part.styleSheet()
            assert all(
                label.font().pixelSize() == theme().font(label.role).pixelSize()
                for label in part.findChildren(Label)
            )


@pytest.mark.parametrize("place", list(Place))
def test_everything_on_a_page_belongs_to_a_part_with_the_style_sheet(ahead, place):
    page = ahead.page(place)
    for widget in (*page.findChildren(Label), *page.findChildren(QLineEdit)):
        dressed, above = 0, widget
        while above is not None:
            dressed, above = dressed + bool(above.styleSheet()), above.parentWidget()
        assert dressed == 1, widget.text() or widget.accessibleName()


@pytest.mark.parametrize(
    "make", [lambda: RefusalDialog(CaptelyError("No.")), lambda: CrashNotice(ValueError("No."))]
)
def test_a_dialog_without_a_window_has_the_products_look(qtbot, make):
    dialog = make()
    qtbot.addWidget(dialog)
    assert theme().tokens.hex("bg.app") in dialog.styleSheet()


def test_what_a_line_offers_has_the_products_look(qtbot):
    window, line = QMainWindow(), QLineEdit()
    qtbot.addWidget(window)
    window.setCentralWidget(line)
    popup = complete(line, ["fair", "expo"]).popup()
    assert popup.testAttribute(Qt.WidgetAttribute.WA_StyleSheet)


def test_a_window_that_is_gone_is_dressed_no_more(qtbot):
    gone = QLabel()
    theme().dress(gone)
    gone.deleteLater()
    qtbot.waitSignal(gone.destroyed, timeout=2_000).wait()
    theme().use(choice="dark")
    theme().use(choice="light")
