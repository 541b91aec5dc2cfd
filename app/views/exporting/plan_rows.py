"""The rows of a dry run: who, which fate, and why, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.fields import BY_KEY, CUSTOM_PREFIX
from app.core.text import marked, tr
from app.services.exporting import ExportPlan, Fate, FieldMapping, PlanItem
from app.services.exporting.planfile import SENT
from app.views.common.cells import Cell, Column, Look, cell
from app.views.common.tokens import Tone
from app.views.common.words import contacts

PARTS = (
    ("create", marked("Create"), "chart.1"),
    ("update", marked("Update"), "chart.2"),
    ("unchanged", marked("Unchanged"), "chart.6"),
    ("skipped", marked("Skipped"), "chart.3"),
    ("invalid", marked("Invalid"), "chart.5"),
)
TABS: tuple[tuple[str, tuple[Fate, ...]], ...] = (
    (marked("All"), tuple(Fate)),
    (marked("Sent"), SENT),
    (marked("Not sent"), tuple(fate for fate in Fate if fate not in SENT)),
)
FATES: Mapping[Fate, tuple[str, Tone]] = {
    Fate.CREATE: (marked("Create"), Tone.INFO),
    Fate.UPDATE: (marked("Update"), Tone.SUCCESS),
    Fate.UNCHANGED: (marked("Unchanged"), Tone.NEUTRAL),
    Fate.SKIPPED: (marked("Skipped"), Tone.WARNING),
    Fate.INVALID: (marked("Invalid"), Tone.DANGER),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """One contact of the plan with its name."""

    item: PlanItem
    name: str

    @property
    def called(self) -> str:
        """Its name, else its key."""
        return self.name or self.item.key or contacts(1)


def columns() -> tuple[Column, ...]:
    """The columns of a dry run."""
    return (
        Column("name", tr("Contact"), 136, weight=2),
        Column("fate", tr("Fate"), 116, weight=0),
        Column("why", tr("Why"), 136, weight=3),
    )


class Shaper:
    """Turns planned contacts into cells; label is the destination's."""

    def __init__(self) -> None:
        self._label = ""
        self._titles: Mapping[str, str] = {}

    def use(self, plan: ExportPlan) -> None:
        """Word the contacts of this plan."""
        self._label, self._titles = plan.label, titles_of(plan.mapping)

    def __call__(self, planned: Planned, key: str) -> Cell:
        """One contact's cell in a column."""
        item = planned.item
        if key == "name":
            return cell(planned.called, Look.STRONG)
        if key == "fate":
            words, tone = FATES[item.fate]
            return Cell(tr(words), Look.PILL, tone)
        why = self.why(item)
        return Cell(why, Look.PROBLEM if item.fate is Fate.INVALID else Look.TEXT, tip=why)

    def why(self, item: PlanItem) -> str:
        """Why a contact has its fate."""
        if item.reason:
            field = self._titles.get(item.field, item.field)
            return f"{field}: {item.reason}" if field else item.reason[:1].upper() + item.reason[1:]
        if item.fate is Fate.CREATE:
            return tr("Not in {label} yet", label=self._label)
        if item.fate is Fate.UNCHANGED:
            return tr("Same values")
        if item.by_id:
            return tr("Its e-mail was changed here")
        return ", ".join(self._titles.get(name, name) for name in item.before or ())


def titles_of(mapping: FieldMapping) -> dict[str, str]:
    """Our title of what goes into each remote field; the remote name for a constant."""
    return {
        rule.remote: rule.remote if rule.source is None else _title(rule.source)
        for rule in mapping.rules
    }


def _title(key: str) -> str:
    field = BY_KEY.get(key)
    return field.title if field is not None else key.removeprefix(CUSTOM_PREFIX)
