"""Which field each column means: by its header, by what was chosen before, or by its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, get_close_matches
from typing import Literal

from app.core.fields import LABELLED, Field
from app.services.importing import content
from app.services.importing.aliases import (
    Meaning,
    folded,
    is_no_telephone,
    is_of_somebody_else,
    is_something_else,
    labelled,
    meanings,
    of_a_person,
    of_a_place,
)
from app.services.importing.content import MOST
from app.services.importing.shape import OWN_COLUMNS

Reason = Literal["exact", "alias", "fuzzy", "content", "remembered", "none"]

_SAMPLES = 5
_FUZZY = 0.84
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Between the words of a header such as postalCode."""
_SHORT, _LONG = 4, 9
_SLIP = 0.75
"""How alike two words are of which one is the other with a slip of the pen."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A header such as "Direct phone (office)" that holds one of these words is believed only if the
# values agree: "Phone type" and "Email status" hold them too.
_WORDS: tuple[tuple[frozenset[str], str, Callable[[str], object]], ...] = (
    (_words("email mail courriel correo emails"), "email", content.is_email),
    (_words("linkedin"), "linkedin_url", content.is_url),
    (_words("mobile mobil cell handy portable gsm"), "mobile", content.is_digits),
    (_words("phone telephone telefon telefono tel phones"), "phone", content.is_digits),
    (_words("website homepage url web"), "website", content.is_url),
)


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One column with the field it seems to mean.

    name is distinct among the columns; samples are its first different values; field is None for
    a column that would be ignored; confidence runs from 0 to 1.
    """

    index: int
    name: str
    samples: tuple[str, ...]
    field: str | None
    confidence: float
    reason: Reason


def guess_columns(
    names: Sequence[str],
    headers: Sequence[str],
    values: Sequence[Sequence[str]],
    *,
    custom: Sequence[Field] = (),
    remembered: Mapping[str, str] | None = None,
) -> tuple[ColumnGuess, ...]:
    """A guess for each column; `values` holds the sampled cells column by column.

    Each field is suggested once, for the most confident column. Further columns of e-mails and
    phones become labelled values, email.2 and so on.
    """
    known = meanings(custom)
    guesses = [
        _guess(i, name, header, column, known, remembered)
        for i, (name, header, column) in enumerate(zip(names, headers, values, strict=True))
    ]
    return tuple(_once_each(_one_place(_family_name(guesses, headers), headers, known), headers))


def _guess(
    index: int,
    name: str,
    header: str,
    values: Sequence[str],
    known: Mapping[str, Meaning],
    remembered: Mapping[str, str] | None,
) -> ColumnGuess:
    samples = tuple(dict.fromkeys(value.strip() for value in values if value.strip()))[:_SAMPLES]
    blank = ColumnGuess(index, name, samples, None, 0.0, "none")
    if header.strip().lower() in OWN_COLUMNS:
        return blank
    if remembered is not None and name in remembered:
        return replace(blank, field=remembered[name] or None, confidence=1.0, reason="remembered")
    return _by_header(blank, header, values, known) or _by_content(blank, header, values)


def _by_header(
    blank: ColumnGuess, header: str, values: Sequence[str], known: Mapping[str, Meaning]
) -> ColumnGuess | None:
    key, apart = folded(header), folded(_CAMEL.sub(" ", header))
    if key not in known and apart in known:
        key = apart
    further = labelled(header)
    if further:
        return replace(blank, field=further.key, confidence=1.0, reason="exact")
    meaning = known.get(key)
    if meaning is None:
        return (
            _by_place(blank, key, known)
            or _by_person(blank, key, values, known)
            or _by_words(blank, key, values)
            or _nearly(blank, key, known)
        )
    if not meaning.field.editable:
        # The program keeps it itself, such as the score: the column is left out, not guessed anew.
        return blank
    if meaning.field.key == "title" and content.share(values, content.is_salutation) >= MOST:
        # In an address book "Title" is the "Dr." before the name.
        return blank
    if not meaning.exact and _belie(values, meaning.field.key):
        return None
    if meaning.exact:
        return replace(blank, field=meaning.field.key, confidence=1.0, reason="exact")
    return replace(blank, field=meaning.field.key, confidence=meaning.confidence, reason="alias")


def _belie(values: Sequence[str], field: str) -> bool:
    """True when the values plainly are something else than a loose header says."""
    if field == "website":
        return content.share(values, content.is_linkedin) >= MOST
    return field not in ("email", "owner") and content.share(values, content.is_email) >= MOST


def _by_place(blank: ColumnGuess, key: str, known: Mapping[str, Meaning]) -> ColumnGuess | None:
    found = of_a_place(key, known)
    if found is None:
        return None
    field, rank = found
    return replace(blank, field=field.key, confidence=round(0.9 - rank / 100, 2), reason="alias")


def _by_person(
    blank: ColumnGuess, key: str, values: Sequence[str], known: Mapping[str, Meaning]
) -> ColumnGuess | None:
    meaning = of_a_person(key, known)
    if meaning is None or not meaning.field.editable or _belie(values, meaning.field.key):
        return None
    return replace(blank, field=meaning.field.key, confidence=0.88, reason="alias")


def _by_words(blank: ColumnGuess, key: str, values: Sequence[str]) -> ColumnGuess | None:
    if is_of_somebody_else(key) or is_no_telephone(key):
        return None
    words = set(key.split())
    for wanted, field, test in _WORDS:
        if words & wanted and content.share(values, test) >= MOST:
            return replace(blank, field=field, confidence=0.8, reason="fuzzy")
    return None


def _nearly(blank: ColumnGuess, key: str, known: Mapping[str, Meaning]) -> ColumnGuess | None:
    """A header with a slip of the pen, such as "Compnay"."""
    if len(key) <= _SHORT or is_something_else(key):
        return None
    near = get_close_matches(key, known, n=1, cutoff=_FUZZY)
    # Two letters swapped, or one wrong in a long name; "contract" is no slip for "contact".
    slip = near and (sorted(near[0]) == sorted(key) or (len(key) > _LONG and _alike(near[0], key)))
    field = known[near[0]].field if slip else None
    if field is None or not field.editable:
        return None
    return replace(blank, field=field.key, confidence=0.7, reason="fuzzy")


def _alike(name: str, key: str) -> bool:
    """Word for word: "company yomi" is no slip for "company domain"."""
    pairs = list(zip(name.split(), key.split(), strict=False))
    return name.count(" ") == key.count(" ") and all(
        sorted(one) == sorted(other) or SequenceMatcher(None, one, other).ratio() >= _SLIP
        for one, other in pairs
    )


def _by_content(blank: ColumnGuess, header: str, values: Sequence[str]) -> ColumnGuess:
    found, key = content.field_by_content(values), folded(header)
    if found is None or is_of_somebody_else(key):
        return blank
    if found[0] == "phone" and is_no_telephone(key):
        return blank
    return replace(blank, field=found[0], confidence=found[1], reason="content")


def _family_name(guesses: list[ColumnGuess], headers: Sequence[str]) -> list[ColumnGuess]:
    """Beside a first name and without a last one, "Name" is the family name, as in German."""
    fields = {guess.field for guess in guesses}
    if "first_name" not in fields or "last_name" in fields:
        return guesses
    return [
        replace(guess, field="last_name", confidence=0.85)
        if guess.field == "full_name" and guess.reason == "alias" and folded(header) == "name"
        else guess
        for guess, header in zip(guesses, headers, strict=True)
    ]


def _one_place(
    guesses: list[ColumnGuess], headers: Sequence[str], known: Mapping[str, Meaning]
) -> list[ColumnGuess]:
    """Street and city come from one place: a business city in a home county is nowhere."""
    places = {
        guess.index: found[1]
        for guess, header in zip(guesses, headers, strict=True)
        if guess.reason == "alias" and (found := of_a_place(folded(header), known))
    }
    if not places:
        return guesses
    filled = dict.fromkeys(sorted(places.values()), 0)
    for index, place in places.items():
        filled[place] += bool(guesses[index].samples)
    best = max(filled, key=lambda place: (filled[place], -place))
    return [
        _ignored(guess) if places.get(guess.index, best) != best else guess for guess in guesses
    ]


def _once_each(guesses: list[ColumnGuess], headers: Sequence[str]) -> list[ColumnGuess]:
    """The most confident column keeps its field; the others get a label or nothing.

    A column that has another name and only looks like addresses gets nothing: with a further
    address of somebody else, different people would be taken for one.
    """
    taken: set[str] = set()
    found = list(guesses)
    for guess in sorted(guesses, key=_precedence):
        if guess.field is None:
            continue
        field = guess.field
        if field in taken and guess.reason != "remembered":
            own = guess.reason != "content" or not headers[guess.index].strip()
            field = _further(field, taken) if field in LABELLED and own else ""
        taken.add(field)
        if field != guess.field:
            found[guess.index] = (
                replace(guess, field=field, confidence=min(guess.confidence, 0.8))
                if field
                else _ignored(guess)
            )
    return found


def _ignored(guess: ColumnGuess) -> ColumnGuess:
    return replace(guess, field=None, confidence=0.0, reason="none")


def _precedence(guess: ColumnGuess) -> tuple[bool, bool, bool, float, int]:
    # An address book has a column for everything, and most of them are empty: a filled one wins
    # over another that is named as well.
    empty = not guess.samples and guess.field not in LABELLED
    named = guess.reason == "exact"
    return guess.reason != "remembered", not named, empty, -guess.confidence, guess.index


def _further(field: str, taken: set[str]) -> str:
    number = 2
    while f"{field}.{number}" in taken:
        number += 1
    return f"{field}.{number}"
