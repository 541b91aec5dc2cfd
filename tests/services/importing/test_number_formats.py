"""Numbers of a workbook are read as they are shown where their format is a mask of digits."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from app.services.importing.number_formats import mask_of, masked
from tests.services.importing.desk import open_desk


@pytest.mark.parametrize(
    ("number_format", "value", "shown"),
    [
        ("00000", 1_000, "01000"),
        ("00000", 75_011, "75011"),
        ("00000-0000", 21_010_042, "02101-0042"),
        ('0#" "##" "##" "##" "##', 612_345_678, "06 12 34 56 78"),
        ("00 00 00 00 00", 612_345_678, "06 12 34 56 78"),
        (r"0#\ ##\ ##\ ##\ ##", 612_345_678, "06 12 34 56 78"),
        ('"+33 "# ## ## ## ##', 612_345_678, "+33 6 12 34 56 78"),
        ("(000) 000-0000", 2_025_550_147, "(202) 555-0147"),
        ("[<=9999999]000-0000;(000) 000-0000", 5_550_147, "555-0147"),
        ("00000;[Red]-00000", 42, "00042"),
        ("000", 123_456, "123456"),
        ("00000", 0, "00000"),
    ],
)
def test_zeros_and_gaps_of_a_mask_are_shown(number_format: str, value: int, shown: str) -> None:
    assert masked(value, mask_of(number_format)) == shown


@pytest.mark.parametrize(
    "number_format",
    ["General", "0", "0.00", "#,##0", "#,##0.00", "0%", "0.0%", "0.00E+00", "# ?/?", "@", "##0.0",
     "yyyy-mm-dd", "hh:mm", '_-* #,##0.00\\ "€"_-', "#", "##"],
)  # fmt: skip
def test_other_formats_leave_the_number_as_it_is(number_format: str) -> None:
    assert mask_of(number_format) == ()


def test_a_workbook_keeps_the_zeros_of_its_postal_codes_and_phones(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Name", "E-mail", "Postal code", "Phone"])
    sheet.append(["Ada Lovelace", "ada@acme.example", 1_000, 612_345_678])
    sheet["C2"].number_format = "00000"
    sheet["D2"].number_format = '0#" "##" "##" "##" "##'
    file = tmp_path / "people.xlsx"
    book.save(file)
    with open_desk(tmp_path / "workspace") as desk:
        desk.run(file, default_country="FR")
        assert desk.people("postal_code", "phone") == [("01000", "+33612345678")]
