"""What search keeps of a contact: its folded words, field by field, in one line of text.

Each field that has a value is one segment: its code, its words with one space before each, and a
line end. Values of one field are parted by VALUE_END. So the prefix " mar" is found anywhere with
one substring test, a phrase never reaches over two fields, and a test of one field needs nothing
but this text, on either database. Codes are no word characters, so the full-text index does not
see them. The indexer's own process imports this module: standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.core.fields import CUSTOM_PREFIX
from app.core.identity import display_name, key64
from app.core.text import search_words, search_words_of

SEGMENT_END = "\n"
VALUE_END = "\x1f"
WORD_LENGTH = 64
TEXT_LENGTH = 100_000

NAME = "full_name"
_COLUMNS = (
    "first_name",
    "last_name",
    "full_name",
    "email",
    "phone",
    "mobile",
    "company",
    "domain",
    "title",
    "seniority",
    "linkedin_url",
    "website",
    "address",
    "city",
    "postal_code",
    "region",
    "country",
    "time_zone",
    "industry",
    "notes",
    "owner",
    "source",
)
SEARCH_COLUMNS = (*_COLUMNS, "custom", "labelled")
"""The columns of a contact that `document` takes, in its order."""

# Every control character but line ends, tab, VALUE_END and the mark of custom fields.
_CODES = [chr(n) for n in range(1, 30) if n not in (9, 10, 13, 29)][: len(_COLUMNS)]
_CODE = dict(zip(_COLUMNS, _CODES, strict=True))
_CUSTOM_MARK = "\x1e"
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_NAME_AT = _COLUMNS.index(NAME)
_PHONE_FIELDS = frozenset({"phone", "mobile"})
_CODE_LENGTHS = {
    str(start): 1 if str(start)[0] in "17" else 2
    for start in range(10, 99)
    if start not in {21, 22, 23, 24, 25, 26, 28, 29, 35, 37, 38, 42, 50, 59, 80, 83, 85, 87, 88, 89}
    and not 67 <= start <= 69
    and start not in {96, 97}
}
"""How long the country calling code of a number with these first two digits is; of others 3.

Such codes begin with no other code: 1 and 7 alone, these, and else three digits.
"""

_ALL_DIFFERENT = 0.5
"""The share of new values in a column from which on it is not worth remembering them."""

_REMEMBERED = 400_000
"""How many characters of segments `Texts` remembers of each field: 2 to 3 MB."""


def field_code(key: str) -> str:
    """What begins the segment of a field; custom fields have codes made of their name."""
    if key.startswith(CUSTOM_PREFIX):
        return _custom_code(key[len(CUSTOM_PREFIX) :])
    return _CODE[key]


def is_in_text(key: str) -> bool:
    """True for the fields whose words search keeps."""
    return key in _CODE or key.startswith(CUSTOM_PREFIX)


def words_of(text: str) -> str:
    """The words of some text as the index keeps them: over-long ones are cut."""
    return _capped(search_words(text))


def document(values: Sequence[Any]) -> str:
    """The text of one contact from its SEARCH_COLUMNS; custom and labelled are JSON text."""
    *plain, custom, labelled = values
    plain[_NAME_AT] = display_name(plain[0], plain[1], plain[_NAME_AT])
    text = _by_field(plain, json.loads(labelled) if labelled else {})
    return text + "".join(_custom(custom)) if custom else text


class Texts:
    """Makes the texts of many contacts, remembering the segments of values that come again."""

    def __init__(self) -> None:
        self._segments = [_Segments(key) for key in _COLUMNS]

    def of(self, columns: Sequence[Sequence[str | None] | None]) -> list[str]:
        """What `document` gives for each contact.

        columns are the SEARCH_COLUMNS, None for those in which nobody has a value.
        """
        size = max((len(column) for column in columns if column), default=0)
        *plain, custom, labelled = columns
        parts: list[Any] = [
            column and segments.of(column)
            for segments, column in zip(self._segments, plain, strict=True)
        ]
        full = parts[_NAME_AT]
        typed = list(zip(plain[_NAME_AT] or (), full, strict=True)) if full else None
        parts[_NAME_AT] = _displayed(parts[0], parts[1], typed)
        texts = list(map("".join, zip([""] * size, *filter(None, parts), strict=True)))
        for place, written in enumerate(custom or ()):
            if written:
                texts[place] += "".join(_custom(written))
        for place, written in enumerate(labelled or ()):
            if written:
                texts[place] = document([column and column[place] for column in columns])
        return texts


class _Segments:
    """The segments of one field by its values."""

    def __init__(self, key: str) -> None:
        self._code = _CODE[key]
        self._is_phone = key in _PHONE_FIELDS
        self._known: dict[str | None, str] = {}
        self._length = 0

    def of(self, column: Sequence[str | None]) -> list[str]:
        known = self._known
        new = list(set(column).difference(known))
        if len(new) > _ALL_DIFFERENT * len(column):
            # Addresses and numbers do not come again.
            return self._made(column)
        if new:
            if self._length > _REMEMBERED:
                known.clear()
                new, self._length = list(set(column)), 0
            made = self._made(new)
            known.update(zip(new, made, strict=True))
            self._length += sum(map(len, made))
        return [known[value] for value in column]

    def _made(self, values: Sequence[str | None]) -> list[str]:
        code = self._code
        if self._is_phone:
            words = [_phone_words(value) if value else "" for value in values]
        else:
            words = search_words_of([value or "" for value in values])
            if max(map(len, words), default=0) > WORD_LENGTH:
                words = list(map(_capped, words))
        return [f"{code}{one}{SEGMENT_END}" if one else "" for one in words]


def _displayed(
    first: list[str] | None, last: list[str] | None, full: Sequence[tuple[str | None, str]] | None
) -> list[str] | None:
    """The segments of the displayed names, from those of the parts, and the full names typed."""
    if not (first or last):
        return [segment for _, segment in full] if full else None
    code = _CODE[NAME]
    first, last = first or [""] * len(last or ()), last or [""] * len(first or ())
    made = [
        f"{code}{one[1:-1]}{two[1:-1]}{SEGMENT_END}" if one or two else ""
        for one, two in zip(first, last, strict=True)
    ]
    if full is None:
        return made
    return [segment if typed else own for own, (typed, segment) in zip(made, full, strict=True)]


def _by_field(values: Sequence[str | None], labelled: Mapping[str, Any]) -> str:
    parts = []
    for key, code, value in zip(_COLUMNS, _CODES, values, strict=True):
        words_in = _phone_words if key in _PHONE_FIELDS else words_of
        written = [value] if value else []
        written += [further for _, further in labelled.get(key, ())]
        if words := VALUE_END.join(filter(None, map(words_in, written))):
            parts.append(f"{code}{words}{SEGMENT_END}")
    return "".join(parts)


def _phone_words(phone: str) -> str:
    """A number's words, and what else it is found by: without country code, or without spaces."""
    digits = phone[1:]
    if phone[0] == "+" and digits.isdigit() and digits.isascii() and len(phone) <= WORD_LENGTH:
        return f" {digits}{VALUE_END} {digits[_CODE_LENGTHS.get(digits[:2], 3) :]}"
    words = words_of(phone)
    digits = _digits(words)
    return f"{words}{VALUE_END}{digits}" if digits else words


def _digits(words: str) -> str:
    """The number without its spaces, when there are only digits in it."""
    joined = words.replace(" ", "")
    return f" {joined}" if joined.isdigit() and words.count(" ") > 1 else ""


def _capped(words: str) -> str:
    if len(words) <= WORD_LENGTH:
        return words
    cut = [word[:WORD_LENGTH] for word in words[:TEXT_LENGTH].split()]
    return f" {' '.join(cut)}"


def _custom(written: str) -> Iterable[str]:
    values: dict[str, Any] = json.loads(written)
    for name, value in values.items():
        words = VALUE_END.join(filter(None, (words_of(text) for text in _texts(value))))
        if words:
            yield f"{_custom_code(name)}{words}{SEGMENT_END}"


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [] if isinstance(value, bool) else [str(value)]


def _custom_code(name: str) -> str:
    number = key64(name) & (1 << 40) - 1
    return _CUSTOM_MARK + "".join(_PUNCTUATION[number >> 5 * i & 31] for i in range(8))
