"""A list is put right on its way in: cells, rules, replacements, values, constants and names."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import InvalidInput
from app.services.importing import ImportOptions
from app.services.importing.fixes import Fixes, Replacement, Rule
from app.services.importing.names import split_name
from app.services.importing.repairs import REPAIRS, Problem, email_problem, mended
from app.services.importing.shape import ReadOptions
from tests.services.importing.desk import Desk, five, open_desk

HEAD = "First name,Last name,Email,Phone,Company,City\n"
LIST = HEAD + (
    "Ada,Lovelace,ada(at)acme.example,,Acme GmbH,Paris\n"
    "Bob,Byron,bob@acme,+33612345678,Acme GmbH,Lyon\n"
    "Eve,Evans,eve@wisla,example,,Wisla,\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as desk:
        yield desk


def plan_of(desk: Desk, text: str | Path, fixes: Fixes, **options: object):
    path = text if isinstance(text, Path) else desk.list(text)
    return desk.importing.plan(path, ImportOptions(fixes=fixes, **options), notes=True)


def test_an_edited_cell_is_what_is_imported_and_the_file_stays_as_it_is(desk: Desk) -> None:
    path = desk.list(LIST)
    before = path.read_bytes()

    result = desk.run(path, fixes=Fixes().with_edit(2, "Email", "ada@acme.example"))

    assert five(result) == (1, 0, 0, 0, 2)
    assert desk.people("email") == [("ada@acme.example",)]
    assert path.read_bytes() == before


def test_the_last_edit_of_a_cell_counts(desk: Desk) -> None:
    fixes = Fixes().with_edit(2, "Email", "a@b.example").with_edit(2, "Email", "ada@acme.example")

    assert len(fixes.edits) == 1
    desk.run(LIST, fixes=fixes)
    assert desk.people("email") == [("ada@acme.example",)]


def test_a_rule_mends_every_value_it_can_and_leaves_good_ones_alone(desk: Desk) -> None:
    rows = "a@b.example\nc(at)d.example\ne [at] f.example\nnonsense\n"

    desk.run("Email\n" + rows, fixes=Fixes().with_rule(Rule("Email", "at")))

    assert desk.people("email") == [("a@b.example",), ("c@d.example",), ("e@f.example",)]


def test_clearing_takes_only_values_with_the_same_problem(desk: Desk) -> None:
    rows = "Ada,3.36123E+10\nBob,abc\nEve,+33612345678\n"
    rule = Rule("Phone", "clear", Problem.LOST_DIGITS.value)

    desk.run("First name,Phone\n" + rows, fixes=Fixes().with_rule(rule))

    assert desk.people("first_name", "phone") == [
        ("Ada", None), ("Bob", "abc"), ("Eve", "+33612345678"),
    ]  # fmt: skip


def test_find_and_replace_knows_whole_cells_and_case(desk: Desk) -> None:
    rows = "Ada,a@b.example,acme\nBob,b@b.example,Acme Ltd\n"
    text = "First name,Email,Company\n" + rows

    def companies(**how: bool) -> list[object]:
        plan = plan_of(
            desk, text, Fixes().with_replacement(Replacement("Company", "acme", "X", **how))
        )
        return [row.values["company"] for row in plan.rows()]

    assert companies() == ["X", "X Ltd"]
    assert companies(whole=True) == ["X", "Acme Ltd"]
    assert companies(match_case=True) == ["X", "Acme Ltd"]


def test_what_is_put_in_is_text_and_no_pattern(desk: Desk) -> None:
    wanted = Replacement("Company", "(a.b)", r"\1$&")
    plan = plan_of(desk, "Email,Company\na@b.example,(a.b) aXb\n", Fixes().with_replacement(wanted))

    assert plan.rows()[0].values["company"] == r"\1$& aXb"


def test_a_written_value_becomes_another_or_blank_however_it_is_capitalised(desk: Desk) -> None:
    rows = "a@b.example,INTERESTED\nc@d.example,Interested \ne@f.example,who knows\n"
    fixes = (
        Fixes()
        .with_value("Status", "interested", "qualified")
        .with_value("Status", "who knows", "")
    )

    result = desk.run("Email,Status\n" + rows, fixes=fixes)

    assert desk.people("status") == [("qualified",), ("qualified",), ("new",)]
    assert result["warnings"] == []


def test_a_value_can_be_left_as_it_was_again() -> None:
    fixes = Fixes().with_value("Status", "Interested", "new")

    assert not fixes.with_value("Status", "interested", None)


def test_a_constant_fills_a_field_of_every_row_and_is_checked_like_a_column(desk: Desk) -> None:
    fixes = Fixes(constants={"source": "Fair 2026", "country": "Frankreich"})

    desk.run(HEAD + "Ada,,a@b.example,,,\n", fixes=fixes)

    assert desk.people("source", "country") == [("Fair 2026", "FR")]


def test_rejected_rows_are_saved_without_what_was_added_to_them(desk: Desk) -> None:
    fixes = Fixes(constants={"source": "Fair"}).with_edit(3, "City", "Nice")
    result = desk.run(LIST, fixes=fixes)

    with Path(result["rejects_file"]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [*HEAD.strip().split(","), "_row", "_error"]
    assert rows[1][:6] == ["Ada", "Lovelace", "ada(at)acme.example", "", "Acme GmbH", "Paris"]
    assert rows[2][5] == "Nice"


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")),
        ("Lovelace, Ada", ("Ada", "Lovelace")),
        ("Ludwig van Beethoven", ("Ludwig", "van Beethoven")),
        ("Dr. Maria José García", ("Maria José", "García")),
        ("Martin King Jr.", ("Martin", "King Jr.")),
        ("King, Jr.", ("", "King")),
        ("Cher", ("", "Cher")),
        ("", ("", "")),
    ],
)
def test_a_whole_name_is_taken_apart(whole: str, parts: tuple[str, str]) -> None:
    assert split_name(whole) == parts


def test_split_names_go_into_both_fields_and_not_into_the_whole_one(desk: Desk) -> None:
    desk.run("Name,Email\nAda Lovelace,a@b.example\n", fixes=Fixes(splits=("Name",)))

    assert desk.people("first_name", "last_name", "full_name") == [("Ada", "Lovelace", None)]


def test_lines_that_are_left_out_are_not_rows_at_all(desk: Desk) -> None:
    text = "Name,Email\nAda,a@b.example\nBob,b@b.example\nTotal,2\n"

    assert five(desk.run(text, fixes=Fixes(drop_totals=True), on_duplicate="create")) == (
        2, 0, 0, 0, 0,
    )  # fmt: skip
    assert five(desk.run(text, fixes=Fixes().without_line(3).without_line(4)))[0] == 0


def test_a_line_with_an_open_quote_can_be_read_without_it(desk: Desk) -> None:
    text = 'First name,Email\nAda,a@b.example\n"Bob,b@b.example\nEve,e@b.example\n'
    read = ReadOptions(keep_going=True)

    plan = plan_of(desk, text, Fixes(), read=read)
    row = desk.importing.correcting.problems(plan).rows(_all(), 0, 9)[0]
    assert (row.flaws[0].problem, row.flaws[0].put) == (Problem.QUOTE, "Bob")

    plan = plan_of(desk, text, Fixes().with_edit(row.line, "First name", "Bob"), read=read)
    assert plan.counts.created == 3
    plan = plan_of(desk, text, Fixes().with_rule(Rule("First name", "quote")), read=read)
    assert [r.values["first_name"] for r in plan.rows()] == ["Ada", "Bob", "Eve"]


def test_fixes_of_columns_that_are_not_there_are_refused_by_name(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="has no column Emial"):
        plan_of(desk, LIST, Fixes().with_rule(Rule("Emial", "at")))


def test_columns_of_fixes_are_found_whatever_their_case(desk: Desk) -> None:
    plan = plan_of(desk, LIST, Fixes().with_rule(Rule("EMAIL", "at")))

    assert plan.counts.created == 1


def test_dry_run_and_run_agree_with_every_kind_of_fix(desk: Desk) -> None:
    fixes = (
        Fixes(constants={"source": "Fair"}, drop_totals=True)
        .with_rule(Rule("Email", "at"))
        .with_edit(3, "Email", "bob@acme.example")
        .with_replacement(Replacement("Company", "GmbH", "AG"))
    )
    path = desk.list(LIST + "Total,3,,,,\n")
    options = ImportOptions(fixes=fixes)

    dry = desk.importing.dry_run(path, options)
    plan = desk.importing.plan(path, options, notes=True)
    again = desk.importing.plan(path, options)
    done = desk.jobs.run(desk.importing.start_plan(plan)).result or {}

    assert five(dry) == five(dict(done)) == (2, 0, 0, 0, 1)
    assert plan.digest == again.digest
    assert desk.people("company", "source") == [("Acme AG", "Fair"), ("Acme AG", "Fair")]


def test_a_job_takes_the_fixes_with_it(desk: Desk) -> None:
    options = ImportOptions(
        fixes=Fixes().with_rule(Rule("Email", "at")).with_value("City", "x", "")
    )

    assert ImportOptions.from_dict(options.as_dict()) == options


def test_one_field_may_have_another_rule_than_the_rest(desk: Desk) -> None:
    desk.add(
        {"email": "ada@b.example", "first_name": "A.", "city": "Lyon", "phone": "+33612345678"}
    )
    text = HEAD + "Ada,,ada@b.example,+33687654321,,Paris\n"

    desk.run(text, on_duplicate="fill", by_field={"city": "update"})
    assert desk.people("first_name", "city", "phone") == [("A.", "Paris", "+33612345678")]

    desk.run(text, on_duplicate="update", by_field={"phone": "fill"})
    assert desk.people("first_name", "city", "phone") == [("Ada", "Paris", "+33612345678")]


def test_a_rule_for_one_field_that_does_not_exist_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="no rule for duplicates called maybe"):
        plan_of(desk, LIST, Fixes(), by_field={"city": "maybe"})


@pytest.mark.parametrize(
    ("text", "problem", "put"),
    [
        ("beatriz(at)douro.example", Problem.NO_AT, "beatriz@douro.example"),
        ("beatriz [AT] douro [dot] example", Problem.NO_AT, "beatriz@douro.example"),
        ("k.mazur@wisla,example", Problem.COMMA, "k.mazur@wisla.example"),
        ("anke vogt@alp.example", Problem.SPACE, "ankevogt@alp.example"),
        ("a..b@alp.example", Problem.DOTS, "a.b@alp.example"),
        ("a@@alp.example", Problem.DOTS, "a@alp.example"),
        ("piotr@lis", Problem.NO_ENDING, None),
        ("helga.brandt@", Problem.NO_DOMAIN, None),
        ("helga.brandt", Problem.NO_AT, None),
        ("not an address", Problem.NO_EMAIL, None),
    ],
)
def test_each_bad_address_has_its_problem_and_a_repair_only_if_that_helps(
    text: str, problem: Problem, put: str | None
) -> None:
    assert email_problem(text) is problem
    repairs = [found for r in REPAIRS.values() if r.key != "clear" and r.key != "quote"
               if (found := mended(r, text)) is not None]  # fmt: skip
    assert repairs == ([put] if put else [])


def test_the_company_domain_completes_an_address_only_where_the_row_names_one() -> None:
    assert email_problem("helga@", "alp.example") is Problem.NO_DOMAIN
    assert mended(REPAIRS["domain"], "helga@", "alp.example") == "helga@alp.example"
    assert mended(REPAIRS["domain"], "helga@", "") is None


def _all():
    from app.services.importing.problems import Wanted

    return Wanted()


def test_an_edit_leaves_the_other_fixes_as_they_were() -> None:
    fixes = Fixes().with_rule(Rule("Email", "at"))

    assert replace(fixes.with_edit(2, "Email", "x"), edits=()) == fixes
