"""Which of our fields goes into which field of the destination, under which policy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.errors import InvalidInput
from app.core.fields import Field, FieldKind
from app.core.text import search_words, tr
from app.services.connectors import Connector, RemoteField, RemoteKind
from app.services.exporting.values import FITTING, may_fit, option_for

OVERWRITE, FILL = "overwrite", "fill"
SKIP, CLEAR = "skip", "clear"
INVALID = "invalid"
KEY_SOURCE = "email"

# Filled by the program or with names of colleagues, which the destination knows otherwise.
_NOT_GUESSED = frozenset({"owner", "tags", "full_name", "score", "created", "updated"})

_CHOICES = {"write": (OVERWRITE, FILL), "blank": (SKIP, CLEAR), "unmapped": (INVALID, SKIP)}
_TEXTS = ("to", "from", "constant", "fallback")


@dataclass(frozen=True, slots=True)
class Rule:
    """One remote field and what goes into it.

    source is the key of one of our fields, or None when `constant` goes to everybody. fallback
    stands in for a blank value. write is overwrite, or fill to leave what the destination has.
    blank is skip, or clear to empty the remote field when ours is blank. values translates
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

    def as_dict(self) -> dict[str, Any]:
        """The entry in a mapping file; what is as usual is left out."""
        whole = {
            "to": self.remote,
            "from": self.source,
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

    @property
    def needs_reading(self) -> bool:
        """True when what to send depends on what the destination has."""
        return any(rule.write == FILL for rule in self.rules)

    def key_source(self, key_field: str) -> str:
        """Which of our fields recognises a person there."""
        found = (rule.source for rule in self.rules if rule.remote == key_field)
        return next((source for source in found if source), KEY_SOURCE)

    def as_dict(self) -> dict[str, Any]:
        """The form in which a mapping is stored and written to a file."""
        return {"connector": self.connector, "fields": [rule.as_dict() for rule in self.rules]}


def mapping_from(connector: str, written: object) -> FieldMapping:
    """A mapping from its file: {"fields": [{"to", "from", ...}]}, or just {our field: theirs}.

    Raises InvalidInput naming the entry that cannot be read.
    """
    if not isinstance(written, dict):
        raise _unreadable(tr("it is not a JSON object"))
    entries = written.get("fields")
    if entries is None:
        pairs = {ours: theirs for ours, theirs in written.items() if ours != "connector"}
        entries = [{"from": ours, "to": theirs} for ours, theirs in pairs.items()]
    elif written.get("connector", connector) != connector:
        raise _unreadable(tr("it is for {name}", name=str(written["connector"])))
    if not isinstance(entries, list):
        raise _unreadable(tr("“fields” is not a list"))
    return FieldMapping(connector, tuple(_rule(entry) for entry in entries))


def automatic(
    connector: Connector, local: Sequence[Field], remote: Sequence[RemoteField]
) -> FieldMapping:
    """The mapping that names, labels and types suggest; what does not fit is left out."""
    free = {each.name: each for each in remote if each.writable}
    rules: list[Rule] = []
    for ours in local:
        for theirs in _candidates(ours, connector.synonyms, free):
            if _fits(ours, theirs):
                rules.append(Rule(theirs.name, ours.key))
                del free[theirs.name]
                break
    return FieldMapping(connector.name, tuple(rules))


def check(
    mapping: FieldMapping,
    connector: Connector,
    local: Sequence[Field],
    remote: Sequence[RemoteField],
) -> None:
    """Raise InvalidInput for a rule that could never work, naming it and what would."""
    ours = {each.key: each for each in local}
    theirs = {each.name: each for each in remote}
    if not mapping.rules:
        raise InvalidInput(tr("The mapping is empty."), tr("Map at least one field."))
    used: set[str] = set()
    for rule in mapping.rules:
        _check_target(rule, connector, theirs, used)
        used.add(rule.remote)
        if rule.source is not None:
            _check_pair(rule, ours, theirs[rule.remote])
        elif rule.remote == connector.key_field:
            raise InvalidInput(
                tr("{field} cannot be the same for everybody.", field=rule.remote),
                tr("Map it from one of the contact's fields."),
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
        lost = _without_option(ours[rule.source].choices, target, rule.values)
        if lost:
            found[rule.remote] = lost
    return found


def _candidates(
    ours: Field, synonyms: Mapping[str, tuple[str, ...]], free: Mapping[str, RemoteField]
) -> Iterable[RemoteField]:
    if ours.key in _NOT_GUESSED:
        return
    name = ours.key.removeprefix("custom:")
    for each in (*synonyms.get(ours.key, ()), name, name.replace(" ", "_").lower()):
        if each in free:
            yield free[each]
    label = search_words(ours.label)
    yield from (each for each in list(free.values()) if search_words(each.label) == label)


def _fits(ours: Field, theirs: RemoteField) -> bool:
    if ours.kind not in FITTING[theirs.kind]:
        # A text may hold a number or a choice, but only the user can know that it always does.
        return False
    if theirs.kind not in {RemoteKind.CHOICE, RemoteKind.MULTI}:
        return True
    if ours.kind in {FieldKind.CHOICE, FieldKind.MULTI}:
        return bool(ours.choices) and not _without_option(ours.choices, theirs, {})
    return ours.kind is FieldKind.BOOL


def _without_option(
    choices: Iterable[str], theirs: RemoteField, values: Mapping[str, str]
) -> list[str]:
    return [each for each in choices if option_for(values.get(each, each), theirs) is None]


def _check_target(
    rule: Rule, connector: Connector, theirs: Mapping[str, RemoteField], used: set[str]
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


def _check_pair(rule: Rule, ours: Mapping[str, Field], target: RemoteField) -> None:
    source = ours.get(rule.source or "")
    if source is None:
        raise InvalidInput(
            tr("There is no contact field {name}.", name=rule.source or ""),
            _nearest(rule.source or "", ours),
        )
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


def _rule(entry: object) -> Rule:
    if not isinstance(entry, dict):
        raise _unreadable(tr("{entry} is not an object", entry=str(entry)[:60]))
    unknown = entry.keys() - {*_TEXTS, *_CHOICES, "values"}
    if unknown:
        raise _unreadable(tr("it has an unknown word “{word}”", word=str(min(unknown, key=str))))
    texts = {name: _checked_text(name, entry.get(name)) for name in _TEXTS}
    policies = {name: _checked_choice(name, entry.get(name)) for name in _CHOICES}
    values = entry.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(each, str) for each in values.values()):
        raise _unreadable(tr("“values” of {name} is not a table of texts", name=str(texts["to"])))
    if not texts["to"] or (texts["from"] is None) == (texts["constant"] is None):
        raise _unreadable(
            tr(
                "each entry needs “to”, and either “from” or “constant”: {entry}",
                entry=str(entry)[:80],
            )
        )
    return Rule(
        remote=texts["to"],
        source=texts["from"],
        constant=texts["constant"],
        fallback=texts["fallback"],
        values=values,
        **policies,
    )


def _checked_text(name: str, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _unreadable(tr("“{name}” must be text, not {value}", name=name, value=str(value)[:40]))


def _checked_choice(name: str, value: object) -> str:
    allowed = _CHOICES[name]
    if value is None:
        return allowed[0]
    if value in allowed:
        return str(value)
    raise _unreadable(
        tr("“{name}” must be one of {allowed}", name=name, allowed=", ".join(allowed))
    )


def _unreadable(why: str) -> InvalidInput:
    return InvalidInput(
        tr("The mapping cannot be read: {why}.", why=why),
        tr('Write it like {{"first_name": "firstname", "title": "jobtitle"}}.', why=why),
    )
