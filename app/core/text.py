"""Text as users read it and as search compares it: the translation marker and folding."""

from __future__ import annotations

import gettext
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_separator, _decimal_mark = ",", "."

_SEPARATORS = {"fr": "\N{NARROW NO-BREAK SPACE}"}
"""What stands between thousands, where it is not a comma."""

_DECIMAL_MARKS = {"fr": ","}
"""What stands before decimals, where it is not a point."""

_IN_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")

# Letters that carry no combining mark in Unicode but that people type without it.
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})
_END_OF = re.compile(r"(\{(\w+)\})\.(?!\.)")
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
    global _catalogue, _separator, _decimal_mark
    _separator, _decimal_mark = _SEPARATORS.get(language, ","), _DECIMAL_MARKS.get(language, ".")
    _catalogue = gettext.translation(
        "captely", localedir=locales, languages=[language], fallback=True
    )


def grouped(n: int) -> str:
    """A whole number with the language's thousands separators."""
    return f"{n:,}".replace(",", _separator)


def decimal_mark() -> str:
    """What the language writes before decimals."""
    return _decimal_mark


def plain_number(typed: str) -> str:
    """A number that a person typed, with a point and no groups: 1,000.5 or in French 1 000,5.

    Only the language tells a comma for thousands from one for decimals; what is not written as
    either stays as it is, to be refused by whoever reads it.
    """
    bare = "".join(typed.split())
    if _decimal_mark == ",":
        return bare.replace(",", ".")
    return bare.replace(",", "") if _IN_THOUSANDS.fullmatch(bare) else bare


def is_whole(text: str) -> bool:
    r"""False where a text cannot be stored: "\ud83d" alone is the first half of an emoji.

    Such halves also stand for bytes of a terminal that are no letters in its encoding.
    """
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def made_whole(text: str) -> str:
    """The text with a question mark in the place of each half letter, to be shown."""
    return text.encode("utf-8", "replace").decode()


def marked(text: str) -> str:
    """Mark words that are declared here and translated by `tr` where they are shown."""
    return text


def tr(text: str, **values: object) -> str:
    """Mark `text` as words for the user, translate it, and fill its {placeholders}."""
    translated = _catalogue.gettext(text)
    return _filled(translated, values) if values else translated


def trn(one: str, many: str, n: int, **values: object) -> str:
    """Like `tr` for a sentence that depends on the number `n`, which fills {n}."""
    return _filled(_catalogue.ngettext(one, many, n), {"n": grouped(n), **values})


def _filled(sentence: str, values: Mapping[str, object]) -> str:
    """The sentence with its values; one that ends in a point ends the sentence as well.

    So with "déc." and "Acme Inc.": nobody writes two points.
    """
    ending = {
        name
        for name, value in values.items()
        if isinstance(value, str) and value.endswith(".") and not value.endswith("..")
    }
    if ending:
        sentence = _END_OF.sub(lambda end: end[1] if end[2] in ending else end[0], sentence)
    return sentence.format(**values)


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
