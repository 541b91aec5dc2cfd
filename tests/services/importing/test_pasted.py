"""What was copied in a spreadsheet, a web page or a text is a list like any other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.core.errors import InvalidInput, StorageError
from app.services.importing.pasted import drop_pasted, keep_pasted, tables_of
from tests.services.importing.files import cells

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HTML = """<html><body><!--StartFragment--><table><tr><th>Name<th>E-mail</tr>
<tr><td>Zoë &amp; Co</td><td>zoe@fjord.example</td></tr>
<tr><td colspan="2">one<br>two</td></tr></table><!--EndFragment--></body></html>"""


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Name\tE-mail\nZoë\tzoe@fjord.example\n", ""),
        ("Name\tE-mail\r\nZoë\tzoe@fjord.example", HTML),
        ("Name,E-mail\nZoë,zoe@fjord.example\n", ""),
        ("Name;E-mail\nZoë;zoe@fjord.example\n", ""),
    ],
)
def test_cells_of_a_spreadsheet_or_a_text_are_read_with_their_accents(
    tmp_path: Path, text: str, html: str
) -> None:
    path = keep_pasted(tmp_path, text, html, NOW)

    assert path.name == "Pasted 2026-11-23 10.00.00.csv"
    assert cells(path) == [["Zoë", "zoe@fjord.example"]]


def test_a_table_of_a_web_page_is_read_cell_by_cell(tmp_path: Path) -> None:
    path = keep_pasted(tmp_path, "Name E-mail Zoë & Co zoe@fjord.example", HTML, NOW)

    assert cells(path) == [["Zoë & Co", "zoe@fjord.example"], ["one two", ""]]


def test_the_largest_table_of_a_page_is_the_list() -> None:
    small = "<table><tr><td>menu</td></tr></table>"

    assert len(tables_of(small + HTML)) == 3
    assert tables_of("<p>no table</p>") == []


@pytest.mark.parametrize("text", ["", "   \n", "one line only"])
def test_a_clipboard_without_rows_says_what_to_do(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInput, match="no rows to paste") as error:
        keep_pasted(tmp_path, text, "", NOW)
    assert "Copy some rows" in error.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")

    with pytest.raises(StorageError, match="cannot be kept"):
        keep_pasted(blocked, "a\tb\n1\t2\n", "", NOW)


def test_old_pastes_are_removed_and_nothing_else(tmp_path: Path) -> None:
    keep_pasted(tmp_path, "a\tb\n1\t2\n", "", NOW)
    (tmp_path / "import-1.db").write_text("")

    drop_pasted(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["import-1.db"]
