"""A value goes into a cell of a text file and comes back the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cells import escape_cell, join_list, split_list, unescape_cell

texts = st.text(alphabet=st.sampled_from("'=+-@\t\r\n0123456789 .,()abc;|\"é"), max_size=12)


@given(texts | st.text())
def test_any_text_survives_escaping(text):
    assert unescape_cell(escape_cell(text)) == text


@given(texts | st.text())
def test_no_written_cell_is_run_as_a_formula(text):
    written = escape_cell(text)
    assert not written.startswith(("=", "@", "\t", "\r"))
    if written.startswith(("+", "-")):
        assert not any(c.isalpha() or c in "|!" for c in written)


@pytest.mark.parametrize("formula", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1"])
def test_a_formula_is_written_with_an_apostrophe(formula):
    assert escape_cell(formula) == f"'{formula}"


@pytest.mark.parametrize("number", ["+33612345678", "-12.5", "+1 (415) 555 2671", "+33 6 12 34"])
def test_a_number_with_a_sign_stays_as_it_is(number):
    assert escape_cell(number) == number


def test_a_name_with_an_apostrophe_is_no_escape():
    assert escape_cell("O'Brien") == "O'Brien"
    assert unescape_cell("'t Hart") == "'t Hart"


tags = st.lists(
    st.text(alphabet=st.sampled_from("ab ,;|\"'é\n"), min_size=1).filter(
        lambda text: text == text.strip()
    )
)


@given(tags)
def test_a_list_of_names_survives_one_cell(names):
    assert split_list(join_list(names)) == names


@pytest.mark.parametrize("cell", ["eu, prospect", "eu;prospect", "eu|prospect", "eu\nprospect,"])
def test_names_are_split_at_whatever_people_put_between_them(cell):
    assert split_list(cell) == ["eu", "prospect"]
