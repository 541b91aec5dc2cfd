"""What the tests of jobs stand on: clocks that they hold, a database, and what was published."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Row,
    Table,
    create_engine,
    func,
    insert,
    select,
    update,
)

from app.core.actor import Actor, Origin
from app.core.events import Bus, Event
from app.models.base import Base
from app.models.jobs import Job
from app.models.store import Store
from app.services.jobs import JobChanged, JobProgress, Jobs

TABLES = ("job", "job_item", "counter")
WORK = Table("work", MetaData(), Column("n", Integer))
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

E = TypeVar("E", bound=Event)


class StepClock:
    """Time that passes only when the test says so, or when somebody waits for it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
        if wake is not None and wake.is_set():
            return True
        self.seconds += seconds
        return False


class LeaseClock(StepClock):
    """Time of the leases: the heartbeat waits until the test lets it beat once."""

    def __init__(self) -> None:
        super().__init__()
        self._beats = threading.Semaphore(0)

    def beat(self) -> None:
        """Let the next wait end."""
        self._beats.release()

    def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
        assert wake is not None
        while not wake.is_set():
            if self._beats.acquire(timeout=0.002):
                return False
        return True


class Bench:
    """The jobs of one database as one process sees them; `beside` is a second process."""

    def __init__(self, url: str) -> None:
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        Base.metadata.create_all(engine, tables=[Base.metadata.tables[t] for t in TABLES])
        WORK.create(engine)
        engine.dispose()
        self.store = Store(url)
        self.clock = StepClock()
        self.lease_clock = LeaseClock()
        self.events: list[Event] = []
        self.jobs = self.beside()

    def beside(self) -> Jobs:
        """The jobs as another process on the same database sees them."""
        bus = Bus()
        bus.subscribe(Event, self.events.append)
        actor = Actor("ada", "desk", Origin.CLI)
        return Jobs(self.store, bus, self.clock, actor, lease_clock=self.lease_clock)

    def of(self, kind: type[E]) -> list[E]:
        """The events of a kind that were published so far."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def progress(self) -> list[JobProgress]:
        return self.of(JobProgress)

    @property
    def states(self) -> list[str]:
        """The states that were announced, one after the other."""
        return [event.job.state.value for event in self.of(JobChanged)]

    def set_row(self, job_id: int, **values: object) -> None:
        """Change a job's row as another process, or its death, would."""
        with self.store.writing("test") as connection:
            connection.execute(update(Job).where(Job.id == job_id).values(**values))

    def row(self, job_id: int) -> Row[Any]:
        """The job's row as it is stored."""
        with self.store.reading() as connection:
            return connection.execute(select(Job.__table__).where(Job.id == job_id)).one()

    def store_row(self, connection: Connection) -> None:
        """Do a piece of work that can be counted."""
        connection.execute(insert(WORK).values(n=1))

    def stored_rows(self) -> int:
        """How many pieces of work were committed."""
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(WORK)).scalar_one()
