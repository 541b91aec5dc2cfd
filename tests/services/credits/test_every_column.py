"""Attack 9, to the end: each column of each row of the ledger is altered by itself, and named.

What may be altered without being noticed is listed with the reason; no limit and no credit goes by
it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import Table

from app.core.money import MILLI
from app.models.credits import Account, CreditGrant, EnrichmentAttempt, LedgerChain, Transfer
from app.services.credits import Door, Fault, State
from app.services.credits.integrity import Keeper
from tests.services.credits.bench import Bench, attack

TOLD_ONLY = {
    "enrichment_attempt": {
        # What a provider said of a call, and when: for the user and for support.
        "external_id", "fingerprint", "provider_request_id", "outcome", "provider_cost",
        "rate_card_version", "reserved_at", "sent_at", "ended_at",
    },
    "ledger_chain": {
        # A computer may be given another name, and then begins a chain of its own.
        "device",
        # Only the order of chains, each of which is checked.
        "created",
        # Believed with their seal alone, which the next test breaks.
        "anchor", "anchor_mac",
        # Signed in a team's database only.
        "digest", "public", "signature",
    },
}  # fmt: skip
TABLES = (Account, CreditGrant, LedgerChain, Transfer, EnrichmentAttempt)


@pytest.fixture
def used(file_bench: Bench) -> Bench:
    """Calls of each state, a month and a pack."""
    file_bench.spend(1, price=1_000 * MILLI)
    missed = file_bench.hold(2)
    file_bench.credits.send(missed.id)
    file_bench.credits.settle(missed.id, charged=0, found=0, outcome="NOT_FOUND")
    file_bench.credits.add_pack("pi_1", 500 * MILLI)
    file_bench.hold(3)
    file_bench.credits.send(file_bench.hold(4).id)
    file_bench.credits.release(file_bench.hold(5).id)
    assert file_bench.credits.verify().ok
    return file_bench


def read_anew(bench: Bench) -> Keeper:
    """As a process that has just started sees it, which knows no key yet."""
    door = Door(None, bench.door._folder, "bench")
    return Keeper(bench.store, bench.clock, door, "desk")


@contextmanager
def altered(database: sqlite3.Connection, table: str, column: str, row: int) -> Iterator[object]:
    """One value is another for a while; what it is, or None if the database does not take it."""
    read = f"SELECT {column} FROM {table} WHERE rowid = ?"
    before = database.execute(read, (row,)).fetchone()[0]
    after = other(before)
    written = row
    try:
        database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (after, row))
        written = int(str(after)) if column in ("id", "seq") and isinstance(before, int) else row
    except sqlite3.IntegrityError:
        after = None
    yield after
    if after is not None:
        database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (before, written))


def other(value: object) -> object:
    if isinstance(value, int):
        return value + 1
    return "x" if value is None else f"{str(value)[:-1]}{'y' if str(value)[-1:] == 'x' else 'x'}"


@pytest.mark.parametrize("table", [each.__table__ for each in TABLES], ids=lambda each: each.name)
def test_no_column_of_any_row_can_be_altered_unnoticed(used: Bench, table: Table):
    unnoticed, tried = set(), 0
    with closing(sqlite3.connect(str(used.store.url.database), isolation_level=None)) as database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        rows = [row for (row,) in database.execute(f"SELECT rowid FROM {table.name}")]
        for column in {c.name for c in table.c} - TOLD_ONLY.get(table.name, set()):
            for row in rows:
                with altered(database, table.name, column, row) as value:
                    tried += value is not None
                    if value is not None and read_anew(used).verify().ok:
                        unnoticed.add((column, row, value))
        assert read_anew(used).verify().ok, "everything was put back"
    assert tried
    assert unnoticed == set()


@pytest.mark.parametrize("kid", ["k-00000000", "f-00000000"])
def test_a_key_that_is_said_to_lie_elsewhere_is_neither_locked_nor_lost(used: Bench, kid: str):
    """Else a pack of any size could be written into a ledger whose seals nobody compares."""
    used.spend(9)
    attack(used, f"UPDATE ledger_chain SET kid = '{kid}'", *RICHER)
    found = read_anew(used).verify()
    assert (found.state, found.fault, found.first_bad) == (State.BROKEN, Fault.BAD_MAC, 1)


RICHER = (
    "UPDATE credit_grant SET amount = 900000000 WHERE id = 2",
    "UPDATE transfer SET amount = 900000000 WHERE credit = 21",
    "UPDATE account SET balance = 900000000 WHERE id = 21",
    "UPDATE account SET balance = balance - 899500000 WHERE id = 1",
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE account SET kind = CASE kind WHEN 'avail' THEN 'consumed' ELSE 'avail' END"
        " WHERE id IN (11, 13)",
        "UPDATE account SET kind = 'issuer' WHERE id = 11",
        "UPDATE account SET grant_id = 2 WHERE id = 13",
        "UPDATE account SET id = 25 WHERE id = 24",
        "DELETE FROM account WHERE id = 13",
        "UPDATE ledger_chain SET kid = 'k-00000000'",
        "UPDATE enrichment_attempt SET state = 'gone' WHERE id = 5",
        "UPDATE enrichment_attempt SET found = 7 WHERE id = 5",
    ],
)
def test_whatever_was_altered_a_ledger_that_was_taken_up_again_is_whole(
    used: Bench, statement: str
):
    attack(used, statement)
    assert not used.credits.verify().ok
    assert used.credits.reanchor().ok
    assert read_anew(used).verify().ok
    used.spend(20)
    assert read_anew(used).verify().ok
