"""Every file of the shared collection of lists gives the right table or the right sentence."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from app.core.errors import InvalidInput
from app.services.importing.mapping import preview
from app.services.importing.tables import inspect, read_rows
from tests.services.importing.files import cells, read

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "csv"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/csv is not there")

SPECTRUM = sorted(CORPUS.glob("csv-spectrum/csvs/*.csv"))
EVERYTHING = sorted(path for path in CORPUS.rglob("*") if path.is_file())
EXAMPLES = CORPUS / "csvkit-examples"

OLD_EXCEL = "an old or password-protected Excel file"
NO_LISTS = {
    "dummy.xls": OLD_EXCEL,
    "sheets.xls": OLD_EXCEL,
    "test.xls": OLD_EXCEL,
    "test_skip_lines.xls": OLD_EXCEL,
    "empty.csv": "is empty",
    "testdbf.dbf": "a dBase file",
    "test_geojson.json": "no list of contacts in JSON",
    "testjson_nested.json": "no list of contacts in JSON",
    "package.json": "no list of contacts in JSON",
}


@pytest.mark.parametrize("path", SPECTRUM, ids=lambda path: path.name)
def test_csv_spectrum_gives_exactly_the_published_tables(path):
    expected = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text("utf-8"))
    shape, rows = read(path)
    table = [dict(zip(shape.columns, row.cells, strict=True)) for row in rows]
    if path.stem == "location_coordinates":
        # The published table is one row, with another telephone number than its list.
        expected = [{**expected, "Contact Phone Number": "2095257564"}]
    assert table == expected


@pytest.mark.parametrize("path", EVERYTHING, ids=lambda path: path.name)
def test_every_file_gives_a_table_or_its_sentence(path):
    said = NO_LISTS.get(path.name) if path.parent.name != "csvs" else None
    if said:
        with pytest.raises(InvalidInput, match=said):
            inspect(path)
        return
    found = preview(path)
    rows = list(read_rows(found.shape))
    assert len(found.columns) == len(found.shape.columns)
    assert all(len(row.cells) == len(found.columns) for row in rows if row.problem is None)


@pytest.mark.parametrize(
    "name",
    [
        "testxlsx_converted.csv",
        "testxls_converted.csv",
        "sheetsxlsx_converted.csv",
        "foo1.csv",
        "iris.csv",
        "test_geo.csv",
        "testjson_converted.csv",
    ],
)
def test_plain_lists_are_read_as_the_csv_module_reads_them(name):
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        header, *expected = csv.reader(file)
    shape, rows = read(EXAMPLES / name)
    assert list(shape.columns) == header
    width = len(header)
    filled = [row + [""] * (width - len(row)) for row in expected if any(row)]
    assert [row.cells for row in rows] == filled


@pytest.mark.parametrize(
    "name",
    [
        "dummy.csv",
        "dummy.csv.gz",
        "dummy.csv.bz2",
        "dummy.tsv",
        "dummy.xlsx",
        "null_byte.csv",
        "mac_newlines.csv",
        "test_utf16_big.csv",
        "test_utf16_little.csv",
    ],
)
def test_one_table_in_every_wrapping(name):
    shape, rows = read(EXAMPLES / name)
    assert (shape.columns, shape.header_row) == (("a", "b", "c"), 1)
    first = ["", "2", "3"] if name == "null_byte.csv" else ["1", "2", "3"]
    assert rows[0].cells == first


@pytest.mark.parametrize(
    ("name", "encoding", "last"),
    [
        ("test_utf8.csv", "utf-8", "ʤ"), ("test_utf8_bom.csv", "utf-8-sig", "ʤ"),
        ("test_latin1.csv", "cp1252", "©"), ("test_utf16_big.csv", "utf-16", "ʤ"),
        ("test_utf16_little.csv", "utf-16", "ʤ"),
    ],
)  # fmt: skip
def test_encodings_of_the_collection(name, encoding, last):
    shape, rows = read(EXAMPLES / name)
    assert (shape.encoding, rows[-1].cells) == (encoding, ["4", "5", last])


@pytest.mark.parametrize(
    ("name", "row"),
    [("test_skip_lines.csv", 4), ("bad_skip_lines.csv", 4), ("test_skip_lines.xlsx", 4)],
)
def test_blank_lines_above_the_header_are_passed_over(name, row):
    assert inspect(EXAMPLES / name).header_row == row


@pytest.mark.parametrize("name", ["no_header_row.csv", "no_header_row2.csv", "no_header_row3.csv"])
def test_lists_without_a_header_lose_no_row(name):
    shape, rows = read(EXAMPLES / name)
    assert (shape.header_row, shape.columns) == (0, ("", "", ""))
    assert len(rows) == (2 if name.endswith("3.csv") else 1)


def test_ragged_rows_are_padded_or_rejected_with_their_line():
    rows = read(EXAMPLES / "bad.csv")[1]
    assert [(row.line, row.problem) for row in rows] == [
        (2, "The row has 4 values for 3 columns."),
        (3, None),
        (4, None),
    ]


def test_the_workbook_is_read_as_its_converted_table():
    shape, rows = read(EXAMPLES / "test.xlsx")
    assert shape.columns[:7] == (
        "text",
        "date",
        "integer",
        "boolean",
        "float",
        "datetime",
        "empty_column",
    )
    assert rows[0].cells[:6] == [
        "Chicago Reader",
        "1971-01-01",
        "40",
        "true",
        "1",
        "1971-01-01T04:14:00",
    ]
    assert cells(EXAMPLES / "test.xlsx")[2][4] == "41800000.01"


def test_dates_of_the_collection_are_decided_by_their_column():
    assert preview(EXAMPLES / "test_date_format.csv").dates[0].order == "dmy"


def test_people_with_known_duplicates_are_read_whole():
    found = preview(CORPUS / "febrl" / "dataset1.csv")
    fields = {guess.name: guess.field for guess in found.columns}
    assert (fields["given_name"], fields["surname"], fields["suburb"]) == (
        "first_name",
        "last_name",
        "city",
    )
    assert len(cells(CORPUS / "febrl" / "dataset1.csv")) == 1_000
