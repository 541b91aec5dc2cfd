"""Credits that can never lie: grants, holds, settlements, limits, and the seal over all of them."""

from app.core.changes import CreditsChanged
from app.services.credits.attempts import Attempt
from app.services.credits.checks import Step
from app.services.credits.denial import Code, Denial, Remedy
from app.services.credits.door import Door
from app.services.credits.doors import Room
from app.services.credits.grants import Bucket
from app.services.credits.integrity import Integrity, State
from app.services.credits.names import AttemptState, Category, Kind
from app.services.credits.reading import LedgerFilter, LedgerRow, Overview, ProviderUse
from app.services.credits.scanning import Fault
from app.services.credits.service import Credits, Till

__all__ = [
    "Attempt",
    "AttemptState",
    "Bucket",
    "Category",
    "Code",
    "Credits",
    "CreditsChanged",
    "Denial",
    "Door",
    "Fault",
    "Integrity",
    "Kind",
    "LedgerFilter",
    "LedgerRow",
    "Overview",
    "ProviderUse",
    "Remedy",
    "Room",
    "State",
    "Step",
    "Till",
]
