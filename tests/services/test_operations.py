from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, select

from app.core.errors import InvalidInput, NotFound
from app.models.contacts import Contact, ContactKey, ContactTag, Tag
from app.models.exports import ExportItem, ExportRun
from app.models.journal import Change, Operation, OpRange
from app.models.store import reserve
from app.models.undoing import Kept, Lasting
from app.models.visibility import alive
from app.services.audit import Audit
from app.services.operations import Operations
from tests.models.bed import Bed


@pytest.fixture
def bed(database_url: str, tmp_path: Path) -> Iterator[Bed]:
    """A workspace on SQLite, then one on PostgreSQL."""
    bed = Bed(database_url, tmp_path / "workspace")
    yield bed
    bed.store.close()


def test_an_operation_is_published_with_its_words_and_rows(bed: Bed):
    bed.add({"first_name": "Ada"}, {"first_name": "Bob"})

    (heard,) = bed.heard
    assert heard.label == "Add 2 contacts"
    assert heard.tables["contact"].covers(1)
    assert heard.tables["contact"].covers(2)
    assert not heard.tables["contact"].covers(3)
    assert heard.undoable


def test_nothing_is_published_or_kept_when_the_work_fails(bed: Bed):
    def work() -> None:
        with bed.operations.recording("contact.create", "Add") as recorder:
            recorder.create("contact", [{"first_name": "Ada"}])
            raise LookupError("half way")

    with pytest.raises(LookupError, match="half way"):
        work()

    assert bed.heard == []
    assert bed.rows(Operation.id) == []
    assert bed.rows(Contact.id) == []


def test_what_else_was_written_stays_when_nothing_was_recorded(bed: Bed):
    with bed.operations.recording("tag.create", "Add a tag") as recorder:
        row = {"id": 9, "name": "x", "name_key": "x", "created_op": 0}
        recorder.connection.execute(insert(Tag).values(row))

    assert bed.rows(Tag.id) == [(9,)]
    assert bed.rows(Operation.id) == []


def test_undo_and_redo_walk_along_the_persons_own_stack(bed: Bed):
    bed.add({"city": "A"})
    states = [bed.dump()]
    for city in "BCD":
        bed.edit({1: {"city": city}})
        states.append(bed.dump())

    for wanted in states[2::-1]:
        bed.operations.undo()
        assert bed.dump() == wanted
    for wanted in states[1:]:
        bed.operations.redo()
        assert bed.dump() == wanted
    with pytest.raises(NotFound, match="nothing to redo"):
        bed.operations.redo()


def test_undo_goes_on_where_it_stopped_after_a_restart(bed: Bed):
    bed.add({"city": "A"})
    bed.edit({1: {"city": "B"}})
    bed.edit({1: {"city": "C"}})
    bed.operations.undo()

    again = bed.of("ann")

    assert again.redoable() is not None
    assert again.undo().undone == 1
    assert bed.get(1, "city") == "A"
    again.redo()
    again.redo()
    assert bed.get(1, "city") == "C"


def test_a_new_operation_ends_redo(bed: Bed):
    bed.add({"city": "A"})
    bed.edit({1: {"city": "B"}})
    bed.operations.undo()

    bed.edit({1: {"title": "CEO"}})

    assert bed.operations.redoable() is None
    assert bed.operations.undo().undone == 1
    assert bed.get(1, "city", "title") == ("A", None)


def test_a_colleagues_operation_is_neither_undone_nor_ends_redo(bed: Bed):
    bed.add({"city": "A", "title": "X"})
    bed.edit({1: {"city": "B"}})
    bed.operations.undo()

    bed.edit({1: {"title": "Y"}}, by=bed.of("ben"))

    redoable = bed.operations.redoable()
    assert redoable is not None
    assert redoable.label == "Undo: Edit 1 contacts"
    bed.operations.redo()
    assert bed.get(1, "city", "title") == ("B", "Y")
    bed.operations.undo()
    assert bed.get(1, "city", "title") == ("A", "Y")


def test_with_nothing_done_there_is_nothing_to_undo(bed: Bed):
    assert bed.operations.undoable() is None
    with pytest.raises(NotFound, match="nothing to undo"):
        bed.operations.undo()
    with pytest.raises(NotFound, match="no change 99"):
        bed.operations.undo(99)


def test_undo_keeps_what_somebody_changed_since_and_says_who_and_when(bed: Bed):
    bed.add({"city": "A", "title": "X"}, {"city": "A"})
    op = bed.edit({1: {"city": "B", "title": "Y"}, 2: {"city": "B"}})
    when = bed.clock.pass_(hours=1)
    bed.edit({1: {"city": "C"}}, by=bed.of("ben"))

    undone = bed.operations.undo()

    assert (undone.of, undone.undone) == (op, 2)
    (kept,) = undone.kept
    assert (kept.table, kept.row, kept.field, kept.by) == ("contact", 1, "city", "ben")
    assert kept.at == int(when.timestamp() * 1_000_000)
    assert bed.get(1, "city", "title") == ("C", "X")
    assert bed.get(2, "city") == "A"


def test_what_is_already_as_before_is_neither_changed_nor_reported(bed: Bed):
    bed.add({"city": "A"})
    bed.edit({1: {"city": "B"}})
    bed.edit({1: {"city": "A"}}, by=bed.of("ben"))

    undone = bed.operations.undo()

    assert (undone.undone, undone.kept) == (0, ())
    assert bed.operations.undoable().kind == "contact.create"


def test_redo_keeps_what_somebody_changed_since(bed: Bed):
    bed.add({"city": "A"}, {"city": "A"})
    bed.edit({1: {"city": "B"}, 2: {"city": "B"}})
    bed.operations.undo()
    bed.edit({1: {"city": "C"}}, by=bed.of("ben"))

    redone = bed.operations.redo()

    assert redone.undone == 1
    assert [(kept.row, kept.by) for kept in redone.kept] == [(1, "ben")]
    assert bed.get(1, "city") == "C"
    assert bed.get(2, "city") == "B"


def test_undoing_a_tag_leaves_the_tags_others_gave_since(bed: Bed):
    one, two, three = bed.tags("One", "Two", "Three")
    bed.add({"first_name": "Ada", "tags": [one]})
    bed.edit({1: {"tags": [two]}})
    bed.edit({1: {"tags": [two, three]}}, by=bed.of("ben"))

    undone = bed.operations.undo()

    assert undone.kept == ()
    assert bed.rows(ContactTag.tag) == [(one,), (three,)]


def test_custom_and_labelled_values_come_back_one_by_one(bed: Bed):
    bed.add({"first_name": "Ada", "custom:a": 1, "labelled:email": [["home", "a@x.example"]]})
    bed.edit({1: {"custom:a": 2, "custom:b": "new", "labelled:email": None}})
    bed.edit({1: {"custom:b": "newer", "custom:c": "other"}}, by=bed.of("ben"))

    undone = bed.operations.undo()

    assert bed.get(1, "custom") == {"a": 1, "b": "newer", "c": "other"}
    assert [kept.field for kept in undone.kept] == ["custom:b"]
    assert bed.rows(ContactKey.email) == [("a@x.example",)]


def test_undoing_a_creation_puts_it_in_the_trash_and_redo_takes_it_back(bed: Bed):
    before = bed.dump()
    bed.add({"first_name": "Ada", "labelled:email": [["home", "a@x.example"]]})
    after = bed.dump()

    assert bed.operations.undo().undone == 1
    assert bed.dump() == before
    assert bed.operations.redo().undone == 1
    assert bed.dump() == after


def test_undoing_an_import_keeps_the_contacts_changed_since(bed: Bed):
    bed.add(*({"city": "A"} for _ in range(10)))
    bed.edit({3: {"city": "B"}, 7: {"title": "X"}, 8: {"title": "Y"}}, by=bed.of("ben"))
    bed.edit({8: {"title": None}}, by=bed.of("ben"))

    preview = bed.operations.preview_undo()
    assert (preview.rows, preview.kept) == (8, {"changed": 2})
    undone = bed.operations.undo()

    assert undone.undone == 8
    assert [(kept.row, kept.by, kept.reason) for kept in undone.kept] == [
        (3, "ben", "changed"),
        (7, "ben", "changed"),
    ]
    kills = bed.rows(OpRange.lo, OpRange.hi, OpRange.act)
    assert [(lo, hi) for lo, hi, act in kills if act == "kill"] == [(1, 2), (4, 6), (8, 10)]
    assert [row["id"] for row in bed.dump()["contact"]] == [3, 7]


def test_a_contact_changed_and_changed_back_since_is_as_it_was(bed: Bed):
    bed.add({"city": "A"})
    bed.edit({1: {"city": "B"}})
    bed.operations.undo()

    assert bed.operations.undo().kept == ()
    assert bed.dump()["contact"] == []


def test_a_contact_in_the_trash_already_stays_there_when_its_import_is_undone_and_redone(bed: Bed):
    op = bed.add({"city": "A"}, {"city": "A"}, {"city": "A"}) and 1
    bed.delete(2, by=bed.of("ben"))

    assert bed.operations.undo(op).undone == 2
    assert bed.operations.redo().undone == 2

    assert [row["id"] for row in bed.dump()["contact"]] == [1, 3]


def export(bed: Bed, contact: int, state: str) -> None:
    with bed.store.writing("export") as connection:
        run = reserve(connection, "export_run", 1)
        values = {"connector": "hubspot", "account": "1", "at_us": 1}
        connection.execute(
            insert(ExportRun).values(id=run, plan_digest="", counts={}, mapping={}, **values)
        )
        connection.execute(
            insert(ExportItem).values(
                id=run,
                run=run,
                contact=contact,
                dedupe_key="",
                payload_sha256="",
                state=state,
                **values,
            )
        )


def test_exported_contacts_stay_when_their_import_is_undone(bed: Bed):
    bed.add(*({"city": "A"} for _ in range(5)))
    export(bed, 2, "ok")
    export(bed, 4, "failed")
    export(bed, 5, "ambiguous")

    assert bed.operations.preview_undo().kept == {"exported": 2}
    undone = bed.operations.undo()

    assert {kept.row: kept.reason for kept in undone.kept} == {2: "exported", 5: "exported"}
    assert [row["id"] for row in bed.dump()["contact"]] == [2, 5]


def test_further_lasting_effects_can_be_named(bed: Bed):
    bed.add({"city": "A", "title": "mailed"}, {"city": "A"})
    mailed = Lasting(
        "contact",
        "mailed",
        lambda lo, hi: select(Contact.id).where(
            Contact.id.between(lo, hi), Contact.title == "mailed"
        ),
    )

    bed.operations.keep_when_undoing(mailed)

    assert [kept.reason for kept in bed.operations.undo().kept] == ["mailed"]


def test_a_tag_in_use_stays_and_one_used_only_by_the_same_import_goes(bed: Bed):
    with bed.operations.recording("import", "Import") as recorder:
        own, shared = recorder.create(
            "tag", [{"name": "Own", "name_key": "own"}, {"name": "Sh", "name_key": "sh"}]
        )
        recorder.create("contact", [{"city": "A", "tags": [own, shared]}])
    bed.add({"city": "B", "tags": [shared]}, by=bed.of("ben"))

    undone = bed.operations.undo()

    assert undone.kept == (Kept("tag", shared, "", "", undone.kept[0].at, "used"),)
    assert [tag["name"] for tag in bed.dump()["tag"]] == ["Sh"]


def test_undoing_a_deletion_brings_back_only_what_it_deleted(bed: Bed):
    bed.add(*({"city": "A"} for _ in range(5)))
    bed.delete(4)
    state = bed.dump()
    bed.delete(1, 2, 4, 5)

    assert bed.operations.undo().undone == 3

    assert bed.dump() == state


def test_a_contact_deleted_again_by_somebody_else_stays_deleted(bed: Bed):
    ben = bed.of("ben")
    bed.add({"city": "A"}, {"city": "B"})
    op = bed.delete(1, 2)
    with ben.recording("contact.restore", "Restore") as recorder:
        recorder.revive("contact", [1])
    bed.delete(1, by=ben)

    undone = bed.operations.undo(op)

    assert [(kept.row, kept.by, kept.reason) for kept in undone.kept] == [(1, "ben", "deleted")]
    assert [row["id"] for row in bed.dump()["contact"]] == [2]


def test_a_deletion_that_was_restored_and_deleted_by_undoing_that_is_still_the_same(bed: Bed):
    bed.add(*({"city": "A"} for _ in range(12)))
    bed.delete(*range(1, 13))
    op = bed.heard[-1].operation
    ben = bed.of("ben")
    with ben.recording("contact.restore", "Restore") as recorder:
        recorder.revive("contact", range(1, 9))
    ben.undo()
    with ben.recording("contact.restore", "Restore") as recorder:
        recorder.revive("contact", [3, 4])
    bed.delete(4, by=ben)

    undone = bed.operations.undo(op)

    assert [(kept.row, kept.by) for kept in undone.kept] == [(4, "ben")]
    assert [row["id"] for row in bed.dump()["contact"]] == [n for n in range(1, 13) if n != 4]


@pytest.mark.parametrize("how_many", [2, 30])
def test_who_deleted_since_is_asked_for_all_contacts_at_once(bed: Bed, how_many: int):
    bed.add(*({"city": "A"} for _ in range(how_many)))
    bed.delete(*range(1, how_many + 1))
    op = bed.heard[-1].operation
    ben = bed.of("ben")
    with ben.recording("contact.restore", "Restore") as recorder:
        recorder.revive("contact", range(1, how_many + 1))
    bed.delete(*range(1, how_many + 1), by=ben)
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        undone = bed.operations.undo(op)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(undone.kept) == how_many
    assert len(asked) < 40


def test_redoing_a_deletion_spares_what_was_changed_since(bed: Bed):
    bed.add({"city": "A"}, {"city": "B"})
    bed.delete(1, 2)
    bed.operations.undo()
    bed.edit({1: {"city": "C"}}, by=bed.of("ben"))

    redone = bed.operations.redo()

    assert [kept.row for kept in redone.kept] == [1]
    assert [row["id"] for row in bed.dump()["contact"]] == [1]


def test_an_older_operation_can_be_undone_by_its_id_once(bed: Bed):
    bed.add({"city": "A", "title": "X"})
    op = bed.edit({1: {"city": "B"}})
    bed.edit({1: {"title": "Y"}})

    bed.of("ben").undo(op)

    assert bed.get(1, "city", "title") == ("A", "Y")
    with pytest.raises(InvalidInput, match="already been undone"):
        bed.operations.undo(op)
    assert bed.operations.undoable().id == op + 1
    bed.of("ben").redo()
    bed.operations.undo(op)
    assert bed.get(1, "city", "title") == ("A", "Y")


def test_what_cannot_be_undone_says_so_and_is_passed_over(bed: Bed):
    bed.add({"city": "A"})
    with bed.operations.recording("mail", "Send {n} mails", undoable=False) as recorder:
        recorder.update("contact", {1: {"last_contacted": 5}})
        sent = recorder.op

    with pytest.raises(InvalidInput, match="Send 1 mails"):
        bed.operations.undo(sent)
    assert bed.operations.undoable().kind == "contact.create"


def test_an_open_operation_is_invisible_until_it_is_sealed(bed: Bed):
    bed.add({"city": "A"})
    op = bed.operations.begin("import", "Import {n} rows")
    for _ in range(2):
        with bed.operations.resume(op) as recorder:
            recorder.create("contact", [{"city": "B"}, {"city": "C"}])

    def visible() -> list[int]:
        with bed.store.reading() as connection:
            rows = select(Contact.id).where(alive(connection)).order_by(Contact.id)
            return list(connection.execute(rows).scalars())

    assert visible() == [1]
    assert bed.operations.undoable().kind == "contact.create"
    assert len(bed.heard) == 1
    bed.clock.pass_(minutes=5)
    bed.operations.seal(op)

    assert visible() == [1, 2, 3, 4, 5]
    assert bed.heard[-1].tables["contact"].ranges == ((2, 5),)
    assert bed.operations.undoable().at == bed.clock.now()
    assert bed.operations.undo().undone == 4
    with pytest.raises(NotFound, match="not open"), bed.operations.resume(op):
        pass


def test_an_open_operation_that_made_nothing_disappears_when_sealed(bed: Bed):
    op = bed.operations.begin("import", "Import")

    bed.operations.seal(op)

    assert bed.rows(Operation.id) == []


def test_rolling_back_removes_and_restores_everything(bed: Bed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.models.rolling_back.STEP", 3)
    (tag,) = bed.tags("Old")
    bed.add({"city": "A", "custom:x": 1, "tags": [tag]}, *({"city": "A"} for _ in range(6)))
    bed.delete(2)
    before = bed.dump()
    op = bed.operations.begin("import", "Import")
    with bed.operations.resume(op) as recorder:
        (new,) = recorder.create("tag", [{"name": "New", "name_key": "new"}])
        mail = {"labelled:email": [["h", "h@x.example"]], "tags": [new], "first_name": "N"}
        recorder.create("contact", [mail] * 8)
        recorder.update("contact", {1: {"custom:x": 2, "tags": [new], "first_name": "Z"}})
        recorder.update("contact", {n: {"city": "B"} for n in (3, 4, 5, 6)})
        recorder.kill("contact", [7])
        recorder.revive("contact", [2])

    bed.operations.roll_back(op)
    bed.operations.roll_back(op)

    assert bed.dump() == before
    assert (op, "rolled_back") in bed.rows(Operation.id, Operation.state)
    assert bed.rows(Contact.id)[-1] == (7,)
    assert bed.rows(Tag.name) == [("Old",)]
    assert [row for row in bed.rows(Change.op) if row == (op,)] == []
    assert Audit(bed.store).verify().ok
    with pytest.raises(NotFound):
        bed.operations.roll_back(99)


def test_each_operation_knows_its_actor_origin_and_job(bed: Bed):
    from app.core.actor import Actor, Origin

    job = Actor("ann", "server", Origin.JOB)
    with bed.operations.recording("import", "Import", job=7, actor=job) as recorder:
        recorder.create("contact", [{"city": "A"}])

    entry = bed.operations.undoable()
    assert (entry.origin, entry.device, entry.job) == ("job", "server", 7)


def test_a_label_of_a_newer_version_is_shown_bare(bed: Bed):
    with bed.operations.recording("x", "Import {n} of {total}") as recorder:
        recorder.create("contact", [{"city": "A"}])

    assert bed.operations.undoable().label == "Import {n} of {total}"


NAMES = ["", "Ada", "Bob", "Chloé"]
values = st.fixed_dictionaries(
    {},
    optional={
        "first_name": st.sampled_from(NAMES),
        "company": st.sampled_from(["", "Acme", "Ümlaut"]),
        "score": st.none() | st.integers(0, 3),
        "custom:a": st.none() | st.integers(0, 2) | st.booleans(),
        "custom:b": st.sampled_from(["", "x"]),
        "labelled:email": st.lists(
            st.tuples(st.just("home"), st.sampled_from(["a@x.example", "b@x.example"])),
            max_size=2,
            unique=True,
        ),
        "tags": st.lists(st.sampled_from([1, 2, 3]), unique=True),
    },
)
steps = st.one_of(
    st.tuples(st.just("add"), st.lists(values, min_size=1, max_size=3)),
    st.tuples(st.just("edit"), st.dictionaries(st.integers(1, 6), values, min_size=1)),
    st.tuples(st.just("delete"), st.lists(st.integers(1, 6), min_size=1)),
    st.tuples(st.just("restore"), st.lists(st.integers(1, 6), min_size=1)),
    st.tuples(st.just("tag"), st.lists(st.integers(1, 6), min_size=1)),
    st.tuples(st.just("undo"), st.integers(1, 4)),
)


def perform(operations: Operations, verb: str, argument: object) -> None:
    with operations.recording(f"contact.{verb}", verb) as recorder:
        match verb:
            case "add":
                recorder.create("contact", argument)
            case "edit":
                recorder.update("contact", argument)
            case "delete":
                recorder.kill("contact", argument)
            case "restore":
                recorder.revive("contact", argument)
            case "tag":
                recorder.tag(argument, 2)


def walk_back_and_forth(bed: Bed, count: int) -> None:
    """Undo up to `count` operations and redo them: each state must come again."""
    states = [bed.dump()]
    while len(states) <= count and bed.operations.undoable() is not None:
        bed.operations.undo()
        states.append(bed.dump())
    for wanted in states[-2::-1]:
        bed.operations.redo()
        assert bed.dump() == wanted


@settings(max_examples=40)
@given(script=st.lists(steps, max_size=12))
def test_undo_restores_what_was_and_redo_what_came(tmp_path_factory, script):
    folder = tmp_path_factory.mktemp("journal")
    bed = Bed(f"sqlite:///{folder / 'database'}", folder)
    bed.tags("One", "Two", "Three", by=bed.of("setup"))
    history = [bed.dump()]
    for verb, argument in script:
        if verb == "undo":
            walk_back_and_forth(bed, argument)
            continue
        perform(bed.operations, verb, argument)
        if bed.dump() != history[-1]:
            history.append(bed.dump())
    for wanted in history[-2::-1]:
        while bed.dump() != wanted:
            assert bed.operations.undo().kept == ()
    while bed.operations.undoable() is not None:
        bed.operations.undo()
    assert bed.dump() == history[0]
    while bed.operations.redoable() is not None:
        bed.operations.redo()
    assert bed.dump() == history[-1]
    assert Audit(bed.store).verify().ok
    bed.store.close()


def test_a_long_random_history_of_two_people_stays_verifiable(bed: Bed):
    chance = random.Random(7)
    people = [bed.of("ann"), bed.of("ben")]
    bed.tags("One", "Two", "Three")
    for _ in range(60):
        person, ids = chance.choice(people), chance.sample(range(1, 9), 3)
        match chance.randrange(6):
            case 0:
                bed.add({"city": "A"}, {"city": "B"}, by=person)
            case 1 | 2:
                bed.edit({n: {"city": chance.choice("XYZ")} for n in ids}, by=person)
            case 3:
                bed.delete(*ids, by=person)
            case 4 if person.undoable():
                person.undo()
            case 5 if person.redoable():
                person.redo()
    assert Audit(bed.store).verify().ok


def test_any_operation_that_was_undone_can_be_redone_by_its_name(bed: Bed):
    bed.add({"city": "A"}, {"city": "A"})
    first = bed.edit({1: {"city": "B"}})
    second = bed.edit({2: {"city": "C"}})
    bed.operations.undo(first)
    bed.operations.undo(second)

    redone = bed.operations.redo(first)

    assert redone.undone == 1
    assert [bed.get(one, "city") for one in (1, 2)] == ["B", "A"]
    with pytest.raises(InvalidInput, match="stands as it is"):
        bed.operations.redo(first)
    with pytest.raises(NotFound, match="no change 999"):
        bed.operations.redo(999)
