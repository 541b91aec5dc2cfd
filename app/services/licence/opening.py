"""Opens the licences of a workspace on this computer: where facts, keys and marks are kept."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app.core.clock import Clock
from app.core.events import Bus
from app.core.paths import computer_folder
from app.models.credits import Transfer
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
    journal: Journal,
) -> Licences:
    """The licences of the workspace in `store`, as the computer of this name sees them.

    practice is set in a sandbox only. before is called before another licence counts, journal
    with what is to be noted.
    """
    folder = computer_folder()
    device = Device(keyring, folder)
    facts = Facts(store, computer)
    return Licences(
        facts, device, folder, clock, bus, practice=practice, before=before,
        ledger=lambda: _ledger_end(store), journal=journal,
    )  # fmt: skip


def _ledger_end(store: Store) -> LedgerEnd:
    """The last movement, read from its table: the credits themselves ask the licence the time."""
    newest = select(Transfer.seq, Transfer.at).order_by(Transfer.seq.desc()).limit(1)
    with store.reading() as connection:
        row = connection.execute(newest).first()
    return LedgerEnd(row.seq, row.at // 1_000_000) if row else LedgerEnd()
