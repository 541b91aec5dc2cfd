"""Credits are exact: thousandths inside, decimals at the edges."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.core.money import as_number, shown, to_milli


@given(st.integers(-(10**15), 10**15))
def test_a_number_of_credits_survives_json_exactly(milli: int):
    assert to_milli(str(json.loads(json.dumps(as_number(milli)), parse_float=Decimal))) == milli


@pytest.mark.parametrize(
    ("milli", "number", "words"),
    [
        (0, 0, "0"),
        (100, 0.1, "0.1"),
        (1_000, 1, "1"),
        (1_234_567_890, 1234567.89, "1,234,567.89"),
        (-1_500, -1.5, "-1.5"),
    ],
)
def test_how_credits_are_written(milli: int, number: float, words: str):
    assert as_number(milli) == number
    assert shown(milli) == words


@pytest.mark.parametrize("written", ["", "ten", "0.0001", "NaN", "Infinity", "1,5"])
def test_what_is_no_number_of_credits_is_refused(written: str):
    with pytest.raises(InvalidInput, match="not a number of credits"):
        to_milli(written)
