"""A JSON list of flat objects is a list of contacts, and our own export comes back whole."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cells import split_list
from app.core.errors import InvalidInput
from app.services.importing.tables import inspect, read_chunks, read_rows
from tests.services.importing.files import cells, read


def test_our_own_export_is_read_with_custom_and_labelled_fields(write):
    contact = {
        "id": 7, "first_name": "Ada", "email": "ada@example.com", "phone": None,
        "tags": ["eu", "Big, red"], "custom": {"budget": 1250.5, "vip": True},
        "labelled": {"email": [["home", "ada@home.example"]]},
    }  # fmt: skip
    shape, rows = read(write(json.dumps({"total": 1, "contacts": [contact]}), "c.json"))
    row = dict(zip(shape.columns, rows[0].cells, strict=True))
    assert shape.kind == "json"
    assert split_list(row.pop("tags")) == ["eu", "Big, red"]
    assert row == {
        "id": "7", "first_name": "Ada", "email": "ada@example.com", "phone": "",
        "custom:budget": "1250.5", "custom:vip": "true", "email.home": "ada@home.example",
    }  # fmt: skip


def test_keys_are_gathered_over_all_objects(write):
    shape, rows = read(
        write('[{"name": "Ada"},\n {"email": "b@example.com", "name": ""}]', "c.json")
    )
    assert shape.columns == ("name", "email")
    assert [(row.line, row.cells) for row in rows] == [(1, ["Ada", ""]), (2, ["", "b@example.com"])]


def test_one_object_a_line_is_read_too(write):
    assert cells(write('{"name": "Ada"}\n{"name": "Bob"}\n', "c.jsonl")) == [["Ada"], ["Bob"]]


def test_numbers_are_read_as_they_are_written(write):
    text = '[{"a": 10, "b": 1.0, "c": 12.5, "d": -0.25, "e": 100000000000000000000, "f": true}]'
    assert cells(write(text, "c.json")) == [["10", "1", "12.5", "-0.25", "1" + "0" * 20, "true"]]


def test_json_is_recognised_without_its_name(write):
    assert inspect(write('[{"name": "Ada"}]', "list.txt")).kind == "json"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('[{"name": "Ada"}, {"name": ', "cut off or damaged at line 1"),
        ('[{"name": "Ada"}\n{"name": "Bob"}]', "damaged at line 2"),
        ('{"type": "x", "features": [{"a": 1}]}', "features is nested"),
        ('[{"name": {"first": "Ada"}}]', "name is nested"),
        ("[1, 2]", "object with names"),
        ("[]", "list of objects"),
        ('[{"n": ' + "9" * 5_000 + "}]", "cut off or damaged"),
        ("[" * 100_000, "cut off or damaged"),
    ],
)
def test_other_json_is_named_in_one_sentence(write, text, hint):
    with pytest.raises(InvalidInput) as refused:
        list(read_rows(inspect(write(text, "c.json"))))
    assert refused.value.message.startswith("c.json")
    assert hint in refused.value.hint


def test_memory_does_not_grow_with_the_objects(write):
    one = json.dumps({"first_name": "Ada", "email": "ada@example.com", "notes": "x" * 100})
    shape = inspect(write("[" + ",\n".join([one] * 30_000) + "]", "c.json"))
    tracemalloc.start()
    rows = sum(len(chunk) for chunk in read_chunks(shape, 500))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 30_000
    assert peak < 4 << 20


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


objects = st.fixed_dictionaries({"first_name": texts, "notes": texts})


@given(
    rows=st.lists(objects, min_size=1, max_size=6),
    indent=st.sampled_from([None, 2]),
    ascii_only=st.booleans(),
)
def test_whatever_json_writes_is_read_back(tmp_path_factory, rows, indent, ascii_only):
    path = tmp_path_factory.getbasetemp() / "round.json"
    path.write_text(json.dumps(rows, indent=indent, ensure_ascii=ascii_only), "utf-8")
    shape, found = read(path)
    filled = [row for row in rows if any(value.strip() for value in row.values())]
    assert [dict(zip(shape.columns, row.cells, strict=True)) for row in found] == filled


def test_half_a_letter_rejects_its_row_and_no_other(write):
    rows = read(write('[{"name": "Su\\ud83drr"}, {"name": "Bo \\ud83d\\ude00"}]', "list.json"))[1]
    assert [(row.cells, bool(row.problem)) for row in rows] == [
        (["Su?rr"], True), (["Bo \U0001f600"], False),
    ]  # fmt: skip
