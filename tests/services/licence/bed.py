"""A workspace's licences over a real database, with a keyring in memory and a clock in hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.core.errors import StorageError
from app.core.events import Bus
from app.core.paths import Workspace
from app.models.migrating import migrate
from app.models.store import Store
from app.services.licence.device import Device
from app.services.licence.facts import Facts
from app.services.licence.high_water import LedgerEnd
from app.services.licence.keys import Keyset
from app.services.licence.noting import Journal
from app.services.licence.refusals import Code, LicenceRefused
from app.services.licence.service import Licences, Practice
from app.services.licence.standing import Standing
from app.services.secrets import Keyring, KeyringState
from tests.services.licence.vendor import ISSUED, Vendor
from tests.services.office import HeldClock

NOON = datetime.fromtimestamp(ISSUED, UTC)


class Ring(Keyring):
    """A keyring in memory, which a test may take away; it counts how often it is asked."""

    def __init__(self, *, there: bool = True) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.there = there
        self.asked = 0

    def state(self, *, again: bool = False) -> KeyringState:
        self.asked += 1
        return KeyringState(ok=self.there)

    def get(self, account: str) -> str | None:
        return self.kept.get(account)

    def set(self, account: str, secret: str) -> None:
        if not self.there:
            raise StorageError("The computer's keyring is locked.")
        self.kept[account] = secret


@dataclass
class Bed:
    """One workspace on one computer; `again` is a new process of it."""

    store: Store
    folder: Path
    ring: Ring
    clock: HeldClock
    vendor: Vendor
    licences: Licences
    practice: Practice | None = None
    ledger: LedgerEnd = field(default_factory=LedgerEnd)
    journal: Journal | None = None

    @property
    def facts(self) -> Facts:
        return Facts(self.store, "desk")

    def again(self) -> Licences:
        """Forget what the process has in memory."""
        device = Device(lambda: self.ring, self.folder)
        self.licences = Licences(
            self.facts, device, self.folder, self.clock, Bus(), practice=self.practice,
            ledger=lambda: self.ledger, journal=self.journal,
        )  # fmt: skip
        self.licences.__dict__["_keys"] = Keyset([self.vendor.public])
        return self.licences

    def at(self, moment: int) -> Standing:
        """A new process at this moment (epoch s), which looks and keeps the time."""
        self.clock.pass_by(datetime.fromtimestamp(moment, UTC) - self.clock.now())
        standing = self.again().current()
        self.licences.keep_time()
        return standing

    def licence(self, **changes: Any) -> str:
        """A licence of the vendor for this workspace."""
        return self.vendor.licence(**({"sub": self.licences.workspace} | changes))

    def install(self, **changes: Any) -> Standing:
        """Install such a licence."""
        return self.licences.install(self.licence(**changes))

    def refused(self, text: str) -> Code:
        """Why a text is not accepted."""
        try:
            self.licences.install(text)
        except LicenceRefused as refused:
            return refused.reason
        raise AssertionError("it was accepted")


@contextmanager
def open_bed(
    folder: Path, url: str | None = None, practice: Practice | None = None
) -> Iterator[Bed]:
    workspace = Workspace(folder / "workspace").prepare()
    store = Store(url) if url else Store.on_file(workspace.database)
    migrate(store, workspace, now=NOON)
    ring, clock, vendor = Ring(), HeldClock(NOON + timedelta(minutes=1)), Vendor()
    bed = Bed(store, folder / "computer", ring, clock, vendor, None, practice)  # type: ignore[arg-type]
    bed.again()
    try:
        yield bed
    finally:
        store.close()
