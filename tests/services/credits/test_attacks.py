"""Attack 9: a ledger that is edited, shortened, emptied or put back from an older copy is noticed.

Each attack goes around the product: on a connection of its own, triggers removed first.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import keyring
import pytest
from keyring.errors import PasswordSetError

from app.core.money import MILLI
from app.models.credits import Transfer
from app.services.credits import Code, Door, Fault, State, integrity
from app.services.credits.integrity import Keeper
from app.services.secrets import Keyring
from tests.services.credits.bench import EMPTIED, Bench, attack, open_bench, put_back
from tests.services.test_witness import Ring


@pytest.fixture
def used(file_bench: Bench) -> Bench:
    """A ledger of 1 grant, 4 settled calls and a pack: rows 1 to 10."""
    for item in range(1, 5):
        file_bench.spend(item, price=100 * MILLI)
    file_bench.credits.add_pack("pi_1", 500 * MILLI)
    assert file_bench.credits.verify().rows == 10
    return file_bench


@pytest.mark.parametrize(
    ("statement", "fault", "row"),
    [
        ("UPDATE transfer SET amount = 1 WHERE seq = 3", Fault.BAD_MAC, 3),
        ("UPDATE transfer SET at = at - 86400000000 WHERE seq = 5", Fault.BAD_MAC, 5),
        ("UPDATE transfer SET idem_key = 'x' WHERE seq = 4", Fault.BAD_MAC, 4),
        ("UPDATE transfer SET debit = 13 WHERE seq = 6", Fault.BAD_MAC, 6),
        ("UPDATE transfer SET mac = prev WHERE seq = 6", Fault.BAD_MAC, 6),
        ("UPDATE transfer SET prev = mac WHERE seq = 6", Fault.BROKEN_LINK, 6),
        ("DELETE FROM transfer WHERE seq = 4", Fault.GAP, 4),
        ("DELETE FROM transfer WHERE seq = 1", Fault.GAP, 1),
        ("DELETE FROM transfer WHERE seq = 10", Fault.TRUNCATED, 10),
        ("DELETE FROM transfer WHERE seq > 1", Fault.TRUNCATED, 2),
        ("UPDATE credit_grant SET amount = 9000000 WHERE id = 1", Fault.BAD_MAC, 1),
        ("UPDATE credit_grant SET expires_at = NULL WHERE id = 2", Fault.BAD_MAC, 10),
        ("UPDATE account SET balance = balance + 5 WHERE kind = 'avail'", Fault.BALANCE, 10),
        ("DELETE FROM enrichment_attempt WHERE id = 2", Fault.BAD_MAC, 4),
        ("UPDATE enrichment_attempt SET day = '2020-01-01' WHERE id = 3", Fault.BAD_MAC, 6),
        ("UPDATE enrichment_attempt SET contact = 99 WHERE id = 3", Fault.BAD_MAC, 6),
        ("UPDATE enrichment_attempt SET charged = 0 WHERE id = 3", Fault.ATTEMPT, 7),
        ("UPDATE enrichment_attempt SET state = 'released' WHERE id = 3", Fault.ATTEMPT, 7),
    ],
)
def test_the_first_row_that_was_altered_is_named(
    used: Bench, statement: str, fault: Fault, row: int
):
    attack(used, statement)
    found = used.credits.verify()
    assert (found.ok, found.fault, found.first_bad) == (False, fault, row)
    assert found.message


def test_a_shortened_ledger_whose_books_were_cooked_to_match_is_noticed(used: Bench):
    attack(
        used,
        "DELETE FROM transfer WHERE seq > 7",
        "DELETE FROM account WHERE grant_id = 2",
        "DELETE FROM credit_grant WHERE id = 2",
        "DELETE FROM enrichment_attempt WHERE id = 4",
        "UPDATE ledger_chain SET n = 7, mac = (SELECT mac FROM transfer WHERE seq = 7)",
        "UPDATE account SET balance = (SELECT coalesce(sum(CASE WHEN credit = account.id"
        " THEN amount ELSE -amount END), 0) FROM transfer WHERE account.id IN (debit, credit))",
    )
    found = used.credits.verify()
    assert (found.fault, found.first_bad) == (Fault.TRUNCATED, 8)


def test_rows_that_go_on_after_a_cut_do_not_hide_it(used: Bench):
    test_a_shortened_ledger_whose_books_were_cooked_to_match_is_noticed(used)
    for item in range(10, 14):
        used.spend(item)
    found = used.again().verify()
    assert (found.fault, found.first_bad) == (Fault.TRUNCATED, 10)


def test_an_emptied_ledger_is_not_a_new_one(used: Bench):
    attack(used, *EMPTIED)
    assert used.credits.verify().fault is Fault.TRUNCATED


def test_a_database_put_back_from_an_older_copy_is_noticed_and_used_credits_stay_used(
    used: Bench, tmp_path: Path
):
    copy = tmp_path / "copy.db"
    database = sqlite3.connect(str(used.store.url.database))
    with closing(database), closing(sqlite3.connect(copy)) as target:
        database.backup(target)
    used.spend(5, price=300 * MILLI)
    put_back(used.store, copy)
    used.again()

    found = used.credits.verify()
    assert (found.fault, found.first_bad, found.missing) == (Fault.TRUNCATED, 11, 300 * MILLI)

    assert used.credits.reanchor({"pi_1": 500 * MILLI}).ok
    sums = used.credits.overview().sums
    assert (sums.spent, sums.available) == (700 * MILLI, 4_800 * MILLI)


def test_a_broken_ledger_freezes_packs_and_rollover_and_nothing_else(used: Bench):
    used.at("2026-12-01T00:00:00")
    assert [c for c, *_ in used.buckets()] == ["rollover", "plan", "pack"]
    rows = len(used.kinds())
    attack(used, "UPDATE transfer SET note = 'x' WHERE seq = 2")

    found = used.credits.overview()
    assert not found.integrity.ok
    assert found.sums.available == 5_000 * MILLI
    assert found.sums.frozen == 5_100 * MILLI
    # The month's own credits can still be used, and everything is still there to be read.
    used.spend(20, price=5_000 * MILLI)
    assert used.denied(21).code is Code.BALANCE
    assert used.credits.ledger()[0] == rows + 2
    # The turn of the month waits with what it would carry over, and grants the new one.
    used.at("2027-01-01T00:00:00")
    assert used.left() == 5_000
    assert used.credits.verify().first_bad == 2


def test_taken_up_again_a_ledger_keeps_what_the_licence_attests(used: Bench):
    used.at("2026-12-01T00:00:00")
    used.left()
    attack(used, "UPDATE transfer SET note = 'x' WHERE seq = 2")
    used.credits.verify()
    before = used.kinds()

    found = used.credits.reanchor({"pi_1": 500 * MILLI})

    assert (found.ok, found.state) == (True, State.WHOLE)
    assert found.accepted == len(before)
    assert used.buckets() == [
        ("plan", 5_000, "2027-01-01 00:00"),
        ("pack", 500, "2027-11-23 00:00"),
    ]
    # Nothing was deleted: the bad row is still there for whoever looks into it.
    assert used.kinds()[: len(before)] == before
    assert "Written off" in used.credits.ledger()[1][0].note
    # It works on, and a further attack is found.
    used.spend(30)
    assert used.again().verify().ok
    attack(used, f"UPDATE transfer SET amount = 1 WHERE seq = {len(used.kinds())}")
    assert used.credits.verify().fault is Fault.BAD_MAC


def test_a_pack_of_which_the_licence_knows_nothing_is_written_off(used: Bench):
    attack(used, "UPDATE transfer SET note = 'x' WHERE seq = 2")
    used.credits.reanchor()
    assert [c for c, *_ in used.buckets()] == ["plan"]


def test_credits_that_somebody_gave_himself_can_neither_be_used_nor_kept(used: Bench):
    attack(
        used,
        "UPDATE account SET balance = 900000000000 WHERE id = 11",
        "UPDATE credit_grant SET amount = 900000000000 WHERE id = 1",
    )
    # A month of the plan, of which 400 were used.
    assert used.credits.overview().sums.available == 4_600 * MILLI
    assert used.denied(20, price=4_601 * MILLI).code is Code.BALANCE
    assert used.credits.reanchor({"pi_1": 500 * MILLI}).ok
    assert [(c, left) for c, left, _ in used.buckets()] == [("plan", 4_600), ("pack", 500)]


def test_a_lost_key_is_said_and_costs_nothing_but_a_decision(used: Bench, tmp_path: Path):
    shutil.rmtree(tmp_path / "seals")
    used.door = Door(None, tmp_path / "seals", "bench")
    found = used.again().verify()
    assert (found.ok, found.fault, found.first_bad) == (False, Fault.UNVERIFIABLE, 1)
    assert used.credits.reanchor().ok
    assert [c for c, *_ in used.buckets()] == ["plan", "pack"]


def test_an_anchor_that_somebody_made_himself_accepts_nothing(used: Bench):
    balances = json.dumps({str(i): b for i, b in used.rows(*_accounts())})
    anchor = json.dumps({"seq": 10, "balances": json.loads(balances)})
    attack(
        used,
        "UPDATE transfer SET amount = 1 WHERE seq = 3",
        f"UPDATE ledger_chain SET anchor = '{anchor}', anchor_mac = mac",
    )
    assert used.credits.verify().first_bad == 3


def _accounts():
    from app.models.credits import Account

    return Account.id, Account.balance


def test_an_end_that_was_not_kept_in_time_is_caught_up(used: Bench, tmp_path: Path):
    kept = {path: path.read_bytes() for path in (tmp_path / "seals").iterdir()}
    used.spend(5)
    for path, content in kept.items():
        path.write_bytes(content)
    found = used.again().verify()
    assert (found.ok, found.state, found.rows) == (True, State.BEHIND, 12)
    assert used.credits.verify().state is State.WHOLE


def test_what_another_process_writes_during_the_check_is_no_fault(
    used: Bench, monkeypatch: pytest.MonkeyPatch
):
    walk, free = integrity.scan, iter(range(50, 60))

    def walk_while_others_write(*args: object, **options: bool) -> object:
        used.spend(next(free))
        found = walk(*args, **options)
        used.spend(next(free))
        return found

    used.again().verify()
    checking = Keeper(used.store, used.clock, used.door, "desk")
    monkeypatch.setattr(integrity, "scan", walk_while_others_write)
    assert checking.verify().ok
    monkeypatch.undo()
    assert used.again().verify().ok


def test_a_long_ledger_is_read_whole_once_a_day_and_its_end_each_time(
    used: Bench, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(integrity, "SHORT", 5)
    assert used.credits.verify().ok
    attack(used, "UPDATE transfer SET note = 'x' WHERE seq = 2")
    assert used.credits.overview().integrity.ok
    used.clock.pass_by(timedelta(days=1, seconds=1))
    assert used.again().overview().integrity.first_bad == 2
    # What was found broken stays so at the next start.
    assert not used.again().overview().integrity.ok


def test_a_long_ledger_that_was_cut_is_noticed_at_the_next_start(
    used: Bench, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(integrity, "SHORT", 5)
    assert used.credits.verify().ok
    attack(used, "DELETE FROM transfer WHERE seq = 10")
    assert used.credits.overview().integrity.fault is Fault.TRUNCATED


def test_seals_without_a_keyring_are_for_their_owner_alone_and_said_to_be_weaker(
    used: Bench, tmp_path: Path
):
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "seals").iterdir()}
    assert modes == {0o600}
    found = used.credits.verify()
    assert found.weaker
    assert "protects less" in found.note


# With a keyring ------------------------------------------------------------------------------


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", made)
    return made


@pytest.fixture
def ringed(sqlite_url: str, tmp_path: Path, ring: Ring) -> Iterator[Bench]:
    """A ledger whose key lies in a keyring."""
    with open_bench(sqlite_url, tmp_path) as bench:
        kept = Keyring(limit=5.0)
        bench.door = Door(lambda: kept, tmp_path / "seals", "bench")
        bench.again()
        bench.spend(1)
        yield bench


def test_key_and_end_lie_in_the_keyring_and_no_file(ringed: Bench, ring: Ring, tmp_path: Path):
    assert not (tmp_path / "seals").exists()
    assert len(ring.kept) == 2
    found = ringed.credits.verify()
    assert (found.ok, found.weaker) == (True, False)
    attack(ringed, "DELETE FROM transfer WHERE seq = 3")
    assert ringed.credits.verify().fault is Fault.TRUNCATED


def test_while_the_keyring_is_locked_the_order_of_rows_is_checked_and_work_goes_on(
    ringed: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    ringed.door = Door(None, tmp_path / "seals", "bench")
    found = ringed.again().verify()
    assert (found.ok, found.state) == (True, State.UNCHECKED)
    ringed.spend(2)
    assert ringed.again().verify().state is State.UNCHECKED
    attack(ringed, "DELETE FROM transfer WHERE seq = 2")
    assert ringed.credits.verify().fault is Fault.GAP


class Full(Ring):
    """A keyring that can be read but takes nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise PasswordSetError


def test_a_keyring_that_takes_nothing_is_replaced_by_a_file(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keyring.core, "_keyring_backend", Full())
    with open_bench(sqlite_url, tmp_path) as bench:
        kept = Keyring(limit=5.0)
        bench.door = Door(lambda: kept, tmp_path / "seals", "bench")
        bench.again().turn_if_due()
        found = bench.again().verify()
        assert (found.ok, found.weaker) == (True, True)


# A team's database ---------------------------------------------------------------------------


def test_every_computer_of_a_team_has_a_chain_of_its_own(postgres_url: str, tmp_path: Path):
    with open_bench(postgres_url, tmp_path) as ada:
        ada.spend(1)
        home = ada.door
        ada.door = Door(None, tmp_path / "other computer", "bench")
        ada.again(device="laptop")
        ada.spend(2)
        assert ada.credits.verify().ok
        ada.door = home
        ada.again(device="desk")
        ada.spend(3)
        assert len({chain for (chain,) in ada.rows(Transfer.chain)}) == 2
        found = ada.credits.verify()
        assert (found.ok, found.state, found.rows) == (True, State.WHOLE, 7)
