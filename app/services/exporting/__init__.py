"""Sending contacts on: to other systems by a plan and a ledger, and to files."""

from app.services.exporting.backfill import Backfill
from app.services.exporting.ledger import State
from app.services.exporting.mapping import FieldMapping, Rule, problems
from app.services.exporting.mapping_file import mapping_from, read_mapping, write_mapping
from app.services.exporting.mappings import STANDARD, Before, Book, Editing
from app.services.exporting.planfile import Fate, PlanItem
from app.services.exporting.plans import ExportPlan, Forecast, Request
from app.services.exporting.preview import Preview, Sample, ValueCount
from app.services.exporting.runs import ItemView, RunView
from app.services.exporting.service import Exporting
from app.services.exporting.suggest import Suggestion

__all__ = [
    "STANDARD",
    "Backfill",
    "Before",
    "Book",
    "Editing",
    "ExportPlan",
    "Exporting",
    "Fate",
    "FieldMapping",
    "Forecast",
    "ItemView",
    "PlanItem",
    "Preview",
    "Request",
    "Rule",
    "RunView",
    "Sample",
    "State",
    "Suggestion",
    "ValueCount",
    "mapping_from",
    "problems",
    "read_mapping",
    "write_mapping",
]
