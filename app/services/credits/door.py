"""Where a computer keeps what the database must not hold: each chain's key and its last link.

The computer's keyring, else files that only their owner may read. The files are weaker, for
whoever can change the database can change them as well, and what they seal says so (`f-`).
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import StorageError
from app.core.text import tr
from app.services.credits.signing import Peer

if TYPE_CHECKING:
    from app.services.secrets import Keyring

log = logging.getLogger("captely.credits")

IN_KEYRING, IN_FILE = "k-", "f-"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Sealed:
    """A chain's key with its last link as last seen; consumed are the milli-credits used by then.

    n is 0 as long as the chain has no link. checked is when the whole ledger was last found whole,
    in microseconds, 0 after it was not. mark is the workspace that it belongs to; empty in what
    was kept before it was written down, which the first check of its ledger does.
    """

    chain: str
    kid: str
    key: str
    n: int = 0
    mac: str = ""
    consumed: int = 0
    checked: int = 0
    mark: str = ""

    def at(self, n: int, mac: str, consumed: int) -> Sealed:
        """The same chain, further on."""
        return replace(self, n=n, mac=mac, consumed=consumed)


class Door:
    """Keeps and finds sealed chains for one workspace, in the keyring or in `folder`.

    keyring is called when it is first needed: asking it takes a while. mark is the UUID by which
    the workspace is known wherever it lies, so that a database that was emptied is not taken for a
    new one, nor the ledger of another workspace for its own.
    """

    def __init__(self, keyring: Callable[[], Keyring] | None, folder: Path, mark: str) -> None:
        self._ring = keyring
        self._folder = folder
        self._mark = mark
        self._keys: dict[str, Sealed] = {}

    @property
    def has_keyring(self) -> bool:
        """False on a computer without a keyring, and while it is locked."""
        return self._ring is not None and self._ring().state().ok

    def make(self, chain: str) -> Sealed:
        """A new key for a new chain, kept before anything is sealed with it.

        Raises StorageError when neither the keyring nor the folder takes it.
        """
        if self.has_keyring:
            try:
                return self._make(chain, IN_KEYRING)
            except StorageError as error:
                log.warning("The keyring did not take the ledger's key: %s", error.message)
        return self._make(chain, IN_FILE)

    def _make(self, chain: str, prefix: str) -> Sealed:
        kid, key = prefix + secrets.token_hex(4), secrets.token_hex(KEY_BYTES)
        made = Sealed(chain, kid, key, mark=self._mark)
        self.keep(made)
        self._point_to(made)
        return made

    def adopt(self, sealed: Sealed) -> None:
        """Tie a chain to this workspace that was begun before chains were tied to theirs.

        Quiet when neither the keyring nor the folder takes it: the next check tries again.
        """
        if sealed.mark:
            return
        with contextlib.suppress(StorageError):
            self.keep(sealed)
            self._point_to(sealed)

    def _point_to(self, sealed: Sealed) -> None:
        told = json.dumps({"chain": sealed.chain})
        self._write(f"ledger/{self._mark}", told, sealed.kid[:2])

    def get(self, chain: str, kid: str) -> Sealed | None:
        """What is kept of a chain of this workspace; None when its key is not to be had here.

        kid is where the database says that it lies. It may have been altered, to have a key that is
        here taken for one that is lost or locked away, so the other place is looked at as well.
        """
        places = (IN_KEYRING, IN_FILE) if kid.startswith(IN_KEYRING) else (IN_FILE, IN_KEYRING)
        kept = (self._kept(chain, place) for place in places)
        return next((found for found in kept if found is not None), None)

    def _kept(self, chain: str, place: str) -> Sealed | None:
        try:
            found = Sealed(**json.loads(self._read(f"ledger/{chain}", place) or ""))
        except (ValueError, TypeError):
            return None
        return found if found.chain == chain and found.mark in ("", self._mark) else None

    def key(self, chain: str, kid: str) -> Sealed | None:
        """As `get`, for its key alone, which never changes: asked for once in a process."""
        if chain not in self._keys and (found := self.get(chain, kid)) is not None:
            self._keys[chain] = found
        return self._keys.get(chain)

    def keep(self, sealed: Sealed) -> None:
        """Remember a chain's last link; raises StorageError."""
        kept = replace(sealed, mark=self._mark)
        self._write(f"ledger/{sealed.chain}", json.dumps(asdict(kept)), sealed.kid[:2])
        self._keys[sealed.chain] = kept

    def last(self) -> Sealed | None:
        """The chain that this workspace was last seen with here, whatever its database says."""
        for prefix in (IN_KEYRING, IN_FILE):
            with contextlib.suppress(ValueError, TypeError, KeyError):
                chain = json.loads(self._read(f"ledger/{self._mark}", prefix) or "")["chain"]
                return Sealed(**json.loads(self._read(f"ledger/{chain}", prefix) or ""))
        return None

    def peers(self) -> dict[str, Peer]:
        """What was last seen of other computers' chains; public, so it lies in a file."""
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            kept = json.loads(self._file(f"peers/{self._mark}").read_text("utf-8"))
            return {chain: Peer(**peer) for chain, peer in kept.items()}
        return {}

    def keep_peers(self, peers: Mapping[str, Peer]) -> None:
        """Remember them; quiet when the folder does not take it, for it is tried each time."""
        kept = {chain: asdict(peer) for chain, peer in peers.items()}
        with contextlib.suppress(OSError):
            self._write_file(self._file(f"peers/{self._mark}"), json.dumps(kept))

    def may_be_locked(self, kid: str) -> bool:
        """True when a key is not to be had only because the keyring is not."""
        return kid.startswith(IN_KEYRING) and not self.has_keyring

    def _read(self, account: str, prefix: str) -> str | None:
        if prefix == IN_KEYRING:
            return self._ring().get(account) if self._ring is not None else None
        try:
            return self._file(account).read_text("utf-8")
        except OSError:
            return None

    def _write(self, account: str, text: str, prefix: str) -> None:
        if prefix == IN_KEYRING and self._ring is not None:
            self._ring().set(account, text)
            return
        try:
            self._write_file(self._file(account), text)
        except OSError as error:
            raise StorageError(
                tr("The seal of the credits cannot be written: {why}", why=error.strerror or ""),
                tr("Free some space, or make the folder {folder} writable.", folder=self._folder),
            ) from error

    def _file(self, account: str) -> Path:
        return self._folder / f"{sha256(account.encode()).hexdigest()[:24]}.json"

    def _write_file(self, path: Path, text: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}-{secrets.token_hex(3)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            # A file renamed before it is on the disk is an empty one after a power cut.
            os.fsync(file.fileno())
        draft.replace(path)
