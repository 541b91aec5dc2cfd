"""What search keeps of a contact: its folded words, field by field, in one line of text.

Each field that has a value is one segment: its code, its words with one space before each, and a
line end. Values of one field are parted by VALUE_END. So the prefix " mar" is found anywhere with
one substring test, a phrase never reaches over two fields, and a test of one field needs nothing
but this text, on either database. Codes are no word characters, so the full-text index does not
see them. The indexer's own process imports this module: standard library only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.core.fields import CUSTOM_PREFIX
from app.core.identity import display_name, key64
from app.core.text import fold, search_words

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
_PHONES = slice(_COLUMNS.index("phone"), _COLUMNS.index("mobile") + 1)
_PHONE_FIELDS = frozenset({"phone", "mobile"})
# Country calling codes begin with no other code: 1 and 7 alone, these, and else three digits.
_TWO_DIGIT_CODES = frozenset(
    str(code)
    for code in range(20, 99)
    if code not in {21, 22, 23, 24, 25, 26, 28, 29, 35, 37, 38, 42, 50, 59, 80, 83, 85, 87, 88, 89}
    and not 67 <= code <= 79
    and code not in {96, 97}
)

_SPACES = re.compile(rb"  +")
# What parts words in folded text; codes, line ends and VALUE_END stay.
_NO_WORD = re.compile(r"(?:[^\w\x01-\x1f]|_)+")
# A segment whose value has no word in it.
_WORDLESS = re.compile(r"[\x01-\x1d]\n")
# Letters are lowered, digits and control characters stay, anything else parts words.
_ASCII_WORDS = bytes(
    b + 32 if 65 <= b <= 90 else b if b < 32 or chr(b).isalnum() else 32 for b in range(128)
) + bytes(128)


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
    text = None if labelled else _at_once(plain)
    if text is None:
        text = _by_field(plain, json.loads(labelled) if labelled else {})
    return text + "".join(_custom(custom)) if custom else text


def _at_once(values: Sequence[str | None]) -> str | None:
    """What `_by_field` gives, in a third of the time; None for values that need a closer look."""
    given = list(filter(None, values))
    raw = "".join(given)
    if not raw.isprintable() or not all(
        not phone or _is_international(phone) for phone in values[_PHONES]
    ):
        return None
    lines = list(values)
    lines[_PHONES] = [
        phone and f"{phone}{VALUE_END}{_national(phone)}" for phone in values[_PHONES]
    ]
    line = "".join([f"{code} {text}\n" for code, text in zip(_CODES, lines, strict=True) if text])
    folded = line if raw.isascii() else fold(line)
    if folded.isascii():
        text = _SPACES.sub(b" ", folded.encode().translate(_ASCII_WORDS)).decode()
    else:
        text = _NO_WORD.sub(" ", folded)
    # Over-long words are cut one by one; folding may lengthen a word.
    longest = max(map(len, text.split()), default=0) if len(text) > WORD_LENGTH else 0
    if longest > WORD_LENGTH:
        return None
    return _WORDLESS.sub("", text.replace(" \n", "\n"))


def _by_field(values: Sequence[str | None], labelled: Mapping[str, Any]) -> str:
    parts = []
    for key, code, value in zip(_COLUMNS, _CODES, values, strict=True):
        written = [value] if value else []
        written += [further for _, further in labelled.get(key, ())]
        if words := VALUE_END.join(filter(None, _value_words(key, written))):
            parts.append(f"{code}{words}{SEGMENT_END}")
    return "".join(parts)


def _value_words(key: str, values: Sequence[str]) -> Iterator[str]:
    for value in values:
        words = words_of(value)
        yield words
        if key in _PHONE_FIELDS and words:
            yield _national(value) if _is_international(value) else _digits(words)


def _is_international(phone: str) -> bool:
    return phone[0] == "+" and phone[1:].isdigit() and phone.isascii()


def _national(phone: str) -> str:
    """The digits of an international number after its country code."""
    digits = phone[1:]
    code = 1 if digits[0] in "17" else 2 if digits[:2] in _TWO_DIGIT_CODES else 3
    return f" {digits[code:]}"


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
