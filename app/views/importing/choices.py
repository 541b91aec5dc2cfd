"""What a picker offers, and which of it matches what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.text import fold


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a picker; a heading has no key. finds are further words that find it."""

    key: str | None
    words: str
    icon: str = ""
    finds: str = ""


def matching(found: Sequence[Choice], typed: str) -> list[Choice]:
    """The choices that hold every typed word, best first, without headings; all when none is."""
    words = fold(typed).split()
    if not words:
        return list(found)
    hits = [c for c in found if c.key is not None and _holds(c, words)]
    return sorted(hits, key=lambda c: not fold(c.words).startswith(words[0]))


def _holds(choice: Choice, words: Sequence[str]) -> bool:
    text = fold(f"{choice.words} {choice.finds}")
    return all(word in text for word in words)
