"""The declared fields and settings: no key twice, no alias that two fields answer to."""

from collections import Counter

from app.core import fields, settings
from app.core.text import search_words


def test_no_two_fields_share_a_key():
    assert len(fields.BY_KEY) == len(fields.FIELDS)


def test_no_two_fields_answer_to_the_same_header():
    words = Counter(
        alias
        for field in fields.FIELDS
        for alias in {*field.aliases, search_words(field.label)[1:], field.key.replace("_", " ")}
    )
    assert {alias: n for alias, n in words.items() if n > 1} == {}


def test_aliases_are_written_as_headers_are_compared():
    wrong = [a for f in fields.FIELDS for a in f.aliases if search_words(a)[1:] != a]
    assert wrong == []


def test_every_default_is_an_allowed_value():
    assert [s.key for s in settings.SETTINGS if not s.accepts(s.default)] == []


def test_a_setting_refuses_other_types_and_values():
    assert settings.FONT_SIZE.accepts(125)
    assert not settings.FONT_SIZE.accepts("125")
    assert not settings.FONT_SIZE.accepts(126)
