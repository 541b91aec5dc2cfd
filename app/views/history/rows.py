"""How one operation looks in the list of the history, and what can still be done about it."""

from __future__ import annotations

from datetime import datetime

from app.core.text import marked, tr, trn
from app.services.entries import UNDO, Entry
from app.services.operations import UndoPreview
from app.views.common.cells import Cell, Column, Look, cell
from app.views.common.tokens import Tone
from app.views.common.words import long_time, number, short_time

COLUMNS = (
    Column("label", marked("What"), 240, weight=4),
    Column("rows", marked("Rows"), 80, weight=0, right=True, rank=2),
    Column("state", marked("State"), 132, weight=0),
    Column("actor", marked("Who"), 112, weight=1, rank=3),
    Column("origin", marked("Through"), 104, weight=0, rank=4),
    Column("at", marked("When"), 132, weight=0, rank=1, right=True),
)

KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (marked("All"), ()),
    (marked("Imports"), ("import",)),
    (marked("Contacts"), ("contact",)),
    (marked("Tags and fields"), ("tag", "field", "status", "suppression")),
    (marked("Undo and redo"), ("undo", "redo")),
    (marked("Plan and credits"), ("licence", "credits")),
)
"""The tabs of the history with the kinds of operation that each shows."""

_ORIGINS = {
    "ui": marked("Window"),
    "cli": marked("Commands"),
    "job": marked("Job"),
    "provider": marked("Provider"),
    "sync": marked("Sync"),
}


def can_be_undone(entry: Entry) -> bool:
    """False for an undo itself, which is what Redo is for."""
    return entry.undoable and not entry.undone and entry.kind != UNDO


def can_be_redone(entry: Entry) -> bool:
    """True for what was undone, and for an undo that still stands."""
    return entry.undone if entry.kind != UNDO else not entry.undone


def row_of(entry: Entry, now: datetime) -> tuple[Cell, ...]:
    """One operation as cells."""
    if entry.undone:
        state = Cell(tr("Undone"), Look.PILL, Tone.NEUTRAL)
    elif entry.kind == UNDO:
        state = Cell(tr("An undo"), Look.PILL, Tone.VIOLET)
    elif not entry.rows:
        state = Cell(tr("Noted"), Look.PILL, Tone.NEUTRAL)
    elif entry.undoable:
        state = Cell(tr("Can be undone"), Look.QUIET)
    else:
        state = Cell(tr("Final"), Look.PILL, Tone.WARNING, tr("What was sent or paid stays so."))
    return (
        Cell(entry.label, Look.STRONG, tip=entry.label),
        Cell(number(entry.rows), Look.FIGURE),
        state,
        cell(entry.actor),
        cell(tr(_ORIGINS.get(entry.origin, entry.origin))),
        Cell(short_time(entry.at, now), tip=long_time(entry.at)),
    )


def words_of(entry: Entry) -> str:
    """What can be done about an operation."""
    if can_be_undone(entry):
        return tr("Can be undone. The rest of what happened since stays.")
    if can_be_redone(entry):
        return tr("Taken back. Redo does it again.")
    if entry.undone:
        return tr("Done again since.")
    if not entry.rows:
        return tr("Only noted: it changed no contact.")
    return tr("Final: what was sent, paid or written elsewhere cannot be taken back.")


def preview_words(preview: UndoPreview) -> str:
    """What an undo would change, and what it would leave alone."""
    changes = trn("Undo puts {n} row back.", "Undo puts {n} rows back.", preview.rows)
    kept = sum(preview.kept.values())
    if not kept:
        return changes
    stays = trn(
        "{n} row stays, as it changed since.", "{n} rows stay, as they changed since.", kept
    )
    return f"{changes} {stays}"
