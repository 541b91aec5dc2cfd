"""Jobs that are killed at any moment and resumed end as if nothing had happened."""

from __future__ import annotations

import itertools
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select

from app.core.actor import Actor, Origin
from app.core.clock import SystemClock
from app.core.errors import CaptelyError
from app.core.events import Bus
from app.models.base import Base
from app.models.store import Store
from app.services.jobs import Item, ItemState, JobContext, Jobs, JobState, NewItem
from tests.kill.harness import Fate, Kill, Nursery, checkpoint

ROWS = 240
CHUNK = 8
CALLS = 16
WRITTEN = Table("written", MetaData(), Column("n", Integer))
EVERY = os.environ.get("CAPTELY_TEST_PROFILE") == "full"


def open_jobs(url: str) -> tuple[Store, Jobs]:
    store = Store(url)
    jobs = Jobs(store, Bus(), SystemClock(), Actor("ada", "desk", Origin.CLI))
    return store, jobs


def make_database(url: str, kind: str) -> int:
    """An empty database with one job of `kind`; returns the job."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    tables = [Base.metadata.tables[name] for name in ("job", "job_item", "counter")]
    Base.metadata.create_all(engine, tables=tables)
    WRITTEN.create(engine)
    engine.dispose()
    store, jobs = open_jobs(url)
    jobs.register(kind, lambda context: {})
    job = jobs.create(kind, "Kill test", {})
    store.close()
    return job


# The bodies below run in children.


def write_rows(url: str, job: int) -> str:
    """Recover as at a start, then run the job that writes numbered rows in chunks."""
    store, jobs = open_jobs(url)

    def work(context: JobContext) -> dict[str, object]:
        begin = (context.cursor or {}).get("next", 0)
        for low in context.each(range(begin, ROWS, CHUNK), total=ROWS // CHUNK):
            with store.writing("rows", bulk=True) as connection:
                for n in range(low, low + CHUNK):
                    connection.execute(insert(WRITTEN).values(n=n))
                high = low + CHUNK
                context.save(connection, {"next": high}, done=high // CHUNK)
        return {"rows": ROWS}

    jobs.register("rows", work)
    jobs.recover()
    return jobs.run(job).state


def make_calls(url: str, job: int, server: str, reads_back: bool) -> str:
    """Recover, then run the job that makes each of its calls to a counting server."""
    store, jobs = open_jobs(url)
    with httpx.Client(base_url=server) as client:

        def settle(context: JobContext, item: Item, state: ItemState) -> None:
            with store.writing("settle", durable=True) as connection:
                if state is ItemState.DONE:
                    connection.execute(insert(WRITTEN).values(n=item.contact))
                context.items.settle(connection, item, state)

        def read_back(context: JobContext) -> None:
            for item in context.items.ambiguous():
                known = client.get(f"/{item.contact}").status_code == 200
                settle(context, item, ItemState.DONE if known else ItemState.WAITING)

        def work(context: JobContext) -> dict[str, object]:
            if context.cursor is None:
                with store.writing("fill") as connection:
                    context.items.add(connection, [NewItem(contact=n) for n in range(CALLS)])
                    context.save(connection, {"filled": True})
            if reads_back:
                read_back(context)
            while (item := context.items.claim()) is not None:
                checkpoint("asked")
                assert client.post(f"/{item.contact}").status_code == 201
                checkpoint("answered")
                settle(context, item, ItemState.DONE)
            return {}

        jobs.register("calls", work, reads_back=reads_back)
        jobs.recover()
        return jobs.run(job).state


def contend(url: str, job: int, go: str) -> str:
    """Wait for the other process, then try to run the job; says what came of it."""
    store, jobs = open_jobs(url)

    def work(context: JobContext) -> dict[str, object]:
        with store.writing("rows") as connection:
            connection.execute(insert(WRITTEN).values(n=os.getpid()))
        return {}

    jobs.register("rows", work)
    while not Path(go).exists():
        os.sched_yield()
    try:
        jobs.recover()
        return jobs.run(job).state
    except CaptelyError as refused:
        return refused.code


# The tests.


class CountingServer(ThreadingHTTPServer):
    """Counts what arrives, and answers a moment later, so that a kill finds calls under way."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counting)
        self.arrived: Counter[int] = Counter()
        self.pause = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed does not read its answer, which is the point."""


class Counting(BaseHTTPRequestHandler):
    server: CountingServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.server.arrived[int(self.path[1:])] += 1
        self.server.pause.wait(0.004)
        self._answer(201)

    def do_GET(self) -> None:
        self._answer(200 if self.server.arrived[int(self.path[1:])] else 404)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing: the counts are the log."""


@pytest.fixture
def server() -> Iterator[CountingServer]:
    server = CountingServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def written(url: str) -> list[int]:
    store, _ = open_jobs(url)
    with store.reading() as connection:
        numbers = list(connection.execute(select(WRITTEN.c.n).order_by(WRITTEN.c.n)).scalars())
    store.close()
    return numbers


def look(url: str, job: int) -> tuple[JobState, int, list[Item]]:
    """The job's state, how much it counts as done, and its ambiguous calls."""
    store, jobs = open_jobs(url)
    view, ambiguous = jobs.view(job), jobs.ambiguous(job)
    store.close()
    assert view.ambiguous == len(ambiguous)
    return view.state, view.done, ambiguous


def check_after_kill(url: str, job: int) -> None:
    """Whole chunks only, none twice, and the count says the same; the job waits for a decision."""
    state, done, _ = look(url, job)
    assert written(url) == list(range(done * CHUNK))
    assert state in {JobState.QUEUED, JobState.INTERRUPTED, JobState.DONE}


def unbroken(nursery: Nursery, url: str) -> Fate:
    fate = nursery.run(write_rows, url, make_database(url, "rows"))
    assert fate.value == "done"
    return fate


def unbroken_calls(nursery: Nursery, url: str, server: CountingServer) -> float:
    job = make_database(url, "calls")
    fate = nursery.run(make_calls, url, job, server.url, False)
    assert fate.value == "done"
    return fate.seconds


def at_random(chance: random.Random, seconds: float) -> Iterator[Kill]:
    """Kills within the time of a whole run, later and later, in case the machine has got slower."""
    for kills in itertools.count():
        yield Kill(seconds=chance.uniform(0.0, seconds) * (1 + kills / 20))


def kill_and_resume(nursery: Nursery, url: str, kills: Iterator[Kill]) -> int:
    """Run the job with one kill after the other until it is done; returns how many struck."""
    job = make_database(url, "rows")
    struck = 0
    while nursery.run(write_rows, url, job, kill=next(kills)).killed:
        struck += 1
        check_after_kill(url, job)
        if look(url, job)[0] is JobState.DONE:
            break
    assert look(url, job)[:2] == (JobState.DONE, ROWS // CHUNK)
    assert written(url) == list(range(ROWS))
    return struck


@pytest.mark.parametrize("wanted", [25, pytest.param(250, marks=pytest.mark.full)])
def test_rows_written_in_chunks_survive_kills_at_random_moments(
    nursery: Nursery, tmp_path: Path, wanted: int
):
    chance = random.Random(20261123)
    seconds = unbroken(nursery, f"sqlite:///{tmp_path / 'unbroken.db'}").seconds

    struck, jobs = 0, 0
    while struck < wanted:
        jobs += 1
        struck += kill_and_resume(
            nursery, f"sqlite:///{tmp_path / f'{jobs}.db'}", at_random(chance, seconds)
        )


@pytest.mark.parametrize("point", ["statement", "commit"])
def test_rows_written_in_chunks_survive_a_kill_at_each_step(
    nursery: Nursery, tmp_path: Path, point: str
):
    passed = unbroken(nursery, f"sqlite:///{tmp_path / 'unbroken.db'}").points[point]
    step = 1 if EVERY else passed // 9

    for nth in range(1, passed + 1, step):
        url = f"sqlite:///{tmp_path / f'{point}-{nth}.db'}"
        once = iter([Kill(at=point, nth=nth), Kill()])
        assert kill_and_resume(nursery, url, once) == 1


def test_rows_survive_kills_on_postgresql(nursery: Nursery, postgres_url: str):
    points = ("statement", 3), ("statement", 60), ("commit", 3), ("commit", 7), ("statement", 9)
    kills = iter([*(Kill(at=at, nth=nth) for at, nth in points), Kill()])

    assert kill_and_resume(nursery, postgres_url, kills) == len(points)


@pytest.mark.parametrize("reads_back", [False, True])
@pytest.mark.parametrize("wanted", [12, pytest.param(120, marks=pytest.mark.full)])
def test_no_call_is_repeated_silently_after_kills_at_random_moments(
    nursery: Nursery, server: CountingServer, tmp_path: Path, reads_back: bool, wanted: int
):
    chance = random.Random(20261123 + reads_back)
    seconds = unbroken_calls(nursery, f"sqlite:///{tmp_path / 'unbroken.db'}", server)
    struck, jobs = 0, 0
    while struck < wanted:
        jobs += 1
        url = f"sqlite:///{tmp_path / f'{jobs}.db'}"
        server.arrived.clear()
        job = make_database(url, "calls")
        for kill in at_random(chance, seconds):
            if not nursery.run(make_calls, url, job, server.url, reads_back, kill=kill).killed:
                break
            struck += 1
            if look(url, job)[0] is JobState.DONE:
                break
        check_calls(url, job, server, reads_back=reads_back)


@pytest.mark.parametrize("point", ["asked", "answered"])
@pytest.mark.parametrize("reads_back", [False, True])
def test_a_kill_around_a_call_leaves_it_ambiguous_or_read_back(
    nursery: Nursery, server: CountingServer, tmp_path: Path, point: str, reads_back: bool
):
    url = f"sqlite:///{tmp_path / 'calls.db'}"
    job = make_database(url, "calls")

    fate = nursery.run(make_calls, url, job, server.url, reads_back, kill=Kill(at=point, nth=5))
    assert fate.killed
    assert nursery.run(make_calls, url, job, server.url, reads_back).value == "done"

    ambiguous = check_calls(url, job, server, reads_back=reads_back)
    assert ambiguous == ([] if reads_back else [4])
    assert server.arrived[4] == (1 if reads_back or point == "answered" else 0)


def check_calls(
    url: str, job: int, server: CountingServer, *, reads_back: bool
) -> list[int | None]:
    """Each call arrived once, or is ambiguous and arrived once at most; returns the ambiguous."""
    state, _, items = look(url, job)
    ambiguous = [item.contact for item in items]
    assert state is JobState.DONE
    assert max(server.arrived.values()) == 1, "a call was repeated"
    assert sorted([*written(url), *ambiguous]) == list(range(CALLS))
    assert all(server.arrived[contact] == 1 for contact in written(url))
    assert not (reads_back and ambiguous)
    return ambiguous


@pytest.mark.parametrize("dead", [False, True], ids=["waiting", "left by a killed process"])
def test_two_processes_never_run_the_same_job(
    nursery: Nursery, database_url: str, tmp_path: Path, dead: bool
):
    make_database(database_url, "rows")
    store, jobs = open_jobs(database_url)
    jobs.register("rows", lambda context: {})
    for turn in range(1, 9):
        job = jobs.create("rows", "Contended", {})
        if dead:
            started = Kill(at="app.services.jobs.running:Run.handle")
            assert nursery.run(write_rows, database_url, job, kill=started).killed
        go = tmp_path / f"go-{turn}"
        rivals = [nursery.start(contend, database_url, job, str(go)) for _ in range(2)]
        go.touch()
        came_of_it = sorted(rival.wait().value for rival in rivals)

        assert came_of_it in (["BUSY", "done"], ["INVALID_INPUT", "done"])
        assert len(written(database_url)) == turn
    store.close()


def test_a_killed_process_leaves_a_job_that_can_be_resumed_at_once(
    nursery: Nursery, sqlite_url: str
):
    job = make_database(sqlite_url, "rows")

    assert nursery.run(write_rows, sqlite_url, job, kill=Kill(at="statement", nth=100)).killed

    assert look(sqlite_url, job)[0] is JobState.INTERRUPTED
    assert nursery.run(write_rows, sqlite_url, job).value == "done"
