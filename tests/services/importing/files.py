"""Reads lists whole, as tests want them."""

from __future__ import annotations

from pathlib import Path

from app.services.importing.shape import FileShape, RawRow, ReadOptions
from app.services.importing.tables import inspect, read_rows


def read(path: Path, **options: object) -> tuple[FileShape, list[RawRow]]:
    """The shape and all rows of a list."""
    shape = inspect(path, ReadOptions(**options))  # type: ignore[arg-type]
    return shape, list(read_rows(shape))


def cells(path: Path, **options: object) -> list[list[str]]:
    """The cells of all rows, none of which may have a problem."""
    rows = read(path, **options)[1]
    assert [row.problem for row in rows if row.problem] == []
    return [row.cells for row in rows]
