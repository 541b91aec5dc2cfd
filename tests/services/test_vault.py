"""The file of keys: opens with its passphrase, with nothing else, and tells nothing closed."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from app.core.errors import InvalidInput, StorageError
from app.services.vault import Vault

PASSPHRASE = "correct horse"
SECRET = "pat-eu1-secret-é"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault(tmp_path / "keys.vault")
    vault.create(PASSPHRASE)
    vault.set("hubspot", SECRET)
    return vault


def again(vault: Vault) -> Vault:
    return Vault(vault._path)


def test_a_secret_comes_back_with_the_passphrase(vault: Vault) -> None:
    fresh = again(vault)
    assert fresh.get("hubspot") is None
    fresh.unlock(PASSPHRASE)
    assert fresh.get("hubspot") == SECRET


def test_the_file_holds_neither_secret_nor_passphrase_and_is_ours_alone(vault: Vault) -> None:
    raw = vault._path.read_bytes()
    assert SECRET.encode() not in raw
    assert PASSPHRASE.encode() not in raw
    assert stat.S_IMODE(vault._path.stat().st_mode) == 0o600


def test_a_wrong_passphrase_is_told(vault: Vault) -> None:
    with pytest.raises(InvalidInput, match="does not open"):
        again(vault).unlock("wrong horse!")


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "keys.vault")
    with pytest.raises(InvalidInput, match="too short"):
        vault.create("horse")
    assert not vault.exists


def test_a_vault_that_exists_is_not_made_again(vault: Vault) -> None:
    with pytest.raises(InvalidInput, match="already"):
        again(vault).create("another passphrase")
    vault.unlock(PASSPHRASE)
    assert vault.get("hubspot") == SECRET


def test_entries_cannot_be_exchanged_for_one_another(vault: Vault) -> None:
    content = json.loads(vault._path.read_text())
    content["entries"]["salesforce"] = content["entries"]["hubspot"]
    vault._path.write_text(json.dumps(content))
    assert vault.get("salesforce") is None
    assert vault.get("hubspot") == SECRET


def test_a_flipped_byte_gives_no_secret(vault: Vault) -> None:
    content = json.loads(vault._path.read_text())
    sealed = content["entries"]["hubspot"]
    content["entries"]["hubspot"] = sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB")
    vault._path.write_text(json.dumps(content))
    assert vault.get("hubspot") is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 1, "n": 99999999999}'])
def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.vault"
    path.write_text(content)
    with pytest.raises(InvalidInput, match="cannot be read"):
        Vault(path).unlock(PASSPHRASE)
    assert path.read_text() == content


def test_nothing_is_stored_in_a_locked_vault(vault: Vault) -> None:
    vault.lock()
    with pytest.raises(StorageError, match="locked"):
        vault.set("hubspot", "other")


def test_a_deleted_entry_is_gone_even_while_locked(vault: Vault) -> None:
    vault.lock()
    vault.delete("hubspot")
    vault.unlock(PASSPHRASE)
    assert vault.get("hubspot") is None
