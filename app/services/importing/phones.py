"""Telephone numbers in E.164, with a fast path compiled from the library's own metadata.

The fast path only ever accepts: what its patterns do not cover goes to the library, twelve times
slower, so that both give the same answer for every text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    CountryCodeSource,
    NumberParseException,
    PhoneMetadata,
)

_ASCII_SIGNS = b" -.()/"
_SIGNS = str.maketrans(dict.fromkeys(f"{_ASCII_SIGNS.decode()}\u00a0\u202f\u2009\u2010\u2011", ""))
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_BETWEEN = re.compile(r"\s*(?:[;|\n]|:::)\s*|\s+/\s+|\s+(?:or|ou|oder)\s+|,\s+(?=[+0(])")
_FORMAT = phonenumbers.PhoneNumberFormat.E164


class LostPrecision(ValueError):
    """A spreadsheet wrote the number as 3.36E+10, so its last digits are gone."""


Accept = Callable[..., re.Match[str] | None]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the fast path knows of one region's numbers."""

    code: str
    prefix: str
    idd: str
    accept: Accept


def e164(text: str, region: str, home: str = "") -> str:
    """The number in E.164, an extension after ";ext=".

    `region` is the two-letter country of numbers without a country code, "" when not known. `home`
    is that of whoever wrote the list: 0033 6 ... is no number of an American contact, but in France
    it can only be one with its country code. Raises LostPrecision, and ValueError when it is no
    valid number there.
    """
    if found := quick(text, region):
        return found
    try:
        return _closely(text, region)
    except LostPrecision:
        raise
    except ValueError:
        if home in ("", region) or not _is_abroad(text, home):
            raise
        return _closely(text, home)


def quick(text: str, region: str) -> str | None:
    """What `e164` gives for most numbers; None for those that take the library."""
    return _quick(text, text.translate(_SIGNS), region)


def quick_of(texts: Sequence[str], regions: Sequence[str]) -> list[str | None]:
    """What `quick` gives for each of many texts with their regions, "" included."""
    joined = "\0".join(texts)
    if joined.isascii() and joined.count("\0") == len(texts) - 1:
        bare = joined.encode().translate(None, _ASCII_SIGNS).decode().split("\0")
    else:
        bare = [text.translate(_SIGNS) for text in texts]
    return list(map(_quick, texts, bare, regions))


def numbers(text: str, region: str, home: str = "") -> list[str]:
    """Every number in a cell that may hold several; raises as `e164` does if one is unreadable."""
    try:
        return [e164(text, region, home)]
    except LostPrecision:
        raise
    except ValueError:
        parts = [part for part in _BETWEEN.split(text.strip()) if part]
        if len(parts) < 2:
            raise
        return list(dict.fromkeys(e164(part, region, home) for part in parts))


def _quick(text: str, digits: str, region: str) -> str | None:
    """`quick` of a text whose signs have been taken away."""
    if digits[:1] == "+":
        return _international(digits[1:])
    return _national(digits, region) if region and digits and text[-2:] != ".0" else None


def _international(digits: str) -> str | None:
    length, accept = _by_start(digits[:3])
    return f"+{digits}" if accept is not None and accept(digits, length) else None


def _national(digits: str, region: str) -> str | None:
    plan = _by_region(region)
    if plan is None:
        return None
    if plan.idd and digits.startswith(plan.idd):
        rest = digits[len(plan.idd) :]
        return _international(rest) if not rest.startswith("0") else None
    if plan.prefix and digits.startswith(plan.prefix):
        digits = digits[len(plan.prefix) :]
    elif digits.startswith(plan.code):
        # 33612345678 typed in France may carry its country code: the library decides.
        return None
    return f"+{plan.code}{digits}" if plan.accept(digits) else None


@lru_cache(maxsize=4096)
def _by_start(start: str) -> tuple[int, Accept | None]:
    """The length of the country code that a number begins with, and what accepts the rest."""
    for length in (1, 2, 3):
        if accept := _by_code(start[:length]):
            return length, accept
    return 0, None


@lru_cache(maxsize=1024)
def _by_code(code: str) -> Accept | None:
    """What accepts the numbers of a country code's main region."""
    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code)) if code.isdecimal() else None
    plan = _plan(regions[0]) if regions else None
    return plan.accept if plan else None


@lru_cache(maxsize=512)
def _by_region(region: str) -> _Plan | None:
    """The plan of a region whose numbers are its country code's main ones."""
    plan = _plan(region)
    main = COUNTRY_CODE_TO_REGION_CODE.get(int(plan.code)) if plan else None
    return plan if main and main[0] == region else None


def _plan(region: str) -> _Plan | None:
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.leading_digits or metadata.national_prefix_transform_rule:
        return None
    parsing = metadata.national_prefix_for_parsing
    # British numbers may begin with 0 or, from text phones, 180020: plain digits, nothing to parse.
    prefixes = parsing.split("|") if parsing else []
    if prefixes and not (metadata.national_prefix in prefixes and all(map(str.isdigit, prefixes))):
        return None
    prefix = metadata.national_prefix or ""
    idd = metadata.international_prefix or ""
    code = str(metadata.country_code)
    return _Plan(
        code,
        prefix if prefix.isdigit() and not code.startswith(prefix) else "",
        idd if idd.isdigit() else "",
        _accepting(metadata, parsing),
    )


def _accepting(metadata: Any, parsing: str | None) -> Accept:  # noqa: ANN401
    kinds = filter(None, map(_kind, (metadata.fixed_line, metadata.mobile)))
    # A national prefix behind the country code may be one typed by mistake: the library knows.
    no_prefix = f"(?!{parsing})" if parsing else ""
    pattern = "|".join(kinds)
    return re.compile(rf"{no_prefix}(?:{pattern})\Z" if pattern else "(?!)", re.ASCII).match


def _kind(kind: Any) -> str:  # noqa: ANN401
    if kind is None or not kind.national_number_pattern or -1 in (kind.possible_length or ()):
        return ""
    lengths = "|".join(rf"\d{{{n}}}\Z" for n in kind.possible_length)
    return f"(?={lengths})(?:{kind.national_number_pattern})" if lengths else ""


def _is_abroad(text: str, home: str) -> bool:
    """Whether a text begins with what is dialled in `home` before a country code."""
    try:
        number = phonenumbers.parse(text.strip(), home, keep_raw_input=True)
    except NumberParseException:
        return False
    return bool(number.country_code_source == CountryCodeSource.FROM_NUMBER_WITH_IDD)


@lru_cache(maxsize=1024)
def _closely(text: str, region: str) -> str:
    written = text.strip()
    if _SCIENTIFIC.fullmatch(written.replace(" ", "")):
        raise LostPrecision(text)
    if re.fullmatch(r"\+?\d{6,15}\.0", written):
        # A whole number that some program took for a decimal one; nothing is lost.
        written = written[:-2]
    try:
        number = phonenumbers.parse(written, region or None)
    except NumberParseException as error:
        raise ValueError(text) from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError(text)
    found = phonenumbers.format_number(number, _FORMAT)
    return f"{found};ext={number.extension}" if number.extension else found
