"""One value has one text, and only that text is read."""

from __future__ import annotations

import contextlib
import json

from hypothesis import given
from hypothesis import strategies as st

from app.services.licence.canonical import NotCanonical, canonical, parse

WHOLE = st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(max_size=9), VALUES, max_size=4)


@given(OBJECTS)
def test_what_was_written_is_read_back_exactly(value):
    assert parse(canonical(value)) == value


@given(st.binary(max_size=200) | OBJECTS.map(lambda v: json.dumps(v, indent=1).encode()))
def test_whatever_is_read_was_in_its_one_form(raw):
    with contextlib.suppress(NotCanonical):
        assert canonical(parse(raw)) == raw
