"""Telephone numbers become E.164, exactly as the library would have it, only sooner."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat as Format

from app.services.importing.phones import LostPrecision, e164, numbers


def by_library(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    found = phonenumbers.format_number(number, Format.E164)
    return f"{found};ext={number.extension}" if number.extension else found


def ours(text: str, region: str) -> str | None:
    try:
        return e164(text, region)
    except ValueError:
        return None


def written_forms(region: str, dice: random.Random) -> list[str]:
    """Numbers of one region in every form, and near misses of them."""
    forms = []
    for kind in range(11):
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None:
            continue
        styles = (Format.E164, Format.INTERNATIONAL, Format.NATIONAL)
        forms += [phonenumbers.format_number(number, style) for style in styles]
        digits = phonenumbers.national_significant_number(number)
        code = number.country_code
        forms += [digits, f"0{digits}", f"1{digits}", f"00{code}{digits}", f"{code}{digits}"]
        forms += [f"+{code}(0){digits}", f"+{code}{digits}1"]
        for _ in range(3):
            place = dice.randrange(len(digits))
            other = digits[:place] + dice.choice("0123456789") + digits[place + 1 :]
            forms += [other, f"+{code}{other}"]
    return forms


def test_every_region_s_numbers_are_read_as_the_library_reads_them():
    dice = random.Random(20261123)
    compared = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for text in written_forms(region, dice):
            for default in (region, "FR", "US", ""):
                if default == region or compared % 4 == 0:
                    assert ours(text, default) == by_library(text, default), (text, default)
                compared += 1
    assert compared > 80_000


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+33 6 12 34 56 78", "", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("0033 612345678", "FR", "+33612345678"),
        ("33612345678", "FR", "+33612345678"),
        ("33612345678.0", "FR", "+33612345678"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("1-415-555-2671", "US", "+14155552671"),
        ("+44 (0)20 7946 0958", "", "+442079460958"),
        ("+33 1 42 68 53 00 ext. 12", "", "+33142685300;ext=12"),
        ("+39 06 698 1234", "", "+39066981234"),
        ("\u00a0+33\u202f612345678 ", "", "+33612345678"),
    ],
)
def test_what_people_type_is_read(text, region, number):
    assert e164(text, region) == number


@pytest.mark.parametrize(
    "text", ["06 12 34 56 78", "call me", "12", "+33 6", "+999 123456789", "+"]
)
def test_a_number_without_a_country_or_a_meaning_is_not_guessed(text):
    with pytest.raises(ValueError):
        e164(text, "")


@pytest.mark.parametrize("text", ["3.36E+10", "3,36123E+10", "3e10"])
def test_a_number_that_a_spreadsheet_rounded_is_told_apart(text):
    with pytest.raises(LostPrecision):
        e164(text, "FR")


def test_what_was_read_is_read_again_as_the_same():
    assert e164("+33142685300;ext=12", "") == "+33142685300;ext=12"


def test_several_numbers_in_one_cell_are_read_when_each_is_one():
    assert numbers("01 42 68 53 00 / 06 12 34 56 78", "FR") == ["+33142685300", "+33612345678"]
    assert numbers("01 42 68 53 00 ::: 06 12 34 56 78", "FR") == ["+33142685300", "+33612345678"]
    with pytest.raises(ValueError):
        numbers("01 42 68 53 00 / nights only", "FR")


@pytest.mark.parametrize(
    ("text", "region", "home", "number"),
    [
        ("0033 6 12 34 56 78", "US", "FR", "+33612345678"),
        ("00 44 (0)20 7946 0958", "US", "DE", "+442079460958"),
        ("0033 6 12 34 56 78", "JP", "FR", "+33612345678"),
        ("011 33 6 12 34 56 78", "FR", "US", "+33612345678"),
        ("00 1 415 555 2671", "US", "FR", "+14155552671"),
    ],
)
def test_an_international_prefix_is_that_of_whoever_wrote_the_list(text, region, home, number):
    with pytest.raises(ValueError, match="6"):
        e164(text, region)
    assert e164(text, region, home) == number
    assert numbers(f"{text}; {text}", region, home) == [number]


@pytest.mark.parametrize(
    ("text", "region", "home"),
    [
        ("06 12 34 56 78", "US", "FR"),
        ("0033 6 12", "US", "FR"),
        ("0033 6 12 34 56 78", "US", ""),
        ("0033 6 12 34 56 78", "US", "JP"),
        ("0033 6 12 34 56 78", "", ""),
    ],
)
def test_but_no_number_is_guessed(text, region, home):
    with pytest.raises(ValueError, match="6"):
        e164(text, region, home)
