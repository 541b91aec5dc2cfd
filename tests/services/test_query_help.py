"""Help while a query is typed: completions at the cursor, and the place of a mistake."""

from __future__ import annotations

import pytest

from app.core.errors import InvalidInput
from app.core.fields import FieldKind, custom_field
from app.services.query_help import EXAMPLES, Known, fault, suggestions
from app.services.query_parts import parts
from tests.services.office import Office

KNOWN = Known(
    custom=(custom_field("size", "Size", FieldKind.CHOICE, ("Small", "Very large")),),
    statuses=(("new", "New"), ("in_talks", "In talks")),
    tags=("eu", "black forest"),
    recent=("status:new has:email",),
)


def completed(line: str) -> list[str]:
    """The line after each suggestion; | is the cursor."""
    cursor = line.index("|")
    text = line.replace("|", "")
    found = suggestions(text, cursor, KNOWN)
    return [text[: one.start] + one.insert + text[one.end :] for one in found]


def test_an_empty_line_offers_what_was_searched_before_and_examples() -> None:
    offered = [one.insert for one in suggestions("", 0, KNOWN)]
    assert offered[0] == "status:new has:email"
    assert EXAMPLES[0][0] in offered


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sta|", "status:"),
        ("ada sc|", "ada score>"),
        ("-ta|", "-tag:"),
        ("first|", "first_name:"),
        ("status:i|", "status:in_talks"),
        ("status:new,i|", "status:new,in_talks"),
        ("status:In t|", "status:In tag:"),
        ("tag:bl|", 'tag:"black forest"'),
        ("no:ph|", "no:phone"),
        ("created>to|", "created>today"),
        ("size:v|", 'size:"Very large"'),
        ("owner:|", "owner:me"),
        ("in:|", "in:trash"),
        ("stat| ada", "status: ada"),
        ("eu|", "tag:eu"),
        ("custom:si|", "custom:size:"),
    ],
)
def test_what_is_begun_can_be_completed_where_the_cursor_is(line: str, expected: str) -> None:
    assert expected in completed(line)


def test_nothing_is_offered_for_words_that_begin_no_name() -> None:
    assert completed("zzz|") == []


def test_between_two_parts_any_field_may_come_next() -> None:
    assert "ada first_name: has:email" in completed("ada | has:email")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("ada colour:red", "colour:red"),
        ("status:hot ada", "status:hot"),
        ("has:email score>many", "score>many"),
        ("ada import:99", "import:99"),
    ],
)
def test_the_part_that_cannot_be_read_is_found(office: Office, line: str, wrong: str) -> None:
    with pytest.raises(InvalidInput):
        office.search.check(line)
    found = fault(line, office.search.check)
    assert found is not None
    assert line[found.start : found.end] == wrong
    assert found.error.hint


def test_a_query_that_can_be_read_has_no_fault(office: Office) -> None:
    line = 'ada status:new -tag:eu "chief engineer"'
    assert fault(line, office.search.check) is None
    assert len(parts(line)) == 4
