"""Takes a whole name apart into a first and a last name, where the user asks for it."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARTICLES = _words(
    "van von der den de del della di da du des la le el al bin ibn ter ten zu zum zur af av dos das"
    " do mac mc st st. san"
)
_TITLES = _words("mr mrs ms miss dr prof mme mlle m herr frau sr sra sig")
_SUFFIXES = _words("jr sr ii iii iv phd md esq")


def split_name(text: str) -> tuple[str, str]:
    """First and last name: "Lovelace, Ada", "Ada Lovelace", "Ludwig van Beethoven".

    A particle begins the last name, titles in front are left out, and one word alone is taken for
    a last name.
    """
    last, comma, first = (part.strip() for part in text.partition(","))
    if comma and first and first.lower().rstrip(".") not in _SUFFIXES:
        return first, last
    words = (last if comma else text).split()
    while len(words) > 1 and words[0].lower().rstrip(".") in _TITLES:
        words.pop(0)
    if len(words) < 2:
        return "", " ".join(words)
    tail = len(words) - 1
    if tail > 1 and words[tail].lower().rstrip(".") in _SUFFIXES:
        tail -= 1
    while tail > 1 and words[tail - 1].lower() in _PARTICLES:
        tail -= 1
    return " ".join(words[:tail]), " ".join(words[tail:])
