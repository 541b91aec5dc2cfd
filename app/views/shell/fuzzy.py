"""Whether typed letters mean a text, how well, and which letters of the text they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from app.core.text import fold

WHOLE, START, WORD, INITIALS, INSIDE, LETTERS = 130.0, 120.0, 100.0, 80.0, 60.0, 40.0
"""The text itself, its start, the start of a word in it, the first letters of some of its words, a
piece of a word, letters in their order."""
GAP, LENGTH = 2.0, 0.1
"""What a skipped letter and each letter of the text cost, so that the shorter one is first."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well it fits, and the places in the text of the letters that were typed."""

    score: float
    letters: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text without case and diacritics; places has, for each letter, where it came from."""

    letters: str
    places: tuple[int, ...]

    def starts_word(self, at: int) -> bool:
        return at == 0 or not self.letters[at - 1].isalnum()


@lru_cache(maxsize=2_048)
def _folded(text: str) -> _Folded:
    letters, places = [], []
    for place, letter in enumerate(text):
        for bare in fold(letter):
            letters.append(bare)
            places.append(place)
    return _Folded("".join(letters), tuple(places))


def match(typed: str, text: str, *, loose: bool = True) -> Match | None:
    """How `typed` fits `text`: each of its words must, in any order; None when one does not.

    loose lets the letters of a word lie apart in the text.
    """
    words, folded = fold(typed).split(), _folded(text)
    if not words:
        return Match(0.0)
    fits = [_word(word, folded, loose=loose) for word in words]
    score, letters = 0.0, set[int]()
    for fit in fits:
        if fit is None:
            return None
        score += fit.score
        letters.update(fit.letters)
    places = {folded.places[at] for at in letters}
    return Match(score / len(words) - LENGTH * len(text), tuple(sorted(places)))


def _word(word: str, text: _Folded, *, loose: bool) -> Match | None:
    run = range(len(word))
    at = text.letters.find(word)
    inside = at
    while at >= 0:
        if text.starts_word(at):
            whole = len(word) == len(text.letters)
            score = WHOLE if whole else START if at == 0 else WORD
            return Match(score, tuple(at + step for step in run))
        at = text.letters.find(word, at + 1)
    initials = _in_order(word, text) if loose and len(word) > 1 else None
    if initials is not None and initials.score == INITIALS:
        return initials
    if inside >= 0 and len(word) > 1:
        return Match(INSIDE, tuple(inside + step for step in run))
    return initials


def _in_order(word: str, text: _Folded) -> Match | None:
    """Its letters in their order, such as "ic" in Import contacts, beginning with a word."""
    best: Match | None = None
    for start in range(len(text.letters)):
        if text.letters[start] != word[0] or not text.starts_word(start):
            continue
        found = _follow(word, text, start)
        if found is not None and (best is None or found.score > best.score):
            best = found
    return best


def _follow(word: str, text: _Folded, start: int) -> Match | None:
    places, gaps = [start], 0
    for letter in word[1:]:
        at = _next(letter, text, places[-1] + 1)
        if at is None:
            return None
        jumped = at - places[-1] - 1
        gaps += 0 if text.starts_word(at) else jumped
        places.append(at)
    if all(map(text.starts_word, places)):
        return Match(INITIALS, tuple(places))
    score = LETTERS - GAP * gaps
    # Letters strewn over a long text mean nothing.
    return Match(score, tuple(places)) if score > 0 else None


def _next(letter: str, text: _Folded, begin: int) -> int | None:
    """The following letter, else the next beginning of a word, else the nearest one."""
    if text.letters[begin : begin + 1] == letter:
        return begin
    nearest = at = text.letters.find(letter, begin)
    while at >= 0:
        if text.starts_word(at):
            return at
        at = text.letters.find(letter, at + 1)
    return nearest if nearest >= 0 else None
