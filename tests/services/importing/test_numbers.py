"""Numbers are read with point or comma as the whole column says, never guessed."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.numbers import Ambiguous, evidence, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1250", 1250), ("1 250", 1250), ("1\u202f250,5", 1250.5), ("1,250.50", 1250.5),
        ("1.250,50", 1250.5), ("1'250.50", 1250.5), ("€ 1,250.5", 1250.5), ("12,5 %", 12.5),
        ("$12.50", 12.5), ("1.250.000", 1250000), ("-12.5", -12.5), ("(12.5)", -12.5),
        ("0,234", 0.234), ("EUR 5", 5), ("+3", 3), ("5.", 5), (".5", 0.5), ("1 000 zł", 1000),
    ],
)  # fmt: skip
def test_a_number_that_proves_its_own_mark_is_read(text, number):
    assert read_number(text, None) == number


def test_a_thousand_or_one_and_a_bit_is_decided_by_the_column_only():
    assert read_number("1,234", ".") == 1234
    assert read_number("1,234", ",") == 1.234
    with pytest.raises(Ambiguous):
        read_number("1,234", None)


@pytest.mark.parametrize(
    "text", ["many", "1.2.3", "12,34,5", "1.250,50.3", "--5", "5 apples", "1e5", "", "1.5"]
)
def test_what_is_no_number_in_the_column_is_not_read(text):
    with pytest.raises(ValueError):
        read_number(text, ",")


def test_evidence_comes_from_the_whole_column():
    found = evidence(["1,234", "12,5", "7", ""])
    assert (found.decimal, found.decided, found.values, found.commas) == (",", True, 3, 1)
    assert evidence(["1.234,00"]).decimal == ","
    assert evidence(["1,234,567"]).decimal == "."


def test_contradicting_or_missing_evidence_decides_nothing():
    assert (evidence(["1,234"]).decimal, evidence(["1,234"]).decided) == (None, False)
    assert evidence(["1,5", "1.5", "1,234"]).decided is False
    assert evidence(["12", "7"]).decided is True


@given(st.integers(-(10**12), 10**12))
def test_every_whole_number_is_read_back(number):
    assert read_number(str(number), None) == number
    assert read_number(f"{number:,}", ".") == number


@given(st.text(max_size=20), st.sampled_from([None, ".", ","]))
def test_any_text_is_a_number_or_a_value_error(text, decimal):
    with suppress(ValueError):
        assert isinstance(read_number(text, decimal), int | float)
