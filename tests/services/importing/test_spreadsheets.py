"""A workbook's cells are read as the text that a user sees in them."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest

from app.core.errors import InvalidInput, NotFound
from app.services.importing.shape import ReadOptions
from app.services.importing.tables import inspect
from tests.services.importing.files import cells, read


def test_values_are_read_as_typed(sheet):
    path = sheet(
        People=[
            ["Name", "Phone", "Score", "Share", "Met", "At", "Ok", "Code"],
            [
                "Ada",
                33612345678,
                5.0,
                1.27,
                datetime.fromisoformat("2026-03-04"),
                time(14, 30),
                True,
                "00421",
            ],
            [
                "Bob",
                "+33 6 12 34 56 78",
                41800000.01,
                0.1,
                datetime.fromisoformat("2026-03-04T09:05"),
                None,
                False,
                7,
            ],
            ["Cid", None, -3, 1e20, date(1971, 1, 1), None, None, "#N/A"],
        ]
    )
    assert cells(path) == [
        ["Ada", "33612345678", "5", "1.27", "2026-03-04", "14:30:00", "true", "00421"],
        ["Bob", "+33 6 12 34 56 78", "41800000.01", "0.1", "2026-03-04T09:05:00", "", "false", "7"],
        ["Cid", "", "-3", "1e+20", "1971-01-01", "", "", ""],
    ]


def test_rows_carry_the_numbers_of_the_sheet_and_blank_ones_are_left_out(sheet):
    path = sheet(
        People=[["Team list"], [], ["Name", "Email"], [], ["Ada", "a@example.com"], [None, " "]]
    )
    shape, rows = read(path)
    assert (shape.header_row, shape.columns, shape.kind) == (3, ("Name", "Email"), "xlsx")
    assert rows == [(5, ["Ada", "a@example.com"], None)]


def test_the_first_sheet_with_content_is_read_unless_another_is_named(sheet):
    path = sheet(Empty=[], People=[["Name"], ["Ada"]], Firms=[["Company"], ["Acme"]])
    shape = inspect(path)
    assert (shape.sheet, shape.sheets) == ("People", ("Empty", "People", "Firms"))
    assert cells(path, sheet="firms") == [["Acme"]]


def test_a_hidden_sheet_is_read_only_when_no_other_holds_anything(sheet, tmp_path):
    path = sheet(Secret=[["Email"], ["s@example.com"]], Shown=[["Email"], ["a@example.com"]])
    book = openpyxl.load_workbook(path)
    book.active = book["Shown"]
    book["Secret"].sheet_state = "hidden"
    book.save(path)
    assert cells(path) == [["a@example.com"]]
    assert cells(path, sheet="secret") == [["s@example.com"]]


def test_a_row_that_repeats_the_header_is_no_contact(sheet):
    _, rows = read(sheet(List=[["Name", "Email"], ["A", "a@x.org"], ["Name", "Email"]]))
    assert [row.problem for row in rows] == [None, "The row repeats the names of the columns."]


def test_a_sheet_that_does_not_exist_is_named_with_those_that_do(sheet):
    with pytest.raises(NotFound, match="has no sheet Leads") as refused:
        inspect(sheet(People=[["Name"]]), ReadOptions(sheet="Leads"))
    assert "People" in refused.value.hint


def test_an_empty_workbook_is_named(sheet):
    with pytest.raises(InvalidInput, match=r"list\.xlsx is empty"):
        inspect(sheet(A=[], B=[[None, ""]]))


def test_a_formula_that_was_never_calculated_rejects_its_row_by_cell(sheet):
    rows = read(
        sheet(People=[["Name", "Email"], ["Ada", '=A2&"@example.com"'], ["Bob", "b@example.com"]])
    )[1]
    assert (rows[0].problem or "").startswith("Cell B2 holds a formula that was never calculated")
    assert rows[1] == (3, ["Bob", "b@example.com"], None)


@pytest.mark.parametrize(("columns", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (703, "AAA")])
def test_a_cell_is_named_as_in_the_spreadsheet(sheet, columns, letters):
    blank = [None] * (columns - 1)
    path = sheet(People=[[f"c{n}" for n in range(columns)], [*blank, "=1+1"]])
    assert (read(path)[1][0].problem or "").startswith(f"Cell {letters}2 ")


def test_a_formula_with_a_stored_result_gives_the_result(sheet, tmp_path):
    plain = sheet(People=[["Name", "Email"], ["Ada", "=1+1"]])
    path = tmp_path / "calculated.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = (
                source.read(name).replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
            )
            target.writestr(name, content)
    assert cells(path) == [["Ada", "2"]]


def test_values_beyond_the_header_are_a_column_without_a_name(sheet):
    shape, rows = read(sheet(People=[["Name", "Email"], ["Ada", "a@example.com", "note"]]))
    assert shape.columns == ("Name", "Email", "")
    assert rows[0].cells == ["Ada", "a@example.com", "note"]


def test_merged_cells_keep_their_value_in_the_first(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page["A1"] = "Everybody"
    page.merge_cells("A1:B1")
    for row in (["Name", "Email"], ["Ada", "a@example.com"]):
        page.append(row)
    book.save(tmp_path / "merged.xlsx")
    shape, rows = read(tmp_path / "merged.xlsx")
    assert (shape.header_row, len(rows)) == (2, 1)


def test_a_workbook_without_a_header_keeps_its_first_row(sheet):
    shape, rows = read(sheet(People=[["Ada", "ada@example.com"], ["Bob", "bob@example.com"]]))
    assert (shape.header_row, len(rows)) == (0, 2)
    assert len(cells(shape.path, header_row=1)) == 1


def test_a_damaged_workbook_is_named(sheet, write):
    whole = sheet(People=[["Name"], ["Ada"]]).read_bytes()
    with pytest.raises(InvalidInput, match=r"cut\.xlsx is damaged or cut off"):
        inspect(write(whole[: len(whole) // 2], "cut.xlsx"))


def test_a_workbook_whose_parts_are_missing_is_named(tmp_path):
    path = tmp_path / "odd.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(InvalidInput, match=r"odd\.xlsx is damaged or no Excel workbook"):
        inspect(path)
