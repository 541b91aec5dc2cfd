"""A call of a provider from T1 to T4, with everything that may come between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DatabaseError

from app.core.errors import InvalidInput
from app.models.contacts import Tag
from app.models.credits import Transfer
from app.services.credits import AttemptState, CreditsChanged
from tests.services.credits.bench import EMAIL, PHONE, Bench


def test_the_protocol_from_reservation_to_settlement(bench: Bench):
    attempt = bench.hold(1, price=PHONE)
    sums = bench.credits.overview().sums
    assert (sums.available, sums.held, sums.spent) == (4_990_000, 10_000, 0)

    bench.credits.send(attempt.id)
    bench.credits.note_request(attempt.id, "req_1")
    bench.credits.settle(attempt.id, charged=EMAIL, found=1, outcome="FOUND")

    sums = bench.credits.overview().sums
    assert (sums.available, sums.held, sums.spent) == (4_999_000, 0, 1_000)
    assert bench.kinds() == ["grant", "hold", "post", "void"]


def test_whoever_shows_a_balance_hears_of_each_movement_once_it_is_on_the_disk(bench: Bench):
    heard: list[float] = []
    bench.bus.subscribe(CreditsChanged, lambda _event: heard.append(bench.left()))
    attempt = bench.hold(1)
    bench.credits.send(attempt.id)
    bench.credits.release(attempt.id)
    assert heard == [4_999, 5_000]


def test_a_miss_costs_nothing(bench: Bench):
    attempt = bench.hold(1)
    bench.credits.send(attempt.id)
    bench.credits.settle(attempt.id, charged=0, found=0, outcome="NOT_FOUND")
    assert bench.left() == 5_000
    assert bench.credits.overview().sums.spent == 0


def test_every_step_twice_is_the_step_once(bench: Bench):
    first = bench.hold(1)
    assert bench.hold(1).id == first.id
    bench.credits.send(first.id)
    for _ in range(2):
        bench.credits.settle(first.id, charged=EMAIL, found=1, outcome="FOUND")
    assert bench.hold(1).state is AttemptState.SETTLED
    other = bench.hold(2)
    for _ in range(2):
        bench.credits.release(other.id)
    assert bench.kinds() == ["grant", "hold", "post", "hold", "void"]


def test_a_call_ends_in_one_way_only(bench: Bench):
    settled, released = bench.hold(1), bench.hold(2)
    bench.credits.send(settled.id)
    bench.credits.settle(settled.id, charged=0, found=0, outcome="NOT_FOUND")
    bench.credits.release(released.id)

    for again in (
        lambda: bench.credits.settle(settled.id, charged=EMAIL, found=1, outcome="FOUND"),
        lambda: bench.credits.release(settled.id),
        lambda: bench.credits.settle(released.id, charged=0, found=0, outcome="NOT_FOUND"),
        lambda: bench.credits.send(released.id),
    ):
        with pytest.raises(InvalidInput, match="already"):
            again()
    assert bench.left() == 5_000


def test_a_call_is_sent_once_and_settled_only_if_it_was_sent(bench: Bench):
    attempt = bench.hold(1)
    with pytest.raises(InvalidInput):
        bench.credits.settle(attempt.id, charged=EMAIL, found=1, outcome="FOUND")
    bench.credits.send(attempt.id)
    with pytest.raises(InvalidInput):
        bench.credits.send(attempt.id)


def test_no_call_costs_more_than_was_held(bench: Bench):
    attempt = bench.hold(1)
    bench.credits.send(attempt.id)
    with pytest.raises(InvalidInput, match="more credits than were held"):
        bench.credits.settle(attempt.id, charged=EMAIL + 1, found=1, outcome="FOUND")
    assert bench.credits.open_attempts()[0].state is AttemptState.SENT


def test_a_result_is_there_exactly_if_its_credits_are(bench: Bench):
    attempt = bench.hold(1)
    bench.credits.send(attempt.id)
    result = {"id": 1, "name": "found", "name_key": "found", "created_op": 0}
    with pytest.raises(ZeroDivisionError), bench.credits.writing("settle") as till:  # noqa: PT012
        till.connection.execute(insert(Tag).values(**result))
        till.settle(attempt.id, charged=EMAIL, found=1, outcome="FOUND")
        1 / 0  # noqa: B018
    assert bench.rows(Tag.name) == []
    assert bench.left() == 4_999
    with bench.credits.writing("settle") as till:
        till.connection.execute(insert(Tag).values(**result))
        till.settle(attempt.id, charged=EMAIL, found=1, outcome="FOUND")
    assert bench.rows(Tag.name) == [("found",)]
    assert bench.credits.overview().sums.spent == EMAIL
    assert bench.credits.verify().ok


def test_after_a_crash_each_call_is_sorted_out(bench: Bench):
    reserved, known, looked_up, unknown = (bench.hold(n, external_id=f"x{n}") for n in range(1, 5))
    for attempt in (known, looked_up, unknown):
        bench.credits.send(attempt.id)
    bench.credits.note_request(known.id, "req")

    found = bench.again().recover(1, lambda attempt: attempt.external_id == "x3")

    assert found.released == (reserved.id,)
    assert [each.id for each in found.read_back] == [known.id, looked_up.id]
    assert found.ambiguous == (unknown.id,)
    assert bench.credits.overview().sums.held == 3 * EMAIL
    assert bench.credits.recover(1, lambda _attempt: False).released == ()


def test_an_unknown_call_keeps_its_credits_for_72_hours_or_until_somebody_decides(bench: Bench):
    first, second = bench.hold(1), bench.hold(2)
    for attempt in (first, second):
        bench.credits.send(attempt.id)
    bench.credits.recover(1)
    bench.clock.pass_by(timedelta(hours=71))
    assert bench.credits.give_up() == []
    bench.credits.settle(first.id, charged=EMAIL, found=1, outcome="FOUND")
    bench.clock.pass_by(timedelta(hours=1))
    assert bench.credits.give_up() == [second.id]
    assert bench.credits.give_up() == []
    sums = bench.credits.overview().sums
    assert (sums.spent, sums.held) == (EMAIL, 0)
    assert "72 hours" in bench.credits.ledger()[1][0].note


# The database itself refuses -----------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfer SET amount = 1 WHERE seq = 2",
        "UPDATE transfer SET note = 'x'",
        "DELETE FROM transfer WHERE seq = 2",
        "UPDATE credit_grant SET expires_at = NULL",
        "DELETE FROM credit_grant",
        "UPDATE account SET balance = -1 WHERE kind = 'avail'",
        "INSERT INTO transfer (seq, idem_key, kind, debit, credit, amount, at, chain, n, prev, mac)"
        " SELECT 99, 'x', 'post', 12, 11, 5000000000, at, chain, 99, prev, mac FROM transfer"
        " WHERE seq = 1",
        "INSERT INTO transfer (seq, idem_key, kind, debit, credit, amount, at, chain, n, prev, mac)"
        " SELECT 99, idem_key, kind, debit, credit, amount, at, chain, 99, prev, mac FROM transfer"
        " WHERE seq = 1",
        "INSERT INTO transfer (seq, idem_key, kind, debit, credit, amount, at, chain, n, prev, mac)"
        " SELECT 99, 'y', kind, debit, credit, 0, at, chain, 99, prev, mac FROM transfer"
        " WHERE seq = 1",
    ],
)
def test_the_database_changes_nothing_that_was_written_and_overdraws_nothing(
    bench: Bench, statement: str
):
    bench.hold(1)
    with pytest.raises(DatabaseError), bench.store.writing("attack") as connection:
        connection.execute(text(statement))
    assert bench.credits.verify().ok


def test_replacing_a_row_is_changing_it(file_bench: Bench):
    file_bench.hold(1)
    with file_bench.store.reading() as connection:
        row = connection.execute(select(*Transfer.__table__.c).where(Transfer.seq == 2)).one()
    values = {**row._mapping, "amount": 1}
    with pytest.raises(DatabaseError), file_bench.store.writing("attack") as connection:
        connection.execute(insert(Transfer).prefix_with("OR REPLACE").values(**values))
    assert file_bench.credits.verify().ok


def test_postgresql_refuses_to_empty_the_ledger(postgres_url: str, tmp_path):
    from tests.services.credits.bench import open_bench

    with open_bench(postgres_url, tmp_path) as bench:
        bench.hold(1)
        with pytest.raises(DatabaseError), bench.store.writing("attack") as connection:
            connection.execute(text("TRUNCATE transfer"))
        assert bench.credits.verify().rows == 2


def test_a_reservation_refuses_a_price_below_zero(bench: Bench):
    with pytest.raises(InvalidInput):
        bench.hold(1, price=-1)
