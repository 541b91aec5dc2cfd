"""Typed values of a contact, such as email=ada@example.com: read by the rules of an import."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.errors import InvalidFields, InvalidInput
from app.core.fields import BY_KEY, CUSTOM_PREFIX, LABELLED, Field
from app.core.text import fold, tr
from app.services.importing.values import Rules, Unreadable, choices, read_value
from app.services.tags import tag_name

IDENTITY = ("email", "phone", "mobile", "first_name", "last_name", "full_name", "linkedin_url")
"""One of these a contact must have: a company alone is nobody."""

_ALSO = {"name": "full_name", "tag": "tags", "linkedin": "linkedin_url", "zip": "postal_code"}
_LABEL = re.compile(r"[^\W_][\w -]{0,29}")


@dataclass(frozen=True, slots=True)
class Typed:
    """Values ready to be stored.

    fields are the journal's, without tags and labelled values; tags are names, None when not
    typed; labelled maps (field, label) to a further value, None to remove it.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] | None = None
    labelled: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def blanks(self) -> set[str]:
        """The fields that are cleared."""
        return {key for key, value in self.fields.items() if value is None}


def read_typed(
    values: Mapping[str, str],
    custom: Sequence[Field],
    statuses: Mapping[str, str],
    country: str = "",
) -> Typed:
    """`values` by field name, as typed: "email", "custom:budget" or "budget", "email.home", "tags".

    statuses are keys by their names; country is that of numbers without a code, unless one is
    typed.
    Raises InvalidFields for unknown fields and values that a field cannot have.
    """
    reading = _Reading(custom, statuses, _country(values.get("country", ""), country), country)
    problems: dict[str, InvalidInput] = {}
    for name, text in values.items():
        try:
            reading.take(name, text)
        except InvalidInput as error:
            problems[name] = error
    if problems:
        raise InvalidFields(problems)
    return Typed(reading.fields, reading.tags, reading.labelled)


@dataclass(slots=True)
class _Reading:
    """Takes one typed value after the other."""

    custom: Sequence[Field]
    statuses: Mapping[str, str]
    country: str
    home: str
    fields: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] | None = None
    labelled: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def take(self, name: str, text: str) -> None:
        """Read one value; raises InvalidInput when it cannot be what its field needs."""
        known, label = _resolve(name, self.custom)
        if label:
            self.labelled[known.key, label] = self._read(known, text)
        elif known.key == "tags":
            self.tags = tuple(tag_name(one) for one in self._read(known, text) or ())
        else:
            self.fields[known.key] = self._read(known, text)
        if known.key == "status" and self.fields["status"] is None:
            raise InvalidInput(
                tr("A contact always has a status."),
                tr("Choose one of {keys}.", keys=", ".join(dict.fromkeys(self.statuses.values()))),
            )

    def _read(self, known: Field, text: str) -> Any:  # noqa: ANN401
        allowed = choices(self.statuses) if known.key == "status" else None
        try:
            return read_value(known, text, Rules(choices=allowed, home=self.home), self.country)
        except Unreadable as error:
            # As in an import: a number or address that cannot be read stays as it was typed.
            if error.kept is None:
                raise
            return error.kept


def with_labelled(held: Mapping[str, Any], typed: Typed) -> dict[str, Any]:
    """The journal's labelled:<field> values after `typed`; held are the present ones."""
    after: dict[str, list[list[str]]] = {}
    for (key, label), value in typed.labelled.items():
        name = f"labelled:{key}"
        pairs = after.setdefault(name, [list(pair) for pair in held.get(name) or ()])
        places = [at for at, pair in enumerate(pairs) if fold(pair[0]) == fold(label)]
        if value is None:
            after[name] = [pair for at, pair in enumerate(pairs) if at not in places]
        elif places:
            pairs[places[0]] = [label, value]
        else:
            pairs.append([label, value])
    return {name: pairs or None for name, pairs in after.items()}


def checked_label(label: str) -> str:
    """The label of a further value as it is stored; raises InvalidInput for one that cannot be."""
    tidy = " ".join(label.split()).casefold()
    if not _LABEL.fullmatch(tidy):
        raise InvalidInput(
            tr("A label is 1 to 30 letters, digits, spaces or hyphens."),
            tr("Write one such as work, home or assistant."),
        )
    return tidy


def named_field(name: str, custom: Sequence[Field]) -> Field:
    """The field called `name`; raises InvalidInput when there is none that can be typed."""
    return _resolve(name, custom)[0]


def _resolve(name: str, custom: Sequence[Field]) -> tuple[Field, str]:
    """The field called `name`, and the label of a further value."""
    wanted = name.strip().casefold()
    known = {**BY_KEY, **{one.key: one for one in custom}}
    for one in custom:
        known.setdefault(one.key[len(CUSTOM_PREFIX) :], one)
    key, dot, label = wanted.partition(".")
    found = known.get(_ALSO.get(wanted, wanted))
    if found is None and dot and key in LABELLED:
        return BY_KEY[key], checked_label(label)
    if found is None:
        near = difflib.get_close_matches(wanted, [*known, *_ALSO], n=1)
        message = tr("There is no field '{name}'.", name=name)
        if near:
            message = tr("{problem} Did you mean '{near}'?", problem=message, near=near[0])
        raise InvalidInput(message, tr("Custom fields are made under Settings."))
    if not found.editable:
        raise InvalidInput(
            tr("{field} is kept by Captely and cannot be typed.", field=found.title),
            tr("Leave it out."),
        )
    return found, ""


def _country(typed: str, default: str) -> str:
    found = read_value(BY_KEY["country"], typed) if typed.strip() else None
    return found if isinstance(found, str) and len(found) == 2 else default
