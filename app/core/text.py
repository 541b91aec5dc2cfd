"""Text as users read it and as search compares it: the translation marker and folding."""

from __future__ import annotations

import gettext
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_separator = ","

_SEPARATORS = {"fr": "\N{NARROW NO-BREAK SPACE}"}
"""What stands between thousands, where it is not a comma."""

# Letters that carry no combining mark in Unicode but that people type without it.
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_NOT_WORD = re.compile(r"[\W_]+")
# What casefolding and `_NOT_WORD` do to ASCII, several times faster.
_ASCII_WORDS = "".join(c.lower() if c.isalnum() else " " for c in map(chr, range(128)))
_PART = "\0"
# The same for many texts at once, whose parting has to stay.
_ASCII_WORDS_OR_PART = _PART + _ASCII_WORDS[1:]


def use_language(language: str, locales: Path) -> None:
    """Translate from now on with the compiled catalogue of `language` below `locales`.

    English needs none: its sentences are those of the source.
    """
    global _catalogue, _separator
    _separator = _SEPARATORS.get(language, ",")
    _catalogue = gettext.translation(
        "captely", localedir=locales, languages=[language], fallback=True
    )


def grouped(n: int) -> str:
    """A whole number with the language's thousands separators."""
    return f"{n:,}".replace(",", _separator)


def marked(text: str) -> str:
    """Mark words that are declared here and translated by `tr` where they are shown."""
    return text


def tr(text: str, **values: object) -> str:
    """Mark `text` as words for the user, translate it, and fill its {placeholders}."""
    translated = _catalogue.gettext(text)
    return translated.format(**values) if values else translated


def trn(one: str, many: str, n: int, **values: object) -> str:
    """Like `tr` for a sentence that depends on the number `n`, which fills {n}."""
    return _catalogue.ngettext(one, many, n).format(n=grouped(n), **values)


def fold(text: str) -> str:
    """Case and diacritics removed, so that "Chloé" and "CHLOE" compare equal."""
    folded = text.casefold()
    return folded if folded.isascii() else _NOT_ASCII.sub(_bare, folded)


def _bare(run: re.Match[str]) -> str:
    return _without_marks(run[0])


@lru_cache(maxsize=16_384)
def _without_marks(run: str) -> str:
    """Some casefolded letters without their marks; each letter's result is its own alone."""
    # Compatibility forms such as the sign for picoampere decompose into capitals once more.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", run).casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare.translate(_LETTERS)


def search_words(text: str) -> str:
    """The folded words of `text`, each with one space before it; what search stores and probes.

    A word begins at a space, so " mar" in the result is a prefix match in any database.
    """
    if text.isascii():
        words = " ".join(text.translate(_ASCII_WORDS).split())
    else:
        words = _NOT_WORD.sub(" ", fold(text)).strip()
    return f" {words}" if words else ""


def search_words_of(texts: Sequence[str]) -> list[str]:
    """What `search_words` gives for each text, all of them at once: a third of the time."""
    joined = f" {_PART} ".join(_ascii_of(texts))
    if joined.count(_PART) != len(texts) - 1 or not joined.isascii():
        # Letters such as Greek ones stay, and a NUL within a text is not one between two.
        return list(map(search_words, texts))
    words = f" {joined} ".translate(_ASCII_WORDS_OR_PART)
    while "  " in words:
        words = words.replace("  ", " ")
    return words.replace(f" {_PART}", _PART)[:-1].split(_PART)


def _ascii_of(texts: Sequence[str]) -> Sequence[str]:
    """The texts, those folded that are not ASCII; what is not even then stays as it is."""
    odd = [place for place, text in enumerate(texts) if not text.isascii()]
    if not odd:
        return texts
    folded = fold(_PART.join([texts[place] for place in odd])).split(_PART)
    if len(folded) != len(odd):
        return texts
    plain = list(texts)
    for place, text in zip(odd, folded, strict=True):
        plain[place] = text
    return plain
