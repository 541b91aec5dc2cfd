"""Changes of many contacts: planned first, then done as planned, as one undoable step.

Here is what both sides speak of; the service itself, with the rules of every field, is in
`service` and is imported when it is first needed.
"""

from app.services.bulk.acts import REPLACEABLE, Act, Edit
from app.services.bulk.plans import Block, BulkOutcome, BulkPlan, Sample

__all__ = ["REPLACEABLE", "Act", "Block", "BulkOutcome", "BulkPlan", "Edit", "Sample"]
