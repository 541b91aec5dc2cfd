"""What the values of a column look like, whatever its header says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.core.text import search_words
from app.services.importing import dates, emails, numbers
from app.services.importing.countries import country_code

MOST = 0.8
"""The share of a column's values that must look alike before they mean anything."""

_PHONE = re.compile(r"(?:\+|00|\(?0)[\d\s().\-/]{6,20}(?:(?:ext|x)\.?\s?\d+)?", re.IGNORECASE)
_SEPARATED = re.compile(r"\(?\d{2,4}\)?[\s.-]\d{2,4}[\s.-]\d{2,9}(?:[\s.-]\d{2,4})*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+(?:[.,]\d+)?")
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b.*")
_URL = re.compile(r"(?:https?://|www\.)\S+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}(?:/\S*)?", re.I)
_LINKEDIN = re.compile(r"(?:https?://)?(?:[a-z]+\.)?linkedin\.com/\S+", re.IGNORECASE)

_SALUTATIONS = frozenset({
    "mr", "mrs", "ms", "miss", "mx", "sir", "madam", "dr", "prof", "professor",
    "m", "mme", "mlle", "monsieur", "madame", "mademoiselle", "herr", "frau",
    "sr", "sra", "srta", "senor", "senora", "sig", "dott", "dhr", "mevr",
})  # fmt: skip


def share(values: Sequence[str], test: Callable[[str], object]) -> float:
    """How many of the values that are not blank pass `test`, from 0 to 1."""
    filled = [value.strip() for value in values if value.strip()]
    return sum(1 for value in filled if test(value)) / len(filled) if filled else 0.0


def is_email(text: str) -> bool:
    """An address, perhaps with a name around it."""
    return "@" in text and any(emails.plain(part.lower()) for part in re.split(r"[\s<>;,]+", text))


def is_phone(text: str) -> bool:
    """A telephone number as people write it; a bare number could be anything."""
    if _DATE_LIKE.fullmatch(text) or _GROUPED.fullmatch(text):
        return False
    digits = sum(c.isdigit() for c in text)
    return 7 <= digits <= 15 and bool(_PHONE.fullmatch(text) or _SEPARATED.fullmatch(text))


def is_digits(text: str) -> bool:
    """A number that a header may call a telephone number."""
    return is_phone(text) or (sum(c.isdigit() for c in text) >= 6 and "@" not in text)


def is_linkedin(text: str) -> bool:
    """A page of LinkedIn."""
    return bool(_LINKEDIN.fullmatch(text))


def is_salutation(text: str) -> bool:
    """What stands before a name, such as Mrs or Prof. Dr."""
    words = search_words(text).split()
    return bool(words) and all(word in _SALUTATIONS for word in words)


def is_url(text: str) -> bool:
    """A web page or a bare domain."""
    return "@" not in text and bool(_URL.fullmatch(text))


def is_date(text: str) -> bool:
    """A date in any of the forms that can be read, whatever its order."""
    collector = dates.DateCollector()
    collector.add(text)
    return collector.values > collector.unreadable


def is_number(text: str) -> bool:
    """A number or an amount, and no telephone number."""
    if is_phone(text):
        return False
    try:
        numbers.read_number(text, None)
    except numbers.Ambiguous:
        return True
    except ValueError:
        return False
    return True


_FIELDS: tuple[tuple[str, Callable[[str], object], float], ...] = (
    ("email", is_email, 0.8),
    ("linkedin_url", is_linkedin, 0.8),
    ("phone", is_phone, 0.6),
    ("website", is_url, 0.55),
)


def field_by_content(values: Sequence[str]) -> tuple[str, float] | None:
    """The key of the field that the values look like, with the confidence in it."""
    for key, test, confidence in _FIELDS:
        found = share(values, test)
        if found >= MOST:
            return key, round(confidence * found, 2)
    distinct = {value.strip() for value in values if value.strip()}
    if len(distinct) > 1 and share(values, country_code) >= MOST:
        return "country", 0.5
    return None
