"""The keys by which two contacts are recognised as the same person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.identity import (
    company_key,
    derived,
    derived_columns,
    derived_values,
    display_name,
    key64,
    name_key,
)


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (("Ada", "Lovelace", None), "Ada Lovelace"),
        (("Ada", "Lovelace", "Countess of Lovelace"), "Countess of Lovelace"),
        ((None, "Lovelace", None), "Lovelace"),
        ((None, None, None), ""),
    ],
)
def test_the_typed_full_name_wins(parts, shown):
    assert display_name(*parts) == shown


def test_names_compare_without_case_accents_and_spaces():
    assert name_key("Chloé ", "MARTIN", None) == name_key(None, None, "chloe  martin")


def test_equal_parts_give_equal_keys_and_order_matters():
    assert key64("ada", "+33") == key64("ada", "+33")
    assert key64("ada", "+33") != key64("+33", "ada")
    assert key64("ab", "c") != key64("a", "bc")


def test_keys_fit_a_signed_64_bit_column():
    assert all(-(2**63) <= key64(str(n)) < 2**63 for n in range(1000))


def test_a_name_alone_gives_no_match_key():
    keys = derived({"first_name": "Ada"})
    assert keys["sort_name"] == "ada"
    assert keys["name_phone_key"] is None
    assert keys["name_company_key"] is None


def test_a_nameless_contact_sorts_by_its_address():
    assert derived({"email": "Ada@Example.com"})["sort_name"] == "ada@example.com"


def test_a_blank_company_has_no_key():
    assert company_key(" - ") is None
    assert company_key("Acme, Ltd.") == "acme ltd"


_some = st.one_of(st.none(), st.sampled_from(["Ada", "!", "  ", "Émile & Co", "+33612345678"]))


@given(st.lists(st.tuples(*[_some] * 7), max_size=5))
def test_many_contacts_get_the_columns_that_each_would(contacts: list[tuple[str | None, ...]]):
    columns = list(zip(*contacts, strict=True)) or [()] * 7
    made = list(zip(*derived_columns(*columns), strict=True))
    assert made == [derived_values(*contact) for contact in contacts]
