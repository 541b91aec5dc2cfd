"""Rows of raw cells become checked values; compiled once for each import, run once for each row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.errors import InvalidInput
from app.core.fields import LABELLED, Field
from app.core.text import tr
from app.services.importing import emails, steps, values
from app.services.importing.countries import country_code
from app.services.importing.dates import Order
from app.services.importing.numbers import Decimal
from app.services.importing.values import Rules

_NAMES = ("first_name", "last_name", "full_name", "linkedin_url", *LABELLED)

_NUMBERS = 2
"""How many telephone numbers one cell may hold."""

_TEXTS = 20_000
"""How many different short texts are remembered; about 3 MB."""

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
        plain = {
            key: group[0].index
            for key, group in groups.items()
            if len(group) == 1 and values.is_plain(group[0].field)
        }
        others = {key: group for key, group in groups.items() if key not in plain}
        self._tidied = _Tidied()
        self._texts = tuple(plain.values())
        self._country = others["country"][0].index if "country" in others else None
        self._further = _further(others)
        self.fields: tuple[str, ...] = (*plain, *others, *self._further)
        slots = {key: slot for slot, key in enumerate(self.fields)}
        self._blank: list[Any] = [None] * (len(self.fields) - len(plain))
        self._steps = tuple(self._step(key, group, slots) for key, group in others.items())
        self._identity = tuple(
            slot for key, slot in slots.items() if key.partition(".")[0] in _NAMES
        )

    def row(self, cells: Sequence[str]) -> Normalised:
        """The values of one row; `cells` are as many as the file has columns."""
        tidied = self._tidied
        found: list[Any] = [tidied[cells[i]] for i in self._texts]
        found += self._blank
        warnings: list[str] = []
        country = self.default_country
        if self._country is not None:
            country = country_code(cells[self._country]) or country
        try:
            for step in self._steps:
                step(cells, found, country, warnings)
        except InvalidInput as error:
            return found, error.message, tuple(warnings)
        for slot in self._identity:
            if found[slot] is not None:
                return found, None, tuple(warnings) if warnings else ()
        return found, _nobody(), tuple(warnings)

    def _step(self, key: str, group: list[Target], slots: Mapping[str, int]) -> steps.Step:
        field, slot = group[0].field, slots[key]
        indexes = tuple(target.index for target in group)
        base = key.partition(".")[0]
        if base in LABELLED:
            more = [slots[name] for name in self._further if name.startswith(f"{key}.")]
            if base == "email":
                return steps.email_step(indexes, slot, more)
            return steps.phone_step(field, indexes, slot, more)
        columns = [(target.index, values.reader(field, self._rules(target))) for target in group]
        if len(columns) > 1 and key in ("notes", "tags"):
            return steps.joined_step(columns, slot)
        return steps.value_step(field, columns, slot)

    def _rules(self, target: Target) -> Rules:
        choices = self._status_rules if target.field.key == "status" else None
        return Rules(target.date_order, target.decimal, choices)


class _Tidied(dict[str, str | None]):
    """Texts with their tidied form: most names, towns and titles of a list come again."""

    def __missing__(self, text: str) -> str | None:
        if len(self) >= _TEXTS:
            self.clear()
        found = self[text] = values.tidy(text) or None
        return found


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
