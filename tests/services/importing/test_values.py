"""Each kind of field takes what it can read, and says in a sentence what it cannot."""

from __future__ import annotations

import pytest

from app.core.errors import InvalidInput
from app.core.fields import BY_KEY, FieldKind, custom_field
from app.services.importing.values import Rules, Unreadable, choices, read_value, tidy

MARCH_4 = 1_772_582_400_000_000


def custom(kind: FieldKind, *allowed: str):
    return custom_field("x", "Extra", kind, allowed)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("first_name", "  Ada\u00a0 Mary ", "Ada Mary"),
        ("last_name", "de la CRUZ", "de la CRUZ"),
        ("city", "Zu\u0308rich", "Zürich"),
        ("notes", " one\r\ntwo ", "one\ntwo"),
        ("address", "1 rue X\n75001 Paris", "1 rue X\n75001 Paris"),
        ("email", "ADA@example.com", "ada@example.com"),
        ("email", "N/A", None),
        ("phone", "none", None),
        ("company", "N/A", "N/A"),
        ("website", "acme.com", "https://acme.com"),
        ("domain", "https://www.acme.com/x", "acme.com"),
        ("linkedin_url", "in/ada", "https://www.linkedin.com/in/ada"),
        ("country", "Frankreich", "FR"),
        ("country", "Atlantis", "Atlantis"),
        ("tags", "eu, Prospect; EU", ["eu", "Prospect"]),
        ("last_contacted", "2026-03-04", MARCH_4),
        ("last_contacted", "   ", None),
    ],
)
def test_built_in_fields(key, text, value):
    assert read_value(BY_KEY[key], text) == value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldKind.NUMBER, "1 250", 1250),
        (FieldKind.MONEY, "€ 12,50", 12.5),
        (FieldKind.DATE, "4 March 2026", "2026-03-04"),
        (FieldKind.BOOL, "Oui", True),
        (FieldKind.BOOL, "0", False),
        (FieldKind.CHOICE, "GOLD", "Gold"),
        (FieldKind.MULTI, "silver, gold, Gold", ["Silver", "Gold"]),
        (FieldKind.URL, "acme.com", "https://acme.com"),
        (FieldKind.EMAIL, "A@x.com", "a@x.com"),
        (FieldKind.PHONE, "+33612345678", "+33612345678"),
    ],
)
def test_custom_fields(kind, text, value):
    assert read_value(custom(kind, "Gold", "Silver"), text) == value


@pytest.mark.parametrize(
    ("field", "text", "said", "kept"),
    [
        (BY_KEY["phone"], "call me", "Phone cannot be read as a number: call me", "call me"),
        (BY_KEY["phone"], "3.36E+10", "Phone lost precision in the file: 3.36E+10", "3.36E+10"),
        (BY_KEY["website"], "soon", "Website is no web address: soon", "soon"),
        (BY_KEY["domain"], "acme", "Company domain is no domain: acme", "acme"),
        (BY_KEY["linkedin_url"], "ada", "LinkedIn is no web address: ada", "ada"),
        (
            BY_KEY["last_contacted"],
            "03/04/2026",
            "Last contacted could be day or month first",
            None,
        ),
        (BY_KEY["last_contacted"], "soon", "Last contacted is no date: soon", None),
        (custom(FieldKind.NUMBER), "1,234", "Extra could be thousands or decimals: 1,234", None),
        (custom(FieldKind.NUMBER), "many", "Extra is no number: many", None),
        (custom(FieldKind.BOOL), "maybe", "Extra is neither yes nor no: maybe", None),
        (custom(FieldKind.CHOICE, "Gold"), "tin", "Extra has no choice tin.", None),
    ],
)
def test_what_cannot_be_read_is_said_and_kept_only_where_it_may_be(field, text, said, kept):
    with pytest.raises(Unreadable) as doubt:
        read_value(field, text)
    assert doubt.value.message.startswith(said)
    assert doubt.value.kept == kept


def test_rules_of_the_column_settle_dates_and_numbers():
    assert read_value(BY_KEY["last_contacted"], "04/03/2026", Rules(date_order="dmy")) == MARCH_4
    assert read_value(custom(FieldKind.NUMBER), "1,234", Rules(decimal=",")) == 1.234


def test_a_status_answers_to_its_label_and_its_key():
    rules = Rules(choices=choices({"Qualified lead": "qualified", "Neu": "new"}))
    status = BY_KEY["status"]
    assert read_value(status, "QUALIFIED LEAD", rules) == "qualified"
    assert read_value(status, "qualified", rules) == "qualified"
    with pytest.raises(Unreadable) as doubt:
        read_value(status, "hot", rules)
    assert doubt.value.hint == "Choose one of qualified, new."


def test_the_country_reads_a_number_without_a_code():
    assert read_value(BY_KEY["mobile"], "06 12 34 56 78", country="FR") == "+33612345678"
    with pytest.raises(Unreadable) as doubt:
        read_value(BY_KEY["mobile"], "06 12 34 56 78")
    assert "default country" in doubt.value.hint


def test_a_bad_address_is_refused():
    with pytest.raises(InvalidInput, match="E-mail is not an address: ada@"):
        read_value(BY_KEY["email"], "ada@")


def test_a_long_value_is_quoted_in_part():
    with pytest.raises(Unreadable) as doubt:
        read_value(BY_KEY["last_contacted"], "x" * 500)
    assert len(doubt.value.message) < 130


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("Love\u200blace", "Lovelace"),
        ("\ufeffAcme\u2060 ", "Acme"),
        ("\u202aAda\u202c", "Ada"),
        ("\u200fדוד\u200f", "דוד"),
        ("Ada 👩\u200d💻", "Ada 👩\u200d💻"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200b", ""),
    ],
)
def test_signs_without_width_go_and_joiners_inside_a_word_stay(written, tidied):
    assert tidy(written) == tidied


def test_the_groups_of_an_address_book_are_tags_but_for_the_one_of_everybody():
    found = read_value(BY_KEY["tags"], "Friends ::: Work ::: * myContacts")
    assert found == ["Friends", "Work"]
