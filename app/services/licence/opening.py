"""Opens the licences of a workspace on this computer: where facts, keys and marks are kept."""

from __future__ import annotations

from collections.abc import Callable

from app.core.clock import Clock
from app.core.events import Bus
from app.core.paths import computer_folder
from app.models.store import Store
from app.services.licence.device import Device
from app.services.licence.facts import Facts
from app.services.licence.high_water import LedgerEnd
from app.services.licence.noting import Journal
from app.services.licence.service import Licences, Practice
from app.services.secrets import Keyring


def open_licences(
    store: Store,
    keyring: Callable[[], Keyring],
    clock: Clock,
    bus: Bus,
    computer: str,
    practice: Practice | None,
    *,
    before: Callable[[], object],
    ledger: Callable[[], LedgerEnd],
    journal: Journal,
) -> Licences:
    """The licences of the workspace in `store`, as the computer of this name sees them.

    practice is set in a sandbox only. before is called before another licence counts, ledger for
    the last movement of credits, journal with what is to be noted.
    """
    folder = computer_folder()
    device = Device(keyring, folder)
    facts = Facts(store, computer)
    return Licences(
        facts, device, folder, clock, bus, practice=practice, before=before, ledger=ledger,
        journal=journal,
    )  # fmt: skip
