from __future__ import annotations

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, func, insert, select

from app.core.identity import derived
from app.models.contacts import Contact, ContactKey, ContactTag
from app.models.journal import Change, Operation, OpRange, SearchDirty, Subject
from app.models.json_sql import joined, runs, without
from app.models.store import reserve
from tests.models.bed import Bed


def test_created_contacts_have_consecutive_ids_keys_and_one_range(bed: Bed):
    ids = bed.add({"first_name": "Ada", "last_name": "Lovelace"}, {"email": "bob@example.com"})

    assert ids == [1, 2]
    assert bed.get(1, "sort_name", "status", "version") == ("ada lovelace", "new", 1)
    assert bed.get(2, "sort_name", "created") == ("bob@example.com", bed.get(1, "created"))
    assert bed.rows(OpRange.tbl, OpRange.lo, OpRange.hi, OpRange.act) == [
        ("contact", 1, 2, "create")
    ]
    assert bed.rows(func.count(Change.op)) == [(0,)]


def test_a_created_contact_takes_custom_labelled_and_tag_values(bed: Bed):
    hot, cold = bed.tags("Hot", "Cold")

    (one,) = bed.add(
        {
            "first_name": "Ada",
            "custom:budget": 12,
            "labelled:email": [("home", "ada@home.example")],
            "tags": [cold, hot],
        }
    )

    assert bed.get(one, "custom") == {"budget": 12}
    assert bed.get(one, "labelled") == {"email": [["home", "ada@home.example"]]}
    assert bed.rows(ContactTag.contact, ContactTag.tag) == [(one, hot), (one, cold)]
    assert bed.rows(ContactKey.contact, ContactKey.email) == [(one, "ada@home.example")]


def test_rows_with_different_fields_are_created_together(bed: Bed):
    bed.add({"city": "Paris", "status": "qualified"}, {"score": 5, "city": ""})

    assert bed.get(1, "city", "status", "score") == ("Paris", "qualified", None)
    assert bed.get(2, "city", "status", "score") == (None, "new", 5)


def test_an_edit_records_only_what_really_changed(bed: Bed):
    bed.add({"first_name": "Ada", "city": "Paris"}, {"first_name": "Bob"})

    op = bed.edit({1: {"first_name": "Ada", "city": "Rome"}, 2: {"first_name": "Bob"}})

    changes = bed.rows(Change.op, Change.row, Change.mask, Change.before, Change.after)
    assert changes == [(op, 1, "city", '{"city":"Paris"}', '{"city":"Rome"}')]
    assert bed.get(1, "city", "version") == ("Rome", 2)
    assert bed.get(2, "version") == 1


def test_an_edit_that_changes_nothing_leaves_no_operation(bed: Bed):
    bed.add({"first_name": "Ada"})

    bed.edit({1: {"first_name": "Ada"}, 77: {"first_name": "Nobody"}})

    assert bed.rows(Operation.kind) == [("contact.create",)]
    assert len(bed.heard) == 1


def test_the_keys_follow_the_fields_they_are_derived_from(bed: Bed):
    bed.add({"first_name": "Ada", "company": "Acme", "phone": "+33123456789"})

    bed.edit({1: {"first_name": "Chloé", "company": "Ümlaut AG", "city": "Paris"}})

    wanted = derived({"first_name": "Chloé", "company": "Ümlaut AG", "phone": "+33123456789"})
    assert dict(zip(wanted, bed.get(1, *wanted), strict=True)) == wanted


def test_custom_fields_change_one_by_one(bed: Bed):
    bed.add({"first_name": "Ada", "custom:a": 1, "custom:b": "x"})

    op = bed.edit({1: {"custom:b": None, "custom:c": True}})

    assert bed.get(1, "custom") == {"a": 1, "c": True}
    assert bed.rows(Change.mask, Change.before, Change.after) == [
        (
            "custom:b,custom:c",
            '{"custom:b":"x","custom:c":null}',
            '{"custom:b":null,"custom:c":true}',
        )
    ]
    assert bed.of("ann").undo(op).undone == 1
    assert bed.get(1, "custom") == {"a": 1, "b": "x"}


def test_the_last_custom_value_removed_leaves_the_column_empty(bed: Bed):
    bed.add({"first_name": "Ada", "custom:a": 1})

    bed.edit({1: {"custom:a": ""}})

    assert bed.get(1, "custom") is None


def test_true_and_one_are_different_values_of_a_custom_field(bed: Bed):
    bed.add({"first_name": "Ada", "custom:a": 1})

    bed.edit({1: {"custom:a": True}})

    assert bed.get(1, "custom")["a"] is True


def test_labelled_mails_keep_the_recognition_keys_in_step(bed: Bed):
    bed.add({"first_name": "Ada", "labelled:email": [["home", "a@home.example"]]})

    bed.edit({1: {"labelled:email": [["home", "b@home.example"], ["old", "c@old.example"]]}})
    assert bed.rows(ContactKey.email) == [("b@home.example",), ("c@old.example",)]

    bed.edit({1: {"labelled:email": []}})
    assert bed.rows(ContactKey.email) == []
    assert bed.get(1, "labelled") is None


def test_tags_are_journalled_as_a_field_of_the_contact(bed: Bed):
    hot, cold = bed.tags("Hot", "Cold")
    bed.add({"first_name": "Ada", "tags": [hot]}, {"first_name": "Bob"})

    with bed.operations.recording("contact.tag", "Tag {n} contacts") as recorder:
        assert recorder.tag([1, 2], cold) == 2
        assert recorder.untag([1, 2], hot) == 1

    assert bed.rows(ContactTag.contact, ContactTag.tag) == [(1, cold), (2, cold)]
    changes = bed.rows(Change.row, Change.before, Change.after)
    assert changes == [
        (1, f'{{"tags":[{hot}]}}', f'{{"tags":[{cold}]}}'),
        (2, '{"tags":[]}', f'{{"tags":[{cold}]}}'),
    ]


def test_two_changes_of_one_row_in_one_operation_become_one(bed: Bed):
    bed.add({"first_name": "Ada", "city": "Paris"}, {"first_name": "Bob", "city": "Oslo"})

    with bed.operations.recording("contact.edit", "Edit") as recorder:
        recorder.update("contact", {1: {"city": "Rome"}, 2: {"city": "Bergen"}})
        recorder.update("contact", {1: {"city": "Bonn", "title": "CEO"}, 2: {"city": "Oslo"}})

    assert bed.rows(Change.row, Change.mask, Change.before, Change.after) == [
        (1, "city,title", '{"city":"Paris","title":null}', '{"city":"Bonn","title":"CEO"}')
    ]


def test_what_a_row_is_made_with_is_no_change_of_it(bed: Bed):
    with bed.operations.recording("contact.create", "Add") as recorder:
        ids = recorder.create("contact", [{"first_name": "Ada"}])
        recorder.update("contact", {ids[0]: {"city": "Paris"}})

    assert bed.get(1, "city") == "Paris"
    assert bed.rows(Change.op) == []


def test_a_bulk_update_from_a_staged_table_equals_single_updates(bed: Bed):
    bed.add(*({"first_name": f"P{n}", "company": "Acme", "custom:a": n} for n in range(1, 8)))
    staged = Table(
        "planned",
        MetaData(),
        Column("row", BigInteger, primary_key=True),
        Column("mask", Text),
        Column("before", Text),
        Column("after", Text),
        prefixes=["TEMPORARY"],
    )
    with bed.operations.recording("import", "Import {n} rows", bulk=True) as recorder:
        staged.create(recorder.connection)
        recorder.read("contact", range(1, 4), ["company"])
        recorder.connection.execute(
            insert(staged),
            [
                {
                    "row": n,
                    "mask": "company,custom:a",
                    "before": f'{{"company":"Acme","custom:a":{n}}}',
                    "after": f'{{"company":"Bolt","custom:a":{n + 100}}}',
                }
                for n in (1, 2, 3)
            ],
        )
        assert recorder.update_staged("contact", "planned") == 3

    assert bed.get(2, "company", "company_key", "custom") == ("Bolt", "bolt", {"a": 102})
    assert bed.get(4, "company", "custom") == ("Acme", {"a": 4})
    bed.operations.undo()
    assert bed.get(2, "company", "company_key", "custom") == ("Acme", "acme", {"a": 2})


def test_rows_inserted_by_sql_become_one_range_and_can_be_tagged_whole(bed: Bed):
    (tag,) = bed.tags("Fair")
    with bed.operations.recording("import", "Import {n} rows", bulk=True) as recorder:
        for _ in range(3):
            lo = reserve(recorder.connection, "contact", 5)
            rows = [
                {"id": n, "created": 1, "updated": 1, "created_op": recorder.op, "city": "Rome"}
                for n in range(lo, lo + 5)
            ]
            recorder.connection.execute(insert(Contact), rows)
            recorder.created("contact", lo, lo + 4)
            recorder.tag_range(lo, lo + 4, tag)

    ranges = bed.rows(OpRange.tbl, OpRange.lo, OpRange.hi)
    assert ("contact", 1, 15) in ranges
    assert len(ranges) == 2
    assert bed.rows(func.count(ContactTag.contact)) == [(15,)]
    assert bed.heard[-1].tables["contact"].covers(15)


def test_deleting_and_restoring_are_ranges_of_what_really_moved(bed: Bed):
    bed.add(*({"first_name": f"P{n}"} for n in range(6)))

    assert bed.delete(1, 2, 3, 5, 99) == 4
    assert bed.delete(3, 4) == 1
    with bed.operations.recording("contact.restore", "Restore {n}") as recorder:
        assert recorder.revive("contact", [1, 3, 6]) == 2

    ranges = bed.rows(OpRange.op, OpRange.lo, OpRange.hi, OpRange.act)
    assert ranges == [
        (1, 1, 6, "create"),
        (2, 1, 3, "kill"),
        (2, 5, 5, "kill"),
        (3, 4, 4, "kill"),
        (4, 1, 1, "revive"),
        (4, 3, 3, "revive"),
    ]
    assert bed.get(2, "deleted_op") == 2
    assert bed.get(1, "deleted_op") is None


def test_a_row_made_and_dropped_in_one_operation_leaves_its_creation_only(bed: Bed):
    with bed.operations.recording("contact.create", "Add") as recorder:
        ids = recorder.create("contact", [{"first_name": "Ada"}])
        recorder.kill("contact", ids)

    assert bed.rows(OpRange.act) == [("create",)]
    assert bed.dump()["contact"] == []


def test_search_hears_of_searched_fields_only(bed: Bed):
    bed.add({"first_name": "Ada"})
    with bed.store.writing("drain") as connection:
        connection.execute(SearchDirty.__table__.delete())

    bed.edit({1: {"score": 12}})
    assert bed.rows(SearchDirty.lo, SearchDirty.hi) == []

    bed.edit({1: {"score": 13, "notes": "met in Paris"}})
    assert bed.rows(SearchDirty.lo, SearchDirty.hi) == [(1, 1)]


@pytest.mark.parametrize("field", ["version", "sort_name", "created_op", "custom", "nonsense"])
def test_fields_that_are_not_the_users_are_refused(bed: Bed, field: str):
    bed.add({"first_name": "Ada"})

    with pytest.raises(ValueError, match=field):
        bed.edit({1: {field: "x"}})
    assert len(bed.heard) == 1


def test_a_custom_name_with_a_comma_would_break_the_mask_and_is_refused(bed: Bed):
    bed.add({"first_name": "Ada"})

    with pytest.raises(ValueError, match="a,b"):
        bed.edit({1: {"custom:a,b": "x"}})


def test_other_tables_are_journalled_with_their_lists(bed: Bed):
    with bed.operations.recording("field.create", "Add a field") as recorder:
        row = {"name": "size", "label": "Size", "kind": "choice", "choices": ["s", "m"]}
        recorder.create("custom_field", [row])
    before = bed.dump()

    bed.edit({1: {"choices": ["s", "m", "é"], "label": "Taille"}}, table="custom_field")
    assert bed.dump()["custom_field"][0]["choices"] == ["s", "m", "é"]

    bed.operations.undo()
    assert bed.dump() == before


def test_every_changed_contact_has_a_salt_of_its_own(bed: Bed):
    bed.add({"first_name": "Ada"}, {"first_name": "Bob"}, {"first_name": "Cy"})

    bed.edit({1: {"city": "Rome"}, 2: {"city": "Rome"}})
    bed.edit({1: {"city": "Oslo"}})

    salts = bed.rows(Subject.contact, Subject.salt)
    assert [contact for contact, _ in salts] == [1, 2]
    assert len({salt for _, salt in salts}) == 2
    assert all(len(salt) == 16 for _, salt in salts)


def test_text_of_any_script_survives_the_journal(bed: Bed):
    odd = 'q"uo\\te \u2028 \U0001f600 ‮ \t\n é 张'
    bed.add({"first_name": "Ada"})

    op = bed.edit({1: {"notes": odd, "custom:ö": odd}})
    assert bed.get(1, "notes", "custom") == (odd, {"ö": odd})

    bed.operations.undo(op)
    bed.operations.redo()
    assert bed.get(1, "notes", "custom") == (odd, {"ö": odd})


def test_whole_64_bit_numbers_survive_the_journal(bed: Bed):
    bed.add({"first_name": "Ada", "last_contacted": 2**62})

    bed.edit({1: {"last_contacted": -(2**62) - 1}})
    assert bed.get(1, "last_contacted") == -(2**62) - 1

    bed.operations.undo()
    assert bed.get(1, "last_contacted") == 2**62


def test_runs_join_neighbours_and_bridge_small_gaps():
    assert runs([1, 2, 3, 7, 9]) == [(1, 3), (7, 7), (9, 9)]
    assert runs([1, 2, 3, 7, 9], 1) == [(1, 3), (7, 9)]
    assert joined([(1, 5), (3, 4), (6, 9)]) == [(1, 9)]


def test_a_range_without_its_holes():
    assert without(1, 9, [1, 4, 5, 9]) == [(2, 3), (6, 8)]
    assert without(1, 2, [1, 2]) == []


def test_a_select_over_changed_rows_sees_no_stage(bed: Bed):
    """The stage is the connection's own: a second session begins with an empty one."""
    bed.add({"first_name": "Ada"}, {"first_name": "Bob"})
    bed.edit({1: {"city": "Rome"}, 2: {"city": "Rome"}})
    bed.edit({2: {"city": "Oslo"}})

    with bed.store.reading() as connection:
        last = select(func.max(Change.op)).scalar_subquery()
        rows = connection.execute(select(Change.row).where(Change.op == last)).scalars().all()
    assert rows == [2]
