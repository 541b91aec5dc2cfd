"""How to ask for a page of rare words: which of them the full-text index is asked for.

The index collects everything that has a word before it answers, and the beginning of a word
stands for many. What it is not asked for is looked up in the texts of what it finds. A sample of
texts says how many contacts have which words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from app.services.query import FieldWords, Words
from app.services.text_filters import WORD_ENDS, Group, group_of

WORD_US = 0.1
"""Microseconds of the full-text index for one contact that has a whole word."""
BEGINNING_US = 0.3
"""The same for one that has a word with a given beginning."""
SORTED_US = 0.5
"""Putting one contact that the index finds in the order of names."""
LOOKED_UP_US = 7.0
"""Fetching the text of one contact from the file, to look whether it has the other words."""
LIKELY = 3
"""So many hits in a sample say something about how many there are."""


@dataclass(frozen=True, slots=True)
class Part:
    """One question to the index, the sampled texts that answer it, and its cost per contact."""

    group: Group
    hits: frozenset[int]
    each_us: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What the index is asked, and the microseconds that a page will take so.

    share is how many of those that the index finds match the whole query.
    """

    tokens: tuple[Group, ...]
    cost: float
    share: float


@dataclass(frozen=True, slots=True)
class Sampled:
    """What contacts picked all over the workspace say; contacts is how many there are.

    together are the texts that match the whole query.
    """

    texts: Sequence[str]
    contacts: int
    together: int

    def plan(self, terms: Sequence[Words | FieldWords], wanted: int) -> Plan:
        """The cheapest way to a page of `wanted` contacts that match all terms."""
        parts = [self._part(group) for term in terms for group in _questions(term)]
        chosen = [min(parts, key=lambda part: self._cost([part], parts, wanted))]
        cost = self._cost(chosen, parts, wanted)
        left = [part for part in parts if part is not chosen[0]]
        while left:
            best = min(left, key=lambda part: self._cost([*chosen, part], parts, wanted))
            if (lower := self._cost([*chosen, best], parts, wanted)) >= cost:
                break
            chosen.append(best)
            left.remove(best)
            cost = lower
        share = self._matching(parts) / max(1.0, self._contacts_with(chosen))
        return Plan(tuple(part.group for part in chosen), cost, min(1.0, share))

    def _part(self, group: Group) -> Part:
        goes_on = any(word[1] for choice in group for word in choice)
        hits = frozenset(place for choice in group for place in self._having(choice))
        return Part(group, hits, BEGINNING_US if goes_on else WORD_US)

    def _having(self, words: Sequence[tuple[str, bool]]) -> list[int]:
        places = list(range(len(self.texts)))
        for word, goes_on in words:
            start = f" {word}"
            places = [place for place in places if start in self.texts[place]]
            if not goes_on:
                whole = [start + end for end in WORD_ENDS]
                places = [p for p in places if any(word in self.texts[p] for word in whole)]
        return places

    def _cost(self, asked: Sequence[Part], parts: Sequence[Part], wanted: int) -> float:
        found = self._contacts_with(asked)
        matching = min(found, self._matching(parts))
        looked_up = found if matching <= wanted else found * wanted / matching
        index = sum(self._contacts_with([part]) * part.each_us for part in asked)
        return index + found * SORTED_US + looked_up * LOOKED_UP_US

    def _matching(self, parts: Sequence[Part]) -> float:
        """About how many contacts match the whole query."""
        if self.together >= LIKELY:
            return self.together * self._each
        return self._contacts_with(parts)

    def _contacts_with(self, parts: Sequence[Part]) -> float:
        """About how many contacts have all parts: counted, or where they are rare, reckoned."""
        together = len(frozenset.intersection(*(part.hits for part in parts)))
        if together >= LIKELY or len(parts) == 1:
            return max(together, 0.5) * self._each
        whole = len(self.texts) or 1
        return self.contacts * prod(max(len(part.hits), 0.5) / whole for part in parts)

    @property
    def _each(self) -> float:
        """How many contacts one of the sample stands for."""
        return self.contacts / (len(self.texts) or 1)


def _questions(term: Words | FieldWords) -> Iterator[Group]:
    """Each word of a term by itself; words of which any will do are one question."""
    choices = group_of(term)
    if len(choices) > 1:
        yield choices
    else:
        yield from (((word,),) for word in choices[0])
