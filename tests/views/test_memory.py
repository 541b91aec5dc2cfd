"""How each page was left is remembered on this computer, and written seldom."""

from __future__ import annotations

import json

import pytest

from app.core.settings import PAGE_MEMORY
from app.views.common.memory import WRITE_AFTER_MS, Memory


@pytest.fixture
def written():
    return []


@pytest.fixture
def memory(written, qtbot):
    return Memory("", lambda setting, text: written.append((setting, json.loads(text))))


def test_a_page_gets_what_it_put(memory):
    memory.put("contacts", {"sort": "name", "columns": ["name", "email"]})
    assert memory.get("contacts") == {"sort": "name", "columns": ["name", "email"]}
    assert memory.get("history") == {}


def test_many_changes_are_written_once_and_after_a_pause(memory, written):
    for width in range(50):
        memory.put("contacts", {"width": width})
    assert written == []
    assert memory._timer.interval() == WRITE_AFTER_MS
    memory._timer.timeout.emit()
    assert written == [(PAGE_MEMORY, {"contacts": {"width": 49}})]


def test_nothing_is_written_when_nothing_changed(memory, written):
    memory.put("contacts", {"width": 1})
    memory.flush()
    memory.put("contacts", {"width": 1})
    memory.flush()
    assert len(written) == 1


def test_what_a_page_changes_later_is_not_remembered_by_accident(memory):
    columns = ["name"]
    memory.put("contacts", {"columns": columns})
    columns.append("email")
    memory.get("contacts")["columns"] = []
    assert memory.get("contacts") == {"columns": ["name"]}


def test_only_json_can_be_remembered(memory, written):
    with pytest.raises(TypeError):
        memory.put("contacts", {"when": object()})
    memory.flush()
    assert written == []


@pytest.mark.parametrize("text", ["", "nonsense", "[1]", '{"contacts": 7}', '"contacts"'])
def test_a_memory_that_cannot_be_read_is_empty(text, qtbot):
    assert Memory(text, lambda setting, value: None).get("contacts") == {}


def test_it_outlives_the_window(open_window, until):
    first = open_window()
    first.desk.memory.put("attic", {"sort": "company"})
    first.close()
    until(lambda: not first.desk.calls.waiting)
    assert open_window().desk.memory.get("attic") == {"sort": "company"}
