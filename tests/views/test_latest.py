"""Only the last question is answered, and what must happen once happens once."""

from __future__ import annotations

import pytest

from app.core.errors import InvalidInput
from app.views.common.latest import Latest, Once
from tests.held import Held


@pytest.fixture
def latest(calls) -> Latest:
    return Latest(calls, calls)


@pytest.fixture
def once(calls) -> Once:
    return Once(calls, calls)


def refuse() -> None:
    raise InvalidInput("No.", "Try again.")


def test_an_answer_that_is_overtaken_is_not_heard(calls, latest, until):
    first, heard = Held(lambda: "first"), []
    latest.read(first, heard.append)
    until(lambda: first.has_begun)
    latest.read(lambda: "second", heard.append)
    until(lambda: heard == ["second"])
    first.let_go()
    until(lambda: not calls.waiting)
    assert heard == ["second"]


def test_an_error_that_is_overtaken_is_not_told(calls, latest, until):
    first, told = Held(refuse), []
    calls.refused.connect(told.append)
    latest.read(first, lambda _none: None, told.append)
    until(lambda: first.has_begun)
    latest.read(lambda: None, lambda _none: None)
    first.let_go()
    until(lambda: not calls.waiting)
    assert told == []


def test_an_error_of_the_last_question_goes_where_any_error_goes(calls, latest, until):
    told: list[object] = []
    calls.refused.connect(told.append)
    latest.read(refuse, lambda _none: None)
    until(lambda: len(told) == 1)
    assert not latest.waits


def test_nothing_is_heard_of_what_is_no_longer_wanted(calls, latest, until):
    first, heard = Held(lambda: "first"), []
    latest.read(first, heard.append)
    assert latest.waits
    latest.drop()
    assert not latest.waits
    first.let_go()
    until(lambda: not calls.waiting)
    assert heard == []


def test_a_future_of_a_job_is_followed_until_another_question(calls, latest, until):
    first, heard = Held(lambda: "ended"), []
    latest.follow(calls._runner.submit("read", first), heard.append)
    until(lambda: first.has_begun)
    latest.drop()
    first.let_go()
    until(lambda: not calls.waiting)
    assert heard == []


def test_what_is_being_done_is_not_done_twice(calls, once, until):
    first, done = Held(lambda: "done"), []
    once.edit(first, done.append)
    once.edit(first, done.append)
    first.let_go()
    until(lambda: done == ["done"] and not calls.waiting)
    assert first.count == 1
    once.edit(first, done.append)
    until(lambda: done == ["done", "done"])


def test_what_was_refused_can_be_tried_again(once, until):
    refused, done = [], []
    once.network(refuse, done.append, refused.append)
    until(lambda: refused)
    once.network(lambda: "done", done.append, refused.append)
    until(lambda: done == ["done"])


def test_a_defect_ends_the_waiting_too(calls, once, until, expect_log):
    expect_log("A background call failed")
    crashed, refused = [], []
    calls.crashed.connect(crashed.append)
    once.edit(lambda: 1 // 0, refused.append, refused.append)
    until(lambda: refused)
    assert isinstance(crashed[0], ZeroDivisionError)
    assert "error in Captely" in refused[0].message
    assert not once.waits
