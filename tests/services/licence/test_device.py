"""This computer's key: in the keyring, else in a file, else for the session; and its seals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.services.licence.device import Device
from tests.services.licence.bed import Ring


@pytest.fixture
def ring() -> Ring:
    return Ring()


def device(ring: Ring, folder: Path) -> Device:
    return Device(lambda: ring, folder)


def test_what_was_sealed_is_taken_back_by_the_same_computer_alone(ring: Ring, tmp_path: Path):
    text = device(ring, tmp_path).seal("mark", {"at": 5, "who": "Ada"})

    assert device(ring, tmp_path).unseal("mark", text) == {"at": 5, "who": "Ada"}
    assert device(Ring(), tmp_path / "other").unseal("mark", text) is None


@pytest.mark.parametrize(
    "edit",
    [
        lambda sealed: sealed | {"body": {"at": 6}},
        lambda sealed: sealed | {"mac": "0" * 64},
        lambda sealed: sealed | {"mac": 7},
        lambda sealed: sealed | {"mac": "é"},
        lambda sealed: sealed | {"mac": "\ud800"},
        lambda sealed: sealed | {"kid": "k-000000000000"},
        lambda sealed: sealed | {"body": "x"},
        lambda sealed: {"body": sealed["body"]},
        lambda _sealed: [],
    ],
)
def test_an_edited_seal_is_not_believed(edit, ring: Ring, tmp_path: Path):
    sealer = device(ring, tmp_path)
    sealed = json.loads(sealer.seal("mark", {"at": 5}))
    edited = json.dumps(edit(sealed), sort_keys=True, separators=(",", ":"))
    assert sealer.unseal("mark", edited) is None


def test_a_seal_of_one_kind_is_none_of_another(ring: Ring, tmp_path: Path):
    sealer = device(ring, tmp_path)
    assert sealer.unseal("snapshot", sealer.seal("mark", {"at": 5})) is None


@pytest.mark.parametrize("text", [None, "", "nonsense", "{}", "é"])
def test_what_is_no_seal_is_not_believed(text: str | None, ring: Ring, tmp_path: Path):
    assert device(ring, tmp_path).unseal("mark", text) is None


def test_the_key_lies_in_the_keyring_and_in_no_file(ring: Ring, tmp_path: Path):
    assert device(ring, tmp_path).in_keyring
    assert list(tmp_path.iterdir()) == []
    assert device(ring, tmp_path).id == device(ring, tmp_path).id


def test_without_a_keyring_it_is_a_file_for_its_owner(tmp_path: Path):
    ring = Ring(there=False)
    sealer = device(ring, tmp_path)
    assert not sealer.in_keyring
    assert sealer.id == device(ring, tmp_path).id
    assert (tmp_path / "device.key").stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_replaced(tmp_path: Path):
    ring = Ring(there=False)
    (tmp_path / "device.key").write_text("nonsense")
    assert device(ring, tmp_path).id == device(ring, tmp_path).id


def test_where_nothing_can_be_kept_it_lasts_for_the_session(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    sealer = device(Ring(there=False), blocked)
    assert sealer.unseal("mark", sealer.seal("mark", {"at": 5})) == {"at": 5}
    assert device(Ring(there=False), blocked).id != sealer.id
