"""Saved mappings by account and title, suggestions, samples and counts for the editor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from app.core.errors import InvalidInput, NotFound, StorageError
from app.models.exports import ExportMapping
from app.sandbox.hubspot.properties import Property
from app.services.exporting import STANDARD, mapping_from, problems, read_mapping, write_mapping
from app.services.exporting.suggest import SAME_LABEL, SURE, USUAL
from tests.services.exporting.bench import Bench
from tests.services.exporting.conftest import BenchMaker

SHORT = {"first_name": "firstname"}
LONG = {"first_name": "firstname", "title": "jobtitle"}


def titles(bench: Bench) -> tuple[str, tuple[str, ...]]:
    book = bench.exporting.mappings.book("hubspot")
    return book.used, tuple(sorted(book.mappings))


class TestBook:
    def test_without_a_saved_one_the_automatic_mapping_is_the_standard(self, bench: Bench) -> None:
        assert titles(bench) == (STANDARD, ())
        mappings = bench.exporting.mappings
        assert mappings.get("hubspot") == mappings.automatic("hubspot")

    def test_the_one_saved_last_is_used_until_another_is_chosen(self, bench: Bench) -> None:
        mappings = bench.exporting.mappings
        mappings.save(bench.mapping(SHORT))
        mappings.save(bench.mapping(LONG), title="Long")
        assert titles(bench) == ("Long", ("Long", STANDARD))
        assert mappings.get("hubspot") == bench.mapping(LONG)
        mappings.use("hubspot", STANDARD)
        assert mappings.get("hubspot") == bench.mapping(SHORT)

    def test_a_change_is_taken_back_exactly(self, bench: Bench) -> None:
        mappings = bench.exporting.mappings
        first = mappings.save(bench.mapping(SHORT))
        second = mappings.remove("hubspot", STANDARD)
        assert titles(bench) == (STANDARD, ())
        mappings.put_back(second)
        assert mappings.get("hubspot") == bench.mapping(SHORT)
        mappings.put_back(first)
        assert titles(bench) == (STANDARD, ())

    def test_after_removing_the_used_one_another_saved_one_is_used(self, bench: Bench) -> None:
        mappings = bench.exporting.mappings
        mappings.save(bench.mapping(SHORT))
        mappings.save(bench.mapping(LONG), title="Long")
        mappings.remove("hubspot", "Long")
        assert titles(bench) == (STANDARD, (STANDARD,))

    def test_a_title_that_does_not_exist_cannot_be_used(self, bench: Bench) -> None:
        with pytest.raises(NotFound, match="Long"):
            bench.exporting.mappings.use("hubspot", "Long")

    @pytest.mark.parametrize("title", ["", "  ", "x" * 61])
    def test_a_name_must_be_a_name(self, bench: Bench, title: str) -> None:
        with pytest.raises(InvalidInput, match="needs a name"):
            bench.exporting.mappings.save(bench.mapping(SHORT), title=title)

    def test_another_account_has_mappings_of_its_own(self, bench: Bench) -> None:
        mappings = bench.exporting.mappings
        bench.connections.test("hubspot")
        mappings.save(bench.mapping(SHORT))
        bench.practice.portal = 99
        bench.connections.test("hubspot")
        assert titles(bench) == (STANDARD, ())
        mappings.save(bench.mapping(LONG))
        bench.practice.portal = 24_681_012
        bench.connections.test("hubspot")
        assert mappings.get("hubspot") == bench.mapping(SHORT)

    def test_a_mapping_stored_before_there_were_accounts_still_holds(self, bench: Bench) -> None:
        with bench.store.writing("test") as connection:
            row = {"connector": "hubspot", "container": "", "at_us": 1}
            connection.execute(
                insert(ExportMapping).values(**row, mapping=bench.mapping(SHORT).as_dict())
            )
        assert bench.exporting.mappings.get("hubspot") == bench.mapping(SHORT)
        bench.connections.test("hubspot")
        bench.exporting.mappings.save(bench.mapping(LONG), title="Long")
        assert titles(bench) == ("Long", ("Long", STANDARD))


class TestFile:
    def test_a_mapping_comes_back_from_its_file_as_it_was(
        self, bench: Bench, tmp_path: Path
    ) -> None:
        rule = {"to": "company", "from": "company", "or": ["domain"], "write": "create"}
        mapping = mapping_from("hubspot", {"fields": [rule]})
        write_mapping(mapping, tmp_path / "m.json")
        assert json.loads((tmp_path / "m.json").read_text())["fields"] == [rule]
        assert read_mapping("hubspot", tmp_path / "m.json") == mapping

    def test_a_file_that_cannot_be_written_is_told(self, bench: Bench, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match="cannot be written"):
            write_mapping(bench.mapping(SHORT), tmp_path / "none" / "m.json")

    @pytest.mark.parametrize(
        "entry",
        [
            {"to": "company", "from": "company", "or": "domain"},
            {"to": "company", "from": "company", "or": [1]},
            {"to": "company", "constant": "Acme", "or": ["domain"]},
        ],
    )
    def test_further_fields_must_be_a_list_behind_a_first_one(self, entry: dict[str, Any]) -> None:
        with pytest.raises(InvalidInput, match="“or” of company"):
            mapping_from("hubspot", {"fields": [entry]})


class TestSuggestions:
    def test_each_pair_says_how_sure_it_is(self, bench: Bench) -> None:
        bench.practice.add_property(Property("x_17", "Favourite colour"))
        bench.practice.add_property(Property("zip_area", "Delivery area"))
        bench.custom("favourite colour", "text")
        bench.custom("delivery area code", "text")
        found = {
            each.rule.source: (each.rule.remote, each.confidence)
            for each in bench.exporting.mappings.editing("hubspot").suggestions()
        }
        assert found["title"] == ("jobtitle", USUAL)
        assert found["custom:favourite colour"] == ("x_17", SAME_LABEL)
        remote, confidence = found["custom:delivery area code"]
        assert remote == "zip_area"
        assert confidence < SURE
        chosen = {rule.source for rule in bench.exporting.mappings.automatic("hubspot").rules}
        assert "custom:delivery area code" not in chosen

    def test_what_is_mapped_already_is_not_suggested_again(self, bench: Bench) -> None:
        editing = bench.exporting.mappings.editing("hubspot")
        taken = ["jobtitle", "firstname"]
        assert not {s.rule.remote for s in editing.suggestions(taken)} & set(taken)


class TestPreview:
    def test_the_first_contacts_are_shown_as_they_will_be_sent(self, bench: Bench) -> None:
        ids = bench.people(9, company="Acme")
        mappings = bench.exporting.mappings
        editing = mappings.editing("hubspot")
        shown = mappings.preview(editing, editing.mapping, ids)
        assert [sample.text for sample in shown.of("firstname")] == [
            f"Ada {n}" for n in range(1, 6)
        ]
        assert shown.of("email")[0].text == "ada1@acme.example"
        assert shown.of("jobtitle")[0].text is None
        assert shown.of("no_such_field") == ()

    def test_a_sample_that_does_not_fit_says_why(self, bench: Bench) -> None:
        ids = bench.people(1, status="new")
        editing = bench.exporting.mappings.editing("hubspot")
        mapping = bench.mapping({"status": "lifecyclestage", "gone": "no_such_field"})
        (sample,) = bench.exporting.mappings.preview(editing, mapping, ids).of("lifecyclestage")
        assert sample.text is None
        assert "“new” is not among the choices" in sample.fault

    def test_values_are_counted_commonest_first(self, make_bench: BenchMaker) -> None:
        bench = make_bench()
        bench.custom("topics of talk", "multi", ["cars", "trains"])
        bench.custom("partner", "bool")
        some = bench.people(2, status="new", custom={"topics of talk": ["cars", "trains"]})
        bench.add({"status": "lost", "custom": {"topics of talk": ["cars"], "partner": True}})
        editing = bench.exporting.mappings.editing("hubspot")
        fields = {field.key: field for field in editing.local}

        def counts(key: str, ids: list[int] | None = None) -> dict[str, int]:
            found = bench.exporting.mappings.count_values(fields[key], ids)
            return {each.value: each.count for each in found}

        assert counts("status") == {"new": 2, "lost": 1}
        assert counts("status", some[:1]) == {"new": 1}
        assert counts("custom:topics of talk") == {"cars": 3, "trains": 2}
        assert counts("custom:partner") == {"true": 1}
        assert counts("tags") == {}


def test_each_rule_that_could_not_work_is_named_and_the_others_are_not(bench: Bench) -> None:
    editing = bench.exporting.mappings.editing("hubspot")
    mapping = mapping_from(
        "hubspot",
        {
            "fields": [
                {"to": "firstname", "from": "first_name"},
                {"to": "company", "from": "company", "or": ["no_such"]},
                {"to": "email", "from": "email", "or": ["phone"]},
            ]
        },
    )
    found = problems(mapping.rules, editing, editing.local, editing.remote.fields)
    assert found[0] is None
    assert found[1] is not None
    assert "no_such" in found[1].message
    assert found[2] is not None
    assert "taken from one field" in found[2].message


def test_fields_tell_their_group_and_whether_they_are_required(bench: Bench) -> None:
    fields = bench.connections.fields("hubspot").fields
    email = next(field for field in fields if field.name == "email")
    assert (email.group, email.required) == ("Contact information", True)
    assert not next(field for field in fields if field.name == "jobtitle").required
