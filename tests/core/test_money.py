"""Credits are exact: thousandths inside, decimals at the edges."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.core.money import as_number, shown, to_milli, typed
from app.core.paths import resources
from app.core.text import use_language


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


@pytest.fixture
def french() -> Iterator[None]:
    use_language("fr", resources() / "locales")
    yield
    use_language("en", resources() / "locales")


@pytest.mark.parametrize(
    ("written", "milli"),
    [("12", 12_000), ("0.5", 500), (" 1,000 ", 1_000_000), ("1,234,567.89", 1_234_567_890)],
)
def test_what_people_type_is_read_as_they_write_it(written: str, milli: int):
    assert typed(written) == milli


@pytest.mark.parametrize("written", ["1,5", "12,34", "1,0000", "1.000,5", "a"])
def test_a_comma_that_separates_no_thousands_is_refused(written: str):
    with pytest.raises(InvalidInput) as caught:
        typed(written)
    assert "such as 12 or 0.5" in caught.value.hint


@pytest.mark.usefixtures("french")
def test_french_writes_and_reads_a_comma_before_decimals():
    assert shown(1_234_567_890) == "1\u202f234\u202f567,89"
    assert typed("1\u202f234\u202f567,89") == 1_234_567_890
    assert [typed(each) for each in ("0,5", "0.5", "1 000")] == [500, 500, 1_000_000]
    with pytest.raises(InvalidInput) as caught:
        typed("demi")
    assert "0,5" in caught.value.hint
