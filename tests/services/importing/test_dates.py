"""Dates are read in every usual form, and never guessed where day and month could swap."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.dates import Ambiguous, date_reader, evidence


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-04", at(2026, 3, 4)),
        ("2026/3/4", at(2026, 3, 4)),
        ("20260304", at(2026, 3, 4)),
        ("2026-03-04T14:30:05Z", at(2026, 3, 4, 14, 30, 5)),
        ("2026-03-04 14:30:05.123", at(2026, 3, 4, 14, 30, 5)),
        ("2026-03-04T14:30:00+02:00", at(2026, 3, 4, 12, 30)),
        ("2013-11-23T02:30:31-0800", at(2013, 11, 23, 10, 30, 31)),
        ("04.03.2026", at(2026, 3, 4)),
        ("4.3.26 08:05", at(2026, 3, 4, 8, 5)),
        ("31/12/2026", at(2026, 12, 31)),
        ("12/31/2026", at(2026, 12, 31)),
        ("12/31/2026 2:30 PM", at(2026, 12, 31, 14, 30)),
        ("31/12/2026 12:05 am", at(2026, 12, 31, 0, 5)),
        ("5/5/69", at(1969, 5, 5)),
        ("4 March 2026", at(2026, 3, 4)),
        ("Mar 4, 2026", at(2026, 3, 4)),
        ("Wed, 4th Mar 2026", at(2026, 3, 4)),
        ("1er août 2026", at(2026, 8, 1)),
        ("4. März 2026", at(2026, 3, 4)),
        ("4 de marzo de 2026", at(2026, 3, 4)),
        ("04-déc-2026", at(2026, 12, 4)),
    ],
)
def test_a_date_that_says_itself_what_is_what_is_read(text, moment):
    assert date_reader(None)(text) == moment


@pytest.mark.parametrize(("order", "month"), [("dmy", 4), ("mdy", 3)])
def test_the_order_of_the_column_decides(order, month):
    assert date_reader(order)("03/04/2026").month == month


def test_without_an_order_the_date_is_left_out_and_not_guessed():
    with pytest.raises(Ambiguous):
        date_reader(None)("03/04/2026")


@pytest.mark.parametrize(
    "text",
    ["soon", "31/02/2026", "2026-13-01", "45000", "1/2", "2026", "13/13/2026", "4 Foo 2026",
     "2026-03-04 25:00", "3/4/2026 14:30 pm", "0/0/0000"],
)  # fmt: skip
def test_what_is_no_date_is_not_read(text):
    with pytest.raises(ValueError):
        date_reader("dmy")(text)


def test_an_order_against_the_value_does_not_turn_it_round():
    with pytest.raises(ValueError):
        date_reader("mdy")("31/12/2026")


def test_one_day_over_twelve_decides_the_whole_column():
    found = evidence(["03/04/2026", "05/06/2026", "17/06/2026", ""])
    assert (found.order, found.decided) == ("dmy", True)
    assert (found.values, found.day_over_12, found.month_over_12, found.ambiguous) == (3, 1, 0, 2)
    assert evidence(["03/04/2026", "06/17/2026"]).order == "mdy"


@pytest.mark.parametrize(
    "values", [["03/04/2026", "05/06/2026"], ["17/06/2026", "06/17/2026", "03/04/2026"]]
)
def test_too_little_or_contradicting_evidence_decides_nothing(values):
    found = evidence(values)
    assert (found.order, found.decided) == (None, False)
    assert found.example == "03/04/2026"


@pytest.mark.parametrize("values", [["2026-03-04"], ["04.03.2026"], ["05/05/2026"], []])
def test_dates_that_need_no_order_ask_nothing(values):
    assert evidence(values).decided


days = st.dates(date(1970, 1, 1), date(2068, 12, 31))


@given(day=days, order=st.sampled_from(["dmy", "mdy"]), separator=st.sampled_from("/-"))
def test_every_day_is_read_back_in_its_order(day, order, separator):
    form = "%d{0}%m{0}%Y" if order == "dmy" else "%m{0}%d{0}%Y"
    assert date_reader(order)(day.strftime(form.format(separator))).date() == day


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_a_value_error(text):
    try:
        found = date_reader("dmy")(text)
    except ValueError:
        return
    assert found.tzinfo is UTC


@pytest.mark.parametrize("written", ["5 janv. 2024", "5 ene 2024", "5 gen 2024", "5 Jan. 2024"])
def test_short_months_of_several_languages_are_read(written):
    assert date_reader(None)(written).date().isoformat() == "2024-01-05"
    assert date_reader(None)("5 févr. 2024").date().isoformat() == "2024-02-05"
