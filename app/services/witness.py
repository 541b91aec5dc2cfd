"""Keeps the end of the journal in the computer's keyring, where a copied file does not reach.

The chain proves that no entry was altered, but a chain whose last entries were cut off, or a whole
database put back from an older copy, is still a chain. Its end as it was last seen tells. Asking
the keyring takes a while and may ask a person, so it is not done with each change: only when the
journal is checked, when the window begins and ends, and after changes if the last time is an hour
ago and the keyring has answered before.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from app.core.changes import Changes
from app.core.clock import Clock
from app.core.errors import CaptelyError
from app.core.events import Bus
from app.core.paths import Workspace
from app.models.journal import JournalHead, Operation
from app.models.store import Store

if TYPE_CHECKING:
    # Only when it is asked: a window starts without the libraries of the keyring.
    from app.services.secrets import Keyring

ACCOUNT = "journal"
OFTEN_ENOUGH = timedelta(hours=1)


class Verdict(StrEnum):
    """How the journal stands to its end as last seen."""

    AGREES = "agrees"
    CUT = "cut"
    OTHER = "other"
    NEVER_SEEN = "never seen"
    NO_KEYRING = "no keyring"


@dataclass(frozen=True, slots=True)
class Sighting:
    """The verdict, and entry and time of the end last seen, if there is one."""

    verdict: Verdict
    entry: int = 0
    at: str = ""

    @property
    def ok(self) -> bool:
        """False when the journal is not the one that was seen, or not all of it."""
        return self.verdict not in (Verdict.CUT, Verdict.OTHER)


class Witness:
    """Remembers the end of one workspace's journal and compares it; keyring is called for it."""

    def __init__(
        self, store: Store, keyring: Callable[[], Keyring], clock: Clock, workspace: Workspace
    ) -> None:
        mark = sha256(str(workspace.folder.absolute()).encode()).hexdigest()[:12]
        self._account = f"{mark}/{ACCOUNT}"
        self._store = store
        self._keyring = keyring
        self._clock = clock
        self._stamp = workspace.folder / "journal.seen"
        self._changed = False

    def compare(self) -> Sighting:
        """How the journal stands to its end as last seen; asks the keyring."""
        if not self._keyring().state().ok:
            return Sighting(Verdict.NO_KEYRING)
        seen = _read(self._keyring().get(self._account))
        if seen is None:
            return Sighting(Verdict.NEVER_SEEN)
        entry, hashed, at = seen
        with self._store.reading() as connection:
            end, _ = _end(connection)
            held = _hash_of(connection, entry)
        if end < entry:
            return Sighting(Verdict.CUT, entry, at)
        return Sighting(Verdict.AGREES if held == hashed else Verdict.OTHER, entry, at)

    def remember(self, *, accept: bool = False) -> Sighting:
        """Keep the present end, if it continues the one last seen or `accept` says so.

        Returns how it stood before. Raises StorageError when the keyring refuses.
        """
        sighting = self.compare()
        if sighting.verdict is not Verdict.NO_KEYRING and (sighting.ok or accept):
            self._write()
        return sighting

    def follow(self, bus: Bus) -> Callable[[], None]:
        """Take note of changes from now on, so that `settle` knows of them."""

        def heard(_changes: Changes) -> None:
            self._changed = True

        return bus.subscribe(Changes, heard)

    def settle(self, *, soon: bool = False) -> None:
        """Keep the present end after changes, if that is due or `soon` says that it is.

        What the keyring has against it is no concern of the work that is ending.
        """
        if self._changed and (soon or self._is_due()):
            self._changed = False
            with contextlib.suppress(CaptelyError):
                self.remember()

    def _is_due(self) -> bool:
        try:
            last = datetime.fromisoformat(self._stamp.read_text("utf-8"))
            return self._clock.now() - last >= OFTEN_ENOUGH
        except (OSError, ValueError, TypeError):
            # The keyring has never answered here: who has none should not pay for asking.
            return False

    def _write(self) -> None:
        with self._store.reading() as connection:
            entry, hashed = _end(connection)
        now = self._clock.now().isoformat()
        told = {"entry": entry, "hash": hashed, "at": now}
        self._keyring().set(self._account, json.dumps(told))
        self._changed = False
        _stamp(self._stamp, now)


def _stamp(path: Path, now: str) -> None:
    with contextlib.suppress(OSError):
        path.write_text(now, encoding="utf-8")


def _read(text: str | None) -> tuple[int, str, str] | None:
    """What was kept; None when there is nothing that can be read."""
    try:
        told = json.loads(text or "")
        return int(told["entry"]), str(told["hash"]), str(told["at"])
    except (ValueError, KeyError, TypeError):
        return None


def _end(connection: Connection) -> tuple[int, str]:
    head = connection.execute(select(JournalHead.seq, JournalHead.hash)).first()
    return (0, "") if head is None else (head.seq, head.hash.hex())


def _hash_of(connection: Connection, entry: int) -> str:
    """The hash of an entry; before the first one it is that of an empty journal."""
    if entry == 0:
        return bytes(32).hex()
    held = connection.execute(select(Operation.hash).where(Operation.seq == entry)).scalar()
    return held.hex() if held else ""
