"""Connections and history: each shows what is and changes it at once."""

from __future__ import annotations

import pytest

from app.views.common.places import Place


def test_test_names_the_account_that_the_key_opens(card, until):
    card.test.click()
    until(lambda: card.notice.text().startswith("Connected to HubSpot account"))
    assert card.pill.text == "Connected"


def test_a_key_of_the_environment_can_neither_be_replaced_nor_forgotten_here(card):
    assert not card.more.isVisible()


def test_without_a_keyring_keys_can_be_sealed_with_a_passphrase(window, card, until, app):
    vault = window.page(Place.CONNECTIONS).vault
    assert vault.isVisible()
    assert vault.session.isChecked()
    assert not vault.passphrase.isVisible()
    vault.seal.click()
    vault.passphrase.setText("short")
    vault.open.click()
    until(lambda: vault.notice.text())
    vault.passphrase.setText("correct horse battery staple")
    vault.open.click()
    until(lambda: not vault.isVisible())
    assert app.secrets.vault.is_open


@pytest.fixture
def history(people, window, until):
    window.show_place(Place.HISTORY)
    page = window.page(Place.HISTORY)
    until(lambda: page.model.rowCount() == 5)
    return page


def test_the_history_lists_every_operation_newest_first(history, app, people, until):
    app.contacts.delete(people[:2])
    until(lambda: history.model.rowCount() == 6)
    assert "2" in history.model.index(0, 0).data()
    assert history.model.index(0, 2).data() == "Undoable"


def test_any_operation_can_be_undone_from_the_history(history, app, people, until):
    history.table.select(4)
    history.undo.click()
    until(lambda: app.contacts.get(people[0]).deleted)
    until(lambda: "Undone" in [history.model.index(r, 2).data() for r in range(6)])


def test_what_is_undone_cannot_be_undone_again(history, until, app, people):
    app.operations.undo()
    until(lambda: history.model.rowCount() == 6)
    history.table.select(1)
    assert history.model.index(1, 2).data() == "Undone"
    assert history.model.index(0, 2).data() == "An undo"
    assert not history.undo.isEnabled()
    history.table.select(0)
    assert not history.undo.isEnabled()
    assert history.redo.isEnabled()
