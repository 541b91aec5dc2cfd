"""A list with more new people than the plan holds: some come in, the others wait and follow."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import Busy, ContactLimit, ImportLimit, InvalidInput, StalePlan
from app.core.fields import FieldKind
from app.services.custom_fields import CustomFields
from app.services.importing import ImportOptions, running, service
from app.services.importing.fixes import Fixes
from app.services.importing.parking import Parking
from app.services.jobs import JobState, JobView
from app.services.jobs.context import JobContext, Wish
from app.services.sample import SOURCE
from tests.services.importing.desk import Desk, five, open_desk

PARK = Parking(allowed=True)


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with open_desk(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
def on_file(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened


def listed(people: int, *further: str, first: int = 0) -> str:
    rows = (f"P{n},Q{n},p{n}@example.com" for n in range(first, first + people))
    return "\n".join(["First name,Last name,Email", *rows, *further])


def names(desk: Desk) -> list[str]:
    return [str(name) for (name,) in desk.people("first_name")]


def waiting(desk: Desk) -> JobView:
    """The one job of parked rows that waits."""
    [job] = [view for view in desk.jobs.views(active=True) if view.parked]
    return job


def parked_with_room_since(desk: Desk) -> int:
    """The job of seven parked people, for whom there is room by now."""
    desk.plan(contacts=5)
    desk.run(listed(12), parking=PARK)
    desk.plan()
    return waiting(desk).id


def resumed(desk: Desk) -> dict[str, Any]:
    return dict(desk.jobs.resume(waiting(desk).id).result or {})


# Refused


def test_a_list_that_does_not_fit_is_refused_and_changes_nothing(desk: Desk) -> None:
    desk.plan(contacts=5)
    desk.add({"first_name": "Ada"})
    with pytest.raises(ContactLimit) as refused:
        desk.run(listed(12), tags=("fair",))
    error = refused.value.as_dict()
    assert error["message"] == "4 of 12 fit: your plan holds 5 contacts."
    assert (error["code"], error["limit"], error["used"], error["needed"]) == (
        "CONTACT_LIMIT", 5, 1, 12,
    )  # fmt: skip
    assert (error["resets_at"], error["remedy"]) == (None, "upgrade")
    assert "--park" in error["hint"]
    assert names(desk) == ["Ada"]
    assert desk.tags() == {}
    assert list(desk.workspace.plans.iterdir()) == []


def test_a_refused_list_comes_in_once_there_is_room_by_resuming_its_job(desk: Desk) -> None:
    desk.plan(contacts=5)
    with pytest.raises(ContactLimit):
        desk.run(listed(12))
    assert desk.jobs.view(1).state is JobState.FAILED
    desk.plan(contacts=12)
    assert five(dict(desk.jobs.resume(1).result or {})) == (12, 0, 0, 0, 0)


def test_a_list_that_just_fits_is_parked_nowhere(desk: Desk) -> None:
    desk.plan(contacts=12)
    result = desk.run(listed(12))
    assert (result["created"], result["parked"], result["parking"]) == (12, 0, None)
    assert desk.jobs.views(active=True) == []


def test_over_the_limit_what_is_there_is_updated_and_tagged_all_the_same(desk: Desk) -> None:
    desk.add(*({"first_name": f"P{n}", "email": f"p{n}@example.com"} for n in range(5)))
    desk.plan(contacts=2)
    result = desk.run(listed(5), tags=("fair",))
    assert five(result) == (0, 5, 0, 0, 0)
    assert desk.tags() == {f"p{n}@example.com": {"fair"} for n in range(5)}
    with pytest.raises(ContactLimit):
        desk.run(listed(6))


# Parked


def test_the_first_that_fit_come_in_and_the_rest_waits_as_a_paused_job(desk: Desk) -> None:
    desk.plan(contacts=5)
    again = "P9,,p9@example.com"
    dry = desk.importing.dry_run(desk.list(listed(12, again, "X,,no")), ImportOptions())
    result = desk.run(desk.folder / "list.csv", parking=PARK)
    assert five(result) == five(dry) == (5, 0, 0, 0, 1)
    assert result["parked"] == dry["parked"] == 8
    assert result["parking"]["message"] == "5 of 12 fit: your plan holds 5 contacts."
    assert dry["parking"] == {k: result["parking"][k] for k in dry["parking"]}
    assert names(desk) == [f"P{n}" for n in range(5)]
    job = waiting(desk)
    assert (job.id, job.kind, job.state) == (result["parking"]["job"], "import", JobState.PAUSED)
    assert (job.done, job.total, job.parked) == (0, 8, 8)
    assert job.label == "Parked rows of list.csv"
    assert job.message == "8 rows parked: the plan holds 5 contacts."
    with Path(result["parking"]["file"]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["First name", "Last name", "Email", "_row"]
    assert rows[1] == ["P5", "Q5", "p5@example.com", "7"]
    assert rows[-1] == ["P9", "", "p9@example.com", "14"]
    assert len(rows) == 9


def test_resuming_brings_as_many_as_fit_by_then_and_parks_the_others_again(desk: Desk) -> None:
    desk.plan(contacts=5)
    desk.run(listed(12), parking=PARK)
    desk.plan(contacts=8)
    first = resumed(desk)
    assert (five(first), first["parked"]) == ((3, 0, 0, 0, 0), 4)
    assert names(desk) == [f"P{n}" for n in range(8)]
    desk.plan()
    last = resumed(desk)
    assert (five(last), last["parked"], last["parking"]) == ((4, 0, 0, 0, 0), 0, None)
    assert names(desk) == [f"P{n}" for n in range(12)]
    assert list(desk.workspace.parked.iterdir()) == []
    assert desk.jobs.views(active=True) == []


def test_resuming_without_room_says_so_and_the_rows_go_on_waiting(desk: Desk) -> None:
    desk.plan(contacts=5)
    desk.run(listed(12), parking=PARK)
    before = waiting(desk)
    for _ in range(2):
        with pytest.raises(ContactLimit) as refused:
            desk.jobs.resume(before.id)
        assert refused.value.message == "0 of 7 fit: your plan holds 5 contacts."
        after = waiting(desk)
        assert (after.id, after.state, after.message) == (
            before.id, JobState.PAUSED, before.message,
        )  # fmt: skip
        assert (after.total, after.begun) == (7, False)
    assert len(list(desk.workspace.parked.iterdir())) == 1
    assert list(desk.workspace.plans.iterdir()) == []


def test_with_no_room_at_all_everybody_waits(desk: Desk) -> None:
    desk.plan(contacts=0, imports=1)
    result = desk.run(listed(3), parking=PARK)
    assert (result["rows"], result["created"], result["parked"]) == (0, 0, 3)
    desk.plan(imports=1)
    assert resumed(desk)["created"] == 3


def test_a_parked_person_who_has_come_meanwhile_needs_no_place(desk: Desk) -> None:
    desk.plan(contacts=2)
    desk.run(listed(4), parking=PARK)
    desk.plan(contacts=3)
    desk.add({"first_name": "P3", "email": "p3@example.com"})
    result = resumed(desk)
    assert (five(result), result["parked"]) == ((0, 1, 0, 0, 0), 1)
    assert desk.people("first_name", "last_name")[-1] == ("P3", "Q3")


@pytest.mark.parametrize(
    ("wish", "expected", "fit"),
    [
        (Parking(allowed=True, sort="company"), ["Eve", "Cyd"], 2),
        (Parking(allowed=True, sort="company", descending=True), ["Bob", "Dan"], 2),
        (Parking(allowed=True, sort="custom:size"), ["Dan", "Bob"], 2),
        (Parking(allowed=True, only=("country=fr",)), ["Ada", "Cyd"], 2),
        (Parking(allowed=True, only=("company~ELA",)), ["Cyd"], 1),
        (Parking(allowed=True, only=("country=FR", "company=")), ["Ada"], 1),
        (Parking(allowed=True, sort="last_name", only=("tags=vip",)), ["Eve", "Bob"], 2),
        (Parking(allowed=True, only=("phone.work~77",)), ["Bob"], 1),
    ],
)
def test_the_user_says_who_comes_in(
    on_file: Desk, wish: Parking, expected: list[str], fit: int
) -> None:
    desk = on_file
    CustomFields(desk.store, desk.operations).add("Size", FieldKind.NUMBER)
    rows = [
        "Ada,Z,a@example.com,,FR,100,,",
        "Bob,Y,b@example.com,Zeta,DE,9,vip,+33 1 42 68 53 77",
        "Cyd,X,c@example.com,Élan,FR,30,,",
        "Dan,W,d@example.com,Orbit,DE,8,,",
        "Eve,V,e@example.com,acme,US,20,vip; new,",
    ]
    desk.plan(contacts=2)
    mapping = {"Size": "custom:size", "Phone": "phone.work"}
    text = "\n".join(["First name,Last name,Email,Company,Country,Size,Tags,Phone", *rows])
    dry = desk.importing.dry_run(desk.list(text), ImportOptions(mapping=mapping, parking=wish))
    result = desk.run(desk.folder / "list.csv", mapping=mapping, parking=wish)
    assert sorted(names(desk)) == sorted(expected)
    assert dry["parking"]["fit"] == result["parking"]["fit"] == result["created"] == fit
    if fit < 2:
        assert "1 of 5 are chosen, and 2 would fit" in result["parking"]["message"]
    desk.plan()
    assert resumed(desk)["created"] == 5 - fit


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (Parking(sort="city"), "No column of the list goes into city."),
        (Parking(only=("city=Paris",)), "No column of the list goes into city."),
        (Parking(only=("email",)), "This is no condition: email"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(on_file: Desk, wish: Parking, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        on_file.importing.dry_run(on_file.list(listed(3)), ImportOptions(parking=wish))


def test_tags_of_parked_rows_are_made_when_they_come(desk: Desk) -> None:
    desk.plan(contacts=1)
    text = "Email,Tags\na@example.com,one\nb@example.com,two"
    desk.run(text, parking=PARK, tags=("all",))
    assert desk.tags() == {"a@example.com": {"one", "all"}}
    with desk.store.reading() as connection:
        made = connection.exec_driver_sql("SELECT name FROM tag ORDER BY name").scalars().all()
    assert list(made) == ["all", "one"]
    desk.plan()
    resumed(desk)
    assert desk.tags()["b@example.com"] == {"two", "all"}


AWKWARD = (
    "Courriel;Nom;Nom;;Né le;Solde;Remarque;Étiquettes\n"
    'a(at)exemple.fr;Petit;Jean;x;17/03/2026;1.234,5;"deux\nlignes; ici";un, deux\n'
    "b@exemple.fr;;=1+1;y;21/05/2026;7;'quoted;\n"
    "c@exemple.fr;O'Neil;Zoë;+33 1;05/04/2026;0,25;\t;trois\n"
    "a@exemple.fr;Petit;Jean;;;;again;quatre\n"
    'd@exemple.fr;Ünal;  two  words ;z;01/02/2026;-3;"say ""hi""";\n'
)


def test_rows_that_waited_come_in_exactly_as_they_would_have(tmp_path: Path) -> None:
    """Through any number of parkings: edited cells, fixes, dates, amounts, odd characters."""
    fixes = (
        Fixes(constants={"country": "fr", "industry": "Trade"})
        .with_edit(2, "Courriel", "a@exemple.fr")
        .with_value("Nom (2)", "Zoë", "Zoe-Ann")
    )
    options: dict[str, Any] = {
        "mapping": {
            "Courriel": "email", "Nom": "last_name", "Nom (2)": "first_name", "Column 4": "title",
            "Né le": "custom:born", "Solde": "custom:balance", "Remarque": "notes",
            "Étiquettes": "tags",
        },
        "fixes": fixes,
        "tags": ("fair",),
    }  # fmt: skip

    def imported(folder: Path, room: list[int]) -> Any:
        with open_desk(folder) as desk:
            fields = CustomFields(desk.store, desk.operations)
            fields.add("Born", FieldKind.DATE)
            fields.add("Balance", FieldKind.NUMBER)
            desk.plan(**({"contacts": room[0]} if room else {}))
            result = desk.run(AWKWARD, parking=PARK, **options)
            for more in room[1:]:
                assert result["parked"]
                desk.plan(contacts=more)
                result = resumed(desk)
            assert not result["parked"]
            return desk.everything()["contact"], desk.tags()

    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole = imported(tmp_path / "whole", [])
    assert len(whole[0]) == 4
    assert imported(tmp_path / "parts", [1, 2, 3, 4]) == whole


# Given up, and interrupted


def test_giving_parked_rows_up_drops_them_and_nothing_else(desk: Desk) -> None:
    desk.plan(contacts=5)
    desk.run(listed(12), parking=PARK)
    job = waiting(desk)
    assert job.dropped == "7 parked rows are dropped."
    assert desk.jobs.cancel(job.id).state is JobState.CANCELLED
    assert list(desk.workspace.parked.iterdir()) == []
    assert len(names(desk)) == 5


def test_rolling_back_the_import_of_parked_rows_leaves_them_parked(
    on_file: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = on_file
    job = parked_with_room_since(desk)
    finish = running.Running._finish

    def cancelled(self: Any, context: Any, plan: Any) -> Any:
        desk.jobs.ask_to_cancel(job)
        context.check()
        return finish(self, context, plan)

    monkeypatch.setattr(running.Running, "_finish", cancelled)
    with pytest.raises(Exception, match="cancelled"):
        desk.jobs.resume(job)
    monkeypatch.undo()
    assert desk.jobs.view(job).state is JobState.CANCELLED
    assert len(names(desk)) == 5
    assert waiting(desk).id != job
    assert resumed(desk)["created"] == 7


def test_parked_rows_are_fetched_once_however_often_they_are_resumed(
    on_file: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = on_file
    job, seen = parked_with_room_since(desk), []
    carry_out = service.Importing._carry_out

    def twice(self: Any, context: Any, plan_file: Path) -> Any:
        with pytest.raises(Busy):
            desk.jobs.resume(job)
        seen.append(job)
        return carry_out(self, context, plan_file)

    monkeypatch.setattr(service.Importing, "_carry_out", twice)
    desk.jobs.resume(job)
    assert seen == [job]
    assert names(desk) == [f"P{n}" for n in range(12)]


def test_a_list_of_parked_rows_that_was_changed_by_hand_is_not_read(on_file: Desk) -> None:
    desk = on_file
    desk.plan(contacts=5)
    result = desk.run(listed(12), parking=PARK)
    file = Path(result["parking"]["file"])
    file.write_text(file.read_text(encoding="utf-8-sig") + "X,,x@example.com,\n", encoding="utf-8")
    desk.plan()
    with pytest.raises(InvalidInput, match="has changed"):
        desk.jobs.resume(waiting(desk).id)
    assert len(names(desk)) == 5


# Places


def test_an_import_under_way_has_its_places(on_file: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = on_file
    desk.plan(contacts=10)
    rooms = []
    finish = running.Running._finish

    def look(self: Any, context: Any, plan: Any) -> Any:
        with desk.store.reading() as connection:
            rooms.append(desk.doors.for_contacts().room(connection).fits(100))
        return finish(self, context, plan)

    monkeypatch.setattr(running.Running, "_finish", look)
    desk.run(listed(6))
    assert rooms == [4]


def test_who_loses_the_last_places_meanwhile_parks_some_more(
    on_file: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = on_file
    desk.plan(contacts=10)
    begin, others = running.Running._begin, [{"first_name": f"X{n}"} for n in range(3)]

    def slower(self: Any, context: Any, plan: Any) -> None:
        if others:
            desk.add(*others)
            others.clear()
        begin(self, context, plan)

    monkeypatch.setattr(running.Running, "_begin", slower)
    result = desk.run(listed(9), parking=PARK)
    assert (result["created"], result["parked"]) == (7, 2)
    assert result["parking"]["message"] == "7 of 9 fit: your plan holds 10 contacts."


def test_an_import_that_stopped_behind_its_plan_fills_the_room_there_is_by_then(
    on_file: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = on_file
    desk.plan(contacts=5)

    def stopped(_self: Any, context: JobContext, _plan: Any) -> None:
        context.ask(Wish.CLOSE)
        context.check()

    job = desk.importing.start(desk.list(listed(12)), ImportOptions(parking=PARK))
    with monkeypatch.context() as patched:
        patched.setattr(running.Running, "carry_out", stopped)
        desk.jobs.run(job)
    assert desk.jobs.view(job).state is JobState.INTERRUPTED
    desk.plan(contacts=9)
    result = desk.jobs.resume(job).result or {}
    assert (result["created"], result["parked"]) == (9, 3)


def test_a_plan_that_somebody_has_seen_never_parks_more_than_it_said(on_file: Desk) -> None:
    desk = on_file
    desk.plan(contacts=10)
    plan = desk.importing.plan(desk.list(listed(12)), ImportOptions(parking=PARK))
    assert (plan.counts.created, plan.counts.parked) == (10, 2)
    desk.add({"first_name": "Ada"})
    with pytest.raises(StalePlan):
        desk.jobs.run(desk.importing.start_plan(plan))
    assert names(desk) == ["Ada"]


def test_the_rows_of_a_plan_tell_which_are_parked(on_file: Desk) -> None:
    on_file.plan(contacts=1)
    plan = on_file.importing.plan(on_file.list(listed(3)))
    assert [row.fate for row in plan.rows()] == ["created", "parked", "parked"]
    assert [row.line for row in plan.rows("parked")] == [3, 4]
    on_file.importing.forget(plan)


# Imports a month


def test_a_further_import_is_refused_before_anything_is_written(desk: Desk) -> None:
    desk.plan(imports=1)
    desk.run(listed(2))
    for _ in range(2):
        with pytest.raises(ImportLimit) as refused:
            desk.run(listed(2, first=5))
    assert refused.value.resets_at is not None
    assert refused.value.resets_at.isoformat() == "2026-12-01T00:00:00+00:00"
    assert len(desk.jobs.views()) == 1
    plan = desk.importing.plan(desk.folder / "list.csv")
    assert isinstance(desk.importing.admission.refusal(plan), ImportLimit)
    with pytest.raises(ImportLimit):
        desk.importing.start_plan(plan)
    desk.importing.forget(plan)


def test_what_does_not_count_leaves_the_month_its_import(desk: Desk) -> None:
    desk.plan(imports=1, contacts=9)
    desk.importing.dry_run(desk.list(listed(2)))
    with pytest.raises(ContactLimit):
        desk.run(listed(12))
    undone = desk.run(listed(2))
    desk.operations.undo(undone["operation"])
    desk.jobs.cancel(desk.importing.start(desk.list(listed(2))))
    result = desk.run(listed(12, "X,,no"), parking=PARK)
    # The month's import is used; what was left over comes back for nothing.
    corrected = Path(result["rejects_file"])
    corrected.write_text(corrected.read_text(encoding="utf-8-sig").replace(",no,", ",x@e.com,"))
    desk.plan(imports=1)
    assert desk.run(corrected)["created"] == 1
    assert desk.run(Path(result["parking"]["file"]))["created"] == 3
    assert resumed(desk)["unchanged"] == 3
    with pytest.raises(ImportLimit):
        desk.run(listed(2, first=50))


def test_a_file_called_like_parked_rows_is_no_free_import(desk: Desk) -> None:
    desk.plan(imports=1, contacts=2)
    desk.run(listed(3), parking=PARK)
    desk.plan(imports=1)
    with pytest.raises(ImportLimit):
        desk.run(desk.list(listed(40, first=50), name="other-parked-1.csv"))
    with pytest.raises(ImportLimit):
        desk.run(desk.list(listed(1, first=50), name="other-parked-77.csv"))
    assert len(names(desk)) == 2


def test_the_sample_needs_neither_an_import_nor_places(desk: Desk) -> None:
    desk.plan(imports=1, contacts=1)
    desk.run(listed(1))
    assert (
        desk.run(desk.list(listed(5, first=9), name="contacts.csv"), source=SOURCE)["created"] == 5
    )
    with desk.store.reading() as connection:
        assert desk.doors.for_contacts().room(connection).used == 1
