"""The verb `export`: to a file, or to a connected tool with a dry run first."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from app.cli.output import Output
from app.cli.progress import progress_of
from app.cli.verb import QUERY_SETTINGS, Session, cancellable, query_text, result_of, verb
from app.core.text import tr, trn
from app.services.exporting import ExportPlan, FieldMapping, read_mapping

FATES = ("create", "update", "unchanged", "skipped", "invalid")
OUTCOMES = ("ok", "failed", "ambiguous")


@click.group()
def export() -> None:
    """Export contacts to a file (csv, json, vcard) or to a connected tool (hubspot)."""


def _file_command(kind: str, words: str) -> click.Command:
    @click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
    @click.argument("query", nargs=-1)
    @click.option("--force", is_flag=True, help="Replace the file if it exists.")
    @verb
    def to_file(session: Session, file: Path, query: tuple[str, ...], *, force: bool) -> None:
        with cancellable() as stop:
            written = session.app.file_exports.write(
                kind, file, query_text(query), replace=force, cancel=stop
            )
        session.output.result({"written": written, "file": str(file)})
        session.output.say(
            trn("Wrote {n} contact to {file}", "Wrote {n} contacts to {file}", written, file=file)
        )

    return click.command(kind, help=words, context_settings=QUERY_SETTINGS)(to_file)


for _kind, _words in (
    ("csv", "Write the contacts that match QUERY to a CSV file that imports again losslessly."),
    ("json", "Write the contacts that match QUERY to a JSON file that imports again losslessly."),
    ("vcard", "Write the contacts that match QUERY as vCards for an address book."),
):
    export.add_command(_file_command(_kind, _words))


@export.command("hubspot", context_settings=QUERY_SETTINGS)
@click.argument("query", nargs=-1)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A JSON file with the mapping, instead of the saved or suggested one.",
)
@click.option(
    "--dry-run", is_flag=True, help="Each contact's fate and the exact requests; no write."
)
@click.option(
    "--plan-file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="With --dry-run: write the whole plan to this JSON file.",
)
@click.option(
    "--retry-failed",
    "retry",
    type=int,
    metavar="RUN",
    default=None,
    help="Send only the failed contacts of an earlier run again.",
)
@click.option(
    "--backfill",
    type=click.Choice(("only", "skip")),
    help="Contacts sent earlier without a field that is mapped now: only these, or not these.",
)
@click.option(
    "--yes", is_flag=True, help="Export although the account is not the one of last time."
)
@verb
def hubspot(session: Session, /, query: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Export the contacts that match QUERY to HubSpot.

    Ctrl+C stops after the calls under way: `job resume ID` sends the rest and nothing twice,
    `job cancel ID` forgets the rest. What was sent stays there.
    """
    _to_connector(session, "hubspot", query_text(query), **given)


def _to_connector(session: Session, name: str, query: str, **given: Any) -> None:  # noqa: ANN401
    exporting = session.app.exporting
    with cancellable() as stop, progress_of(session.app.bus, session.output):
        plan = _plan(session, name, query, stop, **given)
        if given["dry_run"]:
            result = exporting.dry_run(plan)
            if given["plan_file"] is not None:
                with given["plan_file"].open("w", encoding="utf-8") as stream:
                    exporting.write_plan(plan, stream)
            exporting.discard(plan)
        else:
            job = exporting.start(plan, confirm_account=given["yes"])
            result = result_of(session.app.jobs.run(job, pause=stop))
    _show(session.output, result, dry_run=given["dry_run"])
    _tell_backfill(session.output, result)
    session.exit_code = 1 if result["failed"] or result["invalid"] or result["ambiguous"] else 0


def _plan(
    session: Session,
    name: str,
    query: str,
    stop: threading.Event,
    **given: Any,  # noqa: ANN401
) -> ExportPlan:
    exporting = session.app.exporting
    if given["retry"] is not None:
        return exporting.plan_retry(given["retry"], cancel=stop)
    mapping = None
    if given["mapping"] is not None:
        mapping = read_mapping(name, given["mapping"])
    ids = _chosen(session, name, query, mapping, given["backfill"])
    return exporting.plan(name, ids, mapping=mapping, cancel=stop)


def _chosen(
    session: Session, name: str, query: str, mapping: FieldMapping | None, backfill: str | None
) -> Sequence[int]:
    """The contacts of the query; of those sent earlier without a field, none or only them."""
    if backfill is None:
        return session.app.search.ids(query, sort="id").ids
    behind = session.app.exporting.behind(name, mapping)
    if backfill == "only":
        return behind
    left_out = set(behind)
    return [each for each in session.app.search.ids(query, sort="id").ids if each not in left_out]


def _tell_backfill(output: Output, result: dict[str, Any]) -> None:
    late = result.get("backfill", {})
    if output.as_json or not late.get("fields"):
        return
    fields, count = ", ".join(late["fields"]), late["planned"] + late["outside"]
    output.note(
        trn(
            "{n} contact sent earlier lacks {fields}; see --backfill",
            "{n} contacts sent earlier lack {fields}; see --backfill",
            count,
            fields=fields,
        )
    )


def _show(output: Output, result: dict[str, Any], *, dry_run: bool) -> None:
    output.result(result)
    columns = FATES if dry_run else FATES + OUTCOMES
    output.table([tr(name.capitalize()) for name in columns], [[result[k] for k in columns]])
    if output.as_json:
        return
    for failure in result.get("failures") or ():
        output.note(f"{failure.get('email') or failure.get('contact')}: {failure['message']}")
