"""When HubSpot says no: the window says why, what next, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.clock import SystemClock
from app.core.paths import Workspace
from app.sandbox import Sandbox
from app.views.common.places import Place


@pytest.fixture
def workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Workspace]:
    """A real workspace whose HubSpot is a practice server in the named scenario."""
    sandbox = Sandbox(tmp_path, SystemClock(), {"hubspot": request.param})
    monkeypatch.setenv("CAPTELY_HUBSPOT_URL", sandbox.start()["hubspot"])
    monkeypatch.setenv("CAPTELY_CLOCK_SPEED", "50")
    yield Workspace(tmp_path / "real")
    sandbox.stop()


def enter_key(card, until) -> None:
    card.key.setText("pat-eu1-0123456789abcdef")
    card.save.click()
    until(lambda: card.pill.text not in ("Not connected", "Not tested"))


@pytest.mark.parametrize("workspace", ["unauthorized"], indirect=True)
def test_a_refused_key_is_told_with_its_next_step_and_can_be_forgotten(card, until, app):
    enter_key(card, until)
    assert card.pill.text == "Needs attention"
    assert card.key.text() == ""
    until(lambda: "does not accept the key" in card.cause.text())
    assert "make a new one in HubSpot" in card.hint.text()
    assert not card.export.isEnabled()
    card.ask_to_forget()
    assert "cannot be undone" in card.notice.text()
    assert app.secrets.where("hubspot") is not None
    card.notice._action.click()
    until(lambda: card.pill.text == "Not connected")
    assert app.secrets.where("hubspot") is None


@pytest.mark.parametrize("workspace", ["normal"], indirect=True)
def test_a_working_key_is_stored_and_names_its_account(card, until, app):
    enter_key(card, until)
    assert card.pill.text == "Connected"
    assert app.secrets.where("hubspot") is not None


@pytest.mark.parametrize("workspace", ["normal"], indirect=True)
def test_an_export_without_a_key_leads_to_the_connections(people, window, until):
    window.show_place(Place.EXPORTS)
    page = window.page(Place.EXPORTS)
    page.to_connector()
    until(lambda: "not connected" in page.runs.notice.text())
    page.runs.notice.offer("Enter its key", lambda: window.desk.go(Place.CONNECTIONS)).click()
    assert window.place is Place.CONNECTIONS


@pytest.mark.parametrize("workspace", ["bad_row_named"], indirect=True)
def test_contacts_that_were_refused_are_listed_with_reasons_and_can_be_retried(
    people, card, window, until
):
    enter_key(card, until)
    window.show_place(Place.EXPORTS)
    page = window.page(Place.EXPORTS)
    page.to_connector()
    until(lambda: page.plan.plan is not None)
    page.plan.send.click()
    until(lambda: page.detail.run is not None)
    failed = page.detail.figures.figures["failed"].number
    assert failed > 0
    assert page.detail.retry.isVisible()
    until(lambda: page.detail.model.rowCount() == failed)
    until(lambda: page.detail.model.index(0, 1).data() == "Failed")
    assert page.detail.model.index(0, 2).data() not in ("", "—")
    first = page.detail.run
    page.detail.retry.click()
    until(lambda: page.detail.run not in (None, first))
