"""The connections: how each is, what it lacks, the last fortnight, and how a key is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.core.errors import OutsideError, OutsideKind
from app.services.exporting import RunView
from app.services.secrets import KeyringState
from app.views.common.places import Place
from app.views.connections.activity import DAYS, Day, activity_of
from app.views.shell.actions import GO

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def run(days_ago: float, **counts: int) -> RunView:
    return RunView(1, None, "hubspot", "Portal", NOW - timedelta(days=days_ago), counts)


@pytest.mark.parametrize(
    ("counts", "day"),
    [
        ({"ok": 5}, Day.DELIVERED),
        ({"ok": 0}, Day.DELIVERED),
        ({"ok": 5, "failed": 1}, Day.IN_PART),
        ({"ok": 0, "failed": 2}, Day.FAILED),
        ({"ok": 5, "ambiguous": 1}, Day.IN_PART),
        ({"create": 3}, Day.IN_PART),
    ],
)
def test_a_day_has_the_colour_of_how_it_went(counts, day):
    assert activity_of([run(0, **counts)], NOW).days[-1] is day


def test_the_worst_of_a_day_is_shown_and_older_runs_are_forgotten():
    found = activity_of([run(1, ok=5), run(1, failed=2), run(20, ok=1)], NOW)
    assert found.days[-2] is Day.FAILED
    assert found.days.count(Day.NONE) == DAYS - 1
    assert (found.runs, found.words) == (2, "2 exports, 1 in part")


def test_words_say_what_the_squares_show():
    assert activity_of([], NOW).words == "No exports yet"
    assert activity_of([run(30, ok=1)], NOW).words == "No exports in 14 days"
    assert activity_of([run(2, ok=1)], NOW).words == "1 export, all delivered"


def test_the_card_names_account_quota_pace_and_where_the_key_is_kept(card, until):
    card.test.click()
    until(lambda: card.notice.text().startswith("Connected to HubSpot account"))
    said = card.facts.text()
    assert "Requests today: 249,998 of 250,000 left" in said
    assert "Rate limit: 100 in 10 s" in said
    assert "Key: From CAPTELY_HUBSPOT_KEY" in said
    assert "Last check: Today" in said


def test_the_scopes_that_a_key_lacks_are_named(card, until, app, monkeypatch):
    def refuse(name):
        connector = app.connections.open(name)
        error = OutsideError(
            "The HubSpot key may not do this.",
            "Give the key these scopes: crm.objects.contacts.write",
            kind=OutsideKind.PERMISSION,
        )
        app.connections.report(name, connector, error)
        connector.close()
        raise error

    monkeypatch.setattr(app.connections, "test", refuse)
    card.test.click()
    until(lambda: card.pill.text == "Needs attention")
    assert card.cause.text() == "The HubSpot key may not do this."
    assert "crm.objects.contacts.write" in card.hint.text()


def test_test_all_asks_every_connected_tool(window, card, until):
    page = window.page(Place.CONNECTIONS)
    page.test_all.click()
    until(lambda: card.notice.text().startswith("Connected to"))


def test_a_broken_connection_is_told_above_the_cards_and_stops_an_export_at_once(
    people, window, card, until, app, monkeypatch
):
    connector = app.connections.open("hubspot")
    app.connections.report(
        "hubspot", connector, OutsideError("The key is revoked.", kind=OutsideKind.AUTH)
    )
    connector.close()
    window.show_place(Place.CONNECTIONS)
    page = window.page(Place.CONNECTIONS)
    until(lambda: "HubSpot takes nothing now" in page.notice.text())
    window.show_place(Place.EXPORTS)
    exports = window.page(Place.EXPORTS)
    exports.to_connector()
    until(lambda: "The key is revoked." in exports.runs.notice.text())
    exports.runs.notice._action.click()
    assert window.place is Place.CONNECTIONS


def test_without_a_keyring_there_are_two_choices_and_the_keyring_is_looked_for_again(
    window, card, until, app, monkeypatch
):
    vault = window.page(Place.CONNECTIONS).vault
    assert vault.isVisible()
    assert vault.session.isChecked()
    assert not vault.passphrase.isVisible()
    vault.seal.click()
    assert vault.passphrase.isVisible()
    monkeypatch.setattr(
        app.secrets, "available", lambda again=False: KeyringState(ok=True, backend="a keyring")
    )
    vault.again.click()
    until(lambda: not vault.isVisible())


def test_the_page_is_reached_by_its_action(window):
    assert window.desk.actions.run(GO[Place.CONNECTIONS])
    assert window.place is Place.CONNECTIONS
