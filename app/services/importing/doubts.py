"""Tells what of a list was not read, and when its letters may have been read wrongly.

What is not UTF-8 is read as Windows-1252, the usual one of Western spreadsheets. Two signs tell
that it probably was something else: pairs of letters that are UTF-8 after all, as in a file put
together from two, and whole words of accented letters or control characters, as Cyrillic and
Japanese then look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.core.text import tr
from app.services.importing.encodings import FALLBACK
from app.services.importing.mapping import Preview

_CONTROL = re.compile(r"[\u0080-\u009f]")
_FOREIGN = re.compile(r"[\u0080-\uffff]{3,}")


def doubts(preview: Preview, chosen: str | None) -> list[Mapping[str, Any]]:
    """Warnings of an import in their usual form.

    About letters there is none when the user chose the encoding.
    """
    return [*_left_out(preview.shape.footer), *_letters(preview, chosen)]


def _left_out(footer: Sequence[tuple[int, str]]) -> list[Mapping[str, Any]]:
    if not footer:
        return []
    words = tr("Left out as the footer of a report: {words}", words=f"{footer[0][1]} …")
    return [{"message": words, "count": len(footer), "lines": [line for line, _ in footer][:5]}]


def _letters(preview: Preview, chosen: str | None) -> list[Mapping[str, Any]]:
    if preview.shape.encoding != FALLBACK or chosen is not None:
        return []
    texts = [*preview.shape.columns, *(cell for row in preview.rows for cell in row.cells)]
    if not (_holds_utf8(texts) or _is_foreign(texts)):
        return []
    words = tr(
        "Some letters may be wrong: the file is not UTF-8 throughout, so it was read as {encoding}."
        " If names look odd, undo and import it again with its own encoding",
        encoding=FALLBACK,
    )
    return [{"message": words, "count": 1, "lines": []}]


def _holds_utf8(texts: Iterable[str]) -> bool:
    for text in texts:
        if not text.isascii():
            try:
                text.encode(FALLBACK).decode("utf-8")
            except UnicodeError:
                continue
            return True
    return False


def _is_foreign(texts: Sequence[str]) -> bool:
    if any(map(_CONTROL.search, texts)):
        return True
    words = [word for text in texts if not text.isascii() for word in text.split()]
    accented = [word for word in words if not word.isascii()]
    return bool(accented) and 2 * sum(map(bool, map(_FOREIGN.search, accented))) > len(accented)
