"""Changes of many contacts: planned first, then done as planned, as one undoable step."""

from app.services.bulk.edits import REPLACEABLE, Act, Edit
from app.services.bulk.plans import Block, BulkPlan, Sample
from app.services.bulk.running import BulkOutcome
from app.services.bulk.service import SMALL, Bulk

__all__ = [
    "REPLACEABLE",
    "SMALL",
    "Act",
    "Block",
    "Bulk",
    "BulkOutcome",
    "BulkPlan",
    "Edit",
    "Sample",
]
