"""A row of cells becomes values, with a sentence for each thing that could not be taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.core.fields import BY_KEY, DEFAULT_STATUSES, Field, FieldKind, custom_field
from app.services.importing.normalise import RowNormaliser, Target


def field_of(key: str) -> Field:
    base = BY_KEY[key.partition(".")[0]]
    return base if base.key == key else Field(key, base.label, base.kind)


def normaliser(*columns: str | Field, **options: object) -> RowNormaliser:
    fields = [field_of(c) if isinstance(c, str) else c for c in columns]
    targets = [Target(i, field) for i, field in enumerate(fields)]
    return RowNormaliser(targets, statuses=DEFAULT_STATUSES, **options)  # type: ignore[arg-type]


def values(rows: RowNormaliser, *cells: str) -> dict[str, object]:
    found, error, warnings = rows.row(cells)
    assert (error, warnings) == (None, ())
    return {key: v for key, v in zip(rows.fields, found, strict=True) if v is not None}


def test_a_usual_row_is_checked_and_tidied():
    rows = normaliser("first_name", "email", "phone", "country", "status", "tags", "linkedin_url")
    assert values(
        rows, " Ada ", "ADA@Example.com", "06 12 34 56 78", "France", "Contacted", "eu;vip",
        "in/ada",
    ) == {
        "first_name": "Ada", "email": "ada@example.com", "phone": "+33612345678", "country": "FR",
        "status": "contacted", "tags": ["eu", "vip"],
        "linkedin_url": "https://www.linkedin.com/in/ada",
    }  # fmt: skip


def test_blank_cells_are_no_values():
    rows = normaliser(
        "first_name", "email", "phone", "notes", "country", "website", "last_contacted"
    )
    assert values(rows, "Ada", " ", "\t", "", "  ", "n/a", "-") == {"first_name": "Ada"}


def test_a_bad_email_rejects_the_row():
    error = normaliser("first_name", "email").row(["Ada", "ada@"])[1]
    assert error == "E-mail is not an address: ada@"


@pytest.mark.parametrize(
    "column", ["first_name", "full_name", "email", "mobile", "linkedin_url", "email.home"]
)
def test_any_of_these_says_who_it_is(column):
    cell = {"mobile": "+33612345678", "linkedin_url": "in/ada"}.get(column, "ada@example.com")
    assert normaliser(column, "company").row([cell, ""])[1] is None


def test_a_company_alone_identifies_nobody():
    error = normaliser("company", "email", "city").row(["Acme", "", "Bern"])[1]
    assert error == "Nothing in the row says who this is: no e-mail, phone, name or LinkedIn."


def test_a_bad_phone_is_a_warning_and_stays_as_typed():
    rows = normaliser("first_name", "phone")
    found, error, warnings = rows.row(["Ada", "ask  reception"])
    assert error is None
    assert found[rows.fields.index("phone")] == "ask reception"
    assert warnings == ("Phone cannot be read as a number: ask reception",)


def test_the_row_s_country_wins_over_the_default_and_an_unknown_one_does_not():
    rows = normaliser("phone", "country", default_country="fr")
    assert values(rows, "030 901820", "Germany")["phone"] == "+4930901820"
    assert values(rows, "0142685300", "Atlantis")["phone"] == "+33142685300"
    assert values(rows, "0142685300", "")["phone"] == "+33142685300"


def test_an_international_prefix_of_the_default_country_holds_for_contacts_elsewhere():
    rows = normaliser("phone", "country", default_country="FR")
    for country in ("United States", "Japan", "FR", ""):
        assert values(rows, "0033 6 12 34 56 78", country)["phone"] == "+33612345678"
    found, _, warnings = rows.row(["06 12 34 56 78", "United States"])
    assert found[rows.fields.index("phone")] == "06 12 34 56 78"
    assert warnings == ("Phone cannot be read as a number: 06 12 34 56 78",)


def test_an_unknown_default_country_is_refused():
    with pytest.raises(InvalidInput, match="Atlantis is no country"):
        normaliser("phone", default_country="Atlantis")


def test_further_addresses_and_numbers_of_a_cell_are_labelled():
    rows = normaliser("email", "phone", default_country="FR")
    assert values(rows, "a@x.com; b@x.com, c@x.com", "0142685300 / 0612345678") == {
        "email": "a@x.com", "email.2": "b@x.com", "email.3": "c@x.com",
        "phone": "+33142685300", "phone.2": "+33612345678",
    }  # fmt: skip


def test_further_columns_of_one_field_are_labelled_and_the_first_filled_one_wins():
    rows = normaliser("email", "email", "email.home")
    assert values(rows, "", "b@x.com", "h@x.com") == {"email": "b@x.com", "email.home": "h@x.com"}
    assert values(rows, "a@x.com", "b@x.com", "") == {"email": "a@x.com", "email.2": "b@x.com"}
    assert values(rows, "a@x.com", "A@x.com", "") == {"email": "a@x.com"}


def test_a_label_in_use_is_not_taken_by_a_further_address():
    rows = normaliser("email", "email.2")
    assert values(rows, "a@x.com b@x.com", "c@x.com") == {
        "email": "a@x.com", "email.2": "c@x.com", "email.3": "b@x.com",
    }  # fmt: skip


def test_what_finds_no_room_is_said_and_not_dropped_silently():
    rows = normaliser("email", "email.2", "email.3")
    assert rows.row(["a@x.com b@x.com", "c@x.com", "d@x.com"])[2] == (
        "b@x.com was left out: there is no room for it.",
    )


def test_columns_of_notes_are_joined_and_of_tags_united():
    rows = normaliser("first_name", "notes", "notes", "tags", "tags")
    found = values(rows, "Ada", "one", "two", "eu, vip", "VIP, new")
    assert (found["notes"], found["tags"]) == ("one\ntwo", ["eu", "vip", "new"])


def test_a_second_value_of_another_field_is_named_in_a_warning():
    rows = normaliser("first_name", "city", "city")
    found, error, warnings = rows.row(["Ada", "Bern", "Ulm"])
    assert found[rows.fields.index("city")] == "Bern"
    assert (error, warnings) == (None, ("City has a second value, left out: Ulm",))
    assert rows.row(["Ada", "", "Ulm"])[2] == ()


def test_an_unknown_status_is_left_blank_with_a_warning_every_time():
    rows = normaliser("first_name", "status")
    for _ in range(2):
        found, _, warnings = rows.row(["Ada", "hot"])
        assert (found[1], warnings) == (None, ("Status has no choice hot.",))


def test_an_ambiguous_date_is_left_out_unless_the_column_decided():
    field = BY_KEY["last_contacted"]
    name = Target(0, BY_KEY["first_name"])
    undecided = RowNormaliser([name, Target(1, field)])
    assert "day or month first" in undecided.row(["Ada", "03/04/2026"])[2][0]
    decided = RowNormaliser([name, Target(1, field, "dmy")])
    assert decided.row(["Ada", "04/03/2026"])[0] == ["Ada", 1_772_582_400_000_000]


def test_custom_fields_have_typed_values():
    rows = normaliser(
        "first_name",
        custom_field("budget", "Budget", FieldKind.MONEY),
        custom_field("vip", "VIP", FieldKind.BOOL),
        custom_field("memo", "Memo", FieldKind.TEXT),
    )
    assert values(rows, "Ada", "1 250,50", "yes", " a  b ") == {
        "first_name": "Ada", "custom:budget": 1250.5, "custom:vip": True, "custom:memo": "a b",
    }  # fmt: skip


def test_a_false_or_zero_is_a_value():
    rows = normaliser(
        "first_name",
        custom_field("vip", "VIP", FieldKind.BOOL),
        custom_field("n", "N", FieldKind.NUMBER),
    )
    assert values(rows, "Ada", "no", "0") == {
        "first_name": "Ada",
        "custom:vip": False,
        "custom:n": 0,
    }


def test_the_same_cells_give_the_same_values_after_many_others():
    rows = normaliser("first_name", "city", "status")
    first = rows.row(["Ada", "Zu\u0308rich", "new"])
    for n in range(30_000):
        rows.row([f"n{n}", f"c{n}", "new"])
    assert rows.row(["Ada", "Zu\u0308rich", "new"]) == first


@given(st.lists(st.text(max_size=20), min_size=8, max_size=8))
def test_any_row_gives_values_or_a_sentence(cells):
    rows = normaliser(
        "first_name", "email", "phone", "country", "website", "last_contacted", "tags",
        custom_field("n", "N", FieldKind.NUMBER), default_country="FR",
    )  # fmt: skip
    found, error, _ = rows.row(cells)
    assert len(found) == len(rows.fields)
    assert error is None or error.endswith((".", cells[1])) or error.startswith("E-mail")
    assert "" not in found
