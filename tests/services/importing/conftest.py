"""Lists written for one test each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a list; text is encoded, bytes are taken as they are."""

    def writing(content: str | bytes, name: str = "list.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return writing


@pytest.fixture
def sheet(tmp_path: Path) -> Write:
    """Writes a workbook from rows of values, by sheet name."""

    def writing(name: str = "list.xlsx", **sheets: list[list[object]]) -> Path:
        book = openpyxl.Workbook()
        del book[book.sheetnames[0]]
        for title, rows in sheets.items():
            page = book.create_sheet(title)
            for row in rows:
                page.append(row)
        path = tmp_path / name
        book.save(path)
        return path

    return writing
