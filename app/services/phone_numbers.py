"""Telephone numbers as people read and type them: grouped for the eye, with their country.

The library is imported when the first number is looked at: a window opens without it.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Event

_loaded = Event()


def load() -> None:
    """Import the library, which takes a tenth of a second; for a thread that nobody waits for."""
    import phonenumbers

    del phonenumbers
    _loaded.set()


def is_loaded() -> bool:
    """True once `load` is done."""
    return _loaded.is_set()


def glanced(number: str) -> str:
    """As `grouped` if that needs no import, as it is otherwise: for whoever paints a list."""
    return grouped(number) if _loaded.is_set() else number


@lru_cache(maxsize=4096)
def grouped(number: str) -> str:
    """A stored number in groups, such as +33 1 55 55 01 28; as it is when it is no number."""
    if not number.startswith("+"):
        return number
    import phonenumbers

    shown = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    try:
        return phonenumbers.format_number(phonenumbers.parse(number, None), shown)
    except phonenumbers.NumberParseException:
        return number


def region_of(number: str) -> str:
    """The two-letter country of an international number, "" when it does not say."""
    if not number.strip().startswith("+"):
        return ""
    import phonenumbers

    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return ""
    return found or ""


@lru_cache(maxsize=1)
def calling_codes() -> dict[str, int]:
    """Every country that has a calling code, by its two letters."""
    import phonenumbers

    return {
        region: phonenumbers.country_code_for_region(region)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    }


def stored_form(text: str, region: str) -> str | None:
    """What a typed number of a country is stored as, None when it is no valid number there."""
    from app.services.importing.phones import e164

    try:
        return e164(text.strip(), region) if text.strip() else None
    except ValueError:
        return None
