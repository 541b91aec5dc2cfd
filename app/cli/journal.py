"""The verbs undo, redo and history, over the one journal that the window uses too."""

from __future__ import annotations

import click

from app.cli.output import as_json
from app.cli.verb import Session, verb
from app.core.text import tr, trn
from app.services.entries import Entry
from app.services.operations import Undone

KEPT_SHOWN = 20
"""Values that an undo left alone and that are printed; --json has them all."""


@click.command()
@click.argument("operation", type=int, required=False)
@verb
def undo(session: Session, operation: int | None) -> None:
    """Take back your last change, or the OPERATION with that id."""
    _show(session, session.app.operations.undo(operation))


@click.command()
@click.argument("operation", type=int, required=False)
@verb
def redo(session: Session, operation: int | None) -> None:
    """Do again what you last undid, or the undone OPERATION with that id or the id of its undo."""
    _show(session, session.app.operations.redo(operation))


@click.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--offset", default=0, type=click.IntRange(0))
@click.option("--actor", default=None, help="Only this person's changes.")
@verb
def history(session: Session, limit: int, offset: int, actor: str | None) -> None:
    """List what was changed, by whom and when, newest first."""
    rows = session.app.history.operations(limit, offset, actor)
    session.output.result({"history": rows})
    session.output.table(
        (tr("Id"), tr("When"), tr("Who"), tr("What"), tr("Rows"), tr("State")),
        ((str(r.id), r.at, r.actor, r.label, r.rows, _state(r)) for r in rows),
    )


def _state(entry: Entry) -> str:
    if entry.undone:
        return tr("undone")
    return "" if entry.undoable else tr("final")


def _show(session: Session, outcome: Undone) -> None:
    session.output.result(as_json(outcome))
    rows = trn("{n} row", "{n} rows", outcome.undone)
    session.output.say(f"{outcome.label} ({rows})")
    for kept in outcome.kept[:KEPT_SHOWN]:
        session.output.note(
            tr(
                "Kept: {table} {row} {field} ({reason})",
                table=kept.table,
                row=kept.row,
                field=kept.field,
                reason=kept.reason,
            )
        )
    if len(outcome.kept) > KEPT_SHOWN:
        more = len(outcome.kept) - KEPT_SHOWN
        session.output.note(trn("Kept: {n} more value", "Kept: {n} more values", more))
