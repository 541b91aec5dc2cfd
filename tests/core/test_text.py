"""Folding and search words: what counts as equal to a person who types."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import fold, grouped, search_words, search_words_of, tr, trn, use_language


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("chloe", "Chloé"),
        ("grosz", "GROSZ"),
        ("lodz", "Łódź"),
        ("soren", "Søren"),
        ("strasse", "Straße"),
        ("jose", unicodedata.normalize("NFD", "José")),
    ],
)
def test_folding_ignores_case_and_diacritics(typed, stored):
    assert fold(stored) == typed


def test_every_word_has_one_space_before_it():
    assert search_words("Ada  Lovelace <ada@example.com>") == " ada lovelace ada example com"


def test_a_text_without_words_is_empty():
    assert search_words(" -- ,; ") == ""


def test_scripts_without_case_are_kept():
    assert search_words("田中 さくら") == " 田中 さくら"


@given(st.lists(st.text(st.sampled_from("aZ9 _-.@é\u0301ßøŁİıΣπ漢①\u00a0\n\x1f\0½"), max_size=8)))
def test_that_the_words_of_many_texts_are_those_of_each(texts):
    assert search_words_of(texts) == [search_words(text) for text in texts]


@given(st.text())
def test_search_words_of_search_words_are_the_same(text):
    once = search_words(text)
    assert search_words(once) == once


def test_placeholders_are_filled():
    assert tr("Hello {name}", name="Ada") == "Hello Ada"


@pytest.mark.parametrize(("n", "words"), [(1, "1 row"), (2, "2 rows"), (1200, "1,200 rows")])
def test_numbers_choose_the_sentence(n, words):
    assert trn("{n} row", "{n} rows", n) == words


def test_numbers_are_grouped_as_the_language_writes_them(tmp_path):
    assert grouped(12_480) == "12,480"
    use_language("fr", tmp_path)
    try:
        assert grouped(12_480) == "12\N{NARROW NO-BREAK SPACE}480"
        assert trn("{n} contact", "{n} contacts", 12_480).startswith("12\N{NARROW NO-BREAK SPACE}")
    finally:
        use_language("en", tmp_path)


@pytest.mark.parametrize(
    ("sentence", "values", "said"),
    [
        ("It ends on {day}.", {"day": "3 déc."}, "It ends on 3 déc."),
        ("On {day} it ends.", {"day": "3 déc."}, "On 3 déc. it ends."),
        ("From {a} to {b}.", {"a": "Acme Inc.", "b": "Bob"}, "From Acme Inc. to Bob."),
        ("{a}. {b}.", {"a": "x.", "b": "y."}, "x. y."),
        ("Wait for {a}...", {"a": "it."}, "Wait for it...."),
        ("{n}.", {"n": 3}, "3."),
    ],
)
def test_a_value_that_ends_in_a_point_ends_the_sentence(sentence, values, said):
    assert tr(sentence, **values) == said
