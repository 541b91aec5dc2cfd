"""The query language: what words mean before any database is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.core.fields import FieldKind, custom_field
from app.services.query import (
    Amount,
    FieldWords,
    Flag,
    Given,
    Listed,
    Query,
    When,
    Words,
    parse,
)
from app.services.query_values import Moment, Period, read_period, stretch

CUSTOM = (
    custom_field("budget", "Budget", FieldKind.MONEY),
    custom_field("vip", "VIP", FieldKind.BOOL),
    custom_field("size", "Size", FieldKind.CHOICE, ("Small", "Large")),
    custom_field("ends", "Ends", FieldKind.DATE),
)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY_US = 86_400 * 1_000_000


def only(text: str) -> object:
    (term,) = parse(text, CUSTOM).terms
    return term


def words(*found: str, whole: bool = False, negated: bool = False) -> Words:
    return Words(negated, found, whole)


def test_that_free_words_are_folded_beginnings_that_must_all_be_there() -> None:
    assert parse("Zoé  MÜLL") == Query((words(" zoe"), words(" mull")))


def test_that_quotes_keep_words_together_and_whole() -> None:
    assert only('"Chief Engineer"') == words(" chief engineer", whole=True)


def test_that_a_quote_still_open_while_typing_goes_on() -> None:
    assert only('"Chief Eng') == words(" chief eng")


def test_that_a_minus_negates_words_and_fields() -> None:
    assert only("-fair") == words(" fair", negated=True)
    assert only("-tag:eu") == Listed(True, "tags", ("eu",))


def test_that_an_empty_query_finds_everything() -> None:
    assert parse("") == parse("  - \" ' ...") == Query()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://acme.com/x?id=1", " https acme com x id 1"),
        ("www.acme.com:8080", " www acme com 8080"),
        ("10:30", " 10 30"),
        ("Re:", " re"),
        ("ada@example.com", " ada example com"),
        ("mailto:ada@example.com", " mailto ada example com"),
        ("C:\\lists", " c lists"),
        ("AT&T", " at t"),
        ("abc==", " abc"),
    ],
)
def test_that_text_with_stray_signs_is_searched(text: str, expected: str) -> None:
    assert only(text) == words(expected)


@pytest.mark.parametrize(
    "typed", ["+33 1 42 68 53 00", "+33 (0)1 42-68-53-00", "+33.1.42.68 53.00"]
)
def test_that_an_international_number_is_one_word_however_it_is_spaced(typed: str) -> None:
    assert only(typed) == words(" 33142685300")


def test_that_a_national_number_is_also_sought_without_its_zero() -> None:
    assert only("01 42 68") == words(" 014268", " 14268")


def test_that_other_numbers_stay_words_of_their_own() -> None:
    assert parse("2026 10") == Query((words(" 2026"), words(" 10")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("company:acme", FieldWords(False, "company", (" acme",), whole=False, exact=False)),
        ('company:"Acme Ltd"', FieldWords(False, "company", (" acme ltd",), True, True)),
        ("company=acme", FieldWords(False, "company", (" acme",), whole=True, exact=True)),
        ('title:"sales manager"', FieldWords(False, "title", (" sales manager",), True, False)),
        ('title="sales manager"', FieldWords(False, "title", (" sales manager",), True, True)),
        ("country:FR,de", FieldWords(False, "country", (" fr", " de"), True, True)),
        ("company:Acme,Inc", FieldWords(False, "company", (" acme inc",), False, False)),
        ("name:ada", FieldWords(False, "full_name", (" ada",), False, False)),
        ("size:small", FieldWords(False, "custom:size", (" small",), True, True)),
        ("status:new,lost", Listed(False, "status", ("new", "lost"))),
        ('tag:"big fish",eu', Listed(False, "tags", ("big fish", "eu"))),
        ("email:Ada@X.com", Listed(False, "email", ("ada@x.com",))),
        ("email:x.com", FieldWords(False, "email", (" x com",), False, False)),
        ("owner:me", Listed(False, "owner", ("me",))),
        ("id:7,012", Listed(False, "id", ("7", "12"))),
        ("job:3", Listed(False, "job", ("3",))),
        ("import:3", Listed(False, "import", ("3",))),
        ("has:email", Given(False, "email")),
        ("no:phone", Given(True, "phone")),
        ("-no:phone", Given(False, "phone")),
        ('company:""', Given(True, "company")),
        ("has:budget", Given(False, "custom:budget")),
        ("score>60", Amount(False, "score", ">", 60.0)),
        ("score:60", Amount(False, "score", "=", 60.0)),
        ("budget<=-1.5", Amount(False, "custom:budget", "<=", -1.5)),
        ("custom:budget>=1000", Amount(False, "custom:budget", ">=", 1000.0)),
        ("vip:yes", Flag(False, "custom:vip", value=True)),
        ("vip:no", Flag(False, "custom:vip", value=False)),
        ("last_contacted<30d", When(False, "last_contacted", "<", Period(hours=720))),
        ("ends:today", When(False, "custom:ends", "=", Period(day="today"))),
        (
            "created<2026-01-01",
            When(False, "created", "<", Period(date(2026, 1, 1), date(2026, 1, 2))),
        ),
    ],
)
def test_what_a_field_and_value_mean(text: str, expected: object) -> None:
    assert only(text) == expected


def test_that_in_trash_chooses_what_is_searched() -> None:
    assert parse("in:trash ada") == Query((words(" ada"),), trash=True)


def test_that_a_saved_view_is_named_once_and_picks_remember_what_stood_before_them() -> None:
    ada, lee = words(" ada"), words(" lee")
    assert parse('ada in:"Hot leads" lee') == Query((ada, lee), view="Hot leads")
    assert parse("ada picks:hot lee") == Query((ada, lee), view="hot", laid=1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("colour:red", "There is no field 'colour'. Did you mean 'country'?"),
        ("compny:acme", "There is no field 'compny'. Did you mean 'company'?"),
        ("has:colour", "There is no field 'colour'. Did you mean 'country'?"),
        ("company:", "There is nothing after 'company:'."),
        ("company>5", "company cannot be compared with < or >."),
        ("has>email", "has cannot be compared with < or >."),
        ("score>many", "score is a number, and 'many' is not."),
        ("score:1,2", "score takes one value."),
        ("created<soon", "created is a date, and 'soon' is not."),
        ("created:2026-02-30", "created is a date, and '2026-02-30' is not."),
        ("created:9999", "created is a date, and '9999' is not."),
        ("vip:perhaps", "custom:vip is yes or no, not 'perhaps'."),
        ("job:last", "job: takes numbers, not 'last'."),
        ("id:99999999999999999999", "id: takes numbers, not '99999999999999999999'."),
        ("-in:trash", "in: is followed by trash or by the name of one saved view."),
        ("in:hot picks:hot", "in: is followed by trash or by the name of one saved view."),
        ("in:trash in:hot", "in: is followed by trash or by the name of one saved view."),
        ("has:email,phone", "has: takes one field."),
        ("company:---", "'---' has no word to look for in company."),
        ('in:""', "in: is followed by trash or by the name of one saved view."),
        ("status:,", "There is nothing after 'status:'."),
    ],
)
def test_that_a_query_that_cannot_be_read_names_the_word(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(text, CUSTOM)
    assert refused.value.message == sentence
    assert refused.value.hint


@given(st.text() | st.from_regex(r'-?(company|score|created|tag|has|vip|id)[:<>=]{1,2}[\w",-]*'))
def test_that_any_text_is_either_read_or_refused_with_a_sentence(text: str) -> None:
    sentence = "."
    try:
        parse(text, CUSTOM)
    except InvalidInput as refused:
        sentence = refused.message
    assert sentence.endswith((".", "?"))


@given(st.lists(st.text(alphabet="abcé -\"':<>=,.@/", max_size=8), max_size=4))
def test_that_reading_again_gives_the_same_tree(parts: list[str]) -> None:
    text = " ".join(parts)
    try:
        once = parse(text, CUSTOM)
    except InvalidInput:
        with pytest.raises(InvalidInput):
            parse(text, CUSTOM)
    else:
        assert parse(text, CUSTOM) == once


def us(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1_000_000  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("op", "written", "expected"),
    [
        ("<", "2026-01-15", Moment(None, us(2026, 1, 15))),
        ("<=", "2026-01-15", Moment(None, us(2026, 1, 16))),
        (">", "2026-01-15", Moment(us(2026, 1, 16), None)),
        (">=", "2026-01-15", Moment(us(2026, 1, 15), None)),
        ("=", "2026-12", Moment(us(2026, 12, 1), us(2027, 1, 1))),
        ("=", "2026", Moment(us(2026, 1, 1), us(2027, 1, 1))),
        ("=", "today", Moment(us(2026, 11, 23), us(2026, 11, 24))),
        ("<", "yesterday", Moment(None, us(2026, 11, 22))),
        ("<", "30d", Moment(None, us(2026, 11, 23, 12) - 30 * DAY_US)),
        (">", "2w", Moment(us(2026, 11, 23, 12) - 14 * DAY_US, None)),
        ("=", "1y", Moment(us(2026, 11, 23, 12) - 365 * DAY_US, None)),
        ("<", "99999y", Moment(None, us(1, 1, 1))),
    ],
)
def test_what_a_time_is_compared_with(op: str, written: str, expected: Moment) -> None:
    assert stretch(op, read_period("created", written), NOON) == expected
