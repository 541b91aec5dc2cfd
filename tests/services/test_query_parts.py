"""A query line and the filters built of it are two views of one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.fields import FIELDS, FieldKind, custom_field
from app.services.query import parse
from app.services.query_parts import (
    Relation,
    Rule,
    fields_by_name,
    joined,
    parts,
    relations,
    replaced,
    rule_of,
    takes_values,
    without,
    written,
)

CUSTOM = (
    custom_field("budget", "Budget", FieldKind.MONEY),
    custom_field("size", "Size", FieldKind.CHOICE, ("Small", "Very large")),
    custom_field("member", "Member", FieldKind.BOOL),
    custom_field("motto", "Motto", FieldKind.TEXT),
)
NAMES = fields_by_name(CUSTOM)


def test_each_part_knows_its_place_and_what_it_says() -> None:
    found = parts('ada -tag:eu,"black forest" score>=60')
    assert [part.text for part in found] == ["ada", '-tag:eu,"black forest"', "score>=60"]
    tag = found[1]
    assert (tag.negated, tag.field, tag.op) == (True, "tags", ":")
    assert tag.values == ("eu", "black forest")
    assert 'ada -tag:eu,"black forest" score>=60'[tag.start : tag.end] == tag.text


def test_a_part_is_taken_out_or_replaced_and_the_rest_stays() -> None:
    line = "ada  status:new   score>60"
    status = parts(line)[1]
    assert without(line, status) == "ada score>60"
    assert replaced(line, status, "status:lost") == "ada  status:lost   score>60"
    assert joined("", " ada ", "has:email") == "ada has:email"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("status:new,lost", Rule("status", Relation.IS, ("new", "lost"))),
        ("-tag:eu", Rule("tags", Relation.IS_NOT, ("eu",))),
        ("company:acme", Rule("company", Relation.HAS_WORD, ("acme",))),
        ("company:acme,ltd", Rule("company", Relation.HAS_WORD, ("acme ltd",))),
        ('company="Acme Ltd"', Rule("company", Relation.IS, ("Acme Ltd",))),
        ('company:"Acme Ltd"', Rule("company", Relation.IS, ("Acme Ltd",))),
        ('title:"chief engineer"', Rule("title", Relation.HAS_WORD, ("chief engineer",))),
        ("email:ada@acme.example", Rule("email", Relation.IS, ("ada@acme.example",))),
        ("score>60", Rule("score", Relation.MORE, ("60",))),
        ("last_contacted<30d", Rule("last_contacted", Relation.BEFORE, ("30d",))),
        ("has:email", Rule("email", Relation.GIVEN)),
        ("-has:email", Rule("email", Relation.BLANK)),
        ("no:phone", Rule("phone", Relation.BLANK)),
        ('phone:""', Rule("phone", Relation.BLANK)),
        ("budget<=1000", Rule("custom:budget", Relation.AT_MOST, ("1000",))),
        ("custom:member:yes", Rule("custom:member", Relation.IS, ("yes",))),
    ],
)
def test_a_condition_becomes_the_rule_that_people_read(line: str, rule: Rule) -> None:
    assert rule_of(parts(line)[0], NAMES) == rule
    assert parse(written(rule), CUSTOM) == parse(line, CUSTOM)


@pytest.mark.parametrize(
    "line", ["ada", '"ada love"', "job:7", "in:trash", "http://x.example", "-score>6", "has:a,b"]
)
def test_what_no_builder_shows_stays_text(line: str) -> None:
    assert rule_of(parts(line)[0], NAMES) is None


VALUES = st.sampled_from(["new", "Acme", "Acme Ltd", "a,b", "chief", "x@y.example", "Very large"])


@given(st.data())
def test_every_rule_of_the_builder_can_be_written_read_and_shown_again(data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([*FIELDS, *CUSTOM]))
    relation = data.draw(st.sampled_from(relations(field)))
    values: tuple[str, ...] = ()
    if takes_values(relation):
        if field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
            values = (str(data.draw(st.integers(-10, 10))),)
        elif field.kind in (FieldKind.DATE, FieldKind.MOMENT):
            values = (data.draw(st.sampled_from(["2026-01-02", "30d", "today", "2026-03"])),)
        elif field.kind is FieldKind.BOOL:
            values = (data.draw(st.sampled_from(["yes", "no"])),)
        else:
            values = (data.draw(VALUES),)
    line = written(Rule(field.key, relation, values))
    assert len(parts(line)) == 1
    read = rule_of(parts(line)[0], NAMES)
    assert read is not None
    assert read.field == field.key
    assert parse(written(read), CUSTOM) == parse(line, CUSTOM)


def test_a_rule_without_its_value_is_no_text_yet() -> None:
    assert written(Rule("company", Relation.HAS_WORD, ("  ",))) == ""
    assert written(Rule("company", Relation.BLANK)) == "no:company"
