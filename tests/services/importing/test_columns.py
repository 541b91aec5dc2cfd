"""Reading many rows column by column says the same as reading each of them alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.fields import DEFAULT_STATUSES, Field, FieldKind, custom_field
from app.services.importing import columns
from app.services.importing.normalise import RowNormaliser, Target
from tests.services.importing.test_normalise import field_of

CELLS = (
    "", " ", "n/a", "Ada", "  Ada  Byron ", "Zoe\u0301", "a\nb", "ADA@Example.com",
    "a@b.example; c@d.example", "ada@", "06 12 34 56 78", "+44 7400 123456", "ask", "3.36E+10",
    "0612345678;0798765432", "France", "DE", "Atlantis", "www.acme.example", "https://x.example/a",
    "no web", "Contacted",
    "A\u00a0B", "A\0B", "-", "06\u201012\u201034 56 78", "| a",
    "12,5", "2026-02-30", "03/04/2026", "yes", "eu; vip", "in/ada", "x" * 150,
)  # fmt: skip
FIELDS: tuple[str | Field, ...] = (
    "first_name", "full_name", "email", "email", "email.home", "phone", "mobile", "company",
    "website", "linkedin_url", "domain", "country", "notes", "notes", "status", "tags", "address",
    "last_contacted", "city", "city",
    custom_field("size", "Size", FieldKind.NUMBER), custom_field("line", "Line", FieldKind.PHONE),
)  # fmt: skip


@given(
    st.lists(st.sampled_from(range(len(FIELDS))), min_size=1, max_size=8, unique=True),
    st.data(),
    st.sampled_from(["", "FR"]),
)
def test_a_block_gives_what_each_row_gives(chosen: list[int], data: st.DataObject, home: str):
    made = [FIELDS[n] if isinstance(FIELDS[n], Field) else field_of(FIELDS[n]) for n in chosen]
    targets = [Target(place, field) for place, field in enumerate(made)]
    cells = st.lists(st.sampled_from(CELLS), min_size=len(targets), max_size=len(targets))
    rows = data.draw(st.lists(cells, max_size=5))
    normaliser = RowNormaliser(targets, default_country=home, statuses=DEFAULT_STATUSES)

    block = normaliser.block(rows)

    for place, row in enumerate(rows):
        values, problem, warnings = normaliser.row(row)
        if place not in block.odd:
            assert (problem, warnings) == (None, ())
            assert [column and column[place] for column in block.found] == values


def test_a_usual_list_has_no_odd_rows():
    targets = [
        Target(i, field_of(key))
        for i, key in enumerate(("first_name", "email", "phone", "country", "website", "notes"))
    ]
    row = ["Ada", "ADA@Example.com", "06 12 34 56 78", "France", "www.acme.example", "Call\nback"]
    block = RowNormaliser(targets).block([row, ["Bob", "", "", " ", "", "-"], row])
    assert block.odd == set()
    assert [column and column[0] for column in block.found[:3]] == [
        "Ada", "ada@example.com", "+33612345678",
    ]  # fmt: skip


def test_what_a_number_is_depends_on_the_country_of_its_own_row():
    fields = ("first_name", "country", custom_field("line", "Line", FieldKind.PHONE))
    targets = [
        Target(i, field if isinstance(field, Field) else field_of(field))
        for i, field in enumerate(fields)
    ]
    normaliser = RowNormaliser(targets)
    rows = [["Ada", "FR", "06 12 34 56 78"], ["Bob", "GB", "06 12 34 56 78"]]
    assert [normaliser.row(row)[0][2] for row in rows] == ["+33612345678", "06 12 34 56 78"]
    assert normaliser.block(rows).odd == {1}


def test_an_odd_row_can_be_put_in_and_others_left_out():
    normaliser = RowNormaliser([Target(0, field_of("first_name")), Target(1, field_of("phone"))])
    block = normaliser.block([["Ada", ""], ["Bob", "ask"], ["Cleo", ""]])
    assert block.odd == {1}
    block.put(1, normaliser.row(["Bob", "ask"])[0])
    assert block.without({0})[:2] == [["Bob", "Cleo"], ["ask", None]]


def test_what_is_remembered_stays_small(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(columns, "_MANY", 3)
    known = columns.Known(str.upper)
    assert [known[text] for text in "abcda"] == list("ABCDA")
    assert len(known) <= 3
