"""Which field goes where: what is suggested, what is refused, and how a mapping is written."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.errors import InvalidInput
from app.sandbox.hubspot.properties import Property
from app.services.exporting import mapping_from
from tests.services.exporting.bench import Bench


def pairs(bench: Bench) -> dict[str | None, str]:
    return {rule.source: rule.remote for rule in bench.exporting.mappings.get("hubspot").rules}


def test_the_usual_fields_find_their_usual_names(bench: Bench) -> None:
    found = pairs(bench)
    assert found["email"] == "email"
    assert found["first_name"] == "firstname"
    assert found["title"] == "jobtitle"
    assert found["postal_code"] == "zip"
    assert found["mobile"] == "mobilephone"
    assert found["linkedin_url"] == "hs_linkedin_url"


def test_what_the_program_or_hubspot_keeps_itself_is_not_suggested(bench: Bench) -> None:
    found = pairs(bench)
    assert found.keys().isdisjoint({"created", "updated", "score", "owner", "tags", "full_name"})
    assert set(found.values()).isdisjoint({"createdate", "hs_object_id", "hs_email_domain"})


def test_a_custom_field_finds_a_property_of_its_name_or_label(bench: Bench) -> None:
    bench.practice.add_property(Property("budget", "Budget in EUR", "number", "number"))
    bench.practice.add_property(Property("x_17", "Favourite colour"))
    bench.custom("budget", "number")
    bench.custom("favourite colour", "text")
    found = pairs(bench)
    assert found["custom:budget"] == "budget"
    assert found["custom:favourite colour"] == "x_17"


def test_a_field_of_another_kind_is_not_suggested(bench: Bench) -> None:
    bench.practice.add_property(Property("budget", "Budget", "number", "number"))
    bench.custom("budget", "text")
    assert "custom:budget" not in pairs(bench)


def test_the_status_is_suggested_only_when_every_status_has_an_option(bench: Bench) -> None:
    assert "status" not in pairs(bench)
    words = ("new", "contacted", "qualified", "nurture", "customer", "lost", "archived")
    options = tuple((word.upper(), word.title()) for word in words)
    bench.practice.add_property(
        Property("hs_lead_status", "Lead status", "enumeration", "radio", options)
    )
    bench.connections.fields("hubspot", refresh=True)
    assert pairs(bench)["status"] == "hs_lead_status"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"firstname": "first_name"}, "no field first_name"),
        ({"frist_name": "firstname"}, "no contact field frist_name"),
        ({"created": "createdate"}, "cannot be written"),
        ({"first_name": "hs_email_domain"}, "cannot be written"),
        ({"first_name": "firstname", "last_name": "firstname"}, "mapped twice"),
        ({"tags": "annualrevenue"}, "does not fit"),
        ({}, "empty"),
        ({"fields": [{"to": "email", "constant": "a@b.example"}]}, "same for everybody"),
    ],
)
def test_a_mapping_that_could_never_work_is_refused_by_name(
    bench: Bench, written: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        bench.exporting.mappings.save(mapping_from("hubspot", written))
    assert caught.value.hint
    assert bench.exporting.mappings.get("hubspot") == bench.exporting.mappings.automatic("hubspot")


@pytest.mark.parametrize(
    "written",
    [
        [],
        "firstname",
        {"fields": "firstname"},
        {"fields": ["firstname"]},
        {"fields": [{"to": "firstname"}]},
        {"fields": [{"to": "firstname", "from": "first_name", "constant": "x"}]},
        {"fields": [{"to": "firstname", "from": "first_name", "colour": "red"}]},
        {"fields": [{"to": "firstname", "from": "first_name", "write": "perhaps"}]},
        {"fields": [{"to": "firstname", "from": 3}]},
        {"fields": [{"to": "firstname", "from": "first_name", "values": [1]}]},
        {"connector": "salesforce", "fields": []},
    ],
)
def test_a_file_that_is_not_a_mapping_is_told_so(written: object) -> None:
    with pytest.raises(InvalidInput, match="mapping cannot be read") as caught:
        mapping_from("hubspot", written)
    assert "firstname" in caught.value.hint


def test_a_saved_mapping_comes_back_as_it_was(bench: Bench) -> None:
    mapping = mapping_from(
        "hubspot",
        {
            "fields": [
                {"to": "firstname", "from": "first_name", "fallback": "Friend"},
                {"to": "jobtitle", "from": "title", "write": "fill", "blank": "clear"},
                {"to": "lifecyclestage", "from": "status", "values": {"new": "lead"}},
                {"to": "industry", "constant": "Software"},
            ]
        },
    )
    bench.exporting.mappings.save(mapping)
    bench.exporting.mappings.save(mapping)
    assert bench.exporting.mappings.get("hubspot") == mapping
    assert mapping_from("hubspot", mapping.as_dict()) == mapping


def test_each_container_has_a_mapping_of_its_own(bench: Bench) -> None:
    mapping = mapping_from("hubspot", {"first_name": "firstname"})
    bench.exporting.mappings.save(mapping, "list-1")
    assert bench.exporting.mappings.get("hubspot", "list-1") == mapping
    assert bench.exporting.mappings.get("hubspot") != mapping
