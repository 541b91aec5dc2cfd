"""Background calls and events reach the window on its own thread, or not at all."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject

from app.core.changes import Changes, SearchCaughtUp, Span
from app.core.errors import Cancelled, InvalidInput
from app.core.events import Bus
from app.views.common.boxes import row
from app.views.common.bridge import Bridge


def test_work_runs_elsewhere_and_its_answer_arrives_on_the_main_thread(calls, until):
    threads: list[threading.Thread] = []

    def work() -> int:
        threads.append(threading.current_thread())
        return 7

    answers: list[tuple[int, threading.Thread]] = []
    calls.read(calls, work, lambda n: answers.append((n, threading.current_thread())))
    until(lambda: answers)
    assert answers == [(7, threading.main_thread())]
    assert threads[0] is not threading.main_thread()


def test_an_answer_for_something_that_was_closed_is_dropped(calls, until):
    gate, answers = threading.Event(), []
    owner = QObject()
    calls.read(owner, gate.wait, answers.append)
    shiboken6.delete(owner)
    gate.set()
    until(lambda: not calls.waiting)
    assert answers == []


def test_an_error_goes_to_its_own_handler_first(calls, until):
    def fail() -> None:
        raise InvalidInput("No.", "Try again.")

    own, common = [], []
    calls.refused.connect(common.append)
    calls.edit(calls, fail, lambda _none: None, own.append)
    calls.edit(calls, fail, lambda _none: None)
    until(lambda: own and common)
    assert [error.message for error in (*own, *common)] == ["No.", "No."]


def test_what_the_user_stopped_is_silent(calls, until):
    def stop() -> None:
        raise Cancelled("Stopped.")

    common: list[object] = []
    calls.refused.connect(common.append)
    calls.edit(calls, stop, lambda _none: None)
    until(lambda: not calls.waiting)
    assert common == []


def test_nothing_is_asked_of_a_closed_runner(runner, calls):
    runner.shutdown()
    calls.read(calls, lambda: 1, lambda _n: None)
    assert calls.waiting == 0


def test_events_of_any_thread_arrive_on_the_main_thread(qtbot, until):
    bus = Bus()
    bridge = Bridge(bus)
    heard: list[tuple[object, threading.Thread]] = []
    bridge.changed.connect(lambda event: heard.append((event, threading.current_thread())))
    bridge.search_caught_up.connect(lambda: heard.append(("caught", threading.current_thread())))
    change = Changes(1, "Changed", {"contact": Span(frozenset({1}))})

    def publish() -> None:
        bus.publish(change)
        bus.publish(SearchCaughtUp())

    other = threading.Thread(target=publish)
    other.start()
    other.join()
    assert heard == []
    until(lambda: len(heard) == 2)
    assert heard == [(change, threading.main_thread()), ("caught", threading.main_thread())]


def test_a_closed_bridge_hears_nothing(qtbot):
    bus = Bus()
    bridge = Bridge(bus)
    bridge.close()
    with qtbot.assertNotEmitted(bridge.changed, wait=20):
        bus.publish(Changes(1, "Changed"))


def test_a_gap_that_is_not_on_the_scale_is_refused(qtbot):
    with pytest.raises(ValueError, match="13"):
        row(gap=13)
