"""Importing a list, as the command line and the window see it, on both databases."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import CaptelyError, InvalidInput, NotFound, StalePlan
from app.core.fields import FieldKind
from app.models.visibility import open_ranges
from app.services.custom_fields import CustomFields
from app.services.importing import ImportOptions, planning, staging
from app.services.importing.running import Running
from app.services.jobs import JobState, Paused
from tests.services.importing.desk import Desk, five, open_desk

HEAD = "First name,Last name,Email,Phone,Company,City\n"
ADA = "Ada,Lovelace,ada@example.com,+33612345678,Acme,Paris\n"
BOB = "Bob,Byron,bob@example.com,,Acme,\n"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, database_url) as desk:
        yield desk


def test_result_has_exactly_the_keys_of_the_verb(desk: Desk) -> None:
    result = desk.run(HEAD + ADA)

    assert set(result) == {
        "batch", "rows", "created", "updated", "unchanged", "duplicates", "rejected",
        "rejects_file", "encoding", "delimiter", "header_row", "mapping", "tags", "warnings",
        "job", "operation", "parked", "parking",
    }  # fmt: skip
    assert (result["encoding"], result["delimiter"], result["header_row"]) == ("utf-8", ",", 1)
    assert result["mapping"]["Company"] == "company"
    assert result["rejects_file"] is None


def test_five_numbers_add_up_and_a_dry_run_gives_the_same(desk: Desk) -> None:
    desk.add(
        {"first_name": "Ada", "email": "ada@example.com"},
        {"first_name": "Bob", "last_name": "Byron", "email": "bob@example.com", "company": "Acme"},
    )
    path = desk.list(
        HEAD
        + ADA
        + BOB
        + "Eve,,eve@example.com,,,\nEve,,EVE@example.com,,New,\nX,,nope,,,\n,,,,Only,\n"
    )

    dry = desk.importing.dry_run(path)
    assert desk.people("email") == [("ada@example.com",), ("bob@example.com",)]
    result = desk.run(path)

    assert five(result) == (1, 1, 1, 1, 2)
    assert five(dry) == five(result)
    assert dry["batch"] is None
    assert dry["mapping"] == result["mapping"]


def test_fill_takes_blanks_only_and_update_takes_every_given_value(desk: Desk) -> None:
    desk.add({"first_name": "A.", "email": "ada@example.com", "city": "Lyon", "company": None})

    desk.run(HEAD + ADA, on_duplicate="fill")
    assert desk.people("first_name", "city", "company") == [("A.", "Lyon", "Acme")]

    desk.run(HEAD + "Ada,,ada@example.com,,,Paris\n", on_duplicate="update")
    assert desk.people("first_name", "city", "company") == [("Ada", "Paris", "Acme")]


def test_skip_leaves_people_alone_and_create_makes_second_contacts(desk: Desk) -> None:
    desk.add({"first_name": "Ada", "email": "ada@example.com"})

    skipped = desk.run(HEAD + ADA + BOB, on_duplicate="skip", tags=("t",))
    assert five(skipped) == (1, 0, 1, 0, 0)
    assert desk.people("first_name", "company") == [("Ada", None), ("Bob", "Acme")]
    assert desk.tags() == {"bob@example.com": {"t"}}

    created = desk.run(HEAD + ADA + ADA, on_duplicate="create")
    assert five(created) == (2, 0, 0, 0, 0)
    assert len(desk.people()) == 4


def test_importing_the_same_list_again_changes_nothing_and_leaves_no_operation(desk: Desk) -> None:
    desk.run(HEAD + ADA + BOB)
    before = desk.everything()

    again = desk.run(HEAD + ADA + BOB)

    assert five(again) == (0, 0, 2, 0, 0)
    assert again["operation"] is None
    assert desk.everything() == before


def test_later_rows_of_the_same_person_complete_the_first(desk: Desk) -> None:
    result = desk.run(
        HEAD + "Ada,Lovelace,ada@example.com,,,\nAda,,ada@example.com,,Acme,Paris\n"
        "ADA,LOVELACE,,+33612345678,acme,\n"
    )

    assert five(result) == (1, 0, 0, 2, 0)
    assert desk.people("first_name", "company", "city", "phone") == [
        ("Ada", "Acme", "Paris", "+33612345678")
    ]


def test_two_people_behind_one_switchboard_stay_two(desk: Desk) -> None:
    result = desk.run(
        HEAD + "Jan,Novak,jan@example.com,+33612345678,Acme,\n"
        "Jan,Novak,jan.novak@example.com,+33612345678,Acme,\n"
        "Jan,Novak,jan+list@example.com,,Acme,\n"
    )

    assert five(result) == (3, 0, 0, 0, 0)


def test_a_contact_is_recognised_by_a_further_address(desk: Desk) -> None:
    desk.add(
        {
            "first_name": "Ada",
            "email": "ada@work.example",
            "labelled:email": [["home", "ada@example.com"]],
        }
    )

    result = desk.run(HEAD + ADA)

    assert five(result) == (0, 1, 0, 0, 0)
    assert desk.people("email", "city") == [("ada@work.example", "Paris")]


def test_contacts_in_the_trash_are_nobody(desk: Desk) -> None:
    [ada] = desk.add({"first_name": "Ada", "email": "ada@example.com"})
    with desk.operations.recording("contact.delete", "Delete") as recorder:
        recorder.kill("contact", [ada])

    assert five(desk.run(HEAD + ADA)) == (1, 0, 0, 0, 0)


def test_tags_go_to_everybody_and_tags_of_a_column_to_their_row(desk: Desk) -> None:
    desk.add({"first_name": "Ada", "email": "ada@example.com"})

    result = desk.run(
        'Name,Email,Tags\nAda,ada@example.com,"vip, eu"\nBob,bob@example.com,VIP\n'
        "Eve,eve@example.com,\n",
        tags=("Fair 2026", "fair 2026"),
    )

    assert desk.tags() == {
        "ada@example.com": {"vip", "eu", "Fair 2026"},
        "bob@example.com": {"vip", "Fair 2026"},
        "eve@example.com": {"Fair 2026"},
    }
    assert result["tags"] == ["Fair 2026"]
    assert five(result) == (2, 1, 0, 0, 0)


def test_a_tag_for_everybody_is_journalled_but_is_no_update(desk: Desk) -> None:
    desk.run(HEAD + ADA)

    result = desk.run(HEAD + ADA, tags=("seen",))

    assert five(result) == (0, 0, 1, 0, 0)
    assert desk.tags() == {"ada@example.com": {"seen"}}
    desk.operations.undo()
    assert desk.tags() == {}


def test_custom_and_labelled_fields_are_filled_and_found_again(desk: Desk) -> None:
    CustomFields(desk.store, desk.operations).add("Budget", FieldKind.NUMBER)
    text = "Name,Email,Private,Budget\nAda,ada@work.example,ada@example.com,1200\n"
    options = {"mapping": {"Private": "email.private", "Budget": "custom:budget"}}

    desk.run(text, **options)
    assert desk.people("custom", "labelled") == [
        ({"budget": 1200}, {"email": [["private", "ada@example.com"]]})
    ]

    again = desk.run(HEAD + ADA)
    assert five(again)[:2] == (0, 1)
    assert five(desk.run(text.replace("1200", "900"), **options, on_duplicate="update"))[1] == 1
    assert desk.people("custom") == [({"budget": 900},)]


def test_undo_of_an_import_brings_everything_back_but_keeps_later_edits(desk: Desk) -> None:
    [ada] = desk.add({"first_name": "Ada", "email": "ada@example.com"})
    before = desk.everything()
    result = desk.run(HEAD + ADA + BOB + "Eve,,eve@example.com,,,\n", tags=("t",))
    after = desk.everything()

    desk.operations.undo()
    assert {k: v for k, v in desk.everything().items() if v} == {
        k: v for k, v in before.items() if v
    }
    desk.operations.redo()
    assert desk.everything() == after

    eve = desk.people("id")[-1][0]
    desk.edit(ada, city="Rome")
    desk.edit(eve, city="Oslo")
    entry = desk.operations.undo(result["operation"])
    assert desk.people("first_name", "city", "company") == [
        ("Ada", "Rome", None),
        ("Eve", "Oslo", None),
    ]
    assert {kept.row for kept in entry.kept} == {ada, eve}


def test_mapping_of_the_user_wins_and_is_remembered_for_the_same_headers(desk: Desk) -> None:
    text = "Qui,Courriel,Ville\nAda,ada@example.com,Paris\n"
    first = desk.run(text, mapping={"Qui": "last_name", "ville": ""})
    assert first["mapping"] == {"Qui": "last_name", "Courriel": "email", "Ville": ""}
    assert desk.people("last_name", "city") == [("Ada", None)]

    guesses = {guess.name: guess for guess in desk.importing.preview(desk.list(text)).columns}
    assert guesses["Qui"].field == "last_name"
    assert guesses["Qui"].reason == "remembered"


def test_unknown_column_field_or_rule_is_named_with_the_nearest(desk: Desk) -> None:
    path = desk.list(HEAD + ADA)

    with pytest.raises(InvalidInput) as wrong:
        desk.importing.dry_run(path, ImportOptions(mapping={"Emial": "email"}))
    assert (wrong.value.message, wrong.value.hint) == (
        "list.csv has no column Emial.", "Did you mean Email?",
    )  # fmt: skip
    with pytest.raises(InvalidInput) as wrong:
        desk.importing.dry_run(path, ImportOptions(mapping={"Email": "e_mail"}))
    assert wrong.value.message == "There is no field e_mail."
    assert "email" in wrong.value.hint
    with pytest.raises(InvalidInput, match="cannot be imported"):
        desk.importing.dry_run(path, ImportOptions(mapping={"City": "score"}))
    with pytest.raises(InvalidInput, match="no rule for duplicates called merge"):
        desk.importing.start(path, ImportOptions(on_duplicate="merge"))
    with pytest.raises(InvalidInput, match="no order of dates"):
        desk.importing.dry_run(path, ImportOptions(date_orders={"City": "xyz"}))
    with pytest.raises(InvalidInput, match="no decimal mark"):
        desk.importing.dry_run(path, ImportOptions(decimals={"City": "x"}))
    with pytest.raises(NotFound, match="There is no file"):
        desk.importing.start(desk.folder / "absent.csv")


def test_a_file_that_is_not_there_is_refused_alike_by_dry_run_and_import(desk: Desk) -> None:
    circle = desk.folder / "circle.csv"
    circle.symlink_to(circle)
    for path in (desk.folder / "absent.csv", desk.folder / ("x" * 300 + ".csv"), circle):
        with pytest.raises(CaptelyError) as planned:
            desk.importing.dry_run(path)
        with pytest.raises(CaptelyError) as run:
            desk.importing.start(path)
        assert (planned.value.message, planned.value.hint) == (run.value.message, run.value.hint)


def test_source_is_written_where_the_list_gives_none(desk: Desk) -> None:
    desk.run("Name,Email,Source\nAda,ada@example.com,Fair\nBob,bob@example.com,\n", source="List")

    assert desk.people("source") == [("Fair",), ("List",)]


def test_plan_tells_each_row_s_fate_and_reason_and_streams_the_same_as_json(desk: Desk) -> None:
    [ada] = desk.add({"first_name": "Ada", "email": "ada@example.com"})
    plan = desk.importing.plan(desk.list(HEAD + ADA + BOB + BOB + "X,,nope,,,\n"))

    rows = plan.rows()
    assert [(row.line, row.fate, row.contact, row.first) for row in rows] == [
        (2, "updated", ada, None), (3, "created", None, None),
        (4, "duplicate", None, 3), (5, "rejected", None, None),
    ]  # fmt: skip
    assert rows[0].changes["city"] == (None, "Paris")
    assert rows[3].reason == "E-mail is not an address: nope"
    assert [row.line for row in plan.rows("duplicate")] == [4]

    file = desk.folder / "plan.json"
    with file.open("w", encoding="utf-8") as stream:
        plan.write_json(stream)
    told = json.loads(file.read_text(encoding="utf-8"))
    assert [row["fate"] for row in told["rows"]] == ["updated", "created", "duplicate", "rejected"]
    assert told["digest"] == plan.digest
    assert told["counts"]["created"] == 1
    desk.importing.forget(plan)
    assert list(desk.workspace.plans.iterdir()) == []


def test_a_run_executes_the_very_plan_that_was_shown(desk: Desk) -> None:
    path = desk.list(HEAD + ADA + BOB)
    plan = desk.importing.plan(path)
    path.unlink()

    result = desk.jobs.run(desk.importing.start_plan(plan)).result or {}

    assert five(dict(result)) == five(plan.result())
    assert len(desk.people()) == 2
    assert list(desk.workspace.plans.iterdir()) == []


def test_a_stale_plan_is_refused_with_the_number_of_rows(desk: Desk) -> None:
    plan = desk.importing.plan(desk.list(HEAD + ADA + BOB + "Eve,,eve@example.com,,,\n"))
    desk.add({"first_name": "B", "email": "bob@example.com"})

    with pytest.raises(StalePlan, match="1 row") as stale:
        desk.jobs.run(desk.importing.start_plan(plan))

    assert stale.value.rows == 1
    assert len(desk.people()) == 1


def test_changes_that_do_not_concern_the_list_leave_the_plan_good(desk: Desk) -> None:
    plan = desk.importing.plan(desk.list(HEAD + ADA))
    desk.add({"first_name": "Zoe", "email": "zoe@example.com"})

    result = desk.jobs.run(desk.importing.start_plan(plan)).result or {}

    assert result["created"] == 1


def test_the_same_plan_has_the_same_digest_and_another_list_another(desk: Desk) -> None:
    first = desk.importing.plan(desk.list(HEAD + ADA))
    second = desk.importing.plan(desk.list(HEAD + ADA))
    other = desk.importing.plan(desk.list(HEAD + BOB))

    assert first.digest == second.digest != other.digest


def test_rejects_file_maps_itself_and_comes_back_without_rejects(desk: Desk) -> None:
    text = 'Qui;Courriel\nAda;ada@example.com\nBob;bob(at)example.com\n"=cmd;x";nobody\n'
    result = desk.run(text, mapping={"Qui": "full_name", "Courriel": "email"})
    assert five(result) == (1, 0, 0, 0, 2)
    file = Path(result["rejects_file"])
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfQui;Courriel;_row;_error")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[1] == [
        "Bob",
        "bob(at)example.com",
        "3",
        "E-mail is not an address: bob(at)example.com",
    ]

    file.write_text(
        raw.decode("utf-8-sig").replace("bob(at)", "bob@").replace('"nobody"', '"eve@example.com"'),
        encoding="utf-8-sig",
    )
    again = desk.run(file)

    assert five(again) == (2, 0, 0, 0, 0)
    assert again["mapping"] == {"Qui": "full_name", "Courriel": "email", "_row": "", "_error": ""}
    assert desk.people("full_name")[2] == ("=cmd;x",)


def test_plans_that_nobody_will_carry_out_are_tidied_away(desk: Desk) -> None:
    forgotten = desk.importing.plan(desk.list(HEAD + ADA))
    waiting = desk.importing.plan(desk.list(HEAD + ADA))
    desk.importing.start_plan(waiting)

    assert desk.importing.recover() == 1
    assert not forgotten.path.exists()
    assert waiting.path.exists()


def made_by_another_version(plan: Path) -> None:
    with staging.opened(plan) as db:
        db.execute("DELETE FROM meta WHERE key = 'format'")
        db.execute("DROP TABLE line_run")


def test_a_plan_of_another_version_is_refused_with_the_next_step_and_nothing_is_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.importing.start(desk.list(HEAD + ADA + BOB))
    plan = desk.workspace.plans / f"import-{job}.db"
    with monkeypatch.context() as patch:
        patch.setattr(Running, "_finish", lambda *_: (_ for _ in ()).throw(Paused("")))
        assert desk.jobs.run(job).state is JobState.PAUSED
    made_by_another_version(plan)

    with pytest.raises(InvalidInput, match="another version of Captely") as refused:
        desk.jobs.run(job)
    assert "Cancel it and import the file again" in refused.value.hint
    assert refused.value.code == "PLAN_FORMAT"
    view = desk.jobs.view(job)
    assert (view.state, view.done) == (JobState.FAILED, 2)
    with desk.store.reading() as connection:
        assert [hi - lo + 1 for lo, hi in open_ranges(connection)] == [2]
    assert plan.exists()

    desk.jobs.cancel(job)
    assert not plan.exists()
    assert five(desk.run(HEAD + ADA + BOB))[0] == 2
    assert len(desk.people()) == 2


def test_a_plan_of_another_version_that_nobody_saw_or_began_is_made_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.importing.start(desk.list(HEAD + ADA))
    with monkeypatch.context() as patch:
        patch.setattr(Running, "carry_out", lambda *_: (_ for _ in ()).throw(Paused("")))
        desk.jobs.run(job)
    made_by_another_version(desk.workspace.plans / f"import-{job}.db")

    assert five(dict(desk.jobs.run(job).result or {}))[0] == 1


def test_a_shown_plan_of_another_version_is_never_replaced_by_one_that_nobody_saw(
    desk: Desk,
) -> None:
    plan = desk.importing.plan(desk.list(HEAD + ADA))
    made_by_another_version(plan.path)

    with pytest.raises(InvalidInput, match="another version of Captely"):
        desk.jobs.run(desk.importing.start_plan(plan))
    assert desk.people() == []


@pytest.mark.parametrize("act", ["grows", "vanishes"])
def test_a_file_that_changes_while_it_is_read_is_not_imported(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    path = desk.list("Name,Email\nAda,ada@example.com\n")
    fill = planning._fill

    def filling(*arguments: Any) -> None:
        fill(*arguments)
        if act == "grows":
            with path.open("a") as file:
                file.write("Bob,bob@example.com\n")
        else:
            path.unlink()

    monkeypatch.setattr(planning, "_fill", filling)
    job = desk.importing.start(path)
    with pytest.raises(InvalidInput, match=r"list\.csv (was changed while|can no longer be read)"):
        desk.jobs.run(job)

    assert desk.people() == []
    assert desk.jobs.view(job).state is JobState.FAILED
