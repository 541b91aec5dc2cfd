"""The window around the pages: navigation, toasts, background jobs, crash notice, memory."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.bootstrap import build
from app.core.actor import Origin
from app.core.errors import Busy, CaptelyError, StorageError
from app.core.paths import Workspace
from app.services.jobs import JobState
from app.views import desktop
from app.views.common.desk import Toast
from app.views.common.labels import Label
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.shell.crash import report_of
from app.views.shell.refusal import RefusalDialog
from app.views.shell.ribbon import SandboxRibbon
from app.views.shell.window_state import WindowState
from main import main


def test_every_place_of_the_sidebar_leads_to_its_page(window):
    for place, item in window.sidebar.items.items():
        item.click()
        assert window.place is place
        assert window.pages.currentWidget() is window.page(place)
        assert item.isChecked()


def test_only_a_practice_workspace_carries_the_ribbon(window, tmp_path):
    assert window.findChildren(SandboxRibbon)
    app = build(Workspace(tmp_path / "real"), origin=Origin.UI)
    real = desktop.make_window(app)
    assert not real.findChildren(SandboxRibbon)
    real.close()
    app.close()
    shiboken6.delete(real)


def test_the_keyboard_reaches_search_import_and_a_new_contact(people, window):
    window.show_place(Place.SETTINGS)
    QTest.keySequence(window, QKeySequence("Ctrl+F"))
    contacts = window.page(Place.CONTACTS)
    assert window.place is Place.CONTACTS
    assert contacts.search.hasFocus()
    QTest.keySequence(window, QKeySequence("Ctrl+N"))
    assert contacts.drawer.is_editing
    QTest.keySequence(window, QKeySequence("Ctrl+I"))
    assert window.place is Place.IMPORT


def test_a_small_window_keeps_only_the_icons_of_the_sidebar(window):
    window.resize(1024, 640)
    assert window.sidebar.width() == 56
    assert window.sidebar.items[Place.CONTACTS].toolTip() == "Contacts"
    window.resize(1280, 800)
    assert window.sidebar.width() == 220


def test_undo_and_redo_answer_each_other(people, window, app, until):
    app.contacts.change(people[0], {"title": "Countess"})
    window.desk.undo()
    until(lambda: window.toast.button.text() == "Redo")
    assert app.contacts.get(people[0]).values["title"] is None
    window.toast.button.click()
    until(lambda: app.contacts.get(people[0]).values["title"] == "Countess")


def test_nothing_to_undo_is_said_in_words(window, until):
    window.desk.undo()
    until(lambda: "nothing to undo" in window.toast.text)


def test_the_toast_stays_while_it_is_pointed_at(window):
    window.toast.show_toast(Toast("Saved", "Undo", lambda: None))
    assert window.toast._timer.interval() == 10_000
    at = QPointF(1, 1)
    window.toast.enterEvent(QEnterEvent(at, at, at))
    assert not window.toast._timer.isActive()
    window.toast.leaveEvent(QEvent(QEvent.Type.Leave))
    assert window.toast._timer.isActive()


def test_a_toast_without_an_action_goes_sooner(window):
    window.toast.show_toast(Toast("Copied"))
    assert window.toast._timer.interval() == 6_000
    assert not window.toast.button.isVisible()


def test_an_error_that_no_page_shows_becomes_a_toast_with_its_next_step(window, until):
    def fail() -> None:
        raise Busy("The database is busy.", "Try again in a moment.")

    window.desk.calls.edit(window, fail, lambda _none: None)
    until(lambda: window.toast.text == "The database is busy. Try again in a moment.")


def test_a_job_that_was_interrupted_waits_in_the_strip_for_a_decision(window, app, until):
    app.jobs.register("nap", lambda context: {})
    job = app.jobs.create("nap", "Import of messe.csv", {}, total=10)
    app.jobs.pause(job)
    window.strip.load()
    until(lambda: job in window.strip.lines)
    line = window.strip.lines[job]
    assert window.strip.isVisible()
    assert line.resume.isVisible()
    assert not line.pause.isVisible()
    line.cancel.click()
    until(lambda: app.jobs.view(job).state is JobState.CANCELLED)
    until(lambda: not window.strip.isVisible())


def test_a_paused_job_goes_on_from_the_strip(window, app, until):
    app.jobs.register("nap", lambda context: {"done": True})
    job = app.jobs.create("nap", "Import of messe.csv", {})
    app.jobs.pause(job)
    until(lambda: job in window.strip.lines)
    window.strip.lines[job].resume.click()
    until(lambda: app.jobs.view(job).state is JobState.DONE)
    until(lambda: job not in window.strip.lines)


def test_a_job_that_fails_after_resuming_says_why(window, app, until):
    def fail(_context):
        raise StorageError("The disk is full.", "Free some space.")

    app.jobs.register("nap", fail)
    job = app.jobs.create("nap", "Import of messe.csv", {})
    app.jobs.pause(job)
    until(lambda: job in window.strip.lines)
    window.strip.lines[job].resume.click()
    until(lambda: window.toast.text == "The disk is full. Free some space.")


def test_size_and_page_are_remembered(open_window, app, until):
    first = open_window()
    first.resize(1024, 700)
    first.show_place(Place.HISTORY)
    first.close()
    until(lambda: not first.desk.calls.waiting)
    second = open_window()
    assert second.size() == QSize(1024, 700)
    assert second.place is Place.HISTORY


@pytest.mark.parametrize("text", ["", "nonsense", "[1]", '{"place": "attic"}', '{"geometry": 7}'])
def test_a_remembered_window_that_cannot_be_read_is_forgotten(text):
    assert WindowState.read(text).place == "contacts"


def test_a_defect_shows_a_notice_whose_details_hold_no_values(window, until, expect_log, qtbot):
    expect_log("A background call failed")

    def defect() -> None:
        email = "secret@person.example"
        raise KeyError(email)

    window.desk.calls.read(window, defect, lambda _none: None)
    until(lambda: window.crash.notice is not None and window.crash.notice.isVisible())
    notice = window.crash.notice
    notice.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "KeyError" in copied
    assert "secret@person.example" not in copied
    notice.accept()


def test_an_exception_in_the_window_itself_is_caught_too(window, until, expect_log):
    expect_log("Uncaught in the window")
    window.crash.install()
    try:
        raise RuntimeError("boom")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    until(lambda: window.crash.notice is not None and window.crash.notice.isVisible())
    window.crash.notice.accept()
    window.crash.remove()
    assert "boom" not in report_of(RuntimeError("boom"))


def test_a_workspace_that_cannot_be_opened_is_explained(qtbot):
    desktop.prepare_application()
    error: CaptelyError = StorageError("The folder cannot be used.", "Choose another folder.")
    dialog = RefusalDialog(error)
    qtbot.addWidget(dialog)
    words = [label.text() for label in dialog.findChildren(Label)]
    assert "The folder cannot be used." in words
    assert "Choose another folder." in words


def test_without_a_display_one_line_names_the_commands(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("QT_QPA_PLATFORM")
    assert desktop.open_window() == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "--help" in said


def test_the_demo_without_a_display_leaves_pictures(people, app, workspace, monkeypatch, capsys):
    app.close()
    monkeypatch.setattr(desktop, "has_display", lambda: False)
    assert desktop.show_workspace(workspace) == 0
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert {path.stem for path in written} >= {"contacts", "history"}
    assert all(path.stat().st_size > 5_000 for path in written)


def test_the_theme_follows_the_system_until_one_is_chosen(window, monkeypatch):
    look = theme()
    look.use(choice="system")
    light = look.colour("bg.app")
    hints = QGuiApplication.styleHints()
    monkeypatch.setattr("app.views.common.theme._system_is_dark", lambda: True)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert look.colour("bg.app") != light
    look.use(choice="light")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert look.colour("bg.app") == light
    assert QApplication.palette().window().color() == light


@pytest.mark.parametrize("given", [[], ["--workspace", "somewhere"]])
def test_without_a_verb_the_window_opens_on_the_workspace_that_is_named(monkeypatch, given):
    opened = []
    monkeypatch.setattr(desktop, "open_window", lambda folder: opened.append(folder) or 0)
    monkeypatch.setattr(sys, "argv", ["captely", *given])
    assert main() == 0
    assert opened == given[1:] or opened == [""]


def test_what_another_program_has_changed_is_seen_when_the_window_comes_to_the_front(
    people, window, workspace, until
):
    contacts = window.page(Place.CONTACTS)
    until(lambda: len(contacts.model.ids) == len(people))
    window.elsewhere.begin()
    until(lambda: not window.desk.calls.waiting)
    other = build(workspace, origin=Origin.CLI)
    other.contacts.add({"first_name": "Noor", "email": "noor@fjord.example"})
    other.close()
    window.elsewhere.look()
    until(lambda: len(contacts.model.ids) == len(people) + 1)
    assert not window.toast.isVisible()
