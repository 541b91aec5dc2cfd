"""A closer look at a list before it is planned, header rows of two lines, types of new fields."""

from __future__ import annotations

import pytest

from app.core.fields import FieldKind
from app.services.importing.samples import field_kind, look, second_header
from app.services.importing.shape import ReadOptions, joined
from app.services.importing.tables import inspect
from tests.services.importing.files import read


def test_rows_accents_and_odd_rows_are_counted_over_the_whole_list(write):
    path = write("Name;Mail\nZoë;z@b.example\nÅsa;a@b.example\nonly;two;three\n")

    seen = look(inspect(path))

    assert (seen.rows, seen.whole, seen.odd_rows, seen.accents, seen.strange) == (3, True, 1, 2, 0)


def test_letters_that_a_wrong_encoding_left_behind_are_noticed(write):
    shape = inspect(write("Name,Mail\nZoé,z@b.example\n"), ReadOptions(encoding="cp1252"))

    assert look(shape).strange == 1


def test_a_last_line_of_totals_is_found(write):
    assert look(inspect(write("Name,Sum\nAda,1\nBob,2\nTotal:,3\n"))).totals == 4
    assert look(inspect(write("Name,Sum\nAda,1\nBob,2\n"))).totals is None


def test_looking_stops_after_a_moment_and_says_so(write):
    path = write("Name,Mail\n" + "Ada,a@b.example\n" * 8_000)

    seen = look(inspect(path), seconds=0)

    assert not seen.whole
    assert 5_000 <= seen.rows < 8_000


def test_a_title_above_the_names_is_no_second_header(write):
    title = inspect(write("Fair 2026;;\nName;Mail;City\nAda;a@b.example;Paris\n"))
    two = inspect(write("Person;;Place\nFirst name;Email;City\nAda;a@b.example;Paris\n"))

    assert (second_header(title), second_header(two)) == (False, True)


def test_two_rows_of_names_can_be_joined(write, sheet):
    top = [["Work", "", "Home"], ["Email", "Phone", "Phone"], ["a@b.example", "1", "2"]]
    names = ["Work Email", "Work Phone", "Home Phone"]
    path = write("\n".join(",".join(row) for row in top) + "\n")

    shape, rows = read(path, header_row=2, header_depth=2)

    assert list(shape.columns) == names
    assert [row.cells for row in rows] == [["a@b.example", "1", "2"]]
    book = sheet(List=top)
    assert list(inspect(book, ReadOptions(header_row=2, header_depth=2)).columns) == names


def test_one_row_of_names_stays_as_it_stands():
    assert joined([[" a ", "b\nc"]], 1, 1) == [" a ", "b\nc"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["yes", "no", "", "Yes"], FieldKind.BOOL),
        (["12", "1,200", "3.5"], FieldKind.NUMBER),
        (["17/04/2026", "2026-01-02"], FieldKind.DATE),
        (["a@b.example", "c@d.example"], FieldKind.EMAIL),
        (["https://b.example", "www.c.example"], FieldKind.URL),
        (["+33 6 12 34 56 78", "+49 89 5550 0117"], FieldKind.PHONE),
        (["A-0117", "A-0118", "A-0121"], FieldKind.TEXT),
        ([], FieldKind.TEXT),
    ],
)
def test_the_type_of_a_new_field_is_what_its_values_look_like(values, kind):
    assert field_kind(values) == (kind, ())


def test_few_values_that_come_again_are_choices():
    assert field_kind(["Small", "Large", "small"] * 4) == (FieldKind.CHOICE, ("small", "Large"))
