"""A message at the foot of the window never lies over what somebody has to reach."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect

from app.views.common.desk import Toast
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.shell.toast import SHADOW

LONG = "The contacts are changed, and 1,204 of them keep a value that somebody changed since"


def box_of(toast) -> QRect:
    return toast.geometry().marginsRemoved(SHADOW)


def place_of(window, widget) -> QRect:
    ground = window.centralWidget()
    return QRect(widget.mapTo(ground, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("percent", [100, 125])
@pytest.mark.parametrize("words", ["Contact changed", LONG])
def test_the_foot_of_the_form_stays_reachable_in_the_smallest_window(
    people, window, until, words, percent
):
    theme().use(percent=percent)
    window.resize(1024, 640)
    page = window.page(Place.CONTACTS)
    page.drawer.add()
    until(lambda: page.drawer.is_editing)
    window.toast.show_toast(Toast(words, "Undo", lambda: None))
    box = box_of(window.toast)
    assert not box.intersects(place_of(window, page.drawer))
    assert window.centralWidget().rect().contains(box)
    assert not page.drawer.form.save.visibleRegion().isEmpty()


def test_a_message_moves_aside_when_the_form_opens_after_it(people, window, until):
    window.resize(1024, 640)
    page = window.page(Place.CONTACTS)
    window.toast.show_toast(Toast("Contact changed", "Undo", lambda: None))
    middle = box_of(window.toast).center().x()
    page.drawer.add()
    until(lambda: not box_of(window.toast).intersects(place_of(window, page.drawer)))
    assert box_of(window.toast).center().x() < middle
    page.drawer.dismiss()
    until(lambda: abs(box_of(window.toast).center().x() - middle) <= 1)


def test_the_buttons_at_the_foot_of_a_panel_stay_reachable(window, until):
    window.resize(1024, 640)
    window.show_place(Place.VOCABULARY)
    page = window.page(Place.VOCABULARY)
    page.begin()
    until(lambda: page.fields.panel.add.isVisible())
    window.toast.show_toast(Toast(LONG, "Undo", lambda: None))
    for button in (page.fields.panel.cancel, page.fields.panel.add):
        assert not box_of(window.toast).intersects(place_of(window, button))


def test_where_nothing_is_in_the_way_it_stands_in_the_middle(people, window):
    window.toast.show_toast(Toast("Contact changed"))
    room = window.centralWidget().rect()
    room.setLeft(window.sidebar.width())
    assert abs(box_of(window.toast).center().x() - room.center().x()) <= 1
