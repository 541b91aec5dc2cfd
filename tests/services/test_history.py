from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.core.errors import NotFound
from app.models.importing import ImportBatch, ImportOrigin
from app.services.history import History
from tests.models.bed import START, Bed


@pytest.fixture
def bed(database_url: str, tmp_path: Path) -> Iterator[Bed]:
    """A workspace on SQLite, then one on PostgreSQL."""
    bed = Bed(database_url, tmp_path / "workspace")
    yield bed
    bed.store.close()


@pytest.fixture
def history(bed: Bed) -> History:
    return History(bed.store)


def imported(bed: Bed, *rows: dict[str, str]) -> int:
    """Contacts from a file whose second line is the first contact and whose third is bad."""
    with bed.operations.recording("import", "Import {n} rows") as recorder:
        ids = recorder.create("contact", rows)
        batch = {"id": 1, "op": recorder.op, "file_name": "fair.csv", "file_sha256": ""}
        times = {"options": {}, "counts": {}, "at_us": recorder.at_us}
        recorder.connection.execute(insert(ImportBatch).values(**batch, **times))
        origins = [
            {"batch": 1, "lo": ids[0], "hi": ids[0], "row": 2},
            {"batch": 1, "lo": ids[0] + 1, "hi": ids[-1], "row": 4},
        ]
        recorder.connection.execute(insert(ImportOrigin), origins)
        return recorder.op


def test_operations_come_newest_first_in_pages_and_by_person(bed: Bed, history: History):
    bed.add({"city": "A"})
    bed.edit({1: {"city": "B"}}, by=bed.of("ben"))
    bed.edit({1: {"city": "C"}})
    bed.operations.undo()

    assert [entry.label for entry in history.operations()] == [
        "Undo: Edit 1 contacts",
        "Edit 1 contacts",
        "Edit 1 contacts",
        "Add 1 contacts",
    ]
    assert [entry.actor for entry in history.operations(1, 2)] == ["ben"]
    assert [entry.seq for entry in history.operations(actor="ann")] == [4, 3, 1]
    undone, entry = history.operations(2)
    assert (entry.undone, undone.undoes, undone.at) == (True, entry.id, START)


def test_an_open_operation_is_no_history_yet(bed: Bed, history: History):
    bed.operations.begin("import", "Import")

    assert history.operations() == []


def test_the_history_of_a_contact_names_each_field_before_and_after(bed: Bed, history: History):
    bed.add({"city": "A"}, {"city": "Z"})
    bed.clock.pass_(hours=1)
    op = bed.edit({1: {"city": "B", "custom:x": 1}, 2: {"city": "Y"}}, by=bed.of("ben"))

    changes = history.contact(1)

    assert [(c.field, c.before, c.after) for c in changes] == [
        ("city", "A", "B"),
        ("custom:x", None, 1),
    ]
    assert (changes[0].actor, changes[0].operation) == ("ben", op)
    assert changes[0].at == START + timedelta(hours=1)
    assert history.contact(99) == []


def test_the_timeline_tells_the_whole_life_of_a_contact(bed: Bed, history: History):
    bed.add({"city": "A"}, {"city": "B"})
    bed.edit({1: {"city": "C"}})
    bed.delete(1)
    bed.operations.undo()

    steps = history.timeline(1)

    assert [(step.act, step.undone) for step in steps] == [
        ("restored", False),
        ("deleted", True),
        ("changed", False),
        ("created", False),
    ]
    assert steps[2].changes == (("city", "A", "C"),)
    assert [step.act for step in history.timeline(2)] == ["created"]


def test_a_value_comes_from_the_file_and_row_that_brought_it(bed: Bed, history: History):
    op = imported(bed, {"city": "A"}, {"city": "B", "title": "X"}, {"city": "C"})

    sources = history.provenance(2)

    assert set(sources) == {"city", "title", "status"}
    city = sources["city"]
    assert (city.kind, city.file, city.row, city.operation) == ("import", "fair.csv", 4, op)
    assert history.provenance(1)["city"].row == 2
    assert history.provenance(3)["city"].row == 5


def test_a_value_comes_from_its_newest_change(bed: Bed, history: History):
    imported(bed, {"city": "A", "title": "X"}, {"city": "B"})
    bed.edit({1: {"city": "B", "custom:x": 1, "title": None}}, by=bed.of("ben"))

    sources = history.provenance(1)

    assert (sources["city"].actor, sources["city"].kind) == ("ben", "contact.edit")
    assert sources["custom:x"].actor == "ben"
    assert "title" not in sources


def test_a_value_brought_back_by_undo_comes_from_where_it_first_came(bed: Bed, history: History):
    imported(bed, {"city": "A"}, {"city": "A"})
    bed.edit({1: {"city": "B"}})
    op = bed.edit({1: {"city": "C"}})
    bed.operations.undo()
    assert history.provenance(1)["city"].operation == op - 1
    bed.operations.undo()
    assert history.provenance(1)["city"].file == "fair.csv"
    bed.operations.redo()
    assert history.provenance(1)["city"].operation == op - 1
    bed.operations.redo()
    assert history.provenance(1)["city"].operation == op
    bed.operations.undo()
    assert history.provenance(1)["city"].operation == op - 1


def test_a_contact_that_is_not_there_has_no_provenance(history: History):
    with pytest.raises(NotFound, match="no contact 5"):
        history.provenance(5)


def test_contacts_are_shown_as_they_were_at_a_moment(bed: Bed, history: History):
    (tag,) = bed.tags("Hot")
    bed.clock.pass_(days=1)
    bed.add({"city": "A", "custom:x": 1, "score": 0}, {"city": "A"})
    day_1 = bed.clock.now()
    bed.clock.pass_(days=1)
    bed.edit({1: {"city": "B", "custom:x": 2, "custom:y": True, "tags": [tag], "title": "T"}})
    bed.delete(2)
    day_2 = bed.clock.now()
    bed.clock.pass_(days=1)
    bed.edit({1: {"city": "C", "custom:x": None, "tags": []}})
    bed.add({"city": "new"})
    with bed.operations.recording("contact.restore", "Restore") as recorder:
        recorder.revive("contact", [2])

    assert history.as_of([1, 2, 3], START) == {}
    assert history.as_of([1, 2, 3, 99], day_1) == {
        1: {"city": "A", "custom:x": 1, "score": 0, "status": "new"},
        2: {"city": "A", "status": "new"},
    }
    assert history.as_of([1, 2, 3], day_2) == {
        1: {
            "city": "B",
            "custom:x": 2,
            "custom:y": True,
            "tags": [tag],
            "title": "T",
            "score": 0,
            "status": "new",
        }
    }
    now = history.as_of([1, 2, 3], bed.clock.now())
    assert now[1] == {
        "city": "C",
        "custom:y": True,
        "title": "T",
        "score": 0,
        "status": "new",
    }
    assert list(now) == [1, 2, 3]
    assert history.as_of([], bed.clock.now()) == {}


def test_the_feed_gives_each_operation_once_with_what_it_touched(bed: Bed, history: History):
    bed.add({"city": "A"}, {"city": "A"})
    bed.edit({2: {"city": "B"}})
    (first,) = history.feed(0, limit=1)
    assert first.tables["contact"].ranges == ((1, 2),)
    (second,) = history.feed(first.seq)
    assert (second.entry.kind, second.tables["contact"].ids) == ("contact.edit", frozenset({2}))
    assert history.feed(second.seq) == []
    bed.delete(1)
    assert [item.entry.kind for item in history.feed(second.seq)] == ["contact.delete"]


def test_a_timeline_is_read_in_pages(bed: Bed, history: History):
    bed.add({"city": "A"})
    for city in "BCD":
        bed.edit({1: {"city": city}})

    first = history.timeline(1, 2)
    second = history.timeline(1, 2, before=first[-1].seq)

    assert [step.changes[0][2] for step in first] == ["D", "C"]
    assert [step.act for step in second] == ["changed", "created"]


def test_a_source_tells_the_value_before_and_through_what_it_came(bed: Bed, history: History):
    bed.add({"city": "A"})
    bed.edit({1: {"city": "B"}})

    source = history.provenance(1)["city"]

    assert (source.before, source.origin) == ("A", "cli")


def test_operations_are_found_by_words_kind_and_person(bed: Bed, history: History):
    bed.add({"city": "A"}, {"city": "A"})
    bed.edit({1: {"city": "B"}}, by=bed.of("Béa"))
    bed.operations.undo()

    assert history.actors() == ["Béa", "ann"]
    assert [e.label for e in history.find("EDIT")] == ["Edit 1 contacts"]
    assert [e.actor for e in history.find("bea contacts")] == ["Béa"]
    assert [e.label for e in history.find(kinds=["undo"])] == ["Undo: Add 1 contacts"]
    assert [e.label for e in history.find("add", limit=1)] == ["Undo: Add 1 contacts"]
    assert history.find("edit", actor="ann") == []


def test_a_kind_stands_for_all_that_begin_with_it(bed: Bed, history: History):
    with bed.operations.recording("contact.tag", "Tag {n} contacts") as recorder:
        recorder.create("contact", [{"city": "A"}])
    with bed.operations.recording("contactless", "Pay") as recorder:
        recorder.create("contact", [{"city": "A"}])

    assert [e.kind for e in history.find(kinds=["contact"])] == ["contact.tag"]
