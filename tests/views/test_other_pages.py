"""Connections and history: each shows what is and changes it at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from app.views.common.places import Place
from app.views.history.rows import row_of, words_of


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
    assert history.model.index(0, 2).data() == "Can be undone"


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


def labels(history) -> list[str]:
    return [history.model.index(row, 0).data() for row in range(history.model.rowCount())]


def test_the_history_is_searched_by_words_and_cleared(history, app, people, until):
    app.contacts.delete(people[:2])
    until(lambda: history.model.rowCount() == 6)
    history.search.setText("DELETE")
    until(lambda: history.model.rowCount() == 1)
    assert "2" in labels(history)[0]
    history.search.setText("zzzz")
    until(lambda: history.list.currentWidget() is history.no_match)
    history.clear_button.click()
    until(lambda: history.model.rowCount() == 6)
    assert history.search.text() == ""


def test_the_history_is_filtered_by_kind_which_is_remembered(history, app, window, until):
    app.tags.create("messe")
    until(lambda: history.model.rowCount() == 6)
    history.tabs[3].click()
    until(lambda: history.model.rowCount() == 1)
    assert window.desk.memory.get("history") == {"kind": 3}
    history.tabs[1].click()
    until(lambda: history.list.currentWidget() is history.no_match)


def test_only_when_several_people_changed_something_one_can_be_chosen(
    history, app, until, monkeypatch
):
    assert not history.actor.isVisible()
    monkeypatch.setattr(type(app.history), "actors", lambda _history: ["ann", "ben"])
    history.visit()
    until(history.actor.isVisible)
    history.actor.choose("ben")
    history.visit()
    until(lambda: history.list.currentWidget() is history.no_match)


def test_what_was_undone_is_redone_from_the_history_whichever_it_was(history, app, people, until):
    app.contacts.change(people[0], {"title": "Countess"})
    app.contacts.change(people[1], {"title": "Doctor"})
    until(lambda: history.model.rowCount() == 7)
    for row in (1, 0):
        app.operations.undo(history._entries[row].id)
    until(lambda: history.model.rowCount() == 9)
    history.table.select(3)
    assert history.said.text() == "Taken back. Redo does it again."
    history.redo.click()
    until(lambda: app.contacts.get(people[0]).values["title"] == "Countess")
    assert app.contacts.get(people[1]).values["title"] is None


def test_the_history_says_what_an_undo_would_do_and_what_stays(history, app, people, until):
    history.table.select(0)
    until(lambda: history.said.text() == "Undo puts 1 row back.")


def test_letters_undo_redo_and_search_in_the_history(history, app, people, window, until):
    history.table.setFocus()
    history.table.select(0)
    QTest.keySequence(history.table, QKeySequence("U"))
    until(lambda: app.contacts.get(people[-1]).deleted)
    until(lambda: history.redo.isEnabled())
    QTest.keySequence(history.table, QKeySequence("R"))
    until(lambda: not app.contacts.get(people[-1]).deleted)
    QTest.keySequence(history.table, QKeySequence("F"))
    assert history.search.hasFocus()
    QTest.keyClicks(history.search, "u")
    assert history.search.text() == "u"


def test_what_is_final_says_so_before(history):
    entry = replace(history._entries[0], undoable=False)
    assert words_of(entry).startswith("Final: what was sent")
    assert row_of(entry, entry.at)[2].text == "Final"
