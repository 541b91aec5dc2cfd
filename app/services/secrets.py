"""Keys of connections: from the environment, the system's keyring, a vault, or this session only.

A keyring may be missing, locked or hang; whatever it does, a key is never written in plain text
and never leaves this module but through `get`.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from app.core.errors import InvalidInput, StorageError
from app.core.text import tr
from app.services.redaction import REDACTOR
from app.services.vault import Vault

log = logging.getLogger("captely.secrets")

SERVICE = "Captely"
PROBE_SECONDS = 5.0
# A locked keyring may ask its user for a passphrase, and people type slowly.
CALL_SECONDS = 60.0
PLAIN_NAMES = {"hubspot": "HUBSPOT_API_KEY", "stripe": "STRIPE_SECRET_KEY"}
# Backends that accept everything and keep it nowhere, or keep it readable.
_UNSAFE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

T = TypeVar("T")


class Place(StrEnum):
    """Where a key is kept."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    VAULT = "vault"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class KeyringState:
    """Whether the system's keyring can be used; message and hint say why not."""

    ok: bool
    backend: str = ""
    message: str = ""
    hint: str = ""


class Keyring:
    """The system's keyring, each call in a thread of its own with a time limit.

    limit, in seconds, is for tests; by default a probe is short and a real call waits for people.
    """

    def __init__(self, *, limit: float | None = None) -> None:
        self._limit = limit
        self._state: KeyringState | None = None

    def state(self, *, again: bool = False) -> KeyringState:
        """What the keyring was found to be; `again` looks anew."""
        if self._state is None or again:
            self._state = self._probe()
        return self._state

    def get(self, account: str) -> str | None:
        """The stored secret; None when there is none or the keyring cannot be read."""
        if not self.state().ok:
            return None
        try:
            return self._call(lambda ring: _text_or_none(ring.get_password(SERVICE, account)))
        except StorageError as error:
            log.warning("The keyring could not be read: %s", error.message)
            return None

    def set(self, account: str, secret: str) -> None:
        """Store a secret; raises StorageError."""
        self._call(lambda ring: ring.set_password(SERVICE, account, secret))

    def delete(self, account: str) -> None:
        """Remove a secret; quiet when there is none, raises StorageError when it fails."""
        if self.get(account) is not None:
            self._call(lambda ring: ring.delete_password(SERVICE, account))

    def _probe(self) -> KeyringState:
        try:
            backend = self._call(_backend_name, PROBE_SECONDS)
            if backend.startswith(_UNSAFE):
                return _no_keyring(backend)
            self._call(lambda ring: ring.get_password(SERVICE, "probe"), PROBE_SECONDS)
        except StorageError as error:
            return KeyringState(ok=False, message=error.message, hint=error.hint)
        return KeyringState(ok=True, backend=backend)

    def _call(self, work: Callable[[Any], T], seconds: float = CALL_SECONDS) -> T:
        answered = threading.Event()
        results: list[T] = []
        failures: list[BaseException] = []

        def run() -> None:
            try:
                import keyring

                results.append(work(keyring))
            except Exception as error:  # noqa: BLE001 - backends raise whatever they like
                failures.append(error)
            finally:
                answered.set()

        threading.Thread(target=run, name="captely-keyring", daemon=True).start()
        if not answered.wait(self._limit or seconds):
            # No second call may queue up behind the one that hangs.
            self._state = KeyringState(ok=False, message=_silent().message, hint=_silent().hint)
            raise _silent()
        if failures:
            raise _keyring_failure(failures[0])
        return results[0]


class Secrets:
    """The keys of one workspace.

    ask_passphrase, if set, gives the vault's passphrase when a key in it is needed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        keyring: Keyring | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._mark = sha256(str(folder.absolute()).encode()).hexdigest()[:12]
        self._keyring = keyring or Keyring()
        self._environment = os.environ if environment is None else environment
        self._session: dict[str, str] = {}
        self.vault = Vault(folder / "keys.vault")
        self.ask_passphrase: Callable[[], str] | None = None

    def __repr__(self) -> str:
        """Says nothing of what it holds."""
        return "<Secrets>"

    def get(self, name: str) -> str | None:
        """The key of a connection; the environment wins over everything stored."""
        for look in (self._from_environment, self._session.get, self._from_keyring, self.vault.get):
            if secret := look(name):
                REDACTOR.learn(secret)
                return secret
        return None

    def need(self, name: str) -> str | None:
        """As `get`, for work that cannot go on without the key: a locked vault is opened for it.

        Raises InvalidInput when that vault stays locked.
        """
        secret = self.get(name)
        if secret is None and not self.vault.is_open and name in self.vault.names():
            self.open_vault()
            secret = self.get(name)
        return secret

    def open_vault(self) -> None:
        """Ask for the vault's passphrase; raises InvalidInput when it is wrong or none is given."""
        if self.ask_passphrase is None:
            raise InvalidInput(
                tr("The file of keys is locked."),
                tr("Unlock it under Connections with its passphrase."),
            )
        self.vault.unlock(self.ask_passphrase())

    def set(self, name: str, secret: str) -> Place:
        """Keep a key in the best place there is and say which.

        SESSION means that it is forgotten when the program ends: there is no keyring, and no
        vault was opened. Raises InvalidInput for what cannot be a key.
        """
        secret = checked_key(secret)
        REDACTOR.learn(secret)
        place = self._keep(name, secret)
        if place is not Place.SESSION:
            self._session.pop(name, None)
        return place

    def delete(self, name: str) -> None:
        """Forget a key wherever it is stored; what the environment says stays."""
        self._session.pop(name, None)
        self.vault.delete(name)
        if self._keyring.state().ok:
            self._keyring.delete(self._account(name))

    def where(self, name: str) -> Place | None:
        """Where the key that `get` returns is kept; None when there is none."""
        places = (
            (Place.ENVIRONMENT, self._from_environment),
            (Place.SESSION, self._session.get),
            (Place.KEYRING, self._from_keyring),
            (Place.VAULT, self._in_vault),
        )
        return next((place for place, holds in places if holds(name)), None)

    def variable(self, name: str) -> str | None:
        """The environment variable that the key comes from, None when it comes from elsewhere."""
        names = (f"CAPTELY_{name.upper()}_KEY", PLAIN_NAMES.get(name, ""))
        return next((each for each in names if self._environment.get(each, "").strip()), None)

    def available(self, *, again: bool = False) -> KeyringState:
        """Whether the system's keyring can be used, and if not, why."""
        return self._keyring.state(again=again)

    def _keep(self, name: str, secret: str) -> Place:
        if self._keyring.state().ok:
            try:
                self._keyring.set(self._account(name), secret)
            except StorageError as error:
                log.warning("The keyring did not take a key: %s", error.message)
            else:
                return Place.KEYRING
        if self.vault.is_open:
            self.vault.set(name, secret)
            return Place.VAULT
        self._session[name] = secret
        return Place.SESSION

    def _from_environment(self, name: str) -> str | None:
        variable = self.variable(name)
        return checked_key(self._environment[variable]) if variable else None

    def _from_keyring(self, name: str) -> str | None:
        return self._keyring.get(self._account(name))

    def _in_vault(self, name: str) -> bool:
        try:
            return name in self.vault.names()
        except InvalidInput:
            # A damaged file is told when a key of it is needed.
            return False

    def _account(self, name: str) -> str:
        return f"{self._mark}/{name}"


def checked_key(written: str) -> str:
    """A key without surrounding space; raises InvalidInput for an empty or impossible one."""
    key = written.strip()
    if not key:
        raise InvalidInput(tr("No key was given."), tr("Paste the key and try again."))
    if not key.isascii() or not key.isprintable() or " " in key:
        raise InvalidInput(
            tr("This is not a key: it has spaces, line breaks or unusual characters in it."),
            tr("Copy the key again, and nothing else."),
        )
    return key


def _backend_name(ring: Any) -> str:  # noqa: ANN401
    backend = ring.get_keyring()
    # A chain passes a key on to any of its members, so the least safe one decides.
    members = [backend, *getattr(backend, "backends", ())]
    names = [f"{type(each).__module__}.{type(each).__name__}" for each in members]
    return next((name for name in names if name.startswith(_UNSAFE)), names[0])


def _text_or_none(secret: object) -> str | None:
    return secret if isinstance(secret, str) and secret else None


def _no_keyring(backend: str = "") -> KeyringState:
    return KeyringState(
        ok=False,
        backend=backend,
        message=tr("This computer has no keyring that Captely can use."),
        hint=tr("Keys are kept until Captely ends, or in a file sealed with your passphrase."),
    )


def _silent() -> StorageError:
    return StorageError(
        tr("The computer's keyring does not answer."),
        tr("Unlock it, or log in again; until then keys are kept for this session only."),
    )


def _keyring_failure(error: BaseException) -> StorageError:
    kind = type(error).__name__
    if kind == "NoKeyringError":
        state = _no_keyring()
        return StorageError(state.message, state.hint)
    if kind in {"InitError", "KeyringLocked", "PasswordSetError"}:
        return StorageError(
            tr("The computer's keyring is locked."),
            tr("Unlock it and try again; until then keys are kept for this session only."),
            kind,
        )
    return StorageError(
        tr("The computer's keyring cannot be used."),
        tr("Keys are kept until Captely ends, or in a file sealed with your passphrase."),
        kind,
    )
