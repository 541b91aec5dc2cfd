"""The rows that want a look: which, how many, what is wrong and what would put it right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.fields import FieldKind
from app.services.custom_fields import CustomFields
from app.services.importing import ImportOptions
from app.services.importing.fixes import Fixes, Replacement, Rule
from app.services.importing.problems import Problems, Wanted
from app.services.importing.repairs import Problem
from app.services.importing.shape import ReadOptions
from tests.services.importing.desk import Desk, five, open_desk

LIST = (
    "First name,Email,Phone,Last contact,Status,Country,Company domain\n"
    "Ada,ada(at)acme.example,,2026-01-02,new,FR,acme.example\n"
    "Bob,bob@acme.example,3.36123E+10,2026-01-02,Interested,Atlantis,\n"
    "Eve,eve@,,not a date,Interested,France,wisla.example\n"
    ",,,,,DE,\n"
    "Zoë,zoe@fjord.example,,,new,FR,\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as desk:
        yield desk


def problems_of(desk: Desk, text: str = LIST, **options: object) -> Problems:
    plan = desk.importing.plan(desk.list(text), ImportOptions(**options), notes=True)
    return desk.importing.correcting.problems(plan)


def test_rows_are_counted_by_how_bad_they_are_and_by_kind(desk: Desk) -> None:
    seen = problems_of(desk).overview()

    assert (seen.errors, seen.warnings, seen.all, seen.fixed) == (3, 1, 4, 0)
    assert {(column, kind): n for column, kind, n in seen.kinds} == {
        (1, Problem.NO_AT): 1, (1, Problem.NO_DOMAIN): 1, (1, Problem.NOBODY): 1,
        (2, Problem.LOST_DIGITS): 1, (3, Problem.NO_DATE): 1, (4, Problem.NO_CHOICE): 2,
    }  # fmt: skip
    assert seen.columns[0] == 1


def test_a_row_says_what_is_wrong_in_which_cell_and_what_would_help(desk: Desk) -> None:
    rows = problems_of(desk).rows(Wanted(), 0, 10)

    assert [row.line for row in rows] == [2, 3, 4, 5]
    ada, bob, eve, nobody = rows
    assert (ada.flaws[0].title, ada.flaws[0].put) == ("E-mail has no @", "ada@acme.example")
    assert ada.rejected
    assert not bob.rejected
    assert bob.flaw(2) is not None
    assert bob.flaw(2).put is None, "digits that were lost are never guessed"
    assert eve.flaw(1) is not None
    assert eve.flaw(1).put == "eve@wisla.example"
    assert nobody.flaws[0].problem is Problem.NOBODY


def test_rows_are_listed_by_level_column_and_kind(desk: Desk) -> None:
    problems = problems_of(desk)

    def lines(*wanted: object) -> list[int]:
        asked = Wanted(*wanted)
        rows = problems.rows(asked, 0, 10)
        assert problems.count(asked) == len(rows)
        return [row.line for row in rows]

    assert lines("errors") == [2, 4, 5]
    assert lines("warnings") == [3]
    assert lines("", 4) == [3, 4]
    assert lines("", 1, Problem.NO_AT) == [2]
    assert lines("errors", None, Problem.NO_CHOICE) == [4]
    assert lines("fixed") == []


def test_pages_follow_one_another(desk: Desk) -> None:
    rows = "".join(f"P{n},bad{n},,,,,\n" for n in range(30))
    problems = problems_of(desk, LIST.splitlines()[0] + "\n" + rows)

    pages = [row.line for start in (0, 12, 24) for row in problems.rows(Wanted(), start, 12)]
    assert pages == list(range(2, 32))


def test_what_was_put_right_is_listed_with_what_it_was(desk: Desk) -> None:
    problems = problems_of(desk, fixes=Fixes().with_rule(Rule("Email", "at")))
    row = problems.rows(Wanted("fixed"), 0, 10)[0]

    assert (problems.overview().errors, problems.overview().fixed) == (2, 1)
    assert (row.line, row.cells[1], row.was) == (2, "ada@acme.example", {1: "ada(at)acme.example"})
    assert row.flaws == ()


def test_a_rule_is_previewed_before_it_is_applied(desk: Desk) -> None:
    rows = "".join(f"P{n},p{n}(at)acme.example,,,,,\n" for n in range(30))
    problems = problems_of(desk, LIST + rows)

    changing = problems.by_rule(Rule("Email", "at"))
    assert changing.count == 31
    assert len(changing.first) == 20
    first = changing.first[0]
    assert (first.line, first.before, first.after) == (
        2, "ada(at)acme.example", "ada@acme.example",
    )  # fmt: skip
    cleared = problems.by_rule(Rule("Phone", "clear", Problem.LOST_DIGITS.value))
    assert [(change.before, change.after) for change in cleared.first] == [("3.36123E+10", "")]


def test_a_previewed_rule_changes_exactly_what_it_said(desk: Desk) -> None:
    rule = Rule("Email", "domain")
    said = problems_of(desk).by_rule(rule).count

    assert problems_of(desk, fixes=Fixes().with_rule(rule)).overview().fixed == said == 1


def test_find_and_replace_is_previewed_over_the_whole_list_with_earlier_fixes(desk: Desk) -> None:
    options = ImportOptions(fixes=Fixes().with_edit(6, "First name", "Zoe"))
    plan = desk.importing.plan(desk.list(LIST), options, notes=True)
    wanted = Replacement("First name", "o", "0")

    changing = desk.importing.correcting.by_replacement(plan, options, wanted)

    assert [(c.line, c.before, c.after) for c in changing.first] == [
        (3, "Bob", "B0b"), (6, "Zoe", "Z0e"),
    ]  # fmt: skip


def test_unknown_statuses_choices_and_countries_are_listed_with_how_often(desk: Desk) -> None:
    fields = CustomFields(desk.store, desk.operations)
    fields.add("Size", FieldKind.CHOICE, ["Small", "Large"])
    head, *rows = LIST.splitlines()
    sizes = ["small", "Huge", "", "", "Huge"]
    text = "\n".join([f"{head},Size", *(f"{r},{s}" for r, s in zip(rows, sizes, strict=True))])

    unknown = {(v.column, v.text): v.count for v in problems_of(desk, text).unknown()}

    assert unknown == {(4, "Interested"): 2, (5, "Atlantis"): 1, (7, "Huge"): 2}


def test_a_line_of_totals_is_pointed_out_and_never_taken_for_a_person_unasked(desk: Desk) -> None:
    problems = problems_of(desk, "Name,Revenue,Email\nAda,10,a@b.example\nTotal,10,\n")

    row = problems.rows(Wanted(), 0, 10)[0]
    assert (row.line, row.flaws[0].problem) == (3, Problem.TOTALS)


def test_a_person_who_is_called_total_is_no_line_of_totals(desk: Desk) -> None:
    problems = problems_of(desk, "Company,City,Email\nTotal,Paris,info@total.example\n")

    assert problems.overview().all == 0


def test_a_row_that_cannot_be_read_has_all_its_cells(desk: Desk) -> None:
    row = problems_of(desk, "Name,Email\nAda,a@b.example,more\n").rows(Wanted(), 0, 1)[0]

    assert (row.flaws[0].problem, row.cells) == (Problem.ROW, ("Ada", "a@b.example", "more"))
    assert "3 values for 2 columns" in row.sentence


def test_a_row_with_too_many_cells_is_read_once_one_of_them_is_typed_anew(desk: Desk) -> None:
    text = "Name,Email,City\nAda,a@b.example,Paris,more\nBob,b@b.example,Rome\n"
    fixes = Fixes().with_edit(2, "City", "Paris, more")
    problems = problems_of(desk, text, fixes=fixes)

    (row,) = problems.rows(Wanted("fixed"), 0, 9)
    assert (row.line, row.cells, row.rejected) == (2, ("Ada", "a@b.example", "Paris, more"), False)
    assert row.was == {2: "Paris"}
    assert problems.overview().errors == 0
    assert five(desk.run(text, fixes=fixes)) == (2, 0, 0, 0, 0)


def test_numbers_without_a_country_say_that_one_is_missing(desk: Desk) -> None:
    text = "Name,Phone\nAda,01 42 68 53 00\n"

    assert problems_of(desk, text).rows(Wanted(), 0, 1)[0].flaws[0].problem is Problem.NO_COUNTRY
    assert problems_of(desk, text, default_country="FR").overview().all == 0


def test_a_plan_without_notes_is_the_same_plan(desk: Desk) -> None:
    path = desk.list(LIST)
    with_notes = desk.importing.plan(path, notes=True)
    without = desk.importing.plan(path)

    assert (with_notes.counts, with_notes.digest) == (without.counts, without.digest)


def test_a_long_list_is_noted_by_several_workers_alike(desk: Desk) -> None:
    bad = range(0, 6_000, 10)
    lines = [f"P{n},{'bad' if n in bad else f'p{n}@b.example'}" for n in range(6_000)]
    path = desk.list("Name,Email\n" + "\n".join(lines) + "\n")
    options = ImportOptions(fixes=Fixes().without_line(2).with_edit(12, "Email", "x@y.example"))

    plan = desk.importing.plan(path, options, notes=True)
    problems = desk.importing.correcting.problems(plan)

    assert (plan.counts.rows, plan.counts.rejected) == (5_999, 598)
    rows = problems.rows(Wanted("errors"), 0, 1_000)
    assert [row.line for row in rows] == [n + 2 for n in bad if n not in (0, 10)]
    assert problems.overview().fixed == 1


def test_an_open_quote_names_its_line_so_that_it_can_be_left_out(desk: Desk) -> None:
    path = desk.list('Name,Email\nAda,a@b.example\n"Bob,b@b.example\n')
    shape = desk.importing.preview(path).shape

    look = desk.importing.correcting.look(shape)
    assert (look.open_quote, look.whole) == (3, False)
    shape = desk.importing.preview(path, ImportOptions(read=ReadOptions(keep_going=True))).shape
    look = desk.importing.correcting.look(shape)
    assert (look.open_quote, look.closed_quote, look.rows) == (None, 3, 2)


def test_rows_are_shown_beside_the_contacts_they_belong_to(desk: Desk) -> None:
    desk.add(
        {"first_name": "Zoé", "email": "zoe@fjord.example", "country": "NO"},
        {"first_name": "Bob", "email": "bob@acme.example", "status": "customer"},
    )
    plan = desk.importing.plan(desk.list(LIST), notes=True)

    matches = desk.importing.correcting.matches(plan)

    assert matches.grounds == {"e-mail": 2}
    zoe = next(pair for pair in matches.pairs if pair.contact["email"] == "zoe@fjord.example")
    assert (zoe.line, zoe.ground) == (6, "e-mail")
    assert (zoe.file["first_name"], zoe.contact["first_name"]) == ("Zoë", "Zoé")
    assert zoe.after["country"] == "NO"
    assert zoe.fields[0] == "first_name"
