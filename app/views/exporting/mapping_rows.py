"""The rows of the mapping editor: ours, theirs, a sample, and what to look at."""

from __future__ import annotations

from app.core.text import tr
from app.services.exporting import Editing, Preview, Rule
from app.services.exporting.mapping import FieldMapping, unmapped_choices
from app.services.exporting.suggest import SURE
from app.views.common.cells import Cell, Column, Look
from app.views.common.tokens import Tone
from app.views.exporting.mapping_words import sample_cell, source_words, trouble_words


def columns(label: str) -> tuple[Column, ...]:
    """The columns of the editor; label is the destination's name."""
    return (
        Column("ours", tr("Our field"), 116, weight=2),
        Column("theirs", tr("{label} field", label=label), 116, weight=2),
        Column("sent", tr("As it will be sent"), 128, weight=3, rank=2),
        Column("state", tr("State"), 120, weight=0),
    )


def row_of(
    rule: Rule, editing: Editing, preview: Preview, problem: str, confidence: float | None
) -> tuple[Cell, ...]:
    """One rule as cells; problem says why it could never work."""
    target = editing.remote.get(rule.remote)
    label = target.label if target else rule.remote
    return (
        Cell(source_words(rule, editing.local), Look.STRONG),
        Cell(f"→ {label}", Look.TEXT, tip=rule.remote),
        sample_cell(preview.of(rule.remote)),
        _state(rule, editing, preview, problem, confidence),
    )


def _state(
    rule: Rule, editing: Editing, preview: Preview, problem: str, confidence: float | None
) -> Cell:
    if problem:
        return Cell(tr("Cannot work"), Look.PILL, Tone.DANGER, tip=problem)
    mapping = FieldMapping(editing.name, (rule,))
    lost = unmapped_choices(mapping, editing.local, editing.remote.fields).get(rule.remote, ())
    trouble = trouble_words(rule, preview.of(rule.remote), lost)
    if trouble:
        return Cell(tr("Look at it"), Look.PILL, Tone.WARNING, tip=trouble)
    if rule.remote == editing.key_field:
        return Cell(tr("Key"), Look.PILL, Tone.INFO, tip=tr("By it a person is recognised there."))
    if confidence is not None:
        percent = f"{round(confidence * 100)} %"
        if confidence < SURE:
            tip = tr("The names are only alike: is this what you mean?")
            return Cell(tr("{percent} alike", percent=percent), Look.PILL, Tone.WARNING, tip=tip)
        return Cell(tr("{percent} sure", percent=percent), Look.QUIET)
    return Cell(tr("Ready"), Look.QUIET)
