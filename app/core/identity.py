"""Who is the same person: the keys by which two contacts are recognised as one.

In order: e-mail; a phone number with an equal name; name and company. A lower key counts only if
no higher one contradicts, see services/importing/matching.py. The import's worker process uses
this module too, so it stays free of everything but the standard library.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from struct import unpack
from typing import TYPE_CHECKING, Any

from app.core.text import fold, search_words, search_words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DERIVING = ("first_name", "last_name", "full_name", "email", "phone", "mobile", "company")

DERIVED_FROM = frozenset(DERIVING)
"""The fields whose change calls for new keys."""

DERIVED = ("sort_name", "company_key", "name_phone_key", "name_mobile_key", "name_company_key")
"""The columns that `derived` gives."""

SORT_NAME_LENGTH = 64
_BETWEEN = "\x1f"


def display_name(first: str | None, last: str | None, full: str | None) -> str:
    """The typed full name, else first and last name; empty when there is none."""
    if full:
        return full
    if first and last:
        return f"{first} {last}"
    return first or last or ""


def name_key(first: str | None, last: str | None, full: str | None) -> str:
    """The folded name with single spaces, so that "Ada  LOVELACE" equals "Ada Lovelace"."""
    if full:
        return search_words(full)[1:]
    return (_words(first) + _words(last))[1:]


def company_key(company: str | None) -> str | None:
    """The folded company name, None when there is none."""
    return _words(company)[1:] or None


@lru_cache(maxsize=16_384)
def _words(text: str | None) -> str:
    # First names, last names and companies come again and again in a list.
    return search_words(text) if text else ""


def key64(*parts: str) -> int:
    """A signed 64-bit key of some text; equal parts give equal keys on every machine."""
    (number,) = unpack(">q", _digest(_BETWEEN.join(parts)))
    return int(number)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def derived(contact: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from a contact's fields: sort_name, company_key and match keys."""
    return dict(zip(DERIVED, derived_values(*map(contact.get, DERIVING)), strict=True))


def derived_values(
    first: str | None,
    last: str | None,
    full: str | None,
    email: str | None,
    phone: str | None,
    mobile: str | None,
    company: str | None,
) -> tuple[str, str | None, int | None, int | None, int | None]:
    """What `derived` gives, in the order of DERIVED; for loops over a million rows."""
    name, company_words = name_key(first, last, full), company_key(company)
    sort_name = name or fold(email or "") or company_words or ""
    return (
        sort_name[:SORT_NAME_LENGTH],
        company_words,
        key64(name, phone) if name and phone else None,
        key64(name, mobile) if name and mobile else None,
        key64(name, company_words) if name and company_words else None,
    )


def derived_columns(*columns: Sequence[str | None]) -> tuple[Sequence[Any], ...]:
    """What `derived_values` gives for many contacts at once: columns in, columns out."""
    first, last, full, email, phone, mobile, company = columns
    names = _name_keys(first, last, full)
    companies = [words[1:] or None for words in search_words_of([one or "" for one in company])]
    sort_names = [
        (name or fold(address or "") or firm or "")[:SORT_NAME_LENGTH]
        for name, address, firm in zip(names, email, companies, strict=True)
    ]
    keys = (_keys(names, others) for others in (phone, mobile, companies))
    return sort_names, companies, *keys


def _name_keys(
    first: Sequence[str | None], last: Sequence[str | None], full: Sequence[str | None]
) -> list[str]:
    if any(full):
        return list(map(name_key, first, last, full))
    parts = zip(map(_words, first), map(_words, last), strict=True)
    return [f"{one}{two}"[1:] for one, two in parts]


def _keys(names: Sequence[str], others: Sequence[str | None]) -> list[int | None]:
    """The key64 of each name with what stands beside it, all of them opened at once."""
    if not any(others):
        return [None] * len(names)
    digests = [
        _digest(f"{name}{_BETWEEN}{other}") if name and other else None
        for name, other in zip(names, others, strict=True)
    ]
    given = list(filter(None, digests))
    keys = iter(unpack(f">{len(given)}q", b"".join(given)))
    return [next(keys) if digest else None for digest in digests]
