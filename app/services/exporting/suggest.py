"""Which remote field our fields probably mean, and how sure that is."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.core.fields import Field, FieldKind
from app.core.text import search_words
from app.services.connectors import RemoteField, RemoteKind
from app.services.exporting.mapping import FieldMapping, Rule, without_option
from app.services.exporting.values import FITTING

# Filled by the program or with names of colleagues, which the destination knows otherwise.
_NOT_GUESSED = frozenset({"owner", "tags", "full_name", "score", "created", "updated"})

USUAL, SAME_NAME, SAME_LABEL = 1.0, 0.95, 0.9
"""How sure a pair is: known for this destination, of one name, of one label."""
SURE = SAME_LABEL
"""From here on a pair is mapped without asking; below, it is a proposal to look at."""
LIKE = 0.78
"""How much two labels must have in common to be proposed at all."""
_DAMPED = 0.9


class Namer(Protocol):
    """What a suggestion must know of a connector."""

    @property
    def name(self) -> str:
        """Its name in files."""

    @property
    def synonyms(self) -> Mapping[str, tuple[str, ...]]:
        """The remote names that our fields usually have there."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule that names, labels and types suggest; confidence is from 0 to 1."""

    rule: Rule
    confidence: float


def automatic(
    connector: Namer, local: Sequence[Field], remote: Sequence[RemoteField]
) -> FieldMapping:
    """The mapping of all sure pairs; what does not fit or is only alike is left out."""
    found = suggestions(connector.synonyms, local, remote)
    sure = (each.rule for each in found if each.confidence >= SURE)
    return FieldMapping(connector.name, tuple(sure))


def suggestions(
    synonyms: Mapping[str, tuple[str, ...]],
    local: Sequence[Field],
    remote: Sequence[RemoteField],
    taken: Sequence[str] = (),
) -> list[Suggestion]:
    """The best pair for each of our fields, in the order of our fields; each remote field once.

    taken are remote fields that have a rule already.
    """
    free = {each.name: each for each in remote if each.writable and each.name not in taken}
    found: dict[str, Suggestion] = {}
    for alike in (False, True):
        # Whoever is certain chooses before whoever only resembles.
        for ours in local:
            if ours.key in found or ours.key in _NOT_GUESSED:
                continue
            pairs = _alike(ours, free) if alike else _certain(ours, synonyms, free)
            for theirs, confidence in pairs:
                if _fits(ours, theirs):
                    found[ours.key] = Suggestion(Rule(theirs.name, ours.key), confidence)
                    del free[theirs.name]
                    break
    return [found[ours.key] for ours in local if ours.key in found]


def _certain(
    ours: Field, synonyms: Mapping[str, tuple[str, ...]], free: Mapping[str, RemoteField]
) -> Iterator[tuple[RemoteField, float]]:
    for known in synonyms.get(ours.key, ()):
        if known in free:
            yield free[known], USUAL
    name = ours.key.removeprefix("custom:")
    for each in (name, name.replace(" ", "_").lower()):
        if each in free:
            yield free[each], SAME_NAME
    label = search_words(ours.label)
    for theirs in list(free.values()):
        if search_words(theirs.label) == label:
            yield theirs, SAME_LABEL


def _alike(ours: Field, free: Mapping[str, RemoteField]) -> Iterator[tuple[RemoteField, float]]:
    label = search_words(ours.label)
    rated = [
        (difflib.SequenceMatcher(None, label, search_words(theirs.label)).ratio(), theirs)
        for theirs in free.values()
    ]
    for ratio, theirs in sorted(rated, key=lambda pair: -pair[0]):
        if ratio < LIKE:
            return
        yield theirs, round(ratio * _DAMPED, 2)


def _fits(ours: Field, theirs: RemoteField) -> bool:
    if ours.kind not in FITTING[theirs.kind]:
        # A text may hold a number or a choice, but only the user can know that it always does.
        return False
    if theirs.kind not in {RemoteKind.CHOICE, RemoteKind.MULTI}:
        return True
    if ours.kind in {FieldKind.CHOICE, FieldKind.MULTI}:
        return bool(ours.choices) and not without_option(ours.choices, theirs, {})
    return ours.kind is FieldKind.BOOL
