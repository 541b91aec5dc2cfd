"""Credits under kills at random points, and under eight writers at once."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.money import MILLI
from app.models.journal import Operation
from app.models.store import Store
from app.services.credits import Attempt, Code, State
from app.services.jobs import JobState
from tests.kill.harness import Kill, Nursery
from tests.services.credits.bench import (
    EMAIL,
    PROFESSIONAL,
    Bench,
    asked,
    bench_on,
    check_ledger,
    in_flight,
    journalled,
    make_database,
    make_job,
    without,
)
from tests.services.office import NOON, HeldClock

KEEP = "app.services.credits.door:Door.keep"
ROUND = 100
"""Kills of one ledger in the long run; ten ledgers make a thousand."""

SCARCE = without(PROFESSIONAL, credits_month=30, enrichments_day=35)


def opened(url: str, folder: str) -> Bench:
    """The workspace as a process of its own has it."""
    return bench_on(Store(url), HeldClock(NOON), Path(folder) / "seals")


# The bodies below run in children.


def do_some_work(url: str, folder: str, seed: int) -> None:
    """A run of calls: some found, some missed, some given back; and a pack, and a new month."""
    bench, chance = opened(url, folder), random.Random(seed)
    ledger = bench.credits
    for item in range(seed * 100, seed * 100 + 6):
        held = ledger.reserve(asked(item, chance.choice((100, 1_000, 11_000)), "icypeas", job=1))
        assert isinstance(held, Attempt), held
        if chance.random() < 0.2:
            ledger.release(held.id)
            continue
        ledger.send(held.id)
        if chance.random() < 0.5:
            ledger.note_request(held.id, f"req{item}")
        charged = chance.choice((0, held.max_price // 2, held.max_price))
        ledger.settle(held.id, charged=charged, found=int(charged > 0), outcome="FOUND")
    ledger.add_pack(f"pi_{seed}", 10 * MILLI)
    bench.store.close()


def spend_all(url: str, folder: str, first: int, writers: int, each: int) -> list[str]:
    """Several threads that want more credits, together with another process, than there are."""
    bench = opened(url, folder)
    bench.plan(SCARCE)
    answers: list[str] = []

    def write(writer: int) -> None:
        for n in range(each):
            got = bench.credits.reserve(asked(writer * 100 + n, EMAIL, "icypeas", job=writer))
            if not isinstance(got, Attempt):
                answers.append(got.code)
                continue
            bench.credits.send(got.id)
            bench.credits.settle(got.id, charged=EMAIL, found=1, outcome="FOUND")
            answers.append("found")

    threads = [threading.Thread(target=write, args=(first + n,)) for n in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bench.store.close()
    return answers


def kills(nursery: Nursery, folder: Path, database_url: str, wanted: int, seed: int) -> int:
    """Kill that work `wanted` times at random points; how many ended in the middle of it."""
    bench = opened(database_url, str(folder))
    whole = nursery.run(do_some_work, database_url, str(folder), seed * 1_000)
    chance, killed = random.Random(seed), 0
    points = {at: whole.points[at] for at in ("statement", "commit")} | {KEEP: 10}
    for n in range(1, wanted + 1):
        at = chance.choice(tuple(points))
        kill = Kill(at=at, nth=chance.randint(1, points[at]), after=chance.random() < 0.5)
        fate = nursery.run(do_some_work, database_url, str(folder), seed * 1_000 + n, kill=kill)
        killed += fate.killed
        check_ledger(bench.store)
        found = bench.again().verify()
        assert found.ok, (kill, found)
        assert found.state in (State.WHOLE, State.BEHIND)
        left = bench.credits.recover(1)
        for attempt in left.read_back:
            bench.credits.settle(attempt.id, charged=0, found=0, outcome="NOT_FOUND")
        for attempt_id in left.ambiguous:
            bench.credits.release(attempt_id, note="decided")
        assert bench.credits.overview().sums.held == 0
    check_ledger(bench.store)
    bench.store.close()
    return killed


def test_no_kill_loses_or_doubles_a_credit(nursery: Nursery, database_url: str, tmp_path: Path):
    make_database(database_url)
    wanted = 24 if database_url.startswith("sqlite") else 10
    assert kills(nursery, tmp_path, database_url, wanted, 1) > wanted // 2


@pytest.mark.full
@pytest.mark.parametrize("seed", range(2, 12))
def test_a_thousand_kills_lose_or_double_no_credit(nursery: Nursery, tmp_path: Path, seed: int):
    url = f"sqlite:///{tmp_path / 'database.sqlite'}"
    make_database(url)
    assert kills(nursery, tmp_path, url, ROUND, seed) > ROUND // 2


def look_after(url: str, folder: str) -> None:
    """What a start does, in a process of its own."""
    bench = journalled(opened(url, folder))
    bench.credits.turn_if_due()
    bench.store.close()


def test_a_recovery_that_is_killed_is_made_by_the_next_one_and_noted_once(
    nursery: Nursery, sqlite_url: str, tmp_path: Path
):
    make_database(sqlite_url)
    bench = opened(sqlite_url, str(tmp_path))
    killed = 0
    for job in range(1, 9):
        make_job(bench, job, JobState.INTERRUPTED)
        in_flight(bench, job, first=job * 10)
        kill = Kill(at=("statement", "commit")[job % 2], nth=1 + job * 3 // 2, after=job % 3 == 0)
        killed += nursery.run(look_after, sqlite_url, str(tmp_path), kill=kill).killed
        check_ledger(bench.store)
        nursery.run(look_after, sqlite_url, str(tmp_path))
        check_ledger(bench.store)
        assert [each.state for each in bench.credits.open_attempts(job)] == ["ambiguous", "pending"]
        noted = select(Operation.params).where(Operation.kind == "credits.recover")
        with bench.store.reading() as connection:
            rows = connection.execute(noted.order_by(Operation.seq)).scalars()
            assert [params["job"] for params in rows] == list(range(1, job + 1))
    assert killed > 3
    assert bench.again().verify().ok
    bench.store.close()


def test_eight_writers_in_two_processes_spend_exactly_what_there_is(
    nursery: Nursery, database_url: str, tmp_path: Path
):
    make_database(database_url)
    bench = opened(database_url, str(tmp_path))
    bench.plan(SCARCE)
    assert bench.left() == 30
    writers = [
        nursery.start(spend_all, database_url, str(tmp_path), first, 4, 5) for first in (1, 5)
    ]
    answers = [answer for writer in writers for answer in writer.wait().value]

    assert answers.count("found") == 30
    assert answers.count(Code.BALANCE) == 10
    check_ledger(bench.store)
    found = bench.again().verify()
    assert (found.ok, found.rows) == (True, 61)
    assert bench.credits.overview().sums.spent == 30 * MILLI
    bench.store.close()


def test_eight_writers_keep_the_daily_limit_to_the_contact(
    nursery: Nursery, database_url: str, tmp_path: Path
):
    make_database(database_url)
    bench = opened(database_url, str(tmp_path))
    bench.plan(SCARCE)
    bench.credits.add_pack("pi_1", 500 * MILLI)
    writers = [
        nursery.start(spend_all, database_url, str(tmp_path), first, 4, 5) for first in (1, 5)
    ]
    answers = [answer for writer in writers for answer in writer.wait().value]
    assert (answers.count("found"), answers.count(Code.DAILY)) == (35, 5)
    check_ledger(bench.store)
    assert bench.again().verify().ok
    bench.store.close()
