"""E-mail addresses: a fast pattern that never accepts what the library would not."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.services.importing.emails import addresses, plain

part = st.text(st.sampled_from("ab0._+-'x"), min_size=1, max_size=8)
label = st.text(st.sampled_from("ab0-x"), min_size=1, max_size=6)
ends = st.sampled_from(
    ["com", "example", "test", "invalid", "local", "c", "xn--p1ai", "a1", "arpa"]
)


@given(part, st.lists(label, min_size=1, max_size=3), ends)
def test_the_fast_pattern_accepts_only_what_the_library_accepts_unchanged(local, labels, end):
    address = f"{local}@{'.'.join(labels)}.{end}"
    if plain(address):
        found = validate_email(address, check_deliverability=False, test_environment=True)
        assert found.normalized == address


def test_lengths_beyond_the_standard_are_left_to_the_library():
    assert not plain(f"{'a' * 65}@example.com")
    for address in (f"a@{'b' * 64}.com", f"a@{'b.' * 130}com"):
        assert not plain(address)
        with pytest.raises(EmailNotValidError):
            validate_email(address, check_deliverability=False)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("Ada@Example.COM", ["ada@example.com"]),
        (" ada@example.com ; ", ["ada@example.com"]),
        ("mailto:ada@example.com", ["ada@example.com"]),
        ("Ada Lovelace <Ada@example.com>", ["ada@example.com"]),
        ('"Lovelace, Ada" <ada@example.com>;', ["ada@example.com"]),
        ("a@example.com; b@example.com", ["a@example.com", "b@example.com"]),
        ("A <a@example.com>, B <b@example.com>", ["a@example.com", "b@example.com"]),
        ("a@example.com / A@example.com", ["a@example.com"]),
        ("\ufeffada@example.com\u200b", ["ada@example.com"]),
        ("josé@exámple.com", ["josé@exámple.com"]),
        ("ada+list@acme.example", ["ada+list@acme.example"]),
        ("ada@acme.test", ["ada@acme.test"]),
        ("n/a", []),
        ("NULL", []),
        ("-", []),
    ],
)
def test_a_cell_gives_its_addresses(cell, found):
    assert addresses(cell) == found


@pytest.mark.parametrize(
    "cell",
    ["ada", "ada@", "@example.com", "ada@example", "a b@example.com", "ada@@example.com",
     "ada@example..com", "a..b@example.com", "ada@localhost", "ada@foo.invalid",
     "a@example.com; nonsense", "www.example.com"],
)  # fmt: skip
def test_what_is_no_address_is_named(cell):
    with pytest.raises(InvalidInput, match="E-mail is not an address: "):
        addresses(cell)


def test_more_addresses_than_a_contact_takes_are_refused_and_none_dropped():
    with pytest.raises(InvalidInput, match="E-mail holds 4 addresses"):
        addresses("a@x.com b@x.com c@x.com d@x.com")


def test_the_separators_of_address_books_and_quotes_around_an_address_are_no_part_of_it():
    assert addresses("a@example.com ::: b@example.org") == ["a@example.com", "b@example.org"]
    assert addresses("'a@example.com'") == ["a@example.com"]
    assert addresses('"a@example.com"') == ["a@example.com"]
    assert addresses("'a'@example.com") == ["'a'@example.com"]
