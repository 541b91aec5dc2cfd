"""Whatever is done in whatever order, the ledger adds up and every seal holds."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.core.errors import CaptelyError
from app.core.money import MILLI
from app.services.credits import Attempt
from tests.servers.postgres import fresh_database
from tests.services.credits.bench import (
    FREE,
    PROFESSIONAL,
    asked,
    caps,
    check_ledger,
    open_bench,
    without,
)

FULL = os.environ.get("CAPTELY_TEST_PROFILE") == "full"
PLANS = (FREE, PROFESSIONAL, without(PROFESSIONAL, credits_month=20, rollover_cap=30))
PRICES = st.sampled_from((0, 100, 1_000, 1_100, 10_000, 25_000))
PROVIDERS = st.sampled_from(("icypeas", "hunter", "apollo"))


class Ledger(RuleBasedStateMachine):
    """One workspace; every rule is something that a user, a crash or the calendar does."""

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        folder = Path(tempfile.mkdtemp(prefix="captely-ledger-"))
        self.stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = self.address(folder)
        self.bench = self.stack.enter_context(open_bench(url, folder, limits=PLANS[2]))
        self.attempts: list[int] = []

    def address(self, folder: Path) -> str:
        """Where this example's empty database is."""
        return f"sqlite:///{folder / 'database.sqlite'}"

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    def pick(self, place: int) -> int:
        return self.attempts[place % len(self.attempts)]

    @rule(item=st.integers(1, 12), price=PRICES, provider=PROVIDERS, job=st.integers(1, 2))
    def reserve(self, item: int, price: int, provider: str, job: int) -> None:
        got = self.bench.credits.reserve(asked(item, price, provider, job=job))
        if isinstance(got, Attempt) and got.id not in self.attempts:
            self.attempts.append(got.id)

    @precondition(lambda self: self.attempts)
    @rule(place=st.integers(0, 50), step=st.sampled_from(("send", "note", "lose", "release")))
    def advance(self, place: int, step: str) -> None:
        ledger, attempt = self.bench.credits, self.pick(place)
        acts = {
            "send": lambda: ledger.send(attempt),
            "note": lambda: ledger.note_request(attempt, "req"),
            "lose": lambda: ledger.lose_sight(attempt),
            "release": lambda: ledger.release(attempt),
        }
        try:
            acts[step]()
        except CaptelyError:
            # Refused in this state, which must have changed nothing.
            return

    @precondition(lambda self: self.attempts)
    @rule(place=st.integers(0, 50), charged=PRICES)
    def settle(self, place: int, charged: int) -> None:
        try:
            self.bench.credits.settle(
                self.pick(place), charged=charged, found=int(charged > 0), outcome="FOUND"
            )
        except CaptelyError:
            return

    @rule(name=st.integers(1, 3), amount=st.integers(1, 40))
    def buy(self, name: int, amount: int) -> None:
        self.bench.credits.add_pack(f"pi_{name}", amount * MILLI)

    @rule(name=st.integers(1, 3), amount=st.integers(1, 40), ref=st.integers(1, 4))
    def refund(self, name: int, amount: int, ref: int) -> None:
        try:
            self.bench.credits.refund_pack(f"pi_{name}", amount * MILLI, ref=f"re_{ref}")
        except CaptelyError:
            return

    @rule(name=st.integers(1, 2), days=st.integers(1, 60))
    def promote(self, name: int, days: int) -> None:
        ends = self.bench.clock.now() + timedelta(days=days)
        self.bench.credits.add_promo(f"p{name}", 5 * MILLI, ends)

    @rule(hours=st.sampled_from((1, 30, 24 * 20, 24 * 45, 24 * 400, -48, -24 * 40)))
    def time_passes(self, hours: int) -> None:
        self.bench.clock.pass_by(timedelta(hours=hours))

    @rule(plan=st.sampled_from(PLANS), trial=st.sampled_from(("", "", "sub_1")))
    def change_plan(self, plan, trial: str) -> None:
        self.bench.plan(plan, trial=trial)

    @rule(run=st.sampled_from((None, 1, 20)))
    def cap(self, run: int | None) -> None:
        self.bench.credits.set_caps(caps() if run is None else caps(run=run))

    @rule(job=st.integers(1, 2))
    def crash_and_recover(self, job: int) -> None:
        ledger = self.bench.again()
        ledger.recover(job, lambda attempt: attempt.id % 2 == 0)
        ledger.give_up()

    @rule()
    def turn(self) -> None:
        self.bench.credits.turn_if_due()

    @rule(price=PRICES)
    def fail_half_way(self, price: int) -> None:
        try:
            with self.bench.credits.writing("fails") as till:
                till.reserve(asked(99, price, "icypeas"))
                raise KeyError
        except KeyError:
            return

    @invariant()
    def adds_up(self) -> None:
        if hasattr(self, "bench"):
            check_ledger(self.bench.store)

    @invariant()
    def seals_hold_and_sums_agree(self) -> None:
        if not hasattr(self, "bench"):
            return
        found = self.bench.credits.verify()
        assert found.ok, found
        sums = self.bench.credits.overview().sums
        assert sums.granted == sums.available + sums.held + sums.spent + sums.expired
        assert sums.frozen == 0


Ledger.TestCase.settings = settings(
    max_examples=300 if FULL else 8, stateful_step_count=40 if FULL else 20, deadline=None
)
TestLedger = Ledger.TestCase


def test_the_same_on_postgresql(postgres_server: str):
    class OnServer(Ledger):
        def address(self, folder: Path) -> str:
            return self.stack.enter_context(fresh_database(postgres_server))

    few = settings(max_examples=50 if FULL else 3, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(OnServer, settings=few)
