"""Telephone numbers as people read and type them: grouped for the eye, with their country."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException

from app.services.importing.phones import e164

_SHOWN = phonenumbers.PhoneNumberFormat.INTERNATIONAL


@lru_cache(maxsize=4096)
def grouped(number: str) -> str:
    """A stored number in groups, such as +33 1 55 55 01 28; as it is when it is no number."""
    if not number.startswith("+"):
        return number
    try:
        return phonenumbers.format_number(phonenumbers.parse(number, None), _SHOWN)
    except NumberParseException:
        return number


def region_of(number: str) -> str:
    """The two-letter country of an international number, "" when it does not say."""
    if not number.strip().startswith("+"):
        return ""
    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except NumberParseException:
        return ""
    return found or ""


@lru_cache(maxsize=1)
def calling_codes() -> dict[str, int]:
    """Every country that has a calling code, by its two letters."""
    return {
        region: phonenumbers.country_code_for_region(region)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    }


def stored_form(text: str, region: str) -> str | None:
    """What a typed number of a country is stored as, None when it is no valid number there."""
    try:
        return e164(text.strip(), region) if text.strip() else None
    except ValueError:
        return None
