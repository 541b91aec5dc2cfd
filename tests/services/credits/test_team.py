"""A team's database: every computer signs its own end, and every other one checks that.

Each attack is made by somebody who may do anything in the database, and nothing on the computers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from app.core.money import MILLI
from app.models.credits import LedgerChain, Transfer
from app.services.credits import Door, Fault
from app.services.credits.signing import Head, public_of, sign
from tests.services.credits.bench import Bench, check_ledger, open_bench


class Team:
    """Two computers on one database; ada has spent in the rows 1 to 5, bob in 6 to 7."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench = bench
        self._doors = {
            name: Door(None, folder / name, "workspace") for name in ("ada", "bob", "eve")
        }
        for name, items in (("ada", (1, 2)), ("bob", (3,))):
            self.at(name)
            for item in items:
                bench.spend(item, price=100 * MILLI)
        for name in ("ada", "bob"):
            assert self.at(name).verify().ok

    def at(self, name: str):
        """The credits as a new process on that computer has them."""
        self.bench.door = self._doors[name]
        return self.bench.again(device=name)

    def attack(self, *statements: str) -> None:
        """Change the database with all of its guards asleep."""
        with self.bench.store.writing("attack") as connection:
            connection.execute(text("SET session_replication_role = replica"))
            for statement in statements:
                connection.execute(text(statement))
            connection.execute(text("SET session_replication_role = DEFAULT"))

    def chain(self, name: str):
        wanted = select(*LedgerChain.__table__.c).where(LedgerChain.device == name)
        with self.bench.store.reading() as connection:
            return connection.execute(wanted).one()


@pytest.fixture
def team(postgres_url: str, tmp_path: Path) -> Iterator[Team]:
    with open_bench(postgres_url, tmp_path) as bench:
        yield Team(bench, tmp_path)


def test_every_computer_signs_its_end_and_the_others_find_it_so(team: Team):
    ada, bob = team.chain("ada"), team.chain("bob")
    assert ada.public != bob.public
    assert all((ada.digest, ada.signature, bob.digest, bob.signature))
    for name in ("ada", "bob", "eve"):
        found = team.at(name).verify()
        assert (found.ok, found.rows) == (True, 7), name
    check_ledger(team.bench.store)


# So that Ada's own seal is all that would tell, and Bob could not check that.
RAISED = (
    "UPDATE transfer SET amount = 50000 WHERE seq = 3",
    "UPDATE enrichment_attempt SET charged = 50000, max_price = 50000 WHERE id = 1",
    "UPDATE transfer SET amount = 50000 WHERE seq = 2",
    "UPDATE account SET balance = balance + 50000 WHERE kind = 'avail'",
    "UPDATE account SET balance = balance - 50000 WHERE kind = 'consumed'",
)


@pytest.mark.parametrize("name", ["bob", "eve"])
def test_a_row_of_another_computer_that_was_altered_is_noticed(team: Team, name: str):
    team.attack(*RAISED)
    found = team.at(name).verify()
    assert (found.ok, found.fault) == (False, Fault.SIGNATURE)
    assert "has signed" in found.message
    assert team.at("ada").verify().fault is Fault.BAD_MAC


def test_a_signature_by_another_key_is_noticed_where_the_first_was_seen(team: Team):
    team.attack(*RAISED)
    own = b"k" * 32
    team.at("bob")
    with team.bench.store.writing("attack") as connection:
        from app.services.credits.scanning import FIRST, _body_of, _movements
        from app.services.credits.signing import digest_after

        digest, row = FIRST, team.chain("ada")
        for movement in _movements(connection, 0):
            if movement.chain == row.id:
                digest = digest_after(digest, _body_of(movement))
        signature = sign(own, Head(row.id, "ada", row.n, row.mac, digest))
        forged = {"digest": digest, "public": public_of(own), "signature": signature}
        connection.execute(update(LedgerChain).where(LedgerChain.id == row.id).values(forged))
    assert team.at("bob").verify().fault is Fault.SIGNATURE
    # Who was never there before cannot know, and says nothing; docs/security.md tells so.
    assert team.at("eve").verify().ok


def test_an_end_that_was_cut_off_is_noticed_even_with_a_signature_of_then(team: Team):
    before = team.chain("ada")
    team.at("ada")
    team.bench.spend(10)
    assert team.at("bob").verify().ok
    team.attack(
        "DELETE FROM transfer WHERE seq > 7",
        "DELETE FROM enrichment_attempt WHERE id = 4",
        f"UPDATE ledger_chain SET n = {before.n}, mac = '{before.mac}', digest = '{before.digest}',"
        f" signature = '{before.signature}' WHERE id = '{before.id}'",
        "UPDATE account SET balance = balance + 1000 WHERE kind = 'avail'",
        "UPDATE account SET balance = balance - 1000 WHERE kind = 'consumed'",
    )
    found = team.at("bob").verify()
    assert (found.fault, found.first_bad) == (Fault.TRUNCATED, 8)
    assert team.at("ada").verify().fault is Fault.TRUNCATED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_chain SET signature = NULL, public = NULL WHERE device = 'ada'",
        "UPDATE ledger_chain SET signature = 'AAAA' WHERE device = 'ada'",
        "UPDATE ledger_chain SET digest = mac WHERE device = 'ada'",
        "UPDATE ledger_chain SET device = 'carol' WHERE device = 'ada'",
    ],
)
def test_a_signature_that_was_taken_away_or_altered_is_noticed(team: Team, statement: str):
    team.attack(statement)
    assert team.at("bob").verify().fault is Fault.SIGNATURE


def test_chains_of_before_there_were_signatures_are_signed_when_they_go_on(team: Team):
    whole = team.chain("ada")
    team.attack("UPDATE ledger_chain SET digest = NULL, public = NULL, signature = NULL")
    assert team.at("eve").verify().ok
    team.at("ada")
    team.bench.spend(10)
    row = team.chain("ada")
    assert (row.public, row.n) == (whole.public, whole.n + 2)
    for name in ("ada", "eve", "bob"):
        team.at(name)
    assert team.at("eve").verify().ok


def test_taken_up_again_a_team_s_ledger_is_whole_for_who_took_it_and_goes_on(team: Team):
    team.attack(*RAISED)
    bob = team.at("bob")
    assert bob.reanchor().ok
    for name, item in (("ada", 20), ("bob", 21), ("ada", 22)):
        team.at(name)
        team.bench.spend(item)
    found = team.at("bob").verify()
    assert (found.ok, found.accepted > 0) == (True, True), found
    last = team.bench.rows(Transfer.seq)[-1][0]
    team.attack(f"UPDATE transfer SET note = 'x' WHERE seq = {last}")
    assert not team.at("bob").verify().ok


def test_a_file_of_one_s_own_has_no_use_for_signatures(file_bench: Bench):
    file_bench.spend(1)
    rows = file_bench.rows(LedgerChain.digest, LedgerChain.public, LedgerChain.signature)
    assert rows == [(None, None, None)]
