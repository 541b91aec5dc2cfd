"""What is begun and not finished outlives the window, and the process too, and can be let go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.settings import DEFAULT_COUNTRY, ON_DUPLICATE
from app.services.drafts import BULK, CONTACT, FIELD, IMPORT, Drafts
from app.views.common.places import Place
from app.views.importing.steps import MAPPING, REVIEW

TYPE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from app.core.paths import Workspace
from app.views.desktop import open_workspace
workspace = Workspace(Path(sys.argv[1]))
app, window = open_workspace(workspace)
from PySide6.QtWidgets import QApplication
page = window.page(window.place)
page.drawer.add()
page.drawer.form.editors["first_name"].set_text("Noor")
while not (workspace.drafts / "contact.json").exists():
    QApplication.processEvents()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def reopened(window, open_window, until):
    """Closes the window and opens it again at a place."""

    def again(place):
        window.close()
        until(lambda: not window.desk.calls.waiting)
        opened = open_window()
        opened.show_place(place)
        return opened.page(place)

    return again


@pytest.fixture
def listed(tmp_path):
    file = tmp_path / "fair.csv"
    file.write_text("First name,Where from,E-mail\nAda,Kiel,ada@x.example\nBo,Bonn,bo@\n")
    return file


@pytest.fixture
def mapped(window, listed, until):
    """An import at the mapping, with a column mapped by hand."""
    window.show_place(Place.IMPORT)
    page = window.page(Place.IMPORT)
    page.choose(listed)
    until(lambda: page.next.isVisible() and page.next.isEnabled())
    page.next.click()
    page.mapping.choose("Where from", "city")
    return page


def test_a_form_that_was_left_open_is_there_again(people, window, reopened, until):
    page = window.page(Place.CONTACTS)
    page.drawer.add()
    page.drawer.form.editors["first_name"].set_text("Noor")
    again = reopened(Place.CONTACTS)
    assert again.drawer.is_editing
    assert again.drawer.form.editors["first_name"].text() == "Noor"


def test_a_form_outlives_a_kill(window, workspace, until):
    folder = workspace.folder.with_name("Killed")
    ended = subprocess.run(
        [sys.executable, "-c", TYPE_AND_DIE, str(folder)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    kept = Drafts(type(workspace)(folder).drafts).get(CONTACT)
    assert kept["first_name"] == "Noor"


def test_a_saved_or_discarded_form_leaves_no_draft(people, window, app, until):
    page, drafts = window.page(Place.CONTACTS), window.desk.drafts
    page.drawer.add()
    page.drawer.form.editors["first_name"].set_text("Noor")
    assert drafts.get(CONTACT)["first_name"] == "Noor"
    page.drawer.form.submit()
    until(lambda: page.drawer.contact is not None)
    assert drafts.get(CONTACT) == {}
    page.drawer.add()
    page.drawer.form.editors["first_name"].set_text("Bo")
    page.drawer.form.editors["first_name"].set_text("")
    assert drafts.get(CONTACT) == {}


def test_an_import_in_preparation_is_offered_again_and_goes_on_where_it_was(
    mapped, reopened, until
):
    again = reopened(Place.IMPORT)
    assert again.keeping.card.isVisible()
    assert again.keeping.card.name.text() == "fair.csv"
    again.keeping.card.go_on.click()
    until(lambda: again.at(MAPPING))
    assert again.draft.mapped == {
        "First name": "first_name", "Where from": "city", "E-mail": "email"
    }  # fmt: skip
    assert not again.keeping.card.isVisible()


def test_one_that_was_at_the_review_makes_its_plan_anew(mapped, reopened, until):
    mapped.next.click()
    until(lambda: mapped.plan is not None)
    again = reopened(Place.IMPORT)
    again.keeping.card.go_on.click()
    until(lambda: again.plan is not None)
    assert again.at(REVIEW)
    assert again.plan.counts.rejected == 1


def test_it_can_be_discarded(mapped, reopened, until):
    again = reopened(Place.IMPORT)
    again.keeping.card.discard.click()
    assert not again.keeping.card.isVisible()
    assert again.desk.drafts.get(IMPORT) == {}


def test_a_list_that_is_gone_is_not_offered(mapped, listed, reopened):
    listed.unlink()
    assert not reopened(Place.IMPORT).keeping.card.isVisible()


def test_another_list_of_that_name_keeps_the_mapping_but_no_single_cells(mapped, listed, until):
    fixes = mapped.draft.fixes.without_line(3)
    mapped.draft.fixes = fixes
    mapped.keeping.keep()
    listed.write_text(listed.read_text() + "Cy,Rom,cy@x.example\n")
    mapped.keeping.resume()
    until(lambda: mapped.draft.preview is not None)
    assert mapped.draft.mapping == {"Where from": "city"}
    assert mapped.draft.fixes.dropped == ()


def test_an_import_that_is_done_leaves_no_draft(mapped, until):
    mapped.next.click()
    until(lambda: mapped.plan is not None)
    mapped.next.click()
    until(lambda: mapped.run.result)
    assert mapped.desk.drafts.get(IMPORT) == {}


def test_a_list_that_was_pasted_is_kept_for_its_draft(window, app, until):
    pasted = app.importing.correcting.paste("Name\tMail\nAda\ta@x.example\nBo\tb@x.example\n", "")
    app.drafts.keep(IMPORT, {"path": str(pasted)})
    app._recover_imports()
    assert pasted.exists()
    app.drafts.drop(IMPORT)
    app._recover_imports()
    assert not pasted.exists()


def test_a_mapping_that_was_not_saved_comes_back_in_the_editor(people, window, reopened, until):
    def editor(page):
        page.to_connector()
        until(lambda: page.plan.plan is not None)
        page.plan.mapping_wished.emit()
        until(lambda: page.mapping.editor.editing is not None)
        until(lambda: not page.desk.calls.waiting)
        return page.mapping

    window.show_place(Place.EXPORTS)
    view = editor(window.page(Place.EXPORTS))
    saved = view.editor.draft.rules
    view.editor.remove(view.editor.draft.rules[-1])
    changed = view.editor.draft.rules
    again = editor(reopened(Place.EXPORTS))
    assert again.editor.draft.rules == changed
    assert "not saved yet" in again.notice.text()
    again.notice._run_action()
    assert again.editor.draft.rules == saved
    assert again._desk.drafts.get("mapping.hubspot") == {}


def test_a_disk_that_refuses_a_draft_is_told_once(people, window, workspace, until):
    Path(workspace.drafts).write_text("")
    page = window.page(Place.CONTACTS)
    page.drawer.add()
    for name in ("Noor", "Noora"):
        page.drawer.form.editors["first_name"].set_text(name)
        window.desk.drafts.flush()
        until(lambda: not window.desk.calls.waiting)
    assert "cannot be kept" in window.toast.text
    assert len(window.toast.stack) == 1


KILLED_IN_A_DIALOG = """
import os, signal, sys
from pathlib import Path
from app.core.paths import Workspace
from app.views.common.places import Place
from app.views.desktop import open_workspace
workspace = Workspace(Path(sys.argv[1]))
app, window = open_workspace(workspace)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
page = window.page(window.place)
while not page.model.ids:
    QApplication.processEvents()
page.model.checks.add(page.model.ids)
form = page.bulk.ask_fields(page.checked()).form
form.show_field("title")
QTest.keyClicks(form.line, "Head of Sales")
window.show_place(Place.VOCABULARY)
fields = window.page(Place.VOCABULARY).fields
fields.add()
QTest.keyClicks(fields.card.name, "Budget")
while not all((workspace.drafts / name).exists() for name in ("bulk.json", "field.json")):
    QApplication.processEvents()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_typed_in_a_dialog_and_a_card_outlives_a_kill(
    people, app, workspace, open_window, until
):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", KILLED_IN_A_DIALOG, str(workspace.folder)]
    ended = subprocess.run(command, env=environment, cwd=Path(__file__).parents[2])
    assert ended.returncode == -signal.SIGKILL
    window = open_window()
    page = window.page(Place.CONTACTS)
    until(lambda: page.model.ids)
    page.model.checks.add(page.model.ids[:2])
    dialog = page.bulk.ask_fields(page.checked())
    assert dialog.form.line.text() == "Head of Sales"
    assert window.toast.text == "What you had typed is back."
    window.show_place(Place.VOCABULARY)
    fields = window.page(Place.VOCABULARY).fields
    fields.add()
    assert fields.card.name.text() == "Budget"


def test_what_was_given_up_in_a_dialog_or_a_card_does_not_come_back(people, window, app, until):
    page = window.page(Place.CONTACTS)
    until(lambda: page.model.ids)
    page.model.checks.add(page.model.ids)
    dialog = page.bulk.ask_fields(page.checked())
    dialog.form.show_field("title")
    dialog.form.line.setText("Head of Sales")
    dialog.form.changed.emit()
    assert window.desk.drafts.get(BULK)["text"] == "Head of Sales"
    dialog.reject()
    assert window.desk.drafts.get(BULK) == {}
    window.show_place(Place.VOCABULARY)
    card = window.page(Place.VOCABULARY).fields.card
    window.page(Place.VOCABULARY).fields.add()
    card.name.setText("Budget")
    card.typed.emit()
    assert window.desk.drafts.get(FIELD)["name"] == "Budget"
    card.cancel.click()
    assert window.desk.drafts.get(FIELD) == {}


def test_a_kept_import_that_cannot_be_read_begins_as_a_fresh_one(window, app, listed, until):
    app.settings.set(DEFAULT_COUNTRY, "FR")
    app.settings.set(ON_DUPLICATE, "update")
    window.desk.drafts.keep(IMPORT, {"path": str(listed), "options": "of another version"})
    window.show_place(Place.IMPORT)
    page = window.page(Place.IMPORT)
    page.keeping.resume()
    until(lambda: page.has_preview)
    assert (page.draft.default_country, page.draft.on_duplicate) == ("FR", "update")
