"""The journal's end in the keyring: what was cut off or put back from a copy is noticed."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import InitError

from app.models.backing_up import save_copy
from app.services.audit import Audit
from app.services.secrets import Keyring
from app.services.witness import OFTEN_ENOUGH, Verdict, Witness
from tests.servers.keyring_daemon import KeyringDaemon
from tests.services.office import Office, open_office


class Ring(KeyringBackend):
    """A keyring in memory that counts how often it is written to."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.writes = 0
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.writes += 1
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


class Locked(Ring):
    """A keyring that nobody unlocks."""

    def get_password(self, service: str, username: str) -> str | None:
        raise InitError


@pytest.fixture
def office(desk: Office) -> Office:
    """A workspace whose database is a file, which somebody may exchange."""
    return desk


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", made)
    return made


def witness_of(office: Office) -> Witness:
    """As a start of the program makes it."""
    keyring = Keyring(limit=5.0)
    return Witness(office.store, lambda: keyring, office.clock, office.workspace)


def audit_of(office: Office) -> Audit:
    return Audit(office.store, witness_of(office))


@pytest.fixture
def old_copy(office: Office, tmp_path: Path) -> Path:
    """A copy of the database from before the last two changes."""
    office.add(email="first@example.com")
    copy = tmp_path / "old.db"
    save_copy(office.store, copy)
    office.add(email="second@example.com")
    office.add(email="third@example.com")
    return copy


def put_back(office: Office, copy: Path) -> None:
    """Replace the database behind the product's back."""
    office.store.close()
    for suffix in ("-wal", "-shm"):
        Path(f"{office.workspace.database}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(copy, office.workspace.database)


def test_the_first_check_remembers_and_later_ones_agree(office: Office, ring: Ring) -> None:
    office.add(email="a@example.com")
    first = audit_of(office).verify()
    office.add(email="b@example.com")
    second = audit_of(office).verify()

    assert (first.ok, first.witness) == (True, Verdict.NEVER_SEEN)
    assert (second.ok, second.witness) == (True, Verdict.AGREES)
    assert second.note == "Its end continues the one last seen, entry 1."
    (kept,) = ring.kept.values()
    assert json.loads(kept)["entry"] == 2


def test_an_older_copy_put_in_its_place_is_noticed(
    office: Office, ring: Ring, old_copy: Path
) -> None:
    audit_of(office).verify()
    put_back(office, old_copy)

    found = audit_of(office).verify()

    assert (found.ok, found.witness) == (False, Verdict.CUT)
    assert "The journal ends at entry 1, but entry 3 was there" in found.message
    assert "replaced by an older copy" in found.message
    # Looking does not make it so: the next check says the same.
    assert audit_of(office).verify().witness == Verdict.CUT


def test_an_older_copy_that_went_on_is_noticed_too(
    office: Office, ring: Ring, old_copy: Path
) -> None:
    audit_of(office).verify()
    put_back(office, old_copy)
    for n in range(5):
        office.add(email=f"other{n}@example.com")

    found = audit_of(office).verify()

    assert (found.ok, found.witness) == (False, Verdict.OTHER)
    assert "Entry 3 of the journal is not the one that was there" in found.message


def test_who_restored_a_copy_says_so_once(office: Office, ring: Ring, old_copy: Path) -> None:
    audit_of(office).verify()
    put_back(office, old_copy)

    accepted = audit_of(office).verify(accept=True)

    assert (accepted.ok, accepted.witness) == (True, Verdict.AGREES)
    assert audit_of(office).verify().witness == Verdict.AGREES


def test_a_broken_chain_is_not_remembered(office: Office, ring: Ring) -> None:
    office.add(email="a@example.com")
    with office.store.writing("test") as connection:
        connection.exec_driver_sql("UPDATE journal_head SET seq = 7")

    found = audit_of(office).verify()

    assert not found.ok
    assert found.message == "The journal does not end where it says it ends."
    assert ring.writes == 0


def test_what_lies_in_the_keyring_and_cannot_be_read_counts_as_never_seen(
    office: Office, ring: Ring
) -> None:
    audit_of(office).verify()
    (account,) = ring.kept
    ring.kept[account] = "nonsense"
    assert audit_of(office).verify().witness == Verdict.NEVER_SEEN
    assert json.loads(ring.kept[account])["entry"] == 0


def test_changes_do_not_ask_the_keyring_but_once_an_hour(office: Office, ring: Ring) -> None:
    audit_of(office).verify()
    witness = witness_of(office)
    witness.follow(office.bus)
    ring.asked = ring.writes = 0

    for n in range(3):
        office.add(email=f"p{n}@example.com")
        witness.settle()
    assert (ring.asked, ring.writes) == (0, 0)

    office.clock.pass_by(OFTEN_ENOUGH)
    witness.settle()
    office.clock.pass_by(OFTEN_ENOUGH + timedelta(minutes=1))
    witness.settle()
    # Nothing has changed since the second time.
    assert ring.writes == 1
    assert json.loads(next(iter(ring.kept.values())))["entry"] == 3


def test_a_window_that_ends_keeps_the_end_at_once(office: Office, ring: Ring) -> None:
    witness = witness_of(office)
    witness.follow(office.bus)
    office.add(email="a@example.com")
    witness.settle(soon=True)
    assert json.loads(next(iter(ring.kept.values())))["entry"] == 1


def test_who_has_no_keyring_is_told_so_and_never_pays_for_asking(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = audit_of(office).verify()
    assert (found.ok, found.witness) == (True, Verdict.NO_KEYRING)
    assert "no keyring that would tell whether its end was cut off" in found.note

    witness = witness_of(office)
    witness.follow(office.bus)
    office.add(email="a@example.com")
    monkeypatch.setattr(Keyring, "_probe", lambda self: pytest.fail("the keyring was asked"))
    witness.settle()


def test_a_locked_keyring_is_no_failure(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", Locked())
    assert audit_of(office).verify().ok
    witness_of(office).settle(soon=True)


def test_each_workspace_has_an_end_of_its_own(ring: Ring, tmp_path: Path) -> None:
    for name in ("one", "two"):
        with open_office(tmp_path / name) as office:
            assert audit_of(office).verify().witness == Verdict.NEVER_SEEN
    assert len(ring.kept) == 2


def test_a_real_keyring_keeps_it(
    office: Office,
    old_copy: Path,
    gnome_keyring: KeyringDaemon,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    assert audit_of(office).verify().witness == Verdict.NEVER_SEEN
    assert audit_of(office).verify().witness == Verdict.AGREES
    put_back(office, old_copy)
    assert audit_of(office).verify().witness == Verdict.CUT
