"""One written value of one field: the reader that checks it and gives what is stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.cells import split_list
from app.core.clock import to_us
from app.core.errors import InvalidInput
from app.core.fields import Field, FieldKind
from app.core.text import fold, tr
from app.services.importing import dates, emails, links, numbers, phones
from app.services.importing.countries import country_code

BLANK_KINDS = frozenset(
    {FieldKind.EMAIL, FieldKind.PHONE, FieldKind.URL, FieldKind.DATE, FieldKind.MOMENT}
)
"""Kinds in which a word such as N/A means blank; in a name or a note it may be meant."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES = _words("yes y true t 1 on x oui vrai ja wahr si sì sí verdadero sim vero tak ✓ ✔")
_NO = _words("no n false f 0 off non faux nein falsch falso não nao nie nee ✗ ✘")

_WIDTHLESS = re.compile("[\u00ad\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff]")
_JOINERS = "\u200c\u200d\u200e\u200f"

_EVERYBODY = "* myContacts"
"""The group that Google's address book puts all contacts in; as a tag it says nothing."""

Reader = Callable[[str, str], Any]
"""From a text that is not blank, and the country of numbers without a code, to what is stored."""


class Unreadable(InvalidInput):
    """A value that does not say what its field needs; kept is what may be stored all the same."""

    def __init__(self, message: str, hint: str = "", *, kept: object = None) -> None:
        super().__init__(message, hint)
        self.kept = kept


@dataclass(frozen=True, slots=True)
class Rules:
    """What values of a column are read by.

    date_order and decimal come from the whole column, None when it did not decide. choices maps
    each folded allowed text to what is stored, for fields of choice. home is the country of whoever
    wrote a telephone number, which need not be the contact's.
    """

    date_order: dates.Order | None = None
    decimal: numbers.Decimal | None = None
    choices: Mapping[str, str] | None = None
    home: str = ""


def choices(allowed: Collection[str] | Mapping[str, str]) -> dict[str, str]:
    """Rules.choices of some keys, or of labels mapped to keys; keys answer to themselves too."""
    pairs = allowed.items() if isinstance(allowed, Mapping) else ((key, key) for key in allowed)
    found = {fold(text): key for text, key in pairs}
    return {fold(key): key for key in found.values()} | found


def tidy(text: str) -> str:
    """Text on one line: trimmed, single spaces, composed letters; nothing is re-cased.

    Signs without any width go, which web pages and address books leave in copied names: nobody
    would find "Love\u200blace". Joiners inside a word stay, as scripts and emoji need them.
    """
    if text.isascii():
        return " ".join(text.split())
    text = " ".join(_WIDTHLESS.sub("", text).split()).strip(_JOINERS)
    return unicodedata.normalize("NFC", text)


def tidy_lines(text: str) -> str:
    """Text that may have lines: trimmed, one kind of line end, composed letters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def are_tidy(texts: Sequence[str]) -> bool:
    """True only if `tidy` and `tidy_lines` leave every text as it is; many are seen at once."""
    joined = "|".join(texts)
    return (
        joined.isprintable()
        and not any(spaced in joined for spaced in ("  ", "| ", " |"))
        and joined[:1] != " " != joined[-1:]
        and unicodedata.is_normalized("NFC", joined)
    )


def read_value(field: Field, text: str, rules: Rules | None = None, country: str = "") -> Any:  # noqa: ANN401
    """What is stored for one value as typed, None for a blank one.

    The value is text, microseconds UTC for a moment, an ISO 8601 date, a number, a bool, or a
    list of texts for tags and multiple choice. Raises InvalidInput with a sentence; for a phone,
    a web address or a domain it is Unreadable, whose `kept` may be stored as typed.
    """
    if not text.strip() or is_blank(field, text):
        return None
    return reader(field, rules or Rules())(text, country)


def is_blank(field: Field, text: str) -> bool:
    """Whether a text stands for nothing in this field, such as N/A for an e-mail."""
    return field.kind in BLANK_KINDS and text.strip().lower() in emails.BLANK_WORDS


def reader(field: Field, rules: Rules) -> Reader:
    """The reader of a field's values."""
    special = _BY_KEY.get(field.key)
    if special:
        return special
    make = _BY_KIND.get(field.kind)
    return make(field, rules) if make else lambda text, _: tidy(text)


def tidier(field: Field) -> Callable[[str], str] | None:
    """`tidy` or `tidy_lines` when reading the field is no more than that."""
    if field.kind is FieldKind.LONG_TEXT or field.key == "address":
        return tidy_lines
    return tidy if field.kind is FieldKind.TEXT and field.key not in _BY_KEY else None


def _country(text: str, _: str) -> str:
    return country_code(text) or tidy(text)


def _domain(text: str, _: str) -> str:
    found = links.domain(tidy(text))
    if found is None:
        raise Unreadable(
            tr("Company domain is no domain: {value}", value=short(text)), kept=tidy(text)
        )
    return found


def _linkedin(text: str, _: str) -> str:
    found = links.linkedin(tidy(text)) or links.web_address(tidy(text))
    if found is None:
        raise Unreadable(
            tr("LinkedIn is no web address: {value}", value=short(text)), kept=tidy(text)
        )
    return found


_BY_KEY: dict[str, Reader] = {
    "country": _country,
    "domain": _domain,
    "linkedin_url": _linkedin,
    "address": lambda text, _: tidy_lines(text),
}


def _text(field: Field, rules: Rules) -> Reader:
    del field, rules
    return lambda text, _: tidy_lines(text)


def _email(field: Field, rules: Rules) -> Reader:
    del field, rules

    def read(text: str, _: str) -> str | None:
        found = emails.addresses(text)
        return found[0] if found else None

    return read


def _phone(field: Field, rules: Rules) -> Reader:
    def read(text: str, country: str) -> str:
        try:
            return phones.e164(text, country, rules.home)
        except phones.LostPrecision as error:
            raise lost_precision(field, text) from error
        except ValueError as error:
            raise no_phone(field, text, country) from error

    return read


def lost_precision(field: Field, text: str) -> Unreadable:
    """The warning about a number that a spreadsheet rounded."""
    return Unreadable(
        tr("{field} lost precision in the file: {value}", field=field.title, value=short(text)),
        tr("Format the column as text in the spreadsheet and export it again."),
        kept=tidy(text),
    )


def no_phone(field: Field, text: str, country: str) -> Unreadable:
    """The warning about a text that is no valid number in its country."""
    hint = "" if country else tr("Choose a default country for numbers without a country code.")
    return Unreadable(
        tr("{field} cannot be read as a number: {value}", field=field.title, value=short(text)),
        hint,
        kept=tidy(text),
    )


def _url(field: Field, rules: Rules) -> Reader:
    del rules

    def read(text: str, _: str) -> str:
        found = links.web_address(tidy(text))
        if found is None:
            raise Unreadable(
                tr("{field} is no web address: {value}", field=field.title, value=short(text)),
                kept=tidy(text),
            )
        return found

    return read


def _number(field: Field, rules: Rules) -> Reader:
    def read(text: str, _: str) -> int | float:
        try:
            return numbers.read_number(text, rules.decimal)
        except numbers.Ambiguous as error:
            raise Unreadable(
                tr(
                    "{field} could be thousands or decimals: {value}",
                    field=field.title,
                    value=short(text),
                ),
                tr("Say which sign is the decimal mark of that column."),
            ) from error
        except ValueError as error:
            raise Unreadable(
                tr("{field} is no number: {value}", field=field.title, value=short(text))
            ) from error

    return read


def _date(field: Field, rules: Rules) -> Reader:
    read_moment = dates.date_reader(rules.date_order)
    as_moment = field.kind is FieldKind.MOMENT

    def read(text: str, _: str) -> str | int:
        try:
            found = read_moment(tidy(text))
        except dates.Ambiguous as error:
            raise Unreadable(
                tr(
                    "{field} could be day or month first: {value}",
                    field=field.title,
                    value=short(text),
                ),
                tr("Say in which order the dates of that column are written."),
            ) from error
        except (ValueError, OverflowError) as error:
            raise Unreadable(
                tr("{field} is no date: {value}", field=field.title, value=short(text))
            ) from error
        return to_us(found) if as_moment else found.date().isoformat()

    return read


def _bool(field: Field, rules: Rules) -> Reader:
    del rules

    def read(text: str, _: str) -> bool:
        word = text.strip().casefold()
        if word in _YES or word in _NO:
            return word in _YES
        raise Unreadable(
            tr("{field} is neither yes nor no: {value}", field=field.title, value=short(text))
        )

    return read


def _choice(field: Field, rules: Rules) -> Reader:
    one = _one_of(field, rules)
    return lambda text, _: one(text)


def _multi(field: Field, rules: Rules) -> Reader:
    one = _one_of(field, rules)
    return lambda text, _: list(dict.fromkeys(one(part) for part in split_list(text)))


def _one_of(field: Field, rules: Rules) -> Callable[[str], str]:
    allowed = choices(field.choices) if rules.choices is None else rules.choices

    def read(text: str) -> str:
        found = allowed.get(fold(tidy(text)))
        if found is None:
            raise Unreadable(
                tr("{field} has no choice {value}.", field=field.title, value=short(text)),
                tr("Choose one of {names}.", names=", ".join(dict.fromkeys(allowed.values()))),
            )
        return found

    return read


def _tags(field: Field, rules: Rules) -> Reader:
    del field, rules
    return lambda text, _: unique_names([n for n in split_list(text) if n != _EVERYBODY])


def unique_names(names: list[str]) -> list[str]:
    """Tag names tidied, each once whatever its case, in order."""
    found: dict[str, str] = {}
    for name in filter(None, map(tidy, names)):
        found.setdefault(fold(name), name)
    return list(found.values())


def short(text: str) -> str:
    """A value as a sentence quotes it."""
    text = tidy(text)
    return text if len(text) <= 80 else f"{text[:77]}..."


_BY_KIND: dict[FieldKind, Callable[[Field, Rules], Reader]] = {
    FieldKind.LONG_TEXT: _text,
    FieldKind.EMAIL: _email,
    FieldKind.PHONE: _phone,
    FieldKind.URL: _url,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _number,
    FieldKind.DATE: _date,
    FieldKind.MOMENT: _date,
    FieldKind.BOOL: _bool,
    FieldKind.CHOICE: _choice,
    FieldKind.MULTI: _multi,
    FieldKind.TAGS: _tags,
}
