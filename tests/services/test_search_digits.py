"""Ids read many at a time from one text."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import column, create_engine, select, text

from app.services.search_digits import BEYOND, FIRST, joined, read_digits, read_numbers

IDS = st.lists(st.integers(min_value=0, max_value=BEYOND - 1), max_size=50)


def digits(ids: Sequence[int]) -> str:
    return "".join(str(contact + FIRST) for contact in ids)


@given(IDS)
def test_ids_come_back_as_they_were_in_their_order(ids: list[int]) -> None:
    assert list(read_digits(digits(ids))) == ids
    assert list(read_numbers(",".join(map(str, ids)))) == ids


@pytest.mark.parametrize("count", [0, 1, 1_023, 1_024, 1_025, 100_000])
def test_a_text_of_any_length_is_read_whole(count: int) -> None:
    ids = [0, BEYOND - 1, *range(count, 0, -1)][: count or 0]
    assert list(read_digits(digits(ids))) == ids
    assert list(read_numbers(",".join(map(str, ids)))) == ids


@pytest.mark.parametrize("ids", [[7, 3, 12_345_678], [BEYOND - 1], [BEYOND, 1], [2**40, 3, BEYOND]])
def test_what_sqlite_joins_is_what_is_read_however_large_the_ids(ids: list[int]) -> None:
    aggregate, read = joined(column("id"), max(ids))
    rows = text(" UNION ALL ".join(f"SELECT {contact} AS id" for contact in ids)).columns(
        column("id")
    )
    with create_engine("sqlite://").connect() as connection:
        found = connection.execute(select(aggregate).select_from(rows.subquery())).scalar()
    assert list(read(found)) == ids


def test_nothing_found_is_no_text() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        (found,) = connection.execute("SELECT group_concat(1, '') WHERE 0").fetchone()
    assert found is None
    assert list(read_digits("")) == []
