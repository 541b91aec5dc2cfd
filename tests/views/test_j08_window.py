"""J8 with trouble in the window: a key that was revoked, an interface turned off, bad contacts."""

from __future__ import annotations

from typing import cast

import pytest

from app.sandbox import Sandbox
from app.sandbox.hubspot import PracticeHubSpot
from app.services.exporting import State
from app.views.common import painting
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.exporting.page import ExportsPage
from app.views.exporting.run_rows import why_of

TROUBLES = [
    ("unauthorized", "HubSpot does not accept the key.", "make a new one"),
    ("gone", "HubSpot does not know this call.", "Install the latest Captely"),
]


@pytest.fixture
def sandbox(monkeypatch) -> list[Sandbox]:
    """Filled with the practice servers of the workspace once it is open."""
    started: list[Sandbox] = []
    start = Sandbox.start

    def remember(self):
        started.append(self)
        return start(self)

    monkeypatch.setattr(Sandbox, "start", remember)
    return started


@pytest.fixture
def hubspot(sandbox, app) -> PracticeHubSpot:
    return cast("PracticeHubSpot", sandbox[0].practice("hubspot"))


def writes(sandbox: list[Sandbox]) -> int:
    return sum(call["path"].endswith("/batch/upsert") for call in sandbox[0].requests())


@pytest.fixture
def page(hubspot, people, window) -> ExportsPage:
    window.show_place(Place.EXPORTS)
    return window.page(Place.EXPORTS)


@pytest.mark.parametrize(("scenario", "cause", "next_step"), TROUBLES)
def test_the_connection_is_red_before_anything_is_sent(
    page, window, until, hubspot, sandbox, scenario, cause, next_step
):
    hubspot.play(scenario)
    page.to_connector()
    until(lambda: cause in page.plan.notice.text())
    assert next_step in page.plan.notice.text()
    assert not page.plan.send.isEnabled()

    window.show_place(Place.CONNECTIONS)
    connections = window.page(Place.CONNECTIONS)
    until(lambda: "hubspot" in connections.cards and connections.notice.text())
    card = connections.cards["hubspot"]
    assert (card.pill.text, card.pill.tone) == ("Needs attention", Tone.DANGER)
    assert card.cause.text() == cause
    assert next_step in card.hint.text()
    assert "HubSpot takes nothing now" in connections.notice.text()
    assert not card.export.isEnabled()

    # The next export is stopped before a call is made.
    calls = len(sandbox[0].requests())
    window.show_place(Place.EXPORTS)
    page.show_runs()
    page.to_connector()
    until(lambda: cause in page.runs.notice.text())
    assert page.stack.currentWidget() is page.runs
    assert (len(sandbox[0].requests()), writes(sandbox)) == (calls, 0)


@pytest.mark.parametrize(("scenario", "cause", "next_step"), TROUBLES)
def test_trouble_after_the_dry_run_sends_no_more_and_loses_nothing(
    page, window, until, hubspot, sandbox, scenario, cause, next_step
):
    page.to_connector()
    until(lambda: page.plan.plan is not None)
    hubspot.play(scenario)
    page.plan.send.click()
    until(lambda: cause in page.detail.notice.text())
    assert next_step in page.detail.notice.text()
    assert not hubspot.book.all()
    until(lambda: page.detail.resume.isVisible())

    # Put right, it goes on where it stopped.
    hubspot.play("normal")
    window.show_place(Place.CONNECTIONS)
    card = window.page(Place.CONNECTIONS).cards
    until(lambda: "hubspot" in card and card["hubspot"].pill.text == "Needs attention")
    card["hubspot"].test.click()
    until(lambda: card["hubspot"].pill.text == "Connected")
    window.show_place(Place.EXPORTS)
    page.detail.resume.click()
    until(lambda: page.detail._states.get(State.OK) == 5)
    assert [stored.writes for stored in hubspot.book.all()] == [1] * 5


@pytest.mark.parametrize("percent", [100, 125])
def test_why_a_contact_failed_can_be_read_whole(page, window, until, hubspot, monkeypatch, percent):
    theme().use(percent=percent)
    window.resize(1024, 640)
    hubspot.play("partial")
    page.to_connector()
    until(lambda: page.plan.plan is not None)
    page.plan.send.click()
    until(lambda: page.detail.run is not None and page.detail.panel.isVisible())
    detail = page.detail
    until(lambda: detail.model.row(0) is not None)
    for place in range(detail.model.rowCount()):
        detail.table.select(place)
        until(lambda at=place: detail.panel.who.text() == detail.model.row(at).email)
        why = detail.panel.why
        assert why.text() == why_of(detail.model.row(place))
        assert why.height() >= why.heightForWidth(why.width())
        assert not why.visibleRegion().isEmpty()
    # The list gives it two lines, in which the cause is whole.
    cuts: list[painting.Cut] = []
    monkeypatch.setattr(painting, "audit", cuts)
    window.grab()
    assert detail.model.cell(0, detail.model.columns[2]).lines == 2
    assert detail.table.row_height >= theme().px(40)
    assert not [cut for cut in cuts if cut.text == detail.model.row(0).message]
