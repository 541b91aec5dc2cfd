"""What a verb prints: one JSON object on stdout, or words for people; progress on stderr."""

from __future__ import annotations

import io
import json
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.core.errors import CaptelyError

CONTROL = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], "\N{REPLACEMENT CHARACTER}")
"""What a terminal would obey: a name in a list must not be able to move the cursor."""
PIPE_WIDTH = 10_000
"""Columns of a table that no terminal shows: other programs want whole values on one line."""


class Output:
    """Where one verb's results, messages and progress go."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.err = Console(stderr=True, highlight=False, soft_wrap=True)
        self._out = Console(highlight=False, soft_wrap=True)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A name may not fit the terminal's own encoding; better a "?" than no answer.
                stream.reconfigure(errors="replace")

    @property
    def interactive(self) -> bool:
        """True when somebody watches stderr, so that a moving bar makes sense."""
        return sys.stderr.isatty()

    def result(self, data: Mapping[str, Any]) -> None:
        """The verb's one JSON object; nothing in words mode, where `say` and `table` speak."""
        if not self.as_json:
            return
        plain = not (sys.stdout.encoding or "").lower().startswith("utf")
        words = json.dumps(data, ensure_ascii=plain, indent=2, default=as_json)
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()

    def say(self, words: str) -> None:
        """A line for people: on stdout, or on stderr when stdout carries JSON."""
        console = self.err if self.as_json else self._out
        console.print(_plain(words))

    def note(self, words: str) -> None:
        """A line beside the result, always on stderr."""
        self.err.print(_plain(words))

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Rows for people; silent when JSON is asked for.

        On a terminal long values fold inside its width; anywhere else each row is one line.
        """
        if self.as_json:
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for header in headers:
            table.add_column(header, overflow="fold")
        shown = _cell if self._out.is_terminal else _one_line
        for row in rows:
            table.add_row(*(_plain(shown(value)) for value in row))
        if self._out.is_terminal:
            self._out.print(table)
        else:
            self._out.print(_unpadded(table))

    def error(self, error: CaptelyError) -> None:
        """The sentence and its next step; as JSON the `error` object, on stdout."""
        self.result({"error": error.as_dict()})
        if not self.as_json:
            self.err.print(_plain(error.message))
            if error.hint:
                self.err.print(_plain(error.hint))


def as_json(value: object) -> Any:  # noqa: ANN401
    """How a frozen view and its values are written: fields by name, moments in ISO 8601 UTC."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | array):
        return list(value)
    return str(value)


def _plain(words: str) -> Text:
    return Text(words.translate(CONTROL))


def _unpadded(table: Table) -> Text:
    """The table as lines without the blanks that fill its last column."""
    page = Console(file=io.StringIO(), width=PIPE_WIDTH, highlight=False)
    with page.capture() as drawn:
        page.print(table)
    return Text("\n".join(line.rstrip() for line in drawn.get().splitlines()))


def _one_line(value: object) -> str:
    return " ".join(_cell(value).split())


def _cell(value: object) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or "—"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
