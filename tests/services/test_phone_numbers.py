"""Telephone numbers for people: grouped, with their country, stored in one form."""

from __future__ import annotations

import pytest

from app.services.phone_numbers import calling_codes, grouped, region_of, stored_form


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+33142685300", "+33 1 42 68 53 00"),
        ("+34810127784", "+34 810 12 77 84"),
        ("0142685300", "0142685300"),
        ("+nonsense", "+nonsense"),
        ("", ""),
    ],
)
def test_that_numbers_are_grouped_and_anything_else_stays(stored: str, shown: str) -> None:
    assert grouped(stored) == shown


def test_that_a_country_code_tells_the_country() -> None:
    assert region_of("+49 30 901820") == "DE"
    assert region_of("030 901820") == ""
    assert region_of("+") == ""
    assert calling_codes()["FR"] == 33


def test_that_a_typed_number_is_stored_in_one_form_or_not_at_all() -> None:
    assert stored_form(" 01 42 68 53 00 ", "FR") == "+33142685300"
    assert stored_form("01 42", "FR") is None
    assert stored_form("", "FR") is None
