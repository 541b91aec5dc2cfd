"""J1 in the window: a welcome with three ways to begin, and sample data that leaves no trace."""

from __future__ import annotations

import pytest

from app.views.common.places import Place
from app.views.common.sample_actions import ADD as SAMPLE
from app.views.common.sample_actions import REMOVE as NO_SAMPLE


@pytest.fixture
def page(window, until):
    """The contacts page of a workspace in which nothing was ever done."""
    page = window.page(Place.CONTACTS)
    until(lambda: page.beginning.is_welcome)
    return page


@pytest.fixture
def sampled(window, page, until):
    """The same after the sample was asked for."""
    page.beginning.welcome.sample.click()
    until(window.sample.isVisible)
    until(lambda: len(page.model.ids) == window.sample.state.contacts)
    return window


def test_a_new_workspace_offers_three_ways_to_begin(page, window, until):
    page.beginning.welcome.import_.click()
    assert window.place is Place.IMPORT
    window.show_place(Place.CONTACTS)
    until(lambda: page.beginning.is_welcome)
    page.beginning.welcome.empty.click()
    assert page.beginning.empty.isVisible()


def test_who_started_empty_is_not_welcomed_again(page, open_window, until):
    page.beginning.welcome.empty.click()
    page.desk.memory.flush()
    until(lambda: not page.desk.calls.waiting)
    again = open_window().page(Place.CONTACTS)
    until(again.beginning.isVisible)
    assert not again.beginning.is_welcome


def test_the_sample_fills_the_list_below_a_ribbon(sampled):
    assert "464 made-up contacts" in sampled.sample.words.text()
    assert not sampled.page(Place.CONTACTS).beginning.isVisible()
    assert not sampled.desk.actions.available(SAMPLE)
    assert sampled.desk.actions.available(NO_SAMPLE)


def test_removing_it_leaves_an_empty_page_and_ctrl_z_brings_it_back(sampled, until):
    page = sampled.page(Place.CONTACTS)
    before = list(page.model.ids)
    sampled.sample.remove.click()
    until(lambda: page.beginning.empty.isVisible())
    assert not sampled.sample.isVisible()
    assert (sampled.toast.text, sampled.toast.button.text()) == ("Remove the sample data", "Undo")
    sampled.desk.undo()
    until(sampled.sample.isVisible)
    until(lambda: list(page.model.ids) == before)


def test_whoever_changed_some_of_it_is_asked_whether_these_go_too(sampled, app, until):
    page = sampled.page(Place.CONTACTS)
    app.contacts.change(page.model.ids[0], {"company": "Acme"})
    until(lambda: sampled.sample.state.changed == 1)
    popover = sampled.sample.ask()
    popover.content.others.click()
    until(lambda: len(page.model.ids) == 1)
    assert sampled.sample.isVisible()


def test_own_contacts_stay_when_the_sample_goes(sampled, app, until):
    page = sampled.page(Place.CONTACTS)
    own = app.contacts.add({"first_name": "Ada"}).id
    until(lambda: own in page.model.ids)
    sampled.desk.actions.run(NO_SAMPLE)
    until(lambda: list(page.model.ids) == [own])


def test_a_second_click_while_it_comes_does_not_bring_it_twice(window, page, app, until):
    window.sample.add()
    window.sample.add()
    until(window.sample.isVisible)
    until(lambda: not window.desk.calls.waiting)
    assert len([job for job in app.jobs.views() if job.kind == "import"]) == 1
