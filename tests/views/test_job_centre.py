"""The job centre: what runs, waits and was, what can be done with it, and jobs after a crash."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtTest import QTest
from sqlalchemy import update

from app.bootstrap import build
from app.core.actor import Origin
from app.core.errors import StorageError
from app.models.jobs import Job
from app.services.jobs import JobProgress, JobState
from app.views.common import announcing
from app.views.common.places import Place
from app.views.desktop import make_window

ENDED = {"started": 1, "ended": 2}


def set_row(app, job: int, **values: object) -> None:
    with app.store.writing("test") as connection:
        connection.execute(update(Job).where(Job.id == job).values(**values))


def killed(app, job: int, **values: object) -> None:
    """As a process that was killed leaves its job behind."""
    set_row(app, job, state="running", lease_owner="host:1:x:y", lease_until=1, **values)


@pytest.fixture
def job(app):
    """Makes jobs of a kind that does nothing."""
    app.jobs.register("nap", lambda context: {"napped": True})
    return lambda label="Import of messe.csv", **more: app.jobs.create("nap", label, {}, **more)


@pytest.fixture
def centre(window, until):
    """Open, with what there is."""

    def opened():
        window.desk.actions.run(
            next(a for a in window.desk.actions.catalogue if a.key == "view.jobs")
        )
        until(lambda: not window.desk.calls.waiting)
        return window.floating.job_centre

    return opened


def labels(centre, *states: JobState) -> list[str]:
    wanted = states or tuple(JobState)
    return [c.view.label for c in centre.cards.values() if c.view.state in wanted]


def test_it_lists_what_runs_what_needs_a_decision_and_what_there_was(app, job, centre):
    killed(app, job("Killed", total=100), done=40)
    app.jobs.pause(job("Paused"))
    set_row(
        app, job("Failed"), state="failed", message="The disk is full. Free some space.", **ENDED
    )
    shown = centre()
    assert set(labels(shown)) == {"Killed", "Paused", "Failed"}
    assert [head.text() for head in shown._heads if not head.isHidden()] == [
        "Needs a decision",
        "Running and waiting",
        "Earlier",
    ]
    cards = {card.view.label: card for card in shown.cards.values()}
    assert cards["Killed"].state.text == "Needs a decision"
    assert cards["Killed"].words.text() == "40 of 100"
    assert cards["Failed"].problem.text() == "The disk is full. Free some space."
    assert cards["Failed"].resume.text() == "Try again"
    assert app.actor.name in cards["Failed"].who.text()


def test_progress_shows_amount_rate_and_time_left(app, job, centre, until):
    number = job("Import", total=100_000)
    shown = centre()
    progress = (number, "nap", "Import", JobState.RUNNING, 12_400, 100_000, 3_100.0, 28.0, "")
    shown._desk.bridge.job_progress.emit(JobProgress(*progress))
    assert shown.cards[number].words.text() == "12,400 of 100,000 · 3,100/s · 28 s left"
    until(shown.cards[number].meter.isVisible)


def test_a_job_is_paused_and_resumed_and_follows_by_itself(app, centre, until):
    go, begun = threading.Event(), threading.Event()

    def work(context):
        for _ in context.each(range(1_000)):
            begun.set()
            if go.wait(0.01):
                return {}
        return {}

    app.jobs.register("work", work)
    number = app.jobs.create("work", "Long work", {})
    shown = centre()
    shown._acts.resume(number)
    until(begun.is_set)
    until(lambda: shown.cards[number].state.text == "Running")
    shown.cards[number].pause.click()
    until(lambda: shown.cards[number].state.text == "Paused")
    go.set()
    shown.cards[number].resume.click()
    until(lambda: shown.cards[number].state.text == "Done")
    assert app.jobs.view(number).state is JobState.DONE


@pytest.mark.parametrize("button", ["pause", "resume", "cancel"])
def test_a_second_click_is_harmless(app, job, centre, until, window, button):
    number = job("Twice")
    if button != "pause":
        app.jobs.pause(number)
    card = centre().cards[number]
    getattr(card, button).click()
    assert not getattr(card, button).isEnabled()
    getattr(window.job_acts, button)(number)
    wanted = {"pause": JobState.PAUSED, "resume": JobState.DONE, "cancel": JobState.CANCELLED}
    until(lambda: app.jobs.view(number).state is wanted[button])
    until(lambda: not window.desk.calls.waiting)
    assert window.toast.text == ""


def test_cancelling_what_has_just_ended_is_no_error(app, job, window, until):
    number = job("Ended")
    app.jobs.run(number)
    window.job_acts.cancel(number)
    until(lambda: not window.desk.calls.waiting)
    assert window.toast.text == ""


def test_what_cannot_be_asked_of_a_job_is_said(app, job, window, until, monkeypatch):
    def fail(_job):
        raise StorageError("The disk is away.", "Plug it in.")

    monkeypatch.setattr(app.jobs, "pause", fail)
    window.job_acts.pause(job("Stuck"))
    until(lambda: window.toast.text == "The disk is away. Plug it in.")


def test_calls_of_unknown_fate_are_counted_and_explained(app, job, centre):
    number = job("Export")
    killed(app, number, ambiguous=2)
    words = centre().cards[number].problem.text()
    assert "2 calls may or may not have arrived" in words
    assert "looked up before anything is sent again" in words


def test_the_result_of_an_import_opens_its_contacts(app, centre, window, until):
    number = app.jobs.create("import", "Import of a.csv", {})
    set_row(app, number, state="done", result={"batch": 7, "rejects_file": "/gone.csv"}, **ENDED)
    card = centre().cards[number]
    card.rejects.click()
    until(lambda: "no longer there" in window.toast.text)
    card.open.click()
    assert window.place is Place.CONTACTS
    assert window.page(Place.CONTACTS).search.text() == "import:7"


def test_rejected_rows_open_in_the_program_for_tables(app, centre, monkeypatch, tmp_path):
    file = tmp_path / "rejects.csv"
    file.write_text("a")
    number = app.jobs.create("import", "Import of a.csv", {})
    set_row(app, number, state="done", result={"batch": 7, "rejects_file": str(file)}, **ENDED)
    opened: list[Path] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: opened.append(Path(url.toLocalFile()))
    )
    centre().cards[number].rejects.click()
    assert opened == [file]


def test_the_result_of_an_export_opens_its_run(app, centre, window, monkeypatch):
    number = app.jobs.create("export", "Export to HubSpot", {})
    set_row(app, number, state="done", result={"run": 3}, **ENDED)
    page, opened = window.page(Place.EXPORTS), []
    monkeypatch.setattr(page, "open_run", opened.append)
    centre().cards[number].open.click()
    assert window.place is Place.EXPORTS
    assert opened == [3]


def test_the_list_is_filtered_by_state_and_words_and_cleared(app, job, centre):
    app.jobs.run(job("Export to HubSpot"))
    app.jobs.pause(job("Import of messe.csv"))
    shown = centre()
    QTest.keyClicks(shown.search, "hubspot")
    assert labels(shown) == ["Export to HubSpot"]
    shown.tabs[1].click()
    assert labels(shown) == []
    assert shown.empty.title.text() == "No matches"
    shown.clear.click()
    assert len(labels(shown)) == 2
    assert shown.clear.isHidden()
    shown.tabs[2].click()
    assert labels(shown) == ["Export to HubSpot"]


def test_older_jobs_are_a_click_away(app, job, centre, window, until):
    for number in range(23):
        set_row(app, job(f"Job {number}"), state="done", **ENDED)
    shown = centre()
    assert len(shown.cards) == 20
    shown.older.click()
    until(lambda: len(shown.cards) == 23)
    assert shown.older.isHidden()


def test_without_jobs_it_says_what_will_be_here(centre):
    shown = centre()
    assert shown.empty.isVisible()
    assert shown.empty.title.text() == "Nothing here yet"


def test_a_new_job_appears_while_it_is_open(app, job, centre, until):
    shown = centre()
    number = job("Just now")
    until(lambda: number in shown.cards)


def test_the_sidebar_counts_what_has_not_ended(app, job, window, until):
    numbers = [job(), job()]
    for number in numbers:
        app.jobs.pause(number)
    until(lambda: window.sidebar.jobs.badge == "2")
    assert "2 have not ended" in window.sidebar.jobs.accessibleName()
    for number in numbers:
        app.jobs.cancel(number)
    until(lambda: window.sidebar.jobs.badge == "")
    window.sidebar.jobs.click()
    assert window.floating.job_centre.isVisible()


def test_the_strip_shows_two_and_leads_to_the_rest(app, job, window, until):
    for number in [job("One"), job("Two"), job("Three")]:
        app.jobs.pause(number)
    until(lambda: window.strip.more.isVisible())
    assert len(window.strip.lines) == 2
    assert window.strip.more.text() == "1 more"
    window.strip.more.click()
    assert window.floating.job_centre.isVisible()


def test_the_message_keeps_clear_of_the_strip(app, job, window, until):
    window.desk.say("Saved")
    before = window.toast.geometry().bottom()
    app.jobs.pause(job())
    until(window.strip.isVisible)
    until(lambda: window.toast.geometry().bottom() <= before - window.strip.height() + 1)


@pytest.fixture
def after_a_crash(workspace, app, until):
    """A window on a workspace whose process was killed in the middle of two jobs."""
    app.jobs.register("nap", lambda context: {})
    for label in ("Import of messe.csv", "Export to HubSpot"):
        killed(app, app.jobs.create("nap", label, {}, total=10), done=4)
    app.close()
    again = build(workspace, origin=Origin.UI)
    again.jobs.register("nap", lambda context: {})
    opened = []

    def open_window():
        window = make_window(again)
        opened.append(window)
        window.open()
        until(lambda: not window.desk.calls.waiting)
        return window

    yield open_window
    for window in opened:
        window.close()
        until(lambda w=window: not w.desk.calls.waiting)
        window.deleteLater()
    again.close()


def test_after_a_crash_each_job_is_decided(after_a_crash, until, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(announcing, "audit", said)
    window = after_a_crash()
    words = "Captely closed unexpectedly. 2 jobs need a decision."
    assert window.left_over.isVisible()
    assert window.left_over.words.text() == words
    assert words in said
    assert not window.strip.isVisible()
    window.left_over.decide.click()
    until(lambda: len(window.floating.job_centre.cards) == 2)
    first, second = sorted(window.floating.job_centre.cards)
    window.floating.job_centre.cards[first].resume.click()
    until(lambda: "1 job needs a decision." in window.left_over.words.text())
    window.floating.job_centre.cards[second].cancel.click()
    until(lambda: not window.left_over.isVisible())
    jobs = window.desk.app.jobs
    until(lambda: jobs.view(first).state is JobState.DONE)
    until(lambda: jobs.view(second).state is JobState.CANCELLED)


def test_the_decision_can_wait(after_a_crash, until):
    window = after_a_crash()
    QTest.mouseClick(window.left_over.later, Qt.MouseButton.LeftButton)
    assert not window.left_over.isVisible()
    assert window.sidebar.jobs.badge == "2"
    QTest.keySequence(window, QKeySequence("Ctrl+J"))
    until(lambda: len(window.floating.job_centre.cards) == 2)


def test_jobs_that_an_orderly_end_left_are_no_crash(app, job, window, until):
    set_row(app, job(), state="interrupted")
    window.left_over.load()
    until(lambda: window.left_over.words.text() == "1 job needs a decision.")
