"""Attacks that the contract's table does not name; each was tried on the ledger as it was before.

Whoever makes them has a database tool and time, but neither the keyring nor a changed program.
"""

from __future__ import annotations

import hmac
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import keyring
import pytest

from app.core.money import MILLI
from app.models.credits import EnrichmentAttempt, Transfer
from app.services.credits import Code, Door, Fault, State
from app.services.credits.chain import CONTEXT, MOVEMENT
from app.services.secrets import Keyring
from tests.services.credits.bench import (
    FREE,
    PROFESSIONAL,
    Bench,
    attack,
    open_bench,
    put_back,
    without,
)
from tests.services.test_witness import Ring


@pytest.fixture
def used(file_bench: Bench) -> Bench:
    """A month's grant, two found calls of 1,000 credits and two misses: rows 1 to 9."""
    for item in (1, 2):
        file_bench.spend(item, price=1_000 * MILLI)
    for item in (3, 4):
        miss(file_bench, item)
    assert file_bench.credits.verify().rows == 9
    return file_bench


def miss(bench: Bench, item: int) -> None:
    attempt = bench.hold(item)
    bench.credits.send(attempt.id)
    bench.credits.settle(attempt.id, charged=0, found=0, outcome="NOT_FOUND")


def schema(bench: Bench, *statements: str) -> None:
    """Change what the database does, and leave it so."""
    with closing(sqlite3.connect(str(bench.store.url.database))) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    bench.again()


# Rows ------------------------------------------------------------------------------------------


def test_two_rows_that_changed_places_are_noticed_even_if_linked_anew_with_a_guessed_key(
    used: Bench,
):
    from app.models.base import canonical

    columns = ", ".join(MOVEMENT)
    with closing(sqlite3.connect(str(used.store.url.database))) as database:
        rows = database.execute(f"SELECT {columns} FROM transfer ORDER BY seq").fetchall()
    one, two = dict(zip(MOVEMENT, rows[2], strict=True)), dict(zip(MOVEMENT, rows[4], strict=True))
    changed = [
        {**theirs, **{name: ours[name] for name in ("chain", "n", "prev", "seq")}}
        for ours, theirs in ((one, two), (two, one))
    ]
    statements = ["UPDATE transfer SET idem_key = 'x' || seq WHERE seq IN (3, 5)"]
    for row in changed:
        body = canonical([[row[name] for name in MOVEMENT], None, None]).encode()
        mac = hmac.digest(b"captely", CONTEXT + body, "sha256").hex()
        values = "idem_key = '{idem_key}', debit = {debit}, credit = {credit}, amount = {amount}"
        which = f"attempt_id = {row['attempt_id']}, group_id = '{row['group_id']}', mac = '{mac}'"
        where = f"WHERE seq = {row['seq']}"
        statements += [
            f"UPDATE transfer SET {values.format(**row)}, {which} {where}",
            f"UPDATE transfer SET prev = '{mac}' WHERE seq = {row['seq'] + 1}",
        ]
    attack(used, *statements)
    found = used.credits.verify()
    assert (found.fault, found.first_bad) == (Fault.BAD_MAC, 3)


def test_a_grant_that_was_copied_with_all_that_belongs_to_it_is_noticed(used: Bench):
    attack(
        used,
        "INSERT INTO credit_grant SELECT 2, category, priority, amount, effective_at, expires_at,"
        " unit_cost_minor, 'plan:again', period FROM credit_grant WHERE id = 1",
        "INSERT INTO account SELECT id + 10, kind, 2, CASE kind WHEN 'avail' THEN 5000000 ELSE 0"
        " END FROM account WHERE grant_id = 1",
        "UPDATE account SET balance = balance - 5000000 WHERE id = 1",
        "INSERT INTO transfer SELECT 10, 'grant:plan:again', kind, debit, 21, amount, NULL, NULL,"
        " note, at, chain, 10, (SELECT mac FROM transfer WHERE seq = 9), mac"
        " FROM transfer WHERE seq = 1",
        "UPDATE ledger_chain SET n = 10, mac = (SELECT mac FROM transfer WHERE seq = 10)",
    )
    found = used.credits.verify()
    assert (found.fault, found.first_bad) == (Fault.BAD_MAC, 10)
    # What counts until somebody decides is what the month has left, and no more.
    assert used.left() == 3_000


def test_credits_spent_beyond_what_there_was_are_noticed_though_balances_fit_again(used: Bench):
    used.credits.verify()
    with closing(sqlite3.connect(str(used.store.url.database))) as database:
        database.execute("UPDATE account SET balance = balance + 9000000 WHERE id = 11")
        database.commit()
    # The process that is open has looked before, and believes the balance.
    used.spend(10, price=8_000 * MILLI)
    with closing(sqlite3.connect(str(used.store.url.database))) as database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.execute("UPDATE account SET balance = balance - 9000000 WHERE id = 11")
        database.commit()
    found = used.again().verify()
    assert (found.fault, found.first_bad) == (Fault.OVERDRAWN, 10)
    assert used.denied(11).code is Code.BALANCE


# What limits are counted by -----------------------------------------------------------------------


def test_views_that_were_replaced_move_no_limit(used: Bench):
    used.plan(without(PROFESSIONAL, enrichments_day=4, provider_month={"icypeas": 2}))
    schema(
        used,
        "DROP VIEW usage_enrichment",
        "CREATE VIEW usage_enrichment AS SELECT 1 AS job, 1 AS contact, '' AS day, '' AS month",
        "DROP VIEW usage_attempt",
        "CREATE VIEW usage_attempt AS SELECT 1 AS job, 1 AS contact, '' AS provider, '' AS day,"
        " '' AS month, 0 AS found, 0 AS credits",
    )
    assert used.denied(10).code is Code.DAILY
    used.plan(without(PROFESSIONAL, provider_month={"icypeas": 2}))
    assert used.denied(10).code is Code.PROVIDER


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        # That nothing was found would give the provider's month back,
        ("UPDATE enrichment_attempt SET found = 0 WHERE id = 1", 3),
        # and that a miss was never sent, the day.
        ("UPDATE enrichment_attempt SET state = 'released', sent_at = NULL WHERE id = 3", 7),
        ("UPDATE enrichment_attempt SET sent_at = NULL, state = 'released' WHERE id = 4", 9),
    ],
)
def test_a_call_whose_end_was_altered_is_noticed(used: Bench, statement: str, row: int):
    attack(used, statement)
    found = used.credits.verify()
    assert (found.fault, found.first_bad) == (Fault.ATTEMPT, row)


def test_a_sent_call_that_was_given_back_stays_one_that_was_sent(used: Bench):
    attempt = used.hold(10)
    used.credits.send(attempt.id)
    used.credits.release(attempt.id)
    assert used.credits.verify().ok
    attack(used, f"UPDATE enrichment_attempt SET sent_at = NULL WHERE id = {attempt.id}")
    assert used.credits.verify().fault is Fault.ATTEMPT


def test_an_open_call_that_was_declared_over_is_noticed(used: Bench):
    attempt = used.hold(10)
    attack(used, f"UPDATE enrichment_attempt SET state = 'released' WHERE id = {attempt.id}")
    assert used.credits.verify().fault is Fault.ATTEMPT


def test_rows_of_before_ends_were_sealed_are_as_good_as_ever(
    used: Bench, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        "app.services.credits.holds._group", lambda attempt, _end="": f"attempt:{attempt}"
    )
    used.spend(10)
    miss(used, 11)
    monkeypatch.undo()
    used.spend(12)
    assert used.again().verify().ok


# While the ledger is in doubt ---------------------------------------------------------------------


def test_a_balance_that_is_raised_again_and_again_gives_the_month_once(used: Bench):
    spent = 2_000
    for item in range(10, 20):
        attack(used, "UPDATE account SET balance = 5000000 WHERE id = 11")
        room = used.left()
        assert room == 5_000 - spent
        if room:
            used.spend(item, price=1_000 * MILLI)
            spent += 1_000
        else:
            assert used.denied(item).code is Code.BALANCE
    assert used.credits.overview().sums.spent == 5_000 * MILLI


def test_a_trigger_that_takes_nothing_away_gives_the_month_once(used: Bench):
    schema(
        used,
        "DROP TRIGGER transfer_moves",
        "CREATE TRIGGER transfer_moves AFTER INSERT ON transfer BEGIN"
        " UPDATE account SET balance = balance + NEW.amount WHERE id = NEW.credit; END",
    )
    for item in (10, 11):
        used.spend(item, price=1_000 * MILLI)
        used.again()
    # Counted by accounts that only grow, it is over even earlier.
    assert used.denied(12).code is Code.BALANCE
    assert used.credits.verify().fault is Fault.BALANCE


def test_a_trigger_that_swallows_what_was_used_is_noticed(used: Bench):
    schema(
        used,
        "CREATE TRIGGER swallow BEFORE INSERT ON transfer WHEN NEW.kind = 'post'"
        " BEGIN SELECT RAISE(IGNORE); END",
    )
    used.spend(10, price=1_000 * MILLI)
    assert not used.again().verify().ok


@pytest.mark.parametrize(
    "statements",
    [
        ("UPDATE account SET balance = balance + 2000000 WHERE id = 11",),
        ("UPDATE transfer SET note = 'x' WHERE seq = 2",
         "UPDATE account SET balance = 5000000 WHERE id = 11"),
        ("DELETE FROM transfer WHERE seq BETWEEN 2 AND 5",
         "DELETE FROM enrichment_attempt WHERE id < 3",
         "UPDATE account SET balance = 5000000 WHERE id = 11",
         "UPDATE account SET balance = 0 WHERE id = 13"),
    ],
)  # fmt: skip
def test_breaking_it_and_taking_it_up_again_gives_nothing_back(
    used: Bench, statements: tuple[str, ...]
):
    for _ in range(2):
        attack(used, *statements)
        assert used.credits.reanchor().ok
        assert used.left() <= 3_000


# Copies and other computers -----------------------------------------------------------------------


def test_an_older_copy_with_the_seals_of_then_is_noticed_by_the_keyring(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keyring.core, "_keyring_backend", Ring())
    ring = Keyring(limit=5.0)
    with open_bench(sqlite_url, tmp_path) as bench:
        bench.door = Door(lambda: ring, tmp_path / "seals", "bench")
        bench.again().turn_if_due()
        with closing(sqlite3.connect(str(bench.store.url.database))) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copy = tmp_path / "then"
        copy.mkdir()
        shutil.copyfile(str(bench.store.url.database), copy / "database")
        bench.spend(1, price=4_000 * MILLI)
        put_back(bench.store, copy / "database")
        found = bench.again().verify()
        assert (found.fault, found.missing) == (Fault.TRUNCATED, 4_000 * MILLI)


def test_a_workspace_on_another_computer_of_the_same_name_is_not_believed(
    used: Bench, tmp_path: Path
):
    used.credits.add_pack("pi_1", 500 * MILLI)
    used.door = Door(None, tmp_path / "other computer", "bench")
    found = used.again().overview()
    assert found.integrity.fault is Fault.UNVERIFIABLE
    assert (found.sums.available, found.sums.frozen) == (3_000 * MILLI, 500 * MILLI)


def test_a_seal_of_another_workspace_seals_nothing_here(used: Bench, tmp_path: Path):
    used.door = Door(None, tmp_path / "seals", "another workspace")
    assert used.again().verify().fault is Fault.UNVERIFIABLE


# Time ---------------------------------------------------------------------------------------------


def test_another_time_zone_at_the_turn_brings_each_day_and_month_once(file_bench: Bench):
    bench, zones = file_bench, ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago")
    bench.plan(without(FREE, enrichments_day=2))
    made = 0
    for hour in range(0, 72, 6):
        bench.at(f"2026-{'11-30' if hour < 24 else f'12-{hour // 24:02}'}T{hour % 24:02}:00:00")
        for zone in zones:
            bench.zone(zone)
            for _ in range(3):
                attempt = bench.credits.reserve(_step(made))
                if getattr(attempt, "id", None) is None:
                    break
                bench.credits.send(attempt.id)
                bench.credits.settle(attempt.id, charged=0, found=0, outcome="NOT_FOUND")
                made += 1
    # The days from 29 November in Pago Pago to 3 December on Kiritimati, two on each.
    days = {day for (day,) in bench.rows(EnrichmentAttempt.day)}
    assert days <= {"2026-11-29", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"}
    assert made == 2 * len(days)
    granted = [row for row in bench.rows(Transfer.seq, Transfer.kind) if row.kind == "grant"]
    assert len(granted) == 2
    assert bench.again().verify().state is State.WHOLE


def _step(item: int):
    from tests.services.credits.bench import asked

    return asked(item + 1, MILLI, "icypeas")
