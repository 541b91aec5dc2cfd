"""Reads a TOML file strictly: every key is asked for, and what nobody asked for is a mistake."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from app.core.errors import InvalidInput
from app.core.text import tr

FORMAT = 1


class Table:
    """One table of a file; `done` complains about keys that were not read.

    Every method raises InvalidInput that names the file, the place in it, and what is wrong.
    """

    def __init__(self, file: str, place: str, content: Mapping[str, object]) -> None:
        self._file = file
        self._place = place
        self._content = dict(content)

    @classmethod
    def of(cls, path: Path) -> Table:
        """The outermost table of a file, whose `format` must be the one known here."""
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise _unusable(path.name, str(error)) from error
        table = cls(path.name, "", content)
        if table.whole("format") != FORMAT:
            raise table.wrong("format", tr("is not {known}", known=FORMAT))
        return table

    def names(self) -> list[str]:
        """The keys that were not read yet, in the file's order."""
        return list(self._content)

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, tr("is not a text"))
        return value

    def whole(self, key: str, *, least: int = 0) -> int:
        """A whole number that is not below `least`; true and 1.0 are none."""
        value = self._take(key)
        if type(value) is not int or value < least:
            raise self.wrong(key, tr("is not a whole number from {least}", least=least))
        return value

    def yes(self, key: str) -> bool:
        """True or false."""
        value = self._take(key)
        if not isinstance(value, bool):
            raise self.wrong(key, tr("is neither true nor false"))
        return value

    def day(self, key: str) -> date:
        """A date without a time."""
        value = self._take(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, tr("is not a date"))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none of them twice."""
        value = self._take(key)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, tr("is not a list of texts"))
        if len(set(value)) != len(value):
            raise self.wrong(key, tr("names something twice"))
        return tuple(value)

    def table(self, key: str) -> Table:
        """A table within this one."""
        value = self._take(key)
        if not isinstance(value, dict):
            raise self.wrong(key, tr("is not a table"))
        return Table(self._file, self.place(key), value)

    def tables(self, key: str) -> list[Table]:
        """A list of tables that is not empty."""
        value = self._take(key)
        if not isinstance(value, list) or not value or not all(isinstance(e, dict) for e in value):
            raise self.wrong(key, tr("is not a list of tables"))
        return [Table(self._file, f"{self.place(key)}[{n}]", each) for n, each in enumerate(value)]

    def wholes(self, key: str, *, least: int = 0) -> dict[str, int]:
        """A table of whole numbers by name, not empty."""
        table = self.table(key)
        names = table.names()
        if not names:
            raise self.wrong(key, tr("is empty"))
        return {name: table.whole(name, least=least) for name in names}

    def done(self) -> None:
        """Every key has been read; a further one is a mistake."""
        if self._content:
            raise self.wrong(next(iter(self._content)), tr("is not known"))

    def place(self, key: str) -> str:
        """Where a key stands, such as plans.free.limits."""
        return f"{self._place}.{key}" if self._place else key

    def wrong(self, key: str, why: str) -> InvalidInput:
        """The error of one key; why continues the sentence that begins with its place."""
        return _unusable(self._file, f"{self.place(key)} {why}")

    def _take(self, key: str) -> object:
        if key not in self._content:
            raise self.wrong(key, tr("is missing"))
        return self._content.pop(key)


def _unusable(file: str, why: str) -> InvalidInput:
    return InvalidInput(
        tr("The file {file} cannot be used: {why}.", file=file, why=why),
        tr("Install Captely again, or put back the file that came with it."),
    )
