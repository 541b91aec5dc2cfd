"""Keys of connections: where they come from, where they go, and that they show nowhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import InitError, NoKeyringError

from app.core.errors import InvalidInput
from app.services.redaction import REDACTOR
from app.services.secrets import Keyring, Place, Secrets
from tests.servers.keyring_daemon import KeyringDaemon

KEY = "pat-eu1-0123456789"


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    """Secrets on a computer without a keyring, as the tests' environment is."""
    return Secrets(tmp_path, environment={})


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Callable[[KeyringBackend], None]:
    """Make the keyring library use a backend."""

    def use(backend: KeyringBackend) -> None:
        monkeypatch.setattr(keyring.core, "_keyring_backend", backend)

    return use


class Backend(KeyringBackend):
    """A keyring in memory; `trouble` is what it does instead of answering."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, trouble: Callable[[], Any] = lambda: None) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.trouble = trouble

    def get_password(self, service: str, username: str) -> str | None:
        self.trouble()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.trouble()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.trouble()
        del self.kept[service, username]


def fail(error: Exception) -> Callable[[], None]:
    def trouble() -> None:
        raise error

    return trouble


def test_the_product_variable_wins_over_the_plain_one(tmp_path: Path) -> None:
    both = {"CAPTELY_HUBSPOT_KEY": "captely-key", "HUBSPOT_API_KEY": "plain-key"}
    assert Secrets(tmp_path, environment=both).get("hubspot") == "captely-key"
    del both["CAPTELY_HUBSPOT_KEY"]
    secrets = Secrets(tmp_path, environment=both)
    assert secrets.get("hubspot") == "plain-key"
    assert secrets.where("hubspot") is Place.ENVIRONMENT
    assert secrets.variable("hubspot") == "HUBSPOT_API_KEY"


def test_the_environment_wins_over_what_is_stored(
    tmp_path: Path, ring: Callable[[KeyringBackend], None]
) -> None:
    ring(Backend())
    environment: dict[str, str] = {}
    secrets = Secrets(tmp_path, environment=environment)
    secrets.set("hubspot", "stored-key")
    environment["CAPTELY_HUBSPOT_KEY"] = "from-outside"
    assert secrets.get("hubspot") == "from-outside"
    del environment["CAPTELY_HUBSPOT_KEY"]
    assert secrets.get("hubspot") == "stored-key"


def test_a_key_from_the_environment_is_never_stored(
    tmp_path: Path, ring: Callable[[KeyringBackend], None]
) -> None:
    backend = Backend()
    ring(backend)
    Secrets(tmp_path, environment={"HUBSPOT_API_KEY": KEY}).get("hubspot")
    assert backend.kept == {}
    assert list(tmp_path.iterdir()) == []


def test_a_keyring_keeps_the_key_for_the_next_start(
    tmp_path: Path, ring: Callable[[KeyringBackend], None]
) -> None:
    ring(Backend())
    assert Secrets(tmp_path, environment={}).set("hubspot", f"  {KEY}\n") is Place.KEYRING
    fresh = Secrets(tmp_path, environment={})
    assert fresh.get("hubspot") == KEY
    fresh.delete("hubspot")
    assert Secrets(tmp_path, environment={}).get("hubspot") is None


def test_two_workspaces_have_keys_of_their_own(
    tmp_path: Path, ring: Callable[[KeyringBackend], None]
) -> None:
    ring(Backend())
    Secrets(tmp_path / "a", environment={}).set("hubspot", "key-of-a")
    assert Secrets(tmp_path / "b", environment={}).get("hubspot") is None


def test_without_a_keyring_a_key_lives_as_long_as_the_program(
    secrets: Secrets, tmp_path: Path
) -> None:
    assert not secrets.available().ok
    assert "no keyring" in secrets.available().message
    assert secrets.set("hubspot", KEY) is Place.SESSION
    assert secrets.get("hubspot") == KEY
    assert Secrets(tmp_path, environment={}).get("hubspot") is None
    assert list(tmp_path.iterdir()) == []


def test_without_a_keyring_an_open_vault_keeps_it_sealed(secrets: Secrets, tmp_path: Path) -> None:
    secrets.vault.create("correct horse")
    assert secrets.set("hubspot", KEY) is Place.VAULT
    fresh = Secrets(tmp_path, environment={})
    assert fresh.get("hubspot") is None
    fresh.vault.unlock("correct horse")
    assert fresh.get("hubspot") == KEY
    assert fresh.where("hubspot") is Place.VAULT
    assert not any(KEY.encode() in path.read_bytes() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (InitError("Prompt dismissed"), "locked"),
        (NoKeyringError("none"), "no keyring"),
        (RuntimeError("dbus fell over"), "cannot be used"),
    ],
)
def test_a_keyring_that_fails_is_told_and_the_key_kept_for_the_session(
    secrets: Secrets, ring: Callable[[KeyringBackend], None], trouble: Exception, words: str
) -> None:
    ring(Backend(fail(trouble)))
    state = secrets.available(again=True)
    assert not state.ok
    assert words in state.message
    assert state.hint
    assert secrets.set("hubspot", KEY) is Place.SESSION


def test_a_keyring_that_hangs_is_given_up(
    tmp_path: Path, ring: Callable[[KeyringBackend], None]
) -> None:
    for_ever = threading.Event()
    ring(Backend(lambda: for_ever.wait(10)))
    secrets = Secrets(tmp_path, keyring=Keyring(limit=0.05), environment={})
    assert secrets.get("hubspot") is None
    assert "does not answer" in secrets.available().message
    assert secrets.set("hubspot", KEY) is Place.SESSION
    for_ever.set()


def test_a_keyring_that_breaks_later_is_logged_without_the_key(
    tmp_path: Path,
    ring: Callable[[KeyringBackend], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    backend = Backend()
    ring(backend)
    secrets = Secrets(tmp_path, environment={})
    assert secrets.available().ok
    backend.trouble = fail(InitError(f"cannot store {KEY}"))
    with caplog.at_level(logging.DEBUG):
        assert secrets.set("hubspot", KEY) is Place.SESSION
    assert "did not take a key" in caplog.text
    assert KEY not in caplog.text


def test_a_backend_that_keeps_keys_readable_is_not_used(
    secrets: Secrets, ring: Callable[[KeyringBackend], None]
) -> None:
    plain = type("PlaintextKeyring", (Backend,), {"__module__": "keyrings.alt.file"})
    chain = Backend()
    chain.backends = [SimpleNamespace(), plain()]  # type: ignore[attr-defined]
    for backend in (plain(), chain):
        ring(backend)
        assert not secrets.available(again=True).ok
        assert secrets.set("hubspot", KEY) is Place.SESSION
        assert backend.kept == {}


@pytest.mark.parametrize("written", ["", "  \n", "two words", "line\nbreak", "clé-secrète"])
def test_what_cannot_be_a_key_is_refused(secrets: Secrets, written: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        secrets.set("hubspot", written)
    assert caught.value.hint
    assert secrets.get("hubspot") is None


def test_a_key_shows_in_no_representation_and_is_known_to_the_redactor(secrets: Secrets) -> None:
    secrets.set("hubspot", "nothing-special-9876")
    assert "nothing-special-9876" not in repr(secrets)
    assert "nothing-special-9876" not in REDACTOR.clean("it was nothing-special-9876")


def test_a_real_keyring_keeps_and_forgets_a_key(
    tmp_path: Path, gnome_keyring: KeyringDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    secrets = Secrets(tmp_path, environment={})
    state = secrets.available()
    assert state.ok, state.message
    assert "SecretService" in state.backend
    long_key = "k" * 5_000
    assert secrets.set("hubspot", long_key) is Place.KEYRING
    assert Secrets(tmp_path, environment={}).get("hubspot") == long_key
    secrets.delete("hubspot")
    assert Secrets(tmp_path, environment={}).get("hubspot") is None
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
