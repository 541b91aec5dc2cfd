"""The verb `import`: a contact list becomes contacts, or a dry run says what would happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from app.cli.output import Output
from app.cli.progress import progress_of
from app.cli.verb import Session, cancellable, result_of, verb
from app.core.errors import InvalidInput
from app.core.settings import DEFAULT_COUNTRY, ON_DUPLICATE
from app.core.text import tr, trn
from app.services.importing import ImportOptions
from app.services.importing.fixes import Fixes, Replacement, Rule
from app.services.importing.layout import chosen_quote
from app.services.importing.parking import Parking
from app.services.importing.recipes import read_recipe, write_recipe
from app.services.importing.repairs import REPAIRS
from app.services.importing.shape import ReadOptions

LAST = "last"
"""The recipe of the last list with the same columns."""
LINES_SHOWN = 3
WARNINGS_SHOWN = 20
"""Kinds of warnings that are printed; --json has them all."""


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar='"COLUMN=FIELD"',
    help="Put a column into a field; COLUMN= ignores it. May be repeated.",
)
@click.option("--tag", "tags", multiple=True, help="Tag everybody in the file. May be repeated.")
@click.option(
    "--on-duplicate",
    type=click.Choice(["fill", "update", "skip", "create"]),
    help="When a person is already there; the default fills blanks only.",
)
@click.option(
    "--country",
    default=None,
    metavar="XX",
    help="Country of phone numbers written without a country code.",
)
@click.option("--encoding", default=None, help="Instead of the detected encoding.")
@click.option("--delimiter", default=None, help="Instead of the detected delimiter; or: tab.")
@click.option(
    "--quote",
    type=click.Choice(("double", "single", "none")),
    help="The sign around values that hold a delimiter, instead of the detected one.",
)
@click.option(
    "--header-row",
    type=click.IntRange(0),
    default=None,
    help="The row that holds the column names; 0 for none.",
)
@click.option("--sheet", default=None, help="The sheet of a spreadsheet.")
@click.option(
    "--date-order",
    "orders",
    multiple=True,
    metavar='"COLUMN=dmy"',
    help="How a column's dates are written: dmy, mdy or ymd. May be repeated.",
)
@click.option(
    "--keep-going",
    is_flag=True,
    help="Reject only the line whose quote is never closed, instead of the whole file.",
)
@click.option(
    "--recipe",
    default=None,
    metavar="FILE|last",
    help="Read, map and correct as a recipe says, or as the last list with the same columns.",
)
@click.option(
    "--save-recipe",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write what was decided into this file, for --recipe and for the window.",
)
@click.option(
    "--fix",
    "rules",
    multiple=True,
    metavar='"COLUMN=RULE"',
    help=f"Correct all such values of a column: {', '.join(REPAIRS)}. May be repeated.",
)
@click.option(
    "--replace",
    "replacements",
    nargs=3,
    multiple=True,
    metavar="COLUMN FIND PUT",
    help="Find and replace in a column. May be repeated.",
)
@click.option(
    "--value",
    "values",
    nargs=3,
    multiple=True,
    metavar="COLUMN WRITTEN VALUE",
    help="What a choice, status or country in a column becomes; an empty VALUE leaves it blank.",
)
@click.option(
    "--set",
    "constants",
    multiple=True,
    metavar='"FIELD=VALUE"',
    help="Give a field the same value in every row. May be repeated.",
)
@click.option(
    "--split-name", "splits", multiple=True, metavar="COLUMN", help="First and last name are one."
)
@click.option(
    "--decimal-mark",
    "decimals",
    multiple=True,
    metavar='"COLUMN=,"',
    help="The decimal mark of a column: a point or a comma. May be repeated.",
)
@click.option(
    "--field-rule",
    "by_field",
    multiple=True,
    metavar='"FIELD=update"',
    help="Another rule than --on-duplicate for one field: fill or update. May be repeated.",
)
@click.option("--skip-totals", is_flag=True, help="Leave out lines that only add up the others.")
@click.option("--skip-rows", type=click.IntRange(0), default=None, help="Lines left out on top.")
@click.option(
    "--header-rows",
    type=click.IntRange(1, 3),
    default=1,
    help="How many rows, down to --header-row, make up the column names.",
)
@click.option(
    "--park/--no-park",
    default=True,
    help="When new people do not fit into the plan: park the others, or import nobody.",
)
@click.option(
    "--fit-by",
    default=None,
    metavar="FIELD|-FIELD",
    help="Those with the lowest, or with - the highest, values come in; default: the first ones.",
)
@click.option(
    "--fit-only",
    multiple=True,
    metavar='"FIELD=TEXT"',
    help="Only such people come in if not all fit; FIELD~TEXT for values with it. Repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@click.option(
    "--plan-file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="With --dry-run: write each row's fate and reason to this JSON file.",
)
@verb
def import_(session: Session, /, file: Path, **given: Any) -> None:  # noqa: ANN401
    """Import contacts from FILE: CSV in any usual form, .xlsx, JSON, also compressed.

    Everything becomes visible at once, at the end. Ctrl+C stops after the present step and shows
    nothing: `job resume ID` goes on from there, `job cancel ID` removes what was written.
    Parked rows wait as a job: `job resume ID` imports as many as the plan has room for by then.
    """
    options = _options(session, **given)
    importing, output = session.app.importing, session.output
    if given["recipe"] is not None:
        options = _by_recipe(session, file, options, given["recipe"])
    if given["save_recipe"] is not None:
        recipe = importing.correcting.recipe(importing.preview(file, options), options)
        write_recipe(recipe, given["save_recipe"])
    with cancellable() as stop, progress_of(session.app.bus, output):
        if given["dry_run"]:
            result = importing.dry_run(file, options, cancel=stop, json_file=given["plan_file"])
        else:
            job = importing.start(file, options)
            result = result_of(session.app.jobs.run(job, pause=stop))
    _show(output, result, dry_run=given["dry_run"])
    session.exit_code = 1 if result["rejected"] or result["parked"] else 0


def _options(session: Session, **given: Any) -> ImportOptions:  # noqa: ANN401
    settings = session.app.settings
    delimiter = given["delimiter"]
    return ImportOptions(
        read=ReadOptions(
            encoding=given["encoding"],
            delimiter="\t" if delimiter in ("tab", "\\t") else delimiter,
            header_row=given["header_row"],
            sheet=given["sheet"],
            keep_going=given["keep_going"],
            skip_rows=given["skip_rows"],
            header_depth=given["header_rows"],
            quote=None if given["quote"] is None else chosen_quote(given["quote"]),
        ),
        mapping=_pairs(given["maps"], "Column=field"),
        date_orders=_pairs(given["orders"], "Column=dmy"),
        tags=given["tags"],
        on_duplicate=given["on_duplicate"] or str(settings.get(ON_DUPLICATE)),
        default_country=(given["country"] or str(settings.get(DEFAULT_COUNTRY))).upper(),
        decimals=_pairs(given["decimals"], "Column=,"),
        by_field=_pairs(given["by_field"], "field=update", by_first=True),
        fixes=_fixes(**given),
        parking=_parking(park=given["park"], by=given["fit_by"] or "", only=given["fit_only"]),
    )


def _parking(*, park: bool, by: str, only: tuple[str, ...]) -> Parking:
    """Whoever says who is to come in has said that the others may wait."""
    allowed = park or bool(by) or bool(only)
    return Parking(allowed, by.removeprefix("-"), by.startswith("-"), only)


def _fixes(**given: Any) -> Fixes:  # noqa: ANN401
    fixes = Fixes(
        constants=_pairs(given["constants"], "field=value", by_first=True),
        splits=given["splits"],
        drop_totals=given["skip_totals"],
    )
    for column, repair in _pairs(given["rules"], "Column=rule").items():
        if repair not in REPAIRS:
            raise InvalidInput(
                tr("There is no rule {rule}.", rule=repair),
                tr("Choose one of {rules}.", rules=", ".join(REPAIRS)),
            )
        fixes = fixes.with_rule(Rule(column, repair))
    for column, find, put in given["replacements"]:
        fixes = fixes.with_replacement(Replacement(column, find, put))
    for column, written, put in given["values"]:
        fixes = fixes.with_value(column, written, put)
    return fixes


def _by_recipe(session: Session, file: Path, options: ImportOptions, name: str) -> ImportOptions:
    """The options with a recipe beneath them; what was given on the command line goes before."""
    importing = session.app.importing
    if name != LAST:
        recipe = read_recipe(Path(name))
        options = replace(options, read=recipe.reading(options.read))
        return recipe.applied(options, importing.preview(file, options))
    preview = importing.preview(file, options)
    last = importing.correcting.remembered(preview)
    if last is None:
        raise InvalidInput(
            tr("No list with the columns of {file} was imported before.", file=file.name),
            tr("Leave --recipe out, or name a file that was written by --save-recipe."),
        )
    return last.recipe.applied(options, preview)


def _pairs(written: tuple[str, ...], form: str, *, by_first: bool = False) -> dict[str, str]:
    pairs = {}
    for pair in written:
        # A column's name may itself hold an =, a field's key never does.
        column, equals, field = pair.partition("=") if by_first else pair.rpartition("=")
        if not equals:
            raise InvalidInput(
                tr("This is not {form}: {pair}", form=form, pair=pair),
                tr('For example: --map "Courriel=email"'),
            )
        pairs[column] = field.strip()
    return pairs


def _show(output: Output, result: dict[str, Any], *, dry_run: bool) -> None:
    output.result(result)
    if output.as_json:
        return
    output.say(
        tr(
            "Would import {rows} rows:" if dry_run else "Imported {rows} rows:",
            rows=f"{result['rows']:,}",
        )
    )
    output.table(
        (tr("Created"), tr("Updated"), tr("Unchanged"), tr("Duplicates"), tr("Rejected")),
        [[result[k] for k in ("created", "updated", "unchanged", "duplicates", "rejected")]],
    )
    _notes(output, result, dry_run=dry_run)
    if result["parking"]:
        _say_parked(output, result)


def _say_parked(output: Output, result: Mapping[str, Any]) -> None:
    parking, rows = result["parking"], result["parked"]
    output.say(parking["message"])
    if "job" not in parking:
        output.say(trn("{n} row would be parked.", "{n} rows would be parked.", rows))
        return
    output.say(
        trn(
            "{n} row is parked: job {id}. Once there is room: captely job resume {id}",
            "{n} rows are parked: job {id}. Once there is room: captely job resume {id}",
            rows,
            id=parking["job"],
        )
    )


def _notes(output: Output, result: dict[str, Any], *, dry_run: bool) -> None:
    if ignored := [column for column, field in result["mapping"].items() if not field]:
        output.note(tr("Ignored columns: {names}", names=", ".join(ignored)))
    warnings = result["warnings"]
    for warning in warnings[:WARNINGS_SHOWN]:
        output.note(_warning(warning))
    if len(warnings) > WARNINGS_SHOWN:
        more = len(warnings) - WARNINGS_SHOWN
        output.note(
            trn("and {n} more warning, see --json", "and {n} more warnings, see --json", more)
        )
    if result["rejects_file"]:
        output.note(tr("Rejected rows, ready to correct: {file}", file=result["rejects_file"]))
    elif dry_run and result["rejected"]:
        output.note(tr("Why each row would be rejected: add --plan-file FILE"))


def _warning(warning: Mapping[str, Any]) -> str:
    """A warning with the rows it is about or, when they are many, how many and the first ones."""
    count, words = warning["count"], warning["message"]
    if not warning["lines"]:
        return str(words)
    lines = ", ".join(str(line) for line in warning["lines"][:LINES_SHOWN])
    if count <= LINES_SHOWN:
        return tr(
            "Row {lines}: {words}" if count == 1 else "Rows {lines}: {words}",
            lines=lines, words=words,
        )  # fmt: skip
    return tr(
        "{count} rows, such as {lines}: {words}", count=f"{count:,}", lines=lines, words=words
    )
