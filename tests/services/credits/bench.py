"""A workspace with credits for tests, and what must hold of its ledger after whatever happened."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from collections import Counter, defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, make_url, select, update

from app.core.actor import Actor, Origin
from app.core.clock import to_us
from app.core.events import Bus
from app.core.limits import Entitlement, SpendCaps
from app.core.money import MILLI
from app.core.paths import Workspace
from app.core.plans import Limits
from app.core.settings import TIME_ZONE
from app.models.credits import Account, CreditGrant, EnrichmentAttempt, LedgerChain, Transfer
from app.models.jobs import Job
from app.models.migrating import migrate
from app.models.store import Store
from app.services.credits import Attempt, AttemptState, Credits, Denial, Door, Kind, Step
from app.services.credits.names import ISSUER, OPEN, Purse, account
from app.services.jobs import JobState
from app.services.operations import Operations
from app.services.settings import Settings
from tests.services.office import NOON, HeldClock

FREE = Limits(
    credits_month=100,
    enrichments_day=50,
    provider_month={"icypeas": 100},
    providers=("icypeas",),
    imports_month=1,
    contacts=100,
    seats=1,
    rollover_cap=0,
)
PROFESSIONAL = Limits(
    credits_month=5_000,
    enrichments_day=2_000,
    provider_month={"icypeas": 5_000, "dropcontact": 3_000, "hunter": 3_000, "apollo": 2_000},
    providers=("icypeas", "dropcontact", "hunter", "apollo"),
    imports_month=-1,
    contacts=50_000,
    seats=5,
    rollover_cap=10_000,
)
EMAIL, PHONE = 1 * MILLI, 10 * MILLI


@dataclass
class Bench:
    """One workspace whose plan and time a test sets; credits are those of the service."""

    store: Store
    clock: HeldClock
    credits: Credits
    settings: Settings
    door: Door
    terms: Entitlement
    device: str = "desk"
    bus: Bus = field(default_factory=Bus)

    def plan(self, limits: Limits, **terms: Any) -> None:
        """From now on this plan applies."""
        self.terms = Entitlement(limits, **terms)

    def again(self, *, device: str | None = None) -> Credits:
        """The credits as a newly started process has them."""
        self.device = device or self.device
        self.credits = Credits(
            self.store,
            self.clock,
            self.door,
            self.device,
            self.settings,
            lambda: self.terms,
            self.bus,
        )
        return self.credits

    def at(self, moment: str) -> None:
        """Set the clock, forward or back."""
        self.clock._now = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    def zone(self, name: str) -> None:
        self.settings.set(TIME_ZONE, name)

    def hold(
        self, item: int, price: int = EMAIL, provider: str = "icypeas", **step: Any
    ) -> Attempt:
        """A reservation that must succeed."""
        held = self.credits.reserve(asked(item, price, provider, **step))
        assert isinstance(held, Attempt), held
        return held

    def denied(
        self, item: int, price: int = EMAIL, provider: str = "icypeas", **step: Any
    ) -> Denial:
        """A reservation that must be refused."""
        refused = self.credits.reserve(asked(item, price, provider, **step))
        assert isinstance(refused, Denial), refused
        return refused

    def spend(self, item: int, price: int = EMAIL, provider: str = "icypeas", **step: Any) -> int:
        """A call that finds what it was asked for."""
        attempt = self.hold(item, price, provider, **step)
        self.credits.send(attempt.id)
        self.credits.settle(attempt.id, charged=price, found=1, outcome="FOUND")
        return attempt.id

    def left(self) -> float:
        """Available credits."""
        return self.credits.overview().sums.available / MILLI

    def buckets(self) -> list[tuple[str, float, str]]:
        """Category, what is left, and the day of expiry in UTC, in the order of drawing."""
        found = self.credits.overview().buckets
        return [
            (each.category.value, each.left / MILLI, f"{each.expires:%Y-%m-%d %H:%M}")
            for each in found
        ]

    def rows(self, *columns: Any) -> list[Any]:
        with self.store.reading() as connection:
            return list(connection.execute(select(*columns).order_by(*columns)).all())

    def kinds(self) -> list[str]:
        """The kinds of all movements, oldest first."""
        return [kind for _seq, kind in self.rows(Transfer.seq, Transfer.kind)]


def asked(item: int, price: int, provider: str, **step: Any) -> Step:
    """A step for a contact of its own in job 1, unless the test says otherwise."""
    values: dict[str, Any] = {"job": 1, "contact": item, "op": "email", **step}
    return Step(item=item, provider=provider, price=price, **values)


@contextmanager
def open_bench(url: str, folder: Path, start: datetime = NOON, limits: Limits = PROFESSIONAL):
    """A new workspace at `url`; seals are kept in files."""
    make_database(url)
    store, clock = Store(url), HeldClock(start)
    bench = bench_on(store, clock, folder / "seals", limits)
    try:
        yield bench
    finally:
        store.close()


def make_database(url: str) -> None:
    """The tables at `url`; of a file they are a copy of those made before in this process."""
    file = make_url(url).database if url.startswith("sqlite") else None
    if file is not None and _made and _made[0].exists():
        shutil.copyfile(_made[0], file)
        return
    folder = Path(tempfile.mkdtemp(prefix="captely-ledger-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store = Store(url)
    migrate(store, Workspace(folder / "workspace").prepare(), now=NOON)
    store.close()
    if file is not None:
        shutil.copyfile(file, folder / "made.db")
        _made.append(folder / "made.db")


_made: list[Path] = []


def bench_on(store: Store, clock: HeldClock, seals: Path, limits: Limits = PROFESSIONAL) -> Bench:
    """A bench on a database that is there already."""
    settings = Settings(store, Actor("ada", "desk", Origin.CLI))
    door = Door(None, seals, "bench")
    bench = Bench(store, clock, None, settings, door, Entitlement(limits))  # type: ignore[arg-type]
    settings.set(TIME_ZONE, "UTC")
    bench.again()
    return bench


def make_job(bench: Bench, number: int, state: JobState) -> None:
    with bench.store.writing("test") as connection:
        row = {"id": number, "kind": "enrich", "actor": "ada", "label": "", "payload": {}}
        connection.execute(insert(Job).values(state=state, created=to_us(bench.clock.now()), **row))


def turn_job(bench: Bench, number: int, state: JobState) -> None:
    with bench.store.writing("test") as connection:
        connection.execute(update(Job).where(Job.id == number).values(state=state))


def journalled(bench: Bench) -> Bench:
    """The same with a journal, in which what is recovered is noted."""
    operations = Operations(bench.store, bench.bus, bench.clock, Actor("ada", "desk", Origin.CLI))
    bench.again()._journal = operations.enter_within
    return bench


def in_flight(bench: Bench, job: int, first: int = 1) -> tuple[Attempt, Attempt, Attempt]:
    """A call that was reserved, one that was sent, and one that can be read back."""
    unsent, unheard, numbered = (bench.hold(item, job=job) for item in range(first, first + 3))
    for attempt in (unheard, numbered):
        bench.credits.send(attempt.id)
    bench.credits.note_request(numbered.id, "req")
    return unsent, unheard, numbered


def caps(**caps: Any) -> SpendCaps:
    """Caps in whole credits."""
    providers = {name: cap * MILLI for name, cap in caps.pop("providers", {}).items()}
    return SpendCaps(**{name: cap * MILLI for name, cap in caps.items()}, providers=providers)


EMPTIED = (
    "DELETE FROM transfer",
    "DELETE FROM account WHERE grant_id IS NOT NULL",
    "UPDATE account SET balance = 0",
    "DELETE FROM credit_grant",
    "DELETE FROM enrichment_attempt",
    "DELETE FROM ledger_chain",
)
"""What leaves nothing of a ledger."""


def attack(bench: Bench, *statements: str) -> None:
    """Change the ledger's file, and look at it with a mind that has seen nothing yet."""
    alter(Path(str(bench.store.url.database)), *statements)
    bench.again()


def alter(file: Path, *statements: str) -> None:
    """Change a database as somebody with a database tool would, its triggers removed meanwhile."""
    with closing(sqlite3.connect(file)) as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        kept = triggers.fetchall()
        for name, _sql in kept:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        for _name, sql in kept:
            database.execute(sql)
        database.commit()


def put_back(store: Store, copy: Path) -> None:
    """Replace the database file by an older copy of it, as somebody with a file manager would."""
    store.close()
    database = Path(str(store.url.database))
    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(copy, database)


# What must hold ------------------------------------------------------------------------------


def check_ledger(store: Store) -> None:
    """Every invariant of the ledger, read from its tables with none of the product's arithmetic."""
    with store.reading() as connection:
        check_balances(connection)
        check_grants(connection)
        check_attempts(connection)
        check_chains(connection)


def check_balances(connection: Connection) -> None:
    balances = dict(iter(connection.execute(select(Account.id, Account.balance))))
    kinds = dict(iter(connection.execute(select(Account.id, Account.kind))))
    assert sum(balances.values()) == 0
    assert [a for a, b in balances.items() if b < 0 and kinds[a] != "issuer"] == []
    replayed: Counter[int] = Counter(dict.fromkeys(balances, 0))
    running: Counter[int] = Counter()
    for row in connection.execute(select(*Transfer.__table__.c).order_by(Transfer.seq)):
        assert row.amount > 0
        replayed[row.debit] -= row.amount
        replayed[row.credit] += row.amount
        running[row.debit] -= row.amount
        running[row.credit] += row.amount
        # Not only at the end: no movement ever took what was not there.
        assert row.debit == ISSUER or running[row.debit] >= 0
    assert dict(replayed) == balances


def check_grants(connection: Connection) -> None:
    balances = dict(iter(connection.execute(select(Account.id, Account.balance))))
    rows = connection.execute(select(*Transfer.__table__.c)).all()
    for grant in connection.execute(select(*CreditGrant.__table__.c)).all():
        purses = {purse: account(grant.id, purse) for purse in Purse}
        given_back = sum(
            r.amount for r in rows if r.debit == purses[Purse.AVAIL] and r.credit == ISSUER
        )
        assert sum(balances[a] for a in purses.values()) == grant.amount - given_back
        for row in rows:
            if row.kind == Kind.HOLD and row.debit == purses[Purse.AVAIL]:
                assert grant.effective_at <= row.at
                assert grant.expires_at is None or row.at < grant.expires_at


def check_attempts(connection: Connection) -> None:
    moved: dict[int, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(
        select(*Transfer.__table__.c).where(Transfer.attempt_id.is_not(None))
    ):
        moved[row.attempt_id][row.kind] += row.amount
    charged = 0
    seen = set()
    for row in connection.execute(select(*EnrichmentAttempt.__table__.c)).all():
        seen.add(row.id)
        sums = moved[row.id]
        assert sums[Kind.POST] == row.charged <= row.max_price
        assert sums[Kind.HOLD] == row.max_price
        still = sums[Kind.HOLD] - sums[Kind.POST] - sums[Kind.VOID]
        assert still == (row.max_price if row.state in OPEN else 0)
        assert row.charged == 0 or row.state == AttemptState.SETTLED
        charged += row.charged
    # No hold without its attempt.
    assert set(moved) <= seen
    consumed = select(Account.balance).where(Account.kind == Purse.CONSUMED)
    assert sum(connection.execute(consumed).scalars()) == charged


def check_chains(connection: Connection) -> None:
    numbers = connection.execute(select(Transfer.seq).order_by(Transfer.seq)).scalars().all()
    assert list(numbers) == list(range(1, len(numbers) + 1))
    for chain in connection.execute(select(*LedgerChain.__table__.c)).all():
        links = connection.execute(
            select(Transfer.n, Transfer.prev, Transfer.mac)
            .where(Transfer.chain == chain.id)
            .order_by(Transfer.n)
        ).all()
        before = "0" * 64
        for n, link in enumerate(links, 1):
            assert (link.n, link.prev) == (n, before)
            before = link.mac
        assert (chain.n, chain.mac) == (len(links), before)


def without(limits: Limits, **changed: Any) -> Limits:
    """The limits with some replaced."""
    return replace(limits, **changed)
