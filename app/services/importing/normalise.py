"""Rows of raw cells become checked values; compiled once for each import, run once for each row.

Most rows of a long list are read many at once, column by column; `row` is what each of them means.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.errors import InvalidInput
from app.core.fields import LABELLED, Field
from app.core.text import tr
from app.services.importing import columns, emails, steps, totals, values
from app.services.importing.columns import Block, ColumnStep
from app.services.importing.countries import country_code
from app.services.importing.dates import Order
from app.services.importing.numbers import Decimal
from app.services.importing.values import Rules

_NAMES = ("first_name", "last_name", "full_name")
_IDENTITY = (*_NAMES, "linkedin_url", *LABELLED)

_NUMBERS = 2
"""How many telephone numbers one cell may hold."""

Normalised = tuple[list[Any], str | None, tuple[str, ...]]
"""The values in the order of `fields`, the sentence for which the row is rejected, the warnings."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where one column goes.

    index is the column's place in the row, from 0. field may be of a further labelled value, with
    a key such as email.home. date_order and decimal are the column's, None when undecided.
    """

    index: int
    field: Field
    date_order: Order | None = None
    decimal: Decimal | None = None


class RowNormaliser:
    """Turns the cells of one file into values of contact fields.

    `fields` names the values: catalogue keys, custom:<name>, and email.<label> for further
    values (further columns and further addresses in one cell are email.2, email.3). Values are
    text or None, microseconds UTC for moments, numbers and bools for custom fields, and lists of
    text for tags and multiple choice.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        *,
        default_country: str = "",
        statuses: Collection[str] | Mapping[str, str] = (),
    ) -> None:
        """`statuses` are the allowed keys, or labels mapped to keys.

        Raises InvalidInput when the default country is not known.
        """
        self.default_country = _country(default_country)
        self._status_rules = values.choices(statuses)
        groups: dict[str, list[Target]] = {}
        for target in targets:
            groups.setdefault(target.field.key, []).append(target)
        self._country = groups["country"][0].index if "country" in groups else None
        self._further = _further(groups)
        self.fields: tuple[str, ...] = (*groups, *self._further)
        slots = {key: slot for slot, key in enumerate(self.fields)}
        self._steps = {key: self._step(key, group, slots) for key, group in groups.items()}
        self._columns = [self._column(key, group, slots) for key, group in groups.items()]
        self._identity = tuple(
            slot for key, slot in slots.items() if key.partition(".")[0] in _IDENTITY
        )
        self._names = tuple(slot for key, slot in slots.items() if key in _NAMES)

    def row(self, cells: Sequence[str]) -> Normalised:
        """The values of one row; `cells` are as many as the file has columns."""
        found: list[Any] = [None] * len(self.fields)
        warnings: list[str] = []
        country = self.default_country
        if self._country is not None:
            country = country_code(cells[self._country]) or country
        try:
            for step in self._steps.values():
                step(cells, found, country, warnings)
        except InvalidInput as error:
            return found, error.message, tuple(warnings)
        return found, self._refusal(cells, found), tuple(warnings) if warnings else ()

    def _refusal(self, cells: Sequence[str], found: Sequence[Any]) -> str | None:
        """Why a row that can be read is nobody all the same."""
        who = [slot for slot in self._identity if found[slot] is not None]
        if not who:
            return _nobody()
        adds_up = all(slot in self._names for slot in who) and totals.is_totals(cells)
        return totals.no_contact() if adds_up else None

    def block(self, rows: Sequence[Sequence[str]]) -> Block:
        """The values of many rows of the file's width, but for odd ones, whose places are noted."""
        cells = list(zip(*rows, strict=True))
        countries = [self.default_country] * len(rows)
        if self._country is not None and rows:
            default = self.default_country
            countries = [country_code(text) or default for text in cells[self._country]]
        block = Block(rows, cells, countries, [None] * len(self.fields))
        if rows:
            for step in self._columns:
                step(block)
            block.odd.update(_nameless([block.found[slot] for slot in self._identity], len(rows)))
            if any(totals.may_hold(block.found[slot] or ()) for slot in self._names):
                block.odd.update(i for i, row in enumerate(rows) if totals.is_totals(row))
        return block

    def _column(self, key: str, group: list[Target], slots: Mapping[str, int]) -> ColumnStep:
        field, slot, index = group[0].field, slots[key], group[0].index
        base = key.partition(".")[0]
        if len(group) == 1 and base in LABELLED:
            return (columns.one_email if base == "email" else columns.one_phone)(index, slot)
        if len(group) == 1 and (tidied := values.tidier(field)):
            return columns.texts(index, slot, tidied)
        if len(group) == 1 and columns.is_alike(field):
            return columns.one_value(
                field, index, slot, values.reader(field, self._rules(group[0]))
            )
        more = [slots[name] for name in self._further if name.startswith(f"{key}.")]
        return columns.row_by_row(self._steps[key], (slot, *more))

    def _step(self, key: str, group: list[Target], slots: Mapping[str, int]) -> steps.Step:
        field, slot = group[0].field, slots[key]
        indexes = tuple(target.index for target in group)
        base = key.partition(".")[0]
        if base in LABELLED:
            more = [slots[name] for name in self._further if name.startswith(f"{key}.")]
            if base == "email":
                return steps.email_step(indexes, slot, more)
            return steps.phone_step(field, indexes, slot, more, self.default_country)
        columns = [(target.index, values.reader(field, self._rules(target))) for target in group]
        if len(columns) > 1 and key in ("notes", "tags"):
            return steps.joined_step(columns, slot)
        return steps.value_step(field, columns, slot)

    def _rules(self, target: Target) -> Rules:
        choices = self._status_rules if target.field.key == "status" else None
        return Rules(target.date_order, target.decimal, choices)


def _nameless(identity: Sequence[columns.Column], size: int) -> Iterable[int]:
    """The places of rows in which nothing says who it is."""
    given = [column for column in identity if column is not None]
    if not given:
        return range(size)
    nothing = (None,) * len(given)
    return [place for place, who in enumerate(zip(*given, strict=True)) if who == nothing]


def _nobody() -> str:
    return tr("Nothing in the row says who this is: no e-mail, phone, name or LinkedIn.")


def _country(written: str) -> str:
    if not written.strip():
        return ""
    found = country_code(written)
    if found is None:
        raise InvalidInput(
            tr("{value} is no country.", value=written), tr("Write two letters such as FR.")
        )
    return found


def _further(groups: Mapping[str, list[Target]]) -> list[str]:
    """Fields for the further addresses and numbers that one cell or one more column may bring."""
    found = []
    for key, group in groups.items():
        if key in LABELLED:
            most = len(group) + (emails.MOST if key == "email" else _NUMBERS) - 1
            found += [f"{key}.{n}" for n in range(2, most + 1) if f"{key}.{n}" not in groups]
    return found
