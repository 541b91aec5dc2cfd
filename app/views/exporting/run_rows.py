"""The contacts of a run as rows, and how a run ended in one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.text import marked, tr, trn
from app.services.exporting import ItemView, RunView, State
from app.views.common.cells import MISSING, Cell, Column, Look, cell
from app.views.common.tokens import Tone

PARTS = (
    ("ok", marked("Delivered"), "chart.2"),
    ("unchanged", marked("Unchanged"), "chart.6"),
    ("skipped", marked("Skipped"), "chart.3"),
    ("failed", marked("Failed"), "chart.5"),
    ("ambiguous", marked("Unclear"), "chart.4"),
)
STATES: Mapping[State, tuple[str, Tone]] = {
    State.PENDING: (marked("Waiting"), Tone.NEUTRAL),
    State.SENT: (marked("No answer yet"), Tone.WARNING),
    State.OK: (marked("Delivered"), Tone.SUCCESS),
    State.UNCHANGED: (marked("Unchanged"), Tone.NEUTRAL),
    State.FAILED: (marked("Failed"), Tone.DANGER),
    State.AMBIGUOUS: (marked("Unclear"), Tone.WARNING),
}
LINES = 2
"""For the reason; the whole of a longer one stands beside the list."""
TABS: tuple[tuple[str, tuple[State, ...]], ...] = (
    (marked("Failed"), (State.FAILED,)),
    (marked("Unclear"), (State.AMBIGUOUS, State.SENT)),
    (marked("Delivered"), (State.OK,)),
    (marked("All"), tuple(State)),
)


def columns() -> tuple[Column, ...]:
    """The columns of a run."""
    return (
        Column("email", tr("Contact"), 160, weight=2),
        Column("state", tr("State"), 128, weight=0),
        Column("why", tr("Why, and what next"), 160, weight=4),
    )


def shape(item: ItemView, key: str) -> Cell:
    """One contact of a run as a cell."""
    if key == "email":
        return cell(item.email or tr("Contact {id}", id=item.contact), Look.STRONG)
    if key == "state":
        words, tone = STATES[item.state]
        return Cell(tr(words), Look.PILL, tone)
    why = why_of(item)
    look = Look.PROBLEM if item.state is State.FAILED else Look.TEXT
    return Cell(why or MISSING, look if why else Look.QUIET, tip=why, lines=LINES)


def why_of(item: ItemView) -> str:
    """Cause and next step of a contact that was not delivered."""
    if item.state is State.AMBIGUOUS and not item.message:
        return tr("No answer came, so nobody knows whether it was taken.")
    if item.state is State.SENT:
        return tr("Under way when the export stopped.")
    return f"{item.message} {item.hint}".strip()


def outcome(run: RunView) -> tuple[str, Tone]:
    """How a run ended, in one sentence: 467 delivered, 3 failed."""
    counts = {key: int(run.counts.get(key, 0)) for key, *_rest in PARTS}
    if "ok" not in run.counts:
        return tr("This export was not finished."), Tone.WARNING
    parts = [trn("{n} delivered", "{n} delivered", counts["ok"])]
    if counts["failed"]:
        parts.append(trn("{n} failed", "{n} failed", counts["failed"]))
    if counts["ambiguous"]:
        parts.append(trn("{n} unclear", "{n} unclear", counts["ambiguous"]))
    said = f"{', '.join(parts)}."
    if counts["ambiguous"]:
        unclear = tr("No answer says whether the unclear ones were taken; retrying looks first.")
        return f"{said} {unclear}", Tone.WARNING
    if counts["failed"]:
        return f"{said} {tr('Each one says why below.')}", Tone.WARNING
    if not counts["ok"]:
        return tr("Nothing to do: everything was there already."), Tone.SUCCESS
    return said, Tone.SUCCESS


def countdown(seconds: float) -> str:
    """0:24."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
