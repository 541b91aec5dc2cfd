"""Which keys are trusted: two built in, a test issuer's beside them, a sandbox's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.core import frozen
from app.core.errors import InvalidInput
from app.services.licence.keys import KEY_BYTES, read_keyset, trusted_keys
from app.services.licence.vendor_keys import BUILT_IN
from tests.services.licence.vendor import Vendor


def written(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


def entry(**changes: Any) -> dict[str, Any]:
    return Vendor().keyset_entry | changes


def test_the_build_has_the_key_in_use_and_the_next_one():
    present, following = BUILT_IN
    assert present.kid != following.kid
    assert len(present.raw) == len(following.raw) == KEY_BYTES
    assert present.raw != following.raw
    assert present.since < following.since < present.until < following.until


def test_a_test_issuer_s_keys_are_trusted_beside_them(tmp_path: Path):
    file = written(tmp_path / "keyset.json", {"keys": [entry(kid="test")]})
    keys = trusted_keys(environment={"CAPTELY_LICENCE_KEYS": str(file)})
    assert [key.kid for key in keys] == [*(key.kid for key in BUILT_IN), "test"]


def test_a_test_key_may_be_called_like_a_built_in_one(tmp_path: Path):
    file = written(tmp_path / "keyset.json", {"keys": [entry(kid=BUILT_IN[0].kid)]})
    keys = trusted_keys(environment={"CAPTELY_LICENCE_KEYS": str(file)})
    assert len(keys.named(BUILT_IN[0].kid)) == 2


def test_the_installed_build_trusts_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frozen.sys, "frozen", True, raising=False)
    file = written(tmp_path / "keyset.json", {"keys": [entry(kid="test")]})
    assert list(trusted_keys(environment={"CAPTELY_LICENCE_KEYS": str(file)})) == list(BUILT_IN)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ([], "it holds no keys"),
        ({}, "it holds no keys"),
        ({"keys": {}}, "it holds no keys"),
        ({"keys": [[]]}, "exactly kid, public, from and until"),
        ({"keys": [{"kid": "a"}]}, "exactly kid, public, from and until"),
        ({"keys": [entry(private="x")]}, "exactly kid, public, from and until"),
        ({"keys": [entry(kid="a b")]}, "no usable name"),
        ({"keys": [entry(kid=7)]}, "no usable name"),
        ({"keys": [entry(until=1.5)]}, "not in order"),
        ({"keys": [entry(until=True)]}, "not in order"),
        ({"keys": [entry(until=0)]}, "not in order"),
        ({"keys": [entry(public="AAAA")]}, "not 32 bytes"),
        ({"keys": [entry(public="%%%%")]}, "not 32 bytes"),
        ({"keys": [entry(public=None)]}, "not 32 bytes"),
    ],
)
def test_an_odd_keyset_is_refused_with_what_is_wrong(content: object, why: str, tmp_path: Path):
    with pytest.raises(InvalidInput, match=why):
        read_keyset(written(tmp_path / "keyset.json", content))


@pytest.mark.parametrize("raw", [None, b"", b"not json", b"\xff\xfe", b"[" * 50_000])
def test_a_missing_or_unreadable_keyset_is_told(raw: bytes | None, tmp_path: Path):
    file = tmp_path / "keyset.json"
    if raw is not None:
        file.write_bytes(raw)
    with pytest.raises(InvalidInput, match="it cannot be read"):
        trusted_keys(environment={"CAPTELY_LICENCE_KEYS": str(file)})
