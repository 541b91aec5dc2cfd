"""A recipe keeps what was decided about lists of one shape, in the workspace and as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import InvalidInput, NotFound, StorageError
from app.models.importing import ImportMemory
from app.services.importing import ImportOptions
from app.services.importing.fixes import Fixes, Replacement, Rule
from app.services.importing.mapping import fingerprint
from app.services.importing.recipes import Recipe, read_recipe, write_recipe
from app.services.importing.shape import ReadOptions
from tests.services.importing.desk import Desk, five, open_desk

HEAD = "Wer,Mail,Seit,Betrag\n"
ROWS = "Ada Lovelace,ada(at)b.example,17/04/2026,1\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as desk:
        yield desk


def decided() -> ImportOptions:
    fixes = (
        Fixes(splits=("Wer",), constants={"source": "Fair"}, drop_totals=True)
        .with_rule(Rule("Mail", "at"))
        .with_edit(2, "Mail", "typed@b.example")
        .without_line(9)
        .with_replacement(Replacement("Mail", "b.example", "c.example"))
        .with_value("Wer", "nobody", "")
    )
    return ImportOptions(
        mapping={"Wer": "full_name", "Mail": "email", "Seit": "last_contacted", "Betrag": ""},
        default_country="FR", tags=("fair",), by_field={"phone": "update"}, fixes=fixes,
    )  # fmt: skip


def test_a_list_of_the_same_shape_follows_what_was_decided_last(desk: Desk) -> None:
    desk.run(HEAD + ROWS, **{f: getattr(decided(), f) for f in ("mapping", "fixes", "tags")})
    path = desk.list(HEAD + "Bob Byron,bob(at)b.example,05/04/2026,\n", "next.csv")
    preview = desk.importing.preview(path)
    last = desk.importing.correcting.remembered(preview)

    assert last is not None
    assert last.file_name == "list.csv"
    assert {column.reason for column in preview.columns} == {"remembered"}
    result = desk.run(path, **vars_of(last.recipe.applied(ImportOptions(), preview)))
    assert five(result) == (1, 0, 0, 0, 0)
    assert ("Bob", "Byron", "bob@c.example", "Fair") in desk.people(
        "first_name", "last_name", "email", "source"
    )


def vars_of(options: ImportOptions) -> dict[str, object]:
    return {name: getattr(options, name) for name in options.__slots__}


def test_cells_typed_anew_and_single_lines_belong_to_one_file_only(desk: Desk) -> None:
    recipe = Recipe.of(("Wer", "Mail"), {"Wer": "full_name", "Mail": "email"}, decided())

    assert recipe.fixes.edits == ()
    assert recipe.fixes.dropped == ()
    assert recipe.fixes.drop_totals


def test_a_recipe_is_the_same_after_it_was_a_file(tmp_path: Path) -> None:
    recipe = Recipe.of(("Wer", "Mail"), {"Wer": "full_name", "Mail": "email"}, decided())
    path = tmp_path / "fair.json"

    write_recipe(recipe, path)

    assert read_recipe(path) == recipe
    assert json.loads(path.read_text("utf-8"))["format"] == "captely import recipe"


def test_the_order_that_the_dates_of_a_list_proved_is_kept_for_lists_that_prove_none(
    desk: Desk,
) -> None:
    desk.run(HEAD + "Ada,a@b.example,17/04/2026,\n", mapping={"Seit": "last_contacted"})
    path = desk.list(HEAD + "Bob,b@b.example,03/04/2026,\n")
    preview = desk.importing.preview(path)
    last = desk.importing.correcting.remembered(preview)

    assert last is not None
    assert last.recipe.applied(ImportOptions(), preview).date_orders == {"Seit": "dmy"}


def test_dates_that_prove_another_order_win_over_what_is_remembered(desk: Desk) -> None:
    mapping = {"Seit": "last_contacted"}
    desk.run(HEAD + "Ada,a@b.example,17/04/2026,\n", mapping=mapping)
    path = desk.list(HEAD + "Bob,b@b.example,04/17/2026,\n")
    preview = desk.importing.preview(path)
    last = desk.importing.correcting.remembered(preview)

    assert last is not None
    assert last.recipe.date_orders["Seit"] == "dmy"
    assert "Seit" not in last.recipe.applied(ImportOptions(), preview).date_orders


def test_what_is_said_now_goes_before_the_recipe(desk: Desk) -> None:
    preview = desk.importing.preview(desk.list(HEAD + ROWS))
    recipe = Recipe.of(("Wer", "Mail"), {"Mail": "email"}, decided())
    now = ImportOptions(mapping={"Mail": "notes"}, default_country="DE",
                        fixes=Fixes(constants={"source": "Other"}))  # fmt: skip

    options = recipe.applied(now, preview)

    assert options.mapping["Mail"] == "notes"
    assert options.default_country == "DE"
    assert options.fixes.constants["source"] == "Other"
    assert options.fixes.rules == (Rule("Mail", "at"),)


def test_columns_that_a_list_does_not_have_are_passed_over(desk: Desk) -> None:
    preview = desk.importing.preview(desk.list("Mail\na(at)b.example\n"))
    recipe = Recipe.of(("Wer", "Mail"), {"Wer": "full_name", "Mail": "email"}, decided())

    options = recipe.applied(ImportOptions(), preview)

    assert dict(options.mapping) == {"Mail": "email"}
    assert options.fixes.splits == ()
    assert desk.importing.plan(desk.folder / "list.csv", options).counts.created == 1


def test_what_an_older_version_remembered_is_a_recipe_too(desk: Desk) -> None:
    columns = ("Wer", "Mail")
    with desk.store.writing("as before") as connection:
        kept = {"mapping": {"Wer": "notes", "Mail": ""}, "file_name": "old.csv", "at_us": 1}
        row = ImportMemory.__table__.insert().values(fingerprint=fingerprint(columns), **kept)
        connection.execute(row)
    preview = desk.importing.preview(desk.list("Wer,Mail\nx,y\n"))

    assert [column.field for column in preview.columns] == ["notes", None]


def test_forgetting_guesses_anew(desk: Desk) -> None:
    path = desk.list("First name,Email\nAda,a@b.example\n")
    desk.run(path, mapping={"First name": "notes"})
    assert desk.importing.preview(path).columns[0].field == "notes"

    desk.importing.correcting.forget(desk.importing.preview(path))

    assert desk.importing.preview(path).columns[0].field == "first_name"


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "{}", '{"format": "captely import recipe", "version": 99}']
)
def test_a_file_that_is_no_recipe_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)

    with pytest.raises(InvalidInput, match="recipe"):
        read_recipe(path)


def test_a_recipe_that_is_not_there_or_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file"):
        read_recipe(tmp_path / "gone.json")
    with pytest.raises(StorageError, match="cannot be written"):
        write_recipe(Recipe(), tmp_path / "no" / "folder.json")


def test_a_chosen_quote_is_part_of_the_recipe(desk: Desk, tmp_path: Path) -> None:
    chosen = ImportOptions(read=ReadOptions(quote="'"), mapping={"Mail": "email"})
    recipe = Recipe.of(["Mail"], chosen.mapping, chosen)
    write_recipe(recipe, tmp_path / "recipe.json")
    again = read_recipe(tmp_path / "recipe.json")
    preview = desk.importing.preview(desk.list("Mail\n'a@b.example'\n"))

    assert again == recipe
    assert again.applied(ImportOptions(), preview).read.quote == "'"
    own = ImportOptions(read=ReadOptions(quote=""))
    assert again.applied(own, preview).read.quote == ""
    assert Recipe.of(["Mail"], {}, ImportOptions()).quote is None
