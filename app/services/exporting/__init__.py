"""Sending contacts on: to other systems by a plan and a ledger, and to files."""

from app.services.exporting.ledger import State
from app.services.exporting.mapping import FieldMapping, Rule, mapping_from
from app.services.exporting.planfile import Fate, PlanItem
from app.services.exporting.plans import ExportPlan
from app.services.exporting.runs import ItemView, RunView
from app.services.exporting.service import Exporting

__all__ = [
    "ExportPlan",
    "Exporting",
    "Fate",
    "FieldMapping",
    "ItemView",
    "PlanItem",
    "Rule",
    "RunView",
    "State",
    "mapping_from",
]
