"""Which of our fields goes into which field of the destination, under which policy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.core.errors import InvalidInput
from app.core.fields import Field
from app.core.text import tr
from app.services.connectors import RemoteField
from app.services.exporting.values import may_fit, option_for

OVERWRITE, FILL, CREATE = "overwrite", "fill", "create"
SKIP, CLEAR = "skip", "clear"
INVALID = "invalid"
KEY_SOURCE = "email"


class Destination(Protocol):
    """What a mapping must know of a connector."""

    @property
    def label(self) -> str:
        """Its name for the user."""

    @property
    def key_field(self) -> str:
        """The remote field that recognises a person."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One remote field and what goes into it.

    source is the key of one of our fields, or None when `constant` goes to everybody. While it is
    blank the fields of `also` are looked at, in their order, and at last the text `fallback`.
    write is overwrite, fill to leave what the destination has, or create to write only with a new
    contact. blank is skip, or clear to empty the remote field when ours is blank. values translates
    picklist values; unmapped says what a value without an option makes of the contact: invalid,
    or skip to leave the field out.
    """

    remote: str
    source: str | None = None
    constant: str | None = None
    fallback: str | None = None
    write: str = OVERWRITE
    blank: str = SKIP
    unmapped: str = INVALID
    values: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Our fields that are looked at, the first one with a value wins."""
        return () if self.source is None else (self.source, *self.also)

    def as_dict(self) -> dict[str, Any]:
        """The entry in a mapping file; what is as usual is left out."""
        whole = {
            "to": self.remote,
            "from": self.source,
            "or": list(self.also) or None,
            "constant": self.constant,
            "fallback": self.fallback,
            "write": self.write if self.write != OVERWRITE else None,
            "blank": self.blank if self.blank != SKIP else None,
            "unmapped": self.unmapped if self.unmapped != INVALID else None,
            "values": dict(self.values) or None,
        }
        return {name: value for name, value in whole.items() if value is not None}


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """All rules of one destination."""

    connector: str
    rules: tuple[Rule, ...]

    def key_source(self, key_field: str) -> str:
        """Which of our fields recognises a person there."""
        found = (rule.source for rule in self.rules if rule.remote == key_field)
        return next((source for source in found if source), KEY_SOURCE)

    def as_dict(self) -> dict[str, Any]:
        """The form in which a mapping is stored and written to a file."""
        return {"connector": self.connector, "fields": [rule.as_dict() for rule in self.rules]}


def check(
    mapping: FieldMapping,
    connector: Destination,
    local: Sequence[Field],
    remote: Sequence[RemoteField],
) -> None:
    """Raise InvalidInput for a rule that could never work, naming it and what would."""
    if not mapping.rules:
        raise InvalidInput(tr("The mapping is empty."), tr("Map at least one field."))
    for problem in problems(mapping.rules, connector, local, remote):
        if problem is not None:
            raise problem


def problems(
    rules: Sequence[Rule],
    connector: Destination,
    local: Sequence[Field],
    remote: Sequence[RemoteField],
) -> list[InvalidInput | None]:
    """For each rule why it could never work, None where it could."""
    ours = {each.key: each for each in local}
    theirs = {each.name: each for each in remote}
    used: set[str] = set()
    found: list[InvalidInput | None] = []
    for rule in rules:
        try:
            _check_target(rule, connector, theirs, used)
            _check_rule(rule, connector, ours, theirs[rule.remote])
        except InvalidInput as problem:
            found.append(problem)
        else:
            found.append(None)
        used.add(rule.remote)
    return found


def _check_rule(
    rule: Rule, connector: Destination, ours: Mapping[str, Field], target: RemoteField
) -> None:
    for source in rule.sources:
        _check_pair(source, ours, target)
    is_key = rule.remote == connector.key_field
    if is_key and rule.source is None:
        raise InvalidInput(
            tr("{field} cannot be the same for everybody.", field=rule.remote),
            tr("Map it from one of the contact's fields."),
        )
    if is_key and rule.also:
        raise InvalidInput(
            tr("{field} recognises a person, so it is taken from one field.", field=rule.remote),
            tr("Take its further fields out."),
        )


def unmapped_choices(
    mapping: FieldMapping, local: Sequence[Field], remote: Sequence[RemoteField]
) -> dict[str, list[str]]:
    """For each mapped picklist, our choices that no option of theirs stands for."""
    ours = {each.key: each for each in local}
    theirs = {each.name: each for each in remote}
    found: dict[str, list[str]] = {}
    for rule in mapping.rules:
        target = theirs.get(rule.remote)
        if target is None or not target.options or rule.source not in ours:
            continue
        lost = without_option(ours[rule.source].choices, target, rule.values)
        if lost:
            found[rule.remote] = lost
    return found


def without_option(
    choices: Iterable[str], theirs: RemoteField, values: Mapping[str, str]
) -> list[str]:
    """Those of our choices that no option of theirs stands for."""
    return [each for each in choices if option_for(values.get(each, each), theirs) is None]


def _check_target(
    rule: Rule, connector: Destination, theirs: Mapping[str, RemoteField], used: set[str]
) -> None:
    target = theirs.get(rule.remote)
    if target is None:
        raise InvalidInput(
            tr("{label} has no field {name}.", label=connector.label, name=rule.remote),
            _nearest(rule.remote, theirs),
        )
    if not target.writable:
        raise InvalidInput(
            tr(
                "{field} of {label} cannot be written: {why}.",
                field=rule.remote,
                label=connector.label,
                why=target.why_read_only,
            ),
            tr("Take it out of the mapping, or choose another field."),
        )
    if rule.remote in used:
        raise InvalidInput(
            tr("{field} is mapped twice.", field=rule.remote), tr("Keep one of the two.")
        )


def _check_pair(key: str, ours: Mapping[str, Field], target: RemoteField) -> None:
    source = ours.get(key)
    if source is None:
        raise InvalidInput(tr("There is no contact field {name}.", name=key), _nearest(key, ours))
    if not may_fit(source.kind, target.kind):
        raise InvalidInput(
            tr(
                "{ours} ({our_kind}) does not fit into {theirs} ({their_kind}).",
                ours=source.title,
                our_kind=source.kind.value,
                theirs=target.label,
                their_kind=target.kind.value,
            ),
            tr("Choose a field of the same kind."),
        )


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 3)
    if near:
        return tr("Did you mean {names}?", names=", ".join(near))
    return tr("Look at the fields on the Connections page, or leave it out.")
