"""The second step of an import where room is scarce: words are whole, options have their place."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.core.paths import resources
from app.core.settings import FONT_SIZE, LANGUAGE
from app.core.text import use_language
from app.views.common import painting
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.importing.mapping_step import COLUMNS, OPTIONS
from app.views.importing.mapping_table import _first_whole, _sure_width

ASKING = "Vorname,Nachname,E-Mail,Letzter Kontakt\nJürgen,Groß,j.gross@gross.example,03/04/2026\n"


@pytest.fixture
def french(app):
    """A window in French with larger text."""
    app.settings.set(LANGUAGE, "fr")
    app.settings.set(FONT_SIZE, 125)
    yield
    use_language("en", resources() / "locales")


def mapping(window, until, path):
    page = window.page(Place.IMPORT)
    window.show_place(Place.IMPORT, path)
    until(lambda: page.has_preview)
    page.next.click()
    # The step is laid out anew with its first sight.
    QApplication.processEvents()
    return page.mapping


@pytest.mark.parametrize("size", [(1024, 640), (1280, 800)])
def test_in_french_with_larger_text_words_and_samples_are_whole(
    french, open_window, until, monkeypatch, size
):
    window = open_window()
    window.resize(*size)
    step = mapping(window, until, resources() / "samples" / "contacts.csv")
    cuts: list[painting.Cut] = []
    monkeypatch.setattr(painting, "audit", cuts)
    window.grab()
    entries, table = step.model.entries, step.table
    cut = {each.text for each in cuts}
    assert not cut & {words for e in entries for words in (e.name, e.field_words, e.words)}
    keys = [column.key for column in step.model.columns]
    room = table.columnWidth(keys.index("sure")) - 24
    assert all(_sure_width(entry) <= room for entry in entries)
    samples = table.columnWidth(keys.index("samples")) - 24
    shown = [_first_whole(entry.samples, samples) for entry in entries]
    assert not cut & {said for said in shown if ", " in said}
    assert sum(", " in said for said in shown) > len(shown) / 2


def test_in_a_small_window_the_options_are_a_view_of_their_own(window, until, tmp_path):
    theme().use(percent=125)
    window.resize(1024, 640)
    (tmp_path / "list.csv").write_text(ASKING)
    step = mapping(window, until, tmp_path / "list.csv")
    # An open question comes first, with the keyboard on its first answer.
    assert step.stack.currentIndex() == OPTIONS
    assert step.views[OPTIONS].accessibleName() == "Options, 1"
    card = step.options.questions["Letzter Kontakt"]
    assert card.isVisible()
    card.radios["dmy"].click()
    assert step.views[OPTIONS].accessibleName() == "Options"
    step.views[COLUMNS].click()
    assert step.table.isVisible()
    assert not step.options.isVisible()

    window.resize(1600, 900)
    until(step.options.isVisible)
    assert step.table.isVisible()
    assert not step.views[COLUMNS].isVisible()
    window.resize(1024, 640)
    until(lambda: not step.options.isVisible())


def test_one_line_holds_the_samples_where_it_holds_several():
    wide = painting.text_width("Ada, Grace, Z", painting.Role.BODY)
    assert _first_whole("Ada, Grace, Zoë, Katherine", wide) == "Ada, Grace"
    # One alone is little to go by: then there are two lines.
    narrow = painting.text_width("Katherine,", painting.Role.BODY) + 1
    assert _first_whole("Katherine, Hedwig, Zoë", narrow) == "Katherine, Hedwig"
    # A value stays in one line.
    assert _first_whole("Ada Lovelace, Zoë", 2 * wide) == "Ada\N{NO-BREAK SPACE}Lovelace, Zoë"
