"""Keys are made once, kept from others, opened with their passphrase, and published."""

from __future__ import annotations

import base64
import getpass
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from issuer import keys

DAY = 86_400
ISSUED = 1_795_780_800


def test_a_key_is_a_pem_for_its_owner_and_an_entry_of_the_keyset(tmp_path: Path, run: Any):
    code, told, _ = run("keygen", "--out", tmp_path, "--kid", "k9", "--no-passphrase")

    keyset = json.loads((tmp_path / "keyset.json").read_text())
    (entry,) = keyset["keys"]
    assert code == 0
    assert set(entry) == {"kid", "public", "from", "until"}
    assert (entry["kid"], told["kid"]) == ("k9", "k9")
    public = keys.load_key(tmp_path / "k9.pem").public_key().public_bytes_raw()
    assert base64.b64decode(entry["public"]) == public
    assert entry["from"] < ISSUED < entry["until"]
    assert (tmp_path / "k9.pem").read_text().startswith("-----BEGIN PRIVATE")
    assert (tmp_path / "k9.pem").stat().st_mode & 0o777 == 0o600


def test_a_second_key_gets_the_next_name_and_joins_the_keyset(tmp_path: Path, run: Any):
    names = [run("keygen", "--out", tmp_path, "--no-passphrase")[1]["kid"] for _ in range(2)]
    assert names == ["k2026a", "k2026b"]
    assert [k["kid"] for k in json.loads((tmp_path / "keyset.json").read_text())["keys"]] == names


def test_a_key_is_never_overwritten(tmp_path: Path, run: Any):
    words = ("keygen", "--out", tmp_path, "--kid", "k1", "--no-passphrase")
    run(*words)
    before = (tmp_path / "k1.pem").read_bytes(), (tmp_path / "keyset.json").read_bytes()
    code, _, said = run(*words)
    assert code == 2
    assert "choose another name" in said
    assert ((tmp_path / "k1.pem").read_bytes(), (tmp_path / "keyset.json").read_bytes()) == before


def test_its_window_can_be_chosen(tmp_path: Path, run: Any):
    words = ("keygen", "--out", tmp_path, "--kid", "k1", "--no-passphrase")
    told = run(*words, "--from", "2027-01-01", "--until", "1900000000")[1]
    assert (told["from"], told["until"]) == (1_798_761_600, 1_900_000_000)


def test_with_a_passphrase_the_pem_opens_with_it_alone(
    tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(keys.PASSPHRASE, "correct horse battery")
    assert run("keygen", "--out", tmp_path, "--kid", "k1")[0] == 0
    pem = tmp_path / "k1.pem"
    assert "ENCRYPTED" in pem.read_text()
    assert keys.load_key(pem)
    monkeypatch.setenv(keys.PASSPHRASE, "wrong horse")
    code, _, said = run("revoke", "--key", pem, "--licence", "x", "--out", tmp_path / "list")
    assert code == 2
    assert "passphrase is wrong" in said
    assert "horse" not in said


@pytest.mark.parametrize(
    ("typed", "said"),
    [(["short"], "too short"), (["long enough 1", "long enough 2"], "differ")],
)
def test_a_typed_passphrase_is_checked(
    typed: list[str], said: str, tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: typed.pop(0))
    code, _, complaint = run("keygen", "--out", tmp_path, "--kid", "k1")
    assert code == 2
    assert said in complaint
    assert list(tmp_path.glob("*")) == []


def test_without_a_terminal_it_must_come_from_the_environment(tmp_path: Path, run: Any):
    code, _, said = run("keygen", "--out", tmp_path, "--kid", "k1")
    assert code == 2
    assert keys.PASSPHRASE in said


def test_there_is_no_argument_for_a_passphrase(tmp_path: Path, run: Any):
    with pytest.raises(SystemExit):
        run("keygen", "--out", tmp_path, "--passphrase", "secret word")


def test_a_key_of_another_kind_is_refused(tmp_path: Path, run: Any):
    pem = tmp_path / "ec.pem"
    pem.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    for file, why in ((pem, "not an Ed25519 key"), (tmp_path / "no.pem", "cannot be read")):
        code, _, said = run("revoke", "--key", file, "--licence", "x", "--out", tmp_path / "list")
        assert code == 2
        assert why in said


def test_keysets_are_joined_and_written_for_the_product(tmp_path: Path, run: Any):
    for kid in ("a", "b"):
        run("keygen", "--out", tmp_path / kid, "--kid", kid, "--no-passphrase")
    files = [tmp_path / kid / "keyset.json" for kid in ("a", "b", "a")]
    _, joined, _ = run("keyset", *files)
    assert [key["kid"] for key in joined["keys"]] == ["a", "b"]

    _, python, _ = run("keyset", *files, "--python")
    assert python.startswith('BUILT_IN: tuple[PublicKey, ...] = (\n    PublicKey.of("a", ')
    run("keyset", *files, "--out", tmp_path / "joined.json")
    assert json.loads((tmp_path / "joined.json").read_text()) == joined


def test_two_keys_of_one_name_are_not_joined(tmp_path: Path, run: Any):
    for folder in ("a", "b"):
        run("keygen", "--out", tmp_path / folder, "--kid", "k1", "--no-passphrase")
    code, _, said = run("keyset", tmp_path / "a/keyset.json", tmp_path / "b/keyset.json")
    assert code == 2
    assert "a key named k1 already" in said
