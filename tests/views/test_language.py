"""Another language is spoken at once: the window is made anew where it stands, with all in it."""

from __future__ import annotations

import pytest

from app.core.paths import resources
from app.core.settings import LANGUAGE
from app.core.text import use_language
from app.views.common.places import Place
from app.views.importing.steps import MAPPING


@pytest.fixture
def switched(window, until):
    """Chooses a language on the page of settings; the window that follows."""

    def choose(language):
        window.show_place(Place.SETTINGS)
        window.page(Place.SETTINGS).show_section("appearance")
        window.page(Place.SETTINGS).change(LANGUAGE, language)
        until(lambda: window.successor is not None)
        return window.successor

    yield choose
    use_language("en", resources() / "locales")


def test_the_page_in_view_stays_in_view_and_speaks_french(switched, until):
    after = switched("fr")
    assert after.isVisible()
    assert after.place is Place.SETTINGS
    page = after.page(Place.SETTINGS)
    assert (page.header.title.text(), page.shown) == ("Réglages", "appearance")
    assert after.toast.text == "Langue modifiée"


def test_the_contacts_keep_search_drawer_and_selection(people, window, switched, until):
    page = window.page(Place.CONTACTS)
    page.search.setText("a")
    until(lambda: 1 < len(page.model.ids) < 5)
    found = list(page.model.ids)
    page.open_contact(found[1])
    until(lambda: page.drawer.contact is not None)
    page.model.checks.add(found[:1])
    after = switched("fr")
    after.show_place(Place.CONTACTS)
    again = after.page(Place.CONTACTS)
    until(lambda: list(again.model.ids) == found)
    until(lambda: again.drawer.contact is not None)
    assert again.search.text() == "a"
    assert again.drawer.contact.id == found[1]
    assert list(again.checked().ids()) == found[:1]
    until(lambda: "Nouveau" in again.drawer.head.status.accessibleName())


def test_an_import_in_preparation_goes_on(tmp_path, window, switched, until):
    file = tmp_path / "fair.csv"
    file.write_text("First name,E-mail\nAda,ada@x.example\n")
    window.show_place(Place.IMPORT)
    page = window.page(Place.IMPORT)
    page.choose(file)
    until(lambda: page.next.isVisible() and page.next.isEnabled())
    page.next.click()
    after = switched("fr")
    after.show_place(Place.IMPORT)
    again = after.page(Place.IMPORT)
    until(lambda: again.at(MAPPING))
    assert again.draft.path == file


def test_undo_brings_the_former_language_back(switched, app, until):
    after = switched("fr")
    after.toast.button.click()
    until(lambda: after.successor is not None)
    last = after.successor
    assert last.page(Place.SETTINGS).header.title.text() == "Settings"
    assert app.settings.get(LANGUAGE) == "system"


def test_the_window_before_goes_and_hears_nothing_more(switched, window, app, until):
    heard = []
    window.desk.bridge.changed.connect(heard.append)
    after = switched("fr")
    assert not window.isVisible()
    app.contacts.add({"first_name": "Ada"})
    until(lambda: not after.desk.calls.waiting)
    assert heard == []


def test_an_open_edit_is_saved_before(people, window, switched, app, until):
    page = window.page(Place.CONTACTS)
    until(lambda: len(page.model.ids) == 5)
    page.open_contact(people[0])
    until(lambda: page.drawer.contact is not None)
    page.drawer.editing.begin("title")
    page.drawer.editing.edit.editor.set_text("Countess")
    switched("fr")
    assert app.contacts.get(people[0]).values["title"] == "Countess"
