"""Finds which cell of a row is wrong and why, for rows that were rejected or read with a doubt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from app.core.errors import InvalidInput
from app.core.fields import FieldKind
from app.services.importing import emails, links, phones, values
from app.services.importing.countries import country_code
from app.services.importing.normalise import Target
from app.services.importing.repairs import Problem, email_problem
from app.services.importing.totals import is_totals
from app.services.importing.values import Rules

WARNING, ERROR = 1, 2

Check = Callable[[Sequence[str]], Problem | None]

_KINDS = {
    FieldKind.URL: Problem.NO_ADDRESS,
    FieldKind.NUMBER: Problem.NO_NUMBER,
    FieldKind.MONEY: Problem.NO_NUMBER,
    FieldKind.DATE: Problem.NO_DATE,
    FieldKind.MOMENT: Problem.NO_DATE,
    FieldKind.BOOL: Problem.NO_BOOL,
    FieldKind.CHOICE: Problem.NO_CHOICE,
    FieldKind.MULTI: Problem.NO_CHOICE,
}
_UNDECIDED = {Problem.NO_DATE: Problem.DATE_ORDER, Problem.NO_NUMBER: Problem.DECIMAL_MARK}


class Found(NamedTuple):
    """One problem of a row: its column (-1 for the row as a whole), its kind and how bad it is."""

    column: int
    problem: Problem
    level: int


class Inspector:
    """Looks at single rows; compiled once for each import."""

    def __init__(
        self,
        targets: Sequence[Target],
        default_country: str,
        statuses: Mapping[str, str],
        width: int,
    ) -> None:
        """`width` is the number of columns of the file."""
        self._width = width
        self._country = default_country
        choices = values.choices(statuses)
        self._checks: dict[int, Check] = {
            target.index: self._check_of(target, choices)
            for target in targets
            if target.field.kind is not FieldKind.TAGS
        }
        self._emails = [t.index for t in targets if t.field.kind is FieldKind.EMAIL]
        self._domains = [t.index for t in targets if t.field.key in ("domain", "website")]
        self._where = next((t.index for t in targets if t.field.key == "country"), None)
        self._first = self._emails[0] if self._emails else targets[0].index if targets else -1

    def find(self, cells: Sequence[str], *, rejected: bool, readable: bool) -> list[Found]:
        """The problems of one row; a row that reading rejected is not looked into."""
        if not readable:
            return [self._unreadable(cells)]
        found = [
            Found(i, problem, ERROR if i in self._emails else WARNING)
            for i in self._checks
            if (problem := self.problem_in(cells, i)) is not None
        ]
        if rejected and not any(one.level == ERROR for one in found):
            found.insert(0, Found(self._first, Problem.NOBODY, ERROR))
        if is_totals(cells):
            level = ERROR if rejected else WARNING
            found = [Found(-1, Problem.TOTALS, level)]
        return found or [Found(-1, Problem.OTHER, WARNING)]

    def _unreadable(self, cells: Sequence[str]) -> Found:
        quoted = [i for i, cell in enumerate(cells) if '"' in cell]
        if len(cells) == self._width and quoted:
            return Found(quoted[0], Problem.QUOTE, ERROR)
        return Found(-1, Problem.ROW, ERROR)

    def domain(self, cells: Sequence[str]) -> str:
        """The company's domain, if the row says it."""
        for i in self._domains:
            if found := links.domain(values.tidy(cells[i])):
                return found
        return ""

    def problem_in(self, cells: Sequence[str], index: int) -> Problem | None:
        """What is wrong with one cell, None if it can be read."""
        check = self._checks.get(index)
        return check(cells) if check is not None and cells[index] else None

    def _check_of(self, target: Target, statuses: Mapping[str, str]) -> Check:
        if target.field.kind is FieldKind.EMAIL:
            return lambda cells: self._in_email(cells, target.index)
        if target.field.kind is FieldKind.PHONE:
            return lambda cells: self._in_phone(cells, target)
        return _reading(target, statuses)

    def _in_email(self, cells: Sequence[str], index: int) -> Problem | None:
        if emails.plain(cells[index].lower()):
            return None
        try:
            emails.addresses(cells[index])
        except InvalidInput:
            return email_problem(cells[index], self.domain(cells))
        return None

    def _in_phone(self, cells: Sequence[str], target: Target) -> Problem | None:
        text = cells[target.index]
        if not text.strip() or values.is_blank(target.field, text):
            return None
        named = country_code(cells[self._where]) if self._where is not None else None
        return _phone_problem(text, named or self._country, self._country)


def _reading(target: Target, statuses: Mapping[str, str]) -> Check:
    """A check that reads the cell and says by its field what went wrong."""
    read = _reader(target, statuses)
    usual = _KINDS.get(target.field.kind, Problem.NO_ADDRESS)

    def check(cells: Sequence[str]) -> Problem | None:
        text = cells[target.index]
        if not text.strip() or values.is_blank(target.field, text):
            return None
        try:
            read(text, "")
        except values.Unreadable as doubt:
            # Only what an answer of the user's would decide has a hint to say which.
            return _UNDECIDED[usual] if doubt.hint and usual in _UNDECIDED else usual
        return None

    return check


def _reader(target: Target, statuses: Mapping[str, str]) -> Callable[[str, str], object]:
    choices = statuses if target.field.key == "status" else None
    return values.reader(target.field, Rules(target.date_order, target.decimal, choices))


def _phone_problem(text: str, country: str, home: str) -> Problem | None:
    try:
        phones.numbers(text, country, home)
    except phones.LostPrecision:
        return Problem.LOST_DIGITS
    except ValueError:
        digits = sum(c.isdigit() for c in text)
        unknown = not country and 7 <= digits <= 15 and not text.strip().startswith("+")
        return Problem.NO_COUNTRY if unknown else Problem.NO_PHONE
    return None
